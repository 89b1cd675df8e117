//! What the workspace knows of one file's bytes.

use crate::domain::{FileStamp, LedgerState, SkipReason};
use crate::index::ContentHash;

/// One file, present in the tree or gone.
#[derive(Debug, Clone, Default)]
pub(super) struct FileEntry {
    /// In the tree now.
    pub present: bool,
    /// Excluded by the user.
    pub excluded: bool,
    /// The stamp of the bytes that are known, or of the walk while none are.
    pub stamp: FileStamp,
    /// The hash of the bytes that are known.
    pub hash: Option<ContentHash>,
    /// Whether the stamp can vouch for the bytes in a later session.
    pub trust: Trust,
    /// What the bytes turned out to be.
    pub content: ContentState,
    /// Counts the jobs given for it; answers to earlier ones are void.
    pub serial: u32,
    /// A job for it is not answered yet.
    pub reading: bool,
}

/// Whether a stamp can vouch for bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Trust {
    /// The same stamp means the same bytes.
    #[default]
    Sure,
    /// It was too young when the bytes were read.
    Racy,
}

/// What the bytes of a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum ContentState {
    /// Not read yet.
    #[default]
    Unread,
    /// Text, in the index.
    Text,
    /// Not judged.
    Skipped(SkipReason),
    /// Not readable.
    Failed {
        /// What happened, for people.
        why: String,
        /// Whether trying again can help.
        retryable: bool,
    },
}

impl FileEntry {
    /// Whether a judge can be asked about it.
    pub fn is_judgeable(&self) -> bool {
        self.present && !self.excluded && self.content == ContentState::Text
    }

    /// Its ledger state before any verdict; `None` where it is not in the tree.
    pub fn resting_state(&self) -> Option<LedgerState> {
        if !self.present {
            return None;
        }
        if self.excluded {
            return Some(LedgerState::Skipped(SkipReason::Excluded));
        }
        Some(match &self.content {
            ContentState::Unread | ContentState::Text => LedgerState::Queued,
            ContentState::Skipped(reason) => LedgerState::Skipped(reason.clone()),
            ContentState::Failed { why, retryable } => {
                LedgerState::Failed { why: why.clone(), retryable: *retryable }
            }
        })
    }
}
