//! App: the state of the screen, and [`update`], the one function that changes it.
//!
//! Owns what is shown and what every key means. [`update`] is synchronous, does no I/O, reads no clock and
//! cannot fail: messages carry the time, and commands say what the runtime shall do. Must not name a service.

pub mod able;
pub mod action;
pub mod anchor;
mod beat;
pub mod chat;
mod cmd;
pub mod command;
pub mod composer;
pub mod details;
pub mod entries;
pub mod evaluating;
pub mod floating;
pub mod hints;
pub mod hit;
mod input;
pub mod keymap;
pub mod layout;
pub mod ledger;
pub mod line;
pub mod list;
pub mod models;
pub mod mouse;
mod msg;
pub mod notices;
pub mod palette;
pub mod picker;
mod preview;
pub mod query;
pub mod rate;
pub mod review;
mod selection;
mod state;
pub mod stats;
pub mod status;
mod update;
pub mod why;
pub mod words;

pub use crate::config::{Chord, Key, Mods};
pub use beat::Beat;
pub use cmd::{Cmd, Timer};
pub use input::{Input, Mouse, MouseKind, Size};
pub use msg::{Msg, Now, TreeNews};
pub use preview::{Preview, Source, SourceLine};
pub use selection::Selection;
pub use state::{App, Boot, Overlay, Pane, Prompt, Themes};
pub use update::update;
