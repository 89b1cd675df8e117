//! The page of charts: one HTML file with its data inside, which needs no network.

use serde_json::{Value, json};

use super::summary::{Measured, Set};
use super::table::macro_figure;
use crate::eval::{Reliability, Run, Trial, curves, evaluation};
use crate::text::cut;

const TEMPLATE: &str = include_str!("../../../assets/eval.html");

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
    let evaluation = evaluation(&found.report);
    let missed: Vec<Value> = evaluation
        .missed
        .iter()
        .map(|commit| {
            let files: Vec<Value> = commit
                .files
                .iter()
                .map(|file| json!({ "path": file.path, "rank": file.rank, "had": file.had, "lacked": file.lacked }))
                .collect();
            json!({ "query": cut::end(&commit.request, REQUEST_WIDTH, "…"), "sha": commit.commit.get(..8),
                "time": commit.time, "gold": commit.gold, "found": commit.found, "depth": commit.depth, "files": files })
        })
        .collect();
    json!({ "name": found.repository, "commits": found.report.samples.len(), "files": found.report.files,
        "small": evaluation.is_saturated(), "runs": runs, "missed": missed })
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
        "small": false, "runs": runs, "missed": [] })
}

fn described(
    judge: &str,
    figures: &[Value],
    trials: &[&Trial],
    reliability: &Reliability,
    ms: Option<f64>,
) -> Value {
    let curves = curves(judge, trials, reliability);
    let bins: Vec<Value> = reliability
        .bins()
        .iter()
        .map(|bin| {
            let files = bin.files.max(1) as f64;
            json!([bin.files, bin.gold as f64 / files, bin.sum / files])
        })
        .collect();
    let thresholds: Vec<Value> =
        curves.thresholds.iter().map(|at| json!([at.from, at.listing.files, at.listing.recall])).collect();
    let listed = curves.listed.unwrap_or_default();
    json!({ "judge": judge, "figures": figures, "ms": ms, "depth": curves.depth, "tokens": curves.spent,
        "threshold": thresholds, "listed": [listed.files, listed.recall], "bins": bins, "ece": curves.calibration_error })
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
