//! A text that grows line by line: each finished line is highlighted once, the last one from a copy of the state.

use std::sync::Arc;

use super::scopes::Roles;
use super::source::{State, parse_line, plain};
use super::syntaxes::Syntaxes;
use super::{HighlightedLine, Limits};

/// A text whose lines are highlighted as they come.
#[derive(Debug)]
pub struct GrowingSource {
    syntaxes: Arc<Syntaxes>,
    roles: Roles,
    state: Option<State>,
    limits: Limits,
    bytes: usize,
    lines: Vec<HighlightedLine>,
}

impl GrowingSource {
    /// A text without lines whose syntax is known by a word such as `rust`, `rs` or `C++`.
    pub(super) fn new(syntaxes: &Arc<Syntaxes>, word: &str, limits: Limits) -> Self {
        let state = syntaxes.by_word(word).map(State::new);
        Self {
            syntaxes: Arc::clone(syntaxes),
            roles: Roles::new(),
            state,
            limits,
            bytes: 0,
            lines: Vec::new(),
        }
    }

    /// Whether every line stays plain.
    pub const fn is_plain(&self) -> bool {
        self.state.is_none()
    }

    /// The runs of the lines so far.
    pub fn lines(&self) -> &[HighlightedLine] {
        &self.lines
    }

    /// Takes a finished line in.
    pub fn push(&mut self, line: &str) {
        self.bytes += line.len() + 1;
        let within = self.bytes <= self.limits.bytes && self.lines.len() < self.limits.lines;
        let runs = match &mut self.state {
            Some(state) if within && line.len() <= self.limits.line_bytes => {
                parse_line(&self.syntaxes, &mut self.roles, state, line)
            }
            Some(_) | None => plain(line),
        };
        self.lines.push(runs);
    }

    /// The runs of a line that is not finished.
    pub fn peek(&mut self, line: &str) -> HighlightedLine {
        let within = self.bytes + line.len() <= self.limits.bytes && self.lines.len() < self.limits.lines;
        match &self.state {
            Some(state) if within && line.len() <= self.limits.line_bytes => {
                parse_line(&self.syntaxes, &mut self.roles, &mut state.clone(), line)
            }
            Some(_) | None => plain(line),
        }
    }
}
