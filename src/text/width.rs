//! Display width: how many terminal cells text takes, measured by grapheme.
//!
//! The same measure as ratatui's, so what is cut or wrapped here fits there. Control characters count as nothing;
//! [`super::sanitize`] takes them out before anything is drawn.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Cells between two tab stops.
pub const TAB: usize = 4;

/// The cells of one grapheme: 0 to 2, in a few scripts more.
pub fn grapheme_width(grapheme: &str) -> usize {
    match grapheme.as_bytes() {
        [byte] => usize::from(!byte.is_ascii_control()),
        _ if grapheme.contains(char::is_control) => 0,
        _ => grapheme.width(),
    }
}

/// The cells of a text without tabs; a tab counts as nothing here, see [`expand_tabs`].
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(|byte| !byte.is_ascii_control()).count();
    }
    text.graphemes(true).map(grapheme_width).sum()
}

/// Graphemes with the byte offset and the cells of each, in order.
pub fn graphemes(text: &str) -> impl DoubleEndedIterator<Item = (usize, &str, usize)> {
    text.grapheme_indices(true).map(|(at, grapheme)| (at, grapheme, grapheme_width(grapheme)))
}

/// Replaces each tab by the spaces to the next stop, every [`TAB`] cells from the line's start. Line breaks start
/// a new line.
pub fn expand_tabs(text: &str) -> Cow<'_, str> {
    if !text.contains('\t') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut column = 0;
    for (_, grapheme, cells) in graphemes(text) {
        if grapheme == "\t" {
            let spaces = TAB - column % TAB;
            out.extend(std::iter::repeat_n(' ', spaces));
            column += spaces;
        } else {
            out.push_str(grapheme);
            column = if grapheme.contains('\n') { 0 } else { column + cells };
        }
    }
    Cow::Owned(out)
}

/// The byte offset of the grapheme that covers a 0-based cell; the text's length behind its end.
pub fn offset_at_cell(text: &str, cell: usize) -> usize {
    let mut column = 0;
    for (at, _, cells) in graphemes(text) {
        if column + cells > cell {
            return at;
        }
        column += cells;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_narrow_and_combined_characters_are_measured_by_grapheme() {
        for (text, cells) in [
            ("", 0),
            ("abc", 3),
            ("日本", 4),
            ("e\u{301}", 1),
            ("👩‍👩‍👧", 2),
            ("🇫🇷", 2),
            ("a\u{200b}b", 2),
            ("a\r\nb\u{85}", 2),
            ("ｱ", 1),
            ("한글", 4),
        ] {
            assert_eq!(width(text), cells, "{text:?}");
        }
    }

    #[test]
    fn tabs_go_to_the_next_stop_of_their_line() {
        assert_eq!(expand_tabs("\ta"), "    a");
        assert_eq!(expand_tabs("ab\tc"), "ab  c");
        assert_eq!(expand_tabs("日\tc"), "日  c");
        assert_eq!(expand_tabs("abcd\te\n\tf"), "abcd    e\n    f");
        assert!(matches!(expand_tabs("none"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_cell_inside_a_wide_grapheme_belongs_to_it() {
        assert_eq!(offset_at_cell("a日b", 0), 0);
        assert_eq!(offset_at_cell("a日b", 1), 1);
        assert_eq!(offset_at_cell("a日b", 2), 1);
        assert_eq!(offset_at_cell("a日b", 3), 4);
        assert_eq!(offset_at_cell("a日b", 9), 5);
    }
}
