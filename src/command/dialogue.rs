//! Dialogue: the calls of one instruction, each with all that was said before.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::Stream;

use super::attempt::{Answered, Told};
use super::prompt::Prompt;
use crate::domain::{ModelRef, TaskKind};
use crate::edit::EditFormat;
use crate::edit::formats::{TOOLS, ToolForm};
use crate::llm::client::Answer;
use crate::llm::{Ask, Asked, Call, Chunk, Llm, LlmError, Message, Part, Role, Tool};

/// What was said so far, ready to be sent.
#[derive(Debug, Clone)]
pub struct Dialogue {
    call: Call,
    messages: Vec<Message>,
    /// The model to ask, this one alone; `None` for the one that edits go to.
    pub model: Option<ModelRef>,
}

impl Dialogue {
    /// Begins with a prompt.
    pub fn new(prompt: &Prompt, model: Option<ModelRef>) -> Self {
        let messages = vec![
            Message::text(Role::System, prompt.system.as_str()),
            Message::text(Role::User, prompt.user.as_str()),
        ];
        let mut call = Call::chat(TaskKind::Command, messages.clone(), prompt.max_output);
        call.temperature = Some(0.0);
        call.files.clone_from(&prompt.files);
        if prompt.form.format == EditFormat::Tool {
            call.tools = tools();
        }
        Self { call, messages, model }
    }

    /// The next call.
    pub fn call(&self) -> Call {
        Call { ask: Ask::Chat(self.messages.clone()), ..self.call.clone() }
    }

    /// Goes on after an answer of this model, the only one asked from now on: it knows what it meant.
    pub fn again(&mut self, by: Option<ModelRef>, answer: Answered, told: Told) {
        self.model = self.model.take().or(by);
        let text = |text: String| (!text.is_empty()).then(|| Part::Text(text.into()));
        let calls = answer.calls.into_iter().map(Part::Called);
        let said: Vec<Part> = text(answer.text).into_iter().chain(calls).collect();
        let results = told.results.into_iter().map(Part::Returned);
        let told = results.chain(text(told.text)).collect();
        self.messages.push(Message { role: Role::Assistant, parts: said, cache: false });
        self.messages.push(Message { role: Role::User, parts: told, cache: false });
    }

    /// Makes the next call. Dropping it cancels the call.
    pub fn send(&self, llm: &Llm) -> Replies {
        match &self.model {
            Some(model) => Replies::Exact(model.clone(), Box::new(llm.stream(model, self.call()))),
            None => Replies::Routed(llm.ask(self.call())),
        }
    }
}

/// The tools that edit, as models are told of them.
fn tools() -> Arc<[Tool]> {
    let tool = |tool: &ToolForm| Tool { name: tool.name, description: tool.about, schema: tool.schema() };
    TOOLS.iter().map(tool).collect()
}

/// An answer as it comes.
pub enum Replies {
    /// Of one model.
    Exact(ModelRef, Box<Answer>),
    /// Of whichever candidate answers.
    Routed(Asked),
}

impl Replies {
    /// Who answers; `None` until that is known.
    pub fn model(&self) -> Option<&ModelRef> {
        match self {
            Self::Exact(model, _) => Some(model),
            Self::Routed(asked) => asked.model(),
        }
    }
}

impl Stream for Replies {
    type Item = Result<Chunk, LlmError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut *self {
            Self::Exact(_, answer) => Pin::new(&mut **answer).poll_next(context),
            Self::Routed(asked) => Pin::new(asked).poll_next(context),
        }
    }
}
