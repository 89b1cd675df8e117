//! Plots: lines over two axes, in dots of an eighth of a cell, with a mark of its own at each line's points.
//!
//! Each line is told apart by its mark as well as by its colour, and named at its end where there is room.

use ratatui::layout::Rect;

use crate::text::cut;
use crate::text::width::width;
use crate::ui::theme::{Glyphs, Role};

use super::Canvas;

/// Cells before the plot, for the names of heights.
const GUTTER: u16 = 5;

/// The most cells behind the plot, for the names of lines.
const NAMES: u16 = 13;

/// A place on an axis, 0 to 1, with what stands there.
pub type Tick = (f64, String);

/// One line.
#[derive(Debug, Clone)]
pub struct Curve<'a> {
    /// Its name, at its end.
    pub name: &'a str,
    /// Its points, both from 0 to 1, left to right.
    pub points: Vec<(f64, f64)>,
    /// The mark of its points; empty for none.
    pub mark: &'a str,
    /// Its look.
    pub role: Role,
}

/// A plot; curves that come later are drawn over earlier ones.
#[derive(Debug, Clone, Default)]
pub struct Plot<'a> {
    /// The lines.
    pub curves: Vec<Curve<'a>>,
    /// What stands below.
    pub across: Vec<Tick>,
    /// What stands at the left.
    pub up: Vec<Tick>,
    /// What the places across are, at the right end below.
    pub unit: &'a str,
    /// Single points, drawn over all lines.
    pub spots: Vec<(f64, f64, &'a str, Role)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Cell<'a> {
    Empty,
    Grid,
    Dots(u8, Role),
    Mark(&'a str, Role),
}

/// Draws a plot; the last row of the area is the lower axis.
pub fn plot(canvas: &mut Canvas<'_>, area: Rect, ground: Role, plot: &Plot<'_>) {
    let longest = plot.curves.iter().map(|curve| width(curve.name)).max().unwrap_or(0) as u16;
    let names = if longest > 0 && area.width >= 40 { (longest + 3).min(NAMES + 3) } else { 1 };
    let wide = area.width.saturating_sub(GUTTER + names);
    let high = area.height.saturating_sub(1);
    if wide < 8 || high < 3 {
        return;
    }
    let inner = Rect { x: area.x + GUTTER, y: area.y, width: wide, height: high };
    let cells = cells(plot, (wide.into(), high.into()), canvas.glyphs);
    for (row, line) in cells.iter().enumerate() {
        let dot = canvas.glyphs.dot;
        let mut pen = canvas.pen(inner, row as u16, ground);
        for cell in line {
            match cell {
                Cell::Empty => pen.skip(1),
                Cell::Grid => pen.put(dot, Role::Border),
                Cell::Dots(bits, role) => pen.put(&braille(*bits), *role),
                Cell::Mark(mark, role) => pen.put(mark, *role),
            };
        }
    }
    axes(canvas, area, inner, ground, plot);
    if names > 1 {
        name_curves(canvas, Rect { x: inner.right() + 1, width: names - 1, ..inner }, ground, plot);
    }
}

fn cells<'a>(plot: &Plot<'a>, (wide, high): (usize, usize), glyphs: &Glyphs) -> Vec<Vec<Cell<'a>>> {
    let mut cells = vec![vec![Cell::Empty; wide]; high];
    for (at, _) in &plot.up {
        let row = place(1.0 - at, high);
        for cell in cells[row].iter_mut().step_by(2) {
            *cell = Cell::Grid;
        }
    }
    let fine = !glyphs.dot.is_ascii();
    for curve in &plot.curves {
        for pair in curve.points.windows(2) {
            segment(&mut cells, (pair[0], pair[1]), curve.role, fine);
        }
    }
    // Marks stand over all lines, so that none is lost below another.
    for curve in plot.curves.iter().filter(|curve| !curve.mark.is_empty()) {
        for (x, y) in &curve.points {
            cells[place(1.0 - y, high)][place(*x, wide)] = Cell::Mark(curve.mark, curve.role);
        }
    }
    for (x, y, mark, role) in &plot.spots {
        cells[place(1.0 - y, high)][place(*x, wide)] = Cell::Mark(mark, *role);
    }
    cells
}

/// The cell of a share of so many.
fn place(share: f64, of: usize) -> usize {
    ((share.clamp(0.0, 1.0) * (of - 1) as f64).round() as usize).min(of - 1)
}

