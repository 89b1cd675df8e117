//! The page of figures: what models did, per task and model, and over time.

mod charts;
mod rows;

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::stats::{Figures, StatsPage};
use crate::domain::Stats;
use crate::text::amount::plural;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::frame::frame;

/// A line of the page: texts and what they mean.
type Line = Vec<(String, Role)>;

/// From so many cells on, figures stand in one row and charts side by side.
const WIDE: usize = 96;

/// Draws the page.
pub fn stats(canvas: &mut Canvas<'_>, app: &App, page: &StatsPage, area: Rect) {
    let keys = app.key_of(crate::app::action::Action::StatsDays);
    let note = format!("{keys} other days · esc closes");
    let inner = frame(canvas, area, &format!("Figures of {}", plural(page.days.into(), "day")), &note);
    let place = Rect {
        x: inner.x + 1,
        y: inner.y + 1,
        width: inner.width.saturating_sub(2),
        height: inner.height.saturating_sub(1),
    };
    let lines = match &page.figures {
        Figures::Reading => vec![say("reading the figures")],
        Figures::Unreadable => vec![say("the figures cannot be read; the notices say why")],
        Figures::Read(stats) if stats.is_empty() => nothing(),
        Figures::Read(stats) => lines(stats, usize::from(place.width), canvas),
    };
    let rows = usize::from(place.height);
    let top = page.top.min(lines.len().saturating_sub(rows));
    for (row, line) in lines.iter().skip(top).take(rows).enumerate() {
        let mut pen = canvas.pen(place, row as u16, Role::Overlay);
        for (text, role) in line {
            pen.put(text, *role);
        }
    }
}

fn lines(stats: &Stats, cells: usize, canvas: &Canvas<'_>) -> Vec<Line> {
    let mut lines = rows::rows(stats, cells, canvas.glyphs);
    lines.push(Line::new());
    lines.extend(charts::charts(stats, cells, canvas.glyphs));
    lines
}

fn say(text: &str) -> Line {
    vec![(text.to_owned(), Role::Muted)]
}

fn nothing() -> Vec<Line> {
    vec![
        say("No model was asked in these days."),
        Line::new(),
        say("Here will stand, per task and model: answers and their ratings, edits and what was"),
        say("accepted of them, times, tokens and cost, and charts of all that by day."),
    ]
}
