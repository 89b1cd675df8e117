//! Asking: one call through a task's candidates. A failure before the first chunk goes to the next one, visibly.

use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc::{self, Sender};

use super::asked::Asked;
use super::backend::short;
use super::{Llm, Shared};
use crate::domain::{Choice, Locality, ModelEvent, ModelRef};
use crate::llm::client::Answer;
use crate::llm::{Ask, Call, Chunk, Counted, LlmError, ModelInfo, Part};

/// Chunks that may wait for a reader.
const AHEAD: usize = 64;

/// Bytes of a token, at least: no tokenizer makes so few tokens of code or prose that a prompt that fits is held back.
const MOST_BYTES_PER_TOKEN: usize = 8;

type Out = Sender<Result<Chunk, LlmError>>;

impl Llm {
    /// Calls through the task's candidates, in order, until one answers. Each change is told as
    /// [`ModelEvent::FellBack`].
    pub fn ask(&self, call: Call) -> Asked {
        let (out, chunks) = mpsc::channel(AHEAD);
        let model = Arc::new(OnceLock::new());
        let asking =
            Asking { shared: Arc::clone(&self.shared), call, out: out.clone(), model: Arc::clone(&model) };
        self.handle().spawn(async move {
            // Whoever reads may leave while a server thinks: that cancels the call.
            tokio::select! {
                () = out.closed() => {}
                () = asking.run() => {}
            }
        });
        Asked::new(chunks, model)
    }
}

struct Asking {
    shared: Arc<Shared>,
    call: Call,
    out: Out,
    model: Arc<OnceLock<ModelRef>>,
}

impl Asking {
    async fn run(self) {
        let routed = self.shared.state().route(self.call.task);
        let mut failed: Option<LlmError> = None;
        for choice in routed.order {
            let Choice::Model(model) = choice else { break };
            let Some(info) = self.shared.state().model(&model) else { continue };
            if failed.as_ref().is_some_and(|error| !may_follow(error, &info)) {
                continue;
            }
            if let Some(error) = &failed {
                self.fell_back(error, Choice::Model(model.clone()));
            }
            let error = match too_large(&self.call, &info) {
                Some(error) => error,
                None => match self.attempt(&model).await {
                    Ok(()) => return,
                    Err(error) => error,
                },
            };
            failed = Some(error);
        }
        let error = failed.unwrap_or_else(|| LlmError::Unavailable {
            model: ModelRef::new("any model", self.call.task.name()),
            why: routed.status.why,
        });
        let _ = self.out.send(Err(error)).await;
    }

    /// Asks one model.
    ///
    /// # Errors
    /// What went wrong before the first chunk; later errors go to the reader.
    async fn attempt(&self, model: &ModelRef) -> Result<(), LlmError> {
        let mut answer = self.shared.stream(model, self.call.clone());
        match answer.next().await {
            Some(Ok(first)) => {
                let _ = self.model.set(model.clone());
                let counted = self.pass_on(first, &mut answer).await;
                self.shared.note(self.call.task, &answer, &counted);
                self.shared.look_at_room(model).await;
                Ok(())
            }
            Some(Err(error)) => Err(error),
            None => Err(LlmError::Cut { model: model.clone() }),
        }
    }

    /// Gives on what comes, and tells what the server counted.
    async fn pass_on(&self, first: Chunk, answer: &mut Answer) -> Counted {
        let mut counted = Counted::default();
        let mut next = Some(Ok(first));
        while let Some(chunk) = next {
            if let Ok(Chunk::Usage(usage)) = &chunk {
                counted.output = usage.output.or(counted.output);
            }
            if self.out.send(chunk).await.is_err() {
                break;
            }
            next = answer.next().await;
        }
        counted
    }

    fn fell_back(&self, error: &LlmError, to: Choice) {
        let (task, from) = (self.call.task, error.model().clone());
        self.shared.tell(ModelEvent::FellBack { task, from, to, why: short(error) });
    }
}

/// Whether another model may be asked after this failure: what a budget forbids is tried for free only, and what a rule
/// keeps on this machine is tried here only.
fn may_follow(error: &LlmError, next: &ModelInfo) -> bool {
    match error {
        LlmError::OverBudget { .. } => next.is_free(),
        LlmError::Forbidden { .. } => next.locality != Locality::Remote,
        // The same models are asked for another form of answer.
        LlmError::NoTools { .. } => false,
        LlmError::Auth { .. }
        | LlmError::Rate { .. }
        | LlmError::Server { .. }
        | LlmError::Rejected { .. }
        | LlmError::ContextLength { .. }
        | LlmError::Truncated { .. }
        | LlmError::Refused { .. }
        | LlmError::Network { .. }
        | LlmError::Timeout { .. }
        | LlmError::Cut { .. }
        | LlmError::Garbled { .. }
        | LlmError::Unavailable { .. } => true,
    }
}

/// A prompt that cannot fit however its tokens are counted is not sent.
fn too_large(call: &Call, info: &ModelInfo) -> Option<LlmError> {
    let window = info.window.max(info.most_window)?;
    let least = (bytes(call) / MOST_BYTES_PER_TOKEN) as u64;
    (least > u64::from(window)).then(|| LlmError::ContextLength {
        model: info.model.clone(),
        prompt: Some(least),
        window: Some(u64::from(window)),
    })
}

fn bytes(call: &Call) -> usize {
    match &call.ask {
        Ask::Chat(messages) => {
            let parts = messages.iter().flat_map(|message| &message.parts);
            parts.filter_map(Part::words).map(str::len).sum()
        }
        Ask::Embed(texts) => texts.iter().map(|text| text.len()).max().unwrap_or(0),
        Ask::Fill(fill) => {
            fill.prefix.len()
                + fill.suffix.len()
                + fill.extra.iter().map(|(_, text)| text.len()).sum::<usize>()
        }
    }
}
