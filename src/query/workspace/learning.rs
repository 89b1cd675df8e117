//! Learning: when index or history grew, the current query is judged again, in the background and not too often.

use std::time::{Duration, Instant};

use super::Workspace;

/// The least time between two judgings of one query for new knowledge.
const INTERVAL: Duration = Duration::from_millis(300);

/// A judging may take up to one part in this many of the time.
const DUTY: u32 = 4;

impl Workspace {
    /// Index or history grew.
    pub(super) fn learn(&mut self) {
        self.epoch += 1;
        self.signals.invalidate_history();
        if let Some(query) = &mut self.query {
            query.outdated = true;
        }
    }

    /// When the current query is judged again for what was learned since.
    pub(super) fn learning_due(&self) -> Option<Instant> {
        let query = self.query.as_ref()?;
        let overtaken = query.ticket != self.tickets.current();
        if overtaken || !query.outdated || query.is_stopped() || query.pass.is_some() || !self.may_judge() {
            return None;
        }
        let pause = INTERVAL.max(query.pass_cost * DUTY);
        Some(query.opened.map_or(self.now, |at| if self.is_settled() { self.now } else { at + pause }))
    }

    /// Whether judging may start at all.
    pub(super) fn may_judge(&self) -> bool {
        !self.options.wait_for_history || self.is_settled() || self.history_is_late()
    }
}
