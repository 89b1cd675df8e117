//! Clock: the time that budgets go by, from the system or from a test.

use std::time::{Duration, Instant};

use jiff::Zoned;
use jiff::civil::Date;

/// A moment, by all the clocks that are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since the clock was made; never goes back.
    pub elapsed: Duration,
    /// Milliseconds since the epoch.
    pub unix_ms: i64,
    /// The day in local time.
    pub day: Date,
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Moment;
}

/// The clock of the system.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let now = Zoned::now();
        Moment { elapsed: self.start.elapsed(), unix_ms: now.timestamp().as_millisecond(), day: now.date() }
    }
}
