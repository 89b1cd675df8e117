//! What the edit service tells.

use std::sync::Arc;

use crate::app::action::{Action, ReviewAction};
use crate::app::review::checking::Checking;
use crate::app::review::tally::Tally;
use crate::app::review::writing::{Purpose, Writing};
use crate::app::review::{Spot, in_scope, is_open};
use crate::app::state::{App, Pane};
use crate::domain::{EditEvent, EditId, EditState, Notice, ProposedEdit, Severity};
use crate::text::amount;

use super::deciding::key_of;

/// Takes in what the service says. The keyboard stays where it is, whatever comes.
pub(in super::super) fn event(app: &mut App, event: EditEvent) {
    match event {
        EditEvent::Edit(edit) => taken(app, edit),
        EditEvent::Waiting(edits) => waiting(app, edits),
        EditEvent::Written(id, files) => written(app, id, &files),
        EditEvent::History { undo, redo } => {
            app.review.undoable = undo;
            app.review.redoable = redo;
        }
        EditEvent::Check(id, line) => {
            let now = app.now.elapsed;
            let page = app.review.body_rows();
            let is_shown = app.review.spot() == Some(Spot::Check)
                && app.review.shown().is_some_and(|edit| edit.id == id);
            let at_end = is_shown && app.review.view.top + page >= app.review.page_rows();
            app.review.checks.entry(id).or_insert_with(|| Checking::new(now)).print(line, now);
            if at_end {
                app.review.view.top = app.review.page_rows().saturating_sub(page);
            }
        }
        EditEvent::Checked(id, command, verdict) => checked(app, id, &command, verdict),
        EditEvent::Message(id, text) => {
            // What the person has begun to write is not written over.
            if let Some(writing) = &mut app.review.writing
                && writing.purpose == Purpose::Commit(id)
                && !writing.is_changed()
            {
                *writing = Writing::new(Purpose::Commit(id), text.lines().map(str::to_owned).collect());
            }
        }
        EditEvent::Committed(name, subject) => {
            if let Some(edit) = app.review.commits.take() {
                app.review.committed.insert(edit, Arc::clone(&name));
            }
            app.note(Notice::new(Severity::Info, format!("committed {name} {subject}")));
        }
        EditEvent::Notice(notice) => app.note(notice),
    }
}

fn taken(app: &mut App, edit: Arc<ProposedEdit>) {
    let (id, number) = (edit.id, edit.number);
    let before = app.review.edit(id).map(|edit| edit.state.clone());
    let state = edit.state.clone();
    let now = app.now.elapsed;
    app.chat.belongs(edit.turn, id);
    let is_new = app.review.take(edit, now);
    // A new edit comes up where nothing is being looked at, or where it was asked for; else it waits, and says so.
    let done = app.review.shown().is_none_or(|shown| !is_open(&shown.state));
    let free = done && (app.focus != Pane::Review || app.review.expects_edit);
    let own = app.review.shown().is_none_or(|shown| shown.id == id);
    if own || is_new && free {
        app.review.show(id);
    }
    if is_new && free && !own {
        app.review.expects_edit = false;
        app.review.pause(now);
    }
    if app.review.writes == Some(id) {
        settle_write(app, id, &state);
    }
    if before.as_ref() == Some(&state) {
        return;
    }
    match &state {
        EditState::Proposed => {
            // What was undone, or asked again, is looked at already.
            if before
                .as_ref()
                .is_none_or(|before| matches!(before, EditState::Streaming | EditState::Retrying(_)))
            {
                announce(app, id, number);
            }
        }
        EditState::Failed(notice) => app.note(notice.clone()),
        EditState::Undone => app.notices.flash(format!("edit #{number} is taken back"), now),
        EditState::Dropped => {
            app.review.undo.retain(|undo| undo.edit() != id);
            app.notices.flash(format!("edit #{number} is dropped"), now);
            let next = app.review.open().next().map(|edit| edit.id);
            if let Some(next) = next.filter(|_| app.review.shown().is_some_and(|shown| shown.id == id)) {
                app.review.show(next);
            }
        }
        EditState::Streaming | EditState::Retrying(_) | EditState::Written => {}
    }
}

