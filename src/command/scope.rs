//! Scope: what an instruction is about, as files and lines: those that may change, and those that help.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::chat::context::JudgedFile;
use crate::domain::{EditTarget, Instruction, Notice, Severity, Span};
use crate::edit::{Files, Structure, Text};

/// Files judged yes that one instruction may change.
const MOST_CHANGED: usize = 12;

/// What an instruction is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The files that may change, best first.
    pub changes: Vec<String>,
    /// Files that were chosen to help, best first; they must not change.
    pub context: Vec<Arc<str>>,
    /// The lines of the first file that it is about, 1-based, where it is about some.
    pub lines: Option<RangeInclusive<usize>>,
}

/// Why an instruction is about nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// No file, and none is judged yes.
    #[error("no file is named, and none is judged to help")]
    Nothing,
    /// There is no such file.
    #[error("there is no file {0}")]
    NoFile(String),
    /// A file that cannot be read or must not be changed.
    #[error("{0}")]
    Unfit(String),
    /// The file does not define that.
    #[error("{path} defines no `{name}`")]
    NoSymbol {
        /// The file.
        path: String,
        /// The symbol.
        name: String,
    },
    /// The file defines several of that name.
    #[error("{path} defines `{name}` in several places (lines {lines})")]
    SeveralSymbols {
        /// The file.
        path: String,
        /// The symbol.
        name: String,
        /// Their first lines.
        lines: String,
    },
    /// The file has not so many lines.
    #[error("{path} has {has} lines")]
    NoLines {
        /// The file.
        path: String,
        /// Its lines.
        has: usize,
    },
}

impl ScopeError {
    /// For people.
    pub fn notice(&self) -> Notice {
        let hint = match self {
            Self::Nothing => "Name a file, select lines, or type a request so that files are judged",
            Self::NoFile(_) => "Check the path; it is relative to the root",
            Self::Unfit(_) => "Choose another file",
            Self::NoSymbol { .. } | Self::SeveralSymbols { .. } => "Select the lines instead",
            Self::NoLines { .. } => "Select lines that are there",
        };
        Notice::new(Severity::Error, "The edit has no target").cause(self.to_string()).hint(hint)
    }
}

impl Scope {
    /// Resolves an instruction's target against the files and what the judge said.
    ///
    /// # Errors
    /// A [`ScopeError`].
    pub fn resolve(
        instruction: &Instruction,
        judged: &[JudgedFile],
        files: &impl Files,
    ) -> Result<Self, ScopeError> {
        let mut lines = None;
        let changes = match &instruction.target {
            EditTarget::Lines(path, span) => {
                let text = text(files, path)?;
                let has = text.lines.len();
                if span.first == 0 || span.first > span.last || span.first as usize > has.max(1) {
                    return Err(ScopeError::NoLines { path: path.to_string(), has });
                }
                lines = Some(span.first as usize..=(span.last as usize).min(has.max(1)));
                vec![path.to_string()]
            }
            EditTarget::Symbol(path, name) => {
                let span = symbol(files, path, name)?;
                lines = Some(span.first as usize..=span.last as usize);
                vec![path.to_string()]
            }
            EditTarget::Files(paths) if !paths.is_empty() => {
                let mut named: Vec<String> = Vec::new();
                for path in paths.iter().map(ToString::to_string) {
                    if !named.contains(&path) {
                        named.push(path);
                    }
                }
                named
            }
            EditTarget::Files(_) | EditTarget::Judged => {
                judged.iter().take(MOST_CHANGED).map(|file| file.path.to_string()).collect()
            }
        };
        let mut context: Vec<Arc<str>> = Vec::new();
        for path in &instruction.context {
            if !changes.iter().any(|change| **change == **path) && !context.contains(path) {
                context.push(Arc::clone(path));
            }
        }
        if changes.is_empty() && context.is_empty() {
            return Err(ScopeError::Nothing);
        }
        Ok(Self { changes, context, lines })
    }
}

