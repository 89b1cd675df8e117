//! Moving in list, ledger and source.

use super::super::action::Move;
use super::super::chat::transcript::Motion;
use super::super::cmd::Cmd;
use super::super::list::Sort;
use super::super::state::{App, Overlay, Pane};
use super::{chat, picker};

pub(super) fn step(app: &mut App, step: Move) {
    let layout = app.layout();
    let source = usize::from(layout.why.source.height);
    match (&mut app.overlay, app.focus, app.ledger_open) {
        (Some(Overlay::Palette(palette)), ..) => palette.step(by(step, 1, 10)),
        (Some(Overlay::Help(top) | Overlay::Notices(top)), ..) => {
            let page = usize::from(app.size.height / 2).max(1);
            *top = top.saturating_add_signed(by(step, 1, page)).min(MOST);
        }
        (Some(Overlay::Stats(page)), ..) => {
            let lines = usize::from(app.size.height / 2).max(1);
            page.top = page.top.saturating_add_signed(by(step, 1, lines)).min(MOST);
        }
        (Some(Overlay::Charts(page)), ..) => page.go(by(step, 1, 5), &app.evaluating),
        (Some(Overlay::Models(picker)), ..) => picker::step(picker, by(step, 1, 5), &app.models),
        (Some(Overlay::Sessions(sessions)), ..) => sessions.step(by(step, 1, 10)),
        (Some(Overlay::Compare(_)), ..) => {
            let page = usize::from(app.size.height.saturating_sub(6)).max(1);
            chat::scroll_compared(app, by(step, 1, page));
        }
        (None, Pane::Tray, _) => {
            let rows = usize::from(layout.tray.height.saturating_sub(1));
            let (at, len) = (app.chat.tray.at(), app.chat.tray.items().len());
            app.chat.tray.select(target(step, at, len, rows), rows);
        }
        (None, Pane::Review, _) => super::review::step(app, step),
        (Some(Overlay::Estimate(_) | Overlay::Tune(_)), ..) | (None, Pane::Composer, _) => {}
        (None, Pane::Chat, _) => app.chat.transcript.go(motion(step)),
        (None, Pane::Why, _) => {
            let lines = app.why.lines();
            let far = if matches!(step, Move::Top | Move::Bottom) { lines } else { source };
            app.why.scroll(by(step, 1, far), source);
        }
        (None, Pane::List | Pane::Query, true) => {
            let (at, len) = (app.ledger.anchor().at(), app.ledger.items().len());
            app.ledger.select(target(step, at, len, layout.lines()), layout.lines());
        }
        (None, Pane::List | Pane::Query, false) => {
            let (at, len) = (app.list.anchor().at(), app.list.len());
            app.list.select(target(step, at, len, layout.rows()), layout.rows());
        }
    }
}

/// A move in the conversation.
const fn motion(step: Move) -> Motion {
    match step {
        Move::Up => Motion::Rows(-1),
        Move::Down => Motion::Rows(1),
        Move::HalfUp => Motion::Halves(-1),
        Move::HalfDown => Motion::Halves(1),
        Move::PageUp => Motion::Pages(-1),
        Move::PageDown => Motion::Pages(1),
        Move::Top => Motion::Top,
        Move::Bottom => Motion::Bottom,
    }
}

/// More lines than any help page or list of notices has; drawing stops at the end.
const MOST: usize = 10_000;

fn by(step: Move, one: isize, page: usize) -> isize {
    let page = page as isize;
    match step {
        Move::Up => -one,
        Move::Down => one,
        Move::HalfUp => -(page / 2).max(1),
        Move::HalfDown => (page / 2).max(1),
        Move::PageUp => -page,
        Move::PageDown => page,
        Move::Top => -(MOST as isize) * 100,
        Move::Bottom => MOST as isize * 100,
    }
}

fn target(step: Move, at: usize, len: usize, page: usize) -> usize {
    at.saturating_add_signed(by(step, 1, page)).min(len.saturating_sub(1))
}

/// The wheel over the pane under the pointer: lists scroll under the selection, source scrolls.
pub(super) fn wheel(app: &mut App, why: bool, notches: isize) {
    let layout = app.layout();
    if why {
        app.why.scroll(notches * 3, usize::from(layout.why.source.height));
    } else if app.ledger_open {
        app.ledger.scroll(notches * 3, layout.lines());
    } else {
        app.list.scroll(notches * 2, layout.rows());
    }
}

/// Opens the selected file in the editor, at the line that is looked at.
pub(super) fn open(app: &App, cmds: &mut Vec<Cmd>) {
    let (Some(file), Some(path)) = (app.selected_file(), app.selected_path()) else { return };
    let line = app.why.span(app.detail().map(AsRef::as_ref)).map_or(1, |span| span.first);
    cmds.push(Cmd::OpenEditor { file, path, line });
}

/// Shows the list in an order.
pub(super) fn sort(app: &mut App, sort: Sort) {
    let height = app.layout().rows();
    app.list.set_sort(sort, height);
}

/// Filters the list, or the ledger where that is open.
pub(super) fn set_filter(app: &mut App, filter: &str) {
    let layout = app.layout();
    if app.ledger_open {
        app.ledger.set_filter(filter, layout.lines());
    } else {
        app.list.set_filter(filter, layout.rows());
    }
}
