//! Commits as history knows them: who changed which files, when, and what the message said.

use std::fmt;
use std::sync::Arc;

use super::RelPath;

/// The most recent commits that history reads; older ones add little and cost start-up time.
pub const HISTORY_LIMIT: usize = 20_000;

/// A git object id, in raw bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommitId(pub [u8; 20]);

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// One commit of the history, merges left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The object id.
    pub id: CommitId,
    /// Committer time, seconds since the epoch.
    pub time: i64,
    /// The author's address, lower case; used to know "the same author", never shown.
    pub author: Arc<str>,
    /// The whole message, as text.
    pub message: Arc<str>,
    /// Files that the commit added, modified, deleted or renamed (both names), relative to the root.
    pub files: Arc<[RelPath]>,
    /// Files that it moved: the path before, and the path after.
    pub moves: Arc<[(RelPath, RelPath)]>,
}
