//! Said: what of an answer matters to an edit; all else that a server sends does not.

use crate::llm::{Chunk, StopReason, ToolPiece};

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// More of its text.
    Text(String),
    /// More of a call of a tool.
    Called(ToolPiece),
    /// It ends at a limit before the model was done.
    Cut,
}

impl Said {
    /// What a chunk says; `None` where that is nothing to an edit.
    ///
    /// # Errors
    /// The model refused; in its words.
    pub fn of(chunk: Chunk) -> Result<Option<Self>, String> {
        Ok(match chunk {
            Chunk::Text(text) => Some(Self::Text(text)),
            Chunk::Tool(piece) => Some(Self::Called(piece)),
            Chunk::Stop(StopReason::Length | StopReason::WindowFull) => Some(Self::Cut),
            Chunk::Stop(StopReason::Refused(why)) => return Err(why),
            Chunk::Thinking(_)
            | Chunk::Logprobs(_)
            | Chunk::Vectors(_)
            | Chunk::Usage(_)
            | Chunk::Stop(StopReason::End | StopReason::Calls | StopReason::Other(_)) => None,
        })
    }
}
