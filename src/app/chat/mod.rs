//! Chat: what the screen holds of the open conversation.
//!
//! Turns are as the service told them; text that still grows is kept apart, so that each piece is appended and never
//! copied. Must not decide what is sent: that is the service's, and [`Chat::tray`] shows it.

pub mod compare;
mod growing;
pub mod marks;
pub mod sessions;
pub mod slash;
pub mod transcript;
pub mod tray;
mod turns;

use super::composer::Composer;
use crate::domain::{EditId, Queued, SessionHead, TurnId};

pub use growing::Growing;
pub use turns::{Turns, answer_of};

use marks::Marks;
use transcript::{Motion, Stop, Talk, Transcript};
use tray::TrayPane;

/// The open conversation.
#[derive(Debug, Default)]
pub struct Chat {
    /// Its head; `None` before the service has opened one.
    pub head: Option<SessionHead>,
    /// Its turns.
    pub turns: Turns,
    /// Where the person is in it.
    pub marks: Marks,
    /// What would be sent with the message as it is typed, or was sent with the one that is answered.
    pub tray: TrayPane,
    /// The message that is being typed.
    pub composer: Composer,
    /// Messages that wait for the answer before, oldest first.
    pub queue: Vec<Queued>,
    /// The message that the one being typed takes the place of.
    pub editing: Option<TurnId>,
    /// A turn to go to once its conversation is open.
    pub wanted: Option<TurnId>,
    /// Answers were asked for side by side and are to be shown so once they begin.
    pub compares: bool,
    /// The composer's revision that the service knows.
    pub drafted: u64,
    /// The turns as rows of the pane.
    pub transcript: Transcript,
    /// The marks that the transcript shows.
    shown: Marks,
    /// Edits that were asked for here, each with the turn that it stands below.
    edits: Vec<(TurnId, EditId)>,
}

impl Chat {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// Lays out what is on a pane of this size, with the marked turn and citation on it.
    pub fn arrange(&mut self, size: (u16, u16)) {
        if self.marks != self.shown {
            match (self.marks.turn(), self.marks.citation(&self.turns)) {
                (_, Some((turn, at, _))) => self.transcript.go(Motion::Citation(turn, at)),
                (Some(turn), None) if self.shown.turn() != Some(turn) => {
                    self.transcript.go(Motion::Show(turn));
                }
                (Some(_), None) => {}
                (None, None) => {
                    self.transcript.unselect();
                    self.transcript.go(Motion::Bottom);
                }
            }
            self.shown = self.marks;
        }
        let talk = Talk { turns: self.turns.branch(), growing: self.turns.growing(), edits: &self.edits };
        self.transcript.arrange(talk, size);
    }

    /// Shows an edit below the turn that it belongs to.
    pub fn belongs(&mut self, turn: Option<TurnId>, edit: EditId) {
        if let Some(turn) = turn.filter(|turn| !self.edits.contains(&(*turn, edit))) {
            self.edits.push((turn, edit));
            self.transcript.touch(turn);
        }
    }

    /// The edit that keys are about: the selected one, the newest of the marked turn, else the last on the screen.
    pub fn edit_here(&self) -> Option<EditId> {
        let selected = match self.transcript.selected() {
            Some((_, Stop::Edit(edit))) => Some(edit),
            Some(_) | None => None,
        };
        let of = |turn| self.edits.iter().rev().find(|(at, _)| *at == turn).map(|(_, edit)| *edit);
        selected.or_else(|| match self.marks.turn() {
            Some(turn) => of(turn),
            None => self.transcript.edit(),
        })
    }

    /// Lines that messages which wait take above the composer.
    pub fn waiting_lines(&self) -> u16 {
        self.queue.len().min(QUEUE) as u16
    }
}

/// Messages that wait and are shown; the oldest of more.
const QUEUE: usize = 3;
