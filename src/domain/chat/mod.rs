//! Chat: conversations, what is sent with a question, and what the screen and the chat service tell each other.
//!
//! Texts of models and files in here are as they came; whoever shows them sanitises them.

mod context;
mod mention;
mod message;
mod question;
mod turn;

pub use context::{ContextForm, ContextItem, ContextKey, ContextSource, ContextState, GitText, Tray};
pub use mention::{Mention, mentions, spelled};
pub use message::{ChatCommand, ChatEvent, ExportForm, Queued, SessionHead, SessionHit};
pub use question::{Attachment, Patience, Question, Retrieval};
pub use turn::{
    Answer, AnswerMeters, AnswerState, Answerer, Rating, SessionId, Thumb, Turn, TurnBody, TurnId,
};
