//! Named tables: backends and tasks, kept for the parts that use them.

use std::collections::BTreeMap;

/// The wire protocol of a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Chat completions.
    OpenAi,
    /// Responses.
    Responses,
    /// Messages.
    Anthropic,
    /// Generate content.
    Gemini,
    /// Ollama's own.
    Ollama,
    /// The server of llama.cpp.
    LlamaCpp,
    /// A model file run in process.
    Gguf,
}

impl Protocol {
    /// Every protocol with its name in the configuration.
    pub const ALL: [(&'static str, Self); 7] = [
        ("openai", Self::OpenAi),
        ("responses", Self::Responses),
        ("anthropic", Self::Anthropic),
        ("gemini", Self::Gemini),
        ("ollama", Self::Ollama),
        ("llamacpp", Self::LlamaCpp),
        ("gguf", Self::Gguf),
    ];
}

/// Which part of a judge's prompt comes first, so that prefix caches keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromptOrder {
    /// The file first: kept across queries.
    FileFirst,
    /// The query first: kept across files.
    QueryFirst,
}

/// How a task picks among the models that are named for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pick {
    /// The first that can.
    #[default]
    Order,
    /// The one that `quarry eval` measured best on this repository; for judges only.
    Figures,
}

/// `[backend.NAME]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BackendConfig {
    /// How it is spoken to.
    pub protocol: Option<Protocol>,
    /// Where it is; several are replicas.
    pub base_urls: Vec<String>,
    /// The environment variable that holds its key.
    pub key_env: Option<String>,
    /// The command that prints its key.
    pub key_cmd: Option<String>,
    /// Its models; empty means that the server is asked.
    pub models: Vec<String>,
    /// An upper bound of calls in flight.
    pub max_in_flight: Option<u32>,
}

/// A hard limit of what one query may spend.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BudgetConfig {
    /// Tokens in and out.
    pub tokens: Option<u64>,
    /// US dollars.
    pub usd: Option<f64>,
    /// Seconds.
    pub seconds: Option<f64>,
}

/// `[budget]`: hard limits over all queries.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SpendingConfig {
    /// US dollars of one run of the program.
    pub session_usd: Option<f64>,
    /// Tokens in and out of one run of the program.
    pub session_tokens: Option<u64>,
    /// US dollars of a day, local time, over all runs.
    pub day_usd: Option<f64>,
    /// Tokens in and out of a day, local time, over all runs.
    pub day_tokens: Option<u64>,
}

/// `[task.NAME]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskConfig {
    /// `BACKEND/MODEL` or `embedded`, in order of preference.
    pub candidates: Vec<String>,
    /// How it is picked among them.
    pub pick: Option<Pick>,
    /// Which part of the prompt comes first.
    pub prompt_order: Option<PromptOrder>,
    /// The name of the form in which edits are proposed; `None` for the one that the model is best at.
    pub format: Option<String>,
    /// What may be spent.
    pub budget: BudgetConfig,
    /// Expected time to the first token, milliseconds.
    pub first_token_ms: Option<u64>,
    /// Expected time to the last token, milliseconds.
    pub total_ms: Option<u64>,
}

/// Backends by name.
pub type Backends = BTreeMap<String, BackendConfig>;
/// Tasks by name.
pub type Tasks = BTreeMap<String, TaskConfig>;
