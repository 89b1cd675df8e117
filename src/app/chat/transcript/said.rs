//! What a turn says: its text as it was taken in, piece by piece, and laid out.

use super::scene::{Folded, Scene};
use crate::domain::{Turn, TurnBody};
use crate::text::highlight::Highlighter;
use crate::text::markdown::Document;

/// What a turn says, laid out.
#[derive(Debug, Default)]
pub struct Said {
    /// The text of an answer.
    pub text: Option<Document>,
    /// Its reasoning, while that is unfolded.
    pub thought: Option<Document>,
    taken: Taken,
    thought_taken: Taken,
    thought_size: usize,
    cites: u16,
    /// It was seen while it came, so that nothing of it folds by itself.
    pub watched: bool,
}

/// How much of a text was taken in, and a checksum of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Taken {
    bytes: usize,
    sum: u64,
}

/// What taking in came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Finished pieces are as they were.
    Little,
    /// Finished pieces have to be laid out again.
    Looks,
    /// All of it.
    Anew,
}

impl Said {
    /// Nothing yet; numbers up to `cites` name items of the context.
    pub fn new(cites: u16, watched: bool) -> Self {
        Self { cites, watched, ..Self::default() }
    }

    /// Whether there is text that was not taken in.
    pub fn is_behind(&self, turn: &Turn, scene: &Scene<'_>) -> bool {
        self.taken.bytes < scene.text(turn).len() || self.thought_size != scene.thinking(turn).len()
    }

    /// Whether what was taken in is still the beginning of the turn's text.
    pub fn is_still(&self, turn: &Turn, scene: &Scene<'_>, cites: u16) -> bool {
        let ended = self.text.as_ref().is_some_and(Document::is_finished);
        let whole = !ended || self.taken.bytes == scene.text(turn).len();
        self.cites == cites
            && whole
            && self.taken.is_start_of(scene.text(turn))
            && self.thought_taken.is_start_of(scene.thinking(turn))
    }

    pub fn take(
        &mut self,
        turn: &Turn,
        scene: &Scene<'_>,
        highlighter: &Highlighter,
        thinking: Folded,
    ) -> Changed {
        let TurnBody::Answer(answer) = &turn.body else { return Changed::Looks };
        self.thought_size = scene.thinking(turn).len();
        let cites = self.cites;
        let new = || Document::new(cites, highlighter.clone());
        let mut changed = if self.text.is_none() { Changed::Anew } else { Changed::Little };
        let text = self.text.get_or_insert_with(new);
        if let Some(more) = self.taken.more(scene.text(turn)) {
            text.push(more);
        }
        if !answer.state.is_going() && text.finish() {
            changed = Changed::Looks;
        }
        match thinking {
            Folded::Yes => {
                self.thought = None;
                self.thought_taken = Taken::default();
            }
            Folded::No => {
                let thought = self.thought.get_or_insert_with(|| Document::new(0, highlighter.clone()));
                if let Some(more) = self.thought_taken.more(scene.thinking(turn)) {
                    thought.push(more);
                }
                if !answer.state.is_going() {
                    thought.finish();
                }
            }
        }
        changed
    }
}

impl Default for Taken {
    fn default() -> Self {
        Self { bytes: 0, sum: 0xcbf2_9ce4_8422_2325 }
    }
}

impl Taken {
    /// What of a text was not taken in yet; it is now.
    fn more<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let more = text.get(self.bytes..).filter(|more| !more.is_empty())?;
        self.bytes = text.len();
        self.sum = summed(self.sum, more);
        Some(more)
    }

    fn is_start_of(self, text: &str) -> bool {
        text.get(..self.bytes).is_some_and(|start| summed(Self::default().sum, start) == self.sum)
    }
}

/// FNV-1a, 64 bits: the same whatever pieces it is fed in.
fn summed(sum: u64, text: &str) -> u64 {
    text.bytes().fold(sum, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
