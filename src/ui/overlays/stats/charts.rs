//! The figures over time: columns by day, side by side where it is wide.

use std::time::Duration;

use crate::domain::{DayFigures, Stats};
use crate::text::amount::{short, short_count};
use crate::text::{cut, spark};
use crate::ui::theme::{Glyphs, Role};

use super::rows::signs;
use super::{Line, WIDE};

/// Rows of a chart's columns.
const HEIGHT: usize = 4;

/// A chart: its name, its values by day, and how its highest value reads.
struct Chart {
    name: &'static str,
    values: Vec<f64>,
    most: fn(f64) -> String,
    /// Whether days that are put together are summed; times are not drawn then.
    sums: bool,
}

/// All charts that have something to show.
pub fn charts(stats: &Stats, cells: usize, glyphs: &Glyphs) -> Vec<Line> {
    let charts: Vec<Chart> =
        all(stats).into_iter().filter(|chart| chart.values.iter().any(|v| *v > 0.0)).collect();
    let each = if cells >= WIDE { (cells - 3) / 2 } else { cells };
    let mut lines = Vec::new();
    for pair in charts.chunks(if cells >= WIDE { 2 } else { 1 }) {
        let drawn: Vec<Vec<Line>> = pair.iter().filter_map(|chart| draw(chart, each, glyphs)).collect();
        for row in 0..HEIGHT + 2 {
            let mut line = Line::new();
            for chart in &drawn {
                if !line.is_empty() {
                    line.push(("   ".to_owned(), Role::Fg));
                }
                line.extend(chart.get(row).cloned().unwrap_or_default());
            }
            lines.push(line);
        }
    }
    let (first, last) = (stats.days.first().map_or("", |day| day), stats.days.last().map_or("", |day| day));
    lines.push(vec![(format!("{first} to {last}, today at the right"), Role::Subtle)]);
    lines
}

fn all(stats: &Stats) -> Vec<Chart> {
    let of = |value: fn(&DayFigures) -> f64| stats.daily.iter().map(value).collect::<Vec<f64>>();
    let count = |most: f64| short_count(most as u64);
    let seconds = |most: f64| short(Duration::from_secs_f64(most));
    let money = |most: f64| format!("${most:.2}");
    vec![
        Chart { name: "answers", values: of(|day| f64::from(day.answers)), most: count, sums: true },
        Chart {
            name: "first token, median",
            values: of(|day| day.first_token.map_or(0.0, |time| time.as_secs_f64())),
            most: seconds,
            sums: false,
        },
        Chart { name: "cost", values: of(|day| day.usd), most: money, sums: true },
        Chart { name: "hunks accepted", values: of(|day| f64::from(day.accepted)), most: count, sums: true },
        Chart { name: "tokens", values: of(|day| day.tokens as f64), most: count, sums: true },
    ]
}

/// A title and the columns, each line exactly so many cells wide.
fn draw(chart: &Chart, cells: usize, glyphs: &Glyphs) -> Option<Vec<Line>> {
    let days = chart.values.len();
    if !chart.sums && days > cells {
        return None;
    }
    let values = spark::fold(&chart.values, cells);
    let wide = (cells / values.len().max(1)).clamp(1, 4);
    let highest = values.iter().copied().fold(0.0, f64::max);
    let most = format!(" most {}", (chart.most)(highest));
    let title = cut::fit_end(&most, cells.saturating_sub(chart.name.len()), "");
    let mut lines = vec![vec![(chart.name.to_owned(), Role::Heading), (title, Role::Subtle)]];
    for row in spark::columns(&values, HEIGHT, signs(glyphs)) {
        let row: String = row.chars().map(|c| c.to_string().repeat(wide)).collect();
        lines.push(vec![(cut::fit_end(&row, cells, ""), Role::Accent)]);
    }
    lines.push(vec![
        (glyphs.horizontal.repeat((values.len() * wide).min(cells)), Role::Border),
        (" ".repeat(cells.saturating_sub(values.len() * wide)), Role::Fg),
    ]);
    Some(lines)
}
