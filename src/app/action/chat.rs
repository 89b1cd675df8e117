//! What can be done with the conversation and its context.

/// Something done with the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChatAction {
    /// Opens or closes the context tray.
    Tray,
    /// Answers now, with what is judged so far.
    Now,
    /// Answers when every file has its verdict.
    All,
    /// Takes the message that waits last back into the composer.
    TakeBack,
    /// On to the next turn.
    NextTurn,
    /// Back to the turn before.
    PreviousTurn,
    /// Marks the next citation of the turn.
    NextCitation,
    /// Marks the citation before.
    PreviousCitation,
    /// Goes to the file and lines of the marked citation.
    OpenCitation,
    /// Copies the turn.
    CopyMessage,
    /// Copies a code block of the turn: its last one, then the one before that.
    CopyCode,
    /// Proposes the answer's edits, or the selected code block, for review.
    Apply,
    /// Selects the next code block.
    NextCode,
    /// Folds or unfolds code, reasoning or a long message.
    Fold,
    /// Finds words in the conversation.
    Find,
    /// On to the next match.
    NextMatch,
    /// Back to the match before.
    PreviousMatch,
    /// Copies the path of the marked citation.
    CopyCited,
    /// Puts the turn's message into the composer; sent, it takes the place of the old one, as a branch.
    EditMessage,
    /// Answers again.
    Retry,
    /// Answers again by another model.
    RetryWith,
    /// Answers again with half of the context.
    RetryLess,
    /// Shows the next branch at the turn.
    NextBranch,
    /// Shows the branch before.
    PreviousBranch,
    /// It helped.
    RateUp,
    /// It did not.
    RateDown,
    /// Adds a word to the rating.
    RateWord,
    /// Shows answers that were asked for side by side.
    Compare,
    /// Takes the shown answer as the best of those beside it.
    Pick,
    /// Lists earlier conversations.
    Sessions,
    /// Deletes the selected conversation, at the second press.
    Delete,
    /// Begins a conversation with the turns up to the selected one.
    BranchOff,
    /// Begins a new conversation.
    New,
    /// Renames the conversation.
    Rename,
    /// Writes the conversation to a file.
    Export,
    /// Stands a summary in the place of older turns in what is sent.
    Compact,
    /// Sends the selected file of the list with every message, or lets it go.
    Attach,
    /// Sends the selected item with every message, or lets it go.
    PinItem,
    /// Leaves the selected item out, or takes it back.
    DropItem,
    /// Moves the selected item up in the order of claim.
    Earlier,
    /// Moves it down.
    Later,
    /// More tokens for context.
    More,
    /// Fewer.
    Fewer,
    /// As many as the model's window allows.
    Auto,
    /// Goes to the file and lines of the selected item.
    OpenItem,
}
