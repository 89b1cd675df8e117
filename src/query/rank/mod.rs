//! Ranking: fuses a judge's probability with what the user is doing.
//!
//! Invariant: the final score is `sigmoid(logit(probability) + Σ weight × feature)`, and every feature that is 0 leaves
//! it alone. Fitting calls the same functions.

mod activity;
mod dirs;
mod weights;

pub use activity::{Activity, recency};
pub use dirs::{Closeness, DirId, DirTree};
pub use weights::{RankFeatures, RankWeights};

use crate::domain::Probability;

#[cfg(test)]
mod tests;

/// Probabilities are kept this far from 0 and 1, so that signals can still move them.
const EDGE: f32 = 1e-6;

/// Log-odds over or under the median file at which a file fits a task fully, or not at all.
const TASK_RANGE: f32 = 3.0;

/// How much of the embedded judge's log-odds counts beside a model's: what history and neighbours know and no text says,
/// and an order for rows that a plain yes leaves equal.
pub const PRIOR_WEIGHT: f32 = 0.25;

/// The final score, 0 to 1, of a file with this probability and these features.
pub fn score(probability: Probability, features: &RankFeatures, weights: &RankWeights) -> f32 {
    lifted(probability, weights.boost(features))
}

/// The final score, 0 to 1, where the ranking signals add `boost` log-odds.
pub fn lifted(probability: Probability, boost: f32) -> f32 {
    sigmoid(logit(probability) + boost)
}

/// Log-odds of a probability, within about ±13.8.
pub fn logit(probability: Probability) -> f32 {
    let p = probability.get().clamp(EDGE, 1.0 - EDGE);
    (p / (1.0 - p)).ln()
}

/// How a file fits a task, -1 to 1, from its log-odds for the task and the median file's.
pub fn task_fit(log_odds: f32, median: f32) -> f32 {
    (log_odds - median).clamp(-TASK_RANGE, TASK_RANGE) / TASK_RANGE
}

/// The probability of log-odds.
pub fn sigmoid(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}
