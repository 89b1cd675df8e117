//! Eval: how well judges find what a repository's own commits touched, and how the embedded judge is taught.
//!
//! Owns mining, replaying trees and history as they were before a commit, metrics and fitting. No query, conversation or
//! edit needs it; the screen runs it only where a person asks for it.

mod charts;
mod chores;
mod contender;
mod embedding;
mod feedback;
pub mod fit;
pub mod grove;
mod measure;
mod message;
mod metrics;
mod mine;
mod model;
mod replay;
mod samples;
mod statistics;
mod step;
mod trial;
mod tune;

pub use charts::{curves, evaluation, percentile};
pub use contender::{BASELINES, Baseline, Contender, EmbeddedContender, Ranking, contender_names, named};
pub use embedding::{Batch, Embed, EmbeddingContender};
pub use measure::{MeasureOptions, Report, Run, measure};
pub use message::clean_message;
pub use metrics::{Recall, Tally};
pub use mine::{MineOptions, Sample, has_at_least, mine, newest_first};
pub use model::{Depth, ModelContender, Pages};
pub use replay::{Moment, Replay};
pub use samples::{Given, read_samples};
pub use statistics::{Interval, Paired, interval, macro_interval, mean, paired};
pub use step::{Say, Step};
pub use trial::{Bin, Listed, Metric, Miss, Reliability, SPENT_DEPTHS, THRESHOLDS, Trial, threshold};
pub use tune::{LEAST_COMMITS, TuneOptions, TuneReport, tune};

/// Why an evaluation cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// Git said no.
    #[error("git: {0}")]
    Git(#[from] git2::Error),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is nothing to learn from or to measure on.
    #[error("{0}")]
    Nothing(String),
    /// Whoever waited wants no more of it.
    #[error("stopped")]
    Stopped,
    /// A replayed moment knew what only its commit or later ones tell.
    #[error("leak: {0}")]
    Leak(String),
    /// The judge's weights.
    #[error(transparent)]
    Weights(#[from] crate::query::judges::embedded::WeightsError),
}
