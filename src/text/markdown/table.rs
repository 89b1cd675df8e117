//! Tables: columns as wide as they need, narrowed together where the line is short, and rows as records where even
//! that would leave too little.

use super::block::{Align, Row, Span};
use super::flow::flow;
use super::line::{Line, Look, Tone, Weight};
use super::sign;
use crate::text::width::width;

/// A column narrower than this, that wants more, turns rows into records.
const NARROWEST: usize = 8;

/// Cells between two columns.
const BETWEEN: usize = 3;

/// Lays a table out.
pub fn lay(aligns: &[Align], head: &Row, rows: &[Row], room: usize) -> Vec<Line> {
    let columns = aligns.len().max(head.len());
    if columns == 0 {
        return Vec::new();
    }
    let head: Row = head.iter().map(|cell| bold(cell)).collect();
    match widths(columns, &head, rows, room) {
        Some(widths) => grid(aligns, &head, rows, &widths),
        None => records(&head, rows, room),
    }
}

/// The width of each column; `None` where one would be too narrow to read.
fn widths(columns: usize, head: &Row, rows: &[Row], room: usize) -> Option<Vec<usize>> {
    let mut wanted = vec![1; columns];
    for row in std::iter::once(head).chain(rows) {
        for (cell, wanted) in row.iter().zip(&mut wanted) {
            *wanted = cell_width(cell).max(*wanted);
        }
    }
    let room = room.checked_sub(BETWEEN * (columns - 1))?;
    if wanted.iter().sum::<usize>() <= room {
        return Some(wanted);
    }
    // What is narrow keeps its width; the rest shares what is left.
    let mut order: Vec<usize> = (0..columns).collect();
    order.sort_by_key(|column| wanted[*column]);
    let mut widths = wanted.clone();
    let mut left = room;
    for (done, column) in order.iter().enumerate() {
        let share = left / (columns - done);
        widths[*column] = wanted[*column].min(share);
        left -= widths[*column];
    }
    let readable = |(width, wanted): (&usize, &usize)| *width >= NARROWEST.min(*wanted);
    widths.iter().zip(&wanted).all(readable).then_some(widths)
}

fn grid(aligns: &[Align], head: &Row, rows: &[Row], widths: &[usize]) -> Vec<Line> {
    let mut lines = Vec::new();
    row_lines(aligns, head, widths, &mut lines);
    lines.push(hairline(widths));
    for row in rows {
        row_lines(aligns, row, widths, &mut lines);
    }
    lines
}

fn row_lines(aligns: &[Align], row: &Row, widths: &[usize], lines: &mut Vec<Line>) {
    let cells: Vec<Vec<Line>> = widths
        .iter()
        .enumerate()
        .map(|(column, cells)| row.get(column).map_or_else(Vec::new, |cell| flow(cell, *cells)))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    for at in 0..height {
        let mut line = Line::that_goes_on(at > 0);
        for (column, cells_wide) in widths.iter().enumerate() {
            if column > 0 {
                line.push(" ", Look::default());
                line.push(sign::COLUMN, Look::of(Tone::Rule));
                line.push(" ", Look::default());
            }
            let empty = Line::default();
            let cell = cells[column].get(at).unwrap_or(&empty);
            let spare = cells_wide.saturating_sub(width(cell.text()));
            let before = match aligns.get(column).copied().unwrap_or_default() {
                Align::Left => 0,
                Align::Center => spare / 2,
                Align::Right => spare,
            };
            line.push(&" ".repeat(before), Look::default());
            line.append(cell);
            if column + 1 < widths.len() {
                line.push(&" ".repeat(spare - before), Look::default());
            }
        }
        lines.push(line);
    }
}

fn hairline(widths: &[usize]) -> Line {
    let cross = format!("{}{}{}", sign::RULE, sign::CROSS, sign::RULE);
    let parts: Vec<String> = widths.iter().map(|cells| sign::RULE.repeat(*cells)).collect();
    Line::of(parts.join(&cross), Look::of(Tone::Rule))
}

/// Each row as lines of `head: cell`, a hairline between two rows.
fn records(head: &Row, rows: &[Row], room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    if rows.is_empty() {
        for cell in head {
            lines.extend(flow(cell, room));
        }
        return lines;
    }
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            lines.push(Line::of(sign::RULE.repeat(room.min(12)), Look::of(Tone::Rule)));
        }
        for (column, cell) in row.iter().enumerate() {
            let mut spans = head.get(column).cloned().unwrap_or_default();
            if !spans.is_empty() {
                spans.push(Span { text: ": ".into(), ..Span::default() });
            }
            spans.extend(cell.iter().cloned());
            lines.extend(flow(&spans, room));
        }
    }
    lines
}

fn cell_width(cell: &[Span]) -> usize {
    let text: String = cell.iter().map(|span| span.text.as_str()).collect();
    text.split('\n').map(width).max().unwrap_or(0)
}

fn bold(cell: &[Span]) -> Vec<Span> {
    let strong = |span: &Span| {
        let look = Look { weight: span.look.weight.and(Weight::BOLD), ..span.look };
        Span { look, ..span.clone() }
    };
    cell.iter().map(strong).collect()
}
