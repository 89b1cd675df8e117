//! Calls of tools within an attempt: what each came to, and what the model is told of it.
//!
//! Every call gets its result in the next turn, as the protocols ask for. A model that makes its calls one by one is let go on
//! until it says that it is done, calls nothing more, or brings nothing new.

use std::collections::BTreeMap;

use super::{Answered, Attempt, MOST_RETRIES, Told, failure};
use crate::command::retry::{self, Chance};
use crate::edit::formats::{Calls, Found};
use crate::edit::{Files, Refused};
use crate::llm::{ToolCalls, ToolPiece, ToolResult};

/// Answers of a model that makes its calls one by one; a change of more is several instructions.
const MOST_TURNS: u8 = 24;

/// The calls of an attempt.
#[derive(Debug, Default)]
pub struct Calling {
    /// Those of the answer that goes on, for what the model is sent next.
    sent: ToolCalls,
    reader: Calls,
    /// What was refused of each call of this answer.
    outcomes: BTreeMap<usize, Vec<Refused>>,
    /// A change of this answer was taken.
    took: bool,
    /// The attempt had calls.
    any: bool,
    finished: bool,
    turns: u8,
}

impl Calling {
    /// Whether no answer had a call.
    pub const fn is_none(&self) -> bool {
        !self.any
    }

    /// The model may go on.
    fn goes_on(&self, answer: &Answered) -> bool {
        !answer.calls.is_empty() && !self.finished && self.took && self.turns < MOST_TURNS
    }
}

impl<F: Files> Attempt<F> {
    /// Takes a piece of a call; true where that completed something.
    pub fn call(&mut self, piece: ToolPiece) -> bool {
        self.calling.any = true;
        let (name, arguments) = (piece.name.clone(), piece.arguments.clone());
        let nth = self.calling.sent.take(piece);
        match self.calling.reader.push(nth, &name, &arguments) {
            Some(found) => self.called(nth, found),
            None => false,
        }
    }

    fn called(&mut self, nth: usize, found: Vec<Found>) -> bool {
        let before = self.fresh.len();
        let count = self.taken.len();
        let any = self.take(found);
        self.calling.took |= self.taken.len() > count;
        self.calling.outcomes.insert(nth, self.fresh[before..].to_vec());
        any
    }

    /// The answer is over: what of its calls was not complete is refused, and the reason that it gave is kept.
    pub(super) fn end_calls(&mut self) {
        for (nth, mut found) in self.calling.reader.finish() {
            if let Some(cut) = &self.cut {
                // It cannot be read because it is not all there.
                for malformed in found.iter_mut().filter_map(|found| found.as_mut().err()) {
                    (malformed.line, malformed.why) = (0, cut.why());
                }
            }
            self.called(nth, found);
        }
        if let Some(why) = self.calling.reader.finished() {
            self.calling.finished = true;
            let why = why.trim().to_owned();
            if !why.is_empty() && !self.why.contains(&why) {
                self.why.push(why);
            }
        }
    }

    /// What was answered, and what the model is told of its calls. The next answer begins.
    pub(super) fn results(&mut self, text: String) -> (Answered, Told) {
        let calls = std::mem::take(&mut self.calling.sent).calls();
        let outcomes = std::mem::take(&mut self.calling.outcomes);
        self.calling.reader = Calls::default();
        let results = calls.iter().enumerate().map(|(nth, call)| {
            let text = match outcomes.get(&nth).map(Vec::as_slice) {
                None | Some([]) => "Taken.".to_owned(),
                Some(refused) => {
                    let news = refused.iter().any(|part| !self.handed_back.contains(&failure(part)));
                    let chance =
                        if news && self.retries < MOST_RETRIES { Chance::Again } else { Chance::Gone };
                    retry::refused(refused, chance)
                }
            };
            ToolResult { id: call.id.clone(), name: call.name.clone(), text: text.into() }
        });
        let told = Told { results: results.collect(), text: String::new() };
        (Answered { text, calls }, told)
    }

    /// Whether the model is to make more calls.
    pub(super) fn goes_on(&mut self, answer: &Answered) -> bool {
        let goes_on = self.calling.goes_on(answer);
        self.calling.took = false;
        self.calling.turns += u8::from(goes_on);
        goes_on
    }
}
