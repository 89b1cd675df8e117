//! What the keys and the mouse do in the review.

use std::sync::Arc;

use ratatui::layout::Position;

use crate::app::action::{Action, Move, ReviewAction};
use crate::app::cmd::Cmd;
use crate::app::line::Line;
use crate::app::review::Spot;
use crate::app::review::checking::Checking;
use crate::app::review::sheet::patch;
use crate::app::review::writing::{Purpose, Writing};
use crate::app::state::{App, Pane, Prompt};
use crate::domain::{Decision, EditCommand, EditId, EditState};
use crate::text::amount;

use super::ask;
use super::deciding::{Reach, decide, key_of, split, undo, write};

/// Does something in the review. That it can be done is known.
pub(in super::super) fn act(app: &mut App, action: ReviewAction, cmds: &mut Vec<Cmd>) {
    use Decision::{Accepted, Rejected};
    match action {
        ReviewAction::Accept => decide(app, Reach::Hunk, Accepted, cmds),
        ReviewAction::Reject => decide(app, Reach::Hunk, Rejected, cmds),
        ReviewAction::AcceptFile => decide(app, Reach::File, Accepted, cmds),
        ReviewAction::RejectFile => decide(app, Reach::File, Rejected, cmds),
        ReviewAction::AcceptAll => decide(app, Reach::All, Accepted, cmds),
        ReviewAction::RejectAll => decide(app, Reach::All, Rejected, cmds),
        ReviewAction::Undo => undo(app, cmds),
        ReviewAction::Split => split(app, cmds),
        ReviewAction::Write => write(app, cmds),
        ReviewAction::Next => turn(app, true),
        ReviewAction::Previous => turn(app, false),
        ReviewAction::NextEdit => turn_edit(app, true),
        ReviewAction::PreviousEdit => turn_edit(app, false),
        ReviewAction::Unfold => {
            let now = app.now.elapsed;
            app.review.toggle_folded(now);
        }
        ReviewAction::Face => face(app),
        ReviewAction::Wrap => {
            app.review.cuts = !app.review.cuts;
            app.review.view.left = 0;
            let word =
                if app.review.cuts { "long lines are cut; h and l scroll" } else { "long lines go on below" };
            app.notices.flash(word, app.now.elapsed);
        }
        ReviewAction::Left => app.review.sideways(-SIDE),
        ReviewAction::Right => app.review.sideways(SIDE),
        ReviewAction::Amend => amend(app),
        ReviewAction::Comment => comment(app),
        ReviewAction::Open => open(app, cmds),
        ReviewAction::Copy => cmds.extend(app.review.hunk().map(|(_, hunk)| Cmd::Copy(patch(hunk)))),
        ReviewAction::UndoWrite => cmds.push(Cmd::Edit(EditCommand::Undo)),
        ReviewAction::RedoWrite => cmds.push(Cmd::Edit(EditCommand::Redo)),
        ReviewAction::Stop => cmds.push(Cmd::Edit(EditCommand::Cancel)),
        ReviewAction::Retry => {
            // What is missing of an edit that is written is an edit of its own.
            app.review.expects_edit = app.review.shown().is_some_and(|edit| edit.state == EditState::Written);
            of_shown(app, cmds, |_, id| EditCommand::Retry(id));
        }
        ReviewAction::FixCheck => {
            app.review.expects_edit = true;
            of_shown(app, cmds, |_, id| EditCommand::FixCheck(id));
        }
        ReviewAction::Check => of_shown(app, cmds, check),
        ReviewAction::Commit => of_shown(app, cmds, commit),
        ReviewAction::Drop => drop_edit(app, cmds),
        ReviewAction::Done => super::typing::done(app, cmds),
        ReviewAction::Ask => ask::open(app),
        ReviewAction::Target => {
            if let Some(Prompt::Instruct(asking)) = &mut app.prompt {
                asking.turn();
            }
        }
        ReviewAction::SelectLines => ask::select_lines(app),
        ReviewAction::Message => app.focus = Pane::Composer,
    }
}

/// Something cannot be done: what stands in its way comes up, where that is a hunk.
pub(in super::super) fn hindered(app: &mut App, action: Action) {
    let in_conflict = |app: &App| app.review.hunk().is_some_and(|(_, hunk)| hunk.conflict.is_some());
    if action == Action::Review(ReviewAction::Write) && !in_conflict(app) {
        app.review.select_conflict(app.now.elapsed);
    }
}

/// Opens the review: at the edit that was announced, where one was, and what announced it goes.
pub(in super::super) fn enter(app: &mut App) {
    if app.focus == Pane::Review {
        return;
    }
    app.focus = Pane::Review;
    if let Some(id) = app.review.announced.take().filter(|id| app.review.edit(*id).is_some()) {
        app.review.show(id);
        app.notices.acknowledge();
        // What was refused came first and was selected by itself; hunks that came since are what is decided.
        if let (Some(Spot::Refused(_)), Some(hunk)) = (app.review.spot(), app.review.next_undecided()) {
            app.review.select(Spot::Hunk(hunk));
            app.review.show_hunk();
        }
    }
}

/// Opens the review at an edit.
pub(in super::super) fn enter_at(app: &mut App, id: EditId) {
    app.review.announced = Some(id);
    enter(app);
}

/// Cells of one step to the side.
const SIDE: isize = 8;

/// Asks the service something about the shown edit.
fn of_shown(app: &mut App, cmds: &mut Vec<Cmd>, command: impl FnOnce(&mut App, EditId) -> EditCommand) {
    if let Some(id) = app.review.shown().map(|edit| edit.id) {
        cmds.push(Cmd::Edit(command(app, id)));
    }
}

