//! Status: what the header says of tree, git, watching, index and task.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{GitState, IndexStatus, RootId, WatchState};

/// What the header shows.
#[derive(Debug, Default)]
pub struct Status {
    /// The names of the roots, in their order.
    pub roots: Vec<String>,
    /// The state of the first root's repository.
    pub git: Option<GitState>,
    /// How changes become known.
    pub watch: WatchState,
    /// Roots that vanished.
    pub lost: Vec<(RootId, PathBuf)>,
    /// How far the index is.
    pub index: IndexStatus,
    /// When the index began, and how many files it had done then.
    pub index_began: Option<(Duration, u32)>,
    /// The task in force, and whether the person set it.
    pub task: Option<(Arc<str>, bool)>,
}

impl Status {
    /// Whether files are still being found or read.
    pub fn is_reading(&self) -> bool {
        !self.index.walked || self.index.indexed < self.index.files
    }

    /// Whether something is still being read, history included.
    pub fn is_busy(&self) -> bool {
        self.is_reading() || (self.git.is_some() && !self.index.history_complete)
    }

    /// Takes how far the index is.
    pub fn set_index(&mut self, index: IndexStatus, now: Duration) {
        self.index = index;
        if !self.is_reading() {
            self.index_began = None;
        } else if self.index_began.is_none() {
            self.index_began = Some((now, index.indexed));
        }
    }

    /// Takes that a root vanished or came back.
    pub fn set_lost(&mut self, root: RootId, path: PathBuf, lost: bool) {
        self.lost.retain(|(id, _)| *id != root);
        if lost {
            self.lost.push((root, path));
        }
    }
}

/// How long the rest takes at the rate so far; `None` before that means anything.
pub fn eta(done: u32, rest: u32, elapsed: Duration) -> Option<Duration> {
    if done == 0 || rest == 0 || elapsed < Duration::from_secs(1) {
        return None;
    }
    Some(elapsed.mul_f64(f64::from(rest) / f64::from(done)))
}
