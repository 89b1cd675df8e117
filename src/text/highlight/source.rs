//! One text being highlighted, resumable: the parser's state is kept every 100 lines, so that a jump to a far line
//! parses what lies before it once.

use std::ops::Range;
use std::sync::Arc;

use syntect::parsing::{ParseState, ScopeStack, SyntaxReference};

use super::scopes::Roles;
use super::syntaxes::Syntaxes;
use super::{HighlightedLine, Limits, Subject, SyntaxRole};

/// Lines between two kept states.
const STRIDE: usize = 100;

/// A text whose lines are highlighted when they are asked for.
#[derive(Debug)]
pub struct HighlightedSource {
    syntaxes: Arc<Syntaxes>,
    text: Arc<str>,
    starts: Vec<usize>,
    line_bytes: usize,
    roles: Roles,
    /// State before line `i * STRIDE`; empty where the text stays plain.
    states: Vec<State>,
    syntax: Option<String>,
}

/// Where the parser stands between two lines.
#[derive(Debug, Clone)]
pub struct State {
    parse: ParseState,
    stack: ScopeStack,
}

impl State {
    /// At the start of a text.
    pub fn new(syntax: &SyntaxReference) -> Self {
        Self { parse: ParseState::new(syntax), stack: ScopeStack::new() }
    }
}

impl HighlightedSource {
    pub(super) fn new(syntaxes: &Arc<Syntaxes>, subject: Subject<'_>, text: &str, limits: Limits) -> Self {
        let mut starts: Vec<usize> = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
            .collect();
        if starts.last() == Some(&text.len()) {
            starts.pop();
        }
        let mut source = Self {
            text: Arc::from(text),
            line_bytes: limits.line_bytes,
            roles: Roles::new(),
            states: Vec::new(),
            syntax: None,
            syntaxes: Arc::clone(syntaxes),
            starts,
        };
        if text.len() <= limits.bytes && source.starts.len() <= limits.lines {
            let first = text.lines().next().unwrap_or_default();
            let first = first.get(..limits.line_bytes).unwrap_or(first);
            if let Some(syntax) = syntaxes.find(subject, first) {
                source.states.push(State::new(syntax));
                source.syntax = Some(syntax.name.clone());
            }
        }
        source
    }

    /// The number of lines.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The name of the syntax in use; `None` where the text stays plain.
    pub fn syntax(&self) -> Option<&str> {
        self.syntax.as_deref()
    }

    /// The text of a 0-based line without its line break; empty behind the end.
    pub fn line(&self, line: usize) -> &str {
        let Some(start) = self.starts.get(line) else { return "" };
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let text = &self.text[*start..end];
        match text.strip_suffix('\n') {
            Some(text) => text.strip_suffix('\r').unwrap_or(text),
            None => text,
        }
    }

    /// The runs of 0-based lines; the range is cut to the lines there are.
    pub fn lines(&mut self, range: Range<usize>) -> Vec<HighlightedLine> {
        let end = range.end.min(self.len());
        let start = range.start.min(end);
        if self.states.is_empty() {
            return (start..end).map(|line| plain(self.line(line))).collect();
        }
        let kept = (start / STRIDE).min(self.states.len() - 1);
        let mut state = self.states[kept].clone();
        let mut lines = Vec::with_capacity(end - start);
        for line in kept * STRIDE..end {
            if line.is_multiple_of(STRIDE) && line / STRIDE == self.states.len() {
                self.states.push(state.clone());
            }
            let runs = self.parse(line, &mut state);
            if line >= start {
                lines.push(runs);
            }
        }
        lines
    }

    fn parse(&mut self, line: usize, state: &mut State) -> HighlightedLine {
        let text = self.line(line);
        if text.len() > self.line_bytes {
            return plain(text);
        }
        let text = text.to_owned();
        parse_line(&self.syntaxes, &mut self.roles, state, &text)
    }
}

/// The runs of one line; the state goes on behind it.
pub fn parse_line(syntaxes: &Syntaxes, roles: &mut Roles, state: &mut State, text: &str) -> HighlightedLine {
    let length = text.len();
    let with_break = format!("{text}\n");
    let Ok(operations) = state.parse.parse_line(&with_break, syntaxes.set()) else {
        return plain(text);
    };
    let mut runs: HighlightedLine = Vec::new();
    let mut at = 0;
    for (offset, operation) in operations {
        let end = offset.min(length);
        if end > at {
            push(&mut runs, roles.of(&state.stack, with_break.get(at..end).unwrap_or_default()), at..end);
            at = end;
        }
        if state.stack.apply(&operation).is_err() {
            state.stack = ScopeStack::new();
        }
    }
    push(&mut runs, roles.of(&state.stack, with_break.get(at..length).unwrap_or_default()), at..length);
    runs
}

/// One run over a whole line.
pub fn plain(text: &str) -> HighlightedLine {
    let mut runs = Vec::new();
    push(&mut runs, SyntaxRole::Plain, 0..text.len());
    runs
}

/// Adds a run, or lengthens the last one of the same role.
fn push(runs: &mut HighlightedLine, role: SyntaxRole, range: Range<usize>) {
    if range.is_empty() {
        return;
    }
    match runs.last_mut() {
        Some((last, before)) if *last == role && before.end == range.start => before.end = range.end,
        Some(_) | None => runs.push((role, range)),
    }
}
