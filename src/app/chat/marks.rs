//! Marks: where the person is in the conversation: at which turn, at which of its citations, at which code block.

use crate::domain::{Turn, TurnBody, TurnId};
use crate::text::citation::{Cited, citations};
use crate::text::fenced::blocks;

use super::Turns;

/// Where the person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// The turn; `None` while the end is followed.
    turn: Option<TurnId>,
    /// Which citation of the turn, counted from its first.
    citation: Option<usize>,
    /// Which code block was copied last, counted from the first.
    block: Option<usize>,
}

impl Marks {
    /// Marks of a turn, nothing in it marked.
    pub fn on(turn: TurnId) -> Self {
        Self { turn: Some(turn), ..Self::default() }
    }

    /// The marked turn; `None` while the end is followed.
    pub fn turn(&self) -> Option<TurnId> {
        self.turn
    }

    /// The marked turn, else the newest one.
    pub fn turn_or_newest<'a>(&self, turns: &'a Turns) -> Option<&'a Turn> {
        self.turn.and_then(|id| turns.get(id)).or_else(|| turns.branch().last())
    }

    /// The answer meant: the marked one, that of the marked question, or the newest.
    pub fn answer(&self, turns: &Turns) -> Option<TurnId> {
        let Some(turn) = self.turn.and_then(|id| turns.get(id)) else {
            return turns.newest_answer().map(|(turn, _)| turn.id);
        };
        match &turn.body {
            TurnBody::Answer(_) => Some(turn.id),
            TurnBody::Question(_) => {
                let next = turns.branch().get(turns.at(turn.id)? + 1)?;
                matches!(next.body, TurnBody::Answer(_)).then_some(next.id)
            }
            TurnBody::Summary { .. } => None,
        }
    }

    /// The question meant: the marked one, that of the marked answer, or the newest.
    pub fn question(&self, turns: &Turns) -> Option<TurnId> {
        let Some(turn) = self.turn.and_then(|id| turns.get(id)) else {
            return turns.newest_question().map(|(turn, _)| turn.id);
        };
        match &turn.body {
            TurnBody::Question(_) => Some(turn.id),
            TurnBody::Answer(_) => turn.parent,
            TurnBody::Summary { .. } => None,
        }
    }

    /// On to the next turn, or back to the one before; past the newest the end is followed again.
    pub fn step_turn(&mut self, turns: &Turns, forward: bool) {
        let len = turns.branch().len();
        let at = self.turn.and_then(|id| turns.at(id));
        let next = match (at, forward) {
            (None, true) => None,
            (None, false) => len.checked_sub(1),
            (Some(at), true) => Some(at + 1).filter(|next| *next < len),
            (Some(at), false) => Some(at.saturating_sub(1)),
        };
        *self =
            next.and_then(|at| turns.branch().get(at)).map_or_else(Self::default, |turn| Self::on(turn.id));
    }

    /// Marks the next citation of the turn, or the one before; says whether there is one.
    pub fn step_citation(&mut self, turns: &Turns, forward: bool) -> bool {
        let Some(id) = self.answer(turns) else { return false };
        let count = Self::numbers(turns, id).len();
        if count == 0 {
            return false;
        }
        let citation = match (self.citation.filter(|_| self.turn == Some(id)), forward) {
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
        };
        *self = Self { citation: Some(citation), ..Self::on(id) };
        true
    }

    /// The marked citation: its turn, which one it is counted from the first, and the item's number.
    pub fn citation(&self, turns: &Turns) -> Option<(TurnId, usize, u16)> {
        let (id, at) = (self.turn?, self.citation?);
        Some((id, at, *Self::numbers(turns, id).get(at)?))
    }

    /// The code block to copy next, from the last one up, and how many there are: its place and its text.
    pub fn step_block(&mut self, turns: &Turns) -> Option<(usize, usize, String)> {
        let turn = self.turn_or_newest(turns)?;
        let blocks = blocks(turns.text(turn));
        let count = blocks.len();
        let at = match self.block.filter(|_| self.turn == Some(turn.id)) {
            Some(at) if at > 0 => at - 1,
            Some(_) | None => count.checked_sub(1)?,
        };
        let text = blocks.get(at)?.clone();
        *self = Self { block: Some(at), citation: self.citation, turn: Some(turn.id) };
        Some((at, count, text))
    }

    /// The numbers that an answer cites, as often and in the order in which the screen marks them.
    fn numbers(turns: &Turns, id: TurnId) -> Vec<u16> {
        let (Some(turn), Some(answer)) = (turns.get(id), turns.answer(id)) else { return Vec::new() };
        let most = answer.context.iter().map(|item| item.number).max().unwrap_or(0);
        let number = |cited| match cited {
            Cited::Number(number) => Some(number).filter(|number| *number <= most),
            Cited::Path(_) => None,
        };
        citations(turns.text(turn)).into_iter().filter_map(|citation| number(citation.cited)).collect()
    }
}
