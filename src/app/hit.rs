//! Hit-testing: what lies under a cell, by the layout that is drawn.

use ratatui::layout::{Position, Rect};

use super::layout::{Layout, MARGIN};
use super::state::App;

/// What lies under a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Nothing that answers.
    Nothing,
    /// A tab of the narrow shape, from 0.
    Tab(u8),
    /// The query line, so many cells into its text.
    Query(u16),
    /// A row of the list, or a line of the ledger, counted from the first on the screen.
    Row(usize),
    /// The `why` pane.
    Why,
    /// The conversation: column and row within its area.
    Chat(u16, u16),
    /// The message being typed: column and row within its area.
    Composer(u16, u16),
    /// The line that says what would be sent.
    Strip,
    /// A row of the opened tray, its hairline included.
    Tray(u16),
    /// A row of what waits above the composer.
    Queue(u16),
    /// The proposed edits: column and row within their area.
    Review(u16, u16),
}

/// The first column of the query's text.
pub const QUERY_TEXT: u16 = MARGIN + 2;

/// What lies under a cell when nothing floats, and the text area that dragging selects in.
pub fn target(app: &App, at: (u16, u16)) -> (Target, Rect) {
    let layout = app.layout();
    let here = Position::from(at);
    if layout.list.contains(here) {
        let line = usize::from(at.1 - layout.list.y);
        let per = if app.ledger_open { 1 } else { usize::from(layout.shape.lines_per_row()) };
        return (Target::Row(line / per), inner(layout.list));
    }
    if layout.query.contains(here) {
        return (Target::Query(at.0.saturating_sub(QUERY_TEXT)), inner(layout.query));
    }
    if layout.why.area.contains(here) {
        return (Target::Why, why_area(app, &layout, here));
    }
    if let Some(found) = talk(&layout, at) {
        return found;
    }
    if layout.header.contains(here) && app.is_narrow() {
        for (index, (from, to)) in tabs().into_iter().enumerate() {
            if (from..to).contains(&at.0) {
                return (Target::Tab(index as u8), Rect::ZERO);
            }
        }
    }
    let whole_row = Rect { y: at.1, height: 1, ..layout.screen };
    (Target::Nothing, whole_row)
}

/// What lies under a cell of the conversation's column or of the review.
fn talk(layout: &Layout, at: (u16, u16)) -> Option<(Target, Rect)> {
    let here = Position::from(at);
    let within = |area: Rect| (at.0.saturating_sub(area.x), at.1.saturating_sub(area.y));
    let found = |area: Rect, of: &dyn Fn(u16, u16) -> Target| {
        let (column, row) = within(area);
        area.contains(here).then(|| (of(column, row), inner(area)))
    };
    found(layout.chat, &Target::Chat)
        .or_else(|| found(layout.tray, &|_, row| Target::Tray(row)))
        .or_else(|| found(layout.queue, &|_, row| Target::Queue(row)))
        .or_else(|| found(layout.strip, &|_, _| Target::Strip))
        .or_else(|| found(layout.composer, &Target::Composer))
        .or_else(|| found(layout.review, &Target::Review))
}

/// The part of the `why` pane that a selection stays in: source without its line numbers, or all above it.
fn why_area(app: &App, layout: &Layout, here: Position) -> Rect {
    let source = layout.why.source;
    if source.contains(here) {
        let gutter = gutter(app.why.lines()).min(source.width);
        return Rect { x: source.x + gutter, width: source.width - gutter, ..source };
    }
    let above = layout.why.area;
    inner(Rect { height: source.y.saturating_sub(above.y), ..above })
}

fn inner(area: Rect) -> Rect {
    let margin = MARGIN.min(area.width);
    Rect { x: area.x + margin, width: area.width - margin, ..area }
}

/// Cells before the text of a source of so many lines: bar, blank, number, two blanks.
pub fn gutter(lines: usize) -> u16 {
    MARGIN + lines.max(1).ilog10() as u16 + 1 + 2
}

/// The titles of the tabs.
pub const TABS: [&str; 3] = ["1 M Query", "2 Chat", "3 Review"];

/// The column of the first tab: before it stand root and branch.
const FIRST_TAB: u16 = 25;

/// The columns of the tabs in the header, first and one past the last.
pub fn tabs() -> [(u16, u16); 3] {
    let mut x = FIRST_TAB;
    TABS.map(|title| {
        let from = x;
        x += title.len() as u16 + 3;
        (from, x)
    })
}
