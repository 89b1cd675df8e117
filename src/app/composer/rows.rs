//! Rows: the text as it is wrapped to a width, with every byte on exactly one row, so that the cursor can stand on each.
//!
//! A row ends behind white space where it can. White space that would begin a row hangs behind the end of the row before.

use super::piece;
use crate::text::width::{TAB, grapheme_width};

/// One row of the wrapped text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its first byte.
    pub start: usize,
    /// One past its last byte, a line break not included.
    pub end: usize,
}

/// A text wrapped to a width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The rows, from the top; at least one.
    pub rows: Vec<Row>,
    /// The width in cells.
    pub cells: usize,
}

/// The cells of a mark, by its attachment's number.
pub type MarkWidth<'a> = &'a dyn Fn(u16) -> usize;

/// The cells of a piece that starts in a column of its row.
pub fn width_at(piece: &str, column: usize, mark: MarkWidth<'_>) -> usize {
    match piece.chars().next() {
        Some('\t') => TAB - column % TAB,
        Some(c) => piece::marked(c).map_or_else(|| grapheme_width(piece), mark),
        None => 0,
    }
}

impl Rows {
    /// Wraps a text to so many cells.
    pub fn new(text: &str, cells: usize, mark: MarkWidth<'_>) -> Self {
        let cells = cells.max(1);
        let mut rows = Vec::new();
        let mut start = 0;
        for line in text.split('\n') {
            let end = start + line.len();
            let mut at = start;
            loop {
                let stop = row_end(&text[..end], at, cells, mark);
                rows.push(Row { start: at, end: stop });
                at = stop;
                if at >= end {
                    break;
                }
            }
            start = end + 1;
        }
        Self { rows, cells }
    }

    /// The row and column of a byte. Between two rows of one line it is the lower row's.
    pub fn place(&self, text: &str, byte: usize, mark: MarkWidth<'_>) -> (usize, usize) {
        let row = self.rows.partition_point(|row| row.start <= byte).saturating_sub(1);
        let Row { start, end } = self.rows[row];
        let mut column = 0;
        for (_, piece) in piece::pieces(text, start..byte.min(end)) {
            column += width_at(piece, column, mark);
        }
        (row, column.min(self.cells))
    }

    /// The byte that a cell stands for: the start of the piece that covers it, or the row's end.
    pub fn byte(&self, text: &str, (row, column): (usize, usize), mark: MarkWidth<'_>) -> usize {
        let at = row.min(self.rows.len() - 1);
        let Row { start, end } = self.rows[at];
        let mut here = 0;
        let mut last = start;
        for (byte, piece) in piece::pieces(text, start..end) {
            let wide = width_at(piece, here, mark);
            if here + wide > column {
                return byte;
            }
            here += wide;
            last = byte;
        }
        // The end of a row that goes on belongs to the next row; its last piece is as far right as one can be.
        let goes_on = self.rows.get(at + 1).is_some_and(|next| next.start == end);
        if goes_on { last } else { end }
    }
}

/// Where a row of one line ends that starts at a byte; the line ends where the text does.
fn row_end(line: &str, start: usize, cells: usize, mark: MarkWidth<'_>) -> usize {
    let mut column = 0;
    let mut chance = start;
    let mut hangs = false;
    let mut last_wide = false;
    for (at, piece) in piece::pieces(line, start..line.len()) {
        let wide = width_at(piece, column, mark);
        let blank = piece.chars().all(char::is_whitespace);
        let parts = hangs || last_wide || wide >= 2 && !blank;
        if parts && !blank {
            chance = at;
        }
        if !blank && column + wide > cells && at > start {
            return if chance > start { chance } else { at };
        }
        hangs = blank;
        last_wide = wide >= 2 && !blank;
        column += wide;
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, cells: usize) -> Vec<String> {
        let rows = Rows::new(text, cells, &|_| 6);
        rows.rows.iter().map(|row| text[row.start..row.end].to_owned()).collect()
    }

    #[test]
    fn words_stay_whole_where_they_fit_and_blanks_hang() {
        assert_eq!(shown("one two three", 8), ["one two ", "three"]);
        assert_eq!(shown("one    two", 4), ["one    ", "two"]);
        assert_eq!(shown("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(shown("漢字漢字漢", 5), ["漢字", "漢字", "漢"]);
        assert_eq!(shown("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(shown("", 5), [""]);
    }

    #[test]
    fn a_mark_is_as_wide_as_its_label_and_never_parted() {
        let text = format!("ab {} cd", piece::mark(0));
        let rows = shown(&text, 8);
        assert_eq!(rows, ["ab ".to_owned(), format!("{} ", piece::mark(0)), "cd".to_owned()]);
    }

    #[test]
    fn the_cursor_finds_its_cell_and_a_cell_its_byte() {
        let text = "one 漢字\tx\nnext";
        let rows = Rows::new(text, 20, &|_| 1);
        assert_eq!(rows.place(text, 4, &|_| 1), (0, 4));
        assert_eq!(rows.place(text, 7, &|_| 1), (0, 6));
        assert_eq!(rows.place(text, 11, &|_| 1), (0, 12), "a tab reaches the next stop");
        assert_eq!(rows.byte(text, (0, 5), &|_| 1), 4, "both cells of a wide character are its");
        assert_eq!(rows.byte(text, (1, 99), &|_| 1), text.len());
        assert_eq!(rows.byte(text, (9, 0), &|_| 1), 13);
    }

    proptest! {
        #[test]
        fn each_byte_is_on_one_row_and_no_row_is_too_wide(text in "[a-c 漢é\t\n]{0,60}", cells in 1_usize..12) {
            let rows = Rows::new(&text, cells, &|_| 1);
            let mut at = 0;
            for row in &rows.rows {
                prop_assert!(row.start == at || row.start == at + 1 && text.as_bytes()[at] == b'\n');
                let mut column = 0;
                let visible = text[row.start..row.end].trim_end();
                for (_, piece) in piece::pieces(&text, row.start..row.start + visible.len()) {
                    column += width_at(piece, column, &|_| 1);
                }
                prop_assert!(column <= cells.max(2) || visible.contains('\t'), "{visible:?} in {cells}");
                at = row.end;
            }
            prop_assert_eq!(at, text.len());
            for (byte, _) in piece::pieces(&text, 0..text.len()) {
                let (row, column) = rows.place(&text, byte, &|_| 1);
                if column < cells && text.as_bytes()[byte] != b'\n' {
                    prop_assert_eq!(rows.byte(&text, (row, column), &|_| 1), byte);
                }
            }
        }
    }
}
