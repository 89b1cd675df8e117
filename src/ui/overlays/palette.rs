//! The palette: title, what it works on or why it cannot run, key.

use ratatui::layout::{Position, Rect};

use crate::app::floating::palette_rows;
use crate::app::palette::{Entry, Kind, Palette};
use crate::text::width::width;
use crate::text::{amount, cut};
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, Field, field};

use super::frame::frame;

/// Draws the palette; returns where the cursor belongs.
pub fn palette(canvas: &mut Canvas<'_>, palette: &Palette, area: Rect) -> Option<Position> {
    let (title, placeholder) = match palette.kind {
        Kind::Commands => ("Commands", "part of a command's name"),
        Kind::Themes(_) => ("Theme", "part of a theme's name"),
        Kind::Again(_) => ("Answer again by", "part of a model's name"),
    };
    let shown = amount::count(palette.entries.len() as u64);
    let note = format!("{shown} of {}", amount::count(palette.total as u64));
    let inner = frame(canvas, area, title, &note);
    let input = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), height: 1, ..inner };
    let look = Field {
        sign: canvas.glyphs.prompt,
        placeholder,
        focused: true,
        ground: Role::Overlay,
        text: Role::Fg,
    };
    let cursor = field(canvas, input, &palette.line, &look);
    let rows = palette_rows(area);
    let top = palette.top(usize::from(rows.height));
    for (row, (at, item)) in
        palette.entries.iter().enumerate().skip(top).take(usize::from(rows.height)).enumerate()
    {
        let line = Rect { y: rows.y + row as u16, height: 1, ..rows };
        entry(canvas, line, item, at == palette.at);
    }
    if palette.entries.is_empty() {
        canvas.pen(rows, 0, Role::Overlay).skip(1).cut("Nothing fits. esc closes.", Role::Muted);
    }
    cursor
}

fn entry(canvas: &mut Canvas<'_>, area: Rect, entry: &Entry, selected: bool) {
    let ground = if selected { Role::Selection } else { Role::Overlay };
    let (bar, ellipsis) = (canvas.glyphs.focus, canvas.glyphs.ellipsis);
    if selected {
        canvas.fill(area, ground);
    }
    let chord = entry.chord.map(|chord| chord.to_string()).unwrap_or_default();
    let mut pen = canvas.pen(area, 0, ground);
    pen.put(if selected { bar } else { " " }, Role::Focus);
    let start = pen.column();
    let title_cells = usize::from(area.width) * 4 / 9;
    let (title, note, note_role) = match &entry.note {
        Ok(note) => (Role::Fg, note.clone(), Role::Muted),
        Err(why) => (Role::Disabled, format!("off: {why}"), Role::Disabled),
    };
    pen.within(&entry.title, title_cells, title);
    let used = usize::from(pen.column() - start);
    pen.skip((title_cells + 1).saturating_sub(used) as u16);
    pen.reserve(width(&chord) + 2);
    // What stands there is often a path, whose end says most; a sentence is cut at its end.
    let is_path = entry.note.is_ok() && note.contains('/') && !note.contains(' ');
    let room = pen.room();
    if is_path {
        let shown = cut::path(&note, room, ellipsis).into_owned();
        pen.put(&shown, note_role);
    } else {
        pen.cut(&note, note_role);
    }
    let key = if entry.note.is_ok() { Role::Key } else { Role::Disabled };
    canvas.pen(area, 0, ground).back_from_end(width(&chord) + 1).put(&chord, key);
}
