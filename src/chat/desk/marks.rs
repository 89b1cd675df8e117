//! Marks: what a person thinks of answers, which branch they look at, and what they want of the context.

use std::sync::Arc;

use super::Desk;
use crate::chat::context::Wishes;
use crate::domain::{ChatEvent, Rating, TurnId};

impl Desk {
    /// Shows the branch that a turn is on.
    pub(super) fn show(&mut self, turn: TurnId) {
        if self.talk.show(turn) {
            if let Some(leaf) = self.talk.leaf() {
                self.parts.kept.show(leaf);
            }
            self.tell_branch();
        }
    }

    /// The best of the answers that stand side by side: the conversation goes on from it.
    pub(super) fn pick(&mut self, turn: TurnId) {
        let Some(beside) = self.talk.answer(turn).map(|answer| Arc::clone(&answer.beside)) else { return };
        for other in beside.iter() {
            self.talk.change(*other, |answer| answer.picked = *other == turn);
        }
        self.parts.kept.pick(turn, self.now.unix_ms);
        self.show(turn);
    }

    /// Rates an answer.
    pub(super) fn rate(&mut self, turn: TurnId, rating: Option<Rating>) {
        if self.talk.answer(turn).is_none() {
            return;
        }
        self.parts.kept.rate(turn, rating.as_ref(), self.now.unix_ms);
        self.talk.change(turn, |answer| answer.rating = rating);
        self.sync(turn);
        self.tell_turn(turn);
    }

    /// Changes what the person wants of the context.
    pub(super) fn wish(&mut self, change: impl FnOnce(&mut Wishes)) {
        change(&mut self.wishes);
        match &mut self.draft {
            Some(draft) => draft.due = Some(self.now.at),
            None => self.fill_tray_of_nothing(),
        }
    }

    /// Nothing is typed: the tray shows what the next message would be sent with, were it like the one before.
    fn fill_tray_of_nothing(&mut self) {
        let Some(question) = self.last_question() else { return };
        let tray = self.tray_of(&question);
        self.tell(ChatEvent::Tray(tray));
    }
}
