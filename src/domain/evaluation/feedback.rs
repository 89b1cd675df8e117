//! Feedback: which files a person pinned or excluded for a request, and which an answer to it cited.

use std::sync::Arc;

use crate::domain::{CommitId, RelPath};

/// One file and one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// What was asked.
    pub request: Arc<str>,
    /// The file, below the repository's root.
    pub path: RelPath,
    /// What was said of it.
    pub kind: FeedbackKind,
    /// The commit that HEAD was at.
    pub head: CommitId,
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
}

/// What was said of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FeedbackKind {
    /// A person pinned it: it helps.
    Pinned,
    /// A person excluded it: it does not.
    Excluded,
    /// An answer cited it: it helps.
    Cited,
}

/// How much feedback there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedbackCounts {
    /// Requests that it is about.
    pub requests: u32,
    /// Files pinned.
    pub pinned: u32,
    /// Files excluded.
    pub excluded: u32,
    /// Files cited.
    pub cited: u32,
}

impl FeedbackKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Pinned, Self::Excluded, Self::Cited];

    /// Its name, as it is kept.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pinned => "pinned",
            Self::Excluded => "excluded",
            Self::Cited => "cited",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl FeedbackCounts {
    /// All of it.
    pub const fn total(&self) -> u32 {
        self.pinned + self.excluded + self.cited
    }
}
