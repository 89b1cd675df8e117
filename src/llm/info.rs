//! Info: what callers of a model need to know of it, put together from profile, probing and measures.

use crate::domain::{Locality, Measured, ModelRef, Price};
use crate::llm::profiles::Profile;

/// What is known of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelInfo {
    /// Its name.
    pub model: ModelRef,
    /// Where it runs.
    pub locality: Locality,
    /// Tokens of prompt and answer together that it takes as it is loaded now; `None` where unknown.
    pub window: Option<u32>,
    /// The largest window it could be loaded with; `None` where unknown or where that is the window.
    pub most_window: Option<u32>,
    /// What it costs; `None` where unknown, which is not free.
    pub price: Option<Price>,
    /// Calls that its servers can serve at the same time; `None` until that is known.
    pub in_flight: Option<u32>,
    /// What it can do; names of [`crate::domain::ModelStatus::abilities`], only what is known.
    pub abilities: Vec<&'static str>,
    /// What was measured.
    pub measured: Measured,
    /// What is known of every model of that name.
    pub profile: Profile,
}

impl ModelInfo {
    /// Whether it is known to have an ability.
    pub fn can(&self, ability: &str) -> bool {
        self.abilities.contains(&ability)
    }

    /// Whether it is known to cost nothing.
    pub fn is_free(&self) -> bool {
        self.price.is_some_and(|price| price.input <= 0.0 && price.output <= 0.0)
    }
}
