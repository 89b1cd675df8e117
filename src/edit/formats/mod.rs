//! Edit formats: from a model's answer, as it streams, to [`Directive`]s.
//!
//! Each format reads whole lines and knows no file. Invariant: the directives of an answer do not depend on how its bytes
//! were split, and no answer makes a parser panic.

mod apply_patch;
mod auto;
mod fence;
mod known;
mod lines;
mod names;
mod path;
mod search_replace;
mod signs;
mod tool;
mod udiff;
mod whole;

#[cfg(test)]
mod tests;

use std::str::FromStr;

pub(super) use known::KNOWN_NAMES;
pub use lines::Stream;
pub use tool::{Calls, TOOLS, ToolForm};

use super::directive::{Directive, Malformed};

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EditFormat {
    /// Recognised from the answer itself.
    Auto,
    /// `<<<<<<< SEARCH` blocks.
    SearchReplace,
    /// The `*** Begin Patch` envelope.
    ApplyPatch,
    /// Unified diffs; line numbers and counts are hints.
    Udiff,
    /// Whole files in fences, each after its name.
    Whole,
    /// Calls of tools; in a text they are written down as JSON.
    Tool,
}

impl EditFormat {
    /// Every format with its name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("auto", Self::Auto),
        ("search-replace", Self::SearchReplace),
        ("apply-patch", Self::ApplyPatch),
        ("udiff", Self::Udiff),
        ("whole", Self::Whole),
        ("tool", Self::Tool),
    ];

    /// The name in configuration and arguments.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("auto", |(name, _)| name)
    }
}

impl FromStr for EditFormat {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|(name, _)| *name).collect();
            format!("no edit format is called {name}; there are {}", names.join(", "))
        })
    }
}

/// What a parser finds.
pub type Found = Result<Directive, Malformed>;

/// Reads an answer line by line.
pub trait Parse {
    /// Reads the next line, without its end; `at` is its 1-based number.
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>);

    /// The answer is over; `ended` tells whether its last line had an end.
    fn finish(&mut self, at: usize, ended: LastLine, found: &mut Vec<Found>);
}

/// Whether the answer's last line had an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastLine {
    /// It had.
    Ended,
    /// It had not.
    Open,
}

fn parser(format: EditFormat) -> Box<dyn Parse + Send> {
    match format {
        EditFormat::Auto => Box::new(auto::Auto::default()),
        EditFormat::SearchReplace => Box::new(search_replace::SearchReplace::default()),
        EditFormat::ApplyPatch => Box::new(apply_patch::ApplyPatch::default()),
        EditFormat::Udiff => Box::new(udiff::Udiff::default()),
        EditFormat::Whole => Box::new(whole::Whole::default()),
        EditFormat::Tool => Box::new(tool::Tool::default()),
    }
}

/// Reads a whole answer.
pub fn read(format: EditFormat, answer: &str) -> Vec<Found> {
    let mut stream = Stream::new(format);
    let mut found = stream.push(answer);
    found.extend(stream.finish());
    found
}
