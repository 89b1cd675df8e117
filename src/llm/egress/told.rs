//! Told: what the guard did, in words for people.

use std::sync::Arc;

use crate::domain::{ModelRef, Notice, Severity};
use crate::text::amount::plural;

/// Places that one notice names.
const NAMED: usize = 3;

/// A secret that was taken out of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Redaction {
    /// What it looked like: `aws access key`, `password`.
    pub kind: &'static str,
    /// The file that it stood in, where that is known.
    pub file: Option<Arc<str>>,
    /// The line in that file, from 1, where that is known.
    pub line: Option<u32>,
}

/// What is said of redactions; `None` where there are none.
pub fn redaction_notice(redactions: &[Redaction]) -> Option<Notice> {
    if redactions.is_empty() {
        return None;
    }
    let places = redactions.iter().take(NAMED).map(|redaction| match (&redaction.file, redaction.line) {
        (Some(file), Some(line)) => format!("{} in {file}:{line}", redaction.kind),
        (Some(file), None) => format!("{} in {file}", redaction.kind),
        (None, _) => redaction.kind.to_owned(),
    });
    let mut cause = places.collect::<Vec<_>>().join(", ");
    if redactions.len() > NAMED {
        cause = format!("{cause}, and {} more", redactions.len() - NAMED);
    }
    let title = format!("{} redacted before it left this machine", plural(redactions.len() as u64, "secret"));
    let title = if redactions.len() == 1 { title } else { title.replace(" it left", " they left") };
    Some(
        Notice::new(Severity::Info, title)
            .cause(cause)
            .hint("Keep whole files here with `private = [...]` in config.toml, or a .quarryignore"),
    )
}

/// What is said of a model whose price is not known, where there is a budget in dollars.
pub fn unpriced_notice(model: &ModelRef) -> Notice {
    Notice::new(Severity::Warning, format!("The price of {model} is not known"))
        .cause("its tokens are counted, but budgets in dollars do not stop it")
        .hint("Set a budget in tokens: `day_tokens` or `session_tokens` below [budget]")
}
