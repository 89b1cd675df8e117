//! What a wire protocol must provide: requests as bytes to send, answers from bytes that came. No I/O.

use serde_json::Value;

use super::call::Call;
use super::error::LlmError;
use super::reply::Chunk;
use crate::domain::{ModelRef, Price};

/// One HTTP request, without scheme, host and key.
#[derive(Debug, Clone, PartialEq)]
pub struct WireRequest {
    /// GET or POST.
    pub method: Method,
    /// Appended to the endpoint's base URL; begins with a slash. Segments are escaped already.
    pub path: String,
    /// Headers besides key, content type and encoding.
    pub headers: Vec<(&'static str, String)>,
    /// The body; `None` for GET.
    pub body: Option<Value>,
}

/// The methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
}

/// How a response is cut into records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events.
    Events,
    /// One JSON value a line.
    Lines,
    /// One JSON value.
    Whole,
}

/// Which header carries the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHeader {
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// A header whose value is the key.
    Named(&'static str),
}

/// What a response says besides its body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A model as a server lists it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its window as loaded now, in tokens.
    pub window: Option<u32>,
    /// The largest window it could be loaded with, where that is another number.
    pub most_window: Option<u32>,
    /// What it costs, where the server says it.
    pub price: Option<Price>,
    /// Abilities that the server states; names of [`crate::domain::ModelStatus::abilities`].
    pub abilities: Vec<&'static str>,
}

/// What profile and probing know of a model, as far as a protocol needs it to write a request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Traits {
    /// The window to ask for, where the protocol can ask (Ollama's `num_ctx`).
    pub window: Option<u32>,
    /// Tokens around the gap, for servers that fill only through a raw prompt: before, between, after.
    pub fill_tokens: Option<(String, String, String)>,
    /// The server is vLLM, SGLang, LM Studio, OpenRouter or another that takes fields OpenAI does not; its name.
    pub dialect: Option<&'static str>,
    /// It refuses `temperature` and log-probabilities, as reasoning models do.
    pub plain_sampling: bool,
}

/// A wire protocol.
pub trait Wire: Send + Sync {
    /// The name in the configuration.
    fn name(&self) -> &'static str;

    /// Where the key goes.
    fn key_header(&self) -> KeyHeader;

    /// The request of a call.
    ///
    /// # Errors
    /// [`LlmError::Rejected`] with status 0 for what the protocol cannot say (filling, pictures).
    fn request(
        &self,
        model: &ModelRef,
        traits: &Traits,
        call: &Call,
        stream: bool,
    ) -> Result<WireRequest, LlmError>;

    /// How the answer to that request is cut, from what the response's head says.
    fn framing(&self, head: &Head, stream: bool) -> Framing;

    /// A decoder for one answer.
    fn decoder(&self, model: &ModelRef) -> Box<dyn Decode>;

    /// The failure that a response with an error status stands for; the body may be anything.
    fn failure(&self, model: &ModelRef, head: &Head, body: &[u8]) -> LlmError;

    /// The requests that tell which models there are; asked in order, each answer read by [`Wire::listed`].
    fn list(&self) -> Vec<WireRequest>;

    /// Reads the answer to the `nth` request of [`Wire::list`] into what is known so far.
    ///
    /// # Errors
    /// What was wrong, for people.
    fn listed(&self, nth: usize, body: &Value, known: &mut Vec<Listed>) -> Result<(), String>;
}

/// Reads one answer, record by record.
pub trait Decode: Send {
    /// Reads one record: the event's name (empty for lines and whole bodies) and its data.
    ///
    /// # Errors
    /// An error that the server sent inside the stream, or [`LlmError::Garbled`].
    fn record(&mut self, event: &str, data: &str) -> Result<Vec<Chunk>, LlmError>;

    /// Told that the body ended.
    ///
    /// # Errors
    /// [`LlmError::Cut`] where the protocol's own end did not come.
    fn end(&mut self) -> Result<Vec<Chunk>, LlmError>;
}
