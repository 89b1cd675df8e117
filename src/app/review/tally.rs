//! Tallies: how much of an edit is decided, and how many lines it adds and takes away.

use crate::domain::{Decision, HunkClass, ProposedEdit, ProposedFile, ProposedHunk};

/// Counts of an edit's listed hunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// All of them.
    pub total: usize,
    /// To be written.
    pub accepted: usize,
    /// Not to be written.
    pub rejected: usize,
    /// Marked, because the file says something else now; nothing is written before they are decided.
    pub conflicts: usize,
    /// Files with at least one.
    pub files: usize,
    /// Files with at least one to be written.
    pub accepted_files: usize,
    /// Lines added and deleted.
    pub lines: (usize, usize),
}

impl Tally {
    /// Counts the hunks that are listed.
    pub fn of(edit: &ProposedEdit, listed: &dyn Fn(&ProposedHunk) -> bool) -> Self {
        let mut tally = Self::default();
        for file in &edit.files {
            let before = tally;
            for hunk in file.hunks.iter().filter(|hunk| listed(hunk)) {
                tally.add(hunk);
            }
            tally.files += usize::from(tally.total > before.total);
            tally.accepted_files += usize::from(tally.accepted > before.accepted);
        }
        tally
    }

    fn add(&mut self, hunk: &ProposedHunk) {
        self.total += 1;
        self.lines.0 += hunk.new.len();
        self.lines.1 += hunk.old.len();
        if hunk.conflict.is_some() {
            self.conflicts += 1;
            return;
        }
        match hunk.decision {
            Decision::Accepted => self.accepted += 1,
            Decision::Rejected => self.rejected += 1,
            Decision::Undecided => {}
        }
    }

    /// Hunks that are decided.
    pub const fn decided(&self) -> usize {
        self.accepted + self.rejected
    }

    /// Hunks that wait for a decision.
    pub const fn undecided(&self) -> usize {
        self.total - self.decided()
    }

    /// Whether every hunk is decided, and there is any.
    pub const fn is_decided(&self) -> bool {
        self.total > 0 && self.undecided() == 0
    }
}

/// Whether a hunk waits for a decision.
pub fn is_undecided(hunk: &ProposedHunk) -> bool {
    hunk.conflict.is_some() || hunk.decision == Decision::Undecided
}

/// Lines that the listed hunks of a file add and delete.
pub fn lines(file: &ProposedFile, listed: &dyn Fn(&ProposedHunk) -> bool) -> (usize, usize) {
    let hunks = file.hunks.iter().filter(|hunk| listed(hunk));
    hunks.fold((0, 0), |(plus, minus), hunk| (plus + hunk.new.len(), minus + hunk.old.len()))
}

/// Hunks of a file that are left out of the list: cosmetic ones and those out of scope.
pub fn left_out(file: &ProposedFile, listed: &dyn Fn(&ProposedHunk) -> bool) -> (usize, usize) {
    let mut left = (0, 0);
    for hunk in file.hunks.iter().filter(|hunk| !listed(hunk)) {
        match hunk.class {
            HunkClass::Cosmetic => left.0 += 1,
            HunkClass::OutOfScope => left.1 += 1,
            HunkClass::InScope => {}
        }
    }
    left
}
