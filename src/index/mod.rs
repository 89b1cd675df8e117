//! Index: what is known about every file, ready to be judged.
//!
//! Owns code-aware tokens, outlines, imports, the inverted index, history text, co-change and the graph between
//! files. Must not draw and must not call models.

pub mod imports;
pub mod outline;
pub mod tokens;

mod content_hash;
mod doc;
mod document;
mod extract;
mod graph;
mod history;
mod indexer;
mod interner;
mod inverted;
mod outlines;
mod profile;
mod snapshot;

pub use content_hash::ContentHash;
pub use doc::{Doc, Posting};
pub use document::{
    Extract, MAX_CHUNKS, Symbol, SymbolKind, TermHits, TextField, chunk_lines, chunk_of, chunk_span,
};
pub use extract::extract;
pub use graph::Edges;
pub use history::{BROAD_COMMIT, History};
pub use indexer::{
    Content, Deliver, Disk, Indexer, Job, Outcome, Permit, ReadError, Reader, Reading, Version,
};
pub use interner::{Interner, TermId};
pub use inverted::Index;
pub use outlines::Outlines;
pub use profile::{Profile, Role};
pub use snapshot::{Known, KnownContent, Record, RecordContent, Slot, Snapshot, Unusable, Writer};
