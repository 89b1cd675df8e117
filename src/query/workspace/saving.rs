//! Saves: the files of a burst are read, and then judged together, they and no others.

use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;

use crate::domain::{FileId, RankCause};

use super::Workspace;
use super::judging::Flips;

/// How long the first files of a burst wait for the last.
const PATIENCE: Duration = Duration::from_millis(400);

/// What reading a saved file takes at most, as a rule; only later is the list told that its verdict is old.
const READING: Duration = Duration::from_millis(40);

/// With more saved files than this, what the whole index says may have moved, and all files are judged again.
const LARGE: usize = 512;

/// The saved files that were not judged again yet.
#[derive(Debug, Default)]
pub(super) struct Saving {
    /// Being read.
    waiting: FxHashSet<FileId>,
    /// Read, or gone.
    ready: Vec<FileId>,
    /// When the first became ready.
    since: Option<Instant>,
}

impl Saving {
    /// Whether a file's new bytes are being read.
    pub fn awaits(&self, file: FileId) -> bool {
        self.waiting.contains(&file)
    }
}

impl Workspace {
    /// A saved file is being read; until then its verdict is of older bytes.
    pub(super) fn await_saved(&mut self, file: FileId) {
        self.saving.waiting.insert(file);
        let now = self.now;
        if let Some(query) = self.query.as_mut().filter(|query| query.has_answer(file)) {
            query.slot_mut(file).stale = true;
            query.ranking.hold.get_or_insert(now + READING);
            self.rerank_signals();
        }
    }

    /// A saved file was read, or needs no reading.
    pub(super) fn saved(&mut self, file: FileId) {
        self.saving.waiting.remove(&file);
        self.saving.ready.push(file);
        self.saving.since.get_or_insert(self.now);
    }

    /// Notes that a file was read; true where that was because of a save.
    pub(super) fn arrived(&mut self, file: FileId) -> bool {
        let awaited = self.saving.waiting.contains(&file);
        if awaited {
            self.saved(file);
        }
        awaited
    }

    /// When saved files are judged without waiting for the rest of their burst.
    pub(super) fn saved_due(&self) -> Option<Instant> {
        let since = self.saving.since?;
        Some(if self.saving.waiting.is_empty() { self.now } else { since + PATIENCE })
    }

    /// Judges what was saved, when its time has come.
    pub(super) fn judge_saved(&mut self) {
        if self.saved_due().is_none_or(|due| due > self.now) {
            return;
        }
        self.saving.since = None;
        let mut files = std::mem::take(&mut self.saving.ready);
        files.sort_unstable();
        files.dedup();
        if let Some(session) = self.query.as_mut().and_then(|query| query.session.as_mut()) {
            session.refresh(&self.index, &files);
        }
        if files.len() > LARGE {
            self.learn();
        }
        self.judge_now(&files, Flips::Mark);
        self.rerank(RankCause::Saved(files));
    }
}
