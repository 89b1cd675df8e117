//! State: sums and reservations, and the rule that a call must fit into every budget beside them. Plain data.

use std::collections::HashMap;
use std::time::Duration;

use jiff::civil::Date;

use super::estimate::CallSize;
use super::limits::{Exceeded, Limit, Limits, Scope};
use crate::config::BudgetConfig;
use crate::domain::{ModelRef, Price, TaskKind};
use crate::llm::BudgetId;
use crate::store::Spent;

/// A call that asks to be let through.
#[derive(Debug, Clone, PartialEq)]
pub struct Charge {
    /// Who is called.
    pub model: ModelRef,
    /// For which task.
    pub task: TaskKind,
    /// The query that it belongs to.
    pub budget: Option<BudgetId>,
    /// How large it is, as estimated from its text: see [`super::rough_tokens`].
    pub size: CallSize,
    /// What the model costs; `None` where unknown.
    pub price: Option<Price>,
}

/// All that is known.
pub struct State {
    pub limits: Limits,
    pub session: Spent,
    /// What calls in flight may yet take.
    pub reserved: Need,
    pub today: Today,
    pub queries: HashMap<BudgetId, Query>,
    pub next: u64,
    /// Prompt tokens that a model counts for each that was estimated.
    pub ratios: HashMap<ModelRef, f64>,
}

/// One day's sums.
pub struct Today {
    pub day: Date,
    /// By this run, model by model.
    pub own: HashMap<ModelRef, Spent>,
    /// By all other runs, as last seen.
    pub others: Spent,
    pub looked: Option<Duration>,
}

/// One query's sums.
pub struct Query {
    pub task: TaskKind,
    pub opened: Duration,
    pub spent: Spent,
    pub reserved: Need,
    /// How often the limits were granted.
    pub grants: u32,
}

/// What calls take, at most.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Need {
    pub tokens: u64,
    pub usd: f64,
}

impl Need {
    pub fn of(size: CallSize, price: Option<Price>) -> Self {
        let usd = price.map_or(0.0, |price| price.usd(size.tokens_in, 0, size.tokens_out));
        Self { tokens: size.tokens_in.saturating_add(size.tokens_out), usd }
    }

    pub fn plus(self, more: Self) -> Self {
        Self { tokens: self.tokens.saturating_add(more.tokens), usd: self.usd + more.usd }
    }

    pub fn minus(self, less: Self) -> Self {
        Self { tokens: self.tokens.saturating_sub(less.tokens), usd: (self.usd - less.usd).max(0.0) }
    }

    pub const fn spent(spent: &Spent) -> Self {
        Self { tokens: spent.tokens(), usd: spent.usage.usd }
    }
}

impl State {
    /// Begins a new day when it has come.
    pub fn turn(&mut self, day: Date) {
        if self.today.day != day {
            self.today = Today::new(day);
        }
    }

    /// Reserves what a call may take.
    pub fn hold(&mut self, budget: Option<BudgetId>, need: Need) {
        self.reserved = self.reserved.plus(need);
        if let Some(query) = budget.and_then(|id| self.queries.get_mut(&id)) {
            query.reserved = query.reserved.plus(need);
        }
    }

    /// Gives back what a call had reserved.
    pub fn release(&mut self, budget: Option<BudgetId>, need: Need) {
        self.reserved = self.reserved.minus(need);
        if let Some(query) = budget.and_then(|id| self.queries.get_mut(&id)) {
            query.reserved = query.reserved.minus(need);
        }
    }

    /// Checks a call against every budget that it touches.
    pub fn admit(&self, charge: &Charge, need: Need, now: Duration) -> Result<Option<Duration>, Exceeded> {
        if let Some(exceeded) = self.short(charge.task, charge.budget, need) {
            return Err(exceeded);
        }
        let query = charge.budget.and_then(|id| self.queries.get(&id));
        let task = query.map_or(charge.task, |query| query.task);
        let Some(seconds) = self.limits.of(task).seconds else { return Ok(None) };
        let all = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let gone = query.map_or(Duration::ZERO, |query| now.saturating_sub(query.opened));
        match all.checked_sub(gone) {
            Some(left) if !left.is_zero() => Ok(Some(left)),
            Some(_) | None => Err(Exceeded { scope: Scope::Query(task), limit: Limit::Seconds(seconds) }),
        }
    }

    /// The first budget into which so much more does not fit.
    pub fn short(&self, task: TaskKind, budget: Option<BudgetId>, need: Need) -> Option<Exceeded> {
        let query = budget.and_then(|id| self.queries.get(&id));
        let task = query.map_or(task, |query| query.task);
        let BudgetConfig { tokens, usd, .. } = self.limits.of(task);
        let grants = query.map_or(1, |query| query.grants);
        let granted = (
            tokens.map(|most| most.saturating_mul(u64::from(grants))),
            usd.map(|most| most * f64::from(grants)),
        );
        let used = query.map_or(Need::default(), |query| Need::spent(&query.spent).plus(query.reserved));
        let spending = self.limits.spending;
        let session = Need::spent(&self.session).plus(self.reserved);
        let today = Need::spent(&self.today.sum()).plus(self.reserved);
        [
            (Scope::Query(task), used, granted, (tokens, usd)),
            (Scope::Session, session, (spending.session_tokens, spending.session_usd), (None, None)),
            (Scope::Day, today, (spending.day_tokens, spending.day_usd), (None, None)),
        ]
        .into_iter()
        .find_map(|(scope, used, (most_tokens, most_usd), (tokens, usd))| {
            let all = used.plus(need);
            let limit = match (most_tokens, most_usd) {
                (Some(most), _) if all.tokens > most => Limit::Tokens(tokens.unwrap_or(most)),
                // Sums of fractions may miss the limit by a rounding.
                (_, Some(most)) if all.usd > most + 1e-9 => Limit::Usd(usd.unwrap_or(most)),
                _ => return None,
            };
            Some(Exceeded { scope, limit })
        })
    }

    pub fn corrected(&self, model: &ModelRef, tokens: u64) -> u64 {
        let ratio = self.ratios.get(model).copied().unwrap_or(1.0);
        (tokens as f64 * ratio).ceil() as u64
    }

    /// Learns how many prompt tokens a model counts for each that was estimated: at once when it is more, slowly when it
    /// is less, so that estimates stay on the safe side.
    pub fn learn(&mut self, charge: &Charge, counted: u64) {
        let ratio = self.ratios.entry(charge.model.clone()).or_insert(1.0);
        let seen = counted as f64 / charge.size.tokens_in.max(1) as f64;
        let slow = 0.95_f64.mul_add(*ratio, 0.05 * seen);
        *ratio = slow.max(seen).clamp(0.2, 8.0);
    }
}

impl Today {
    pub fn new(day: Date) -> Self {
        Self { day, own: HashMap::new(), others: Spent::default(), looked: None }
    }

    pub fn sum(&self) -> Spent {
        let mut sum = self.others;
        self.own.values().for_each(|spent| sum += *spent);
        sum
    }
}
