//! Tree: walks the roots, watches them, and reads their repositories; everything it learns is a [`TreeEvent`].
//!
//! Owns ignore rules, file stamps, the watcher with its debounce and its fall-back to polling, git state and history.
//! Invariant: after every burst, what was sent (`Found`, then `Changed`) adds up to the files that lie on disk and
//! that no ignore rule excludes. Runs on its own threads; it judges nothing and knows no other service.

pub mod classify;
pub mod git;
mod handle;
mod options;
mod outlet;
mod read;
mod root;
mod snapshot;
mod walk;
mod watch;

pub use classify::{classify, classify_content};
pub use git::{ChangeKind, Changes, CommitText, FilePatch, GitPatch, changes, history, patch, touched};
pub use handle::{TreeHandle, spawn};
pub use options::TreeOptions;
pub use read::{EntryKind, read_file, read_stamped, stamp_at};
pub use walk::{WalkReport, walk};

#[cfg(doc)]
use crate::domain::TreeEvent;

/// Files larger than this many bytes are listed but never read.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024;
