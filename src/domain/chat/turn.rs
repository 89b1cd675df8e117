//! The turns of a conversation.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{ContextItem, Question};
use crate::domain::{Locality, ModelRef, Notice, TaskKind};

/// Names one conversation: a random number, so that two programs on one store never give the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub i64);

/// Names one turn of all conversations: a random number too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TurnId(pub i64);

impl fmt::Display for SessionId {
    /// Sixteen hexadecimal digits; a start of them that no other has is enough for commands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Display for TurnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answerer {
    /// A model, and where it runs.
    Model(ModelRef, Locality),
    /// No model is set: the retrieved files, their reasons and excerpts stand for an answer.
    Nobody,
}

/// How far an answer is.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerState {
    /// The tree is searched: files judged, files of the tree, and what is waited for in words.
    Searching {
        /// Files with a verdict.
        judged: u32,
        /// Files of the tree.
        files: u32,
        /// What is waited for: `first files stable`, `all files`.
        waits_for: &'static str,
    },
    /// Sent; nothing came yet.
    Waiting,
    /// The model reasons; none of that is the answer.
    Thinking,
    /// Text comes.
    Streaming,
    /// The model was done.
    Done,
    /// It ended before the model was done: the limit of tokens, a full window.
    CutShort(Arc<str>),
    /// The model or its provider refused; in its words where it gave any.
    Refused(Arc<str>),
    /// The user stopped it; what came stays.
    Cancelled,
    /// It broke off; what came stays.
    Failed(Notice),
    /// The prompt was larger than the model's window: [`super::ChatCommand::RetryWithLess`] asks again with half of it.
    /// The notice says how many tokens were sent and how many fit, where that is known.
    TooLong(Notice),
    /// The program ended meanwhile; what came stays.
    Interrupted,
}

impl AnswerState {
    /// Whether more may come.
    pub const fn is_going(&self) -> bool {
        matches!(self, Self::Searching { .. } | Self::Waiting | Self::Thinking | Self::Streaming)
    }
}

/// What an answer took.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AnswerMeters {
    /// Prompt tokens, as the server counted them, else as reckoned.
    pub tokens_in: u64,
    /// Of these, out of the server's cache.
    pub cached_in: u64,
    /// Generated tokens, as counted, else as reckoned.
    pub tokens_out: u64,
    /// Whether the two were counted by the server.
    pub counted: bool,
    /// From sending to the first token.
    pub first_token: Option<Duration>,
    /// From sending to now, or to the end.
    pub total: Duration,
    /// Generated tokens per second after the first.
    pub tokens_per_second: Option<f32>,
    /// US dollars; `None` where the price is unknown, which is not free.
    pub usd: Option<f64>,
    /// The model's window; `None` where unknown.
    pub window: Option<u32>,
}

/// What a person thinks of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// Up or down.
    pub thumb: Thumb,
    /// A word on why; may be empty.
    pub word: Arc<str>,
}

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Thumb {
    /// It helped.
    Up,
    /// It did not.
    Down,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Who answers.
    pub by: Answerer,
    /// For which task.
    pub task: TaskKind,
    /// The text so far.
    pub text: Arc<str>,
    /// The reasoning so far, where it was sent.
    pub thinking: Arc<str>,
    /// What was sent with the question.
    pub context: Arc<[ContextItem]>,
    /// What it took.
    pub meters: AnswerMeters,
    /// How far it is.
    pub state: AnswerState,
    /// What the person thinks of it.
    pub rating: Option<Rating>,
    /// The answers that were asked for beside it, this one among them, in the order of the screen; empty for one alone.
    pub beside: Arc<[TurnId]>,
    /// Whether the person picked it among those.
    pub picked: bool,
}

/// What a turn holds.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnBody {
    /// The person's.
    Question(Question),
    /// A model's.
    Answer(Box<Answer>),
    /// Stands for older turns in what is sent; these stay where they are.
    Summary {
        /// What they came to.
        text: Arc<str>,
        /// The last turn that it covers.
        covers: TurnId,
        /// How many turns that are.
        turns: u32,
    },
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Its name.
    pub id: TurnId,
    /// The turn before; `None` for the first.
    pub parent: Option<TurnId>,
    /// When it began, milliseconds since the epoch.
    pub at_ms: i64,
    /// Of the turns with the same parent, all in order: more than one where a message was edited or an answer retried.
    pub siblings: Arc<[TurnId]>,
    /// What it holds.
    pub body: TurnBody,
}
