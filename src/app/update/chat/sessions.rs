//! Sessions: the list of earlier conversations, and what is done with a conversation as a whole.

use std::sync::Arc;

use super::super::super::action::Action;
use super::super::super::chat::sessions::{Row, Sessions};
use super::super::super::cmd::{Cmd, Timer};
use super::super::super::state::{App, Overlay, Pane};
use crate::domain::{ChatCommand, TurnId};

/// The pause in typing before what was said in all conversations is searched, in milliseconds.
const PAUSE: u64 = 120;

/// Opens the list, searching for words.
pub(super) fn open(app: &mut App, words: &str, cmds: &mut Vec<Cmd>) {
    app.overlay = Some(Overlay::Sessions(Box::new(Sessions::searching(words))));
    cmds.push(Cmd::Chat(ChatCommand::Sessions));
    if !words.is_empty() {
        search(app, cmds);
    }
}

/// Filters anew after the text changed, and searches what was said after a pause.
pub(in super::super) fn filter(app: &mut App, cmds: &mut Vec<Cmd>) {
    if let Some(Overlay::Sessions(sessions)) = &mut app.overlay {
        sessions.filter();
        app.timers.sessions += 1;
        cmds.push(Cmd::After { millis: PAUSE, timer: Timer::Sessions(app.timers.sessions) });
    }
}

/// The pause is over: what was said is searched.
pub(in super::super) fn search(app: &mut App, cmds: &mut Vec<Cmd>) {
    if let Some(Overlay::Sessions(sessions)) = &app.overlay {
        let words = sessions.line.text().trim();
        if !words.is_empty() {
            cmds.push(Cmd::Chat(ChatCommand::Search(words.into())));
        }
    }
}

/// Opens the selected conversation, at the place that was found in it.
pub(in super::super) fn resume_selected(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(Overlay::Sessions(sessions)) = &app.overlay else { return };
    let Some(row) = sessions.selected() else { return };
    let (session, turn) = match row {
        Row::Session(head) => (head.id, None),
        Row::Hit(hit) => (hit.session.id, Some(hit.turn)),
    };
    app.overlay = None;
    app.chat.wanted = turn;
    cmds.push(Cmd::Chat(ChatCommand::Resume(Some(session))));
    app.focus = if turn.is_some() { Pane::Chat } else { Pane::Composer };
}

/// Deletes the selected conversation at the second press.
pub(super) fn delete(app: &mut App, cmds: &mut Vec<Cmd>) {
    let key = app.key_of(Action::Chat(super::super::super::action::ChatAction::Delete));
    let Some(Overlay::Sessions(sessions)) = &mut app.overlay else { return };
    match sessions.doom() {
        Some(session) => cmds.push(Cmd::Chat(ChatCommand::Delete(session))),
        None => app.notices.flash(format!("{key} again deletes it for good"), app.now.elapsed),
    }
}

/// Begins a conversation with the turns up to the marked one, or to the place that was found.
pub(super) fn branch_off(app: &mut App, cmds: &mut Vec<Cmd>) {
    let turn: Option<TurnId> = match &app.overlay {
        Some(Overlay::Sessions(sessions)) => match sessions.selected() {
            Some(Row::Hit(hit)) => Some(hit.turn),
            Some(Row::Session(_)) | None => None,
        },
        Some(_) | None => app.chat.marks.turn_or_newest(&app.chat.turns).map(|turn| turn.id),
    };
    if let Some(turn) = turn {
        app.overlay = None;
        cmds.push(Cmd::Chat(ChatCommand::BranchOff(turn)));
        app.notices.flash("a new conversation goes on from here; the old one is kept", app.now.elapsed);
    }
}

/// Begins a new conversation.
pub(super) fn new(app: &mut App, cmds: &mut Vec<Cmd>) {
    cmds.push(Cmd::Chat(ChatCommand::New));
    app.focus = Pane::Composer;
}

/// Renames the open conversation.
pub(super) fn rename(app: &mut App, title: Arc<str>, cmds: &mut Vec<Cmd>) {
    match &app.chat.head {
        Some(head) => cmds.push(Cmd::Chat(ChatCommand::Rename(head.id, title))),
        None => app.notices.flash("nothing was said yet", app.now.elapsed),
    }
}
