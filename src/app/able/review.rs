//! Whether something can be done with proposed edits now, and on what.

use crate::app::action::{Action, ReviewAction};
use crate::app::review::checking::Checking;
use crate::app::review::is_open;
use crate::app::state::{App, Pane, Prompt};
use crate::domain::{Decision, EditState, ProposedEdit};
use crate::text::amount;

const NO_EDIT: &str = "no edit is shown";
const NO_HUNK: &str = "no hunk is selected";

/// Whether it can be done.
pub(super) fn enabled(app: &App, action: ReviewAction) -> Result<(), String> {
    let need = |is: bool, why: &str| if is { Ok(()) } else { Err(why.to_owned()) };
    let review = &app.review;
    match action {
        ReviewAction::Accept | ReviewAction::Reject | ReviewAction::Amend | ReviewAction::Comment => {
            open(app)?;
            need(review.hunk().is_some(), NO_HUNK)
        }
        ReviewAction::AcceptFile | ReviewAction::RejectFile => {
            open(app)?;
            need(review.file().is_some(), NO_HUNK)
        }
        ReviewAction::AcceptAll | ReviewAction::RejectAll => {
            open(app)?;
            need(review.tally().total > 0, "it has no hunks")
        }
        ReviewAction::Split => {
            open(app)?;
            need(review.hunk().is_some(), NO_HUNK)?;
            need(
                review.split_at().is_some(),
                "put the cursor on a changed line that is not the first of its side",
            )
        }
        ReviewAction::Undo => {
            let last = review.undo.last().and_then(|undo| review.edit(undo.edit()));
            need(last.is_some_and(|edit| is_open(&edit.state)), "nothing was decided")
        }
        ReviewAction::Write => write(app),
        ReviewAction::Next | ReviewAction::Previous => {
            need(review.outline().spots().next().is_some(), NO_EDIT)
        }
        ReviewAction::NextEdit | ReviewAction::PreviousEdit => {
            need(review.edits().len() > 1, "there is no other edit")
        }
        ReviewAction::Unfold => need(has_left_out(app), "nothing was left out"),
        ReviewAction::Open | ReviewAction::Copy => need(review.hunk().is_some(), NO_HUNK),
        ReviewAction::Retry => {
            let over = |edit: &ProposedEdit| matches!(edit.state, EditState::Failed(_) | EditState::Written);
            if !review.shown().is_some_and(|edit| over(edit)) {
                open(app)?;
            }
            need(review.shown().is_some_and(|edit| !edit.refused.is_empty()), "nothing was refused")
        }
        ReviewAction::UndoWrite => need(review.undoable.is_some(), "nothing was written"),
        ReviewAction::RedoWrite => need(review.redoable.is_some(), "nothing was taken back"),
        ReviewAction::Check => {
            need(app.config.verify.is_some(), "no check command; set verify in config.toml")?;
            let edit = review.shown().ok_or(NO_EDIT)?;
            let runs = review.checks.get(&edit.id).is_some_and(Checking::is_running);
            need(edit.state == EditState::Written, "nothing of it is written")?;
            need(!runs, "it runs")
        }
        ReviewAction::FixCheck => {
            let failed =
                review.shown().and_then(|edit| review.checks.get(&edit.id)).is_some_and(Checking::has_failed);
            need(failed, "no check has failed")
        }
        ReviewAction::Commit => {
            let written = review.shown().is_some_and(|edit| edit.state == EditState::Written);
            need(written, "nothing of it is written")?;
            let known = review.shown().and_then(|edit| review.committed.get(&edit.id));
            known.map_or(Ok(()), |name| Err(format!("it is committed as {name}")))
        }
        ReviewAction::Drop => open(app),
        ReviewAction::Stop => {
            let busy = review.shown().is_some_and(|edit| is_writing(edit));
            need(busy, "no model is writing an edit")
        }
        ReviewAction::Done => need(review.writing.is_some(), "nothing is being written"),
        ReviewAction::Target => match &app.prompt {
            Some(Prompt::Instruct(asking)) => {
                need(asking.has_choice(), "there is nothing else it could be about")
            }
            Some(Prompt::Filter(_) | Prompt::Command(..) | Prompt::Comment(..)) | None => {
                Err("no instruction is being typed".into())
            }
        },
        ReviewAction::Ask => need(app.selected_file().is_some(), "no file is selected"),
        ReviewAction::SelectLines => {
            let lines =
                app.why.body().is_some_and(|body| body.as_ref().is_ok_and(|source| !source.lines.is_empty()));
            need(lines && app.focus == Pane::Why, "no source is shown")
        }
        ReviewAction::Message => Ok(()),
        ReviewAction::Face | ReviewAction::Wrap | ReviewAction::Left | ReviewAction::Right => {
            need(review.shown().is_some(), NO_EDIT)
        }
    }
}

