//! What follows from any change: lists fit their screen, the preview follows the selection, and visible rows are
//! explained. Nothing is asked twice.

use crate::domain::{QueryCommand, StateKind};

use super::super::cmd::{Cmd, Timer};
use super::super::preview::Preview;
use super::super::state::App;
use super::{chat, review};

/// Looking at one row for so long makes its file an active one, in milliseconds. Rows that are merely passed, and
/// the first row that nobody chose, must not lift themselves.
const DWELL: u64 = 900;

pub(super) fn follow(app: &mut App, cmds: &mut Vec<Cmd>) {
    app.settle_right();
    let layout = app.layout();
    app.list.fit(layout.rows());
    app.ledger.fit(layout.lines());
    if let Some((file, generation)) = app.why.show(app.ranked_file()) {
        cmds.push(Cmd::LoadPreview { file, generation });
    }
    chat::follow(app, cmds);
    review::fit(app, cmds);
    dwell(app, cmds);
    explain(app, cmds);
}

fn dwell(app: &mut App, cmds: &mut Vec<Cmd>) {
    let file = app.ranked_file().filter(|_| app.list.anchor().touched());
    if file != app.timers.dwelt {
        app.timers.dwelt = file;
        app.timers.dwell += 1;
        if file.is_some() {
            cmds.push(Cmd::After { millis: DWELL, timer: Timer::Dwell(app.timers.dwell) });
        }
    }
}

pub(super) fn dwelt(app: &mut App, cmds: &mut Vec<Cmd>) {
    if app.timers.dwelt.is_some() {
        cmds.push(Cmd::Query(QueryCommand::Preview(app.timers.dwelt)));
    }
}

fn explain(app: &mut App, cmds: &mut Vec<Cmd>) {
    if !app.query.is_shown() {
        return;
    }
    let list = &app.list;
    // What waits for a model is asked for too: rows that are seen are judged first.
    let all = app.query.asked().is_empty() || app.query.is_by_model();
    let rows: Vec<_> = list
        .visible(app.layout().rows().max(1))
        .filter_map(|at| list.get(at))
        .filter(|row| all || matches!(row.state, StateKind::Yes | StateKind::No | StateKind::Failed))
        .map(|row| (row.file, asked_as(row.state)))
        .collect();
    let ask = app.query.details.ask(rows.into_iter());
    if !ask.is_empty() {
        cmds.push(Cmd::Query(QueryCommand::Explain(ask)));
    }
}

/// Whether a row waits or is at its judge makes no difference to its explanation.
const fn asked_as(state: StateKind) -> StateKind {
    match state {
        StateKind::Queued | StateKind::Judging => StateKind::Queued,
        StateKind::Yes | StateKind::No | StateKind::Failed | StateKind::Skipped | StateKind::OverBudget => {
            state
        }
    }
}

pub(super) fn preview(app: &mut App, preview: Preview) {
    let height = usize::from(app.layout().why.source.height);
    let detail = app.detail().cloned();
    app.why.take(preview, detail.as_deref(), height);
}
