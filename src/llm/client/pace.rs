//! How many calls one endpoint may have in flight: additive increase, multiplicative decrease.
//!
//! Differs from the textbook in two places. A single refusal does not shrink the limit: a server that refuses one call
//! in ten whatever the load would be pushed down to one call. So the *share* of refusals among the calls that were sent
//! decides; a server that is really full refuses at once all that goes beyond, and reaches it soon. And a server that never refuses but queues is found by its throughput:
//! the limit doubles only while that raises the rate of answers.
//!
//! Pure: the clock is given. Invariant: 1 <= limit <= bound.

use std::time::Duration;

use tokio::time::Instant;

/// The first limit where nobody says what the server can do.
const START: u32 = 8;
/// No limit grows beyond this unless a bound that somebody stated is higher.
const MOST: u32 = 1024;
/// The share of refusals is that of so many calls at least; of as many as the limit where that is more, because
/// refusals come at once and answers later.
const MEMORY: f64 = 16.0;
/// The share of refusals that shrinks the limit.
const TOO_MANY: f64 = 0.3;
/// Refusals in a row that mean that no call gets through now; a quarter of those in flight where that is more.
const SHUT: u32 = 5;
/// What is left of the limit when it shrinks.
const SHRINK: f64 = 0.7;
/// Up to this part of the limit before a decrease it grows back by...
const NEAR: f64 = 0.9;
/// ...so much per answer.
const REGROW: f64 = 1.0 / 8.0;
/// A doubled limit must raise the rate of answers by this much to be doubled again.
const WORTH: f64 = 1.25;
/// After so long without a call what was learned of the throughput is out of date.
const STALE: Duration = Duration::from_secs(30);

/// The limit of one endpoint.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    limit: f64,
    bound: u32,
    phase: Phase,
    /// Moving share of refusals among the latest calls sent.
    share: f64,
    /// Refusals since a call was let in.
    streak: u32,
    /// Counts the decreases: what was sent before the latest one says nothing about the limit after it.
    epoch: u64,
    round: Round,
    last: Option<Instant>,
    /// The limit at the latest decrease: it was about right until then.
    knee: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// The limit doubles while throughput follows; holds the best rate so far.
    Doubling(f64),
    /// One more per round, up to the ceiling.
    Adding(f64),
}

/// Answers counted at one limit.
#[derive(Debug, Clone, Copy, Default)]
struct Round {
    /// Answers to calls that were sent before the round still to be ignored.
    skip: u32,
    since: Option<Instant>,
    done: u32,
}

impl Pace {
    /// Starts at the bound where one is stated, else low.
    pub(super) fn new(bound: Option<u32>) -> Self {
        let start = bound.map_or(START, |bound| bound.max(1));
        let phase = if bound.is_some() { Phase::Adding(f64::INFINITY) } else { Phase::Doubling(0.0) };
        Self {
            limit: f64::from(start),
            bound: bound.map_or(MOST, |bound| bound.max(1)),
            phase,
            share: 0.0,
            streak: 0,
            epoch: 0,
            round: Round { skip: start, ..Round::default() },
            last: None,
            knee: 0.0,
        }
    }

    /// Calls that may be in flight.
    pub(super) fn limit(&self) -> u32 {
        (self.limit as u32).clamp(1, self.bound)
    }

    /// The current epoch, to be kept with a call that is sent now.
    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// What the server says it can serve, or no longer says.
    pub(super) fn set_bound(&mut self, bound: Option<u32>) {
        let bound = bound.map_or(MOST, |bound| bound.max(1));
        if bound != self.bound {
            let known = bound != MOST;
            self.bound = bound;
            self.phase = if known { Phase::Adding(f64::INFINITY) } else { Phase::Doubling(0.0) };
            self.limit = if known { f64::from(bound) } else { self.limit.min(f64::from(START)) };
        }
    }

    /// Whether hardly any call gets through now; `in_flight` calls may still be let in.
    pub(super) fn is_shut(&self, in_flight: u32) -> bool {
        self.streak > SHUT.max(in_flight / 4)
    }

    /// A call is sent.
    pub(super) fn sent(&mut self) {
        self.share -= self.share * self.weight();
    }

    /// The server took a call.
    pub(super) fn accepted(&mut self) {
        self.streak = 0;
    }

    /// A call was refused, failed in the server, or hung; it was sent in that epoch.
    pub(super) fn refused(&mut self, epoch: u64) {
        self.streak = self.streak.saturating_add(1);
        self.share = (self.share + self.weight()).min(1.0);
        if self.share >= TOO_MANY && epoch == self.epoch {
            self.knee = self.limit;
            self.limit = (self.limit * SHRINK).max(1.0);
            self.share = 0.0;
            self.epoch += 1;
            self.phase = Phase::Adding(f64::INFINITY);
        }
    }

    fn weight(&self) -> f64 {
        1.0 / self.limit.max(MEMORY)
    }

    /// A call was answered to its end; `full` says whether the limit was what held others back.
    pub(super) fn completed(&mut self, full: Fullness, now: Instant) {
        if self.last.is_some_and(|last| now - last > STALE) && self.bound == MOST {
            self.begin(Phase::Doubling(0.0));
        }
        self.last = Some(now);
        match (full, self.phase) {
            (Fullness::Slack, Phase::Doubling(best)) => self.begin(Phase::Doubling(best)),
            (Fullness::Slack, Phase::Adding(_)) => {}
            (Fullness::Full, Phase::Adding(ceiling)) => {
                // One more per round; an eighth more while well below what was right before.
                let more = if self.limit < self.knee * NEAR { REGROW } else { 1.0 / self.limit };
                self.limit = (self.limit + more).min(ceiling).min(f64::from(self.bound));
            }
            (Fullness::Full, Phase::Doubling(best)) => self.count(best, now),
        }
    }

