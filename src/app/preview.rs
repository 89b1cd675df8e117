//! The preview: a file's text as the `why` pane shows it.

use std::sync::Arc;

use crate::domain::{FileId, Generation};
use crate::text::highlight::HighlightedLine;

/// The answer to [`super::Cmd::LoadPreview`].
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The file.
    pub file: FileId,
    /// Echoed from the request.
    pub generation: Generation,
    /// The text, or why there is none, in words for people.
    pub body: Result<Arc<Source>, String>,
}

/// A file's text, ready to show.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Source {
    /// Every line, in order.
    pub lines: Vec<SourceLine>,
    /// The language's name; empty where none is known.
    pub language: String,
    /// Set when the file is longer than what was read.
    pub truncated: bool,
}

/// One line of a [`Source`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceLine {
    /// Its text: sanitised, tabs expanded, no line end.
    pub text: String,
    /// Its runs of meaning; empty while it is plain.
    pub roles: HighlightedLine,
}
