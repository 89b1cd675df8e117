//! The list of earlier conversations: title, how long ago, turns, roots; below, where searched words stand.

use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::app::chat::sessions::{Row, Sessions};
use crate::app::floating::{palette_rows, top};
use crate::domain::{SessionHead, SessionHit};
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, Field, Pen, field};

use super::frame::frame;

/// Draws the list; returns where the cursor belongs.
pub fn sessions(canvas: &mut Canvas<'_>, app: &App, it: &Sessions, area: Rect) -> Option<Position> {
    let note = format!("{} of {}", amount::count(it.fitting() as u64), amount::count(it.total() as u64));
    let inner = frame(canvas, area, "Conversations", &note);
    let input = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), height: 1, ..inner };
    let look = Field {
        sign: canvas.glyphs.prompt,
        placeholder: "part of a title, or words that were said",
        focused: true,
        ground: Role::Overlay,
        text: Role::Fg,
    };
    let cursor = field(canvas, input, &it.line, &look);
    let rows = palette_rows(area);
    if it.is_empty() {
        let text = match (it.is_known(), it.total()) {
            (false, _) => "Looking.",
            (true, 0) => "No conversation is kept yet; the first message begins one.",
            (true, _) => "No title fits, and the words were said nowhere.",
        };
        canvas.pen(rows, 0, Role::Overlay).skip(1).cut(text, Role::Muted);
    }
    let first = top(it.at(), rows);
    for row in 0..rows.height {
        let at = first + usize::from(row);
        let line = Rect { y: rows.y + row, height: 1, ..rows };
        if let Some(found) = it.row(at) {
            draw(canvas, app, line, found, (at == it.at(), it));
        }
    }
    cursor
}

fn draw(canvas: &mut Canvas<'_>, app: &App, area: Rect, row: Row<'_>, (selected, it): (bool, &Sessions)) {
    let ground = if selected { Role::Selection } else { Role::Overlay };
    let bar = canvas.glyphs.focus;
    if selected {
        canvas.fill(area, ground);
    }
    let mut pen = canvas.pen(area, 0, ground);
    pen.put(if selected { bar } else { " " }, Role::Focus).reserve(1);
    match row {
        Row::Session(head) => session(&mut pen, app, head, it.doomed() == Some(head.id)),
        Row::Hit(hit) => place(&mut pen, hit),
    }
}

fn session(pen: &mut Pen<'_, '_>, app: &App, head: &SessionHead, is_doomed: bool) {
    let ago = amount::ago_since(head.changed_ms / 1000, app.now.unix);
    let is_open = app.chat.head.as_ref().is_some_and(|open| open.id == head.id);
    let word = match (is_doomed, is_open, head.elsewhere) {
        (true, ..) => "again deletes it  ",
        (_, true, _) => "open  ",
        (_, _, true) => "open elsewhere  ",
        (false, false, false) => "",
    };
    let facts = format!("{}  {ago}", amount::plural(u64::from(head.turns), "turn"));
    let room = pen.room().saturating_sub(width(&facts) + width(word) + 2);
    let role = if is_doomed { Role::Warning } else { Role::Fg };
    let title = if head.title.is_empty() { "without a title" } else { &head.title };
    let cells = (room * 3 / 5).max(room.saturating_sub(width(&head.roots) + 2));
    pen.within(title, cells, role).skip(2);
    let left = pen.room().saturating_sub(width(&facts) + width(word) + 2);
    pen.within(&head.roots, left, Role::Subtle).back_from_end(width(&facts) + width(word));
    pen.put(word, if is_doomed { Role::Warning } else { Role::Info }).put(&facts, Role::Muted);
}

/// Text around the searched words, those marked.
fn place(pen: &mut Pen<'_, '_>, hit: &SessionHit) {
    let title = if hit.session.title.is_empty() { "without a title" } else { &hit.session.title };
    pen.skip(2).within(title, 24, Role::Muted).put("  ", Role::Muted);
    for (at, part) in hit.excerpt.split(['\u{2}', '\u{3}']).enumerate() {
        let role = if at % 2 == 1 { Role::Match } else { Role::Fg };
        pen.put(&part.replace('\n', " "), role);
    }
}
