//! Profiles: what is known of models by their name alone: window, price, fill tokens, best formats, quality.
//!
//! The data is `assets/models.toml`. What a server says of itself goes before it. An unknown price stays unknown.

use crate::config::PromptOrder;

/// How good a model is at hard tasks, as far as its name tells; for defaults only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Tier {
    /// Under 2 billion parameters.
    Tiny,
    /// Up to 6 billion.
    #[default]
    Small,
    /// Up to 20 billion.
    Medium,
    /// More, or a hosted model made to be cheap.
    Large,
    /// The best that there are.
    Frontier,
}

/// The form in which a model proposes edits best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EditFormat {
    /// Search and replace blocks.
    #[default]
    SearchReplace,
    /// The `apply_patch` envelope.
    ApplyPatch,
    /// A unified diff.
    UnifiedDiff,
    /// The whole file.
    Whole,
}

/// What is known of every model of a name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Profile {
    /// How good it is.
    pub tier: Tier,
    /// Its largest window, tokens.
    pub window: Option<u32>,
    /// Tokens around the gap for filling in the middle: before, between, after.
    pub fill_tokens: Option<(String, String, String)>,
    /// Which part of a judge's prompt comes first.
    pub prompt_order: Option<PromptOrder>,
    /// How it proposes edits best.
    pub edit_format: EditFormat,
    /// Whether it takes pictures; `None` where unknown.
    pub images: Option<bool>,
    /// It reasons before it answers unless told not to.
    pub reasons: bool,
    /// It refuses `temperature` and log-probabilities.
    pub plain_sampling: bool,
}
