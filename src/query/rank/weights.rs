//! The ranking features of one file and their weights.

use serde::{Deserialize, Serialize};

use crate::domain::Signal;

/// What ranking knows of a file apart from its judgment. All are 0 to 1, but `task`, which is -1 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RankFeatures {
    /// Differs from HEAD; less where very many files do.
    pub dirty: f32,
    /// Saved lately; fades with each later save.
    pub saved: f32,
    /// Open in the preview.
    pub previewed: f32,
    /// Pinned by the user (who also sees it above the rest, whatever the score).
    pub pinned: f32,
    /// Close, by directories, to an active file.
    pub neighbour: f32,
    /// Touched by recent commits.
    pub recent: f32,
    /// Fits the task better (or worse) than the median file.
    pub task: f32,
}

/// Log-odds for each feature at 1. [`Default`] is a cautious start that fitted weights replace.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RankWeights {
    /// For [`RankFeatures::dirty`].
    pub dirty: f32,
    /// For [`RankFeatures::saved`].
    pub saved: f32,
    /// For [`RankFeatures::previewed`].
    pub previewed: f32,
    /// For [`RankFeatures::pinned`].
    pub pinned: f32,
    /// For [`RankFeatures::neighbour`].
    pub neighbour: f32,
    /// For [`RankFeatures::recent`].
    pub recent: f32,
    /// For [`RankFeatures::task`].
    pub task: f32,
}

impl Default for RankWeights {
    fn default() -> Self {
        Self { dirty: 0.6, saved: 0.6, previewed: 0.2, pinned: 1.0, neighbour: 0.5, recent: 0.5, task: 0.8 }
    }
}

impl RankWeights {
    /// The log-odds that all features add together.
    pub fn boost(&self, features: &RankFeatures) -> f32 {
        self.contributions(features).iter().map(|(_, value)| value).sum()
    }

    /// The log-odds of each signal.
    pub fn contributions(&self, features: &RankFeatures) -> [(Signal, f32); 4] {
        let active = self.dirty * features.dirty
            + self.saved * features.saved
            + self.previewed * features.previewed
            + self.pinned * features.pinned;
        [
            (Signal::Active, active),
            (Signal::Neighbours, self.neighbour * features.neighbour),
            (Signal::Recent, self.recent * features.recent),
            (Signal::Task, self.task * features.task),
        ]
    }
}
