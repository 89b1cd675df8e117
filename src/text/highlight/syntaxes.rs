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
        let by_language =
            (subject.language != Language::PLAIN).then(|| by_name(set, subject.language.name())).flatten();
        by_language
            .or_else(|| (!name.is_empty()).then(|| set.find_syntax_by_extension(name)).flatten())
            .or_else(|| extension.and_then(|extension| set.find_syntax_by_extension(extension)))
            .or_else(|| set.find_syntax_by_first_line(first_line))
            .filter(|syntax| syntax.name != "Plain Text")
    }
}

/// Names that people write otherwise than the set does.
const OTHER_NAMES: [(&str, &str); 8] = [
    ("shell", "Bourne Again Shell (bash)"),
    ("bash", "Bourne Again Shell (bash)"),
    ("tsx", "TypeScriptReact"),
    ("jsx", "JavaScript (Babel)"),
    ("latex", "LaTeX"),
    ("protobuf", "Protocol Buffer"),
    ("protocol buffers", "Protocol Buffer"),
    ("assembly", "Assembly (x86_64)"),
];

fn by_name<'a>(set: &'a SyntaxSet, name: &str) -> Option<&'a SyntaxReference> {
    let other =
        OTHER_NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, other)| *other);
    set.find_syntax_by_name(other.unwrap_or(name))
        .or_else(|| set.syntaxes().iter().rev().find(|syntax| syntax.name.eq_ignore_ascii_case(name)))
}
