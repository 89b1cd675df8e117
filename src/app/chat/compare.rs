//! Compare: up to three answers to one question, side by side.

use crate::domain::TurnId;

/// The answers that are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compare {
    /// Their turns, in the order of the screen.
    pub turns: Vec<TurnId>,
    /// The marked one.
    pub at: usize,
    /// The first line shown of each; past its end the end is followed.
    pub tops: Vec<usize>,
}

/// Follows the end of an answer.
pub const END: usize = usize::MAX;

impl Compare {
    /// A comparison of these answers; their ends are followed.
    pub fn new(turns: Vec<TurnId>) -> Self {
        Self { tops: vec![END; turns.len()], turns, at: 0 }
    }

    /// The marked answer.
    pub fn marked(&self) -> Option<TurnId> {
        self.turns.get(self.at).copied()
    }

    /// Marks the answer to the right or to the left.
    pub fn step(&mut self, forward: bool) {
        let len = self.turns.len().max(1);
        self.at = (self.at + if forward { 1 } else { len - 1 }) % len;
    }

    /// Scrolls the marked answer, whose last line that can be the first is known.
    pub fn scroll(&mut self, by: isize, last: usize) {
        if let Some(top) = self.tops.get_mut(self.at) {
            let next = (*top).min(last).saturating_add_signed(by);
            *top = if next >= last && by > 0 { END } else { next };
        }
    }
}
