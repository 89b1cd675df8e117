//! What the screen and the chat service tell each other.

use std::path::PathBuf;
use std::sync::Arc;

use super::{
    AnswerMeters, AnswerState, ContextKey, Patience, Question, Rating, SessionId, Tray, Turn, TurnId,
};
use crate::domain::{Generation, ModelRef, Notice};

/// A conversation, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionHead {
    /// Its name for the program.
    pub id: SessionId,
    /// Its name for people; the start of its first message until it has one.
    pub title: Arc<str>,
    /// The roots it was held about, as shown.
    pub roots: Arc<str>,
    /// When it began, milliseconds since the epoch.
    pub began_ms: i64,
    /// When its last turn changed.
    pub changed_ms: i64,
    /// Turns, those of all branches.
    pub turns: u32,
    /// The conversation that it was branched from.
    pub from: Option<SessionId>,
    /// Whether another running program has it open.
    pub elsewhere: bool,
}

/// A place in a conversation where searched words stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionHit {
    /// The conversation.
    pub session: SessionHead,
    /// The turn.
    pub turn: TurnId,
    /// Text around the words; those lie between `\u{2}` and `\u{3}`.
    pub excerpt: Arc<str>,
}

/// The form of an exported conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExportForm {
    /// For people.
    Markdown,
    /// For programs: one object, all branches.
    Json,
}

/// A message that waits until the answer before is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Counts the messages that waited.
    pub number: u64,
    /// The message.
    pub question: Question,
}

/// What the chat service tells.
#[derive(Debug, Clone, PartialEq)]
pub enum ChatEvent {
    /// A conversation is open: its head, and the turns of its current branch, oldest first.
    Opened {
        /// The head.
        head: SessionHead,
        /// The turns.
        turns: Vec<Turn>,
    },
    /// The current branch is now these turns: after an edit, a retry, or a change of branch.
    Branch(Vec<Turn>),
    /// A turn is new, or replaced whole.
    Turn(Turn),
    /// More of an answer, at most each 25 ms.
    Delta {
        /// The answer.
        turn: TurnId,
        /// What its text goes on with.
        text: Arc<str>,
        /// What its reasoning goes on with.
        thinking: Arc<str>,
    },
    /// How far an answer is, and what it took so far.
    Progress {
        /// The answer.
        turn: TurnId,
        /// How far.
        state: AnswerState,
        /// What it took.
        meters: AnswerMeters,
    },
    /// The tree shall be searched for this text: whoever owns the query asks the engine, and tells the generation by
    /// [`ChatCommand::Searching`].
    Search {
        /// Counts the searches.
        number: u64,
        /// The standalone request.
        text: Arc<str>,
        /// Asked by sending a message, so that a model may judge; while one is typed only the embedded judge does.
        sent: bool,
    },
    /// What would be sent with the message as it is typed, or was sent with the one that is answered.
    Tray(Tray),
    /// The messages that wait.
    Queue(Vec<Queued>),
    /// What was typed and not sent before the program ended, for the composer.
    Unsent(Question),
    /// Conversations, newest first.
    Sessions(Vec<SessionHead>),
    /// Where searched words stand, best first; echoes them.
    Hits(Arc<str>, Vec<SessionHit>),
    /// A conversation was renamed, or got its title.
    Renamed(SessionId, Arc<str>),
    /// An export was written here.
    Exported(PathBuf),
    /// Something a person should know.
    Notice(Notice),
}

/// What the chat service is told by the rest of the program.
#[derive(Debug, Clone, PartialEq)]
pub enum ChatCommand {
    /// This is typed by now: search and fill the tray, send nothing. Empty text falls back to what was sent last.
    Draft(Question),
    /// Answer this; while another is being answered it waits in the queue.
    Send(Question),
    /// Ask up to three models side by side.
    Compare(Question, Vec<ModelRef>),
    /// The search of this number runs as this query.
    Searching(u64, Generation),
    /// Answer now, with what is judged so far, or wait for all files.
    Wait(Patience),
    /// Stop the answers that are going on; what came stays.
    Cancel,
    /// Take a waiting message back.
    Unqueue(u64),
    /// Put this in the place of an earlier message, as a branch.
    Edit(TurnId, Question),
    /// Answer the question of this answer again, by this model or the task's own, as a branch.
    Retry(TurnId, Option<ModelRef>),
    /// The same with half of the context: after an error of context length.
    RetryWithLess(TurnId),
    /// Show the branch that this turn is on.
    Show(TurnId),
    /// This answer is the best of those beside it.
    Pick(TurnId),
    /// Rate an answer, or take the rating back.
    Rate(TurnId, Option<Rating>),
    /// Pin an item of the context, or let it go.
    Pin(ContextKey, bool),
    /// Leave an item out, or take it back.
    Exclude(ContextKey, bool),
    /// Move an item so many places up (negative) or down in the order of claim.
    Move(ContextKey, i32),
    /// Tokens that context may take; `None` for what the model's window allows.
    Budget(Option<u32>),
    /// Stand a summary in the place of older turns in what is sent.
    Compact,
    /// Begin a new conversation.
    New,
    /// Open a conversation; `None` for the newest of these roots.
    Resume(Option<SessionId>),
    /// Send the list of conversations.
    Sessions,
    /// Search all conversations for words.
    Search(Arc<str>),
    /// Rename a conversation.
    Rename(SessionId, Arc<str>),
    /// Begin a conversation that has the turns up to this one.
    BranchOff(TurnId),
    /// Delete a conversation.
    Delete(SessionId),
    /// Write the open conversation to a file of the working directory that does not exist yet, or to this one.
    Export(ExportForm, Option<PathBuf>),
}
