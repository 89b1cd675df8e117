//! Measures: latencies that outlive a run, so that routes need not learn anew each morning.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use crate::domain::{JudgeFigures, Measured, ModelRef, TaskKind, unix_ms};
use crate::llm::{Counted, Timing};
use crate::store::{Latency, Store};

/// How long the start waits for the store.
const PATIENCE: Duration = Duration::from_secs(2);

/// Of a fan-out so many calls are kept: they tell the same thousands of times.
const OF_A_FAN_OUT: u32 = 64;

/// Keeps latencies.
#[derive(Debug)]
pub(super) struct Measures {
    store: Store,
    of_fan_outs: AtomicU32,
}

impl Measures {
    pub(super) fn new(store: Store) -> Self {
        Self { store, of_fan_outs: AtomicU32::new(0) }
    }

    /// Medians of earlier runs. Waits for the disk.
    pub(super) fn load(&self) -> HashMap<ModelRef, Measured> {
        medians(&self.store.latencies(PATIENCE).unwrap_or_default())
    }

    /// How well judges were measured to do on a repository; of several roots nothing is known. Waits for the disk.
    pub(super) fn figures(&self, roots: &[PathBuf]) -> Vec<JudgeFigures> {
        let [root] = roots else { return Vec::new() };
        self.store.figures(root.to_string_lossy().into_owned(), PATIENCE).unwrap_or_default()
    }

    /// Keeps how one call went; calls without an answer say nothing about speed.
    pub(super) fn keep(&self, task: TaskKind, model: &ModelRef, timing: Timing, counted: &Counted) {
        if timing.first_token.is_none() {
            return;
        }
        if is_fan_out(task) && self.of_fan_outs.fetch_add(1, Ordering::Relaxed) >= OF_A_FAN_OUT {
            return;
        }
        self.store.put_latency(Latency {
            model: model.clone(),
            task,
            at_ms: unix_ms(SystemTime::now()),
            first_token: timing.first_token,
            total: timing.total,
            tokens_out: counted.output.unwrap_or(0),
        });
    }
}

fn is_fan_out(task: TaskKind) -> bool {
    matches!(task, TaskKind::Judge | TaskKind::Scan)
}

/// Medians by model, of calls that a person waited for; of fan-outs where there are no others.
fn medians(latencies: &[Latency]) -> HashMap<ModelRef, Measured> {
    let mut by_model: HashMap<&ModelRef, (Vec<&Latency>, Vec<&Latency>)> = HashMap::new();
    for latency in latencies {
        let (waited, fanned) = by_model.entry(&latency.model).or_default();
        if is_fan_out(latency.task) { fanned } else { waited }.push(latency);
    }
    let measured = |latencies: &[&Latency]| {
        let first = latencies.iter().filter_map(|latency| latency.first_token);
        let rates = latencies.iter().filter_map(|latency| {
            let rest = latency.total.saturating_sub(latency.first_token?).as_secs_f32();
            (latency.tokens_out > 1 && rest > 0.0).then(|| (latency.tokens_out - 1) as f32 / rest)
        });
        Measured {
            calls: latencies.len() as u32,
            first_token: median(first.collect(), Duration::cmp),
            tokens_per_second: median(rates.collect(), f32::total_cmp),
        }
    };
    let of = |(waited, fanned): &(Vec<&Latency>, Vec<&Latency>)| {
        measured(if waited.is_empty() { fanned } else { waited })
    };
    by_model.iter().map(|(model, latencies)| ((*model).clone(), of(latencies))).collect()
}

fn median<T: Copy>(mut values: Vec<T>, order: impl Fn(&T, &T) -> std::cmp::Ordering) -> Option<T> {
    values.sort_by(|a, b| order(a, b));
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latency(task: TaskKind, first_ms: u64) -> Latency {
        Latency {
            model: ModelRef::new("lab", "m"),
            task,
            at_ms: 1,
            first_token: Some(Duration::from_millis(first_ms)),
            total: Duration::from_millis(first_ms + 1000),
            tokens_out: 51,
        }
    }

    #[test]
    fn what_a_person_waited_for_counts_before_a_fan_out() {
        let of = |latencies: &[Latency]| medians(latencies)[&ModelRef::new("lab", "m")];
        let judged = latency(TaskKind::Judge, 20);
        assert_eq!(of(std::slice::from_ref(&judged)).first_token, Some(Duration::from_millis(20)));
        let chats = [900, 300, 500].map(|ms| latency(TaskKind::Chat, ms));
        let measured = of(&[&chats[..], &[judged]].concat());
        assert_eq!((measured.calls, measured.first_token), (3, Some(Duration::from_millis(500))));
        assert_eq!(measured.tokens_per_second, Some(50.0));
    }

    #[test]
    fn a_fan_out_is_kept_in_part_and_found_in_the_next_run() {
        let store = Store::in_memory();
        let measures = Measures::new(store.clone());
        let timing = Timing { first_token: Some(Duration::from_millis(7)), ..Timing::default() };
        for _ in 0..200 {
            measures.keep(TaskKind::Judge, &ModelRef::new("lab", "m"), timing, &Counted::default());
        }
        measures.keep(TaskKind::Chat, &ModelRef::new("lab", "n"), Timing::default(), &Counted::default());
        let found = Measures::new(store).load();
        assert_eq!(found[&ModelRef::new("lab", "m")].calls, OF_A_FAN_OUT);
        assert_eq!(found.len(), 1, "a call without an answer was not kept");
    }
}
