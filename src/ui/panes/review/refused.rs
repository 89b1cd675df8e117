//! A refused part of an answer: why, what differs, and what the file says where it looked most alike.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::able::enabled;
use crate::app::action::{Action, ReviewAction};
use crate::app::review::ink::shown;
use crate::domain::{ProposedEdit, RefusedPart};
use crate::text::amount;
use crate::text::wrap::{Wrap, plain};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::key;

/// Draws it.
pub fn refused(canvas: &mut Canvas<'_>, app: &App, edit: &ProposedEdit, at: usize, area: Rect) {
    let Some(part) = edit.refused.get(at) else { return };
    let cells = usize::from(area.width.saturating_sub(4)).clamp(8, 88);
    let mut row = 1;
    let mut say = |canvas: &mut Canvas<'_>, text: &str, role: Role| {
        for line in plain(text, Wrap::to(cells)) {
            canvas.pen(area, row, Role::Base).skip(2).put(&line, role);
            row += 1;
        }
        row += 1;
    };
    if let Some(path) = &part.path {
        say(canvas, path, Role::PathName);
    }
    say(canvas, &part.why, Role::Warning);
    if part.broke_off {
        say(canvas, &whole(edit), Role::Fg);
    }
    if let Some((wanted, found)) = &part.differs {
        row = differs(canvas, (wanted, found), (area, row));
    }
    if part.differs.is_none() && part.places.len() < 2 {
        row = wanted(canvas, part, (area, row));
    }
    if enabled(app, Action::Review(ReviewAction::Retry)).is_ok() {
        let mut pen = canvas.pen(area, row, Role::Base);
        pen.skip(2).put(&key(app, ReviewAction::Retry), Role::Key);
        let what = if part.broke_off { ASKS_FOR_THE_REST } else { ASKS_AGAIN };
        pen.put(what, Role::Hint);
        row += 2;
    }
    places(
        canvas,
        app,
        part,
        Rect { y: area.y + row.min(area.height), height: area.height.saturating_sub(row), ..area },
    );
}

/// What the key does of a part that found no place.
const ASKS_AGAIN: &str = " asks the model again, and tells it what is wrong";

/// What it does where the answer broke off.
const ASKS_FOR_THE_REST: &str = " asks the model for the rest; what is decided stays so";

/// What of an answer that broke off can be taken.
fn whole(edit: &ProposedEdit) -> String {
    match edit.hunk_count() {
        0 => "Nothing before it was whole: there is nothing to take.".into(),
        1 => "The hunk that came before it is whole, and can be taken.".into(),
        count => format!(
            "The {count} hunks in {} that came before it are whole, and can be taken.",
            amount::plural(edit.files.len() as u64, "file")
        ),
    }
}

/// Lines of what was looked for that are shown.
const WANTED: usize = 8;

/// The lines that were looked for, where none of the file are near enough to stand beside them.
fn wanted(canvas: &mut Canvas<'_>, part: &RefusedPart, (area, row): (Rect, u16)) -> u16 {
    if part.wanted.is_empty() {
        return row;
    }
    canvas.pen(area, row, Role::Base).skip(2).put("looked for", Role::Heading);
    let shown_lines = part.wanted.iter().take(WANTED);
    for (at, line) in shown_lines.enumerate() {
        let place = Rect { y: area.y + row + 1 + at as u16, height: 1, ..area };
        if place.y >= area.bottom() {
            break;
        }
        canvas.fill(Rect { x: place.x + 1, width: place.width.saturating_sub(2), ..place }, Role::DeletedBg);
        canvas.pen(place, 0, Role::DeletedBg).skip(2).cut(&shown(line), Role::Fg);
    }
    let mut used = part.wanted.len().min(WANTED) as u16;
    if part.wanted.len() > WANTED {
        let rest = amount::plural((part.wanted.len() - WANTED) as u64, "more line");
        canvas.pen(area, row + 1 + used, Role::Base).skip(2).put(&rest, Role::Subtle);
        used += 1;
    }
    row + used + 2
}

/// The line that was looked for and the one that is there.
fn differs(canvas: &mut Canvas<'_>, (wanted, found): (&str, &str), (area, row): (Rect, u16)) -> u16 {
    for (at, (word, text, ground, role)) in [
        ("looked for", wanted, Role::DeletedBg, Role::Deleted),
        ("stands there", found, Role::AddedBg, Role::Added),
    ]
    .into_iter()
    .enumerate()
    {
        let line = Rect { y: area.y + row + at as u16, height: 1, ..area };
        if line.y >= area.bottom() {
            break;
        }
        canvas.fill(Rect { x: line.x + 16, width: line.width.saturating_sub(17), ..line }, ground);
        canvas.pen(line, 0, Role::Base).skip(2).put(word, role);
        canvas
            .pen(Rect { x: line.x + 16, width: line.width.saturating_sub(17), ..line }, 0, ground)
            .skip(1)
            .cut(&shown(text), Role::Fg);
    }
    row + 3
}

fn places(canvas: &mut Canvas<'_>, app: &App, part: &RefusedPart, area: Rect) {
    let several = part.places.len() > 1;
    let mut rows: Vec<(String, String, Role)> = Vec::new();
    for (at, (first, lines)) in part.places.iter().enumerate() {
        let title = if several {
            format!("place {} of {}", at + 1, part.places.len())
        } else {
            "the nearest lines".to_owned()
        };
        rows.push((String::new(), title, Role::Heading));
        rows.extend(
            lines
                .iter()
                .enumerate()
                .map(|(at, line)| ((*first as usize + at).to_string(), shown(line).into_owned(), Role::Fg)),
        );
        rows.push((String::new(), String::new(), Role::Base));
    }
    let visible = rows.iter().skip(app.review.view.top).take(usize::from(area.height));
    for (row, (number, text, role)) in visible.enumerate() {
        let mut pen = canvas.pen(area, row as u16, Role::Base);
        if number.is_empty() {
            pen.skip(2).cut(text, *role);
        } else {
            pen.skip(2).right(number, 5, Role::Gutter).skip(2).cut(text, *role);
        }
    }
}
