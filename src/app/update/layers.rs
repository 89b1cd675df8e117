//! Layers: which pane has the keyboard, what stands in it, and the way back out.

use std::time::Duration;

use crate::domain::QueryCommand;

use super::super::cmd::Cmd;
use super::super::query::Phase;
use super::super::state::{App, Pane};
use super::{chat, composer, judging, lists, overlay, prompt, review, typing};

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
    } else if review::back(app) {
        // One layer of the review, or the selection of lines.
    } else if composer::back(app, cmds) || chat::back(app, cmds) {
        // One layer of the conversation; its answer is stopped before the search that it waits for.
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
    let layout = app.layout();
    let narrow = app.is_narrow();
    let is_seen = |pane: Pane| match pane {
        Pane::Query | Pane::List => true,
        Pane::Why => narrow || !layout.why.area.is_empty(),
        Pane::Chat => !layout.chat.is_empty() || app.focus != Pane::Tray && layout.review.is_empty(),
        Pane::Composer => layout.review.is_empty(),
        Pane::Tray => !layout.tray.is_empty(),
        Pane::Review => !layout.review.is_empty(),
    };
    let order = [Pane::Query, Pane::List, Pane::Why, Pane::Chat, Pane::Tray, Pane::Composer, Pane::Review];
    let seen: Vec<Pane> = order.into_iter().filter(|pane| is_seen(*pane)).collect();
    let at = seen.iter().position(|pane| *pane == app.focus).unwrap_or(0);
    let step = if forward { 1 } else { seen.len() - 1 };
    seen.get((at + step) % seen.len()).copied().unwrap_or(Pane::Query)
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
