//! What comes back from a model: pieces as they stream, and the whole.

use std::time::Duration;

use super::tool::{ToolCall, ToolPiece};

/// A piece of an answer, in the order of the stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Chunk {
    /// Text of the answer; never a cut character.
    Text(String),
    /// Reasoning that is shown apart from the answer, or not at all.
    Thinking(String),
    /// A piece of a call of a tool.
    Tool(ToolPiece),
    /// Log-probabilities of the next generated tokens.
    Logprobs(Vec<TokenLogprobs>),
    /// One vector a text, in their order.
    Vectors(Vec<Vec<f32>>),
    /// What the server counted; later reports replace earlier ones field by field.
    Usage(Counted),
    /// Why generation ended; the last chunk but for a late [`Chunk::Usage`].
    Stop(StopReason),
}

/// One generated token and what else could have stood there.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenLogprobs {
    /// The characters that it completes, so that the tokens put together are the text: nothing for the first half of a
    /// character. What can be no UTF-8 is replaced.
    pub token: String,
    /// Its natural log-probability.
    pub logprob: f32,
    /// The most probable tokens, best first; may hold the token itself.
    pub top: Vec<(String, f32)>,
}

/// Tokens as the server counted them; `None` where it did not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// All prompt tokens, cached ones included, whatever the protocol calls them.
    pub prompt: Option<u64>,
    /// Prompt tokens that came from the server's cache.
    pub cached: Option<u64>,
    /// Generated tokens, hidden reasoning included.
    pub output: Option<u64>,
    /// What the server says it costs, in millionths of a US dollar.
    pub micro_usd: Option<u64>,
}

/// Why generation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The model was done, or a stop text came.
    End,
    /// The model waits for what its calls of tools come to.
    Calls,
    /// The limit of output tokens.
    Length,
    /// The window was full.
    WindowFull,
    /// The model or its provider refused.
    Refused(String),
    /// Something else, in the server's word.
    Other(String),
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The text.
    pub text: String,
    /// The reasoning, where it was sent.
    pub thinking: String,
    /// The calls of tools, in order; their arguments are as the model wrote them.
    pub calls: Vec<ToolCall>,
    /// Log-probabilities, token by token; empty where there are none.
    pub logprobs: Vec<TokenLogprobs>,
    /// One vector a text of [`super::Ask::Embed`], in their order; empty otherwise.
    pub vectors: Vec<Vec<f32>>,
    /// What the server counted.
    pub counted: Counted,
    /// Why it ended.
    pub stop: StopReason,
    /// How long it took.
    pub timing: Timing,
}

/// How long a call took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// Waiting for a permit.
    pub queued: Duration,
    /// From sending to the first token.
    pub first_token: Option<Duration>,
    /// From sending to the end.
    pub total: Duration,
}
