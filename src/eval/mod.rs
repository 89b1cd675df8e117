//! Eval: how well judges find what a repository's own commits touched, and how the embedded judge is taught.
//!
//! Owns mining, replaying trees and history as they were before a commit, metrics and fitting. Must not be needed at
//! run time by the terminal program.

pub mod fit;
pub mod grove;
mod measure;
mod metrics;
mod mine;
mod replay;

pub use measure::{Contender, Measured, measure};
pub use metrics::{Recall, Tally};
pub use mine::{MineOptions, Sample, clean_message, mine};
pub use replay::{Moment, Replay};

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
    /// The judge's weights.
    #[error(transparent)]
    Weights(#[from] crate::query::judges::embedded::WeightsError),
}
