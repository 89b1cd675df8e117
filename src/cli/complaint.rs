//! Complaint: a [`Notice`] with an exit code, printed to standard error.

use std::fmt;
use std::io::{self, Write};

use crate::domain::{Notice, Problem, Severity};
use crate::text::sanitize::sanitize_line;

use super::exit::Exit;

/// An error that a person can act on.
#[derive(Debug)]
pub struct Complaint {
    /// How the program ends.
    pub exit: Exit,
    /// What is said.
    pub notice: Notice,
}

impl Complaint {
    /// The command line was wrong.
    pub fn usage(title: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, notice: Notice::new(Severity::Error, title) }
    }

    /// Something did not work.
    pub fn failed(title: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, notice: Notice::new(Severity::Error, title) }
    }

    /// Adds why it happened.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.notice = self.notice.cause(cause);
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.notice = self.notice.hint(hint);
        self
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.notice.title)
    }
}

impl std::error::Error for Complaint {}

/// Prints a notice to standard error, cleaned: a path or a server's words may hold anything; a closed standard error is nobody's loss.
pub fn print_notice(notice: &Notice) {
    let word = match notice.severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "{word}: {}", sanitize_line(&notice.title));
    if let Some(cause) = &notice.cause {
        let _ = writeln!(err, "  cause: {}", sanitize_line(cause));
    }
    if let Some(hint) = &notice.hint {
        let _ = writeln!(err, "  hint: {}", sanitize_line(hint));
    }
}

/// The notice that speaks of one configuration problem.
pub fn problem_notice(problem: &Problem) -> Notice {
    let place = match (&problem.file, problem.line) {
        (Some(file), Some(line)) => format!("{}:{line}: ", file.display()),
        (Some(file), None) => format!("{}: ", file.display()),
        (None, _) => String::new(),
    };
    let notice = Notice::new(Severity::Warning, format!("{place}{}: {}", problem.key, problem.message));
    match &problem.suggestion {
        Some(suggestion) => notice.hint(format!("did you mean `{suggestion}`?")),
        None => notice,
    }
}
