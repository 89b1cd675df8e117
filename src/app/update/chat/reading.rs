//! Reading: what is done with the turns of the conversation.

use std::sync::Arc;

use super::super::super::able::branching;
use super::super::super::chat::marks::Marks;
use super::super::super::chat::transcript::Stop;
use super::super::super::cmd::Cmd;
use super::super::super::entries;
use super::super::super::palette::{Kind, Palette};
use super::super::super::state::{App, Overlay, Pane};
use crate::domain::{ChatCommand, ContextItem, FileId, Rating, Thumb, TurnId};
use crate::text::amount;

/// On to the next turn, or back.
pub(super) fn step_turn(app: &mut App, forward: bool) {
    let mut marks = app.chat.marks;
    marks.step_turn(&app.chat.turns, forward);
    app.chat.marks = marks;
}

/// Marks the next citation of the turn, or the one before, and shows its row and its lines beside.
pub(super) fn step_citation(app: &mut App, forward: bool) {
    let mut marks = app.chat.marks;
    if marks.step_citation(&app.chat.turns, forward) {
        app.chat.marks = marks;
        if let Some(item) = cited(app) {
            select(app, &item);
        }
    } else {
        app.notices.flash("this answer cites nothing", app.now.elapsed);
    }
}

/// The item that the marked citation names.
pub(super) fn cited(app: &App) -> Option<ContextItem> {
    let (turn, _, number) = app.chat.marks.citation(&app.chat.turns)?;
    app.chat.turns.answer(turn)?.context.iter().find(|item| item.number == number).cloned()
}

/// Selects an item's row in the list; says whether it has one there.
fn select(app: &mut App, item: &ContextItem) -> bool {
    let found = item.file.is_some_and(|file| select_file(app, file));
    if found && let Some(span) = item.lines.first() {
        let height = usize::from(app.layout().why.source.height);
        app.why.go_to(span.first, height);
    }
    found
}

fn select_file(app: &mut App, file: FileId) -> bool {
    app.ledger_open = false;
    let rows = app.layout().rows();
    let at = |app: &App| (0..app.list.len()).find(|at| app.list.get(*at).is_some_and(|row| row.file == file));
    if at(app).is_none() && !app.list.filter().is_empty() {
        app.list.set_filter("", rows);
    }
    let Some(at) = at(app) else { return false };
    app.list.select(at, rows);
    true
}

/// Goes to the row and the lines of an item: the list in the left column, its lines beside it.
pub(super) fn open(app: &mut App, item: Option<ContextItem>) {
    let Some(item) = item else { return };
    if select(app, &item) {
        app.focus = Pane::Why;
        // Asked for again once the preview of this file is there.
        app.why.want(item.lines.first().map(|span| span.first));
    } else {
        app.notices.flash(format!("{} is not in the list", item.title), app.now.elapsed);
    }
}

/// Copies the marked turn, or the newest.
pub(super) fn copy(app: &App, cmds: &mut Vec<Cmd>) {
    if let Some(turn) = app.chat.marks.turn_or_newest(&app.chat.turns) {
        cmds.push(Cmd::Copy(app.chat.turns.text(turn).to_owned()));
    }
}

/// Copies a code block, from the last one up.
pub(super) fn copy_code(app: &mut App, cmds: &mut Vec<Cmd>) {
    if let Some((turn, Stop::Code(at))) = app.chat.transcript.selected() {
        let code = app.chat.transcript.codes(turn).into_iter().find(|(known, ..)| *known == at);
        return cmds.extend(code.map(|(_, _, text)| Cmd::Copy(text)));
    }
    let mut marks = app.chat.marks;
    match marks.step_block(&app.chat.turns) {
        Some((at, count, text)) => {
            app.chat.marks = marks;
            cmds.push(Cmd::Copy(text));
            if count > 1 {
                app.notices.flash(format!("code block {} of {count}", at + 1), app.now.elapsed);
            }
        }
        None => app.notices.flash("there is no code block here", app.now.elapsed),
    }
}

/// Puts the message meant into the composer, to take the place of the old one.
pub(super) fn edit(app: &mut App) {
    let Some(id) = app.chat.marks.question(&app.chat.turns) else { return };
    let Some(question) = app.chat.turns.question(id).cloned() else { return };
    app.chat.composer.restore(&question);
    // The old message must not be drafted anew as if it had been typed.
    app.chat.editing = Some(id);
    app.focus = Pane::Composer;
}

/// Tells the service something of the answer meant.
pub(super) fn with_answer(app: &mut App, cmds: &mut Vec<Cmd>, command: impl Fn(TurnId) -> ChatCommand) {
    if let Some(id) = app.chat.marks.answer(&app.chat.turns) {
        app.chat.marks = Marks::default();
        cmds.push(Cmd::Chat(command(id)));
    }
}

/// Opens the list of models that can answer again.
pub(super) fn retry_with(app: &mut App) {
    let Some(id) = app.chat.marks.answer(&app.chat.turns) else { return };
    let palette = Palette::new(Kind::Again(id), entries::answerers(app, id), 0);
    app.overlay = Some(Overlay::Palette(Box::new(palette)));
}

/// Shows the next branch, or the one before.
pub(super) fn step_branch(app: &mut App, forward: bool, cmds: &mut Vec<Cmd>) {
    let Some((id, all)) = branching(app) else { return };
    let at = all.iter().position(|other| *other == id).unwrap_or(0);
    let next = (at + if forward { 1 } else { all.len() - 1 }) % all.len();
    let (turn, word) = (all[next], format!("branch {} of {}", next + 1, amount::count(all.len() as u64)));
    app.notices.flash(word, app.now.elapsed);
    app.chat.wanted = app.chat.marks.turn().map(|_| turn);
    cmds.push(Cmd::Chat(ChatCommand::Show(turn)));
}

/// Rates the answer meant; the same thumb once more takes it back.
pub(super) fn rate_thumb(app: &mut App, thumb: Thumb, cmds: &mut Vec<Cmd>) {
    let answer = app.chat.marks.answer(&app.chat.turns).and_then(|id| app.chat.turns.answer(id));
    let old = answer.and_then(|answer| answer.rating.clone());
    let rating = match old {
        Some(old) if old.thumb == thumb => None,
        Some(old) => Some(Rating { thumb, ..old }),
        None => Some(Rating { thumb, word: Arc::from("") }),
    };
    rate(app, rating, cmds);
}

/// Rates the answer meant, or takes the rating back.
pub(super) fn rate(app: &mut App, rating: Option<Rating>, cmds: &mut Vec<Cmd>) {
    let Some(id) = app.chat.marks.answer(&app.chat.turns) else {
        return app.notices.flash("there is no answer yet", app.now.elapsed);
    };
    let word = match &rating {
        Some(Rating { thumb: Thumb::Up, .. }) => "rated: it helped; w says why",
        Some(Rating { thumb: Thumb::Down, .. }) => "rated: it did not help; w says why",
        None => "the rating is taken back",
    };
    app.notices.flash(word, app.now.elapsed);
    cmds.push(Cmd::Chat(ChatCommand::Rate(id, rating)));
}

/// The thumb that a word would be added to.
pub(super) fn thumb(app: &App) -> Thumb {
    let answer = app.chat.marks.answer(&app.chat.turns).and_then(|id| app.chat.turns.answer(id));
    answer.and_then(|answer| answer.rating.as_ref()).map_or(Thumb::Up, |rating| rating.thumb)
}
