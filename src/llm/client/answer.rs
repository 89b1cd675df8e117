//! An answer as it streams: a bounded channel from the task that reads the server.
//!
//! Invariant: at most [`AHEAD`] chunks wait unread, so a slow reader slows the server and not our memory; dropping the
//! answer aborts the task, which closes the request.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures::Stream;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::domain::ModelRef;
use crate::llm::{Chunk, Counted, LlmError, Reply, StopReason, Timing, ToolCalls};

/// Chunks that may wait for a reader: half a second of a fast model's tokens.
const AHEAD: usize = 64;

/// A streaming answer. Ends after its first error. Dropping it cancels the call and closes the request, so that the
/// server frees its slot.
#[derive(Debug)]
pub struct Answer {
    model: ModelRef,
    chunks: mpsc::Receiver<Result<Chunk, LlmError>>,
    timing: Arc<Mutex<Timing>>,
    task: Option<AbortHandle>,
    ended: bool,
}

/// The writing end of an [`Answer`].
#[derive(Debug, Clone)]
pub struct AnswerSender {
    chunks: mpsc::Sender<Result<Chunk, LlmError>>,
    timing: Arc<Mutex<Timing>>,
}

/// The reader of an answer is gone; there is nobody to write for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody reads the answer any more")]
pub struct NobodyReads;

impl AnswerSender {
    /// Gives one chunk, or the error that ends the answer, to the reader; waits while too many are unread.
    ///
    /// # Errors
    /// [`NobodyReads`] where the answer was dropped.
    pub async fn send(&self, chunk: Result<Chunk, LlmError>) -> Result<(), NobodyReads> {
        self.chunks.send(chunk).await.map_err(|_| NobodyReads)
    }

    /// The same from a thread that may block, such as that of a model in this process.
    ///
    /// # Errors
    /// [`NobodyReads`] where the answer was dropped.
    pub fn blocking_send(&self, chunk: Result<Chunk, LlmError>) -> Result<(), NobodyReads> {
        self.chunks.blocking_send(chunk).map_err(|_| NobodyReads)
    }

    /// Writes down how long the call takes, as far as it is known.
    pub fn time(&self, timing: Timing) {
        *lock(&self.timing) = timing;
    }

    /// Whether the answer was dropped.
    pub fn is_closed(&self) -> bool {
        self.chunks.is_closed()
    }
}

impl Answer {
    /// An answer and its writing end; the answer ends when every sender is gone.
    pub fn channel(model: ModelRef) -> (AnswerSender, Self) {
        let (sender, chunks) = mpsc::channel(AHEAD);
        let timing = Arc::new(Mutex::new(Timing::default()));
        let writer = AnswerSender { chunks: sender, timing: Arc::clone(&timing) };
        (writer, Self { model, chunks, timing, task: None, ended: false })
    }

    /// An answer that is nothing but this error.
    pub fn failed(error: LlmError) -> Self {
        let (sender, answer) = Self::channel(error.model().clone());
        // A fresh channel has room for one.
        drop(sender.chunks.try_send(Err(error)));
        answer
    }

    /// Ties the answer to the task that writes it: dropping the answer aborts the task.
    #[must_use]
    pub fn tied_to(mut self, task: AbortHandle) -> Self {
        self.task = Some(task);
        self
    }

    /// Who answers.
    pub const fn model(&self) -> &ModelRef {
        &self.model
    }

    /// How long it takes, as far as it is known now.
    pub fn timing(&self) -> Timing {
        *lock(&self.timing)
    }

    /// The next chunk; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Chunk, LlmError>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Reads to the end.
    ///
    /// # Errors
    /// The error that ended the answer; [`LlmError::Refused`] where the model refused, [`LlmError::Cut`] where it ended
    /// without saying why.
    pub async fn collect(mut self) -> Result<Reply, LlmError> {
        let mut reply = Gathered::default();
        while let Some(chunk) = self.next().await {
            reply.take(chunk?);
        }
        reply.finish(&self.model, self.timing())
    }
}

