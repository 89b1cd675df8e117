//! Typing a query: each pause asks it anew.

use crate::domain::{JudgeName, Notice, QueryCommand, Severity};

use super::super::action::Action;
use super::super::cmd::{Cmd, Timer};
use super::super::line::Typed;
use super::super::query::Phase;
use super::super::state::{App, Pane};
use super::{asking, judging};

/// What is typed into the query, edited in it or pasted there.
pub(super) fn take(app: &mut App, by: Typed<'_>, cmds: &mut Vec<Cmd>) {
    if app.query.line.take(by) {
        typed(app, cmds);
    }
}

/// Starts the pause anew where the text changed.
pub(super) fn typed(app: &mut App, cmds: &mut Vec<Cmd>) {
    app.timers.typing += 1;
    if app.query.is_pending() {
        let timer = Timer::Typing(app.timers.typing);
        cmds.push(Cmd::After { millis: app.config.query.debounce.as_millis() as u64, timer });
    }
}

/// Asks the embedded judge what is typed, unless that was asked already. A model is asked on request only.
pub(super) fn ask(app: &mut App, cmds: &mut Vec<Cmd>) {
    if app.query.is_pending() {
        asking::ask_of(app, JudgeName::embedded(), cmds);
    }
}

/// Enter: asks the routed model, or at once what is pending; remembers it, and goes on to the list.
pub(super) fn accept(app: &mut App, cmds: &mut Vec<Cmd>) {
    if app.wanted_judge().is_some() {
        judging::ask_model(app, cmds);
    }
    to_list(app, cmds);
}

fn to_list(app: &mut App, cmds: &mut Vec<Cmd>) {
    ask(app, cmds);
    cmds.extend(app.query.remember().map(Cmd::Remember));
    if !app.query.line.is_blank() || !app.list.is_empty() {
        app.focus = Pane::List;
    }
}

pub(super) fn older(app: &mut App, cmds: &mut Vec<Cmd>) {
    if app.query.older() {
        typed(app, cmds);
    }
}

/// Down: a newer query; after the newest, on to the list.
pub(super) fn newer(app: &mut App, cmds: &mut Vec<Cmd>) {
    if app.query.newer() {
        typed(app, cmds);
    } else if !app.list.is_empty() || app.ledger_open {
        to_list(app, cmds);
    }
}

/// Stops the running query; what was judged stays.
pub(super) fn cancel(app: &mut App, cmds: &mut Vec<Cmd>) {
    app.query.phase = Phase::Stopped;
    cmds.push(Cmd::Query(QueryCommand::Cancel));
    let key = app.key_of(if app.query.is_by_model() { Action::Judge } else { Action::RejudgeAll });
    let notice = Notice::new(Severity::Info, "query stopped").hint(format!("{key} judges the rest"));
    app.note(notice);
}
