//! Index: what is known about every file, ready to be judged.
//!
//! Owns code-aware tokens, outlines, imports, the inverted index, history text, co-change and the graph between
//! files. Must not draw and must not call models.

mod document;

pub use document::{
    Extract, MAX_CHUNKS, Symbol, SymbolKind, TermHits, TextField, chunk_lines, chunk_of, chunk_span,
};

mod inverted;

pub use inverted::Index;
