//! Pieces: what the cursor steps over as one. A grapheme is one, and so is what stands for an attachment.
//!
//! In the text an attachment is one character of the last plane for private use, its mark. Text from outside never holds
//! one ([`clean`]), so a mark is always ours.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::text::sanitize::sanitize;

/// The first mark; the plane has room for 65,534 of them.
const FIRST: u32 = 0x10_0000;

/// The mark of an attachment by its number.
pub fn mark(number: u16) -> char {
    char::from_u32(FIRST + u32::from(number.min(0xfffd))).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The attachment that a character stands for.
pub fn marked(c: char) -> Option<u16> {
    u32::from(c).checked_sub(FIRST).and_then(|number| u16::try_from(number).ok())
}

/// Makes text from outside fit to be edited: nothing in it steers a terminal, and no character is taken for a mark.
pub fn clean(text: &str) -> String {
    sanitize(text).chars().map(|c| marked(c).map_or(c, |_| char::REPLACEMENT_CHARACTER)).collect()
}

/// The pieces of a range, in order, with the byte each starts at.
pub fn pieces(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        (at < range.end).then(|| {
            let start = at;
            at = next(text, at).min(range.end);
            (start, &text[start..at])
        })
    })
}

/// Where the piece that starts at a byte ends; the text's length at its end.
pub fn next(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let Some(grapheme) = rest.graphemes(true).next() else { return at };
    let mut chars = grapheme.char_indices();
    let Some((_, first)) = chars.next() else { return at };
    if marked(first).is_some() {
        return at + first.len_utf8();
    }
    at + chars.find(|(_, c)| marked(*c).is_some()).map_or(grapheme.len(), |(mark, _)| mark)
}

/// Where the piece that ends at a byte starts; 0 at the text's start.
pub fn previous(text: &str, at: usize) -> usize {
    let Some(grapheme) = text[..at].graphemes(true).next_back() else { return 0 };
    let start = at - grapheme.len();
    match grapheme.char_indices().rev().find(|(_, c)| marked(*c).is_some()) {
        Some((mark, c)) if mark + c.len_utf8() < grapheme.len() => start + mark + c.len_utf8(),
        Some((mark, _)) => start + mark,
        None => start,
    }
}

/// The line that holds a byte, without its line break.
pub fn line(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    start..end
}

/// The first boundary of pieces at or behind a byte. Editing may have joined what stands on both sides.
pub fn snap(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    let line = line(text, at);
    let mut end = line.start;
    while end < at {
        end = next(text, end);
    }
    end
}

/// What a piece is to moves by words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Word,
    Sign,
    Mark,
}

fn kind(piece: &str) -> Kind {
    match piece.chars().next() {
        Some(c) if marked(c).is_some() => Kind::Mark,
        Some(c) if c.is_whitespace() => Kind::Blank,
        Some(c) if c.is_ascii_punctuation() && c != '_' => Kind::Sign,
        Some(_) | None => Kind::Word,
    }
}

/// Where the word before a byte starts: blanks and then a run of one kind are passed. A mark is a word of its own.
pub fn word_left(text: &str, at: usize) -> usize {
    let mut at = at;
    let mut run = Kind::Blank;
    while at > 0 {
        let before = previous(text, at);
        let here = kind(&text[before..at]);
        if run == Kind::Blank {
            run = here;
        } else if here != run || here == Kind::Mark {
            break;
        }
        at = before;
    }
    at
}

/// Where the word behind a byte ends: blanks and then a run of one kind are passed.
pub fn word_right(text: &str, at: usize) -> usize {
    let mut at = at;
    let mut run = Kind::Blank;
    while at < text.len() {
        let after = next(text, at);
        let here = kind(&text[at..after]);
        if run == Kind::Blank {
            run = here;
        } else if here != run || here == Kind::Mark {
            break;
        }
        at = after;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        pieces(text, 0..text.len()).map(|(_, piece)| piece).collect()
    }

    #[test]
    fn graphemes_and_marks_are_whole() {
        let m = mark(3);
        let text = format!("e\u{301}{m}\u{301}x👩‍👩‍👧");
        let marked = m.to_string();
        assert_eq!(split(&text), ["e\u{301}", &marked, "\u{301}", "x", "👩‍👩‍👧"]);
        let mut at = text.len();
        let mut back = Vec::new();
        while at > 0 {
            at = previous(&text, at);
            back.push(at);
        }
        back.reverse();
        let starts: Vec<usize> = pieces(&text, 0..text.len()).map(|(start, _)| start).collect();
        assert_eq!(back, starts);
    }

    #[test]
    fn text_from_outside_holds_no_mark_and_steers_nothing() {
        assert_eq!(clean(&format!("a{}b\u{1b}[31mc\r\nd", mark(0))), "a\u{fffd}bc\nd");
        assert_eq!(marked(mark(7)), Some(7));
        assert_eq!(marked('x'), None);
    }

    #[test]
    fn words_end_at_blanks_signs_and_marks() {
        let text = format!("say foo_bar.baz{}, now", mark(1));
        let mut stops = Vec::new();
        let mut at = 0;
        while at < text.len() {
            at = word_right(&text, at);
            stops.push(&text[..at]);
        }
        let m = mark(1);
        let whole = ["say", "say foo_bar", "say foo_bar.", "say foo_bar.baz"].map(str::to_owned);
        let rest = [format!("say foo_bar.baz{m}"), format!("say foo_bar.baz{m},"), text.clone()];
        assert_eq!(stops, whole.iter().chain(&rest).map(String::as_str).collect::<Vec<_>>());
        assert_eq!(&text[word_left(&text, text.len())..], "now");
    }

    #[test]
    fn a_byte_inside_a_piece_snaps_behind_it() {
        let text = "ae\u{301}b\n漢";
        assert_eq!(snap(text, 2), 4);
        assert_eq!(snap(text, 7), 9);
        assert_eq!(snap(text, 99), text.len());
    }
}