/// What it would work on, for the palette.
pub(super) fn subject(app: &App, action: ReviewAction) -> String {
    let review = &app.review;
    let file = || review.file().map(|file| file.path.to_string()).unwrap_or_default();
    match action {
        ReviewAction::UndoWrite => review.undoable.as_deref().unwrap_or_default().to_owned(),
        ReviewAction::RedoWrite => review.redoable.as_deref().unwrap_or_default().to_owned(),
        ReviewAction::Write => amount::plural(review.tally().accepted as u64, "hunk"),
        ReviewAction::AcceptFile | ReviewAction::RejectFile => file(),
        ReviewAction::AcceptAll | ReviewAction::RejectAll => {
            amount::plural(review.tally().total as u64, "hunk")
        }
        ReviewAction::Open => match review.line_on_disk() {
            Some(line) => format!("{}:{line}", file()),
            None => file(),
        },
        ReviewAction::Drop | ReviewAction::Commit => {
            review.shown().map_or_else(String::new, |edit| format!("edit #{}", edit.number))
        }
        ReviewAction::NextEdit | ReviewAction::PreviousEdit => format!("{} held", review.edits().len()),
        ReviewAction::Ask => app.selected_path().map(|path| path.to_string()).unwrap_or_default(),
        ReviewAction::Accept
        | ReviewAction::Reject
        | ReviewAction::Next
        | ReviewAction::Previous
        | ReviewAction::Undo
        | ReviewAction::Amend
        | ReviewAction::Split
        | ReviewAction::Comment
        | ReviewAction::Unfold
        | ReviewAction::Face
        | ReviewAction::Wrap
        | ReviewAction::Left
        | ReviewAction::Right
        | ReviewAction::Retry
        | ReviewAction::Check
        | ReviewAction::FixCheck
        | ReviewAction::Stop
        | ReviewAction::Copy
        | ReviewAction::Done
        | ReviewAction::Target
        | ReviewAction::SelectLines
        | ReviewAction::Message => String::new(),
    }
}

/// Whether the shown edit can be decided.
fn open(app: &App) -> Result<(), String> {
    let edit = app.review.shown().ok_or(NO_EDIT)?;
    match &edit.state {
        EditState::Streaming | EditState::Retrying(_) | EditState::Proposed => Ok(()),
        EditState::Written => Err("it is written".into()),
        EditState::Undone => Err("it was taken back".into()),
        EditState::Dropped => Err("it was dropped".into()),
        EditState::Failed(_) => Err("it has failed".into()),
    }
}

fn write(app: &App) -> Result<(), String> {
    open(app)?;
    let tally = app.review.tally();
    let edit = app.review.shown().ok_or(NO_EDIT)?;
    if is_writing(edit) {
        return Err("the model is still writing".into());
    }
    if tally.conflicts > 0 {
        let hunks = amount::plural(tally.conflicts as u64, "hunk");
        return Err(format!("{hunks} in conflict; decide first"));
    }
    if tally.accepted == 0 {
        let key = app.keymap.chords(Action::Review(ReviewAction::Accept)).first().map(ToString::to_string);
        return Err(format!("nothing is accepted; {} accepts", key.unwrap_or_default()));
    }
    Ok(())
}

const fn is_writing(edit: &ProposedEdit) -> bool {
    matches!(edit.state, EditState::Streaming | EditState::Retrying(_))
}

fn has_left_out(app: &App) -> bool {
    let hunks = || app.review.shown().into_iter().flat_map(|edit| &edit.files).flat_map(|file| &file.hunks);
    app.review.is_unfolded()
        || hunks().any(|hunk| !app.review.is_listed(hunk) && hunk.decision != Decision::Accepted)
}
