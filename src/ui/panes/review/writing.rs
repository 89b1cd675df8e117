//! What is written in the place of the diff: a hunk's new lines, or the message of a commit.

use std::sync::Arc;

use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::app::action::{Action, Context, ReviewAction};
use crate::app::review::ink::shown;
use crate::app::review::writing::{Purpose, Writing};
use crate::app::review::{Review, find};
use crate::domain::ProposedHunk;
use crate::text::width::{expand_tabs, offset_at_cell};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::below;

/// Rows of a page that has room for the lines around those that are changed.
const ROOMY: u16 = 12;

/// Name and note of the page while something is written.
pub fn title(review: &Review, writing: &Writing) -> (String, String) {
    match writing.purpose {
        Purpose::Amend(edit, hunk) => {
            let path = review
                .edit(edit)
                .and_then(|edit| find(edit, hunk).map(|(file, ..)| edit.files[file].path.to_string()));
            (path.unwrap_or_default(), "editing the new lines".into())
        }
        Purpose::Commit(_) => ("commit".into(), "message".into()),
    }
}

/// Draws it; returns where the cursor belongs.
pub fn writing(
    canvas: &mut Canvas<'_>,
    app: &App,
    writing: &Writing,
    area: Rect,
    focused: bool,
) -> Option<Position> {
    let chord = |action| {
        app.keymap.chord(Context::Writing, action).map_or_else(String::new, |chord| chord.to_string())
    };
    let keys = (chord(Action::Review(ReviewAction::Done)), chord(Action::Back));
    let what = match writing.purpose {
        Purpose::Amend(..) => "keeps these lines, and they are checked again",
        Purpose::Commit(_) => "commits what this edit wrote, and nothing else",
    };
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(2).put(&keys.0, Role::Key).put(" ", Role::Base).put(what, Role::Hint).skip(3);
    pen.put(&keys.1, Role::Key).put(" leaves", Role::Hint);
    let (mut body, ground) = (below(area, 2), Role::Base);
    if let Purpose::Amend(edit, hunk) = writing.purpose
        && let Some((_, _, hunk)) = app.review.edit(edit).and_then(|edit| find(edit, hunk))
    {
        if body.height >= ROOMY {
            unchanged(canvas, &hunk.before, body);
            body = below(body, hunk.before.len() as u16);
        }
        body = replaced(canvas, hunk, body);
        let end = below(body, writing.rows().len() as u16);
        if usize::from(end.height) >= hunk.after.len() {
            unchanged(canvas, &hunk.after, end);
        }
    }
    let ground = if matches!(writing.purpose, Purpose::Amend(..)) { Role::AddedBg } else { ground };
    if matches!(writing.purpose, Purpose::Commit(_)) && !writing.is_changed() && writing.text().is_empty() {
        let text = "a message is being written; type to write your own";
        canvas.pen(body, 0, Role::Base).skip(4).put(text, Role::Subtle);
        return focused.then(|| Position::new(body.x + 4, body.y));
    }
    lines(canvas, writing, (body, ground), focused)
}

/// Lines that stay, beside those that are changed.
fn unchanged(canvas: &mut Canvas<'_>, lines: &[Arc<str>], area: Rect) {
    for (row, line) in lines.iter().take(usize::from(area.height)).enumerate() {
        canvas.pen(area, row as u16, Role::Base).skip(4).cut(&shown(line), Role::Muted);
    }
}

/// The old lines, faint, above the new ones that are changed.
fn replaced(canvas: &mut Canvas<'_>, hunk: &ProposedHunk, body: Rect) -> Rect {
    let most = usize::from(body.height / 3);
    let seen = hunk.old.len().min(most);
    for (row, line) in hunk.old.iter().take(seen).enumerate() {
        let place = Rect { y: body.y + row as u16, height: 1, ..body };
        canvas.fill(place, Role::DeletedBg);
        canvas
            .pen(place, 0, Role::DeletedBg)
            .skip(2)
            .put("- ", Role::Deleted)
            .cut(&expand_tabs(line), Role::Muted);
    }
    let left = hunk.old.len() - seen;
    let mut used = seen as u16;
    if left > 0 {
        canvas.pen(body, used, Role::Base).skip(4).put(&format!("and {left} more old lines"), Role::Subtle);
        used += 1;
    }
    below(body, used)
}

fn lines(
    canvas: &mut Canvas<'_>,
    writing: &Writing,
    (area, ground): (Rect, Role),
    focused: bool,
) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    let (line, cell) = writing.cursor();
    let height = usize::from(area.height);
    let top = (line + 1).saturating_sub(height);
    // The text stands four cells in, so that it lines up with the old lines; one stays free for the cursor at the end.
    let cells = usize::from(area.width).saturating_sub(6).max(1);
    let left = (cell + 1).saturating_sub(cells);
    for (row, text) in writing.rows().iter().skip(top).take(height).enumerate() {
        let place = Rect { y: area.y + row as u16, height: 1, ..area };
        if ground != Role::Base {
            canvas.fill(place, ground);
        }
        let text = expand_tabs(text);
        let from = if left == 0 { 0 } else { offset_at_cell(&text, left) };
        let sign = if ground == Role::AddedBg { "+ " } else { "  " };
        canvas.pen(place, 0, ground).skip(2).put(sign, Role::Added).put(&text[from..], Role::Fg);
    }
    let x = area.x.saturating_add(4 + (cell - left) as u16).min(area.right().saturating_sub(1));
    focused.then(|| Position::new(x, area.y + (line - top) as u16))
}
