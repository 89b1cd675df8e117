//! Decisions: what is sent, what the screen shows until the service confirms it, and the way back.

use std::sync::Arc;

use crate::app::action::ReviewAction;
use crate::app::cmd::Cmd;
use crate::app::review::{Spot, Undo, find};
use crate::app::state::App;
use crate::domain::{Decision, EditCommand, EditId, HunkClass, HunkId, Hunks, ProposedEdit, ProposedHunk};
use crate::text::amount;

/// How far a decision reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The selected hunk.
    Hunk,
    /// Its file.
    File,
    /// The whole edit.
    All,
}

/// Decides the selected hunk, its file or all, and goes on to the next that is undecided.
pub(super) fn decide(app: &mut App, reach: Reach, decision: Decision, cmds: &mut Vec<Cmd>) {
    if app.review.beat(app.now.elapsed).is_some() {
        app.notices.flash("this hunk has just come up: look at it first", app.now.elapsed);
        return;
    }
    let Some(edit) = app.review.shown().map(Arc::clone) else { return };
    let which = match reach {
        Reach::Hunk => app.review.hunk().map(|(_, hunk)| Hunks::One(hunk.id)),
        Reach::File => app.review.file().map(|file| Hunks::File(Arc::clone(&file.path))),
        Reach::All => Some(Hunks::All),
    };
    let Some(which) = which else { return };
    let meant = meant(&edit, &which, decision);
    let beside = beside(&edit, &which, decision);
    if meant.is_empty() {
        let beside = beside.map_or_else(String::new, |beside| format!(" ({beside})"));
        let text = match decision {
            Decision::Accepted => {
                format!("nothing undecided here{beside}; {} takes one", key_of(app, ReviewAction::Accept))
            }
            Decision::Rejected | Decision::Undecided => {
                format!("nothing here to decide at once; {} leaves one", key_of(app, ReviewAction::Reject))
            }
        };
        app.notices.flash(text, app.now.elapsed);
        return;
    }
    if let Some(beside) = beside {
        app.notices.flash(format!("{} accepted; {beside} stay out", meant.len()), app.now.elapsed);
    }
    let before = meant.iter().filter_map(|id| find(&edit, *id)).map(|(_, _, hunk)| (hunk.id, hunk.decision));
    app.review.undo.push(Undo::Decided(edit.id, before.collect()));
    cmds.push(Cmd::Edit(match (&which, app.review.hunk()) {
        (Hunks::One(id), Some((_, hunk))) if hunk.conflict.is_some() => {
            EditCommand::Resolve(edit.id, *id, decision)
        }
        (_, _) => EditCommand::Decide(edit.id, which, decision),
    }));
    assume(app, edit.id, &meant, decision);
    go_on(app);
}

/// The hunks of a file, or all.
fn among<'e>(edit: &'e ProposedEdit, which: &Hunks) -> impl Iterator<Item = &'e ProposedHunk> {
    let files = edit.files.iter().filter(move |file| match which {
        Hunks::File(path) => file.path == *path,
        Hunks::One(_) | Hunks::All => true,
    });
    files.flat_map(|file| &file.hunks)
}

/// The hunks that a decision reaches.
fn meant(edit: &ProposedEdit, which: &Hunks, decision: Decision) -> Vec<HunkId> {
    let hunks = among(edit, which).filter(|hunk| match which {
        Hunks::One(id) => hunk.id == *id,
        Hunks::File(_) | Hunks::All => decision.reaches(hunk.class, hunk.decision) && hunk.conflict.is_none(),
    });
    hunks.map(|hunk| hunk.id).collect()
}

