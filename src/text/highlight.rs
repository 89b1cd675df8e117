//! Highlighting: source text to runs of meaning, by line. Knows no colours, and gives plain lines where
//! highlighting would cost more than it tells.

mod growing;
mod role;
mod scopes;
mod source;
mod syntaxes;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

pub use growing::GrowingSource;
pub use role::SyntaxRole;
pub use source::HighlightedSource;
use syntaxes::Syntaxes;

use crate::domain::Language;

/// The runs of one line: a role and its bytes within the line, in order, without gaps, empty for an empty line.
pub type HighlightedLine = Vec<(SyntaxRole, Range<usize>)>;

/// Above which sizes text stays plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one line; a longer one stays plain and the next goes on.
    pub line_bytes: usize,
    /// Bytes of the whole text.
    pub bytes: usize,
    /// Lines of the whole text.
    pub lines: usize,
}

impl Default for Limits {
    /// 2 KB a line, 512 KB and 10,000 lines: at 14,000 to 25,000 lines a second the worst text takes under a second.
    fn default() -> Self {
        Self { line_bytes: 2048, bytes: 512 * 1024, lines: 10_000 }
    }
}

/// Which syntax a text has, by what is known of it; the first that is known counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Subject<'a> {
    /// The language, if recognised.
    pub language: Language,
    /// The file's name or path.
    pub file_name: &'a str,
}

/// Highlights source text. Cheap to clone; the syntaxes are loaded at the first use and shared.
#[derive(Debug, Clone, Default)]
pub struct Highlighter {
    syntaxes: Arc<Syntaxes>,
}

impl Highlighter {
    /// A highlighter that has not loaded anything yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Highlights a whole text: one entry for each of its lines as [`str::lines`] parts them. Takes milliseconds
    /// to hundreds of them: call it off the screen's thread, or use [`Highlighter::open`] for what is visible.
    pub fn highlight(&self, subject: Subject<'_>, text: &str, limits: Limits) -> Vec<HighlightedLine> {
        self.open(subject, text, limits).lines(0..usize::MAX)
    }

    /// Prepares a text whose lines are highlighted when they are asked for.
    pub fn open(&self, subject: Subject<'_>, text: &str, limits: Limits) -> HighlightedSource {
        HighlightedSource::new(&self.syntaxes, subject, text, limits)
    }

    /// Prepares a text that grows line by line, in the language that a word behind a fence means.
    pub fn grow(&self, word: &str, limits: Limits) -> GrowingSource {
        GrowingSource::new(&self.syntaxes, word, limits)
    }

    /// The names of all syntaxes that are not hidden, sorted.
    pub fn syntax_names(&self) -> Vec<String> {
        self.syntaxes.names()
    }
}
