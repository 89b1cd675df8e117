//! Router: which model does which task, in what order, and why. Pure: it is given all facts and asks nobody.
//!
//! Invariant: a choice is never silent. Every route says in one line why it is so, and what was passed over for what
//! reason. What a person named is never left for something that was not named: that could cost money or leave the machine.

mod decide;
mod defaults;
mod expectation;
mod figures;

use crate::config::Pick;
use crate::domain::{Choice, Health, JudgeFigures, RouteStatus};

use super::ModelInfo;
use super::finding::Named;

pub use decide::route;
pub use expectation::Expectation;

/// One model with what counts for a choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// What is known of it.
    pub info: ModelInfo,
    /// Whether its backend can be used now.
    pub health: Health,
    /// The well-known service that it is a model of.
    pub service: Option<&'static str>,
    /// How its backend became known.
    pub origin: String,
}

/// Everything that a choice depends on.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// All models.
    pub fleet: &'a [Member],
    /// Backends without a model so far, each with what is wrong or awaited.
    pub silent: &'a [(String, String)],
    /// No call may leave this machine.
    pub local_only: bool,
    /// Whether looking for backends goes on for the first time.
    pub searching: bool,
    /// How well judges were measured to do on this repository.
    pub figures: &'a [JudgeFigures],
}

/// What a person wants of one task.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wish {
    /// Chosen in this session.
    pub session: Option<Choice>,
    /// Named in the configuration, in order; empty for the defaults.
    pub named: Vec<Named>,
    /// Where that stands: `config.toml:12`.
    pub origin: String,
    /// How those that are named are put in order.
    pub pick: Pick,
}

/// A route and what follows if it fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Routed {
    /// The choice and its reasons.
    pub status: RouteStatus,
    /// Whom to ask, in order: the choice, then those who could stand in. Empty where nobody can.
    pub order: Vec<Choice>,
}

#[cfg(test)]
mod tests;
