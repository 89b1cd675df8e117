//! The page of charts: one HTML file with its data inside, which needs no network.

use serde_json::{Value, json};

use super::summary::{Measured, Set, percentile};
use super::table::macro_figure;
use crate::eval::{Metric, Reliability, Run, SPENT_DEPTHS, THRESHOLDS, Trial, mean, threshold};
use crate::text::cut;

const TEMPLATE: &str = include_str!("../../../assets/eval.html");

/// Missed files shown of each repository.
const MOST_MISSED: usize = 200;

/// Cells of a request in the table of misses.
const REQUEST_WIDTH: usize = 90;

/// The page of these repositories.
pub fn page(measured: &[Measured]) -> String {
    let mut scopes: Vec<Value> = measured.iter().map(scope).collect();
    if measured.len() > 1 {
        scopes.insert(0, all(measured));
    }
    let first = measured.first();
    let data = json!({
        "lead": "Each commit's message was the request, the files that it modified the answer, the tree and the history those before it. \
                 Intervals are 95% bootstrap intervals over commits.",
        "judges": first.map(|found| found.report.runs.iter().map(|run| run.judge.as_str()).collect::<Vec<_>>()),
        "metrics": first.map(|found| found.metrics.iter().map(|metric| metric.short()).collect::<Vec<_>>()),
        "scopes": scopes,
    });
    // Inside a script element only a closing tag can end the data early.
    TEMPLATE.replacen("/*DATA*/", &data.to_string().replace("</", "<\\/"), 1)
}

fn scope(found: &Measured) -> Value {
    let runs: Vec<Value> = found.report.runs.iter().map(|run| self::run(found, run)).collect();
    let missed: Vec<Value> = found
        .report
        .runs
        .iter()
        .filter(|run| run.trials.iter().any(|trial| trial.listed.is_some()))
        .flat_map(|run| &run.trials)
        .flat_map(|trial| trial.missed.iter().map(move |miss| (trial, miss)))
        .take(MOST_MISSED)
        .map(|(trial, miss)| {
            let query = &found.report.samples[trial.sample].query;
            let line =
                crate::text::sanitize::sanitize_line(query.lines().next().unwrap_or_default()).into_owned();
            json!({ "query": cut::end(&line, REQUEST_WIDTH, "…"), "path": miss.path,
                "rank": miss.rank.map(|rank| rank + 1), "had": miss.had, "lacked": miss.lacked })
        })
        .collect();
    json!({ "name": found.repository, "commits": found.report.samples.len(), "files": found.report.files,
        "runs": runs, "missed": missed })
}

fn run(found: &Measured, run: &Run) -> Value {
    let figures: Vec<Value> = found
        .metrics
        .iter()
        .map(|metric| found.figure(run, Set::All, *metric))
        .map(|figure| json!([figure.mean, figure.low, figure.high]))
        .collect();
    let trials: Vec<&Trial> = run.trials.iter().collect();
    described(&run.judge, &figures, &trials, &run.reliability, Some(Measured::milliseconds(run)[0]))
}

/// All repositories as one; figures are means over repositories, curves are over all requests.
fn all(measured: &[Measured]) -> Value {
    let Some(first) = measured.first() else { return Value::Null };
    let runs: Vec<Value> = first
        .report
        .runs
        .iter()
        .map(|run| {
            let figures: Vec<Value> = first
                .metrics
                .iter()
                .map(|metric| macro_figure(measured, &run.judge, *metric))
                .map(|figure| json!([figure.mean, figure.low, figure.high]))
                .collect();
            let runs: Vec<&Run> = measured.iter().filter_map(|found| found.run(&run.judge)).collect();
            let trials: Vec<&Trial> = runs.iter().flat_map(|run| &run.trials).collect();
            let mut reliability = Reliability::default();
            for run in &runs {
                reliability.merge(&run.reliability);
            }
            described(&run.judge, &figures, &trials, &reliability, None)
        })
        .collect();
    let commits: usize = measured.iter().map(|found| found.report.samples.len()).sum();
    json!({ "name": format!("mean of {} repositories", measured.len()), "commits": commits, "files": 0,
        "runs": runs, "missed": [] })
}

