//! Chat: what the screen holds of the open conversation.
//!
//! Turns are as the service told them; text that still grows is kept apart, so that each piece is appended and never
//! copied. Must not decide what is sent: that is the service's, and [`Chat::tray`] shows it.

pub mod citing;
pub mod compare;
mod growing;
pub mod marks;
pub mod sessions;
pub mod slash;
pub mod tray;
mod turns;

use super::composer::Composer;
use crate::domain::{Queued, SessionHead, TurnId};

pub use growing::Growing;
pub use turns::{Turns, answer_of};

use marks::Marks;
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
}

impl Chat {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// Lines that messages which wait take above the composer.
    pub fn waiting_lines(&self) -> u16 {
        self.queue.len().min(QUEUE) as u16
    }
}

/// Messages that wait and are shown; the oldest of more.
const QUEUE: usize = 3;
