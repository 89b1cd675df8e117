//! The rate of judging: files a second over the last seconds, and the time left at that rate.

use std::collections::VecDeque;
use std::time::Duration;

/// How far back the rate looks: long enough to even out packs, short enough to follow a server that slows down.
const WINDOW: Duration = Duration::from_secs(10);

/// Samples closer together than this are one.
const STEP: Duration = Duration::from_millis(250);

/// A rate says nothing before so long.
const MEANT: Duration = Duration::from_secs(1);

/// Files done at moments, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Rate {
    samples: VecDeque<(Duration, u32)>,
}

impl Rate {
    /// Forgets everything, as for a new query.
    pub fn clear(&mut self) {
        self.samples.clear();
    }

    /// Notes that so many files are done.
    pub fn note(&mut self, now: Duration, done: u32) {
        if self.samples.len() > 1
            && let Some(last) = self.samples.back_mut()
            && now.saturating_sub(last.0) < STEP
        {
            last.1 = done;
            return;
        }
        self.samples.push_back((now, done));
        while self.samples.len() > 2
            && self.samples.get(1).is_some_and(|next| now.saturating_sub(next.0) >= WINDOW)
        {
            self.samples.pop_front();
        }
    }

    /// Files a second; `None` before that means anything.
    pub fn per_second(&self, now: Duration) -> Option<f64> {
        let ((then, before), (_, done)) = (self.samples.front()?, self.samples.back()?);
        let elapsed = now.saturating_sub(*then);
        let more = done.saturating_sub(*before);
        (elapsed >= MEANT && more > 0).then(|| f64::from(more) / elapsed.as_secs_f64())
    }

    /// How long the rest takes at that rate.
    pub fn eta(&self, now: Duration, rest: u32) -> Option<Duration> {
        let rate = self.per_second(now)?;
        (rest > 0).then(|| Duration::from_secs_f64(f64::from(rest) / rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn files_known_from_before_do_not_count_as_speed() {
        let mut rate = Rate::default();
        rate.note(seconds(10), 500);
        assert_eq!(rate.per_second(seconds(10)), None, "one moment is no rate");
        rate.note(seconds(12), 520);
        assert_eq!(rate.per_second(seconds(12)), Some(10.0));
        assert_eq!(rate.eta(seconds(12), 100), Some(seconds(10)));
    }

    #[test]
    fn the_rate_follows_a_server_that_slows_down() {
        let mut rate = Rate::default();
        for second in 0..20 {
            rate.note(seconds(second), second as u32 * 100);
        }
        for second in 20..40 {
            rate.note(seconds(second), 1900 + (second - 19) as u32);
        }
        let now = rate.per_second(seconds(39)).unwrap();
        assert!((0.9..=1.1).contains(&now), "{now}");
        let stuck = rate.per_second(seconds(139)).unwrap();
        assert!(stuck < 0.2, "nothing came for long: {stuck}");
    }
}
