//! A shift: a crew at work for the current query, the line of files before it, and what it holds.

use std::collections::VecDeque;
use std::time::Instant;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::{FileId, LedgerState, Verdict};
use crate::index::ContentHash;
use crate::query::crew::{Crew, Item};
use crate::query::judge::JudgeError;

/// One crew and its work.
pub(super) struct Shift {
    /// Echoed by the crew's news, so that those of an earlier crew are known.
    pub number: u64,
    pub crew: Box<dyn Crew>,
    pub consent: Consent,
    pub stopped: Option<Stopped>,
    /// Files to be judged, best first.
    line: VecDeque<FileId>,
    /// Files to be judged before the line, because the user looks at them; the latest look first.
    seen: VecDeque<FileId>,
    /// Files to be judged before all others: saved, or asked for.
    urgent: VecDeque<FileId>,
    /// Handed out to be judged.
    pub out: FxHashMap<FileId, ContentHash>,
    /// A changed verdict of these is marked.
    pub marking: FxHashSet<FileId>,
    /// Files whose reason is wanted, most urgent first.
    unexplained: VecDeque<FileId>,
    /// Handed out to be explained.
    pub explaining: FxHashMap<FileId, ContentHash>,
    /// Files that got no reason, for these bytes.
    pub unexplainable: FxHashMap<FileId, ContentHash>,
    /// Since when anything is handed out.
    pub since: Option<Instant>,
}

/// Whether the crew may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// Nobody was asked yet.
    Unasked,
    /// The user was told what it would take, and did not answer.
    Waiting,
    /// It may.
    Given,
}

/// Why a crew takes no more files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stopped {
    OverBudget,
    Halted(JudgeError),
}

impl Stopped {
    /// What becomes of a file that got no answer.
    pub fn state(&self) -> LedgerState {
        match self {
            Self::OverBudget => LedgerState::OverBudget,
            Self::Halted(JudgeError { why, retryable }) => {
                LedgerState::Failed { why: why.clone(), retryable: *retryable }
            }
        }
    }
}

impl Shift {
    pub fn new(number: u64, crew: Box<dyn Crew>) -> Self {
        Self {
            number,
            crew,
            consent: Consent::Unasked,
            stopped: None,
            line: VecDeque::new(),
            seen: VecDeque::new(),
            urgent: VecDeque::new(),
            out: FxHashMap::default(),
            marking: FxHashSet::default(),
            unexplained: VecDeque::new(),
            explaining: FxHashMap::default(),
            unexplainable: FxHashMap::default(),
            since: None,
        }
    }

    /// Replaces the line.
    pub fn line_up(&mut self, files: Vec<FileId>) {
        self.line = files.into();
    }

    /// Puts a file before the line.
    pub fn hurry(&mut self, file: FileId) {
        self.urgent.push_back(file);
    }

    /// Puts a file before what was looked at until now.
    pub fn see(&mut self, file: FileId) {
        self.seen.push_front(file);
    }

    /// The next file, which may have been answered meanwhile.
    pub fn next(&mut self) -> Option<FileId> {
        let first = self.urgent.pop_front().or_else(|| self.seen.pop_front());
        first.or_else(|| self.line.pop_front())
    }

    /// The files that wait, most urgent first.
    pub fn waiting(&self) -> impl Iterator<Item = FileId> {
        self.urgent.iter().chain(&self.seen).chain(&self.line).copied()
    }

    /// Wants a reason, unless it is wanted already or cannot be had.
    pub fn want_reason(&mut self, file: FileId, hash: ContentHash) {
        let known = self.explaining.get(&file) == Some(&hash)
            || self.unexplainable.get(&file) == Some(&hash)
            || self.unexplained.contains(&file);
        if !known && self.stopped.is_none() {
            self.unexplained.push_back(file);
        }
    }

    /// The next file that a reason is wanted of.
    pub fn next_unexplained(&mut self) -> Option<FileId> {
        self.unexplained.pop_front()
    }

    /// Whether reasons are on their way.
    pub fn is_explaining(&self) -> bool {
        !self.unexplained.is_empty() || !self.explaining.is_empty()
    }

    /// Whether a reason of this file is on its way.
    pub fn awaits_reason(&self, file: FileId) -> bool {
        self.explaining.contains_key(&file) || self.unexplained.contains(&file)
    }

    /// Gives up every reason that was wanted; returns whose.
    pub fn give_up_reasons(&mut self) -> Vec<FileId> {
        let mut files: Vec<FileId> = self.unexplained.drain(..).collect();
        files.extend(self.explaining.drain().map(|(file, _)| file));
        files
    }

    /// Nobody waits for this file's answers any more.
    pub fn leave(&mut self, file: FileId) {
        let judging = self.out.remove(&file).is_some();
        let explaining = self.explaining.remove(&file).is_some();
        if judging || explaining {
            self.crew.take_back(file);
        }
        self.marking.remove(&file);
    }

    /// Hands files out to be judged.
    pub fn hand_out(&mut self, items: Vec<Item>) {
        self.out.extend(items.iter().map(|item| (item.file, item.hash)));
        self.crew.judge(items);
    }

    /// Hands files out to be explained.
    pub fn hand_out_reasons(&mut self, items: Vec<Item>, verdict: Verdict) {
        self.explaining.extend(items.iter().map(|item| (item.file, item.hash)));
        self.crew.explain(items, verdict);
    }

    /// Stops all work; returns the files whose verdict was on its way.
    pub fn stop(&mut self) -> Vec<FileId> {
        self.crew.stop();
        self.clear()
    }

    /// Forgets what was handed out and what waits; returns the files whose verdict was on its way.
    pub fn clear(&mut self) -> Vec<FileId> {
        self.line.clear();
        self.urgent.clear();
        self.seen.clear();
        self.marking.clear();
        self.out.drain().map(|(file, _)| file).collect()
    }
}