/// A write that was asked for came to its end, or to a conflict that has to be decided first.
fn settle_write(app: &mut App, id: EditId, state: &EditState) {
    let shown = app.review.shown().is_some_and(|shown| shown.id == id);
    let conflict = *state == EditState::Proposed && shown && app.review.select_conflict(app.now.elapsed);
    if conflict || *state == EditState::Written {
        app.review.writes = None;
    }
}

/// Says that an edit waits, with the key that leads to it.
fn announce(app: &mut App, id: EditId, number: u32) {
    let Some(edit) = app.review.edit(id) else { return };
    let tally = Tally::of(edit, &in_scope);
    let refused = edit.refused.len();
    let broke_off = edit.refused.iter().any(|part| part.broke_off);
    let left = edit.hunk_count();
    let mut text = match tally.total {
        0 if left > 0 => {
            format!("edit #{number}: {}, left out", amount::plural(left as u64, "hunk"))
        }
        0 => format!("edit #{number} proposes nothing"),
        count => {
            // Short enough for the key to be seen on a narrow screen.
            let beside = match refused {
                0 => format!(" in {}", amount::plural(tally.files as u64, "file")),
                _ if broke_off => ", then broke off".to_owned(),
                parts => format!(", {parts} refused"),
            };
            format!("edit #{number}: {}{beside}", amount::plural(count as u64, "hunk"))
        }
    };
    let shown = app.review.shown().is_some_and(|shown| shown.id == id);
    if app.focus != Pane::Review {
        app.review.announced = Some(id);
        text = format!("{text}; {} reviews", app.key_of(Action::ShowReview));
    } else if !shown {
        text = format!("{text}; {} shows it", key_of(app, ReviewAction::NextEdit));
    }
    let severity = if refused > 0 { Severity::Warning } else { Severity::Info };
    app.note(Notice::new(severity, text));
}

/// Edits of an earlier session that are not decided.
fn waiting(app: &mut App, edits: Vec<Arc<ProposedEdit>>) {
    let now = app.now.elapsed;
    let count = edits.len();
    let first = edits.first().map(|edit| edit.id);
    for edit in edits {
        app.chat.belongs(edit.turn, edit.id);
        app.review.take(edit, now);
    }
    let Some(first) = first else { return };
    if app.review.shown().is_none() {
        app.review.show(first);
    }
    let edits = amount::plural(count as u64, "earlier edit");
    let verb = if count == 1 { "waits" } else { "wait" };
    app.review.announced = app.review.announced.or(Some(first));
    let key = app.key_of(Action::ShowReview);
    app.note(Notice::new(Severity::Info, format!("{edits} {verb}; {key} reviews")));
}

fn written(app: &mut App, id: EditId, files: &[Arc<str>]) {
    let key = key_of(app, ReviewAction::UndoWrite);
    let what = match files {
        [] => return,
        [one] => one.to_string(),
        more => amount::plural(more.len() as u64, "file"),
    };
    app.note(Notice::new(Severity::Info, format!("wrote {what}; {key} takes it back")));
    // What was decided cannot be taken back one by one any more.
    app.review.undo.retain(|undo| undo.edit() != id);
}

fn checked(app: &mut App, id: EditId, command: &Arc<str>, verdict: Result<i32, Arc<str>>) {
    let now = app.now.elapsed;
    let text = match &verdict {
        Ok(0) => format!("{command}: passed"),
        Ok(code) => {
            format!("{command}: exit {code}; {} sends the errors back", key_of(app, ReviewAction::FixCheck))
        }
        Err(why) => format!("{command}: {why}"),
    };
    let severity = if verdict == Ok(0) { Severity::Info } else { Severity::Warning };
    app.review.checks.entry(id).or_insert_with(|| Checking::new(now)).end(Arc::clone(command), verdict);
    app.note(Notice::new(severity, text));
}
