//! Figures of what models did: per task and model, and over time.

use std::sync::Arc;
use std::time::Duration;

use super::{ModelRef, TaskKind};

/// The figures of some days.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stats {
    /// The days, oldest first, as `2026-11-21` in local time; the last is today.
    pub days: Vec<Arc<str>>,
    /// Per task and model, in the order of tasks, then by answers.
    pub rows: Vec<StatRow>,
    /// Of all models together, one for each day.
    pub daily: Vec<DayFigures>,
}

/// What a model did for a task.
#[derive(Debug, Clone, PartialEq)]
pub struct StatRow {
    /// The task.
    pub task: TaskKind,
    /// The model; `None` for answers and edits without one.
    pub model: Option<ModelRef>,
    /// The sums of the days.
    pub figures: Figures,
    /// Answers of each day.
    pub daily: Vec<u32>,
}

/// Sums.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Calls that ended with an answer.
    pub answers: u32,
    /// Calls that did not.
    pub failed: u32,
    /// Answers rated up.
    pub up: u32,
    /// Answers rated down.
    pub down: u32,
    /// Answers that stood beside others when one was picked.
    pub compared: u32,
    /// Of these, picked.
    pub picked: u32,
    /// Edits proposed.
    pub edits: u32,
    /// Their hunks.
    pub hunks: u32,
    /// Hunks accepted and written.
    pub accepted: u32,
    /// Characters accepted.
    pub characters: u64,
    /// Of these, those of edits that a commit followed.
    pub committed: u64,
    /// Of these, those that still stood at that commit.
    pub standing: u64,
    /// From sending to the first token.
    pub first_token: Option<Spread>,
    /// From sending to the end.
    pub total: Option<Spread>,
    /// Prompt tokens.
    pub tokens_in: u64,
    /// Generated tokens.
    pub tokens_out: u64,
    /// US dollars, as far as prices are known.
    pub usd: f64,
    /// Answers whose price is not known: their money is not in `usd`.
    pub unpriced: u32,
}

/// How times spread, to within five per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Half were as fast.
    pub p50: Duration,
    /// Nineteen of twenty were as fast.
    pub p95: Duration,
}

/// One day of all models together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DayFigures {
    /// Answers.
    pub answers: u32,
    /// The median time to the first token, of tasks that a person waits for.
    pub first_token: Option<Duration>,
    /// Hunks proposed.
    pub hunks: u32,
    /// Hunks accepted.
    pub accepted: u32,
    /// Tokens in and out.
    pub tokens: u64,
    /// US dollars, as far as known.
    pub usd: f64,
}

impl Figures {
    /// The share of hunks that were accepted, 0 to 1; `None` where none were proposed.
    pub fn acceptance(&self) -> Option<f32> {
        (self.hunks > 0).then(|| self.accepted as f32 / self.hunks as f32)
    }

    /// The share of committed characters that still stood, 0 to 1; `None` before a commit.
    pub fn survival(&self) -> Option<f32> {
        (self.committed > 0).then(|| self.standing as f32 / self.committed as f32)
    }
}

impl Stats {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
