//! The whole screen, from back to front.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::layout::{Layout, MARGIN, Shape};
use crate::app::{App, Pane, Selection, Size};
use crate::text::width::width;
use crate::text::wrap::{Wrap, plain};

use super::theme::{Glyphs, Role, Theme};
use super::widgets::{Canvas, Field, field};
use super::{overlays, panes};

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
    // The terminal may have another size than the state knows, for one frame of a resize.
    let size = Size {
        width: buffer.area.width.min(app.size.width),
        height: buffer.area.height.min(app.size.height),
    };
    let mut canvas = Canvas { buffer, theme, glyphs };
    canvas.clear(canvas.buffer.area, Role::Base);
    let layout = Layout::new(size, app.scene());
    if layout.shape == Shape::TooSmall {
        too_small(&mut canvas, size);
        return None;
    }
    panes::header(&mut canvas, app, layout.header);
    panes::titles(&mut canvas, app, &layout);
    panes::divider(&mut canvas, &layout);
    let typing = app.focus == Pane::Query && app.prompt.is_none() && app.overlay.is_none();
    let mut cursor = None;
    if !layout.query.is_empty() {
        cursor = query(&mut canvas, app, layout.query, typing);
        panes::progress(&mut canvas, app, layout.progress);
        panes::counts(&mut canvas, app, layout.counts);
        if app.ledger_open {
            panes::ledger(&mut canvas, app, &layout);
        } else {
            panes::intro(&mut canvas, app, &layout);
            panes::list(&mut canvas, app, &layout);
        }
    }
    if !layout.why.area.is_empty() {
        if app.ledger_open {
            panes::why_not(&mut canvas, app, &layout);
        } else {
            panes::why(&mut canvas, app, &layout);
        }
    }
    panes::chat(&mut canvas, app, &layout);
    panes::tray(&mut canvas, app, &layout);
    panes::strip(&mut canvas, app, &layout);
    cursor = panes::composer(&mut canvas, app, &layout).or(cursor);
    cursor = panes::review(&mut canvas, app, &layout).or(cursor);
    cursor = panes::footer(&mut canvas, app, layout.footer).or(cursor);
    cursor = overlays::overlay(&mut canvas, app).or(cursor);
    if let Some(selection) = app.mouse.selection {
        select(&mut canvas, selection);
    }
    cursor
}

fn query(canvas: &mut Canvas<'_>, app: &App, area: Rect, focused: bool) -> Option<Position> {
    let inner = Rect { x: area.x + MARGIN, width: area.width.saturating_sub(MARGIN + 1), ..area };
    let sign = canvas.glyphs.prompt;
    let placeholder = "describe what you look for, or what you want to change";
    let look = Field { sign, placeholder, focused, ground: Role::Base, text: Role::Title };
    field(canvas, inner, &app.query.line, &look)
}

fn select(canvas: &mut Canvas<'_>, selection: Selection) {
    let ((_, first), (_, last)) = selection.ends();
    for y in first..=last {
        if let Some((from, to)) = selection.columns(y) {
            canvas.fill(Rect::new(from, y, to - from + 1, 1), Role::TextSelection);
        }
    }
}

fn too_small(canvas: &mut Canvas<'_>, size: Size) {
    let text = format!("Quarry needs 60x16 cells; this is {}x{}.", size.width, size.height);
    let area = canvas.buffer.area;
    for (row, line) in plain(&text, Wrap::to(usize::from(area.width.max(1)))).iter().enumerate() {
        canvas.pen(area, row as u16, Role::Base).put(line, Role::Fg);
    }
}
