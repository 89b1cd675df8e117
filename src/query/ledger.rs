//! The coverage ledger: the state of every file for the current query, with its sums.
//!
//! Invariant: [`Ledger::counts`] is the sum over [`Ledger::get`], after any sequence of calls.

use crate::domain::{Counts, FileId, LedgerState};

#[cfg(test)]
mod tests;

/// One state for each file of the tree; files outside the tree have none.
#[derive(Debug, Default)]
pub struct Ledger {
    states: Vec<Option<LedgerState>>,
    counts: Counts,
}

impl Ledger {
    /// The state of a file, or `None` where it is not in the tree.
    pub fn get(&self, file: FileId) -> Option<&LedgerState> {
        self.states.get(file.index()).and_then(Option::as_ref)
    }

    /// Gives a file a state, adding the file where it was not known.
    pub fn set(&mut self, file: FileId, state: LedgerState) {
        if self.states.len() <= file.index() {
            self.states.resize(file.index() + 1, None);
        }
        self.counts.add(state.kind());
        if let Some(old) = self.states[file.index()].replace(state) {
            self.counts.remove(old.kind());
        }
    }

    /// Takes a file out of the tree; its sum goes down.
    pub fn remove(&mut self, file: FileId) {
        if let Some(old) = self.states.get_mut(file.index()).and_then(Option::take) {
            self.counts.remove(old.kind());
        }
    }

    /// The sums by state; they add up to the number of files.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Every file of the tree with its state, by id.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &LedgerState)> {
        self.states
            .iter()
            .enumerate()
            .filter_map(|(at, state)| state.as_ref().map(|state| (FileId(at as u32), state)))
    }
}