    fn count(&mut self, best: f64, now: Instant) {
        if self.round.skip > 0 {
            self.round.skip -= 1;
            self.round.since = Some(now);
            return;
        }
        // From the last answer that is ignored: answers may come in waves, all at once.
        let since = self.round.since.unwrap_or(now);
        self.round.done += 1;
        if self.round.done < self.limit() {
            return;
        }
        let rate = f64::from(self.round.done) / (now - since).as_secs_f64().max(1e-3);
        if rate < best * WORTH {
            // The doubling only made calls wait in the server: back to a little more than was enough.
            let ceiling = self.limit;
            self.limit = (self.limit * 0.625).max(1.0);
            self.begin(Phase::Adding(ceiling));
        } else {
            let next = (self.limit * 2.0).min(f64::from(self.bound));
            self.begin(if next > self.limit { Phase::Doubling(rate) } else { Phase::Adding(next) });
            self.limit = next;
        }
    }

    fn begin(&mut self, phase: Phase) {
        self.phase = phase;
        self.round = Round { skip: self.limit(), ..Round::default() };
    }
}

/// Whether a limit held calls back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fullness {
    /// As many were in flight as may be.
    Full,
    /// There was room.
    Slack,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that serves `slots` at a time, each for a second, and refuses the rest at once.
    fn refusing(pace: &mut Pace, slots: u32, seconds: u32) {
        let now = Instant::now();
        for second in 0..seconds {
            let taken = pace.limit().min(slots);
            // Each place beyond the slots is refused, and taken by the next call, which is refused too.
            while pace.limit() > taken && pace.streak < 100 {
                let epoch = pace.epoch();
                pace.sent();
                pace.refused(epoch);
            }
            for _ in 0..taken {
                pace.sent();
                pace.accepted();
                pace.completed(Fullness::Full, now + Duration::from_secs(u64::from(second)));
            }
        }
    }

    #[tokio::test]
    async fn a_server_that_refuses_beyond_its_slots_is_used_to_its_slots() {
        let mut pace = Pace::new(None);
        let mut seen = Vec::new();
        for _ in 0..100 {
            refusing(&mut pace, 64, 1);
            seen.push(pace.limit());
        }
        let settled = &seen[40..];
        assert!(settled.iter().all(|limit| (44..=66).contains(limit)), "{settled:?}");
    }

    #[tokio::test]
    async fn refusals_that_come_whatever_the_load_do_not_shrink_the_limit() {
        for limit in [8, 32, 256] {
            let mut pace = Pace::new(Some(limit));
            let now = Instant::now();
            for _ in 0..100 {
                // All are sent, refusals come at once, and answers later.
                (0..limit).for_each(|_| pace.sent());
                for refused in 0..limit.div_ceil(10) {
                    let epoch = pace.epoch();
                    pace.refused(epoch);
                    assert!(!pace.is_shut(limit - refused));
                }
                for _ in limit.div_ceil(10)..limit {
                    pace.accepted();
                    pace.completed(Fullness::Full, now);
                }
            }
            assert_eq!(pace.limit(), limit);
        }
    }

    #[tokio::test]
    async fn a_server_that_is_full_shrinks_the_limit_and_the_calls_sent_before_do_not_count_again() {
        let mut pace = Pace::new(Some(100));
        let sent_in = pace.epoch();
        for _ in 0..50 {
            pace.refused(sent_in);
        }
        assert_eq!(pace.limit(), 70);
        assert!(pace.is_shut(50));
        let epoch = pace.epoch();
        (0..20).for_each(|_| pace.refused(epoch));
        assert_eq!(pace.limit(), 49);
        for _ in 0..200 {
            pace.sent();
            pace.completed(Fullness::Full, Instant::now());
        }
        assert!((63..70).contains(&pace.limit()), "back to near where it was: {}", pace.limit());
    }

    #[tokio::test]
    async fn the_limit_stops_doubling_where_the_server_only_queues() {
        let mut pace = Pace::new(None);
        let start = Instant::now();
        // Sixteen answers a second at most, one second each, however many are in flight.
        let mut clock = 0.0;
        for _ in 0..2_000 {
            clock += 1.0 / f64::from(pace.limit().min(16));
            pace.completed(Fullness::Full, start + Duration::from_secs_f64(clock));
        }
        assert!((16..=32).contains(&pace.limit()), "{}", pace.limit());
    }

    #[tokio::test]
    async fn answers_that_come_in_waves_do_not_stop_the_doubling() {
        let mut pace = Pace::new(None);
        let start = Instant::now();
        for second in 1..40 {
            for _ in 0..pace.limit().min(300) {
                pace.completed(Fullness::Full, start + Duration::from_secs(second));
            }
        }
        assert!(pace.limit() >= 256, "{}", pace.limit());
    }

    #[tokio::test]
    async fn the_limit_finds_hundreds_of_slots_and_stays_below_the_bound() {
        let mut pace = Pace::new(None);
        let start = Instant::now();
        let mut clock = 0.0;
        for _ in 0..2_000 {
            clock += 1.0 / f64::from(pace.limit().min(400));
            pace.completed(Fullness::Full, start + Duration::from_secs_f64(clock));
        }
        assert!(pace.limit() >= 256, "{}", pace.limit());
        pace.set_bound(Some(6));
        assert_eq!(pace.limit(), 6);
        for _ in 0..100 {
            pace.completed(Fullness::Full, start);
        }
        assert_eq!(pace.limit(), 6);
    }
}
