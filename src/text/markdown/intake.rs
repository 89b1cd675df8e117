//! Intake: text as it comes, in pieces of any size, to clean lines.
//!
//! Invariant: what comes out depends on the text and not on how it was cut, because lines are cleaned one by one and
//! escape sequences end with their line. A line, and the whole, are kept to a length; what is left out is counted.

use crate::text::amount;
use crate::text::sanitize::sanitize;

/// Bytes of one line that are kept; what a person reads of a longer one is no more.
pub const LINE: usize = 16 * 1024;

/// Bytes of a whole text that are kept.
pub const WHOLE: usize = 8 * 1024 * 1024;

/// Around what the program says in the middle of a text. The sanitiser takes both out of everything that comes in.
pub const NOTE: (char, char) = ('\u{fff9}', '\u{fffb}');

/// Text on its way in.
#[derive(Debug, Default)]
pub struct Intake {
    /// The line that is not ended yet, as it came.
    partial: String,
    /// Bytes of that line that were left out.
    skipped: usize,
    /// Clean bytes given out.
    given: usize,
    /// Bytes left out because the whole was too long.
    over: usize,
    /// A CR came last; whether it is a line end of its own is known with what follows.
    carriage: bool,
}

impl Intake {
    /// Takes a piece in; `line` gets each clean line that it ends, with its line feed.
    pub fn push(&mut self, piece: &str, mut line: impl FnMut(&str)) {
        let mut rest = piece;
        if self.carriage && !rest.is_empty() {
            self.carriage = false;
            rest = rest.strip_prefix('\n').unwrap_or(rest);
            self.end_line(&mut line);
        }
        while let Some(at) = rest.find(['\n', '\r', '\u{2028}', '\u{2029}']) {
            self.keep(&rest[..at]);
            let end = rest[at..].chars().next().map_or(1, char::len_utf8);
            let is_carriage = rest.as_bytes()[at] == b'\r';
            rest = &rest[at + end..];
            if is_carriage {
                if rest.is_empty() {
                    self.carriage = true;
                    return;
                }
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
            self.end_line(&mut line);
        }
        self.keep(rest);
    }

    /// Ends the last line, if there is one.
    pub fn finish(&mut self, mut line: impl FnMut(&str)) {
        if self.carriage || !self.partial.is_empty() || self.skipped > 0 {
            self.carriage = false;
            self.end_line(&mut line);
        }
    }

    /// The line that is not ended yet, cleaned.
    pub fn partial(&self) -> String {
        if self.given >= WHOLE { String::new() } else { sanitize(&self.partial).into_owned() }
    }

    /// Bytes left out because the whole was too long.
    pub const fn over(&self) -> usize {
        self.over
    }

    fn keep(&mut self, text: &str) {
        let room = LINE.saturating_sub(self.partial.len());
        if self.skipped > 0 || text.len() > room {
            let cut = if self.skipped > 0 { 0 } else { text.floor_char_boundary(room) };
            self.partial.push_str(&text[..cut]);
            self.skipped += text.len() - cut;
        } else {
            self.partial.push_str(text);
        }
    }

    fn end_line(&mut self, line: &mut impl FnMut(&str)) {
        let skipped = std::mem::take(&mut self.skipped);
        if self.given >= WHOLE {
            self.over += self.partial.len() + skipped + 1;
            self.partial.clear();
            return;
        }
        let mut clean = sanitize(&self.partial).into_owned();
        if skipped > 0 {
            let more = amount::bytes(skipped as u64);
            clean.extend([
                String::from(NOTE.0),
                format!(" … {more} more of this line are not shown"),
                String::from(NOTE.1),
            ]);
        }
        clean.push('\n');
        self.partial.clear();
        self.given += clean.len();
        line(&clean);
    }
}
