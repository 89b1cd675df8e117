//! The review: what the edit service tells, and what the person does with it.

mod acting;
mod ask;
mod deciding;
mod events;
mod typing;
mod wishing;

pub(super) use acting::{act, back, enter, enter_at, hindered, press, step, wheel};
pub(super) use ask::{open_in_chat as ask_in_chat, open_with as ask};
pub(super) use events::event;
pub(super) use typing::{edit, key, paste, prompt_accept};
pub(super) use wishing::{fit, painted};
