//! Checking: what the check command prints after a write, and how it ended.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Lines that are kept; of a longer output the first go.
const MOST: usize = 5_000;

/// One run of the check command.
#[derive(Debug, Clone, Default)]
pub struct Checking {
    lines: VecDeque<Arc<str>>,
    dropped: usize,
    /// When it started, by the session's clock.
    pub since: Duration,
    /// Its command line, once it ended.
    pub command: Option<Arc<str>>,
    /// Its exit code, or why it has none.
    pub verdict: Option<Result<i32, Arc<str>>>,
}

impl Checking {
    /// A run that starts now.
    pub fn new(since: Duration) -> Self {
        Self { since, ..Self::default() }
    }

    /// Takes a line that it printed; one that comes after the end begins another run.
    pub fn print(&mut self, line: Arc<str>, now: Duration) {
        if self.verdict.is_some() {
            *self = Self::new(now);
        }
        self.lines.push_back(line);
        if self.lines.len() > MOST {
            self.lines.pop_front();
            self.dropped += 1;
        }
    }

    /// Takes its end.
    pub fn end(&mut self, command: Arc<str>, verdict: Result<i32, Arc<str>>) {
        self.command = Some(command);
        self.verdict = Some(verdict);
    }

    /// Whether it has not ended.
    pub fn is_running(&self) -> bool {
        self.verdict.is_none()
    }

    /// Whether it ended with an error.
    pub fn has_failed(&self) -> bool {
        self.verdict.as_ref().is_some_and(|verdict| !matches!(verdict, Ok(0)))
    }

    /// The lines that are kept.
    pub fn lines(&self) -> &VecDeque<Arc<str>> {
        &self.lines
    }

    /// Lines that were printed and are gone.
    pub fn dropped(&self) -> usize {
        self.dropped
    }
}
