//! Limits: how much may be spent, from the configuration, and how a spent budget is told.

use std::collections::HashMap;
use std::fmt;

use crate::config::{BudgetConfig, Config, SpendingConfig};
use crate::domain::{ModelRef, TaskKind};
use crate::llm::LlmError;
use crate::text::amount::count;

/// All limits in force.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Limits {
    /// Of one query, by task.
    pub tasks: HashMap<TaskKind, BudgetConfig>,
    /// Of this run of the program and of a day.
    pub spending: SpendingConfig,
}

impl Limits {
    /// The limits that a configuration sets. Tables of tasks that are not known are left out; whoever checks tasks says so.
    pub fn from_config(config: &Config) -> Self {
        let tasks = config.tasks.iter().filter_map(|(name, task)| Some((name.parse().ok()?, task.budget)));
        Self { tasks: tasks.collect(), spending: config.budget }
    }

    /// The limits of one query of a task.
    pub fn of(&self, task: TaskKind) -> BudgetConfig {
        self.tasks.get(&task).copied().unwrap_or_default()
    }

    /// Whether spending of other runs matters.
    pub const fn has_day(&self) -> bool {
        self.spending.day_usd.is_some() || self.spending.day_tokens.is_some()
    }
}

/// What a budget is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One query of this task.
    Query(TaskKind),
    /// One run of the program.
    Session,
    /// A day in local time, over all runs.
    Day,
}

/// How large a budget is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// Tokens in and out.
    Tokens(u64),
    /// US dollars.
    Usd(f64),
    /// Seconds since the query began.
    Seconds(f64),
}

/// A budget that does not suffice. Prints as its size and what it is for: `$0.05 a query`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exceeded {
    /// What it is for.
    pub scope: Scope,
    /// Its size.
    pub limit: Limit,
}

impl Exceeded {
    /// Where it is set.
    pub fn key(&self) -> String {
        match (self.scope, self.limit) {
            (Scope::Query(task), Limit::Tokens(_)) => format!("task.{task}.budget.tokens"),
            (Scope::Query(task), Limit::Usd(_)) => format!("task.{task}.budget.usd"),
            (Scope::Query(task), Limit::Seconds(_)) => format!("task.{task}.budget.seconds"),
            (Scope::Session, Limit::Tokens(_) | Limit::Seconds(_)) => "budget.session_tokens".into(),
            (Scope::Session, Limit::Usd(_)) => "budget.session_usd".into(),
            (Scope::Day, Limit::Tokens(_) | Limit::Seconds(_)) => "budget.day_tokens".into(),
            (Scope::Day, Limit::Usd(_)) => "budget.day_usd".into(),
        }
    }

    /// As the failure of a call.
    pub fn error(&self, model: &ModelRef) -> LlmError {
        LlmError::OverBudget {
            model: model.clone(),
            why: format!("the budget of {self} (`{}`) does not allow another call", self.key()),
        }
    }
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            Limit::Tokens(tokens) => write!(f, "{} tokens", count(tokens))?,
            Limit::Usd(usd) => write!(f, "${usd}")?,
            Limit::Seconds(seconds) => write!(f, "{seconds} s")?,
        }
        f.write_str(match self.scope {
            Scope::Query(_) => " a query",
            Scope::Session => " a session",
            Scope::Day => " a day",
        })
    }
}
