//! Layers: which pane has the keyboard, what stands in it, and the way back out.

use std::time::Duration;

use crate::domain::QueryCommand;

use super::super::cmd::Cmd;
use super::super::query::Phase;
use super::super::state::{App, Pane};
use super::{judging, lists, overlay, prompt, typing};

/// A second `ctrl+c` within this time quits.
const TWICE: Duration = Duration::from_secs(2);

/// One layer at a time: what floats, what is typed at the foot, the filter, the ledger, the running
/// query, typing.
pub(super) fn back(app: &mut App, cmds: &mut Vec<Cmd>) {
    app.notices.dismiss();
    if app.overlay.is_some() {
        overlay::close(app, cmds);
    } else if app.prompt.is_some() {
        prompt::cancel(app, cmds);
    } else if app.focus != Pane::Query && !app.filter().is_empty() {
        lists::set_filter(app, "");
    } else if app.focus != Pane::Query && app.ledger_open {
        show(app, Pane::List, false);
    } else if app.query.phase == Phase::Waiting {
        judging::decline(app, cmds);
    } else if app.query.is_running() {
        typing::cancel(app, cmds);
    } else if app.focus == Pane::Why || !app.list.is_empty() {
        app.focus = Pane::List;
    }
}

/// Quits at the second press in a row.
pub(super) fn interrupt(app: &mut App, cmds: &mut Vec<Cmd>) {
    let now = app.now.elapsed;
    if app.interrupted.is_some_and(|then| now.saturating_sub(then) <= TWICE) {
        cmds.push(Cmd::Quit);
        return;
    }
    app.interrupted = Some(now);
    app.notices.flash("ctrl+c again quits", now);
}

/// The pane after the one with the keyboard, or before it.
pub(super) fn turned(app: &App, forward: bool) -> Pane {
    match (app.focus, forward) {
        (Pane::Query, true) | (Pane::Why, false) => Pane::List,
        (Pane::List, true) | (Pane::Query, false) => Pane::Why,
        (Pane::Why, true) | (Pane::List, false) => Pane::Query,
    }
}

/// Puts the keyboard on a pane.
pub(super) fn show(app: &mut App, pane: Pane, ledger: bool) {
    app.focus = pane;
    app.ledger_open = ledger;
    app.overlay = None;
}

/// Opens the ledger, and asks for its rows.
pub(super) fn show_ledger(app: &mut App, cmds: &mut Vec<Cmd>) {
    show(app, Pane::List, true);
    cmds.push(Cmd::Query(QueryCommand::Ledger));
}
