//! Asked: the answer of whichever candidate gave one. Dropping it cancels the call.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use futures::Stream;
use tokio::sync::mpsc::Receiver;

use crate::domain::ModelRef;
use crate::llm::{Chunk, LlmError};

/// An answer through a task's candidates. Candidates are changed before the first chunk only, so all chunks come from
/// one model. Ends after an error.
#[derive(Debug)]
pub struct Asked {
    chunks: Receiver<Result<Chunk, LlmError>>,
    model: Arc<OnceLock<ModelRef>>,
}

impl Asked {
    pub(super) fn new(chunks: Receiver<Result<Chunk, LlmError>>, model: Arc<OnceLock<ModelRef>>) -> Self {
        Self { chunks, model }
    }

    /// Who answers; `None` until the first chunk is there.
    pub fn model(&self) -> Option<&ModelRef> {
        self.model.get()
    }
}

impl Stream for Asked {
    type Item = Result<Chunk, LlmError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.poll_recv(context)
    }
}
