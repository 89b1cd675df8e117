//! Judging by a model: asked on request only, agreed to before it costs anything, and gone on with past a budget.

use std::collections::HashMap;

use crate::domain::{Estimate, JudgeName, QueryCommand, RankedRow, StateKind};

use super::super::action::Action;
use super::super::beat::Beat;
use super::super::cmd::Cmd;
use super::super::query::Phase;
use super::super::state::{App, Overlay, Pane};
use super::asking;

/// Asks the routed model what is typed; where its estimate waits already, asks about that.
pub(super) fn ask_model(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(judge) = app.model_judge() else { return };
    let waits = app.query.phase == Phase::Waiting && app.query.judge == judge && !app.query.is_pending();
    if waits {
        app.overlay = Some(Overlay::Estimate(Beat::from(app.now.elapsed)));
    } else {
        asking::ask_of(app, judge, cmds);
    }
}

/// The key that goes on: the question again, past the budget, or the model from the start.
pub(super) fn on_request(app: &mut App, cmds: &mut Vec<Cmd>) {
    if app.query.phase == Phase::Waiting {
        app.overlay = Some(Overlay::Estimate(Beat::from(app.now.elapsed)));
    } else if app.stopped_by_budget() && !app.query.is_pending() {
        run(app, cmds);
    } else {
        ask_model(app, cmds);
    }
}

/// Takes an estimate. The question opens by itself where the person waits for it; where they are at something else, it
/// waits for them.
pub(super) fn estimated(app: &mut App, estimate: Estimate) {
    app.query.phase = Phase::Waiting;
    app.query.estimate = Some(estimate);
    // Keys that are meant for a request or a message must not be lost to a question that opens by itself.
    let is_typing = matches!(app.focus, Pane::Query | Pane::Composer);
    if app.overlay.is_none() && app.prompt.is_none() && !is_typing {
        app.overlay = Some(Overlay::Estimate(Beat::from(app.now.elapsed)));
    }
}

/// Whether a key is not taken: a question that has just opened takes none but those that lead away from it, and each key
/// that comes meanwhile was meant for something else.
pub(super) fn swallows(app: &mut App, action: Option<Action>) -> bool {
    if app.beat().is_none() || matches!(action, Some(Action::Back | Action::Interrupt)) {
        return false;
    }
    app.overlay = Some(Overlay::Estimate(Beat::from(app.now.elapsed)));
    true
}

/// Yes: the model is asked.
pub(super) fn confirm(app: &mut App, cmds: &mut Vec<Cmd>) {
    app.overlay = None;
    if app.query.estimate.take().is_some() {
        run(app, cmds);
    }
}

/// No: the embedded judge answers what was asked, and nothing was sent.
pub(super) fn decline(app: &mut App, cmds: &mut Vec<Cmd>) {
    app.overlay = None;
    if app.query.phase == Phase::Waiting {
        asking::ask_of(app, JudgeName::embedded(), cmds);
        let key = app.key_of(Action::Judge);
        app.notices.flash(format!("nothing was sent; {key} asks the model"), app.now.elapsed);
    }
}

/// Tells the engine to go on with what waits.
fn run(app: &mut App, cmds: &mut Vec<Cmd>) {
    app.query.phase = Phase::Running { since: app.now.elapsed };
    app.query.rate.clear();
    cmds.push(Cmd::Query(QueryCommand::GoOn(app.query.generation())));
}

/// Takes in how far judging is: its rate, and since when rows are at their judge.
pub(super) fn progressed(app: &mut App, rows: &[RankedRow]) {
    if !app.query.is_by_model() {
        return;
    }
    let (now, counts) = (app.now.elapsed, app.query.counts);
    app.query.rate.note(now, counts.total() - counts.get(StateKind::Skipped) - counts.pending());
    let before = std::mem::take(&mut app.query.judging);
    let at_judge = rows.iter().filter(|row| row.state == StateKind::Judging);
    app.query.judging = at_judge
        .map(|row| (row.file, before.get(&row.file).copied().unwrap_or(now)))
        .collect::<HashMap<_, _>>();
}
