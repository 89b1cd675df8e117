//! The figures as tables and charts of plain text, at most a hundred cells wide.

use crate::domain::{Figures, StatRow, Stats};
use crate::text::amount::{percent, plural, short, short_count};
use crate::text::figures::{cost, picked, rated};
use crate::text::sanitize::sanitize_line;
use crate::text::{cut, spark};

/// Cells of a model's name.
const MODEL: usize = 28;

/// Cells of a row's chart.
const CHART: usize = 10;

/// Cells of the charts by day; more days are put together.
const WIDE: usize = 60;

/// All lines.
pub fn lines(stats: &Stats, signs: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    let first = stats.days.first().map_or("", |day| day);
    let last = stats.days.last().map_or("", |day| day);
    let days = plural(stats.days.len() as u64, "day");
    out.push(format!("{days}, {first} to {last}"));
    answers(stats, signs, &mut out);
    edits(stats, &mut out);
    charts(stats, signs, &mut out);
    out
}

fn answers(stats: &Stats, signs: &[&str], out: &mut Vec<String>) {
    let answering: Vec<&StatRow> = stats
        .rows
        .iter()
        .filter(|row| {
            row.figures.answers + row.figures.failed > 0
                || row.figures.total.is_some()
                || row.figures.up + row.figures.down + row.figures.compared > 0
        })
        .collect();
    if answering.is_empty() {
        return;
    }
    out.push(String::new());
    out.push(format!(
        "{:<9}{:<MODEL$} {:>7} {:<CHART$} {:>9} {:>6} {:>11} {:>7} {:>6}",
        "task", "model", "answers", "by day", "rated", "picked", "first token", "tokens", "cost"
    ));
    for row in answering {
        let figures = &row.figures;
        let daily: Vec<f64> = row.daily.iter().map(|answers| f64::from(*answers)).collect();
        let chart = spark::line(&spark::fold(&daily, CHART), signs);
        out.push(format!(
            "{:<9}{} {:>7} {} {:>9} {:>6} {:>11} {:>7} {:>6}",
            row.task.name(),
            name(row),
            short_count(figures.answers.into()),
            cut::fit_end(&chart, CHART, ""),
            rated(figures),
            picked(figures),
            times(figures),
            short_count(figures.tokens_in + figures.tokens_out),
            cost(figures),
        ));
    }
}

fn edits(stats: &Stats, out: &mut Vec<String>) {
    let editing: Vec<&StatRow> = stats.rows.iter().filter(|row| row.figures.edits > 0).collect();
    if editing.is_empty() {
        return;
    }
    out.push(String::new());
    out.push(format!(
        "{:<9}{:<MODEL$} {:>7} {:>16} {:>10} {:>20}",
        "task", "model", "edits", "hunks accepted", "characters", "stand at next commit"
    ));
    for row in editing {
        let figures = &row.figures;
        let share = percent(figures.accepted.into(), figures.hunks.into());
        let standing = match figures.committed {
            0 => "no commit yet".to_owned(),
            committed => percent(figures.standing, committed),
        };
        out.push(format!(
            "{:<9}{} {:>7} {:>16} {:>10} {:>20}",
            row.task.name(),
            name(row),
            figures.edits,
            format!("{}/{} {share}", figures.accepted, figures.hunks),
            short_count(figures.characters),
            standing,
        ));
    }
}

fn charts(stats: &Stats, signs: &[&str], out: &mut Vec<String>) {
    out.push(String::new());
    let each = stats.days.len().div_ceil(WIDE).max(1);
    let by = if each == 1 { "by day".to_owned() } else { format!("by {each} days") };
    let daily = |of: &dyn Fn(usize) -> f64| (0..stats.daily.len()).map(of).collect::<Vec<f64>>();
    let mut chart = |name: &str, values: &[f64], most: &dyn Fn(f64) -> String| {
        let folded = spark::fold(values, WIDE);
        let highest = folded.iter().copied().fold(0.0, f64::max);
        if highest > 0.0 {
            out.push(format!("{name:<12}{} most {}", spark::line(&folded, signs), most(highest)));
        }
    };
    chart("answers", &daily(&|at| f64::from(stats.daily[at].answers)), &|most| short_count(most as u64));
    chart("tokens", &daily(&|at| stats.daily[at].tokens as f64), &|most| short_count(most as u64));
    chart("cost", &daily(&|at| stats.daily[at].usd), &|most| format!("${most:.2}"));
    chart("accepted", &daily(&|at| f64::from(stats.daily[at].accepted)), &|most| {
        format!("{} hunks", short_count(most as u64))
    });
    if each == 1 {
        let waited = |at: usize| stats.daily[at].first_token.map_or(0.0, |time| time.as_secs_f64());
        chart("first token", &daily(&waited), &|most| short(std::time::Duration::from_secs_f64(most)));
    }
    out.push(format!("{:<12}{by}, today last", ""));
}

fn name(row: &StatRow) -> String {
    let name = row.model.as_ref().map_or_else(|| "no model".to_owned(), ToString::to_string);
    cut::fit_end(&sanitize_line(&name), MODEL, "…")
}

/// Median and 95th percentile of the first token, or of the whole where nothing streamed.
fn times(figures: &Figures) -> String {
    match figures.first_token.or(figures.total) {
        Some(spread) => format!("{} {}", short(spread.p50), short(spread.p95)),
        None => "-".to_owned(),
    }
}
