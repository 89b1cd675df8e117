//! The frame of what floats: rounded corners, a title above, a note below.

use ratatui::layout::Rect;

use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// Clears an area and draws a frame around it; returns what is inside.
pub fn frame(canvas: &mut Canvas<'_>, area: Rect, title: &str, note: &str) -> Rect {
    canvas.clear(area, Role::Overlay);
    let glyphs = canvas.glyphs;
    let [top_left, top_right, bottom_left, bottom_right] = glyphs.corners;
    let inner = usize::from(area.width.saturating_sub(2));
    let line = glyphs.horizontal;
    let role = Role::OverlayBorder;
    let mut pen = canvas.pen(area, 0, Role::Overlay);
    pen.put(top_left, role).put(&line.repeat(inner), role).put(top_right, role);
    for row in 1..area.height.saturating_sub(1) {
        canvas
            .pen(area, row, Role::Overlay)
            .put(glyphs.vertical, role)
            .back_from_end(1)
            .put(glyphs.vertical, role);
    }
    let last = area.height.saturating_sub(1);
    let mut pen = canvas.pen(area, last, Role::Overlay);
    pen.put(bottom_left, role).put(&line.repeat(inner), role).put(bottom_right, role);
    let mut pen = canvas.pen(area, 0, Role::Overlay);
    pen.skip(2).put(" ", role).put(title, Role::Title).put(" ", role);
    if !note.is_empty() && width(note) + 6 < inner {
        let mut pen = canvas.pen(area, last, Role::Overlay);
        pen.back_from_end(width(note) + 4).put(" ", role).put(note, Role::Subtle).put(" ", role);
    }
    Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}
