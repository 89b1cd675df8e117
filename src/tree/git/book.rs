//! The book: the history of one root as far as it is read.

use crate::domain::{Commit, CommitId};

/// Commits, newest first; those that touched nothing below the root are kept without files, so that they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Book {
    /// Where it was read from.
    pub head: Option<CommitId>,
    /// How many commits were asked for.
    pub limit: usize,
    /// Whether all of them were read.
    pub complete: bool,
    /// The commits.
    pub commits: Vec<Commit>,
}

impl Book {
    /// Whether it holds all that `limit` asks for.
    pub(super) fn is_enough(&self, limit: usize) -> bool {
        self.complete && (self.limit >= limit || self.commits.len() < self.limit)
    }
}
