//! Outlines: what a file defines, where its comments are, and what it imports.
//!
//! Owns the choice between tree-sitter and the line-wise fallback. Invariant: symbols come by first line, ranges are
//! ascending and apart, and everything is bounded, whatever the text.

mod fallback;
mod grammar;
mod grammars;
mod hazards;
mod leaves;
mod names;
mod scripts;
mod syntax;

use std::ops::Range;

pub use leaves::{Leaf, LeafKind, leaves};

use super::Symbol;
use crate::domain::Language;

/// Larger texts are outlined line by line: parsing them costs more than their outline is worth.
const MAX_PARSED_BYTES: usize = 256 * 1024;

/// Symbols kept of one file.
const MAX_SYMBOLS: usize = 2_000;

/// Imports kept of one file.
const MAX_IMPORTS: usize = 500;

/// The shape of one file, found in one pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// What the file defines, by first line.
    pub symbols: Vec<Symbol>,
    /// Where the names of the symbols stand, in bytes, ascending and apart.
    pub names: Vec<Range<usize>>,
    /// Where comments and doc strings stand, in bytes, ascending and apart.
    pub comments: Vec<Range<usize>>,
    /// What it imports, as written, without quotes.
    pub imports: Vec<Box<str>>,
}

/// Outlines a text. Never fails: what cannot be read is left out.
pub fn outline(language: Language, text: &str) -> Outline {
    let parsed = if text.len() > MAX_PARSED_BYTES {
        None
    } else if let Some(script) = scripts::script_part(language, text) {
        syntax::outline(Language::TYPESCRIPT, &script)
            .map(|outline| scripts::with_page(outline, language, text))
    } else {
        syntax::outline(language, text)
    };
    let mut outline = parsed.unwrap_or_else(|| fallback::outline(language, text));
    outline.tidy();
    outline
}

/// How many places of a text its grammar cannot read; `None` where there is no grammar, or the text is too long to parse.
pub fn broken(language: Language, text: &str) -> Option<u32> {
    if text.len() > MAX_PARSED_BYTES {
        return None;
    }
    match scripts::script_part(language, text) {
        Some(script) => syntax::broken(Language::TYPESCRIPT, &script),
        None => syntax::broken(language, text),
    }
}

impl Outline {
    fn tidy(&mut self) {
        self.symbols.sort_by_key(|symbol| symbol.span.first);
        self.symbols.truncate(MAX_SYMBOLS);
        self.imports.truncate(MAX_IMPORTS);
        apart(&mut self.names);
        apart(&mut self.comments);
    }
}

/// Sorts ranges and merges those that overlap or touch.
fn apart(ranges: &mut Vec<Range<usize>>) {
    ranges.retain(|range| range.start < range.end);
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, kept| {
        let meets = next.start <= kept.end;
        if meets {
            kept.end = kept.end.max(next.end);
        }
        meets
    });
}

#[cfg(test)]
mod tests;
