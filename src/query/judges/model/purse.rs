//! The purse: what one query may spend, and a hard end to it.
//!
//! Invariant: what was spent and what is reserved for calls in flight never exceed the budget together, as far as
//! tokens can be told before a call.

use std::time::Duration;

use crate::config::BudgetConfig;
use crate::domain::{Price, Usage};
use crate::llm::Counted;

/// The most that reckoned tokens are scaled up by.
const MOST_OFF: f64 = 8.0;

/// Tokens that a call will take, about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Prompt tokens.
    pub tokens_in: u64,
    /// Generated tokens.
    pub tokens_out: u64,
}

impl std::ops::AddAssign for Load {
    fn add_assign(&mut self, other: Self) {
        self.tokens_in += other.tokens_in;
        self.tokens_out += other.tokens_out;
    }
}

/// What was spent, what is reserved, and how much there is.
#[derive(Debug, Clone, Default)]
pub struct Purse {
    budget: BudgetConfig,
    /// Spent since the budget was last given.
    since: Usage,
    /// Spent altogether.
    total: Usage,
    reserved: Load,
    /// Tokens that were reserved for calls that ended, and what those took: servers count more than was reckoned where
    /// their vocabulary suits a text less.
    reckoned: u64,
    took: u64,
}

impl Purse {
    /// A full one.
    pub fn new(budget: BudgetConfig) -> Self {
        Self { budget, ..Self::default() }
    }

    /// Fills it once more.
    pub fn renew(&mut self) {
        self.since = Usage::default();
    }

    /// Spent altogether.
    pub const fn total(&self) -> Usage {
        self.total
    }

    /// The time that calls may take.
    pub fn seconds(&self) -> Option<Duration> {
        self.budget
            .seconds
            .filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
            .map(Duration::from_secs_f64)
    }

    /// Reserves what a call will take.
    ///
    /// # Errors
    /// Which budget does not suffice, in words.
    pub fn reserve(&mut self, load: Load, price: Option<Price>) -> Result<(), String> {
        let scale = if self.reckoned == 0 { 1.0 } else { self.took as f64 / self.reckoned as f64 };
        let scaled = |tokens: u64| (tokens as f64 * scale.clamp(1.0, MOST_OFF)).ceil() as u64;
        let mut reserved = self.reserved;
        reserved += load;
        let reserved_now = reserved;
        reserved = Load { tokens_in: scaled(reserved.tokens_in), tokens_out: scaled(reserved.tokens_out) };
        if let Some(most) = self.budget.tokens {
            let all = self.since.tokens_in + self.since.tokens_out + reserved.tokens_in + reserved.tokens_out;
            if all > most {
                return Err(self.words().unwrap_or_default());
            }
        }
        if let Some(most) = self.budget.usd {
            let Some(price) = price else {
                return Err(format!(
                    "${most} a query, and what a call costs is not known; give a budget in tokens"
                ));
            };
            if self.since.usd + price.usd(reserved.tokens_in, 0, reserved.tokens_out) > most {
                return Err(self.words().unwrap_or_default());
            }
        }
        self.reserved = reserved_now;
        Ok(())
    }

    /// A call ended, whatever became of it: its reservation is given back, and what it took is spent.
    pub fn settle(&mut self, load: Load, took: Usage) {
        self.reserved.tokens_in = self.reserved.tokens_in.saturating_sub(load.tokens_in);
        self.reserved.tokens_out = self.reserved.tokens_out.saturating_sub(load.tokens_out);
        self.reckoned += load.tokens_in + load.tokens_out;
        self.took += took.tokens_in + took.tokens_out;
        for usage in [&mut self.since, &mut self.total] {
            usage.tokens_in += took.tokens_in;
            usage.tokens_out += took.tokens_out;
            usage.usd += took.usd;
        }
    }

    /// The budgets, in words.
    pub fn words(&self) -> Option<String> {
        let BudgetConfig { tokens, usd, seconds } = self.budget;
        let parts: Vec<String> = [
            usd.map(|usd| format!("${usd}")),
            tokens.map(|tokens| format!("{} tokens", crate::text::amount::count(tokens))),
            seconds.map(|seconds| format!("{seconds} s")),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!parts.is_empty()).then(|| format!("{} a query", parts.join(", ")))
    }

    /// The budget that so much work would exceed.
    pub fn stops(&self, load: Load, usd: Option<f64>) -> Option<String> {
        let tokens = self.budget.tokens.is_some_and(|most| load.tokens_in + load.tokens_out > most);
        let money = self.budget.usd.is_some_and(|most| usd.is_none_or(|usd| usd > most));
        (tokens || money).then(|| self.words()).flatten()
    }
}

/// What a call took: as the server counted it, else as reckoned.
pub fn taken(counted: &Counted, load: Load, price: Option<Price>) -> Usage {
    let tokens_in = counted.prompt.unwrap_or(load.tokens_in);
    let tokens_out = counted.output.unwrap_or(load.tokens_out);
    let own = price.map_or(0.0, |price| price.usd(tokens_in, counted.cached.unwrap_or(0), tokens_out));
    let usd = counted.micro_usd.map_or(own, |micro| micro as f64 / 1e6);
    Usage { tokens_in, tokens_out, usd }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Load = Load { tokens_in: 90, tokens_out: 10 };

    #[test]
    fn calls_in_flight_count_against_the_budget() {
        let mut purse = Purse::new(BudgetConfig { tokens: Some(250), ..BudgetConfig::default() });
        assert!(purse.reserve(CALL, None).is_ok() && purse.reserve(CALL, None).is_ok());
        assert_eq!(purse.reserve(CALL, None), Err("250 tokens a query".to_owned()));
        purse.settle(CALL, Usage { tokens_in: 20, tokens_out: 1, usd: 0.0 });
        assert!(purse.reserve(CALL, None).is_ok(), "it took less than reserved");
        purse.settle(CALL, Usage { tokens_in: 90, tokens_out: 10, usd: 0.0 });
        purse.settle(CALL, Usage { tokens_in: 90, tokens_out: 10, usd: 0.0 });
        assert!(purse.reserve(CALL, None).is_err());
        purse.renew();
        assert!(purse.reserve(CALL, None).is_ok());
        assert_eq!(purse.total().tokens_in, 200);
    }

    #[test]
    fn money_needs_a_price() {
        let mut purse = Purse::new(BudgetConfig { usd: Some(0.001), ..BudgetConfig::default() });
        assert!(purse.reserve(CALL, None).is_err());
        let price = Price { input: 10.0, cached_input: 1.0, output: 10.0 };
        assert!(purse.reserve(CALL, Some(price)).is_ok());
        assert!(purse.reserve(CALL, Some(price)).is_err());
        assert!(purse.stops(Load { tokens_in: 1_000, tokens_out: 0 }, Some(0.01)).is_some());
    }

    #[test]
    fn what_the_server_counts_comes_first() {
        let price = Price { input: 1.0, cached_input: 0.0, output: 2.0 };
        let counted =
            Counted { prompt: Some(1_000_000), cached: Some(400_000), output: None, micro_usd: None };
        let usage = taken(&counted, CALL, Some(price));
        assert_eq!((usage.tokens_in, usage.tokens_out), (1_000_000, 10));
        assert!((usage.usd - 0.60002).abs() < 1e-9);
        assert_eq!(taken(&Counted { micro_usd: Some(5), ..counted }, CALL, Some(price)).usd, 5e-6);
    }
}
