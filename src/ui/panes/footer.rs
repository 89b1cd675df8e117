//! The bottom line: hints of the present context and the toast, or what is typed after `/` and `:`.

use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::app::action::Action;
use crate::app::hints::{Hint, hints};
use crate::app::{Overlay, Pane, Prompt};
use crate::domain::Severity;
use crate::text::amount;
use crate::text::cut;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, Field, field};

use super::instruct;

/// Draws the bottom line; returns where the cursor belongs while something is typed on it.
pub fn footer(canvas: &mut Canvas<'_>, app: &App, area: Rect) -> Option<Position> {
    let (line, sign, placeholder) = match &app.prompt {
        None => {
            let toast = toast(canvas, app, area);
            hint_line(canvas, app, Rect { width: area.width.saturating_sub(toast), ..area });
            return None;
        }
        Some(Prompt::Instruct(asking)) => return instruct::instruct(canvas, app, asking, area),
        Some(Prompt::Comment(_, hunk, line)) => return instruct::comment(canvas, app, (*hunk, line), area),
        Some(Prompt::Filter(line)) if app.focus == Pane::Chat => (line, "/", "words of this conversation"),
        Some(Prompt::Filter(line)) => (line, "/", "part of a path"),
        Some(Prompt::Command(line, _)) => (
            line,
            ":",
            "edit INSTRUCTION, task TEXT, theme NAME, sort ORDER, whynot PATH, model [TASK] NAME, or a command",
        ),
    };
    let hints = Rect { x: area.x + area.width * 3 / 5, width: area.width - area.width * 3 / 5, ..area };
    hint_line(canvas, app, hints);
    let input = Rect { x: area.x + 1, width: hints.x.saturating_sub(area.x + 2), ..area };
    let focused = app.overlay.is_none();
    field(canvas, input, line, &Field { sign, placeholder, focused, ground: Role::Base, text: Role::Fg })
}

/// Hints as far as whole ones fit.
pub(super) fn hint_line(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    // The keys of a picker and of a question stand on themselves.
    if matches!(app.overlay, Some(Overlay::Models(_) | Overlay::Estimate(_))) {
        return;
    }
    let (hints, stays) = hints(app);
    let cells = |hint: &Hint| width(&hint.keys) + 1 + width(&hint.label) + 3;
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(1).reserve(1);
    let mut room = (pen.room() + 3).saturating_sub(stays.iter().map(cells).sum());
    let fitting = hints.iter().take_while(|hint| {
        let fits = cells(hint) <= room;
        room = room.saturating_sub(cells(hint));
        fits
    });
    for hint in fitting.chain(&stays) {
        if cells(hint) <= pen.room() + 3 {
            pen.put(&hint.keys, Role::Key).put(" ", Role::Hint).put(&hint.label, Role::Hint).skip(3);
        }
    }
}

/// Draws the toast at the right, or that notices wait; returns the cells it takes.
fn toast(canvas: &mut Canvas<'_>, app: &App, area: Rect) -> u16 {
    let (text, role) = match app.notices.toast() {
        Some(toast) => {
            let (sign, role) = match toast.severity {
                Severity::Info => ("", Role::Info),
                Severity::Warning => (canvas.glyphs.failed, Role::Warning),
                Severity::Error => (canvas.glyphs.failed, Role::Failed),
            };
            let blank = if sign.is_empty() { "" } else { " " };
            (format!("{sign}{blank}{}", toast.text), role)
        }
        None if app.notices.unread() > 0 => {
            let unread = amount::plural(app.notices.unread() as u64, "notice");
            (format!("! {unread}"), Role::Warning)
        }
        None if app.review.waiting() > 0 && app.focus != Pane::Review => {
            let hunks = amount::plural(app.review.waiting() as u64, "hunk");
            let key = app.key_of(Action::ShowReview);
            (format!("{} {hunks} to review  {key}", canvas.glyphs.pin), Role::Accent)
        }
        None => return 0,
    };
    // The keys that are needed now stay in sight.
    let most = usize::from(area.width) * 3 / 5;
    let shown = cut::end(&text, most, canvas.glyphs.ellipsis).into_owned();
    let cells = width(&shown);
    canvas.pen(area, 0, Role::Base).back_from_end(cells + 1).put(&shown, role);
    cells as u16 + 3
}
