//! One JSON object a line, as `quarry eval --help` documents.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::summary::{Measured, REFERENCE, Set, against};
use super::table::macro_figure;
use crate::eval::{Interval, Metric, Run, mean};

/// Prints one repository.
pub fn print(found: &Measured) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for run in &found.report.runs {
        writeln!(out, "{}", result(found, run))?;
    }
    for run in &found.report.runs {
        for set in Set::PARTS {
            let metrics: Map<String, Value> = found
                .metrics
                .iter()
                .map(|metric| (metric.name(), mean(&found.values(run, set, *metric)).into()))
                .collect();
            let line = json!({ "event": "set", "root": found.root, "judge": run.judge, "set": set.name(),
                "commits": found.trials(run, set).count(), "metrics": metrics });
            writeln!(out, "{line}")?;
        }
        for metric in &found.metrics {
            if let Some(line) = paired(found, run, *metric) {
                writeln!(out, "{line}")?;
            }
        }
        for trial in &run.trials {
            let sha = found.report.samples[trial.sample].commit.to_string();
            for miss in &trial.missed {
                let line = json!({ "event": "missed", "root": found.root, "judge": run.judge, "sha": sha,
                    "path": miss.path, "rank": miss.rank.map(|rank| rank + 1), "had": miss.had, "lacked": miss.lacked });
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

/// Prints the mean over repositories.
pub fn print_macro(measured: &[Measured]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let Some(first) = measured.first() else { return Ok(()) };
    for run in &first.report.runs {
        let figures: Vec<Interval> =
            first.metrics.iter().map(|metric| macro_figure(measured, &run.judge, *metric)).collect();
        let line = json!({ "event": "macro", "judge": run.judge, "repositories": measured.len(),
            "metrics": means(&first.metrics, &figures), "intervals": intervals(&first.metrics, &figures) });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn result(found: &Measured, run: &Run) -> Value {
    let figures: Vec<Interval> =
        found.metrics.iter().map(|metric| found.figure(run, Set::All, *metric)).collect();
    let [p50, p95] = Measured::milliseconds(run);
    let lists = Measured::lists(run).map(|lists| json!({ "median": lists.median, "gold": lists.gold }));
    let tokens: u64 = run.trials.iter().map(|trial| trial.usage.tokens_in + trial.usage.tokens_out).sum();
    let usd: f64 = run.trials.iter().map(|trial| trial.usage.usd).sum();
    json!({
        "event": "result", "root": found.root, "judge": run.judge, "commits": run.trials.len(),
        "files": found.report.files, "metrics": means(&found.metrics, &figures),
        "intervals": intervals(&found.metrics, &figures), "ece": run.reliability.error(),
        "ece_top50": run.reliability_top.error(), "listed": lists, "ms": { "p50": p50, "p95": p95 },
        "tokens": tokens, "usd": usd,
    })
}

fn paired(found: &Measured, run: &Run, metric: Metric) -> Option<Value> {
    if run.judge == REFERENCE {
        return None;
    }
    let paired = against(std::slice::from_ref(found), &run.judge, REFERENCE, metric)?;
    Some(json!({ "event": "paired", "root": found.root, "judge": run.judge, "against": REFERENCE,
        "metric": metric.name(), "difference": paired.difference.mean, "low": paired.difference.low,
        "high": paired.difference.high, "p": paired.p }))
}

fn means(metrics: &[Metric], figures: &[Interval]) -> Map<String, Value> {
    metrics.iter().zip(figures).map(|(metric, figure)| (metric.name(), figure.mean.into())).collect()
}

fn intervals(metrics: &[Metric], figures: &[Interval]) -> Map<String, Value> {
    metrics
        .iter()
        .zip(figures)
        .map(|(metric, figure)| (metric.name(), json!([figure.low, figure.high])))
        .collect()
}
