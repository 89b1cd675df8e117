//! The canvas: a buffer with its theme. Every text goes through [`Pen`], which cleans and cuts it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::text::cut;
use crate::text::sanitize::sanitize_line;
use crate::ui::theme::{Glyphs, Role, Theme};

/// What is drawn on, and how.
pub struct Canvas<'a> {
    /// The cells.
    pub buffer: &'a mut Buffer,
    /// The look of roles.
    pub theme: &'a Theme,
    /// The signs.
    pub glyphs: &'a Glyphs,
}

impl<'a> Canvas<'a> {
    /// Fills an area with a ground.
    pub fn fill(&mut self, area: Rect, ground: Role) {
        let area = area.intersection(self.buffer.area);
        self.buffer.set_style(area, self.theme.style(ground));
    }

    /// Empties an area and gives it a ground.
    pub fn clear(&mut self, area: Rect, ground: Role) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
        self.fill(area, Role::Base);
        self.fill(area, ground);
    }

    /// Starts a line of text at the left of a row of an area.
    pub fn pen(&mut self, area: Rect, row: u16, ground: Role) -> Pen<'_, 'a> {
        let y = area.y.saturating_add(row);
        // For one frame of a resize an area may reach beyond the cells there are.
        let all = self.buffer.area;
        let inside = row < area.height && (all.top()..all.bottom()).contains(&y);
        let end = if inside { area.right().min(all.right()) } else { area.x };
        Pen { y, x: area.x, end, ground, canvas: self }
    }

    /// Draws a horizontal hairline over a row.
    pub fn hairline(&mut self, area: Rect) {
        let line = self.glyphs.horizontal.repeat(usize::from(area.width));
        self.pen(area, 0, Role::Base).put(&line, Role::Border);
    }
}

/// Writes one line, left to right.
pub struct Pen<'c, 'a> {
    canvas: &'c mut Canvas<'a>,
    x: u16,
    end: u16,
    y: u16,
    ground: Role,
}

impl Pen<'_, '_> {
    /// Cells that are left.
    pub fn room(&self) -> usize {
        usize::from(self.end.saturating_sub(self.x))
    }

    /// The column of the next cell.
    pub fn column(&self) -> u16 {
        self.x
    }

    /// Writes text, as much of it as fits.
    pub fn put(&mut self, text: &str, role: Role) -> &mut Self {
        let style = self.canvas.theme.on(role, self.ground);
        self.styled(text, style)
    }

    /// The look of a role on a ground, for [`Pen::styled`].
    pub fn style_on(&self, role: Role, ground: Role) -> Style {
        self.canvas.theme.on(role, ground)
    }

    /// Writes text in a style that is already made for this line's ground.
    pub fn styled(&mut self, text: &str, style: Style) -> &mut Self {
        let clean = sanitize_line(text);
        let cut = cut::head(&clean, self.room());
        if !cut.is_empty() {
            (self.x, _) = self.canvas.buffer.set_stringn(self.x, self.y, cut, self.room(), style);
        }
        self
    }

    /// Writes text, with an ellipsis where it does not fit in the room left.
    pub fn cut(&mut self, text: &str, role: Role) -> &mut Self {
        let room = self.room();
        self.within(text, room, role)
    }

    /// Writes text in at most so many cells, with an ellipsis where it does not fit.
    pub fn within(&mut self, text: &str, cells: usize, role: Role) -> &mut Self {
        let clean = sanitize_line(text);
        let cut = cut::end(&clean, cells.min(self.room()), self.canvas.glyphs.ellipsis).into_owned();
        self.put(&cut, role)
    }

    /// Writes as much of a text as fits in so many cells.
    pub fn within_bare(&mut self, text: &str, cells: usize, role: Role) -> &mut Self {
        let clean = sanitize_line(text);
        let head = cut::head(&clean, cells.min(self.room())).to_owned();
        self.put(&head, role)
    }

    /// Writes text in exactly so many cells, at their right end.
    pub fn right(&mut self, text: &str, cells: usize, role: Role) -> &mut Self {
        let fitted = cut::fit_right(&sanitize_line(text), cells, self.canvas.glyphs.ellipsis);
        self.put(&fitted, role)
    }

    /// Leaves cells out.
    pub fn skip(&mut self, cells: u16) -> &mut Self {
        self.x = self.x.saturating_add(cells).min(self.end);
        self
    }

    /// Goes on at so many cells before the line's end, if it has not passed that.
    pub fn back_from_end(&mut self, cells: usize) -> &mut Self {
        let column = self.end.saturating_sub(u16::try_from(cells).unwrap_or(u16::MAX));
        self.x = self.x.max(column);
        self
    }

    /// Keeps cells at the end free.
    pub fn reserve(&mut self, cells: usize) -> &mut Self {
        self.end = self.end.saturating_sub(u16::try_from(cells).unwrap_or(u16::MAX)).max(self.x);
        self
    }

    /// Draws a bar of so many cells, filled for a share of 0 to 1; its rest stays empty.
    pub fn bar(&mut self, share: f32, cells: usize, role: Role) -> &mut Self {
        let (full, empty) = self.canvas.glyphs.bar(share, cells);
        self.put(&full, role).skip(empty as u16)
    }

    /// Draws a bar whose rest is drawn too.
    pub fn progress(&mut self, share: f32, cells: usize) -> &mut Self {
        let (full, empty) = self.canvas.glyphs.bar(share, cells);
        let rest = self.canvas.glyphs.bar_empty.repeat(empty);
        self.put(&full, Role::BarFull).put(&rest, Role::BarEmpty)
    }
}
