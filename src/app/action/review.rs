//! What can be done with proposed edits.

/// Something done in the review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReviewAction {
    /// Accepts the selected hunk; in a conflict takes it as proposed.
    Accept,
    /// Rejects it; in a conflict keeps what is on disk.
    Reject,
    /// Accepts every hunk of its file.
    AcceptFile,
    /// Rejects every hunk of its file.
    RejectFile,
    /// Accepts every hunk.
    AcceptAll,
    /// Rejects every hunk.
    RejectAll,
    /// On to the next hunk.
    Next,
    /// Back to the hunk before.
    Previous,
    /// On to the next edit.
    NextEdit,
    /// Back to the edit before.
    PreviousEdit,
    /// Takes back the last decision.
    Undo,
    /// Changes the new lines by hand.
    Amend,
    /// Cuts the hunk in two at the cursor.
    Split,
    /// Hands the hunk back to the model with a comment.
    Comment,
    /// Writes what is accepted.
    Write,
    /// Opens the file in the editor at the line.
    Open,
    /// Shows what was left out, or hides it.
    Unfold,
    /// Side by side, or one above the other.
    Face,
    /// Wraps long lines, or cuts them.
    Wrap,
    /// Scrolls to the left.
    Left,
    /// Scrolls to the right.
    Right,
    /// Asks the model again for what was refused.
    Retry,
    /// Takes back the last write.
    UndoWrite,
    /// Writes again what was taken back.
    RedoWrite,
    /// Runs the check command.
    Check,
    /// Sends the errors of the check command back.
    FixCheck,
    /// Commits what was written.
    Commit,
    /// Gives the edit up.
    Drop,
    /// Stops the model.
    Stop,
    /// Copies the selected hunk as a diff.
    Copy,
    /// Keeps what was written in the place of the diff.
    Done,
    /// Asks for an edit of what is selected.
    Ask,
    /// The next thing that an instruction can be about.
    Target,
    /// Selects lines of the preview.
    SelectLines,
    /// Puts the keyboard on the message to the chat.
    Message,
}
