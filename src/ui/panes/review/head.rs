//! The head: which edit this is and how far it is.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::ReviewAction;
use crate::app::review::Spot;
use crate::app::review::origin;
use crate::app::review::outline::Entry;
use crate::domain::{EditState, ProposedEdit};
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::{key, standing};

/// Draws it above the list.
pub fn head(canvas: &mut Canvas<'_>, app: &App, edit: &ProposedEdit, area: Rect) {
    let (text, role) = far(canvas, app, edit);
    let mut pen = canvas.pen(area, 1, Role::Base);
    pen.skip(1).put(&format!("edit #{}", edit.number), Role::Heading);
    let gap = pen.room().saturating_sub(width(&text)).clamp(1, 3);
    pen.skip(gap as u16).cut(&text, role);
}

/// Draws it on one line, with the signs of all hunks, the selected one on a ground.
pub fn stacked(canvas: &mut Canvas<'_>, app: &App, edit: &ProposedEdit, area: Rect) {
    let (text, role) = far(canvas, app, edit);
    let next = key(app, ReviewAction::Next);
    let back = key(app, ReviewAction::Previous);
    let glyphs = canvas.glyphs;
    let outline = app.review.outline();
    let spot = app.review.spot();
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(1).put(&format!("edit #{}", edit.number), Role::Heading).skip(2).put(&text, role).skip(2);
    let mut signs = Vec::new();
    let mut at = 0;
    for (entry, own) in outline.rows() {
        let sign = match entry {
            Entry::Hunk(file, hunk, _) => {
                let (sign, _, role) = standing(glyphs, &edit.files[file].hunks[hunk]);
                (sign, role)
            }
            Entry::Refused(_) => (glyphs.failed, Role::Warning),
            Entry::Check => (glyphs.dot, Role::Muted),
            Entry::File(index) if index > 0 => (" ", Role::Base),
            Entry::File(_) | Entry::Blank | Entry::LeftOut(..) | Entry::RefusedTitle(_) => continue,
        };
        if own.is_some() && own == spot {
            at = signs.len();
        }
        signs.push((sign, own, sign.1));
    }
    let room = pen.room().saturating_sub(10);
    let first = (at + 1 + room / 3).saturating_sub(room.max(1));
    let shown: Vec<(&str, Option<Spot>, Role)> =
        signs.into_iter().skip(first).take(room).map(|((sign, _), own, role)| (sign, own, role)).collect();
    for (sign, own, role) in shown {
        let style = if own.is_some() && own == spot {
            pen.style_on(role, Role::Selection)
        } else {
            pen.style_on(role, Role::Base)
        };
        pen.styled(sign, style);
    }
    let hint = format!("{next}/{back}");
    let name = edit.form.map(|form| form.name.to_owned());
    let room = pen.room();
    let origin = origin::form(edit).into_iter().chain(name).find(|form| room > width(form) + hint.len() + 4);
    if let Some(form) = origin {
        pen.back_from_end(width(&form) + hint.len() + 3).put(&form, Role::Subtle);
    }
    pen.back_from_end(hint.len() + 1).put(&hint, Role::Key);
}

/// How far an edit is, in words.
fn far(canvas: &Canvas<'_>, app: &App, edit: &ProposedEdit) -> (String, Role) {
    let tally = app.review.tally();
    let spinner = canvas.glyphs.spinner_at(app.spin());
    let hunks = || amount::plural(tally.total as u64, "hunk");
    match &edit.state {
        EditState::Streaming if tally.total == 0 => (format!("{spinner} writing"), Role::Running),
        EditState::Streaming => (format!("{spinner} {} {}", hunks(), canvas.glyphs.ellipsis), Role::Running),
        EditState::Retrying(time) => (format!("{spinner} asked again ({time} of 2)"), Role::Running),
        EditState::Proposed if tally.conflicts > 0 => {
            (format!("{} of {} decided", tally.decided(), tally.total), Role::Failed)
        }
        EditState::Proposed if tally.total == 0 => {
            let left = edit.hunk_count();
            let word = if left > 0 { format!("{left} left out") } else { "no change".to_owned() };
            (word, Role::Muted)
        }
        EditState::Proposed => (format!("{} of {} decided", tally.decided(), tally.total), Role::Muted),
        EditState::Written if app.review.committed.contains_key(&edit.id) => {
            (format!("{} committed", canvas.glyphs.yes), Role::Yes)
        }
        EditState::Written => (format!("{} written", canvas.glyphs.yes), Role::Yes),
        EditState::Undone => ("taken back".into(), Role::Warning),
        EditState::Dropped => ("dropped".into(), Role::Subtle),
        EditState::Failed(_) => (format!("{} failed", canvas.glyphs.failed), Role::Failed),
    }
}
