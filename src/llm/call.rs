//! One call to a model: what is asked, independent of any wire format.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::tool::{Tool, ToolCall, ToolResult};
use crate::domain::TaskKind;

/// What is asked of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// For which task: decides expectation, meters and the line in the egress log.
    pub task: TaskKind,
    /// What the model is to do.
    pub ask: Ask,
    /// Most tokens to generate, hidden reasoning included.
    pub max_output: u32,
    /// 0 for the same answer each time; `None` leaves it to the server.
    pub temperature: Option<f32>,
    /// Where generation ends.
    pub stop: Vec<String>,
    /// The form of the answer.
    pub format: Format,
    /// What the model may call; empty for none.
    pub tools: Arc<[Tool]>,
    /// Log-probabilities of so many alternatives per generated token, 0 for none.
    pub top_logprobs: u8,
    /// Whether the model may reason before it answers.
    pub thinking: Thinking,
    /// Calls with the same number go to the same endpoint where that is not busier than others, so that its prefix
    /// cache stays warm.
    pub affinity: Option<u64>,
    /// Given up after this long, counted from when the call leaves the queue.
    pub deadline: Option<Duration>,
    /// The files whose text is in the prompt, for the egress log and the rules of what stays on this machine. With
    /// several roots the root's name comes first, as in lists.
    pub files: Vec<Arc<str>>,
    /// The budget that it is charged to; `None` makes it a query of its own.
    pub budget: Option<BudgetId>,
}

/// One query's budget, opened by [`crate::llm::budget::Budgets::open`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BudgetId(pub u64);

/// What a model is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Go on with a conversation.
    Chat(Vec<Message>),
    /// Fill in the middle.
    Fill(Fill),
    /// Turn each text into a vector.
    Embed(Vec<Arc<str>>),
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Standing instructions.
    System,
    /// The person, or the program for them.
    User,
    /// The model.
    Assistant,
}

/// Tokens of a picture, as large as the usual protocols make one.
pub const PICTURE: u32 = 1_600;

/// One turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order.
    pub parts: Vec<Part>,
    /// Everything up to here stays the same in many calls: worth a cache mark where the protocol has one.
    pub cache: bool,
}

impl Message {
    /// A turn of text alone.
    pub fn text(role: Role, text: impl Into<Arc<str>>) -> Self {
        Self { role, parts: vec![Part::Text(text.into())], cache: false }
    }
}

/// A piece of a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Text.
    Text(Arc<str>),
    /// A picture.
    Image {
        /// `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
        mime: &'static str,
        /// The file's bytes.
        bytes: Arc<[u8]>,
    },
    /// A call that the model made, in a turn of its own.
    Called(ToolCall),
    /// What a call came to, in a turn of the person. Every call of the turn before must have one.
    Returned(ToolResult),
}

impl Part {
    /// What counts as text: said, called with, or returned; `None` for a picture.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Called(call) => Some(&call.arguments),
            Self::Returned(result) => Some(&result.text),
            Self::Image { .. } => None,
        }
    }
}

/// Text before and after the place to fill.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fill {
    /// Before.
    pub prefix: Arc<str>,
    /// After.
    pub suffix: Arc<str>,
    /// Other files that help: name and text.
    pub extra: Vec<(Arc<str>, Arc<str>)>,
}

/// The form of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Format {
    /// Free text.
    Text,
    /// One of these words, where the server can hold a model to it; free text elsewhere.
    Choice(&'static [&'static str]),
    /// An object of this JSON schema, where the server can hold a model to it; the prompt says it as well.
    Json {
        /// A name of letters, digits and underscores.
        name: &'static str,
        /// The schema.
        schema: Arc<Value>,
    },
}

/// Whether the model may reason before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Thinking {
    /// Off, where it can be turned off.
    Off,
    /// As the server does by itself.
    Default,
}

impl Call {
    /// A call that turns texts into vectors.
    pub fn embed(task: TaskKind, texts: Vec<Arc<str>>) -> Self {
        Self { ask: Ask::Embed(texts), ..Self::chat(task, Vec::new(), 0) }
    }

    /// A chat call that leaves everything else to the server.
    pub fn chat(task: TaskKind, messages: Vec<Message>, max_output: u32) -> Self {
        Self {
            task,
            ask: Ask::Chat(messages),
            max_output,
            temperature: None,
            stop: Vec::new(),
            format: Format::Text,
            tools: Arc::from([]),
            top_logprobs: 0,
            thinking: Thinking::Default,
            affinity: None,
            deadline: None,
            files: Vec::new(),
            budget: None,
        }
    }
}
