//! Titles: the hairline below the header with the names of the panes, and the hairline between them.

use ratatui::layout::Rect;

use crate::app::layout::{Layout, Shape};
use crate::app::{App, Pane};
use crate::text::width::width;
use crate::text::{amount, cut};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// Draws both titles.
pub fn titles(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    if !layout.left_title.is_empty() {
        // In the narrow shape the tab says the name already.
        let name = match (layout.shape, app.ledger_open) {
            (Shape::Narrow, _) => "",
            (Shape::Wide | Shape::Medium | Shape::TooSmall, true) => "Ledger",
            (Shape::Wide | Shape::Medium | Shape::TooSmall, false) => "M Query",
        };
        title(
            canvas,
            layout.left_title,
            name,
            &left_note(app),
            matches!(app.focus, Pane::Query | Pane::List),
        );
    }
    if !layout.why_title.is_empty() {
        let (name, note) = why_title(canvas, app, layout);
        title(canvas, layout.why_title, &name, &note, app.focus == Pane::Why);
    }
    if !layout.chat_title.is_empty() {
        title(
            canvas,
            layout.chat_title,
            "Chat",
            "",
            matches!(app.focus, Pane::Chat | Pane::Composer | Pane::Tray),
        );
    }
    if !layout.divider.is_empty() {
        let above = Rect { y: layout.divider.y - 1, height: 1, ..layout.divider };
        let tee = canvas.glyphs.tee_down;
        canvas.pen(above, 0, Role::Base).put(tee, Role::Border);
    }
}

/// Draws the hairline between the panes.
pub fn divider(canvas: &mut Canvas<'_>, layout: &Layout) {
    let line = canvas.glyphs.vertical;
    for row in 0..layout.divider.height {
        canvas.pen(layout.divider, row, Role::Base).put(line, Role::Border);
    }
}

pub(super) fn title(canvas: &mut Canvas<'_>, area: Rect, name: &str, note: &str, focused: bool) {
    canvas.hairline(area);
    let (bar, line) = (canvas.glyphs.focus, canvas.glyphs.horizontal);
    let mut pen = canvas.pen(area, 0, Role::Base);
    if name.is_empty() {
        pen.skip(1);
    } else if focused {
        pen.put(bar, Role::Focus).put(name, Role::TitleFocus);
    } else {
        pen.put(line, Role::Border).put(" ", Role::Border).put(name, Role::Title);
    }
    if !name.is_empty() {
        pen.put(" ", Role::Border);
    }
    let cells = width(note) + 4;
    if !note.is_empty() && pen.room() > cells {
        pen.back_from_end(cells).put(" ", Role::Border).put(note, Role::Subtle).put(" ", Role::Border);
    }
}

fn left_note(app: &App) -> String {
    let filter = app.filter();
    let shown = if app.ledger_open { app.ledger.items().len() } else { app.list.len() };
    if !filter.trim().is_empty() {
        return format!("filter: {filter}  {}", amount::count(shown as u64));
    }
    match (app.ledger_open, app.list.is_empty()) {
        (true, _) => format!("{} without a verdict", amount::count(app.ledger.total() as u64)),
        (false, _) if app.query.asked().is_empty() => String::new(),
        (false, true) => String::new(),
        (false, false) => format!("sort: {}", app.list.sort().name()),
    }
}

fn why_title(canvas: &Canvas<'_>, app: &App, layout: &Layout) -> (String, String) {
    if layout.shape == Shape::TooSmall {
        return (String::new(), String::new());
    }
    let Some(path) = app.selected_path() else { return ("why".into(), String::new()) };
    let detail = app.detail().map(AsRef::as_ref);
    let mut note = facts(app, canvas.glyphs.dot);
    let span = match app.why.span(detail) {
        Some(span) if span.first == span.last => format!(":{}", span.first),
        Some(span) => format!(":{}-{}", span.first, span.last),
        None => String::new(),
    };
    let dot = canvas.glyphs.dot;
    let all = usize::from(layout.why_title.width).saturating_sub(width(&span) + 12);
    if width(&path) + width(&note) + 4 > all {
        note.clear();
    }
    let room = all.saturating_sub(width(&note));
    let path = cut::path(&path, room, canvas.glyphs.ellipsis);
    let name = if app.ledger_open { "why not" } else { "why" };
    (format!("{name} {dot} {path}{span}"), note)
}

/// Language and length of the previewed file.
fn facts(app: &App, dot: &str) -> String {
    let Some(Ok(source)) = app.why.body() else { return String::new() };
    if app.ledger_open {
        return String::new();
    }
    let lines = amount::plural(source.lines.len() as u64, "line");
    let more = if source.truncated { " and more" } else { "" };
    if source.language.is_empty() {
        format!("{lines}{more}")
    } else {
        format!("{} {dot} {lines}{more}", source.language)
    }
}
