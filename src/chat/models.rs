//! Models as a conversation needs them: who would answer, what is known of them, and their answers as they stream. A
//! trait, so that tests can stand in for servers.

use std::pin::Pin;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, stream};
use tokio::runtime::Handle;

use crate::domain::{ModelRef, RouteStatus, TaskKind};
use crate::llm::client::Answer;
use crate::llm::{Asked, Call, Chunk, Llm, LlmError, ModelInfo};

/// What is heard of an answer. Dropping the stream cancels the call.
pub type Heard = BoxStream<'static, Result<News, LlmError>>;

/// One thing heard of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// Who answers; comes before the first chunk.
    By(ModelRef),
    /// More of the answer.
    Chunk(Chunk),
}

/// Everyone who can answer.
pub trait Models: Send + Sync {
    /// Who does a task, and why.
    fn route(&self, task: TaskKind) -> RouteStatus;

    /// What is known of a model; `None` where there is none of that name.
    fn model(&self, model: &ModelRef) -> Option<ModelInfo>;

    /// Calls through the task's candidates, in order, until one answers.
    fn ask(&self, call: Call) -> Heard;

    /// Calls this model and no other.
    fn ask_one(&self, model: &ModelRef, call: Call) -> Heard;

    /// Ends once the first look for models is over.
    fn settled(&self) -> BoxFuture<'static, ()>;

    /// Where their futures run.
    fn runtime(&self) -> &Handle;
}

impl Models for Llm {
    fn route(&self, task: TaskKind) -> RouteStatus {
        Self::route(self, task)
    }

    fn model(&self, model: &ModelRef) -> Option<ModelInfo> {
        Self::model(self, model)
    }

    fn ask(&self, call: Call) -> Heard {
        heard(Self::ask(self, call))
    }

    fn ask_one(&self, model: &ModelRef, call: Call) -> Heard {
        heard(Self::stream(self, model, call))
    }

    fn settled(&self) -> BoxFuture<'static, ()> {
        let llm = self.clone();
        Box::pin(async move { llm.settled().await })
    }

    fn runtime(&self) -> &Handle {
        self.handle()
    }
}

/// The whole text of a short answer, at most so many bytes of it.
///
/// # Errors
/// What ended it early.
pub async fn said(mut heard: Heard, most: usize) -> Result<String, LlmError> {
    let mut text = String::new();
    while let Some(news) = heard.next().await {
        if let News::Chunk(Chunk::Text(more)) = news? {
            text.push_str(&more);
            if text.len() > most {
                break;
            }
        }
    }
    Ok(text)
}

/// An answer that can say who gives it, once its first chunk is there.
trait Named: Stream<Item = Result<Chunk, LlmError>> + Send + Unpin + 'static {
    fn by(&self) -> Option<ModelRef>;
}

impl Named for Asked {
    fn by(&self) -> Option<ModelRef> {
        self.model().cloned()
    }
}

impl Named for Answer {
    fn by(&self) -> Option<ModelRef> {
        Some(self.model().clone())
    }
}

fn heard(answer: impl Named) -> Heard {
    let begun = stream::once(async move {
        let mut answer = answer;
        let first = answer.next().await;
        let by = answer.by().filter(|_| matches!(first, Some(Ok(_)))).map(|model| Ok(News::By(model)));
        let chunks = stream::iter(first).chain(answer).map(|chunk| chunk.map(News::Chunk));
        stream::iter(by).chain(chunks)
    });
    let flat: Pin<Box<dyn Stream<Item = _> + Send>> = Box::pin(begun.flatten());
    flat
}
