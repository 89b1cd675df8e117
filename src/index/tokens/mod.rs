//! Tokens: the one way in which file text, paths, symbols, commit messages and requests become terms.
//!
//! Identifiers are split at `camelCase`, `snake_case`, `kebab-case` and letter-digit borders; each part is lower-cased and
//! stemmed, and where there are two or more parts the whole is kept too, lower-cased, joined without separators and
//! stemmed the same way, so that `AlertDialog`, `alert_dialog`, `alert-dialog` and `alertdialog` meet. Invariant:
//! tokenising an identifier's lower-cased joined form yields the whole's term again. Nothing but letters, digits and
//! combining accents is ever emitted.

mod query;
mod scan;
mod stem;

pub use query::{QueryTerm, query_terms};
pub use scan::each;

/// One occurrence of a term in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// The stemmed, lower-cased term; borrowed only until the callback returns.
    pub term: &'a str,
    /// Whether it is a whole identifier of several parts, and not one word or part.
    pub whole: bool,
    /// Where it starts in the text, in bytes.
    pub start: usize,
    /// Where it ends in the text, in bytes.
    pub end: usize,
}

/// The terms of a text, in order, with repetitions.
pub fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    each(text, &mut |token| terms.push(token.term.to_owned()));
    terms
}

#[cfg(test)]
mod tests;
