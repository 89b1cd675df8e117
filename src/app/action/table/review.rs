//! The table of what is done with proposed edits.

use super::super::Context::{Instruct, List, Review, Why, Writing};
use super::super::{Action, ReviewAction};
use super::{Context, Group, Spec};

const fn shown(
    action: ReviewAction,
    name: &'static str,
    title: &'static str,
    chords: &'static [&'static str],
    contexts: &'static [Context],
) -> Spec {
    super::shown(Action::Review(action), name, title, chords, (contexts, Group::Edits))
}

const fn key_only(
    action: ReviewAction,
    name: &'static str,
    title: &'static str,
    chords: &'static [&'static str],
    contexts: &'static [Context],
) -> Spec {
    super::key_only(Action::Review(action), name, title, chords, (contexts, Group::Edits))
}

/// Every action on proposed edits, in the order of palette and help.
pub static REVIEW: &[Spec] = &[
    shown(ReviewAction::Accept, "accept-hunk", "Accept this hunk", &["a"], &[Review]),
    shown(ReviewAction::Reject, "reject-hunk", "Reject this hunk", &["x"], &[Review]),
    shown(ReviewAction::AcceptFile, "accept-file", "Accept the whole file", &["A"], &[Review]),
    shown(ReviewAction::RejectFile, "reject-file", "Reject the whole file", &["X"], &[Review]),
    shown(ReviewAction::AcceptAll, "accept-all", "Accept all hunks", &["ctrl+a"], &[Review]),
    shown(ReviewAction::RejectAll, "reject-all", "Reject all hunks", &["ctrl+x"], &[Review]),
    shown(ReviewAction::Undo, "undo-decision", "Take back the last decision", &["u"], &[Review]),
    shown(ReviewAction::Amend, "amend-hunk", "Edit this hunk in place", &["e"], &[Review]),
    shown(ReviewAction::Split, "split-hunk", "Split the hunk here", &["s"], &[Review]),
    shown(ReviewAction::Comment, "comment-hunk", "Comment, back to the model", &["c"], &[Review]),
    key_only(ReviewAction::Next, "next-hunk", "Next hunk", &["n"], &[Review]),
    key_only(ReviewAction::Previous, "previous-hunk", "Hunk before", &["p", "N"], &[Review]),
    shown(ReviewAction::NextEdit, "next-edit", "Next proposed edit", &["]"], &[Review]),
    shown(ReviewAction::PreviousEdit, "previous-edit", "Proposed edit before", &["["], &[Review]),
    shown(ReviewAction::Write, "write", "Write the accepted hunks", &["w"], &[Review]),
    shown(ReviewAction::UndoWrite, "revert", "Revert the last write", &["ctrl+z"], &[Review]),
    shown(ReviewAction::RedoWrite, "redo-write", "Write again", &["ctrl+y"], &[Review]),
    shown(ReviewAction::Check, "check", "Run the check command", &["t"], &[Review]),
    shown(ReviewAction::FixCheck, "fix-check", "Send the check's errors back", &["f"], &[Review]),
    shown(ReviewAction::Commit, "commit", "Commit what this edit wrote", &["C"], &[Review]),
    shown(ReviewAction::Retry, "retry-refused", "Ask again for the refused", &["r"], &[Review]),
    shown(ReviewAction::Unfold, "left-out", "Show what was left out", &["z"], &[Review]),
    shown(ReviewAction::Face, "side-by-side", "Side by side or unified", &["v"], &[Review]),
    shown(ReviewAction::Wrap, "wrap", "Wrap or cut long lines", &["b"], &[Review]),
    key_only(ReviewAction::Left, "left", "Scroll to the left", &["h", "left"], &[Review]),
    key_only(ReviewAction::Right, "right", "Scroll to the right", &["l", "right"], &[Review]),
    shown(ReviewAction::Open, "open-hunk", "Open in the editor here", &["o", "enter"], &[Review]),
    shown(ReviewAction::Copy, "copy-hunk", "Copy this hunk as a diff", &["y"], &[Review]),
    key_only(ReviewAction::Message, "message-beside", "Type a message", &["alt+c"], &[Review]),
    shown(ReviewAction::Stop, "stop-edit", "Stop the editing model", &["S"], &[Review]),
    shown(ReviewAction::Drop, "drop-edit", "Drop the edit, twice", &["D"], &[Review]),
    key_only(ReviewAction::Done, "done", "Keep what was written", &["ctrl+s", "alt+enter"], &[Writing]),
    key_only(ReviewAction::Target, "edit-target", "Next target", &["tab"], &[Instruct]),
    shown(ReviewAction::Ask, "edit-this", "Edit this", &["e"], &[List, Why]),
    shown(ReviewAction::SelectLines, "select-lines", "Select lines of the source", &["v"], &[Why]),
];
