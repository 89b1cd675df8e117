//! Events: what the chat service tells.

use std::sync::Arc;

use super::super::super::chat::compare::Compare;
use super::super::super::chat::marks::Marks;
use super::super::super::cmd::Cmd;
use super::super::super::query::Phase;
use super::super::super::state::{App, Overlay, Pane};
use super::super::asking;
use crate::domain::{ChatCommand, ChatEvent, JudgeName, SessionHead, SessionId, Turn, TurnBody, TurnId};

/// Takes in what the chat service told.
pub(in super::super) fn event(app: &mut App, event: ChatEvent, cmds: &mut Vec<Cmd>) {
    match event {
        ChatEvent::Opened { head, turns } => opened(app, head, turns, cmds),
        ChatEvent::Branch(turns) => {
            app.chat.turns.show(turns);
            app.chat.transcript.show_others();
            find_wanted(app, cmds);
        }
        ChatEvent::Turn(turn) => {
            begin_compare(app, &turn);
            let id = turn.id;
            app.chat.turns.take(turn);
            touch(app, id);
        }
        ChatEvent::Delta { turn, text, thinking } => app.chat.turns.grow(turn, &text, &thinking),
        ChatEvent::Progress { turn, state, meters } => {
            app.chat.turns.progress(turn, state, meters);
            touch(app, turn);
        }
        ChatEvent::Search { number, text, sent } => search(app, (number, text, sent), cmds),
        ChatEvent::Tray(tray) => app.chat.tray.take(tray),
        ChatEvent::Queue(queue) => app.chat.queue = queue,
        ChatEvent::Unsent(question) => {
            // What is typed meanwhile is newer.
            if app.chat.composer.is_blank() {
                app.chat.composer.restore(&question);
            }
        }
        ChatEvent::Sessions(all) => {
            if let Some(Overlay::Sessions(sessions)) = &mut app.overlay {
                sessions.take(all);
            }
        }
        ChatEvent::Hits(words, hits) => {
            if let Some(Overlay::Sessions(sessions)) = &mut app.overlay {
                sessions.take_hits(words, hits);
            }
        }
        ChatEvent::Renamed(id, title) => renamed(app, id, &title),
        ChatEvent::Exported(path) => {
            app.notices.flash(format!("written to {}", path.display()), app.now.elapsed);
        }
        ChatEvent::Notice(notice) => app.note(notice),
    }
}

/// A conversation is open: what was marked in another one is gone. One that begins with its first message goes on.
fn opened(app: &mut App, head: SessionHead, turns: Vec<Turn>, cmds: &mut Vec<Cmd>) {
    let was = app.chat.head.as_ref().map(|head| head.id);
    if was != Some(head.id) || turns.is_empty() {
        app.chat.marks = Marks::default();
        app.chat.editing = None;
    }
    app.chat.head = Some(head);
    app.chat.turns.open(turns);
    app.chat.transcript.show_others();
    find_wanted(app, cmds);
}

/// A turn of the branch that is shown is laid out anew.
fn touch(app: &mut App, turn: TurnId) {
    if app.chat.turns.at(turn).is_some() {
        app.chat.transcript.touch(turn);
    }
}

/// Goes to the turn that was wanted; where it is on another branch, that is shown first.
fn find_wanted(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(turn) = app.chat.wanted else { return };
    if app.chat.turns.at(turn).is_some() {
        app.chat.wanted = None;
        app.chat.marks = Marks::on(turn);
        app.focus = Pane::Chat;
    } else {
        // Asked for once: a turn that is gone is not looked for again.
        app.chat.wanted = None;
        cmds.push(Cmd::Chat(ChatCommand::Show(turn)));
    }
}

/// Answers that were asked for side by side are shown so as soon as they begin.
fn begin_compare(app: &mut App, turn: &Turn) {
    let TurnBody::Answer(answer) = &turn.body else { return };
    if app.chat.compares && answer.beside.len() > 1 && answer.state.is_going() && app.overlay.is_none() {
        app.chat.compares = false;
        app.overlay = Some(Overlay::Compare(Compare::new(answer.beside.to_vec())));
    }
}

/// The tree is searched for a message. Who types on the query line meanwhile is not interrupted by a mere draft.
fn search(app: &mut App, (number, text, sent): (u64, Arc<str>, bool), cmds: &mut Vec<Cmd>) {
    if !sent && app.focus == Pane::Query {
        return;
    }
    if app.query.line.text() != &*text {
        app.query.line.set(&text);
    }
    let judge = if sent { app.model_judge() } else { None }.unwrap_or_else(JudgeName::embedded);
    // What the draft has found already need not be searched for again.
    let running = matches!(app.query.phase, Phase::Asked | Phase::Running { .. } | Phase::Done { .. });
    if app.query.is_pending() || app.query.judge != judge || !running {
        asking::ask_of(app, judge, cmds);
    }
    cmds.push(Cmd::Chat(ChatCommand::Searching(number, app.query.generation())));
}

fn renamed(app: &mut App, id: SessionId, title: &Arc<str>) {
    if let Some(head) = app.chat.head.as_mut().filter(|head| head.id == id) {
        head.title = Arc::clone(title);
    }
    if let Some(Overlay::Sessions(sessions)) = &mut app.overlay {
        sessions.rename(id, title);
    }
}
