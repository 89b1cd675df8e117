//! Tempo: how long calls take and how fast answers come, and what follows from that.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Calls remembered.
const REMEMBERED: usize = 128;

/// Calls that tell enough to call another one slow.
const ENOUGH: usize = 16;

/// Files held beyond those in flight cover this much time, so that the line can change and no slot stays empty, also where
/// a server answers a whole batch at once.
const COVER: Duration = Duration::from_millis(1_500);

/// The latest calls.
#[derive(Debug, Default)]
pub struct Tempo {
    latest: VecDeque<(Instant, Duration, usize)>,
    calls: u32,
}

impl Tempo {
    /// A call for so many files gave answers.
    pub fn took(&mut self, time: Duration, files: usize) {
        self.calls += 1;
        if self.latest.len() == REMEMBERED {
            self.latest.pop_front();
        }
        self.latest.push_back((Instant::now(), time, files));
    }

    /// Calls that gave answers.
    pub const fn calls(&self) -> u32 {
        self.calls
    }

    /// After what time a call is slow; `None` where that cannot be told yet. With nothing else to do, sooner: a second
    /// call then takes no slot from anybody.
    pub fn patience(&self, idle: bool) -> Option<Duration> {
        if self.latest.len() < ENOUGH {
            return None;
        }
        let mut times: Vec<Duration> = self.latest.iter().map(|(_, time, _)| *time).collect();
        let at = times.len() * 3 / 4;
        let (_, usual, _) = times.select_nth_unstable(at);
        Some(usual.mul_f64(if idle { 1.1 } else { 3.0 }) + Duration::from_millis(5))
    }

    /// Files that may be held, where so many calls of so many files each may be in flight.
    pub fn window(&self, in_flight: usize, pack: usize) -> usize {
        let full = in_flight * pack;
        let beyond = match (self.latest.front(), self.latest.back()) {
            (Some((first, ..)), Some((last, ..))) if self.latest.len() >= ENOUGH && last > first => {
                let files: usize = self.latest.iter().map(|(.., files)| files).sum();
                let rate = files as f64 / last.duration_since(*first).as_secs_f64();
                (rate * COVER.as_secs_f64()).ceil() as usize
            }
            _ => full,
        };
        full + beyond.clamp(2, 2 * full.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_slow_server_holds_little_and_a_fast_one_much() {
        let mut slow = Tempo::default();
        assert_eq!(slow.window(4, 1), 8);
        for _ in 0..20 {
            tokio::time::advance(Duration::from_secs(1)).await;
            slow.took(Duration::from_secs(4), 1);
        }
        assert_eq!(slow.window(4, 1), 6, "one answer a second needs no long line");
        let mut fast = Tempo::default();
        for _ in 0..100 {
            tokio::time::advance(Duration::from_millis(1)).await;
            fast.took(Duration::from_millis(64), 1);
        }
        assert!(
            (350..=380).contains(&fast.window(64, 1)) || fast.window(64, 1) == 192,
            "{}",
            fast.window(64, 1)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn slow_is_told_from_the_others() {
        let mut tempo = Tempo::default();
        assert_eq!(tempo.patience(true), None);
        for _ in 0..20 {
            tempo.took(Duration::from_millis(100), 1);
        }
        assert_eq!(tempo.patience(false), Some(Duration::from_millis(305)));
        assert_eq!(tempo.patience(true), Some(Duration::from_millis(115)));
    }
}
