//! What calls took: medians of the latest ones, and when a call has taken so much longer than others that it hangs.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::endpoint::Class;
use crate::domain::Measured;

/// Calls that a figure is made of.
const LATEST: usize = 64;
/// Calls that must be known before one can be called late.
const ENOUGH: usize = 32;
/// A call is late at so many times what 95 of 100 took...
const LATE: f64 = 1.5;
/// ...and so much later at least: a busy machine delays by less.
const LATER: Duration = Duration::from_millis(200);
/// Each answered call pays for so much of a late one: at most one in twenty is cut, however slow a server becomes.
const PAID: f64 = 0.05;
/// Most late calls paid for in advance.
const SAVED: f64 = 16.0;

/// The meters of one backend.
#[derive(Debug, Default)]
pub(super) struct Meters(HashMap<(Arc<str>, Class), Meter>);

#[derive(Debug, Default)]
struct Meter {
    calls: u32,
    first_tokens: VecDeque<Duration>,
    rates: VecDeque<f32>,
    /// Late calls that may be cut.
    saved: f64,
}

impl Meters {
    /// Writes down one answered call: from sending to the first token, from there to the end, and generated tokens.
    pub(super) fn note(&mut self, model: &Arc<str>, class: Class, took: Took) {
        let meter = self.0.entry((Arc::clone(model), class)).or_default();
        meter.calls = meter.calls.saturating_add(1);
        meter.saved = (meter.saved + PAID).min(SAVED);
        if let Some(first) = took.first_token {
            push(&mut meter.first_tokens, first);
            let rest = took.total.saturating_sub(first).as_secs_f32();
            if let Some(tokens) = took.output.filter(|tokens| *tokens > 1 && rest > 0.0) {
                push(&mut meter.rates, (tokens - 1) as f32 / rest);
            }
        }
    }

    /// The figures of a model: of calls that somebody waited for, and where there are none of a fan-out's.
    pub(super) fn measured(&self, model: &Arc<str>) -> Measured {
        let of = |class| self.0.get(&(Arc::clone(model), class));
        let calls =
            [Class::Interactive, Class::Background].into_iter().filter_map(of).map(|meter| meter.calls);
        let Some(meter) = of(Class::Interactive).or_else(|| of(Class::Background)) else {
            return Measured::default();
        };
        Measured {
            calls: calls.sum(),
            first_token: quantile(&meter.first_tokens, 0.5),
            tokens_per_second: quantile(&meter.rates, 0.5),
        }
    }

    /// After how long a call of a fan-out hangs, where enough others are known.
    pub(super) fn late_after(&self, model: &Arc<str>) -> Option<Duration> {
        let meter = self.0.get(&(Arc::clone(model), Class::Background))?;
        let usual = quantile(&meter.first_tokens, 0.95).filter(|_| meter.first_tokens.len() >= ENOUGH)?;
        Some(usual.mul_f64(LATE).max(usual + LATER))
    }

    /// Whether one more late call may be cut; if so, it is paid for.
    pub(super) fn may_cut(&mut self, model: &Arc<str>) -> bool {
        let Some(meter) = self.0.get_mut(&(Arc::clone(model), Class::Background)) else { return false };
        let pays = meter.saved >= 1.0;
        if pays {
            meter.saved -= 1.0;
        }
        pays
    }
}

/// What one call took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Took {
    /// From sending to the first token.
    pub(super) first_token: Option<Duration>,
    /// From sending to the end.
    pub(super) total: Duration,
    /// Generated tokens, where the server counted.
    pub(super) output: Option<u64>,
}

fn push<T>(ring: &mut VecDeque<T>, value: T) {
    if ring.len() == LATEST {
        ring.pop_front();
    }
    ring.push_back(value);
}

fn quantile<T: Copy + PartialOrd>(ring: &VecDeque<T>, at: f64) -> Option<T> {
    let mut sorted: Vec<T> = ring.iter().copied().collect();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let rank = (at * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(rank).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(first_ms: u64, total_ms: u64, output: u64) -> Took {
        Took {
            first_token: Some(Duration::from_millis(first_ms)),
            total: Duration::from_millis(total_ms),
            output: Some(output),
        }
    }

    #[test]
    fn figures_are_medians_of_the_latest_calls() {
        let mut meters = Meters::default();
        let model: Arc<str> = "m".into();
        assert_eq!(meters.measured(&model), Measured::default());
        for _ in 0..100 {
            meters.note(&model, Class::Interactive, took(9_000, 9_100, 2));
        }
        for ms in 0..64 {
            meters.note(&model, Class::Interactive, took(100 + ms, 1_100 + ms, 51));
        }
        let measured = meters.measured(&model);
        assert_eq!((measured.calls, measured.first_token), (164, Some(Duration::from_millis(132))));
        assert_eq!(measured.tokens_per_second, Some(50.0));
    }

    #[test]
    fn a_fan_out_does_not_hide_how_fast_a_person_is_answered() {
        let mut meters = Meters::default();
        let model: Arc<str> = "m".into();
        meters.note(&model, Class::Background, took(20, 20, 1));
        assert_eq!(meters.measured(&model).first_token, Some(Duration::from_millis(20)));
        meters.note(&model, Class::Interactive, took(700, 900, 9));
        assert_eq!(meters.measured(&model).first_token, Some(Duration::from_millis(700)));
    }

    #[test]
    fn late_calls_are_known_by_the_others_and_few_are_cut() {
        let mut meters = Meters::default();
        let model: Arc<str> = "m".into();
        for _ in 0..31 {
            meters.note(&model, Class::Background, took(1_000, 1_000, 1));
        }
        assert_eq!(meters.late_after(&model), None);
        for _ in 0..29 {
            meters.note(&model, Class::Background, took(1_000, 1_000, 1));
        }
        assert_eq!(meters.late_after(&model), Some(Duration::from_millis(1_500)));
        let cuts = (0..60).filter(|_| meters.may_cut(&model)).count();
        assert!((2..=3).contains(&cuts), "one in twenty of sixty: {cuts}");
    }
}
