//! The figures per task and model: one row where it is wide, two where it is narrow.

use crate::domain::{Figures, StatRow, Stats};
use crate::text::amount::{percent, short, short_count};
use crate::text::figures::{cost, picked, rated};
use crate::text::sanitize::sanitize_line;
use crate::text::{cut, spark};
use crate::ui::theme::{Glyphs, Role};

use super::{Line, WIDE};

/// Cells of a task's name.
const TASK: usize = 9;

/// Cells of a row's chart.
const CHART: usize = 12;

/// The tables of answers and of edits.
pub fn rows(stats: &Stats, cells: usize, glyphs: &Glyphs) -> Vec<Line> {
    let is_wide = cells >= WIDE;
    let mut lines = Vec::new();
    let is_answering = |row: &&StatRow| {
        let figures = &row.figures;
        figures.answers + figures.failed + figures.up + figures.down + figures.compared > 0
            || figures.total.is_some()
    };
    let answering: Vec<&StatRow> = stats.rows.iter().filter(is_answering).collect();
    if !answering.is_empty() {
        lines.push(head("Answers", is_wide, cells));
        for row in answering {
            answers(row, is_wide, cells, glyphs, &mut lines);
        }
    }
    let editing: Vec<&StatRow> = stats.rows.iter().filter(|row| row.figures.edits > 0).collect();
    if !editing.is_empty() {
        if !lines.is_empty() {
            lines.push(Line::new());
        }
        lines.push(vec![("Edits".to_owned(), Role::Heading)]);
        for row in editing {
            edits(row, is_wide, cells, glyphs, &mut lines);
        }
    }
    lines
}

/// Cells of a model's name, so that all else of its row fits.
fn model_cells(is_wide: bool, cells: usize) -> usize {
    let others = if is_wide { TASK + CHART + 60 } else { TASK + CHART + 10 };
    cells.saturating_sub(others).clamp(8, 40)
}

fn head(title: &str, is_wide: bool, cells: usize) -> Line {
    if !is_wide {
        return vec![(title.to_owned(), Role::Heading)];
    }
    let model = model_cells(is_wide, cells);
    let names = format!(
        "{:>7}  {:<CHART$} {:>9} {:>7} {:>14} {:>8} {:>8}",
        "answers", "by day", "rated", "picked", "first token", "tokens", "cost"
    );
    vec![(cut::fit_end(title, TASK + model, ""), Role::Heading), (names, Role::Subtle)]
}

fn answers(row: &StatRow, is_wide: bool, cells: usize, glyphs: &Glyphs, lines: &mut Vec<Line>) {
    let figures = &row.figures;
    let mut line = named(row, model_cells(is_wide, cells), glyphs);
    line.push((format!("{:>7}  ", short_count(figures.answers.into())), Role::Fg));
    let daily: Vec<f64> = row.daily.iter().map(|answers| f64::from(*answers)).collect();
    let chart = spark::line(&spark::fold(&daily, CHART), signs(glyphs));
    line.push((cut::fit_end(&chart, CHART, ""), Role::Accent));
    let facts = [
        (rated(figures), 10, Role::Fg),
        (picked(figures), 8, Role::Fg),
        (times(figures), 15, Role::Muted),
        (short_count(figures.tokens_in + figures.tokens_out), 9, Role::Muted),
        (cost(figures), 9, Role::Muted),
    ];
    if is_wide {
        line.extend(facts.map(|(text, cells, role)| (format!("{text:>cells$}"), role)));
        lines.push(line);
        return;
    }
    lines.push(line);
    let names = ["rated", "picked", "first token", "tokens", "cost"];
    let mut second = vec![(" ".repeat(TASK), Role::Fg)];
    for ((text, _, role), name) in facts.into_iter().zip(names) {
        if text != "-" {
            second.push((format!("{name} "), Role::Subtle));
            second.push((format!("{text}  "), role));
        }
    }
    lines.push(second);
}

fn edits(row: &StatRow, is_wide: bool, cells: usize, glyphs: &Glyphs, lines: &mut Vec<Line>) {
    let figures = &row.figures;
    let mut line = named(row, model_cells(is_wide, cells), glyphs);
    line.push((format!("{:>7}  ", figures.edits), Role::Fg));
    let share = figures.acceptance().unwrap_or(0.0);
    let (full, empty) = glyphs.bar(share, CHART);
    line.push((full, Role::Yes));
    line.push((glyphs.bar_empty.repeat(empty), Role::BarEmpty));
    let hunks = format!(
        " {}/{} hunks {}",
        figures.accepted,
        figures.hunks,
        percent(figures.accepted.into(), figures.hunks.into())
    );
    let standing = match figures.committed {
        0 => "no commit yet".to_owned(),
        committed => format!("{} stand at commit", percent(figures.standing, committed)),
    };
    let characters = format!("{} characters, {standing}", short_count(figures.characters));
    line.push((hunks, Role::Fg));
    if is_wide {
        line.push((format!("   {characters}"), Role::Muted));
        lines.push(line);
    } else {
        lines.push(line);
        lines.push(vec![(" ".repeat(TASK), Role::Fg), (characters, Role::Muted)]);
    }
}

fn named(row: &StatRow, cells: usize, glyphs: &Glyphs) -> Line {
    let name = row.model.as_ref().map_or_else(|| "no model".to_owned(), ToString::to_string);
    let name = cut::fit_end(&sanitize_line(&name), cells, glyphs.ellipsis);
    vec![(format!("{:<TASK$}", row.task.name()), Role::Muted), (name, Role::Fg)]
}

/// The signs of sparklines: the blocks where bars have them.
pub fn signs(glyphs: &Glyphs) -> &'static [&'static str] {
    if glyphs.bar[7].is_ascii() { &spark::ASCII } else { &spark::BLOCKS }
}

/// Median and 95th percentile of the first token, or of the whole where nothing streamed.
fn times(figures: &Figures) -> String {
    match figures.first_token.or(figures.total) {
        Some(spread) => format!("{} p95 {}", short(spread.p50), short(spread.p95)),
        None => "-".to_owned(),
    }
}
