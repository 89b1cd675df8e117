//! The review: files and hunks at the left, one file's diff at the right, what there is to say of both below the list.

mod check;
mod code;
mod head;
mod list;
mod notes;
mod page;
mod refused;
mod writing;

use ratatui::layout::{Position, Rect};

use crate::app::action::{Action, Context, ReviewAction};
use crate::app::layout::Layout;
use crate::app::review::parts::Parts;
use crate::app::review::{Review, Spot};
use crate::app::{App, Pane};
use crate::domain::{Decision, EditState, ProposedHunk};
use crate::text::cut;
use crate::text::width::width;
use crate::ui::theme::{Glyphs, Role};
use crate::ui::widgets::Canvas;

use super::{empty, titles};

/// Draws the review; returns where the cursor belongs while something is written in it.
pub fn review(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) -> Option<Position> {
    if layout.review.is_empty() {
        return None;
    }
    let parts = app.review.parts(layout.review_title, layout.review);
    let focused = app.focus == Pane::Review;
    titled(canvas, app, &parts, focused);
    let line = canvas.glyphs.vertical;
    for row in 0..parts.divider.height {
        canvas.pen(parts.divider, row, Role::Base).put(line, Role::Border);
    }
    let Some(edit) = app.review.shown() else {
        nothing(canvas, app, parts.page);
        return None;
    };
    if parts.is_stacked() {
        head::stacked(canvas, app, edit, parts.head);
    } else {
        head::head(canvas, app, edit, parts.head);
        list::list(canvas, app, edit, &parts);
    }
    notes::notes(canvas, app, edit, &parts);
    if let Some(writing) = &app.review.writing {
        return writing::writing(canvas, app, writing, parts.page, focused);
    }
    match app.review.spot() {
        Some(Spot::Hunk(_)) => page::page(canvas, app, edit, parts.page),
        Some(Spot::Refused(at)) => refused::refused(canvas, app, edit, at, parts.page),
        Some(Spot::Check) => check::check(canvas, app, edit, parts.page),
        None => unselected(canvas, app, &edit.state, parts.page),
    }
    None
}

/// The hairlines above list and page.
fn titled(canvas: &mut Canvas<'_>, app: &App, parts: &Parts, focused: bool) {
    let review = &app.review;
    if !parts.list_title.is_empty() {
        titles::title(canvas, parts.list_title, "Review", &edits_note(app), false);
    }
    let (name, note) = page_title(canvas.glyphs, review);
    let room = usize::from(parts.page_title.width).saturating_sub(width(&note) + 8);
    let name = cut::path(&name, room, canvas.glyphs.ellipsis).into_owned();
    titles::title(canvas, parts.page_title, &name, &note, focused);
    if !parts.divider.is_empty() {
        let above = Rect { y: parts.divider.y.saturating_sub(1), height: 1, ..parts.divider };
        let tee = canvas.glyphs.tee_down;
        canvas.pen(above, 0, Role::Base).put(tee, Role::Border);
    }
}

/// Which of several edits this is.
fn edits_note(app: &App) -> String {
    let edits = app.review.edits();
    let shown = app.review.shown().map(|edit| edit.id);
    match edits.iter().position(|edit| Some(edit.id) == shown) {
        Some(at) if edits.len() > 1 => format!("{} of {}", at + 1, edits.len()),
        Some(_) | None => String::new(),
    }
}

fn page_title(glyphs: &Glyphs, review: &Review) -> (String, String) {
    if let Some(writing) = &review.writing {
        return writing::title(review, writing);
    }
    match review.spot() {
        Some(Spot::Hunk(_)) => match (review.file(), review.selected_hunk()) {
            (Some(file), Some((_, at, hunk))) => {
                let (number, of) = review.sheet().number(at);
                let (dot, lines) = (glyphs.dot, counts(glyphs, (hunk.new.len(), hunk.old.len())));
                (file.path.to_string(), format!("hunk {number}/{of} {dot} {lines}"))
            }
            (_, _) => ("Review".into(), String::new()),
        },
        Some(Spot::Refused(at)) => {
            let parts = review.shown().map_or(&[][..], |edit| &edit.refused);
            let broke_off = parts.get(at).is_some_and(|part| part.broke_off);
            let name = if broke_off { "the answer broke off" } else { "refused" };
            (name.into(), format!("part {}/{}", at + 1, parts.len()))
        }
        Some(Spot::Check) => ("check".into(), String::new()),
        None => (String::new(), String::new()),
    }
}

