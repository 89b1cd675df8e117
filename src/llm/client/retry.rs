//! Whether a failed call is tried again, and when.
//!
//! The rule of the providers' own SDKs: 408, 409, 429, 500 and above, and broken connections; two retries; half a second
//! doubled each time, with jitter, at most 8 s; `x-should-retry` and `Retry-After` obeyed, but not one beyond two minutes.
//! Two additions. A fan-out, whose refusals are how its pace is found, is refused more often before it gives up, and its
//! call waits less where others are let in. And what
//! another endpoint can do at once is no retry of the same server: it neither waits nor counts.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use super::endpoint::{Class, LONGEST_PAUSE};
use crate::llm::LlmError;

/// Retries of one call.
const RETRIES: u32 = 2;
/// Refusals after which a call of a fan-out gives up.
const BACKGROUND_REFUSALS: u32 = 6;
/// Calls cut because they took much longer than others, before one is left to take its time.
const STALLS: u32 = 2;
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The first wait of a fan-out's call that was refused while others are let in.
const SHORT_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// What happened to one attempt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failure {
    /// The error, as it is told if nothing helps.
    pub(super) error: LlmError,
    /// The HTTP status, where there was an answer.
    pub(super) status: Option<u16>,
    /// What the server said about trying again: the header `x-should-retry`.
    pub(super) should_retry: Option<bool>,
    /// Who has to do with it.
    pub(super) kind: Kind,
    /// Whether the call left this machine, or may have.
    pub(super) sent: Sent,
}

/// Whether bytes of a call were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// Some were, or may have been.
    Bytes,
    /// There was no connection to send them on.
    Nothing,
}

/// Who has to do with a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The server lets no more calls in.
    Refused,
    /// The endpoint broke.
    Broken,
    /// It took much longer than other calls did.
    Stalled,
    /// The call itself; the endpoint is fine.
    Call,
}

impl Failure {
    /// A failure without an HTTP answer.
    pub(super) const fn new(error: LlmError, kind: Kind) -> Self {
        Self { error, status: None, should_retry: None, kind, sent: Sent::Bytes }
    }

    /// A failure that an error status stands for.
    pub(super) fn answered(error: LlmError, status: u16, should_retry: Option<bool>) -> Self {
        let kind = if matches!(error, LlmError::Rate { .. }) || matches!(status, 429 | 503 | 529) {
            Kind::Refused
        } else if matches!(error, LlmError::Server { .. }) {
            Kind::Broken
        } else {
            Kind::Call
        };
        Self { error, status: Some(status), should_retry, kind, sent: Sent::Bytes }
    }

    /// The same, for a call of which nothing was sent.
    pub(super) const fn unsent(mut self) -> Self {
        self.sent = Sent::Nothing;
        self
    }

    /// When the server wants the next call.
    pub(super) const fn retry_after(&self) -> Option<Duration> {
        if let LlmError::Rate { retry_after, .. } | LlmError::Server { retry_after, .. } = &self.error {
            *retry_after
        } else {
            None
        }
    }

    fn may_help(&self) -> bool {
        match (self.should_retry, self.status) {
            (Some(said), _) => said,
            (None, Some(408 | 409)) => !matches!(self.error, LlmError::ContextLength { .. }),
            (None, _) => self.error.is_retryable(),
        }
    }
}

/// The tries of one call.
#[derive(Debug, Default)]
pub(super) struct Tries {
    retries: u32,
    refusals: u32,
    stalls: u32,
    elsewhere: u32,
}

/// What can be done with a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chances {
    /// Who waits.
    pub(super) class: Class,
    /// Endpoints besides the one that failed that take calls now, 0 or the number of all others.
    pub(super) others: u32,
    /// Whether the one that failed lets other calls in.
    pub(super) door: Door,
}

/// Whether an endpoint lets calls in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Most of them.
    Open,
    /// Hardly any.
    Shut,
}

