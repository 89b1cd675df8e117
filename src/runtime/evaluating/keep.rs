//! What evaluations and tunings leave behind: curves, figures for the router, corrections. One way for screen and command line.

use std::path::Path;
use std::time::{Duration, SystemTime};

use git2::Repository;

use crate::domain::{
    Evaluation, Feedback, JudgeFigures, JudgeName, ModelRef, RelPath, Tuned, TunedFigure, unix_ms,
};
use crate::eval::{
    self, EvalError, Metric, MineOptions, Report, Run, Say, TuneOptions, TuneReport, mean, paired, percentile,
};
use crate::query::judges::embedded::Embedded;
use crate::query::judges::embedded::tuning::TuningError;
use crate::store::Store;

/// Commits looked at from HEAD when mining, and known to history at each of them.
pub const LOOK_AT: usize = 12_000;

/// Commits that an evaluation scores unless it is told otherwise.
pub const COMMITS: usize = 150;

/// Commits that a tuning reads unless it is told otherwise.
pub const TUNE_COMMITS: usize = 400;

/// Why a tuning came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum TuneError {
    /// It could not be fitted or tested.
    #[error(transparent)]
    Eval(#[from] EvalError),
    /// It could not be kept.
    #[error(transparent)]
    Kept(#[from] TuningError),
}

/// The name by which the store knows a root's repository.
pub fn key(root: &Path) -> String {
    root.canonicalize().unwrap_or_else(|_| root.to_owned()).to_string_lossy().into_owned()
}

/// Milliseconds since the epoch.
pub fn now_ms() -> i64 {
    unix_ms(SystemTime::now())
}

/// The commit that HEAD is at, in hex; empty where there is none.
pub fn head(root: &Path) -> String {
    let head =
        Repository::discover(root).ok().and_then(|repo| Some(repo.head().ok()?.peel_to_commit().ok()?.id()));
    head.map(|id| id.to_string()).unwrap_or_default()
}

/// Where a root lies below the working tree of its repository, with a slash at the end; empty for the whole tree.
fn below(root: &Path) -> Vec<u8> {
    let below = || {
        let repo = Repository::discover(root).ok()?;
        let root = root.canonicalize().ok()?;
        let below = root.strip_prefix(repo.workdir()?.canonicalize().ok()?).ok()?.to_owned();
        Some(below.into_os_string().into_encoded_bytes()).filter(|below| !below.is_empty())
    };
    below().map(|below| [&below[..], b"/"].concat()).unwrap_or_default()
}

/// Keeps what a report says: the curves for the page of charts, and the figures of judges for the router.
pub fn evaluation(store: &Store, root: &Path, name: &str, report: &Report) -> Evaluation {
    let mut evaluation = Evaluation {
        at_ms: now_ms(),
        commit: head(root),
        repository: name.to_owned(),
        ..eval::evaluation(report)
    };
    let below = String::from_utf8_lossy(&below(root)).into_owned();
    for file in evaluation.missed.iter_mut().flat_map(|commit| &mut commit.files) {
        if let Some(path) = file.path.strip_prefix(&below) {
            file.path = path.to_owned();
        }
    }
    store.put_evaluation(key(root), &evaluation);
    figures(store, root, report);
    evaluation
}

/// Keeps the figures of the embedded judge and of every model measured beside it.
pub fn figures(store: &Store, root: &Path, report: &Report) {
    let embedded = JudgeName::embedded();
    let Some(own) = report.runs.iter().find(|run| *run.judge == *embedded.0) else { return };
    let recall =
        |run: &Run| run.trials.iter().map(|trial| Metric::Recall(10).of(trial)).collect::<Vec<f64>>();
    for run in &report.runs {
        let is_own = *run.judge == *embedded.0;
        // Baselines judge nothing.
        if !is_own && run.judge.parse::<ModelRef>().is_err() {
            continue;
        }
        let lead = || paired(&[recall(run)], &[recall(own)]).difference;
        let usd: Vec<f64> = run.trials.iter().map(|trial| trial.usage.usd).collect();
        let mut seconds: Vec<f64> = run.trials.iter().map(|trial| trial.elapsed.as_secs_f64()).collect();
        let figures = JudgeFigures {
            judge: JudgeName(run.judge.as_str().into()),
            at_ms: now_ms(),
            commits: run.trials.len() as u32,
            recall_at_10: mean(&recall(run)),
            lead: (!is_own).then(lead).map(|lead| (lead.low, lead.high)),
            per_query: Duration::from_secs_f64(percentile(&mut seconds, 0.5)),
            usd: mean(&usd),
        };
        store.put_figures(key(root), figures);
    }
}

/// Which tuning.
pub struct Tuning<'t> {
    /// The repository's root.
    pub root: &'t Path,
    /// The judge that is corrected, as it ships.
    pub judge: &'t Embedded,
    /// At most so many commits.
    pub commits: usize,
    /// What people and answers said of files.
    pub feedback: Vec<Feedback>,
}

impl Tuning<'_> {
    /// Fits and tests; nothing is kept.
    ///
    /// # Errors
    /// A repository that cannot be read, or with too little history; that it was stopped.
    pub fn fit(self, say: &mut Say<'_>) -> Result<TuneReport, EvalError> {
        let mine = MineOptions { commits: self.commits, look_at: LOOK_AT, since: None };
        // Commits name files from the repository's root on.
        let below = below(self.root);
        let whole = |feedback: Feedback| Feedback {
            path: RelPath::from_bytes(&[&below[..], feedback.path.as_bytes()].concat()),
            ..feedback
        };
        let options = TuneOptions { mine, feedback: self.feedback.into_iter().map(whole).collect() };
        eval::tune(self.root, self.judge, &options, say)
    }
}

/// Keeps a correction where it is worth that, and what came of it in any case.
///
/// # Errors
/// A data folder that cannot be written.
pub fn tuned(store: &Store, data: &Path, root: &Path, report: &TuneReport) -> Result<Tuned, TuningError> {
    let kept = report.is_worth_keeping();
    if kept {
        report.tuning.save(data, root)?;
    }
    let tuned = outcome(root, report, kept);
    store.put_tuned(key(root), &tuned);
    Ok(tuned)
}

/// What came of a tuning, in words of the domain.
pub fn outcome(root: &Path, report: &TuneReport, kept: bool) -> Tuned {
    let [habits, weights, test] = report.commits;
    let figure = |(metric, without, with, paired): &(Metric, f64, f64, eval::Paired)| TunedFigure {
        name: metric.short(),
        without: *without,
        with: *with,
        gain: paired.difference.mean,
        low: paired.difference.low,
        high: paired.difference.high,
    };
    Tuned {
        at_ms: now_ms(),
        commit: head(root),
        kept,
        fitted_on: (habits + weights) as u32,
        tested_on: test as u32,
        feedback: report.feedback as u32,
        figures: report.figures.iter().map(figure).collect(),
    }
}