/// Lines added and deleted: `+8 −4`.
pub(super) fn counts(glyphs: &Glyphs, (plus, minus): (usize, usize)) -> String {
    match (plus, minus) {
        (plus, 0) => format!("+{plus}"),
        (0, minus) => format!("{}{minus}", glyphs.minus),
        (plus, minus) => format!("+{plus} {}{minus}", glyphs.minus),
    }
}

/// How a hunk stands: sign, word, look.
fn standing(glyphs: &Glyphs, hunk: &ProposedHunk) -> (&'static str, &'static str, Role) {
    if hunk.conflict.is_some() {
        return (glyphs.failed, "conflict", Role::Failed);
    }
    match hunk.decision {
        Decision::Accepted => (glyphs.yes, "accepted", Role::Yes),
        Decision::Rejected => (glyphs.no, "rejected", Role::No),
        Decision::Undecided => (glyphs.queued, "undecided", Role::Queued),
    }
}

/// The key of something in the review.
fn key(app: &App, action: ReviewAction) -> String {
    let action = Action::Review(action);
    let chord =
        app.keymap.chord(Context::Review, action).or_else(|| app.keymap.chords(action).first().copied());
    chord.map_or_else(|| format!(":{}", action.spec().name), |chord| chord.to_string())
}

/// Where there is no edit at all: what will stand here, and how it comes.
fn nothing(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let area = below(area, 1);
    let ask = app
        .keymap
        .chord(Context::List, Action::Review(ReviewAction::Ask))
        .map_or_else(String::new, |key| key.to_string());
    let select = app
        .keymap
        .chord(Context::Why, Action::Review(ReviewAction::SelectLines))
        .map_or_else(String::new, |key| key.to_string());
    let accept =
        [ReviewAction::Accept, ReviewAction::Reject, ReviewAction::Write].map(|action| key(app, action));
    let ways = [
        "  :edit INSTRUCTION     on any pane".to_owned(),
        format!("  {ask:<21} on a row of the list: edit this file"),
        format!("  {:<21} in the preview: select lines, then edit them", format!("{select} j j {ask}")),
        "  /edit INSTRUCTION     in the message to the chat".to_owned(),
    ];
    let ends = format!(
        "{} accepts a hunk, {} rejects it, {} writes what was accepted. Nothing is written before that.",
        accept[0], accept[1], accept[2]
    );
    let mut text = vec![
        ("Here stand proposed edits, hunk by hunk, before anything is written.", Role::Muted),
        ("", Role::Muted),
        ("Ask for one:", Role::Muted),
    ];
    text.extend(ways.iter().map(|way| (way.as_str(), Role::Fg)));
    text.extend([("", Role::Muted), (ends.as_str(), Role::Muted)]);
    empty::say(canvas, area, &text);
}

/// Where an edit has nothing that could be selected.
fn unselected(canvas: &mut Canvas<'_>, app: &App, state: &EditState, area: Rect) {
    let area = below(area, 1);
    let say = |text: &str, role| (text.to_owned(), role);
    let stop = key(app, ReviewAction::Stop);
    let left: usize = app.review.shown().map_or(0, |edit| edit.hunk_count());
    let lines = match state {
        EditState::Streaming => {
            vec![say(&format!("Hunks appear here as the model writes them; {stop} stops it."), Role::Muted)]
        }
        EditState::Retrying(_) => vec![say(
            &format!("The model was told what did not fit and writes anew; {stop} stops it."),
            Role::Muted,
        )],
        EditState::Failed(notice) => {
            let mut lines = vec![say(&notice.title, Role::Failed)];
            lines.extend(notice.cause.as_deref().map(|cause| say(cause, Role::Fg)));
            lines.extend(notice.hint.as_deref().map(|hint| say(hint, Role::Muted)));
            lines
        }
        EditState::Proposed | EditState::Written | EditState::Undone | EditState::Dropped if left > 0 => {
            let fold = key(app, ReviewAction::Unfold);
            let what = "none does what was asked and only that";
            let text = match left {
                1 => format!("The one hunk is left out: it is cosmetic or out of scope. {fold} shows it."),
                _ => format!("All {left} hunks are left out: {what}. {fold} shows them."),
            };
            vec![say(&text, Role::Muted)]
        }
        EditState::Proposed | EditState::Written | EditState::Undone | EditState::Dropped => {
            vec![say("The model proposes no change.", Role::Muted)]
        }
    };
    let lines: Vec<(&str, Role)> = lines.iter().map(|(text, role)| (text.as_str(), *role)).collect();
    empty::say(canvas, area, &lines);
}

/// An area without its first rows.
fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}
