//! Overflow: when to walk again after the kernel lost notices, without walking for ever.
//!
//! Walking a huge tree makes notices of its own, and may thereby lose the next ones.

use std::time::{Duration, Instant};

use super::POLL_AT_MOST;

/// The first pause between walks when the kernel keeps losing notices; it doubles up to [`POLL_AT_MOST`].
const OVERFLOW_PAUSE: Duration = Duration::from_secs(1);

/// When to walk again after notices were lost.
#[derive(Debug, Default)]
pub(super) struct Overflow {
    /// When, if a walk is planned.
    pub due: Option<Instant>,
    last: Option<Instant>,
    pause: Duration,
}

impl Overflow {
    /// Plans a walk: at once the first time, later and later while walking itself makes the kernel lose more.
    pub fn happened(&mut self, now: Instant) {
        let recent = self.last.is_some_and(|last| now < last + self.pause * 4);
        self.pause = if recent { (self.pause * 2).min(POLL_AT_MOST) } else { OVERFLOW_PAUSE };
        let due = if recent { now + self.pause } else { now };
        self.due = Some(self.due.map_or(due, |planned| planned.min(due)));
    }

    /// Whether the walk is due; it is then taken as done.
    pub fn take_due(&mut self, now: Instant) -> bool {
        let due = self.due.is_some_and(|due| due <= now);
        if due {
            self.due = None;
            self.last = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_walk_is_at_once_and_the_next_ones_later_and_later() {
        let mut overflow = Overflow::default();
        let mut now = Instant::now();
        overflow.happened(now);
        assert!(overflow.take_due(now));
        assert!(!overflow.take_due(now), "once");
        let mut pauses = Vec::new();
        for _ in 0..8 {
            overflow.happened(now);
            assert!(!overflow.take_due(now));
            let due = overflow.due.unwrap();
            pauses.push((due - now).as_secs());
            now = due;
            assert!(overflow.take_due(now));
        }
        assert_eq!(pauses, [2, 4, 8, 16, 32, 60, 60, 60]);
        now += Duration::from_hours(1);
        overflow.happened(now);
        assert!(overflow.take_due(now), "after a long peace it is at once again");
    }
}
