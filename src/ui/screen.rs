//! The whole screen, from back to front.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{App, Selection};
use crate::text::width::width;

use super::theme::{Glyphs, Role, Theme};

/// Draws the screen. What it costs depends on the screen's size, not on what is loaded.
pub fn view(app: &App, theme: &Theme, glyphs: &Glyphs, frame: &mut Frame) {
    let cursor = draw(app, theme, glyphs, frame.buffer_mut());
    if let Some(position) = cursor {
        frame.set_cursor_position(position);
    }
}

/// The text of a selection, as it stands on the screen: blanks at line ends are left out.
pub fn selected_text(app: &App, theme: &Theme, glyphs: &Glyphs, selection: Selection) -> String {
    let mut screen = Buffer::empty(Rect::new(0, 0, app.size.width, app.size.height));
    draw(app, theme, glyphs, &mut screen);
    let ((_, first), (_, last)) = selection.ends();
    let row = |y: u16| -> String {
        let Some((mut x, to)) = selection.columns(y) else { return String::new() };
        let mut text = String::new();
        while x <= to {
            let symbol = screen.cell((x, y)).map_or("", |cell| cell.symbol());
            text.push_str(symbol);
            x += (width(symbol) as u16).max(1);
        }
        text.trim_end().to_owned()
    };
    (first..=last).map(row).collect::<Vec<_>>().join("\n")
}

/// Draws everything; returns where the terminal's cursor belongs.
fn draw(app: &App, theme: &Theme, glyphs: &Glyphs, buffer: &mut Buffer) -> Option<Position> {
    let _ = (app, glyphs);
    buffer.set_style(buffer.area, theme.style(Role::Base));
    None
}
