//! What a wire protocol must provide: requests as bytes to send, answers from bytes that came. No I/O.

use reqwest::Url;
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
    /// Begins with a slash, and with the protocol's version where it has one; [`address`] puts it behind an endpoint's
    /// base URL. Segments are escaped already.
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

/// Which server speaks a protocol that many speak, each with fields of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// OpenAI's own service.
    OpenAi,
    /// vLLM.
    Vllm,
    /// `SGLang`.
    Sglang,
    /// LM Studio.
    LmStudio,
    /// `OpenRouter`.
    OpenRouter,
    /// Mistral's own service.
    Mistral,
    /// `DeepSeek`'s own service.
    DeepSeek,
    /// The server of llama.cpp.
    LlamaCpp,
    /// Ollama, spoken to by way of `/v1`.
    Ollama,
}

impl Dialect {
    /// The dialect of a well-known host; `None` for all others, which get only what every server takes.
    pub fn of_host(host: &str) -> Option<Self> {
        let within = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
        [
            ("openai.com", Self::OpenAi),
            ("openai.azure.com", Self::OpenAi),
            ("openrouter.ai", Self::OpenRouter),
            ("mistral.ai", Self::Mistral),
            ("deepseek.com", Self::DeepSeek),
        ]
        .into_iter()
        .find(|(domain, _)| within(domain))
        .map(|(_, dialect)| dialect)
    }

    /// The name for people and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Vllm => "vllm",
            Self::Sglang => "sglang",
            Self::LmStudio => "lmstudio",
            Self::OpenRouter => "openrouter",
            Self::Mistral => "mistral",
            Self::DeepSeek => "deepseek",
            Self::LlamaCpp => "llamacpp",
            Self::Ollama => "ollama",
        }
    }
}

/// A model as a server lists it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Which server this is, where the list gives it away.
    pub dialect: Option<Dialect>,
    /// Its window as loaded now, in tokens; `None` while it is not loaded.
    pub window: Option<u32>,
    /// The largest window it could be loaded with, where that is another number.
    pub most_window: Option<u32>,
    /// Most tokens of one answer, where that is a limit of its own.
    pub max_output: Option<u32>,
    /// How many calls the server works on at once (`total_slots`), where it says it.
    pub capacity: Option<u32>,
    /// The host that the server passes calls for this model on to: such a model is remote, wherever the server is.
    pub forwards_to: Option<String>,
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
    /// Which server it is; `None` sends only what every server of the protocol takes.
    pub dialect: Option<Dialect>,
    /// It refuses `temperature`, `stop` and log-probabilities, as reasoning models do.
    pub plain_sampling: bool,
    /// How its reasoning is turned down for [`super::Thinking::Off`].
    pub reasoning: Reasoning,
}

/// How a model's reasoning is turned down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reasoning {
    /// Nothing is known: only what servers ignore where it does not apply is sent.
    #[default]
    Unknown,
    /// It does not reason: nothing is sent.
    Never,
    /// It can be turned off.
    Switch,
    /// It takes a level, and this is the lowest: `none`, `minimal`, `low`.
    Least(String),
}

/// The address of a path at a base URL.
///
/// Paths that begin with `/v1` or `/v1beta` take the base's own version where it has one (`https://openrouter.ai/api/v1`,
/// `https://generativelanguage.googleapis.com/v1beta/openai`); all others (`/props`, `/api/tags`) begin above it.
pub fn address(base: &Url, path: &str) -> Url {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let (root, version) = base_parts(base.path());
    let versioned = ["/v1beta/", "/v1/"].iter().find(|prefix| path.starts_with(**prefix));
    let joined = match versioned {
        Some(prefix) if !version.is_empty() => format!("{root}{version}/{}", &path[prefix.len()..]),
        Some(_) | None => format!("{root}{path}"),
    };
    let mut url = base.clone();
    url.set_path(&joined);
    url.set_query(query);
    url.set_fragment(None);
    url
}

