//! What a query waits for, in words, where it takes longer than a person would think.

use crate::domain::IndexStatus;
use crate::text::amount::count;

/// How far the engine was when it last told, and how long it has been silent.
#[derive(Debug, Default)]
pub struct Waiting {
    /// The latest status.
    pub status: Option<IndexStatus>,
    /// Looks in a row at which nothing had come.
    pub silent: u32,
}

impl Waiting {
    /// What has not come yet.
    pub fn what(&self) -> String {
        let Some(status) = &self.status else { return "the list of files".into() };
        let (files, indexed) = (u64::from(status.files), u64::from(status.indexed));
        if !status.walked {
            return format!("the list of files ({} so far)", count(files));
        }
        let mut left = Vec::new();
        if indexed < files {
            left.push(format!("{} of {} files to be read", count(files - indexed), count(files)));
        }
        if !status.history_complete {
            left.push(format!("git history ({} commits so far)", count(u64::from(status.commits))));
        }
        if left.is_empty() { "the judge's answers".into() } else { left.join(" and ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let whole =
            IndexStatus { files: 1200, indexed: 1200, commits: 40, walked: true, history_complete: true };
        let words = |status| Waiting { status: Some(status), silent: 0 }.what();
        assert_eq!(words(whole), "the judge's answers");
        assert_eq!(words(IndexStatus { walked: false, ..whole }), "the list of files (1,200 so far)");
        let both = IndexStatus { indexed: 1197, history_complete: false, ..whole };
        assert_eq!(words(both), "3 of 1,200 files to be read and git history (40 commits so far)");
        assert_eq!(Waiting::default().what(), "the list of files");
    }
}
