//! Profiles: what is known of models by their name alone: window, price, fill tokens, best formats, quality.
//!
//! The data is `assets/models.toml`. What a server says of itself goes before it. An unknown price stays unknown.

mod data;
mod name;

use std::sync::LazyLock;

use crate::config::PromptOrder;
use crate::domain::Price;
use crate::llm::wire::Reasoning;

use data::{Data, Entry};
use name::{Plain, billions, fits, without_date};

/// How good a model is at hard tasks, as far as its name tells; for defaults only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Under 2 billion parameters.
    Tiny,
    /// Up to 6 billion, and where nothing is known.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// Calls of tools.
    Tool,
}

/// What is known of every model of a name.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Profile {
    /// How good it is.
    pub tier: Tier,
    /// Its largest window, tokens.
    pub window: Option<u32>,
    /// Tokens around the gap for filling in the middle: before, between, after.
    pub fill_tokens: Option<(String, String, String)>,
    /// Its service fills in the middle by itself.
    pub fills: bool,
    /// Which part of a judge's prompt comes first.
    pub prompt_order: Option<PromptOrder>,
    /// How it proposes edits best.
    pub edit_format: EditFormat,
    /// Whether it takes pictures; `None` where unknown.
    pub images: Option<bool>,
    /// Whether it gives log-probabilities; `None` where unknown.
    pub logprobs: Option<bool>,
    /// Whether it can hold a conversation: true unless it is known for something else (vectors, speech, filling).
    pub chats: bool,
    /// It turns texts into vectors.
    pub embeds: bool,
    /// It reasons before it answers unless told not to.
    pub reasons: bool,
    /// How its reasoning is turned down.
    pub reasoning: Reasoning,
    /// It refuses `temperature` and log-probabilities.
    pub plain_sampling: bool,
}

/// Which models of a service do what by default, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Defaults<'a> {
    /// What is hard.
    pub chat: &'a [String],
    /// What is small.
    pub quick: &'a [String],
    /// Filling in the middle.
    pub fill: &'a [String],
}

static DATA: LazyLock<Data> = LazyLock::new(Data::built_in);

/// What is known of a model by its name, wherever it runs.
pub fn profile(name: &str) -> Profile {
    let plain = Plain::new(name);
    let tier = billions(&plain).map_or(Tier::default(), |billions| match billions {
        small if small < 2.0 => Tier::Tiny,
        small if small <= 6.0 => Tier::Small,
        medium if medium <= 20.0 => Tier::Medium,
        _ => Tier::Large,
    });
    let start = Profile { tier, chats: true, ..Profile::default() };
    let entries =
        || DATA.models.iter().filter(|entry| entry.names.iter().any(|pattern| fits(pattern, &plain)));
    let known = entries().fold(start, apply);
    let edit_format = match entries().filter_map(|entry| entry.edit_format).next_back() {
        Some(format) => format,
        // A small model gets lines of context wrong more often than it can afford.
        None if known.tier <= Tier::Small => EditFormat::Whole,
        None => EditFormat::default(),
    };
    Profile { edit_format, ..known }
}

fn apply(known: Profile, entry: &Entry) -> Profile {
    let fill_tokens = match entry.fill.as_deref() {
        Some([before, between, after]) => Some((before.clone(), between.clone(), after.clone())),
        Some(_) => None,
        None => known.fill_tokens,
    };
    Profile {
        tier: entry.tier.unwrap_or(known.tier),
        window: entry.window.or(known.window),
        fill_tokens,
        fills: entry.fills.unwrap_or(known.fills),
        prompt_order: entry.prompt_order().or(known.prompt_order),
        edit_format: known.edit_format,
        images: entry.images.or(known.images),
        logprobs: entry.logprobs.or(known.logprobs),
        chats: entry.chat.unwrap_or(known.chats),
        embeds: entry.embed.unwrap_or(known.embeds),
        reasons: entry.reasons.unwrap_or(known.reasons),
        reasoning: entry.reasoning().unwrap_or(known.reasoning),
        plain_sampling: entry.plain_sampling.unwrap_or(known.plain_sampling),
    }
}

/// What a service asks for a model; `None` where that is not known.
pub fn price(service: &str, name: &str) -> Option<Price> {
    let row = row(service, name)?;
    Some(Price { input: row.input, cached_input: row.cached.unwrap_or(row.input), output: row.output })
}

/// The window that a service gives a model.
pub fn window(service: &str, name: &str) -> Option<u32> {
    row(service, name)?.window
}

fn row(service: &str, name: &str) -> Option<&'static data::PriceRow> {
    let rows = DATA.prices.get(service)?;
    rows.get(name).or_else(|| rows.get(without_date(name)?))
}

/// Which models of a service do what by default.
pub fn defaults(service: &str) -> Option<Defaults<'static>> {
    let found = DATA.defaults.get(service)?;
    Some(Defaults { chat: &found.chat, quick: &found.quick, fill: &found.fill })
}

/// When the data was gathered, year and month.
pub fn as_of() -> &'static str {
    &DATA.as_of
}

#[cfg(test)]
mod tests;
