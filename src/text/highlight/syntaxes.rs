//! The set of syntaxes, loaded at its first use.

use std::sync::OnceLock;

use syntect::parsing::{SyntaxReference, SyntaxSet};

use super::Subject;
use crate::domain::Language;

/// The set of syntaxes, loaded at its first use.
#[derive(Debug, Default)]
pub struct Syntaxes {
    set: OnceLock<SyntaxSet>,
}

impl Syntaxes {
    /// The set; the first call takes some milliseconds.
    pub fn set(&self) -> &SyntaxSet {
        self.set.get_or_init(two_face::syntax::extra_newlines)
    }

    /// The names of all syntaxes that are not hidden, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .set()
            .syntaxes()
            .iter()
            .filter(|syntax| !syntax.hidden)
            .map(|syntax| syntax.name.clone())
            .collect();
        names.sort();
        names
    }

    /// The syntax of a text: by language, else by its file's name or extension, else by its first line. `None`
    /// for plain text.
    pub fn find(&self, subject: Subject<'_>, first_line: &str) -> Option<&SyntaxReference> {
        let set = self.set();
        let name = subject.file_name.rsplit('/').next().unwrap_or_default();
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        let known =
            (subject.language != Language::PLAIN).then(|| by_language(set, subject.language)).flatten();
        known
            .or_else(|| (!name.is_empty()).then(|| set.find_syntax_by_extension(name)).flatten())
            .or_else(|| extension.and_then(|extension| set.find_syntax_by_extension(extension)))
            .or_else(|| set.find_syntax_by_first_line(first_line))
            .filter(|syntax| syntax.name != "Plain Text")
    }

    /// The syntax that a word behind a fence means: a language's name, an extension, or a path. `None` for plain text.
    pub fn by_word(&self, word: &str) -> Option<&SyntaxReference> {
        let word = word.trim();
        if word.is_empty() || word.len() > 200 {
            return None;
        }
        let set = self.set();
        let named = Language::all().find(|language| language.name().eq_ignore_ascii_case(word));
        let detected = || {
            let file = if word.contains(['/', '.']) { word.to_owned() } else { format!("x.{word}") };
            Some(Language::detect(file.as_bytes(), "")).filter(|language| *language != Language::PLAIN)
        };
        named
            .filter(|language| *language != Language::PLAIN)
            .or_else(detected)
            .and_then(|language| by_language(set, language))
            .or_else(|| set.find_syntax_by_token(word))
            .filter(|syntax| syntax.name != "Plain Text")
    }
}

/// Languages that the set does not have, with one whose comments, strings and words are close to theirs.
const LOOKALIKES: [(&str, &str); 11] = [
    ("Assembly", "x86_64 Assembly"),
    ("CSV", "Comma Separated Values"),
    ("CUE", "Go"),
    ("Gleam", "Rust"),
    ("Lean", "Lean 4"),
    ("Nushell", "Bourne Again Shell (bash)"),
    ("Prisma", "GraphQL"),
    ("Prolog", "Erlang"),
    ("Slim", "Ruby Slim"),
    ("Thrift", "Protocol Buffer"),
    ("V", "Go"),
];

fn by_language(set: &SyntaxSet, language: Language) -> Option<&SyntaxReference> {
    let name = language.syntax_name();
    let lookalike =
        || LOOKALIKES.iter().find(|(known, _)| *known == language.name()).map(|(_, other)| *other);
    set.find_syntax_by_name(name)
        .or_else(|| set.syntaxes().iter().rev().find(|syntax| syntax.name.eq_ignore_ascii_case(name)))
        .or_else(|| set.find_syntax_by_name(lookalike()?))
}
