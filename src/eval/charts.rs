//! Charts: the curves of a report, made once for the screen and for the page that works offline.

use super::measure::{Report, Run};
use super::statistics::{Interval, interval, mean};
use super::trial::{Metric, Reliability, SPENT_DEPTHS, THRESHOLDS, Trial, threshold};
use crate::domain::{AtThreshold, Bounds, Evaluation, JudgeCurves, Listing, MissedCommit, MissedFile};
use crate::text::sanitize::sanitize_line;

/// Commits told of that missed something, newest first.
const MOST_MISSED: usize = 200;

/// The figures of a report; when, where and at which commit is for whoever asked to say.
pub fn evaluation(report: &Report) -> Evaluation {
    let curves = |run: &Run| {
        let trials: Vec<&Trial> = run.trials.iter().collect();
        curves(&run.judge, &trials, &run.reliability)
    };
    Evaluation {
        commits: report.samples.len() as u32,
        files: report.files as u32,
        judges: report.runs.iter().map(curves).collect(),
        missed: missed(report),
        ..Evaluation::default()
    }
}

/// The curves of a judge over some trials.
pub fn curves(judge: &str, trials: &[&Trial], reliability: &Reliability) -> JudgeCurves {
    let figure = |metric: Metric| {
        let values: Vec<f64> = trials.iter().map(|trial| metric.of(trial)).collect();
        bounds(interval(&values))
    };
    let mut times: Vec<f64> = trials.iter().map(|trial| trial.elapsed.as_secs_f64() * 1e3).collect();
    JudgeCurves {
        judge: judge.to_owned(),
        recall_at_10: figure(Metric::Recall(10)),
        recall_at_50: figure(Metric::Recall(50)),
        reciprocal: figure(Metric::Reciprocal),
        millis: percentile(&mut times, 0.5),
        depth: SPENT_DEPTHS.iter().map(|depth| (*depth as u32, recall(trials, *depth))).collect(),
        spent: (0..SPENT_DEPTHS.len()).map(|at| spent(trials, at)).collect(),
        thresholds: thresholds(trials),
        listed: listed(trials),
        calibration_error: reliability.error(),
    }
}

/// A percentile by nearest rank; 0 without values.
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = ((values.len() as f64 * share).ceil() as usize).saturating_sub(1);
    values.get(at).copied().unwrap_or_default()
}

fn bounds(interval: Interval) -> Bounds {
    Bounds { mean: interval.mean, low: interval.low, high: interval.high }
}

fn recall(trials: &[&Trial], depth: usize) -> f64 {
    mean(&trials.iter().map(|trial| Metric::Recall(depth).of(trial)).collect::<Vec<_>>())
}

fn spent(trials: &[&Trial], at: usize) -> (f64, f64) {
    let some = || trials.iter().filter_map(|trial| Some((trial, trial.spent.get(at)?)));
    let mut tokens: Vec<f64> = some().map(|(_, spent)| spent.1 as f64).collect();
    let found: Vec<f64> = some().filter_map(|(trial, spent)| share(trial, spent.0)).collect();
    (percentile(&mut tokens, 0.5), mean(&found))
}

fn thresholds(trials: &[&Trial]) -> Vec<AtThreshold> {
    if trials.is_empty() || trials.iter().any(|trial| trial.at_threshold.len() != THRESHOLDS) {
        return Vec::new();
    }
    let at = |at: usize| {
        let lists = || trials.iter().map(|trial| (trial, trial.at_threshold[at]));
        let mut files: Vec<f64> = lists().map(|(_, listed)| f64::from(listed.files)).collect();
        let found: Vec<f64> = lists().filter_map(|(trial, listed)| share(trial, listed.gold)).collect();
        AtThreshold {
            from: threshold(at),
            listing: Listing { files: percentile(&mut files, 0.5), recall: mean(&found) },
        }
    };
    (0..THRESHOLDS).map(at).collect()
}

fn listed(trials: &[&Trial]) -> Option<Listing> {
    let lists = || trials.iter().filter_map(|trial| Some((trial, trial.listed?)));
    let mut files: Vec<f64> = lists().map(|(_, listed)| f64::from(listed.files)).collect();
    let found: Vec<f64> = lists().filter_map(|(trial, listed)| share(trial, listed.gold)).collect();
    (!files.is_empty()).then(|| Listing { files: percentile(&mut files, 0.5), recall: mean(&found) })
}

fn share(trial: &Trial, found: u32) -> Option<f64> {
    (!trial.ranks.is_empty()).then(|| f64::from(found) / trial.ranks.len() as f64)
}

/// What the judge that explains itself missed, commit by commit.
fn missed(report: &Report) -> Vec<MissedCommit> {
    let explains = |run: &&Run| run.trials.iter().any(|trial| !trial.missed.is_empty());
    let Some(run) = report.runs.iter().find(explains) else { return Vec::new() };
    let commit = |trial: &Trial| {
        let sample = &report.samples[trial.sample];
        let found = trial.ranks.iter().filter(|rank| rank.is_some_and(|rank| rank < trial.missed_below));
        MissedCommit {
            commit: sample.commit.to_string(),
            time: sample.time,
            request: sanitize_line(sample.query.lines().next().unwrap_or_default()).into_owned(),
            gold: trial.ranks.len() as u32,
            found: found.count() as u32,
            depth: trial.missed_below as u32,
            files: trial
                .missed
                .iter()
                .map(|miss| MissedFile {
                    path: miss.path.clone(),
                    rank: miss.rank.map(|rank| rank as u32 + 1),
                    had: miss.had.iter().map(|had| sanitize_line(had).into_owned()).collect(),
                    lacked: miss.lacked.iter().map(|lacked| (*lacked).to_owned()).collect(),
                })
                .collect(),
        }
    };
    let newest_first = run.trials.iter().rev().filter(|trial| !trial.missed.is_empty());
    newest_first.take(MOST_MISSED).map(commit).collect()
}
