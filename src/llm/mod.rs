//! Models: calls to any backend, over one small module per wire protocol.
//!
//! Owns protocols, connections, routing, permits, meters, budgets, redaction and what may leave the machine. Must not
//! know queries, chat or edits: it is given a [`Call`] and gives back [`Chunk`]s.

pub mod budget;
mod call;
pub mod client;
pub mod egress;
mod error;
mod facade;
pub mod finding;
pub mod framing;
#[cfg(feature = "gguf")]
pub mod gguf;
mod info;
pub mod profiles;
pub mod protocols;
mod reply;
pub mod router;
pub mod tokens;
mod tool;
pub mod wire;

pub use call::{Ask, BudgetId, Call, Fill, Format, Message, PICTURE, Part, Role, Thinking};
pub use error::LlmError;
pub use facade::{Asked, Llm, LlmOptions, Trial};
pub use finding::Environment;
pub use info::ModelInfo;
pub use reply::{Chunk, Counted, Reply, StopReason, Timing, TokenLogprobs};
pub use tool::{Tool, ToolCall, ToolCalls, ToolPiece, ToolResult};
