//! The line of an instruction or a comment: what it is about, who is asked and where that runs, seen before it is sent.

use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::app::action::{Action, Context, ReviewAction};
use crate::app::line::Line;
use crate::app::review::asking::{Asking, words};
use crate::app::words::choice;
use crate::domain::{Choice, HunkId, StateKind, TaskKind};
use crate::text::cut;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, Field, field};

/// Draws the line of an instruction.
pub fn instruct(canvas: &mut Canvas<'_>, app: &App, asking: &Asking, area: Rect) -> Option<Position> {
    let judged = app.query.counts.get(StateKind::Yes) as usize;
    let target = words(asking.target(), judged);
    let tab = app
        .keymap
        .chord(Context::Instruct, Action::Review(ReviewAction::Target))
        .filter(|_| asking.has_choice());
    let tab = tab.map_or_else(String::new, |chord| format!("{chord} "));
    let (who, role) = asked(app);
    let most = usize::from(area.width) * 2 / 5;
    let target =
        cut::path(&target, most.saturating_sub(width(&tab) + 6), canvas.glyphs.ellipsis).into_owned();
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(1).put("edit ", Role::Heading).put(&target, Role::PathName).put(" ", Role::Base);
    if !tab.is_empty() {
        pen.put(&tab, Role::Key);
    }
    let x = pen.column();
    let tail = width(&who) + 2;
    canvas.pen(area, 0, Role::Base).back_from_end(tail).put(&who, role);
    let input = Rect { x, width: area.right().saturating_sub(x + tail as u16 + 1), ..area };
    let sign = canvas.glyphs.prompt;
    let look = Field {
        sign,
        placeholder: "what shall be changed",
        focused: app.overlay.is_none(),
        ground: Role::Base,
        text: Role::Fg,
    };
    field(canvas, input, &asking.line, &look)
}

/// Who would be asked, and where that runs: `kimi-k2 ·remote`.
fn asked(app: &App) -> (String, Role) {
    match app.models.route(TaskKind::Command).map(|route| &route.choice) {
        Some(Choice::Model(model)) => {
            let name = choice(&Choice::Model(model.clone()));
            let place = app.models.locality_of(model).name();
            (format!("{name} ·{place}"), Role::Muted)
        }
        Some(Choice::Embedded | Choice::Nobody) => {
            (format!("no model edits; {} chooses", app.key_of(Action::Models)), Role::Warning)
        }
        None => ("models are looked for".into(), Role::Subtle),
    }
}

/// The least cells of a line that says who is asked for another version of a hunk.
const ROOMY: u16 = 96;

/// Draws the line of a comment on a hunk.
pub fn comment(
    canvas: &mut Canvas<'_>,
    app: &App,
    (hunk, line): (HunkId, &Line),
    area: Rect,
) -> Option<Position> {
    let found = app.review.shown().and_then(|edit| crate::app::review::find(edit, hunk));
    let name = found.map_or_else(String::new, |(_, at, _)| format!("on hunk {} ", at + 1));
    // It goes to who proposed the hunk, so that this need not be said where there is little room.
    let (who, role) = if area.width < ROOMY { (String::new(), Role::Muted) } else { asked(app) };
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(1).put("comment ", Role::Heading).put(&name, Role::Muted);
    let x = pen.column();
    let tail = width(&who) + 2;
    canvas.pen(area, 0, Role::Base).back_from_end(tail).put(&who, role);
    let input = Rect { x, width: area.right().saturating_sub(x + tail as u16 + 1), ..area };
    let sign = canvas.glyphs.prompt;
    let look = Field {
        sign,
        placeholder: "not like this, because ...",
        focused: app.overlay.is_none(),
        ground: Role::Base,
        text: Role::Fg,
    };
    field(canvas, input, line, &look)
}
