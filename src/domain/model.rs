//! Models as the rest of the program sees them: names, health, prices, and which one answers what.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use super::{Notice, TaskKind, Usage};

/// One model of one backend, written `BACKEND/MODEL`; the model's own name may hold slashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelRef {
    /// The backend's name.
    pub backend: Arc<str>,
    /// The model's name, as the backend knows it.
    pub model: Arc<str>,
}

impl ModelRef {
    /// The model `model` of the backend `backend`.
    pub fn new(backend: impl Into<Arc<str>>, model: impl Into<Arc<str>>) -> Self {
        Self { backend: backend.into(), model: model.into() }
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.backend, self.model)
    }
}

/// A name that is not of the form `BACKEND/MODEL`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no model: expected BACKEND/MODEL")]
pub struct NotAModel(pub String);

impl FromStr for ModelRef {
    type Err = NotAModel;

    fn from_str(text: &str) -> Result<Self, NotAModel> {
        match text.split_once('/') {
            Some((backend, model)) if !backend.is_empty() && !model.is_empty() => {
                Ok(Self::new(backend, model))
            }
            Some(_) | None => Err(NotAModel(text.to_owned())),
        }
    }
}

/// Where a backend runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Locality {
    /// In this process.
    InProcess,
    /// On this machine: every address of every endpoint is a loopback address.
    Loopback,
    /// Anywhere else.
    Remote,
}

impl Locality {
    /// The word beside a model's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InProcess => "in process",
            Self::Loopback => "local",
            Self::Remote => "remote",
        }
    }
}

/// Whether a backend can be used now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Not asked yet.
    Unknown,
    /// It answers.
    Up,
    /// It answers, but something is wrong that a person should know.
    Degraded {
        /// What.
        why: String,
    },
    /// It does not answer, or refuses; the breaker is open.
    Down {
        /// What happened last.
        why: String,
        /// When it is tried again, from the time of this report; `None` once something must change first (a key, say).
        retry_in: Option<Duration>,
    },
}

/// What a model costs, in US dollars per million tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Prompt tokens.
    pub input: f64,
    /// Prompt tokens that the server had cached.
    pub cached_input: f64,
    /// Generated tokens.
    pub output: f64,
}

impl Price {
    /// A model that costs nothing per token.
    pub const FREE: Self = Self { input: 0.0, cached_input: 0.0, output: 0.0 };

    /// Dollars for so many tokens.
    pub fn usd(&self, tokens_in: u64, cached_in: u64, tokens_out: u64) -> f64 {
        let fresh = tokens_in.saturating_sub(cached_in) as f64;
        (fresh * self.input + cached_in as f64 * self.cached_input + tokens_out as f64 * self.output) / 1e6
    }
}

/// What was measured of a model; medians over its latest calls.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measured {
    /// Calls measured.
    pub calls: u32,
    /// Time to first token.
    pub first_token: Option<Duration>,
    /// Generated tokens per second after the first.
    pub tokens_per_second: Option<f32>,
}

/// One model of a backend.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelStatus {
    /// Its name.
    pub model: ModelRef,
    /// Tokens of prompt and answer together that it takes as it is loaded now; `None` where unknown.
    pub window: Option<u32>,
    /// What it costs; `None` where unknown, which is not free.
    pub price: Option<Price>,
    /// What was measured.
    pub measured: Measured,
    /// What it can do: `chat`, `logprobs`, `schema`, `fill`, `images`, `embed`; only what is known.
    pub abilities: Vec<&'static str>,
}

/// One backend.
#[derive(Debug, Clone, PartialEq)]
pub struct BackendStatus {
    /// Its name.
    pub name: Arc<str>,
    /// Its protocol, as in the configuration.
    pub protocol: &'static str,
    /// Scheme, host and port of each endpoint.
    pub endpoints: Vec<String>,
    /// Where it runs.
    pub locality: Locality,
    /// Whether it can be used now.
    pub health: Health,
    /// How it became known: `config.toml:12`, `$OPENAI_API_KEY`, `found on 127.0.0.1:11434`.
    pub origin: String,
    /// Calls in flight now.
    pub in_flight: u32,
    /// Its models.
    pub models: Vec<ModelStatus>,
}

/// Who does a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The judge that ships inside.
    Embedded,
    /// A model.
    Model(ModelRef),
    /// Nobody can.
    Nobody,
}

impl Choice {
    /// The model, where one was chosen.
    pub const fn model(&self) -> Option<&ModelRef> {
        match self {
            Self::Model(model) => Some(model),
            Self::Embedded | Self::Nobody => None,
        }
    }

    /// The model itself, where one was chosen.
    pub fn into_model(self) -> Option<ModelRef> {
        match self {
            Self::Model(model) => Some(model),
            Self::Embedded | Self::Nobody => None,
        }
    }
}

/// `BACKEND/MODEL`, `embedded` or `nobody`, as in the configuration and on the command line.
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => f.write_str("embedded"),
            Self::Model(model) => model.fmt(f),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

/// Why a task goes where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteStatus {
    /// The task.
    pub task: TaskKind,
    /// Who does it.
    pub choice: Choice,
    /// Why, in one line.
    pub why: String,
    /// The candidates before it, each with why it was passed over.
    pub passed_over: Vec<(String, String)>,
    /// Whether the user set it, in the configuration or in this session.
    pub by_user: bool,
}

/// What `llm/` tells.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelEvent {
    /// Backends, models, health and measures as they are now; sent whole, at most each 250 ms.
    Backends(Arc<[BackendStatus]>),
    /// What each task uses, in the order of [`TaskKind::ALL`].
    Routes(Arc<[RouteStatus]>),
    /// A call failed and went to the next candidate.
    FellBack {
        /// The task.
        task: TaskKind,
        /// Who failed.
        from: ModelRef,
        /// Who is asked instead.
        to: Choice,
        /// Why.
        why: String,
    },
    /// What was spent since the program started, and today by all sessions.
    Spent {
        /// Since the program started.
        session: Usage,
        /// Since midnight, local time.
        today: Usage,
    },
    /// A small call of `quarry models test` or of the picker ended.
    Tested {
        /// The task.
        task: TaskKind,
        /// The model.
        model: ModelRef,
        /// Time to first token and the whole, or what went wrong.
        result: Result<(Duration, Duration), String>,
    },
    /// Something a person should know.
    Notice(Notice),
}

/// What `llm/` is told by the rest of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelCommand {
    /// Send a task to this model from now on; `None` goes back to what the configuration says.
    Use(TaskKind, Option<Choice>),
    /// Look for backends and models again.
    Refresh,
    /// Send one small real call for this task to this model.
    Test(TaskKind, ModelRef),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_own_name_may_hold_slashes() {
        let model: ModelRef = "router/lab/qwen3".parse().expect("a model");
        assert_eq!((&*model.backend, &*model.model), ("router", "lab/qwen3"));
        assert_eq!(model.to_string(), "router/lab/qwen3");
        assert!("qwen3".parse::<ModelRef>().is_err());
        assert!("lab/".parse::<ModelRef>().is_err());
    }

    #[test]
    fn cached_tokens_cost_their_own_price() {
        let price = Price { input: 1.0, cached_input: 0.1, output: 4.0 };
        assert!((price.usd(1_000_000, 400_000, 100_000) - (0.6 + 0.04 + 0.4)).abs() < 1e-9);
    }
}
