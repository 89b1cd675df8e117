//! Chat: what the chat service tells, and what keys do with it.

mod acting;
mod applying;
mod context;
mod events;
mod message;
mod reading;
mod sending;
mod sessions;
mod slash;

use super::super::chat::compare::Compare;
use super::super::chat::marks::Marks;
use super::super::chat::transcript::{Hit, Motion, Stop};
use super::super::cmd::{Cmd, Timer};
use super::super::state::{App, Overlay, Pane};
use super::review;
use crate::domain::ChatCommand;
use crate::text::markdown::Target;

pub(super) use acting::act;
pub(super) use events::event;
pub(super) use sending::send;
pub(super) use sessions::{filter as filter_sessions, resume_selected, search as search_sessions};
pub(super) use slash::run as run_slash;

/// What follows from any change: a message that was changed is drafted after a pause, and lists fit their rows.
pub(super) fn follow(app: &mut App, cmds: &mut Vec<Cmd>) {
    let rows = usize::from(app.layout().tray.height.saturating_sub(1));
    app.chat.tray.fit(rows);
    let revision = app.chat.composer.revision();
    if revision != app.chat.drafted {
        app.chat.drafted = revision;
        app.timers.draft += 1;
        let millis = app.config.query.debounce.as_millis() as u64;
        cmds.push(Cmd::After { millis, timer: Timer::Draft(app.timers.draft) });
    }
}

/// Lays out the part of the conversation that is on the screen.
pub(super) fn arrange(app: &mut App) {
    let area = app.layout().chat;
    if !area.is_empty() {
        app.chat.arrange((area.width, area.height));
    }
}

/// Finds words in the conversation, as they are typed; none ends the search.
pub(super) fn find(app: &mut App, words: &str) {
    app.chat.transcript.search(words);
    app.chat.transcript.go(Motion::Matches(0));
}

/// The mouse was pressed on the conversation: what is cited is shown, what is folded unfolds, code is selected.
pub(super) fn press(app: &mut App, at: (u16, u16)) {
    app.focus = Pane::Chat;
    let Some(Hit { turn, stop: Some(stop) }) = app.chat.transcript.hit(at) else { return };
    match stop {
        Stop::Target(Target::Citation(number, _)) => {
            let answer = app.chat.turns.answer(turn);
            let item = answer.and_then(|answer| answer.context.iter().find(|item| item.number == number));
            reading::open(app, item.cloned());
        }
        Stop::Fold(fold) => app.chat.transcript.toggle(turn, fold),
        Stop::Code(code) => app.chat.transcript.select_code(turn, code),
        Stop::Edit(edit) => review::enter_at(app, edit),
        Stop::Target(Target::Url(_) | Target::Place(..)) | Stop::Turn => {}
    }
}

/// The pause in typing a message is over: what would be sent with it is asked for. A command is no message.
pub(super) fn draft(app: &mut App, cmds: &mut Vec<Cmd>) {
    let question = app.chat.composer.question();
    if !slash::is_command(&question.text) {
        cmds.push(Cmd::Chat(ChatCommand::Draft(question)));
    }
}

/// One layer back in the panes of the conversation; says whether there was one. An answer that is going on is stopped
/// before anything else, and nothing that is typed is touched by the same press.
pub(super) fn back(app: &mut App, cmds: &mut Vec<Cmd>) -> bool {
    match app.focus {
        Pane::Chat | Pane::Composer | Pane::Tray if stop(app, cmds) => {}
        Pane::Tray => context::toggle(app),
        Pane::Composer if app.chat.editing.take().is_some() => {
            // What was typed for the edit stays in the history of messages.
            drop(app.chat.composer.take());
            app.notices.flash("the message stays as it was", app.now.elapsed);
        }
        Pane::Composer | Pane::Review => app.focus = Pane::Chat,
        Pane::Chat if !app.chat.transcript.searched().is_empty() => find(app, ""),
        Pane::Chat if app.chat.transcript.unselect() => app.chat.marks = Marks::default(),
        Pane::Chat if app.chat.marks.turn().is_some() => app.chat.marks = Marks::default(),
        Pane::Chat | Pane::Query | Pane::List | Pane::Why => return false,
    }
    true
}

/// Stops the answers that are going on; says whether there were any.
pub(super) fn stop(app: &App, cmds: &mut Vec<Cmd>) -> bool {
    let going = app.chat.turns.is_going();
    if going {
        cmds.push(Cmd::Chat(ChatCommand::Cancel));
    }
    going
}

/// Scrolls the marked one of the answers side by side.
pub(super) fn scroll_compared(app: &mut App, by: isize) {
    let last = usize::MAX / 4;
    if let Some(Overlay::Compare(compare)) = &mut app.overlay {
        compare.scroll(by, last);
    }
}

/// Marks the answer to the right or to the left, where answers stand side by side; says whether they do.
pub(super) fn step_compared(app: &mut App, forward: bool) -> bool {
    if let Some(Overlay::Compare(compare)) = &mut app.overlay {
        compare.step(forward);
        return true;
    }
    false
}

/// Shows answers side by side.
fn compare(app: &mut App) {
    let answer = app.chat.marks.answer(&app.chat.turns).and_then(|id| app.chat.turns.answer(id));
    if let Some(beside) = answer.map(|answer| answer.beside.to_vec()).filter(|beside| beside.len() > 1) {
        app.overlay = Some(Overlay::Compare(Compare::new(beside)));
    }
}
