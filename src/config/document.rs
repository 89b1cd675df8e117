//! One TOML file with what is needed to point at a place in it. Turns trouble into [`Problem`]s with file and line.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::Problem;
use crate::text::nearest;

/// The text of one TOML file and where it came from.
#[derive(Debug, Clone)]
pub struct Document {
    path: Option<PathBuf>,
    text: String,
    /// Byte where each line starts.
    starts: Vec<usize>,
}

impl Document {
    /// Wraps text that was read from `path`; `None` for text built in.
    pub fn new(path: Option<PathBuf>, text: impl Into<String>) -> Self {
        let text = text.into();
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path, text, starts }
    }

    /// Reads a file. `Ok(None)` where it does not exist.
    ///
    /// # Errors
    /// A problem that names the file, when it exists but cannot be read or is not UTF-8.
    pub fn read(path: &Path) -> Result<Option<Self>, Problem> {
        let problem = |message: String| Problem {
            file: Some(path.to_owned()),
            line: None,
            key: String::new(),
            message,
            suggestion: None,
        };
        match std::fs::read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(Self::new(Some(path.to_owned()), text))),
                Err(error) => {
                    Err(problem(format!("not UTF-8 after byte {}", error.utf8_error().valid_up_to())))
                }
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(problem(format!("cannot be read: {error}"))),
        }
    }

    /// The text as it was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Parses the text to a table whose keys and values know their place.
    ///
    /// # Errors
    /// One problem with line and column, when the text is not TOML.
    pub fn parse(&self) -> Result<Spanned<DeTable<'_>>, Problem> {
        DeTable::parse(&self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start).min(self.text.len());
            let start = self.starts.get(self.line(at) - 1).copied().unwrap_or(0);
            let column = self.text.get(start..at).map_or(0, |text| text.chars().count()) + 1;
            self.problem(&(at..at), "", format!("not TOML, column {column}: {}", error.message()))
        })
    }

    /// The 1-based line of a byte offset.
    pub fn line(&self, offset: usize) -> usize {
        let end = offset.min(self.text.len());
        self.starts.partition_point(|start| *start <= end).max(1)
    }

    /// A problem at a place of this file.
    pub fn problem(&self, span: &Range<usize>, key: &str, message: impl Into<String>) -> Problem {
        Problem {
            file: self.path.clone(),
            line: Some(self.line(span.start)),
            key: key.to_owned(),
            message: message.into(),
            suggestion: None,
        }
    }

    /// A problem with a name that is not known, with the nearest known one.
    pub fn unknown<'a>(
        &self,
        span: &Range<usize>,
        key: &str,
        message: impl Into<String>,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Problem {
        let name = key.rsplit('.').next().unwrap_or(key);
        let suggestion = nearest::nearest(name, known).map(str::to_owned);
        Problem { suggestion, ..self.problem(span, key, message) }
    }
}

/// What a value is, in the words of a message.
pub const fn kind_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
