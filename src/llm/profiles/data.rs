//! Data: `assets/models.toml` as it is read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{EditFormat, Tier};
use crate::config::PromptOrder;
use crate::llm::wire::Reasoning;

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    pub(super) as_of: String,
    #[serde(rename = "model")]
    pub(super) models: Vec<Entry>,
    pub(super) defaults: BTreeMap<String, DefaultNames>,
    #[serde(rename = "price")]
    pub(super) prices: BTreeMap<String, BTreeMap<String, PriceRow>>,
}

/// What is known of the models that a pattern fits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) names: Vec<String>,
    pub(super) tier: Option<Tier>,
    pub(super) window: Option<u32>,
    /// Three tokens, or none to take back what an earlier entry says.
    pub(super) fill: Option<Vec<String>>,
    pub(super) fills: Option<bool>,
    prompt_order: Option<Order>,
    pub(super) edit_format: Option<EditFormat>,
    pub(super) images: Option<bool>,
    pub(super) logprobs: Option<bool>,
    pub(super) chat: Option<bool>,
    /// It turns texts into vectors.
    pub(super) embed: Option<bool>,
    pub(super) reasons: Option<bool>,
    reasoning: Option<String>,
    pub(super) plain_sampling: Option<bool>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Order {
    FileFirst,
    QueryFirst,
}

/// Names by use, best first.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DefaultNames {
    pub(super) chat: Vec<String>,
    pub(super) quick: Vec<String>,
    #[serde(default)]
    pub(super) fill: Vec<String>,
}

/// Dollars per million tokens, and the window.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceRow {
    pub(super) window: Option<u32>,
    #[serde(rename = "in")]
    pub(super) input: f64,
    pub(super) cached: Option<f64>,
    #[serde(rename = "out")]
    pub(super) output: f64,
}

impl Data {
    /// The file that ships inside; a test reads it strictly, so at run time it is never empty.
    pub(super) fn built_in() -> Self {
        Self::read(TEXT).unwrap_or_default()
    }

    pub(super) fn read(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

pub(super) const TEXT: &str = include_str!("../../../assets/models.toml");

impl Entry {
    pub(super) fn prompt_order(&self) -> Option<PromptOrder> {
        self.prompt_order.map(|order| match order {
            Order::FileFirst => PromptOrder::FileFirst,
            Order::QueryFirst => PromptOrder::QueryFirst,
        })
    }

    /// `never`, `off` (it can be turned off), `unknown`, or the lowest level that it takes.
    pub(super) fn reasoning(&self) -> Option<Reasoning> {
        self.reasoning.as_deref().map(|word| match word {
            "never" => Reasoning::Never,
            "off" => Reasoning::Switch,
            "unknown" => Reasoning::Unknown,
            level => Reasoning::Least(level.to_owned()),
        })
    }
}
