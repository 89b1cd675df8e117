//! Growing: the text of answers that still come.

use std::collections::HashMap;

use crate::domain::TurnId;

/// The text of answers that still come, each piece appended once.
#[derive(Debug, Default)]
pub struct Growing {
    answers: HashMap<TurnId, Answer>,
}

#[derive(Debug, Default)]
struct Answer {
    text: String,
    thinking: String,
}

impl Growing {
    /// Appends to an answer; what it had when its turn came is its beginning.
    pub fn append(&mut self, turn: TurnId, (text, thinking): (&str, &str), begun: (&str, &str)) {
        let answer = self
            .answers
            .entry(turn)
            .or_insert_with(|| Answer { text: begun.0.to_owned(), thinking: begun.1.to_owned() });
        answer.text.push_str(text);
        answer.thinking.push_str(thinking);
    }

    /// The text of an answer that has grown since its turn came.
    pub fn text(&self, turn: TurnId) -> Option<&str> {
        self.answers.get(&turn).map(|answer| answer.text.as_str())
    }

    /// Its reasoning.
    pub fn thinking(&self, turn: TurnId) -> Option<&str> {
        self.answers.get(&turn).map(|answer| answer.thinking.as_str())
    }

    /// The turn came whole: it says all.
    pub fn settle(&mut self, turn: TurnId) {
        self.answers.remove(&turn);
    }

    /// Other turns are shown.
    pub fn clear(&mut self) {
        self.answers.clear();
    }
}
