//! Chat: what the screen holds of the open conversation.
//!
//! Turns are as the service told them; text that still grows is kept apart, so that each piece is appended and never
//! copied. Must not decide what is sent: that is the service's, and [`Chat::tray`] shows it.

mod growing;
pub mod slash;

use super::composer::Composer;
use crate::domain::{Queued, SessionHead, Tray, Turn, TurnBody, TurnId};

pub use growing::Growing;

/// The open conversation.
#[derive(Debug, Default)]
pub struct Chat {
    /// Its head; `None` before the service has opened one.
    pub head: Option<SessionHead>,
    /// The turns of the branch that is shown, oldest first.
    pub turns: Vec<Turn>,
    /// Answers that still grow.
    pub growing: Growing,
    /// What would be sent with the message as it is typed, or was sent with the one that is answered.
    pub tray: Tray,
    /// Whether the tray is open.
    pub tray_open: bool,
    /// The message that is being typed.
    pub composer: Composer,
    /// Messages that wait for the answer before, oldest first.
    pub queue: Vec<Queued>,
}

impl Chat {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// A turn of the branch that is shown.
    pub fn turn(&self, id: TurnId) -> Option<&Turn> {
        self.turns.iter().rev().find(|turn| turn.id == id)
    }

    /// The text of a turn by now; as it came, not cleaned.
    pub fn text<'a>(&'a self, turn: &'a Turn) -> &'a str {
        match &turn.body {
            TurnBody::Question(question) => &question.text,
            TurnBody::Answer(answer) => self.growing.text(turn.id).unwrap_or(&answer.text),
            TurnBody::Summary { text, .. } => text,
        }
    }

    /// The reasoning of an answer by now; empty for other turns.
    pub fn thinking<'a>(&'a self, turn: &'a Turn) -> &'a str {
        match &turn.body {
            TurnBody::Answer(answer) => self.growing.thinking(turn.id).unwrap_or(&answer.thinking),
            TurnBody::Question(_) | TurnBody::Summary { .. } => "",
        }
    }

    /// The answers that are going on, oldest first.
    pub fn going(&self) -> impl Iterator<Item = &Turn> {
        self.turns.iter().rev().take(RECENT).filter(|turn| match &turn.body {
            TurnBody::Answer(answer) => answer.state.is_going(),
            TurnBody::Question(_) | TurnBody::Summary { .. } => false,
        })
    }

    /// Whether an answer is going on.
    pub fn is_going(&self) -> bool {
        self.going().next().is_some()
    }

    /// Lines that messages which wait take above the composer.
    pub fn waiting_lines(&self) -> u16 {
        self.queue.len().min(QUEUE) as u16
    }

    /// Takes the turns of a branch in the place of those shown.
    pub fn show(&mut self, turns: Vec<Turn>) {
        self.growing.clear();
        self.turns = turns;
    }

    /// Takes a turn that is new, or in the place of what was known of it.
    pub fn take(&mut self, turn: Turn) {
        self.growing.settle(turn.id);
        match self.turns.iter_mut().rev().find(|known| known.id == turn.id) {
            Some(known) => *known = turn,
            None => self.turns.push(turn),
        }
    }
}

/// Answers go on at the end of a conversation only: at most three side by side, and their question.
const RECENT: usize = 8;

/// Messages that wait and are shown; the newest of more.
const QUEUE: usize = 3;
