//! History as it comes in, and how long a query that wants all of it waits where it does not come.

use std::time::{Duration, Instant};

use crate::domain::{Commit, Notice, QueryEvent, RootId, Severity};

use super::Workspace;

/// Reading history tells of something far more often than this; a repository that cannot be read may tell nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long history has told nothing, and whether it is still waited for.
#[derive(Debug, Default)]
pub(super) struct HistoryWait {
    news: Option<Instant>,
    over: bool,
}

impl Workspace {
    /// Takes commits. Where known history starts anew, it stays until the new one is complete.
    pub(super) fn history(&mut self, root: RootId, restart: bool, mut commits: Vec<Commit>, complete: bool) {
        self.history_wait.news = Some(self.now);
        let Some(state) = self.roots.get_mut(usize::from(root.0)) else { return };
        if restart && state.commits > 0 {
            state.newer = Some(Vec::new());
        }
        if let Some(newer) = &mut state.newer {
            newer.append(&mut commits);
            if !complete {
                return;
            }
            commits = state.newer.take().unwrap_or_default();
            state.commits = 0;
        }
        if restart || state.commits == 0 {
            self.index.clear_history(root);
        }
        state.commits += commits.len() as u32;
        state.history_complete = complete;
        self.index.extend_history(root, &commits);
        self.learn();
        if complete {
            self.want_task();
        }
    }

    /// Whether a query no longer waits for the rest of history.
    pub(super) fn history_is_late(&self) -> bool {
        self.history_wait.over && self.is_read()
    }

    /// When waiting for history ends, where that is all that a query waits for.
    pub(super) fn history_due(&self) -> Option<Instant> {
        let wait = &self.history_wait;
        let waits = self.options.wait_for_history && !wait.over && self.is_read() && !self.is_settled();
        waits.then(|| wait.news.map_or(self.now, |at| at + PATIENCE))
    }

    /// Ends the waiting for a history that tells nothing: an answer without all of it is better than none.
    pub(super) fn give_up_history(&mut self) {
        if self.history_due().is_none() {
            // The time counts from when nothing else is left to wait for.
            self.history_wait.news = None;
            return;
        }
        let news = *self.history_wait.news.get_or_insert(self.now);
        if news + PATIENCE > self.now {
            return;
        }
        self.history_wait.over = true;
        let notice = Notice::new(
            Severity::Warning,
            "git: history did not come, so files are judged without the rest of it",
        )
        .hint("`git fsck` and `git log` there tell more; ask again for a ranking with all of it.");
        self.events.push(QueryEvent::Notice(notice));
        self.learn();
        self.want_task();
    }
}
