//! The help page, made from the table of actions and the keymap.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::{Action, Group, Spec};
use crate::text::cut;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::frame::frame;

/// Cells of one column: keys, title, and the name for `[keys]` where that fits.
const KEYS: usize = 21;
const TITLE: usize = 28;
const COLUMN: u16 = 66;

/// One line of the page.
enum Line {
    Blank,
    Heading(Group),
    Entry(&'static Spec),
}

/// Draws the page from a line on.
pub fn help(canvas: &mut Canvas<'_>, app: &App, area: Rect, top: usize) {
    let columns = if area.width >= COLUMN * 2 + 4 { 2 } else { 1 };
    let lines = balanced(columns);
    let rows = usize::from(area.height.saturating_sub(4));
    let tallest = lines.iter().map(Vec::len).max().unwrap_or(0);
    let top = top.min(tallest.saturating_sub(rows));
    let note = if tallest > rows {
        format!("{}-{} of {tallest}", top + 1, (top + rows).min(tallest))
    } else {
        String::new()
    };
    let inner = frame(canvas, area, "Help", &note);
    let width = inner.width / columns as u16;
    for (index, column) in lines.iter().enumerate() {
        let place = Rect {
            x: inner.x + 2 + index as u16 * width,
            y: inner.y + 1,
            width: width.saturating_sub(3),
            height: rows as u16,
        };
        for (row, line) in column.iter().skip(top).take(rows).enumerate() {
            draw(canvas, app, place, (row as u16, line));
        }
    }
}

fn balanced(columns: usize) -> Vec<Vec<Line>> {
    let groups = Group::ALL.map(|group| {
        let specs = Action::all().filter(move |spec| spec.group == group).map(Line::Entry);
        [Line::Heading(group)].into_iter().chain(specs).chain([Line::Blank]).collect::<Vec<_>>()
    });
    let total: usize = groups.iter().map(Vec::len).sum();
    let mut out: Vec<Vec<Line>> = vec![Vec::new()];
    for group in groups {
        let full = out.last().is_some_and(|last| last.len() + group.len() / 2 > total / columns);
        if full && out.len() < columns {
            out.push(Vec::new());
        }
        if let Some(last) = out.last_mut() {
            last.extend(group);
        }
    }
    out
}

fn draw(canvas: &mut Canvas<'_>, app: &App, area: Rect, (row, line): (u16, &Line)) {
    let mut pen = canvas.pen(area, row, Role::Overlay);
    match line {
        Line::Blank => {}
        Line::Heading(group) => {
            pen.put(group.title(), Role::Heading);
        }
        Line::Entry(spec) => {
            // Two keys are enough to learn; more of them would push the titles off.
            let keys: Vec<String> =
                app.keymap.chords(spec.action).iter().take(2).map(ToString::to_string).collect();
            pen.put(&cut::fit_end(&keys.join(" "), KEYS, ""), Role::Key).skip(1);
            if pen.room() >= TITLE + 10 {
                pen.put(&cut::fit_end(spec.title, TITLE, ""), Role::Fg).skip(1).cut(spec.name, Role::Subtle);
            } else {
                pen.cut(spec.title, Role::Fg);
            }
        }
    }
}
