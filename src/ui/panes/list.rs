//! The ranked list: only rows on the screen are formatted.

#[cfg(test)]
use std::cell::Cell;

use ratatui::layout::Rect;

use crate::app::action::Action;
use crate::app::layout::{Layout, MARGIN, Shape};
use crate::app::{App, Pane};
use crate::domain::{RankedRow, StateKind};
use crate::text::amount;
use crate::text::fuzzy::{Fuzzy, Subject};
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, Pen, filtered_path, prose};

use super::{empty, verdict};

#[cfg(test)]
thread_local! {
    /// Rows formatted so far, for the test that a frame costs what is visible.
    pub static FORMATTED: Cell<usize> = const { Cell::new(0) };
}

/// Cells of a row's bar.
const BAR_WIDE: usize = 8;
const BAR: usize = 5;

/// Cells that one-line rows need for path and reason, and the least that a reason gets beside paths that fit.
const ROOMY: usize = 46;
const REASON: usize = 22;

/// Rows whose paths decide how wide the column of paths is.
const MEASURED: usize = 200;

/// Columns of one-line rows: what the longest path takes, what paths get, and whether the reason follows.
struct Columns {
    longest: usize,
    path: usize,
    reason: bool,
}

/// Draws the list, or what there is to say while it is empty.
pub fn list(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    if app.list.is_empty() {
        return empty::list(canvas, app, layout.list);
    }
    let visible = app.list.visible(layout.rows());
    let rows: Vec<(usize, &RankedRow)> =
        visible.clone().filter_map(|at| app.list.get(at).map(|row| (at, row))).collect();
    let columns = columns(app, layout);
    let filter = app.list.filter().trim();
    let mut fuzzy = (!filter.is_empty()).then(|| Fuzzy::new(filter, Subject::Paths));
    let per = layout.shape.lines_per_row();
    for (index, (at, row)) in rows.into_iter().enumerate() {
        #[cfg(test)]
        FORMATTED.with(|count| count.set(count.get() + 1));
        let area = Rect { y: layout.list.y + index as u16 * per, height: per, ..layout.list };
        let selected = at == app.list.anchor().at();
        let ground = ground(canvas, app, area, selected);
        if app.query.asked().is_empty() {
            unasked(canvas, app, row, area, (ground, &columns, fuzzy.as_mut()));
        } else if layout.shape == Shape::Wide {
            two_lines(canvas, app, row, area, (ground, fuzzy.as_mut()));
        } else {
            one_line(canvas, app, row, area, (ground, &columns, fuzzy.as_mut()));
        }
    }
}

/// Marks the selected row: a ground, and a bar in column 0 where the list has the keyboard.
pub fn ground(canvas: &mut Canvas<'_>, app: &App, area: Rect, selected: bool) -> Role {
    let focused = app.focus == Pane::List;
    let ground = match (selected, focused) {
        (false, _) => return Role::Base,
        (true, true) => Role::Selection,
        (true, false) => Role::SelectionBlur,
    };
    canvas.fill(area, ground);
    if focused {
        let bar = canvas.glyphs.focus;
        for line in 0..area.height {
            canvas.pen(area, line, ground).put(bar, Role::Focus);
        }
    }
    ground
}

fn columns(app: &App, layout: &Layout) -> Columns {
    let room = usize::from(layout.list.width).saturating_sub(usize::from(MARGIN) + 2 + 4 + BAR + 1 + 1);
    // Of the first rows, whichever are on the screen: columns that moved while scrolling could not be read.
    let first = (0..MEASURED).map_while(|at| app.list.get(at));
    let longest = first.map(|row| width(&row.path) + width(&mark(app, row).0)).max().unwrap_or(0) + 1;
    let most = if room < ROOMY { room.saturating_sub(REASON + 2) } else { room * 11 / 20 };
    // A path cut to pieces tells less than a reason does: a narrow list leaves reasons to the pane beside it.
    if layout.shape == Shape::Wide || room < ROOMY && longest > most {
        return Columns { longest, path: room, reason: false };
    }
    Columns { longest, path: longest.min(most).max(20), reason: true }
}

/// Sign, score and bar of a row.
fn verdict_cells(pen: &mut Pen<'_, '_>, app: &App, row: &RankedRow, look: &verdict::Look, bar: usize) {
    pen.skip(MARGIN).put(look.glyph, look.role).skip(1);
    if verdict::is_judged(row.state) {
        let score = if row.state == StateKind::Yes { Role::Score } else { Role::Muted };
        pen.put(&amount::score(row.score), score).skip(1).bar(row.score, bar, look.role).skip(1);
    } else if app.query.is_by_model() && row.state == StateKind::Queued && row.score > 0.0 {
        // What the embedded judge thinks decides whose turn is next; it is no verdict, so it has no bar.
        pen.put(&amount::score(row.score), Role::Subtle).skip(bar as u16 + 2);
    } else {
        pen.skip(4 + bar as u16 + 1);
    }
}

