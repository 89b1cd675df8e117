//! Tables for people.

use std::io::{self, Write};

use super::summary::{FEW_FILES, Measured, REFERENCE, Set, against};
use crate::eval::{Interval, Metric, macro_interval, mean};

/// Prints one repository.
pub fn print(found: &Measured) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let report = &found.report;
    let lead = lead(std::slice::from_ref(found));
    writeln!(
        out,
        "\n{}  {} commits, {} files, history strictly before each; {} moments checked for leaks, none",
        found.root,
        report.samples.len(),
        report.files,
        report.audited
    )?;
    if report.files < FEW_FILES {
        writeln!(out, "fewer than {FEW_FILES} files: recall at 50 says little here, read @10")?;
    }
    writeln!(
        out,
        "{}  {:>15}  {:>5} {:>5}",
        head(&found.metrics),
        format!("{} 95%", lead.short()),
        "ms",
        "p95"
    )?;
    for run in &report.runs {
        let interval = found.figure(run, Set::All, lead);
        let [p50, p95] = Measured::milliseconds(run);
        writeln!(
            out,
            "{}  {:>15}  {p50:>5.0} {p95:>5.0}",
            row(&run.judge, &found.metrics, |metric| mean(&found.values(run, Set::All, metric))),
            format!("{:.3}..{:.3}", interval.low, interval.high)
        )?;
    }
    for set in Set::PARTS {
        let commits = report.runs.first().map_or(0, |run| found.trials(run, set).count());
        if commits == 0 || commits == report.samples.len() {
            continue;
        }
        writeln!(out, "{} ({commits} commits)", set.words())?;
        for run in &report.runs {
            writeln!(
                out,
                "{}",
                row(&run.judge, &found.metrics, |metric| mean(&found.values(run, set, metric)))
            )?;
        }
    }
    print_lists(&mut out, found)?;
    print_paired(&mut out, std::slice::from_ref(found), lead)
}

/// Prints the mean over repositories.
pub fn print_macro(measured: &[Measured]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let Some(first) = measured.first() else { return Ok(()) };
    let commits: usize = measured.iter().map(|found| found.report.samples.len()).sum();
    let lead = lead(measured);
    writeln!(out, "\nmean of {} repositories, {commits} commits", measured.len())?;
    writeln!(out, "{}  {:>15}", head(&first.metrics), format!("{} 95%", lead.short()))?;
    for run in &first.report.runs {
        let interval = macro_figure(measured, &run.judge, lead);
        writeln!(
            out,
            "{}  {:>15}",
            row(&run.judge, &first.metrics, |metric| macro_figure(measured, &run.judge, metric).mean),
            format!("{:.3}..{:.3}", interval.low, interval.high)
        )?;
    }
    print_paired(&mut out, measured, lead)
}

/// A figure's mean over repositories.
pub fn macro_figure(measured: &[Measured], judge: &str, metric: Metric) -> Interval {
    let groups: Vec<Vec<f64>> =
        measured.iter().filter_map(|found| Some(found.values(found.run(judge)?, Set::All, metric))).collect();
    macro_interval(&groups)
}

/// The figure to lead with: recall at 50, or at 10 where trees are so small that 50 says little.
fn lead(measured: &[Measured]) -> Metric {
    let small = measured.iter().any(|found| found.report.files < FEW_FILES);
    Metric::Recall(if small { 10 } else { 50 })
}

fn head(metrics: &[Metric]) -> String {
    let names: Vec<String> = metrics.iter().map(|metric| format!("{:>6}", metric.short())).collect();
    format!("{:<12} {}", "judge", names.join(" "))
}

fn row(name: &str, metrics: &[Metric], figure: impl Fn(Metric) -> f64) -> String {
    let cells: Vec<String> = metrics
        .iter()
        .map(|metric| format!("{:>width$.3}", figure(*metric), width = metric.short().len().max(6)))
        .collect();
    format!("{name:<12} {}", cells.join(" "))
}

fn print_lists(out: &mut impl Write, found: &Measured) -> io::Result<()> {
    for run in &found.report.runs {
        let (Some(lists), Some(error)) = (Measured::lists(run), run.reliability.error()) else { continue };
        let top = run.reliability_top.error().unwrap_or_default();
        writeln!(
            out,
            "{}: yes to {:.0} files at the median, which hold {:.3} of the gold; calibration error {error:.4} over all \
             files, {top:.3} over the best 50",
            run.judge, lists.median, lists.gold
        )?;
    }
    Ok(())
}

fn print_paired(out: &mut impl Write, measured: &[Measured], lead: Metric) -> io::Result<()> {
    let Some(first) = measured.first() else { return Ok(()) };
    for run in first.report.runs.iter().filter(|run| run.judge != REFERENCE) {
        let Some(paired) = against(measured, &run.judge, REFERENCE, lead) else { continue };
        let Interval { mean, low, high } = paired.difference;
        writeln!(
            out,
            "{:<12} {} {mean:>+.3} against {REFERENCE} ({low:+.3}..{high:+.3}, p {:.4})",
            run.judge,
            lead.short(),
            paired.p
        )?;
    }
    Ok(())
}
