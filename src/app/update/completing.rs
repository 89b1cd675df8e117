//! Completing: the ways to go on with a name or a command of the message, and taking one of them.

use std::sync::Arc;

use super::super::chat::slash;
use super::super::cmd::Cmd;
use super::super::composer::{Completion, Offer, OfferKind, Wanted, names, wanted};
use super::super::state::App;
use crate::domain::{NamedSymbol, QueryCommand, mentions};

/// Names that are asked about in one message; more are left as they are.
const ASKED: usize = 20;

/// Looks for ways to go on with what stands before the cursor, and asks the engine for symbols.
pub(super) fn look(app: &mut App, cmds: &mut Vec<Cmd>) {
    let composer = &app.chat.composer;
    let Some((range, wanted)) = wanted(composer.text(), composer.cursor()) else {
        app.chat.composer.set_completion(None);
        return;
    };
    if composer.is_declined(range.start) {
        return;
    }
    if let Wanted::Name(typed) = &wanted
        && typed.chars().count() > 1
        && !typed.contains('/')
        && composer.symbols(typed).is_none()
    {
        cmds.push(Cmd::Query(QueryCommand::Names(typed.as_str().into())));
    }
    let offers = offers(app, &wanted);
    let completion = Completion { range, wanted, offers, at: 0 };
    app.chat.composer.look();
    app.chat.composer.set_completion(Some(completion).filter(|it| !it.offers.is_empty()));
}

/// Takes what the engine told of symbols.
pub(super) fn told(app: &mut App, typed: &Arc<str>, found: Vec<NamedSymbol>) {
    app.chat.composer.learn(typed, found);
    // Where no file fits, nothing is shown before the engine has answered.
    let composer = &app.chat.composer;
    let here = wanted(composer.text(), composer.cursor()).filter(|_| composer.is_looking());
    let Some((range, wanted)) = here.filter(|(_, it)| *it == Wanted::Name(typed.to_string())) else { return };
    let selected = composer.completion().and_then(Completion::selected);
    let offers = offers(app, &wanted);
    // The selection stays on what it was on.
    let at = selected.and_then(|offer| offers.iter().position(|it| it == offer)).unwrap_or(0);
    let completion = Completion { range, wanted, offers, at };
    app.chat.composer.set_completion(Some(completion).filter(|it| !it.offers.is_empty()));
}

/// Takes the selected way; says whether there was one.
pub(super) fn take(app: &mut App, cmds: &mut Vec<Cmd>) -> bool {
    let Some(completion) = app.chat.composer.completion().cloned() else { return false };
    let Some(offer) = completion.selected().cloned() else { return false };
    app.chat.composer.complete(completion.range, &offer);
    match offer.kind {
        // More can follow.
        OfferKind::Folder | OfferKind::Command => look(app, cmds),
        OfferKind::Git | OfferKind::File | OfferKind::Symbol => app.chat.composer.set_completion(None),
    }
    true
}

/// Asks the engine about names that are no files, so that the screen can say which of them mean nothing.
pub(super) fn ask_about_names(app: &App, cmds: &mut Vec<Cmd>) {
    let composer = &app.chat.composer;
    let unknown = mentions(composer.text()).into_iter().filter(|mention| {
        mention.git().is_none() && !app.is_path(&mention.name) && composer.symbols(&mention.name).is_none()
    });
    cmds.extend(unknown.take(ASKED).map(|mention| Cmd::Query(QueryCommand::Names(mention.name.into()))));
}

fn offers(app: &App, wanted: &Wanted) -> Vec<Offer> {
    match wanted {
        Wanted::Name(typed) => {
            let symbols = app.chat.composer.symbols(typed).unwrap_or_default();
            names(typed, app.list.rows(), symbols)
        }
        Wanted::Command(text) => {
            let paths: Vec<Arc<str>> = app.list.rows().iter().map(|row| Arc::clone(&row.path)).collect();
            let known = slash::Known { models: &app.models, paths: &paths };
            let offer = |way: slash::Completion| Offer {
                insert: way.text,
                label: way.label,
                note: way.note,
                kind: OfferKind::Command,
            };
            slash::complete(text, known).into_iter().map(offer).collect()
        }
    }
}