/// Splits a base's path into what stands before its version and the version with what follows: `/api` and `/v1`.
fn base_parts(path: &str) -> (&str, &str) {
    let path = path.trim_end_matches('/');
    let is_version = |segment: &str| {
        segment == "beta"
            || segment
                .strip_prefix('v')
                .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    let mut at = path.len();
    for segment in path.rsplit('/') {
        at = at.saturating_sub(segment.len());
        if is_version(segment) {
            return path.split_at(at.saturating_sub(1));
        }
        at = at.saturating_sub(1);
    }
    (path, "")
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

    /// The requests that tell which models there are; asked in order, each answer read by [`Wire::listed`]. All but the
    /// first may fail: they only add to what is known.
    fn list(&self, dialect: Option<Dialect>) -> Vec<WireRequest>;

    /// Reads the answer to the `nth` request of [`Wire::list`] into what is known so far.
    ///
    /// # Errors
    /// What was wrong, for people.
    fn listed(&self, nth: usize, body: &Value, known: &mut Vec<Listed>) -> Result<(), String>;

    /// The request that tells more of one model than the list does; `None` where there is none.
    fn describe(&self, model: &str) -> Option<WireRequest> {
        let _ = model;
        None
    }

    /// Reads the answer to [`Wire::describe`].
    ///
    /// # Errors
    /// What was wrong, for people.
    fn described(&self, body: &Value, known: &mut Listed) -> Result<(), String> {
        let _ = (body, known);
        Ok(())
    }

    /// Reads the answer to a call of [`super::Ask::Embed`]: one vector a text, in their order.
    ///
    /// # Errors
    /// What was wrong, for people.
    fn embedded(&self, body: &Value) -> Result<Vec<Vec<f32>>, String> {
        let _ = body;
        Err("this protocol has no embeddings".to_owned())
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(base: &str, path: &str) -> String {
        address(&Url::parse(base).expect("a base"), path).to_string()
    }

    #[test]
    fn a_path_takes_the_version_of_its_base() {
        let chat = "/v1/chat/completions";
        assert_eq!(at("http://127.0.0.1:8080", chat), "http://127.0.0.1:8080/v1/chat/completions");
        assert_eq!(at("http://127.0.0.1:8080/v1/", chat), "http://127.0.0.1:8080/v1/chat/completions");
        assert_eq!(at("https://openrouter.ai/api/v1", chat), "https://openrouter.ai/api/v1/chat/completions");
        assert_eq!(at("https://api.z.ai/api/paas/v4", chat), "https://api.z.ai/api/paas/v4/chat/completions");
        assert_eq!(
            at("https://x.googleapis.com/v1beta/openai", chat),
            "https://x.googleapis.com/v1beta/openai/chat/completions"
        );
        assert_eq!(
            at("https://gateway.example/llm", chat),
            "https://gateway.example/llm/v1/chat/completions"
        );
        assert_eq!(
            at("https://x.googleapis.com/v1beta", "/v1beta/models/m:streamGenerateContent?alt=sse"),
            "https://x.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse"
        );
    }

    #[test]
    fn a_path_without_version_begins_above_it() {
        assert_eq!(at("http://127.0.0.1:8080/v1", "/props"), "http://127.0.0.1:8080/props");
        assert_eq!(at("http://127.0.0.1:11434/v1/", "/api/tags"), "http://127.0.0.1:11434/api/tags");
        assert_eq!(at("https://host.example/ollama", "/api/tags"), "https://host.example/ollama/api/tags");
        assert_eq!(
            at("https://api.deepseek.com/v1", "/beta/completions"),
            "https://api.deepseek.com/beta/completions"
        );
        assert_eq!(
            at("https://api.deepseek.com/beta", "/beta/completions"),
            "https://api.deepseek.com/beta/completions"
        );
    }

    #[test]
    fn a_dialect_is_known_by_its_host_and_not_by_a_look_alike() {
        assert_eq!(Dialect::of_host("api.openai.com"), Some(Dialect::OpenAi));
        assert_eq!(Dialect::of_host("lab.openai.azure.com"), Some(Dialect::OpenAi));
        assert_eq!(Dialect::of_host("api.deepseek.com"), Some(Dialect::DeepSeek));
        assert_eq!(Dialect::of_host("notopenai.com"), None);
        assert_eq!(Dialect::of_host("127.0.0.1"), None);
    }
}