/// Draws a straight line, dot by dot; terminals without braille get a full stop a cell.
fn segment(cells: &mut [Vec<Cell<'_>>], (from, to): ((f64, f64), (f64, f64)), role: Role, fine: bool) {
    let (high, wide) = (cells.len(), cells[0].len());
    let dots = (wide * 2, high * 4);
    // A mark stands in the middle of its cell, and the line goes through there.
    let at = |(x, y): (f64, f64)| {
        (
            x.clamp(0.0, 1.0) * (wide - 1) as f64 * 2.0 + 0.5,
            (1.0 - y.clamp(0.0, 1.0)) * (high - 1) as f64 * 4.0 + 1.5,
        )
    };
    let (a, b) = (at(from), at(to));
    let steps = (b.0 - a.0).abs().max((b.1 - a.1).abs()).ceil().max(1.0);
    for step in 0..=steps as usize {
        let share = step as f64 / steps;
        let x = ((a.0 + (b.0 - a.0) * share).round() as usize).min(dots.0 - 1);
        let y = ((a.1 + (b.1 - a.1) * share).round() as usize).min(dots.1 - 1);
        let cell = &mut cells[y / 4][x / 2];
        *cell = match *cell {
            _ if !fine => Cell::Mark(".", role),
            Cell::Dots(bits, _) => Cell::Dots(bits | bit(x % 2, y % 4), role),
            Cell::Empty | Cell::Grid | Cell::Mark(..) => Cell::Dots(bit(x % 2, y % 4), role),
        };
    }
}

/// The bit of a dot in its cell, as Unicode numbers them (U+2800).
const fn bit(column: usize, row: usize) -> u8 {
    match (column, row) {
        (0, 3) => 0x40,
        (_, 3) => 0x80,
        (0, row) => 1 << row,
        (_, row) => 8 << row,
    }
}

fn braille(bits: u8) -> String {
    char::from_u32(0x2800 + u32::from(bits)).map(String::from).unwrap_or_default()
}

fn axes(canvas: &mut Canvas<'_>, area: Rect, inner: Rect, ground: Role, plot: &Plot<'_>) {
    for (at, text) in &plot.up {
        let row = place(1.0 - at, inner.height.into()) as u16;
        let gutter = Rect { width: GUTTER - 1, ..area };
        canvas.pen(gutter, row, ground).right(text, usize::from(GUTTER) - 1, Role::Subtle);
    }
    let mut free = 0;
    let last = area.height - 1;
    let unit = width(plot.unit) as u16;
    for (at, text) in &plot.across {
        let middle = place(*at, inner.width.into()) as u16;
        let cells = width(text) as u16;
        let from =
            (inner.x - area.x + middle).saturating_sub(cells / 2).min(area.width.saturating_sub(cells));
        // Names that would touch the one before, or what they count, are left out.
        if from >= free && from + cells + 1 + unit <= area.width {
            let line = Rect { x: area.x + from, width: area.width - from, ..area };
            canvas.pen(line, last, ground).put(text, Role::Subtle);
            free = from + cells + 1;
        }
    }
    if free + unit <= area.width {
        let line = Rect { x: area.x + area.width - unit, width: unit, ..area };
        canvas.pen(line, last, ground).put(plot.unit, Role::Muted);
    }
}

/// Names each line at its end; where two end at one height, the later one keeps its row and the other goes beside it.
fn name_curves(canvas: &mut Canvas<'_>, area: Rect, ground: Role, plot: &Plot<'_>) {
    let high = usize::from(area.height);
    let mut rows: Vec<Option<&Curve<'_>>> = vec![None; high];
    for curve in plot.curves.iter().rev().filter(|curve| !curve.name.is_empty()) {
        let Some((_, y)) = curve.points.last() else { continue };
        let wanted = place(1.0 - y, high);
        let near = (0..high).filter(|row| rows[*row].is_none()).min_by_key(|row| {
            // Below rather than above: what is drawn later found more.
            (row.abs_diff(wanted), *row < wanted)
        });
        if let Some(row) = near {
            rows[row] = Some(curve);
        }
    }
    let ellipsis = canvas.glyphs.ellipsis;
    for (row, curve) in rows.iter().enumerate() {
        let Some(curve) = curve else { continue };
        let room = usize::from(area.width).saturating_sub(2);
        let name = cut::end(curve.name, room, ellipsis).into_owned();
        let mut pen = canvas.pen(area, row as u16, ground);
        pen.put(curve.mark, curve.role).skip(1).put(&name, curve.role);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GlyphSet;

    fn text(plot: &Plot<'_>, size: (usize, usize), set: GlyphSet) -> Vec<String> {
        let sign = |cell: &Cell<'_>| match cell {
            Cell::Empty => " ".to_owned(),
            Cell::Grid => ".".to_owned(),
            Cell::Dots(bits, _) => braille(*bits),
            Cell::Mark(mark, _) => (*mark).to_owned(),
        };
        cells(plot, size, &Glyphs::of(set)).iter().map(|row| row.iter().map(sign).collect()).collect()
    }

    fn rising() -> Plot<'static> {
        let points = vec![(0.0, 0.0), (1.0, 1.0)];
        Plot { curves: vec![Curve { name: "a", points, mark: "o", role: Role::Accent }], ..Plot::default() }
    }

    #[test]
    fn a_line_goes_from_its_first_mark_to_its_last() {
        let rows = text(&rising(), (8, 4), GlyphSet::Unicode);
        assert!(rows[3].starts_with('o') && rows[0].ends_with('o'), "{rows:?}");
        assert!(rows.iter().all(|row| row.trim() != ""), "no row is left out: {rows:?}");
        assert!(rows[1].chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)));
    }

    #[test]
    fn terminals_without_braille_get_full_stops() {
        assert!(text(&rising(), (8, 4), GlyphSet::Ascii).concat().is_ascii());
    }

    #[test]
    fn dots_are_numbered_as_unicode_does() {
        let all: u8 = (0..2).flat_map(|x| (0..4).map(move |y| bit(x, y))).fold(0, |all, bit| all | bit);
        assert_eq!((all, braille(0xff)), (0xff, "⣿".to_owned()));
        assert_eq!((bit(0, 0), bit(1, 0), bit(0, 3), bit(1, 3)), (1, 8, 0x40, 0x80));
    }
}
