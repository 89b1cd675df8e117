//! The opened context tray: what is sent, item by item.

use ratatui::layout::Rect;

use crate::app::layout::{Layout, MARGIN};
use crate::app::{App, Pane};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::empty;

/// Draws the tray.
pub fn tray(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    let area = layout.tray;
    if area.is_empty() {
        return;
    }
    canvas.hairline(area);
    let (bar, role) = if app.focus == Pane::Tray {
        (canvas.glyphs.focus, Role::TitleFocus)
    } else {
        (canvas.glyphs.horizontal, Role::Title)
    };
    canvas.pen(area, 0, Role::Base).put(bar, Role::Focus).put("Context ", role);
    let below = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if app.chat.tray.items.is_empty() {
        let text =
            "Here stands exactly what is sent with a message: files, lines, tokens, and why. Type one.";
        return empty::say(canvas, below, &[(text, Role::Muted)]);
    }
    for (row, item) in app.chat.tray.items.iter().enumerate().take(usize::from(below.height)) {
        canvas.pen(below, row as u16, Role::Base).skip(MARGIN).cut(&item.title, Role::Fg);
    }
}