fn described(
    judge: &str,
    figures: &[Value],
    trials: &[&Trial],
    reliability: &Reliability,
    ms: Option<f64>,
) -> Value {
    let recall =
        |depth: usize| mean(&trials.iter().map(|trial| Metric::Recall(depth).of(trial)).collect::<Vec<_>>());
    let depth: Vec<Value> = SPENT_DEPTHS.iter().map(|depth| json!([depth, recall(*depth)])).collect();
    let tokens: Vec<Value> = (0..SPENT_DEPTHS.len())
        .map(|at| {
            let mut spent: Vec<f64> =
                trials.iter().filter_map(|trial| Some(trial.spent.get(at)?.1 as f64)).collect();
            let found =
                trials.iter().filter_map(|trial| share(trial, trial.spent.get(at)?.0)).collect::<Vec<_>>();
            json!([percentile(&mut spent, 0.5), mean(&found)])
        })
        .collect();
    let bins: Vec<Value> = reliability
        .bins()
        .iter()
        .map(|bin| {
            let files = bin.files.max(1) as f64;
            json!([bin.files, bin.gold as f64 / files, bin.sum / files])
        })
        .collect();
    json!({ "judge": judge, "figures": figures, "ms": ms, "depth": depth, "tokens": tokens,
        "threshold": thresholds(trials), "listed": listed(trials), "bins": bins, "ece": reliability.error() })
}

fn thresholds(trials: &[&Trial]) -> Vec<Value> {
    if trials.iter().any(|trial| trial.at_threshold.len() != THRESHOLDS) {
        return Vec::new();
    }
    let at = |at: usize| {
        let mut files: Vec<f64> =
            trials.iter().map(|trial| f64::from(trial.at_threshold[at].files)).collect();
        let found: Vec<f64> =
            trials.iter().filter_map(|trial| share(trial, trial.at_threshold[at].gold)).collect();
        json!([threshold(at), percentile(&mut files, 0.5), mean(&found)])
    };
    (0..THRESHOLDS).map(at).collect()
}

fn listed(trials: &[&Trial]) -> Value {
    let mut files: Vec<f64> =
        trials.iter().filter_map(|trial| trial.listed).map(|listed| f64::from(listed.files)).collect();
    let found: Vec<f64> = trials.iter().filter_map(|trial| share(trial, trial.listed?.gold)).collect();
    json!([percentile(&mut files, 0.5), mean(&found)])
}

fn share(trial: &Trial, found: u32) -> Option<f64> {
    (!trial.ranks.is_empty()).then(|| f64::from(found) / trial.ranks.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::{Listed, Report};

    #[test]
    fn a_request_cannot_break_out_of_the_page() {
        let sample = crate::eval::Sample {
            commit: git2::Oid::ZERO_SHA1,
            parent: git2::Oid::ZERO_SHA1,
            time: 0,
            author: String::new(),
            query: "</script><script>alert(1)</script> \u{1b}[31m".to_owned(),
            gold: vec![crate::domain::RelPath::from("a.rs")],
        };
        let miss = crate::eval::Miss {
            path: "a.rs".to_owned(),
            rank: Some(70),
            had: Vec::new(),
            lacked: vec!["path"],
        };
        let trial = Trial {
            ranks: vec![Some(70)],
            listed: Some(Listed { files: 3, gold: 0 }),
            missed: vec![miss],
            ..Trial::default()
        };
        let run = Run {
            judge: "embedded".to_owned(),
            trials: vec![trial],
            reliability: Reliability::default(),
            reliability_top: Reliability::default(),
        };
        let report =
            Report { samples: vec![sample], files: 10, runs: vec![run], audited: 1, problems: Vec::new() };
        let page = page(&[Measured::new(".".to_owned(), "a/b".to_owned(), report, &[10])]);
        assert_eq!(page.matches("</script>").count(), 2, "the page's own two");
        assert!(!page.contains('\u{1b}'));
        assert!(page.contains(r#""rank":71"#));
    }
}