impl Stream for Answer {
    type Item = Result<Chunk, LlmError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let polled = self.chunks.poll_recv(cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.ended = true;
        }
        polled
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// A reply in the making.
#[derive(Debug, Default)]
struct Gathered {
    text: String,
    thinking: String,
    calls: ToolCalls,
    logprobs: Vec<crate::llm::TokenLogprobs>,
    vectors: Vec<Vec<f32>>,
    counted: Counted,
    stop: Option<StopReason>,
}

impl Gathered {
    fn take(&mut self, chunk: Chunk) {
        match chunk {
            Chunk::Text(text) => self.text.push_str(&text),
            Chunk::Thinking(text) => self.thinking.push_str(&text),
            Chunk::Tool(piece) => {
                self.calls.take(piece);
            }
            Chunk::Logprobs(tokens) => self.logprobs.extend(tokens),
            Chunk::Vectors(vectors) => self.vectors.extend(vectors),
            Chunk::Usage(counted) => replace_known(&mut self.counted, &counted),
            Chunk::Stop(stop) => self.stop = Some(stop),
        }
    }

    fn finish(self, model: &ModelRef, timing: Timing) -> Result<Reply, LlmError> {
        let Self { text, thinking, calls, logprobs, vectors, counted, stop } = self;
        let calls = calls.calls();
        match stop {
            None => Err(LlmError::Cut { model: model.clone() }),
            Some(StopReason::Refused(why)) => Err(LlmError::Refused { model: model.clone(), why }),
            Some(stop) => Ok(Reply { text, thinking, calls, logprobs, vectors, counted, stop, timing }),
        }
    }
}

/// Takes over what a later report of the server says, field by field.
pub(crate) fn replace_known(known: &mut Counted, later: &Counted) {
    known.prompt = later.prompt.or(known.prompt);
    known.cached = later.cached.or(known.cached);
    known.output = later.output.or(known.output);
    known.micro_usd = later.micro_usd.or(known.micro_usd);
}

/// A poisoned lock holds plain numbers, which are whole whatever panicked.
fn lock(timing: &Mutex<Timing>) -> MutexGuard<'_, Timing> {
    timing.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> ModelRef {
        ModelRef::new("lab", "m")
    }

    #[tokio::test]
    async fn an_answer_is_collected_with_the_latest_count_of_each_field() {
        let (sender, answer) = Answer::channel(model());
        let first = Counted { prompt: Some(7), cached: Some(3), ..Counted::default() };
        let second = Counted { prompt: Some(8), output: Some(2), ..Counted::default() };
        for chunk in [
            Chunk::Usage(first),
            Chunk::Thinking("hm".into()),
            Chunk::Text("ye".into()),
            Chunk::Text("s".into()),
            Chunk::Stop(StopReason::End),
            Chunk::Usage(second),
        ] {
            sender.send(Ok(chunk)).await.expect("read");
        }
        drop(sender);
        let reply = answer.collect().await.expect("a reply");
        assert_eq!((reply.text.as_str(), reply.thinking.as_str()), ("yes", "hm"));
        let counted = Counted { prompt: Some(8), cached: Some(3), output: Some(2), micro_usd: None };
        assert_eq!((reply.counted, reply.stop), (counted, StopReason::End));
    }

    #[tokio::test]
    async fn an_answer_without_an_end_is_cut_and_a_refusal_is_an_error() {
        let (sender, answer) = Answer::channel(model());
        sender.send(Ok(Chunk::Text("ye".into()))).await.expect("read");
        drop(sender);
        assert_eq!(answer.collect().await, Err(LlmError::Cut { model: model() }));

        let (sender, answer) = Answer::channel(model());
        sender.send(Ok(Chunk::Stop(StopReason::Refused("no".into())))).await.expect("read");
        drop(sender);
        let refused = LlmError::Refused { model: model(), why: "no".into() };
        assert_eq!(answer.collect().await, Err(refused));
    }

    #[tokio::test]
    async fn nothing_comes_after_an_error() {
        let (sender, mut answer) = Answer::channel(model());
        sender.send(Err(LlmError::Cut { model: model() })).await.expect("read");
        sender.send(Ok(Chunk::Text("late".into()))).await.expect("read");
        assert!(answer.next().await.is_some_and(|chunk| chunk.is_err()));
        assert_eq!(answer.next().await, None);
    }
}
