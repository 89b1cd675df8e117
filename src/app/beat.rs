//! The beat: a moment before a question takes keys, so that what was typed for something else cannot answer it.

use std::time::Duration;

/// The moment in which a question takes no keys yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    until: Duration,
}

impl Beat {
    /// Nobody reads a question and answers it faster than this.
    const LENGTH: Duration = Duration::from_millis(700);

    /// Begins, or begins anew because a key came that was not meant for the question.
    pub fn from(now: Duration) -> Self {
        Self { until: now + Self::LENGTH }
    }

    /// How long keys are not taken yet; `None` once they are.
    pub fn rest(self, now: Duration) -> Option<Duration> {
        self.until.checked_sub(now).filter(|rest| !rest.is_zero())
    }
}
