//! The composer: the message being typed.

use ratatui::layout::Position;

use crate::app::layout::{Layout, MARGIN};
use crate::app::{App, Pane};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// Draws the message; returns where the cursor belongs.
pub fn composer(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) -> Option<Position> {
    let area = layout.composer;
    if area.is_empty() {
        return None;
    }
    let focused = app.focus == Pane::Composer && app.overlay.is_none() && app.prompt.is_none();
    let (sign, role) = (canvas.glyphs.prompt, if focused { Role::Prompt } else { Role::Subtle });
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(MARGIN).put(sign, role).skip(1).put("ask about this code", Role::Placeholder);
    None
}
