//! Where what floats stands, for drawing and for the mouse.

use ratatui::layout::Rect;

use super::state::{App, Overlay};

/// Where what floats stands: as large as asked, as far as the screen goes, in the middle.
fn floating(screen: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(screen.width), height.min(screen.height));
    Rect { x: (screen.width - width) / 2, y: (screen.height - height) / 3, width, height }
}

/// Where the present overlay stands; empty where nothing floats.
pub fn overlay(app: &App) -> Rect {
    let (width, height) = (app.size.width, app.size.height);
    let screen = Rect::new(0, 0, width, height);
    match &app.overlay {
        None => Rect::ZERO,
        Some(Overlay::Palette(palette)) => {
            let rows = (palette.total as u16).min(height.saturating_sub(9)).clamp(6, 22);
            floating(screen, 76, rows + 4)
        }
        Some(Overlay::Help(_)) => {
            floating(screen, width.saturating_sub(8).min(144), height.saturating_sub(4))
        }
        Some(Overlay::Notices(_)) => {
            floating(screen, width.saturating_sub(8).min(110), height.saturating_sub(6))
        }
    }
}

/// The entries inside a palette's area: below its search line.
pub fn palette_rows(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        y: area.y + 3,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(4),
    }
}
