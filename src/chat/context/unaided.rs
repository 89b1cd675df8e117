//! The answer without a model: the files that were found, why, and the best lines of each.

use std::fmt::Write;

use crate::domain::{ContextItem, ContextSource, ContextState, Span};
use crate::text::amount;
use crate::text::sanitize::{sanitize, sanitize_line};

/// Files of which lines are shown.
pub const SHOWN: usize = 6;

/// Files that are named besides.
const NAMED: usize = 14;

/// The best lines of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The item's number.
    pub number: u16,
    /// The language, as code blocks name it.
    pub language: &'static str,
    /// The lines.
    pub span: Span,
    /// Their text.
    pub text: String,
}

/// What stands for an answer; `why` says why nobody is set to answer, and may be empty.
pub fn unaided(items: &[ContextItem], excerpts: &[Excerpt], why: &str) -> String {
    let sent: Vec<&ContextItem> =
        items.iter().filter(|item| item.state == ContextState::Sent && item.number > 0).collect();
    let mut text = String::new();
    if sent.is_empty() {
        text.push_str(
            "Nothing was found that helps with this. Name a file with `@`, or ask with other words.\n",
        );
    } else {
        let files = amount::plural(sent.len() as u64, "file");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{files} may help, best first:\n");
    }
    for (at, item) in sent.iter().enumerate().take(SHOWN + NAMED) {
        let excerpt = excerpts.iter().find(|excerpt| excerpt.number == item.number).filter(|_| at < SHOWN);
        one(&mut text, item, excerpt);
    }
    if sent.len() > SHOWN + NAMED {
        let _ = writeln!(text, "\nand {} more, in the list beside.", sent.len() - SHOWN - NAMED);
    }
    let why = if why.is_empty() { String::new() } else { format!(" ({})", sanitize_line(why)) };
    let _ = write!(
        text,
        "\n---\n\nNo model is set{why}, so nobody read these files for you. Two ways to set one:\n\n\
         - on this machine, free: `ollama pull qwen2.5-coder:7b` (a running engine is found by itself)\n\
         - with a key: `export ANTHROPIC_API_KEY=...` (or `OPENAI_API_KEY`, `GEMINI_API_KEY`, ...), then start Quarry again\n"
    );
    text
}

fn one(text: &mut String, item: &ContextItem, excerpt: Option<&Excerpt>) {
    let title = sanitize_line(&item.title).replace('`', "'");
    let why = sanitize_line(&item.why);
    let why = match item.source {
        ContextSource::Judged if why == "judged yes" => String::new(),
        ContextSource::Mentioned
        | ContextSource::Attached
        | ContextSource::Pinned
        | ContextSource::Instructions
        | ContextSource::Judged
        | ContextSource::Conversation => format!(": {}", escaped(&why)),
    };
    let place = match excerpt {
        Some(excerpt) => format!("`{title}:{}-{}`", excerpt.span.first, excerpt.span.last),
        None => format!("`{title}`"),
    };
    let _ = writeln!(text, "- [{}] {place}{why}", item.number);
    if let Some(excerpt) = excerpt {
        let body = sanitize(&excerpt.text);
        // A fence longer than any in the text cannot be closed by it.
        let ticks = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(ticks.max(2) + 1);
        let _ = writeln!(text, "\n  {fence}{}", excerpt.language);
        for line in body.lines() {
            let _ = writeln!(text, "  {line}");
        }
        let _ = writeln!(text, "  {fence}\n");
    }
}

/// Words as Markdown shows them unchanged.
fn escaped(words: &str) -> String {
    words.chars().fold(String::new(), |mut out, c| {
        if matches!(c, '*' | '_' | '[' | ']' | '<' | '\\') {
            out.push('\\');
        }
        out.push(c);
        out
    })
}
