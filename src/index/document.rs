//! Documents: what the index keeps of one file's text, apart from its path.
//!
//! A document depends on the bytes alone, so that it is shared by equal files and kept across renames.

use crate::domain::{Language, Span};

/// Chunks per file; a term's occurrences are kept as one bit a chunk.
pub const MAX_CHUNKS: u32 = 32;

/// The least lines a chunk has; shorter ones split functions for no gain.
const MIN_CHUNK_LINES: u32 = 24;

/// Where in a file a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextField {
    /// In the name of something the file defines.
    Symbols,
    /// In code, strings or prose.
    Content,
    /// In a comment or doc string.
    Comments,
}

/// How often and where one term occurs in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TermHits {
    /// Occurrences by [`TextField`], each capped at 255.
    pub counts: [u8; 3],
    /// One bit for each chunk the term occurs in.
    pub chunks: u32,
}

/// What kind of thing a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// A function, method, macro or shell function.
    Function,
    /// A class, struct, enum, interface, trait, type alias or component.
    Type,
    /// A module, namespace or package.
    Module,
    /// A constant, variable, field or property at the top of something.
    Value,
    /// A heading, selector, target, key or other landmark of a file that is not code.
    Landmark,
}

/// Something a file defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Its name as written.
    pub name: Box<str>,
    /// What it is.
    pub kind: SymbolKind,
    /// Its lines, from the definition's first to its last.
    pub span: Span,
    /// How deep it lies in other symbols; 0 at the top.
    pub depth: u8,
}

/// What was extracted from one file's text; terms are words, or numbers that somebody gave them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extract<T = Box<str>> {
    /// The file's language.
    pub language: Language,
    /// Number of lines.
    pub lines: u32,
    /// Every distinct term with its hits, in no particular order.
    pub terms: Vec<(T, TermHits)>,
    /// Tokens by [`TextField`], for length normalisation.
    pub lengths: [u32; 3],
    /// What the file defines, by first line.
    pub symbols: Vec<Symbol>,
    /// What the file imports, as written, without quotes (`crate::a::b`, `./x`, `"fmt"` as `fmt`).
    pub imports: Vec<Box<str>>,
}

/// Lines in one chunk of a file.
pub const fn chunk_lines(lines: u32) -> u32 {
    let even = lines.div_ceil(MAX_CHUNKS);
    if even > MIN_CHUNK_LINES { even } else { MIN_CHUNK_LINES }
}

/// The chunk that holds a 1-based line.
pub const fn chunk_of(line: u32, lines: u32) -> u32 {
    let chunk = line.saturating_sub(1) / chunk_lines(lines);
    if chunk < MAX_CHUNKS { chunk } else { MAX_CHUNKS - 1 }
}

/// The lines of a chunk.
pub fn chunk_span(chunk: u32, lines: u32) -> Span {
    let size = chunk_lines(lines);
    Span { first: chunk * size + 1, last: ((chunk + 1) * size).min(lines.max(1)) }
}
