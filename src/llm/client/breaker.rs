//! The circuit breaker of one endpoint: after some failures in a row nothing is sent to it, but for one call at a time
//! that looks whether it is back.
//!
//! Pure: the clock and the dice are given.

use std::time::Duration;

use tokio::time::Instant;

/// Failures in a row that open it: one may be a hiccup, and a dead server gives three at once.
const THRESHOLD: u32 = 3;
/// How long it stays open at first; doubles with each failed probe.
const FIRST: Duration = Duration::from_secs(1);
/// The longest it stays open.
const LONGEST: Duration = Duration::from_mins(1);

/// The breaker of one endpoint.
#[derive(Debug, Clone, Default)]
pub(super) struct Breaker {
    state: State,
    /// Failures since the last success.
    failures: u32,
    /// Times it opened since the last success.
    opened: u32,
    /// What happened last, for people.
    why: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Closed,
    Open(Instant),
    Probing,
}

/// Whether a call may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admits {
    /// As any other.
    Calls,
    /// As the one that looks whether the endpoint is back.
    Probe,
    /// Not before then.
    NotBefore(Instant),
    /// Not before the probe in flight has ended.
    NotWhileProbing,
}

impl Breaker {
    /// What may be sent now.
    pub(super) fn admits(&self, now: Instant) -> Admits {
        match self.state {
            State::Closed => Admits::Calls,
            State::Open(until) if until <= now => Admits::Probe,
            State::Open(until) => Admits::NotBefore(until),
            State::Probing => Admits::NotWhileProbing,
        }
    }

    /// A probe is sent.
    pub(super) fn begin_probe(&mut self) {
        self.state = State::Probing;
    }

    /// A probe came to no end: the next call is one.
    pub(super) fn abandon_probe(&mut self, now: Instant) {
        if self.state == State::Probing {
            self.state = State::Open(now);
        }
    }

    /// The endpoint answered.
    pub(super) fn succeeded(&mut self) {
        if self.state != State::Closed || self.failures > 0 {
            *self = Self::default();
        }
    }

    /// The endpoint failed a call. `dice` is a number in 0..1 that spreads the return of many clients.
    pub(super) fn failed(&mut self, why: &str, probe: IsProbe, now: Instant, dice: f64) {
        self.failures += 1;
        why.clone_into(&mut self.why);
        let opens = match (self.state, probe) {
            (State::Closed, _) => self.failures >= THRESHOLD,
            (State::Probing, IsProbe::Yes) => true,
            // What was sent before it opened has nothing new to say.
            (State::Open(_), _) | (State::Probing, IsProbe::No) => false,
        };
        if opens {
            let longer = FIRST.saturating_mul(1 << self.opened.min(10)).min(LONGEST);
            self.opened += 1;
            self.state = State::Open(now + longer.mul_f64(0.8 + 0.4 * dice));
        }
    }

    /// Failures since the last success, and what the last one was.
    pub(super) fn trouble(&self) -> Option<&str> {
        (self.failures > 0).then_some(self.why.as_str())
    }
}

/// Whether a call was sent to see if the endpoint is back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IsProbe {
    /// It was.
    Yes,
    /// It is a call as any other.
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(now: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..THRESHOLD {
            breaker.failed("refused", IsProbe::No, now, 0.5);
        }
        breaker
    }

    #[tokio::test]
    async fn it_opens_after_failures_in_a_row_only() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            breaker.failed("refused", IsProbe::No, now, 0.5);
            breaker.failed("refused", IsProbe::No, now, 0.5);
            breaker.succeeded();
        }
        assert_eq!(breaker.admits(now), Admits::Calls);
        assert_eq!(breaker.trouble(), None);
        assert_eq!(broken(now).admits(now), Admits::NotBefore(now + FIRST));
        assert_eq!(broken(now).trouble(), Some("refused"));
    }

    #[tokio::test]
    async fn one_probe_at_a_time_and_each_failed_one_waits_twice_as_long() {
        let mut now = Instant::now();
        let mut breaker = broken(now);
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
            let until = now + Duration::from_secs(wait);
            assert_eq!(breaker.admits(now), Admits::NotBefore(until));
            assert_eq!(breaker.admits(until), Admits::Probe);
            breaker.begin_probe();
            assert_eq!(breaker.admits(until), Admits::NotWhileProbing);
            now = until;
            breaker.failed("refused", IsProbe::Yes, now, 0.5);
        }
    }

    #[tokio::test]
    async fn a_probe_that_works_closes_it_and_one_that_came_to_nothing_leaves_the_next_to_try() {
        let now = Instant::now();
        let later = now + FIRST;
        let mut breaker = broken(now);
        breaker.begin_probe();
        breaker.abandon_probe(later);
        assert_eq!(breaker.admits(later), Admits::Probe);
        breaker.begin_probe();
        breaker.failed("an old one", IsProbe::No, later, 0.5);
        assert_eq!(breaker.admits(later), Admits::NotWhileProbing);
        breaker.succeeded();
        assert_eq!(breaker.admits(later), Admits::Calls);
    }
}
