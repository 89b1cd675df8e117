//! When an answer may begin: when the first useful set of files is stable.
//!
//! The useful set is the [`BEST`] best files that were judged yes, in their order. It is stable once it has not changed
//! while a twentieth of the tree (64 files at least) got their verdicts and a quarter of a second passed, or for two
//! seconds whatever was judged, or when every file has its verdict. A judge asks about the most promising files first,
//! so what comes later seldom belongs to it; an empty set is not useful and waits for all files.

use std::time::{Duration, Instant};

use crate::domain::FileId;

/// Files of the useful set: what usually fits the budget of a prompt.
pub const BEST: usize = 12;

/// The set is looked at for this long at least.
const SETTLES: Duration = Duration::from_millis(250);

/// A set that did not change for this long is stable though few files were judged meanwhile.
const LONG: Duration = Duration::from_secs(2);

/// Files that get their verdict meanwhile, at least.
const FEWEST: u32 = 64;

/// One part of the tree in so many.
const PART: u32 = 20;

/// Looks whether the useful set changes.
#[derive(Debug, Clone, Default)]
pub struct Stability {
    set: Vec<FileId>,
    /// Files with a verdict when it changed last, and when that was.
    since: Option<(u32, Instant)>,
}

impl Stability {
    /// Takes the best files judged yes, in order, of a query over so many files of which so many have a verdict.
    pub fn look(&mut self, set: &[FileId], judged: u32, now: Instant) {
        if self.since.is_none() || self.set != set {
            self.set = set.to_vec();
            self.since = Some((judged, now));
        }
    }

    /// Whether the set is stable now.
    pub fn is_stable(&self, judged: u32, files: u32, now: Instant) -> bool {
        let Some((from, at)) = self.since.filter(|_| !self.set.is_empty()) else { return false };
        let (passed, seen) = (now.saturating_duration_since(at), judged.saturating_sub(from));
        passed >= LONG || passed >= SETTLES && seen >= FEWEST.max(files / PART)
    }

    /// When to look again though nothing comes; `None` while nothing could make it stable but news.
    pub fn look_at(&self) -> Option<Instant> {
        let (_, at) = self.since.filter(|_| !self.set.is_empty())?;
        Some(at + LONG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<const N: usize>(ids: [u32; N]) -> Vec<FileId> {
        ids.map(FileId).to_vec()
    }

    #[test]
    fn a_set_is_stable_once_a_part_of_the_tree_did_not_change_it() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut set = Stability::default();
        set.look(&ids([3, 1]), 100, at(0));
        assert!(!set.is_stable(150, 2_000, at(300)), "too few files were judged since");
        assert!(!set.is_stable(200, 2_000, at(200)), "too little time has passed");
        assert!(set.is_stable(200, 2_000, at(250)));
        set.look(&ids([1, 3]), 200, at(260));
        assert!(!set.is_stable(290, 2_000, at(400)), "another order is another set");
    }

    #[test]
    fn a_slow_judge_is_waited_for_two_seconds_and_an_empty_set_for_ever() {
        let start = Instant::now();
        let mut set = Stability::default();
        set.look(&[], 0, start);
        assert!(!set.is_stable(1_000, 2_000, start + LONG * 10));
        assert_eq!(set.look_at(), None);
        set.look(&ids([7]), 1, start);
        assert_eq!(set.look_at(), Some(start + LONG));
        assert!(set.is_stable(2, 2_000, start + LONG));
    }
}
