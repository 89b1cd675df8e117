//! Asking: the line on which an instruction is typed, with what it is about in plain sight.

use std::sync::Arc;

use crate::app::line::Line;
use crate::domain::{EditTarget, Instruction, Span, TurnId};

/// An instruction being typed.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The instruction.
    pub line: Line,
    targets: Vec<EditTarget>,
    at: usize,
    turn: Option<TurnId>,
}

impl Asking {
    /// Begins with the targets that there are, the first chosen; where there is none, it is about the files judged yes.
    pub fn new(text: &str, mut targets: Vec<EditTarget>) -> Self {
        if targets.is_empty() {
            targets.push(EditTarget::Judged);
        }
        Self { line: Line::new(text), targets, at: 0, turn: None }
    }

    /// Asks in the conversation, after a turn.
    #[must_use]
    pub fn after(mut self, turn: Option<TurnId>) -> Self {
        self.turn = turn;
        self
    }

    /// What it is about.
    pub fn target(&self) -> &EditTarget {
        &self.targets[self.at.min(self.targets.len() - 1)]
    }

    /// Whether there is anything else that it could be about.
    pub fn has_choice(&self) -> bool {
        self.targets.len() > 1
    }

    /// On to the next target.
    pub fn turn(&mut self) {
        self.at = (self.at + 1) % self.targets.len();
    }

    /// What is asked for; `None` while nothing is typed.
    pub fn instruction(&self, context: Vec<Arc<str>>) -> Option<Instruction> {
        let text = self.line.text().trim();
        (!text.is_empty()).then(|| Instruction {
            text: text.into(),
            target: self.target().clone(),
            context,
            turn: self.turn,
            model: None,
        })
    }
}

/// A target in a few words: `src/a.rs:4-9`, `fn take in src/a.rs`, `3 files judged yes`.
pub fn words(target: &EditTarget, judged: usize) -> String {
    match target {
        EditTarget::Lines(path, Span { first, last }) if first == last => format!("{path}:{first}"),
        EditTarget::Lines(path, span) => format!("{path}:{}-{}", span.first, span.last),
        EditTarget::Symbol(path, name) => format!("{name} in {path}"),
        EditTarget::Files(paths) => match paths.as_slice() {
            [] => "no file".into(),
            [path] => path.to_string(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        },
        EditTarget::Judged => match judged {
            0 => "what is judged yes".into(),
            1 => "the file judged yes".into(),
            count => format!("{count} files judged yes"),
        },
    }
}
