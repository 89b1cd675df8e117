//! Typed failures of a call. Each says what happened and, as a [`Notice`], what to do next.

use std::time::Duration;

use crate::domain::{ModelRef, Notice, Severity};

/// Why a call gave no answer, or half of one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LlmError {
    /// No key, a wrong one, or one without the right.
    #[error("{model}: not authorised: {why}")]
    Auth {
        /// Who.
        model: ModelRef,
        /// In the server's words.
        why: String,
    },
    /// Too many calls or tokens.
    #[error("{model}: rate limited: {why}")]
    Rate {
        /// Who.
        model: ModelRef,
        /// In the server's words.
        why: String,
        /// When to come back, where the server said it.
        retry_after: Option<Duration>,
    },
    /// The server is overloaded, loading, or broken; another try may work.
    #[error("{model}: the server failed: {why}")]
    Server {
        /// Who.
        model: ModelRef,
        /// The HTTP status; `None` for an error inside a stream.
        status: Option<u16>,
        /// In the server's words.
        why: String,
        /// When to come back, where the server said it.
        retry_after: Option<Duration>,
    },
    /// The call itself is wrong, the model is not there, or no money is left at the provider: trying again cannot help.
    #[error("{model}: the server refused the call: {why}")]
    Rejected {
        /// Who.
        model: ModelRef,
        /// The HTTP status.
        status: u16,
        /// In the server's words.
        why: String,
    },
    /// The model, or the server as it was started, takes no tools.
    #[error("{model}: takes no tools: {why}")]
    NoTools {
        /// Who.
        model: ModelRef,
        /// In the server's words.
        why: String,
    },
    /// The prompt is larger than the window.
    #[error("{model}: the prompt is larger than its window{}", window_text(*.prompt, *.window))]
    ContextLength {
        /// Who.
        model: ModelRef,
        /// Tokens of the prompt, where known.
        prompt: Option<u64>,
        /// The window, where known.
        window: Option<u64>,
    },
    /// The server evaluated less of the prompt than was sent, without saying so.
    #[error("{model}: the server read only {evaluated} of about {sent} prompt tokens")]
    Truncated {
        /// Who.
        model: ModelRef,
        /// Tokens that were sent, as estimated.
        sent: u64,
        /// Tokens that the server says it evaluated.
        evaluated: u64,
        /// What mends it: a setting with its value.
        fix: String,
    },
    /// The model or its provider refused to answer.
    #[error("{model}: refused to answer: {why}")]
    Refused {
        /// Who.
        model: ModelRef,
        /// In its words.
        why: String,
    },
    /// No connection, or one that broke.
    #[error("{model}: {why}")]
    Network {
        /// Who.
        model: ModelRef,
        /// What happened, to which host and port.
        why: String,
    },
    /// No answer in time.
    #[error("{model}: no answer after {:.1} s", .after.as_secs_f64())]
    Timeout {
        /// Who.
        model: ModelRef,
        /// After how long.
        after: Duration,
    },
    /// The stream ended before the answer did.
    #[error("{model}: the answer was cut off")]
    Cut {
        /// Who.
        model: ModelRef,
    },
    /// Bytes that the protocol does not allow.
    #[error("{model}: the server sent something that is not its protocol: {why}")]
    Garbled {
        /// Who.
        model: ModelRef,
        /// What was wrong.
        why: String,
    },
    /// Not sent: policy forbids it (`local_only`, a private file, an untrusted redirect).
    #[error("{model}: not sent: {why}")]
    Forbidden {
        /// Who.
        model: ModelRef,
        /// Which rule.
        why: String,
    },
    /// Not sent, or stopped: a budget is spent.
    #[error("{model}: {why}")]
    OverBudget {
        /// Who.
        model: ModelRef,
        /// Which budget, and its size.
        why: String,
    },
    /// There is no such backend or model, or its breaker is open.
    #[error("{model}: {why}")]
    Unavailable {
        /// Who.
        model: ModelRef,
        /// Why not.
        why: String,
    },
}