/// What stands at the right of a path: why it deserves a second look.
fn mark(app: &App, row: &RankedRow) -> (String, Role) {
    if let Some(since) = app.query.judging.get(&row.file) {
        let waited = app.now.elapsed.saturating_sub(*since);
        let text = if waited.as_secs() > 0 { amount::short_ago(waited) } else { String::new() };
        return (text, Role::Subtle);
    }
    let mut words = Vec::new();
    if row.flipped {
        words.push(if row.state == StateKind::Yes { "now yes" } else { "now no" });
    }
    if row.stale {
        words.push("stale");
    }
    let role = match row {
        RankedRow { flipped: true, state: StateKind::Yes, .. } => Role::Yes,
        RankedRow { flipped: true, .. } => Role::No,
        _ => Role::Stale,
    };
    if row.pinned {
        words.push("pinned");
    }
    let role = if row.pinned && words.len() == 1 { Role::Pin } else { role };
    (words.join(" "), role)
}

/// A row while nothing was asked: no verdict, only why the file is active.
fn unasked(
    canvas: &mut Canvas<'_>,
    app: &App,
    row: &RankedRow,
    area: Rect,
    (ground, columns, filter): (Role, &Columns, Option<&mut Fuzzy>),
) {
    let (dot, pin, ellipsis) = (canvas.glyphs.dot, canvas.glyphs.pin, canvas.glyphs.ellipsis);
    let (text, _) = reason(app, row);
    let mut pen = canvas.pen(area, 0, ground);
    let (sign, role) = if row.pinned { (pin, Role::Pin) } else { (dot, Role::Subtle) };
    pen.skip(MARGIN).put(sign, role).skip(1);
    let room = pen.room().saturating_sub(1);
    if area.height > 1 {
        filtered_path(&mut pen, &row.path, room, ellipsis, filter);
        let mut pen = canvas.pen(area, 1, ground);
        pen.skip(MARGIN + 2).reserve(1);
        prose(&mut pen, &text, (Role::Muted, Role::Fg), ellipsis);
    } else {
        let cells = columns.longest.max(20).min(room * 11 / 20);
        let used = filtered_path(&mut pen, &row.path, cells, ellipsis, filter);
        pen.skip((cells + 2).saturating_sub(used) as u16).reserve(1);
        prose(&mut pen, &text, (Role::Muted, Role::Fg), ellipsis);
    }
}

fn two_lines(
    canvas: &mut Canvas<'_>,
    app: &App,
    row: &RankedRow,
    area: Rect,
    (ground, filter): (Role, Option<&mut Fuzzy>),
) {
    let look = verdict::row(row, canvas.glyphs, app.spin());
    let ellipsis = canvas.glyphs.ellipsis;
    let (mark, role) = mark(app, row);
    let mut pen = canvas.pen(area, 0, ground);
    verdict_cells(&mut pen, app, row, &look, BAR_WIDE);
    let indent = pen.column() - area.x;
    let taken = if mark.is_empty() { 1 } else { width(&mark) + 3 };
    let room = pen.room().saturating_sub(taken);
    filtered_path(&mut pen, &row.path, room, ellipsis, filter);
    if !mark.is_empty() {
        pen.back_from_end(width(&mark) + 1).put(&mark, role);
    }
    let (text, role) = reason(app, row);
    let mut pen = canvas.pen(area, 1, ground);
    pen.skip(indent).reserve(1);
    prose(&mut pen, &text, (role, Role::Fg), ellipsis);
}

fn one_line(
    canvas: &mut Canvas<'_>,
    app: &App,
    row: &RankedRow,
    area: Rect,
    (ground, columns, filter): (Role, &Columns, Option<&mut Fuzzy>),
) {
    let look = verdict::row(row, canvas.glyphs, app.spin());
    let ellipsis = canvas.glyphs.ellipsis;
    let (mark, mark_role) = mark(app, row);
    let mut pen = canvas.pen(area, 0, ground);
    pen.reserve(1);
    verdict_cells(&mut pen, app, row, &look, BAR);
    let start = pen.column();
    let taken = if mark.is_empty() { 0 } else { width(&mark) + 1 };
    filtered_path(&mut pen, &row.path, columns.path.saturating_sub(taken), ellipsis, filter);
    let used = usize::from(pen.column() - start);
    pen.skip(columns.path.saturating_sub(used + taken.saturating_sub(1)) as u16).put(&mark, mark_role);
    if columns.reason {
        let used = usize::from(pen.column() - start);
        let (text, role) = reason(app, row);
        pen.skip((columns.path + 2).saturating_sub(used) as u16);
        prose(&mut pen, &text, (role, Role::Fg), ellipsis);
    }
}

/// A row's one line: its reason, or why it has none.
fn reason(app: &App, row: &RankedRow) -> (String, Role) {
    if app.query.asked().is_empty() {
        return (known(app, row), Role::Muted);
    }
    match row.state {
        StateKind::Yes | StateKind::No => (known(app, row), Role::Muted),
        StateKind::Failed => {
            let known = known(app, row);
            let why = if known.is_empty() { "could not be judged" } else { &known };
            (format!("{why}; r tries again"), Role::Muted)
        }
        StateKind::Judging => ("judging".into(), Role::Subtle),
        StateKind::Queued => {
            // What the embedded judge found, fainter than a reason of the judge that is waited for.
            let known = known(app, row);
            (if known.is_empty() { "waiting".into() } else { known }, Role::Subtle)
        }
        StateKind::Skipped => ("skipped; the ledger says why".into(), Role::Subtle),
        StateKind::OverBudget => {
            (format!("over budget; {} goes on", app.key_of(Action::Judge)), Role::Subtle)
        }
    }
}

fn known(app: &App, row: &RankedRow) -> String {
    app.query.details.get(row.file).map(|detail| detail.reason.clone()).unwrap_or_default()
}
