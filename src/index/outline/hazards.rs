//! Hazards: texts that the grammars' C scanners do not survive, kept away from them.
//!
//! The scanners keep their state in 1024 bytes with one-byte counts and check it with `assert`, which would end the
//! program. Each rule names the version it was read in.

use std::borrow::Cow;

use crate::domain::Language;

/// A heredoc word of more bytes than a one-byte count holds breaks the scanner's state (tree-sitter-ruby 0.23.1).
const MAX_HEREDOC_WORD: usize = 200;

/// Nearly four hundred nested blocks write past the scanner's state (tree-sitter-python 0.25.0); a block takes a column.
const MAX_INDENT: usize = 250;

/// The bytes to parse, of the same length as the text; `None` when the text is not safe to parse.
pub(super) fn parsable(language: Language, text: &str) -> Option<Cow<'_, [u8]>> {
    let bytes = text.as_bytes();
    match language {
        // `isdigit` is asked about any character, and reads outside its table (tree-sitter-bash 0.25.1).
        Language::BASH if !text.is_ascii() => {
            Some(bytes.iter().map(|byte| if byte.is_ascii() { *byte } else { b'_' }).collect())
        }
        Language::RUBY
            if text.match_indices("<<").any(|(at, _)| heredoc_word(&bytes[at + 2..]) > MAX_HEREDOC_WORD) =>
        {
            None
        }
        Language::PYTHON if text.lines().any(|line| line.len() - line.trim_start().len() > MAX_INDENT) => {
            None
        }
        _ => Some(Cow::Borrowed(bytes)),
    }
}

/// Bytes of the word that a heredoc would end with, if one begins before `rest`.
fn heredoc_word(rest: &[u8]) -> usize {
    let rest = rest.strip_prefix(b"~").or_else(|| rest.strip_prefix(b"-")).unwrap_or(rest);
    match rest.first() {
        Some(quote @ (b'"' | b'\'' | b'`')) => {
            rest[1..].iter().take_while(|byte| *byte != quote).take(1_000).count()
        }
        _ => rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_' || !byte.is_ascii())
            .count(),
    }
}