impl LlmError {
    /// Who failed.
    pub const fn model(&self) -> &ModelRef {
        match self {
            Self::Auth { model, .. }
            | Self::Rate { model, .. }
            | Self::Server { model, .. }
            | Self::Rejected { model, .. }
            | Self::NoTools { model, .. }
            | Self::ContextLength { model, .. }
            | Self::Truncated { model, .. }
            | Self::Refused { model, .. }
            | Self::Network { model, .. }
            | Self::Timeout { model, .. }
            | Self::Cut { model }
            | Self::Garbled { model, .. }
            | Self::Forbidden { model, .. }
            | Self::OverBudget { model, .. }
            | Self::Unavailable { model, .. } => model,
        }
    }

    /// The kind in one word, for logs and JSON.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Auth { .. } => "auth",
            Self::Rate { .. } => "rate",
            Self::Server { .. } => "server",
            Self::Rejected { .. } => "rejected",
            Self::NoTools { .. } => "no_tools",
            Self::ContextLength { .. } => "context_length",
            Self::Truncated { .. } => "truncated",
            Self::Refused { .. } => "refused",
            Self::Network { .. } => "network",
            Self::Timeout { .. } => "timeout",
            Self::Cut { .. } => "cut",
            Self::Garbled { .. } => "garbled",
            Self::Forbidden { .. } => "forbidden",
            Self::OverBudget { .. } => "over_budget",
            Self::Unavailable { .. } => "unavailable",
        }
    }

    /// The same with another text where somebody else's words stand: a server's, or the system's.
    #[must_use]
    pub fn reworded(mut self, reword: impl Fn(&str) -> String) -> Self {
        match &mut self {
            Self::Auth { why, .. }
            | Self::Rate { why, .. }
            | Self::Server { why, .. }
            | Self::Rejected { why, .. }
            | Self::NoTools { why, .. }
            | Self::Refused { why, .. }
            | Self::Network { why, .. }
            | Self::Garbled { why, .. }
            | Self::Forbidden { why, .. }
            | Self::OverBudget { why, .. }
            | Self::Unavailable { why, .. } => *why = reword(why),
            Self::ContextLength { .. } | Self::Truncated { .. } | Self::Timeout { .. } | Self::Cut { .. } => {
            }
        }
        self
    }

    /// Whether the same call to the same model may work in a moment.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Rate { .. }
            | Self::Server { .. }
            | Self::Network { .. }
            | Self::Timeout { .. }
            | Self::Cut { .. } => true,
            Self::Auth { .. }
            | Self::Rejected { .. }
            | Self::NoTools { .. }
            | Self::ContextLength { .. }
            | Self::Truncated { .. }
            | Self::Refused { .. }
            | Self::Garbled { .. }
            | Self::Forbidden { .. }
            | Self::OverBudget { .. }
            | Self::Unavailable { .. } => false,
        }
    }

    /// What a person is told: what happened, to whom, and what comes next.
    pub fn notice(&self) -> Notice {
        let notice = Notice::new(Severity::Error, self.to_string());
        match self {
            Self::Auth { model, .. } => notice
                .hint(format!("Set the key of `{}` (see `quarry models`), then try again", model.backend)),
            Self::Rate { retry_after: Some(after), .. } => {
                notice.hint(format!("Try again in {} s, or choose another model", after.as_secs().max(1)))
            }
            Self::ContextLength { .. } => notice.hint("Send less, or choose a model with a larger window"),
            Self::Truncated { fix, .. } => notice.hint(fix.clone()),
            Self::OverBudget { .. } => notice.hint("Raise the budget, or wait until it starts anew"),
            Self::Forbidden { .. } => notice.hint("`quarry doctor` shows the rule and where it was set"),
            Self::Network { model, .. } | Self::Unavailable { model, .. } => notice.hint(format!(
                "Start the server of `{}`, or choose another model; `quarry models` shows all",
                model.backend
            )),
            Self::Rate { .. }
            | Self::Server { .. }
            | Self::Rejected { .. }
            | Self::NoTools { .. }
            | Self::Refused { .. }
            | Self::Timeout { .. }
            | Self::Cut { .. }
            | Self::Garbled { .. } => notice.hint("Try again, or choose another model"),
        }
    }
}

fn window_text(prompt: Option<u64>, window: Option<u64>) -> String {
    match (prompt, window) {
        (Some(prompt), Some(window)) => format!(": {prompt} tokens, and it takes {window}"),
        (Some(prompt), None) => format!(": {prompt} tokens"),
        (None, Some(window)) => format!(" of {window} tokens"),
        (None, None) => String::new(),
    }
}
