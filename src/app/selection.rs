//! A selection made with the mouse: cells of one pane, in reading order.

use ratatui::layout::Rect;

/// Cells of the screen, inside one pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// The pane's text area.
    pub area: Rect,
    /// Where the button went down, as (column, row).
    pub from: (u16, u16),
    /// Where the pointer is now, or was when the button went up.
    pub to: (u16, u16),
}

impl Selection {
    /// First and last cell in reading order, kept inside the area.
    pub fn ends(&self) -> ((u16, u16), (u16, u16)) {
        let clamp = |(x, y): (u16, u16)| {
            let right = self.area.right().saturating_sub(1).max(self.area.x);
            let bottom = self.area.bottom().saturating_sub(1).max(self.area.y);
            (x.clamp(self.area.x, right), y.clamp(self.area.y, bottom))
        };
        let (a, b) = (clamp(self.from), clamp(self.to));
        if (a.1, a.0) <= (b.1, b.0) { (a, b) } else { (b, a) }
    }

    /// The selected columns of one row, first to last, if any.
    pub fn columns(&self, row: u16) -> Option<(u16, u16)> {
        let ((x0, y0), (x1, y1)) = self.ends();
        if row < y0 || row > y1 || self.area.is_empty() {
            return None;
        }
        let first = if row == y0 { x0 } else { self.area.x };
        let last = if row == y1 { x1 } else { self.area.right().saturating_sub(1) };
        Some((first, last))
    }
}