/// What accepting many at once leaves as it is, in words: `1 rejected, 2 cosmetic`; `None` where that is nothing.
fn beside(edit: &ProposedEdit, which: &Hunks, decision: Decision) -> Option<String> {
    if decision != Decision::Accepted || matches!(which, Hunks::One(_)) {
        return None;
    }
    let words = ["in conflict", "rejected", "cosmetic", "out of scope"];
    let mut counts = [0_usize; 4];
    for hunk in among(edit, which) {
        match (hunk.decision, hunk.class) {
            (_, _) if hunk.conflict.is_some() => counts[0] += 1,
            (Decision::Accepted, _) | (Decision::Undecided, HunkClass::InScope) => {}
            (Decision::Rejected, HunkClass::InScope) => counts[1] += 1,
            (Decision::Undecided | Decision::Rejected, HunkClass::Cosmetic) => counts[2] += 1,
            (Decision::Undecided | Decision::Rejected, HunkClass::OutOfScope) => counts[3] += 1,
        }
    }
    let said: Vec<String> = counts
        .iter()
        .zip(words)
        .filter(|(count, _)| **count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// Shows a decision before the service confirms it.
fn assume(app: &mut App, edit: EditId, hunks: &[HunkId], decision: Decision) {
    app.review.change(edit, |edit| {
        let all = edit.files.iter_mut().flat_map(|file| &mut file.hunks);
        for hunk in all.filter(|hunk| hunks.contains(&hunk.id)) {
            hunk.decision = decision;
            hunk.conflict = None;
        }
    });
}

/// On to the next undecided hunk. Where there is none, notes and footer offer the write.
fn go_on(app: &mut App) {
    if let Some(next) = app.review.next_undecided() {
        app.review.select(Spot::Hunk(next));
        app.review.show_hunk();
    }
}

/// What a write would write: `4 hunks in 2 files`.
pub(super) fn written_words(app: &App) -> String {
    let tally = app.review.tally();
    let hunks = amount::plural(tally.accepted as u64, "hunk");
    format!("{hunks} in {}", amount::plural(tally.accepted_files as u64, "file"))
}

/// Takes back the last decision of the shown edit.
pub(super) fn undo(app: &mut App, cmds: &mut Vec<Cmd>) {
    match app.review.undo.pop() {
        Some(Undo::Decided(edit, hunks)) => {
            app.review.show(edit);
            for (hunk, decision) in &hunks {
                cmds.push(Cmd::Edit(EditCommand::Decide(edit, Hunks::One(*hunk), *decision)));
                app.review.change(edit, |edit| {
                    let all = edit.files.iter_mut().flat_map(|file| &mut file.hunks);
                    if let Some(known) = all.into_iter().find(|known| known.id == *hunk) {
                        known.decision = *decision;
                    }
                });
            }
            if let Some((first, _)) = hunks.first() {
                select(app, *first);
            }
        }
        Some(Undo::Amended(edit, hunk, lines)) => {
            app.review.show(edit);
            app.review.expects_change = true;
            cmds.push(Cmd::Edit(EditCommand::Amend(edit, hunk, lines)));
            select(app, hunk);
        }
        None => {}
    }
}

fn select(app: &mut App, hunk: HunkId) {
    let known = app.review.shown().is_some_and(|edit| find(edit, hunk).is_some());
    if known {
        app.review.select(Spot::Hunk(hunk));
        app.review.show_hunk();
    }
}

/// Writes what is accepted.
pub(super) fn write(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(id) = app.review.shown().map(|edit| edit.id) else { return };
    app.notices.flash(format!("writing {}", written_words(app)), app.now.elapsed);
    app.review.writes = Some(id);
    cmds.push(Cmd::Edit(EditCommand::Write(id)));
}

/// Cuts the selected hunk in two at the cursor.
pub(super) fn split(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(edit) = app.review.shown().map(|edit| edit.id) else { return };
    let (Some(at), Some((_, hunk))) = (app.review.split_at(), app.review.hunk()) else { return };
    let hunk = hunk.id;
    app.review.expects_change = true;
    cmds.push(Cmd::Edit(EditCommand::Split(edit, hunk, at)));
}

/// Remembers the lines before they were changed by hand.
pub(super) fn amended(app: &mut App, edit: EditId, hunk: HunkId, lines: Vec<Arc<str>>, cmds: &mut Vec<Cmd>) {
    let before = app.review.edit(edit).and_then(|edit| find(edit, hunk));
    if let Some((_, _, known)) = before {
        app.review.undo.push(Undo::Amended(edit, hunk, known.new.to_vec()));
    }
    app.review.expects_change = true;
    cmds.push(Cmd::Edit(EditCommand::Amend(edit, hunk, lines)));
}

/// The key of an action of the review, for sentences.
pub(super) fn key_of(app: &App, action: ReviewAction) -> String {
    use crate::app::action::{Action, Context};
    let action = Action::Review(action);
    let chord =
        app.keymap.chord(Context::Review, action).or_else(|| app.keymap.chords(action).first().copied());
    chord.map_or_else(|| format!(":{}", action.spec().name), |chord| chord.to_string())
}
