//! Expectation: how soon a person wants what a task gives.

use std::time::Duration;

use crate::config::TaskConfig;
use crate::domain::{Measured, TaskKind};

/// What is expected of whoever does a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation {
    /// Time to the first token.
    pub first_token: Duration,
    /// Time to the last.
    pub total: Duration,
    /// Whether the user said so, in place of what is usual.
    pub stated: bool,
    /// Tokens that an answer usually has.
    pub output: u32,
    /// A window that is smaller serves no purpose, tokens.
    pub window: u32,
}

impl Expectation {
    /// Of a task, as the configuration changes it.
    pub fn of(task: TaskKind, config: Option<&TaskConfig>) -> Self {
        let usual = usual(task);
        let ms = |ms: Option<u64>| ms.map(Duration::from_millis);
        Self {
            first_token: config.and_then(|config| ms(config.first_token_ms)).unwrap_or(usual.first_token),
            total: config.and_then(|config| ms(config.total_ms)).unwrap_or(usual.total),
            stated: config.is_some_and(|config| config.first_token_ms.is_some() || config.total_ms.is_some()),
            ..usual
        }
    }

    /// What of a model's measures is worse than expected, in words; `None` where all is well or nothing is known.
    pub fn missed_by(&self, measured: &Measured) -> Option<String> {
        let first = measured.first_token?;
        if first > self.first_token {
            return Some(format!(
                "{} to the first token, {} expected",
                words(first),
                words(self.first_token)
            ));
        }
        let rate = measured.tokens_per_second.filter(|rate| *rate > 0.0)?;
        let total = first + Duration::from_secs_f32((self.output as f32 / rate).min(86_400.0));
        (total > self.total)
            .then(|| format!("about {} for an answer, {} expected", words(total), words(self.total)))
    }
}

/// What people wait for without looking away (first token) or doing something else (total); room for files in the window.
const fn usual(task: TaskKind) -> Expectation {
    let (first_ms, total_ms, output, window) = match task {
        TaskKind::Chat => (3_000, 90_000, 500, 4_096),
        TaskKind::Judge => (500, 1_000, 1, 2_048),
        TaskKind::Command => (4_000, 90_000, 800, 4_096),
        TaskKind::Complete => (400, 1_000, 40, 1_024),
        TaskKind::Rewrite => (800, 2_500, 40, 2_048),
        TaskKind::Commit => (2_000, 10_000, 120, 4_096),
        TaskKind::Review => (6_000, 120_000, 800, 8_192),
        TaskKind::Doc => (4_000, 45_000, 300, 4_096),
        TaskKind::Scan => (2_000, 10_000, 50, 4_096),
        TaskKind::Title => (2_000, 5_000, 12, 1_024),
    };
    Expectation {
        first_token: Duration::from_millis(first_ms),
        total: Duration::from_millis(total_ms),
        stated: false,
        output,
        window,
    }
}

/// A time as it stands in a reason: `340 ms`, `2.4 s`.
pub fn words(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f32())
    }
}