fn text(files: &impl Files, path: &str) -> Result<Text, ScopeError> {
    let bytes = files.read(path).map_err(ScopeError::Unfit)?;
    let bytes = bytes.ok_or_else(|| ScopeError::NoFile(path.to_owned()))?;
    Text::read(&bytes).map_err(|error| ScopeError::Unfit(format!("{path}: {error}")))
}

/// The lines of the only symbol of that name; `a · b` means the `b` in `a`.
fn symbol(files: &impl Files, path: &str, name: &str) -> Result<Span, ScopeError> {
    let text = text(files, path)?;
    let structure = Structure::new(path, &text);
    let fits = |symbol: &&crate::index::Symbol| {
        let place = structure.place(symbol.span.first).unwrap_or_default();
        *symbol.name == *name || place == name
    };
    let mut found: Vec<Span> = structure.symbols().iter().filter(fits).map(|symbol| symbol.span).collect();
    found.dedup();
    match found.as_slice() {
        [span] => Ok(*span),
        [] => Err(ScopeError::NoSymbol { path: path.to_owned(), name: name.to_owned() }),
        several => {
            let lines: Vec<String> = several.iter().map(|span| span.first.to_string()).collect();
            let lines = lines.join(", ");
            Err(ScopeError::SeveralSymbols { path: path.to_owned(), name: name.to_owned(), lines })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Tree;

    impl Files for Tree {
        fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
            let text = "fn one() {\n    1\n}\n\nmod m {\n    fn one() {}\n    fn two() {}\n}\n";
            Ok((path == "a.rs").then(|| text.as_bytes().to_vec()))
        }

        fn shown(&self) -> Option<&[String]> {
            None
        }
    }

    fn resolve(target: EditTarget) -> Result<Scope, ScopeError> {
        let instruction =
            Instruction { text: "do".into(), target, context: vec!["c.rs".into()], turn: None, model: None };
        let judged = |path: &str| JudgedFile {
            file: crate::domain::FileId(0),
            path: path.into(),
            probability: 0.9,
            reason: Arc::from(""),
            spans: Arc::from([]),
        };
        Scope::resolve(&instruction, &[judged("j.rs"), judged("a.rs")], &Tree)
    }

    #[test]
    fn lines_are_of_one_file_and_the_judged_files_help() {
        let scope = resolve(EditTarget::Lines("a.rs".into(), Span { first: 2, last: 99 })).expect("a scope");
        assert_eq!((scope.changes, scope.lines), (vec!["a.rs".to_owned()], Some(2..=8)));
        assert_eq!(scope.context, ["c.rs".into()]);
        let missing = resolve(EditTarget::Lines("b.rs".into(), Span { first: 1, last: 1 }));
        assert_eq!(missing, Err(ScopeError::NoFile("b.rs".into())));
        assert!(resolve(EditTarget::Lines("a.rs".into(), Span { first: 60, last: 61 })).is_err());
    }

    #[test]
    fn a_symbol_is_the_only_one_of_its_name() {
        let symbol = |name: &str| resolve(EditTarget::Symbol("a.rs".into(), name.into()));
        assert_eq!(symbol("two").expect("a scope").lines, Some(7..=7));
        assert!(matches!(symbol("one"), Err(ScopeError::SeveralSymbols { lines, .. }) if lines == "1, 6"));
        assert_eq!(symbol("mod m \u{b7} fn one").expect("a scope").lines, Some(6..=6));
        assert!(matches!(symbol("three"), Err(ScopeError::NoSymbol { .. })));
    }

    #[test]
    fn without_a_file_the_judged_ones_may_change() {
        let scope = resolve(EditTarget::Judged).expect("a scope");
        assert_eq!(
            (scope.changes, scope.context),
            (vec!["j.rs".to_owned(), "a.rs".to_owned()], vec!["c.rs".into()])
        );
        let nothing = Instruction {
            text: "do".into(),
            target: EditTarget::Judged,
            context: Vec::new(),
            turn: None,
            model: None,
        };
        assert_eq!(Scope::resolve(&nothing, &[], &Tree), Err(ScopeError::Nothing));
    }
}