impl Tries {
    /// How long to wait before the call is tried again; `None` to give up.
    pub(super) fn again(&mut self, failure: &Failure, chances: Chances, dice: f64) -> Option<Duration> {
        if !failure.may_help() {
            return None;
        }
        let can_move =
            matches!(failure.kind, Kind::Broken | Kind::Refused) && self.elsewhere < chances.others;
        if can_move {
            self.elsewhere += 1;
            return Some(Duration::ZERO);
        }
        if failure.kind == Kind::Stalled {
            self.stalls += 1;
            return Some(Duration::ZERO);
        }
        let after = failure.retry_after();
        if after.is_some_and(|after| after > LONGEST_PAUSE) {
            return None;
        }
        let (tried, most) = match (failure.kind, chances.class) {
            (Kind::Refused, Class::Background) => (&mut self.refusals, BACKGROUND_REFUSALS),
            (_, Class::Background | Class::Interactive) => (&mut self.retries, RETRIES),
        };
        if *tried >= most {
            return None;
        }
        let is_alone =
            failure.kind == Kind::Refused && chances.class == Class::Background && chances.door == Door::Open;
        let first = if is_alone { SHORT_WAIT } else { FIRST_WAIT };
        let wait = first.saturating_mul(1 << (*tried).min(8)).min(LONGEST_WAIT).mul_f64(1.0 - 0.25 * dice);
        *tried += 1;
        Some(after.map_or(wait, |after| after.max(Duration::from_millis(1))))
    }

    /// Whether it may be cut once more for taking much longer than others.
    pub(super) const fn may_stall(&self) -> bool {
        self.stalls < STALLS
    }
}

/// A number in 0..1 that differs each time: the seed that the standard library gives its hash maps.
pub(super) fn dice() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ModelRef;

    const PERSON: Chances = Chances { class: Class::Interactive, others: 0, door: Door::Open };

    fn model() -> ModelRef {
        ModelRef::new("lab", "m")
    }

    fn rate(after: Option<u64>) -> Failure {
        let retry_after = after.map(Duration::from_secs);
        Failure::answered(LlmError::Rate { model: model(), why: String::new(), retry_after }, 429, None)
    }

    fn network() -> Failure {
        Failure::new(LlmError::Network { model: model(), why: String::new() }, Kind::Broken)
    }

    fn rejected(status: u16, should_retry: Option<bool>) -> Failure {
        Failure::answered(
            LlmError::Rejected { model: model(), status, why: String::new() },
            status,
            should_retry,
        )
    }

    #[test]
    fn two_retries_with_doubled_waits() {
        let mut tries = Tries::default();
        assert_eq!(tries.again(&network(), PERSON, 0.0), Some(Duration::from_millis(500)));
        assert_eq!(tries.again(&network(), PERSON, 1.0), Some(Duration::from_millis(750)));
        assert_eq!(tries.again(&network(), PERSON, 0.0), None);
    }

    #[test]
    fn waits_double_and_are_shorter_for_a_fan_outs_call_that_is_refused_alone() {
        for (door, expected) in [
            (Door::Shut, [500, 1_000, 2_000, 4_000, 8_000, 8_000]),
            (Door::Open, [100, 200, 400, 800, 1_600, 3_200]),
        ] {
            let mut tries = Tries::default();
            let chances = Chances { class: Class::Background, others: 0, door };
            let waits: Vec<_> = std::iter::from_fn(|| tries.again(&rate(None), chances, 0.0)).collect();
            assert_eq!(waits, expected.map(Duration::from_millis));
        }
    }

    #[test]
    fn the_servers_own_word_counts_more_than_the_rule() {
        assert_eq!(Tries::default().again(&rate(Some(30)), PERSON, 0.0), Some(Duration::from_secs(30)));
        assert_eq!(Tries::default().again(&rate(Some(121)), PERSON, 0.0), None);
        assert_eq!(Tries::default().again(&rejected(400, None), PERSON, 0.0), None);
        assert!(Tries::default().again(&rejected(400, Some(true)), PERSON, 0.0).is_some());
        assert!(Tries::default().again(&rejected(409, None), PERSON, 0.0).is_some());
        let mut no = rate(None);
        no.should_retry = Some(false);
        assert_eq!(Tries::default().again(&no, PERSON, 0.0), None);
    }

    #[test]
    fn a_500_that_is_about_the_call_is_not_tried_again() {
        assert_eq!(Tries::default().again(&rejected(500, None), PERSON, 0.0), None);
    }

    #[test]
    fn another_endpoint_is_tried_at_once_and_does_not_count() {
        let mut tries = Tries::default();
        let two = Chances { class: Class::Interactive, others: 2, door: Door::Open };
        let waits: Vec<_> = std::iter::from_fn(|| tries.again(&network(), two, 0.0)).collect();
        assert_eq!(waits, [0, 0, 500, 1_000].map(Duration::from_millis));
    }

    #[test]
    fn the_dice_fall_between_zero_and_one_and_differ() {
        let rolls: Vec<f64> = (0..100).map(|_| dice()).collect();
        assert!(rolls.iter().all(|roll| (0.0..1.0).contains(roll)));
        assert!(rolls.iter().any(|roll| *roll < 0.5) && rolls.iter().any(|roll| *roll >= 0.5));
    }
}
