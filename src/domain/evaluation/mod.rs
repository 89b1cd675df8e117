//! Evaluations: how well judges find what a repository's own commits touched, and what the embedded judge learns of it.
//!
//! Owns the figures that charts are drawn from, and what the screen and the evaluating service tell each other. Paths
//! and requests in here are cleaned for the screen.

mod curves;
mod feedback;
mod tuned;

pub use curves::{AtThreshold, Bounds, Evaluation, JudgeCurves, Listing, MissedCommit, MissedFile};
pub use feedback::{Feedback, FeedbackCounts, FeedbackKind};
pub use tuned::{Tuned, TunedFigure};

use std::sync::Arc;

use super::Notice;

/// What the evaluating service is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EvalCommand {
    /// Send what is known, by [`EvalEvent::Known`].
    Read,
    /// Measure the judges on the repository's own commits.
    Evaluate,
    /// Fit the embedded judge to the repository, and keep that only where it wins.
    Tune,
    /// Stop what runs; nothing of it is kept.
    Stop,
    /// Forget the tuning and all samples that feedback gave.
    Forget,
    /// List files from this probability on, from now on; `None` goes back to
    /// the judge's own cut, which it makes for each request.
    Threshold(Option<f32>),
}

/// What runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvalTask {
    /// The evaluation.
    Evaluate,
    /// The tuning.
    Tune,
}

/// What the evaluating service tells.
#[derive(Debug, Clone, PartialEq)]
pub enum EvalEvent {
    /// All that is known.
    Known(Box<EvalKnown>),
    /// Something began.
    Began(EvalTask),
    /// How far it is.
    Progress(EvalProgress),
    /// The evaluation is over and kept.
    Evaluated(Arc<Evaluation>),
    /// The tuning is over.
    Tuned(Arc<Tuned>),
    /// What ran was stopped; nothing of it is kept.
    Stopped(EvalTask),
    /// It could not be done.
    Failed(EvalTask, Notice),
    /// The repository has a history that the judge could be tuned on; told once.
    Offer,
    /// Something else to know.
    Notice(Notice),
}

/// How far an evaluation or a tuning is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvalProgress {
    /// What runs.
    pub task: EvalTask,
    /// Commits that are done.
    pub done: u32,
    /// Of so many.
    pub of: u32,
    /// Who is at the next one; empty where nobody is told apart.
    pub judge: Arc<str>,
}

/// What is known of a repository.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EvalKnown {
    /// The repository, as shown; empty where the root is in none.
    pub repository: Arc<str>,
    /// The last evaluation.
    pub evaluation: Option<Arc<Evaluation>>,
    /// The last tuning, kept or not.
    pub tuned: Option<Arc<Tuned>>,
    /// Whether a tuning is in force.
    pub is_tuned: bool,
    /// The samples that feedback gave.
    pub feedback: FeedbackCounts,
    /// Whether feedback is noted at all.
    pub notes_feedback: bool,
    /// The threshold that was kept for this repository.
    pub threshold: Option<f32>,
}
