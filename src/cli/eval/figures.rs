//! Keeps what was measured of each judge on a repository, so that the router can pick by it.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::summary::{Measured, Set};
use crate::domain::{JudgeFigures, JudgeName, ModelRef};
use crate::eval::{Metric, Run, mean, paired};
use crate::store::Store;

/// Keeps the figures of the embedded judge and of every model measured beside it.
pub fn keep(store: &Store, root: &Path, found: &Measured) {
    let embedded = JudgeName::embedded();
    let Some(own) = found.run(&embedded.0) else { return };
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let recall = |run: &Run| found.values(run, Set::All, Metric::Recall(10));
    for run in &found.report.runs {
        let is_own = *run.judge == *embedded.0;
        // Baselines judge nothing.
        if !is_own && run.judge.parse::<ModelRef>().is_err() {
            continue;
        }
        let lead = || paired(&[recall(run)], &[recall(own)]).difference;
        let usd: Vec<f64> = run.trials.iter().map(|trial| trial.usage.usd).collect();
        let figures = JudgeFigures {
            judge: JudgeName(run.judge.as_str().into()),
            at_ms: i64::try_from(now.as_millis()).unwrap_or(i64::MAX),
            commits: run.trials.len() as u32,
            recall_at_10: mean(&recall(run)),
            lead: (!is_own).then(lead).map(|lead| (lead.low, lead.high)),
            per_query: Duration::from_secs_f64(Measured::milliseconds(run)[0] / 1e3),
            usd: mean(&usd),
        };
        store.put_figures(root.to_string_lossy().into_owned(), figures);
    }
}
