//! What the index keeps of one file: its document with terms as numbers, and its place in the project.

use std::sync::Arc;

use super::document::Symbol;
use super::profile::Profile;
use crate::domain::{Language, RelPath, RootId};

/// One term's occurrences in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The file (in a term's list) or the term (in a file's list).
    pub key: u32,
    /// Occurrences in path, symbols, content and comments, each capped at 255.
    pub counts: [u8; 4],
    /// One bit for each chunk of the file that holds the term.
    pub chunks: u32,
}

/// What is known of one file.
#[derive(Debug, Clone)]
pub struct Doc {
    /// Its root.
    pub root: RootId,
    /// Its path.
    pub path: RelPath,
    /// The directory's number in the index.
    pub dir: u32,
    /// Its language.
    pub language: Language,
    /// Its number of lines.
    pub lines: u32,
    /// Tokens in path, symbols, content and comments.
    pub lengths: [u32; 4],
    /// What it defines, by first line.
    pub symbols: Arc<[Symbol]>,
    /// What it imports, as written.
    pub imports: Box<[Box<str>]>,
    /// Its terms, by id.
    pub terms: Box<[Posting]>,
    /// What its path tells of its part in the project.
    pub profile: Profile,
}
