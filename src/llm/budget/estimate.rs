//! Estimate: what a number of calls would take, and which budget would stop them, before the first is sent.

use super::limits::Exceeded;

/// How large one call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallSize {
    /// Prompt tokens.
    pub tokens_in: u64,
    /// Most generated tokens.
    pub tokens_out: u64,
}

/// What calls would take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Calls.
    pub calls: u64,
    /// Prompt tokens of all.
    pub tokens_in: u64,
    /// Generated tokens of all, at most.
    pub tokens_out: u64,
    /// US dollars of all; `None` where the price is unknown, which is not free.
    pub usd: Option<f64>,
    /// The budget that would stop them before their end.
    pub over: Option<Exceeded>,
    /// Calls, from the first, that fit into all budgets.
    pub fits: u64,
}