/// Runs the check command, and shows what it prints.
fn check(app: &mut App, id: EditId) -> EditCommand {
    app.review.checks.insert(id, Checking::new(app.now.elapsed));
    app.review.select(Spot::Check);
    EditCommand::Check(id)
}

/// Begins the message of a commit; the service proposes one.
fn commit(app: &mut App, id: EditId) -> EditCommand {
    app.review.writing = Some(Writing::new(Purpose::Commit(id), Vec::new()));
    EditCommand::Describe(id)
}

/// Gives an edit up at the second press in a row.
fn drop_edit(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(id) = app.review.shown().map(|edit| edit.id) else { return };
    let now = app.now.elapsed;
    let before = app.review.dropping.take();
    if before.is_some_and(|(edit, then)| edit == id && now.saturating_sub(then) <= TWICE) {
        return cmds.push(Cmd::Edit(EditCommand::Drop(id)));
    }
    app.review.dropping = Some((id, now));
    let hunks = amount::plural(app.review.tally().total as u64, "hunk");
    let key = key_of(app, ReviewAction::Drop);
    app.notices.flash(format!("{key} again drops the edit with its {hunks}"), now);
}

/// A second press within this time drops.
const TWICE: std::time::Duration = std::time::Duration::from_secs(3);

/// On to the next thing that can be selected, or back.
fn turn(app: &mut App, forward: bool) {
    let next = app.review.outline().step(app.review.spot(), forward);
    if let Some(spot) = next {
        app.review.select(spot);
        if matches!(spot, Spot::Hunk(_)) {
            app.review.show_hunk();
        }
    }
}

fn turn_edit(app: &mut App, forward: bool) {
    let edits: Vec<EditId> = app.review.edits().iter().map(|edit| edit.id).collect();
    let shown = app.review.shown().map(|edit| edit.id);
    let Some(at) = edits.iter().position(|id| Some(*id) == shown) else { return };
    let step = if forward { 1 } else { edits.len() - 1 };
    app.review.show(edits[(at + step) % edits.len()]);
}

fn face(app: &mut App) {
    use crate::app::review::sheet::Face;
    app.review.face = match app.review.face {
        Face::Unified => Face::Beside,
        Face::Beside => Face::Unified,
    };
    if app.review.face == Face::Beside && app.review.face_now() == Face::Unified {
        app.notices.flash("side by side needs a wider screen; it is kept for then", app.now.elapsed);
    }
    app.review.show_hunk();
}

/// Changes the hunk's new lines in place.
fn amend(app: &mut App) {
    let Some(edit) = app.review.shown().map(|edit| edit.id) else { return };
    let Some((_, hunk)) = app.review.hunk() else { return };
    let lines = hunk.new.iter().map(ToString::to_string).collect();
    let purpose = Purpose::Amend(edit, hunk.id);
    app.review.to_hunk();
    app.review.writing = Some(Writing::new(purpose, lines));
}

fn comment(app: &mut App) {
    let Some(edit) = app.review.shown().map(|edit| edit.id) else { return };
    let Some((_, hunk)) = app.review.hunk() else { return };
    app.prompt = Some(Prompt::Comment(edit, hunk.id, Line::new("")));
}

fn open(app: &App, cmds: &mut Vec<Cmd>) {
    if let (Some(file), Some(line)) = (app.review.file(), app.review.line_on_disk()) {
        cmds.push(Cmd::OpenPath { path: Arc::clone(&file.path), line });
    }
}

/// Moves the cursor, or scrolls.
pub(in super::super) fn step(app: &mut App, step: Move) {
    let page = isize::from(app.review.page.1 as i16).max(1);
    let all = app.review.page_rows() as isize;
    let by = match step {
        Move::Up => -1,
        Move::Down => 1,
        Move::HalfUp => -(page / 2).max(1),
        Move::HalfDown => (page / 2).max(1),
        Move::PageUp => -page,
        Move::PageDown => page,
        Move::Top => -all,
        Move::Bottom => all,
    };
    app.review.step(by);
}

/// Leaves what is written, then the review; says whether it did anything.
pub(in super::super) fn back(app: &mut App) -> bool {
    if app.focus == Pane::Why && app.why.selected().is_some() {
        app.why.stop_selecting();
        return true;
    }
    if app.focus != Pane::Review {
        return false;
    }
    if let Some(writing) = &mut app.review.writing {
        if writing.is_changed() && !writing.leaving {
            writing.leaving = true;
            app.notices.flash("esc again leaves without keeping what was changed", app.now.elapsed);
        } else {
            app.review.writing = None;
        }
        return true;
    }
    false
}

/// The wheel over the review: the list turns, the page scrolls.
pub(in super::super) fn wheel(app: &mut App, at: (u16, u16), notches: isize) {
    let layout = app.layout();
    let parts = app.review.parts(layout.review_title, layout.review);
    if parts.list.contains(Position::from(at)) {
        turn(app, notches > 0);
    } else {
        app.review.scroll(notches * 3);
    }
}

/// A press: on the list it selects, on the page it puts the cursor there.
pub(in super::super) fn press(app: &mut App, at: (u16, u16)) {
    app.focus = Pane::Review;
    let layout = app.layout();
    let parts = app.review.parts(layout.review_title, layout.review);
    let here = Position::from(at);
    if parts.list.contains(here) {
        let outline = app.review.outline();
        let row = app.review.list_top(usize::from(parts.list.height)) + usize::from(at.1 - parts.list.y);
        match outline.spot(row) {
            Some(spot) => {
                app.review.select(spot);
                app.review.show_hunk();
            }
            None if outline.is_fold(row) => {
                let now = app.now.elapsed;
                app.review.toggle_folded(now);
            }
            None => {}
        }
    } else if parts.page.contains(here) && app.review.writing.is_none() {
        app.review.click(usize::from(at.1 - parts.page.y));
    }
}
