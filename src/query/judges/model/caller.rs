//! Callers: the one thing that the model judge needs of models, so that tests can stand in for them.

use futures::future::BoxFuture;

use crate::config::PromptOrder;
use crate::domain::{Locality, Measured, ModelRef, Price};
use crate::llm::{Call, Llm, LlmError, Reply};

/// Someone who can call one model.
pub trait Caller: Send + Sync {
    /// What is known of it now.
    fn facts(&self) -> Facts;

    /// Calls it. Dropping the future cancels the call.
    fn call(&self, call: Call) -> BoxFuture<'static, Result<Reply, LlmError>>;
}

/// What the judge needs to know of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Tokens of prompt and answer together; `None` where unknown.
    pub window: Option<u32>,
    /// What it costs; `None` where unknown, which is not free.
    pub price: Option<Price>,
    /// Where it runs.
    pub locality: Locality,
    /// Calls that it can take at the same time.
    pub in_flight: usize,
    /// Whether it gives log-probabilities, where that is known; what it then does is believed more.
    pub logprobs: Option<bool>,
    /// Whether it may reason, unseen, before it answers.
    pub reasons: bool,
    /// Which part of the prompt comes first, where a profile says it.
    pub prompt_order: Option<PromptOrder>,
    /// What was measured.
    pub measured: Measured,
}

impl Facts {
    /// Whether calls cost nothing.
    pub fn is_free(&self) -> bool {
        match self.price {
            Some(price) => price.input <= 0.0 && price.output <= 0.0,
            None => self.locality != Locality::Remote,
        }
    }
}

/// Calls in flight while nothing is known of a server.
const CAUTIOUS: usize = 4;

/// One model of [`Llm`].
#[derive(Clone)]
pub struct LlmCaller {
    llm: Llm,
    model: ModelRef,
}

impl LlmCaller {
    /// A caller of this model.
    pub fn new(llm: Llm, model: ModelRef) -> Self {
        Self { llm, model }
    }
}

impl Caller for LlmCaller {
    fn facts(&self) -> Facts {
        let Some(info) = self.llm.model(&self.model) else {
            return Facts {
                window: None,
                price: None,
                locality: Locality::Remote,
                in_flight: CAUTIOUS,
                logprobs: None,
                reasons: false,
                prompt_order: None,
                measured: Measured::default(),
            };
        };
        Facts {
            window: info.window,
            price: info.price,
            locality: info.locality,
            in_flight: info.in_flight.map_or(CAUTIOUS, |calls| calls as usize).max(1),
            logprobs: if info.can("logprobs") { Some(true) } else { info.profile.logprobs },
            reasons: info.profile.reasons,
            prompt_order: info.profile.prompt_order,
            measured: info.measured,
        }
    }

    fn call(&self, call: Call) -> BoxFuture<'static, Result<Reply, LlmError>> {
        let (llm, model) = (self.llm.clone(), self.model.clone());
        Box::pin(async move { llm.call(&model, call).await })
    }
}
