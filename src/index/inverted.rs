//! The index proper: postings by term and field, history and the graph, all kept up to date file by file.

use std::sync::Arc;

use super::Extract;
use crate::domain::{Commit, FileId, RelPath, RootId};

/// Everything judges read. Owned by one service; changed file by file.
#[derive(Debug, Default)]
pub struct Index {}

impl Index {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file's text. Files that are known but not readable text are not inserted.
    pub fn insert(&mut self, _file: FileId, _root: RootId, _path: &RelPath, _document: &Arc<Extract>) {}

    /// Adds or replaces many files; cheaper than one by one on an empty index.
    pub fn insert_all(&mut self, batch: Vec<(FileId, RootId, RelPath, Arc<Extract>)>) {
        for (file, root, path, document) in batch {
            self.insert(file, root, &path, &document);
        }
    }

    /// Forgets a file's text. Does nothing where it is not known.
    pub fn remove(&mut self, _file: FileId) {}

    /// Whether a file's text is known.
    pub fn contains(&self, _file: FileId) -> bool {
        false
    }

    /// Number of files whose text is known.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether no file's text is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds older commits of a root's history (newest first over all calls).
    pub fn extend_history(&mut self, _root: RootId, _commits: &[Commit]) {}

    /// Forgets a root's history, before it is sent anew.
    pub fn clear_history(&mut self, _root: RootId) {}

    /// How many commits of the root's history ago the file was last touched (0 = by the newest), if at all.
    pub fn last_touch(&self, _file: FileId) -> Option<u32> {
        None
    }

    /// Takes the current time, seconds since the epoch, for ages.
    pub fn set_now(&mut self, _now: i64) {}
}
