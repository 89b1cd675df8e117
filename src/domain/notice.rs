//! Notices: what a user sees when something needs their attention.

use std::path::PathBuf;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Works, but not as asked.
    Warning,
    /// Does not work.
    Error,
}

/// A message for a person: what happened, to which thing, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How bad it is.
    pub severity: Severity,
    /// What happened, in one line.
    pub title: String,
    /// Why, if known.
    pub cause: Option<String>,
    /// The key or command that comes next.
    pub hint: Option<String>,
}

impl Notice {
    /// A notice with a title only.
    pub fn new(severity: Severity, title: impl Into<String>) -> Self {
        Self { severity, title: title.into(), cause: None, hint: None }
    }

    /// Adds why it happened.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Recoverable trouble in something a person wrote: the rest still works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file it stands in; `None` for the command line or the environment.
    pub file: Option<PathBuf>,
    /// 1-based line, if known.
    pub line: Option<usize>,
    /// The dotted key or the flag.
    pub key: String,
    /// What is wrong and what was expected.
    pub message: String,
    /// The nearest thing that would be right.
    pub suggestion: Option<String>,
}
