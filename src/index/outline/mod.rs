//! Outlines: what a file defines, where its comments are, and what it imports.

use std::ops::Range;

use super::Symbol;
use crate::domain::Language;

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
pub fn outline(_language: Language, _text: &str) -> Outline {
    Outline::default()
}
