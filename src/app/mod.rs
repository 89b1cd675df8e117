//! App: the state of the screen, and [`update`], the one function that changes it.
//!
//! Owns what is shown and what every key means. [`update`] is synchronous, does no I/O, reads no clock and
//! cannot fail: messages carry the time, and commands say what the runtime shall do. Must not name a service.

mod chord;
mod cmd;
mod input;
mod msg;
mod preview;
mod selection;
mod settings;
mod state;
mod update;

pub use chord::{Chord, Key, Mods};
pub use cmd::{Cmd, Timer};
pub use input::{Input, Mouse, MouseKind, Size};
pub use msg::{Msg, Now, TreeNews};
pub use preview::{Preview, Source, SourceLine, SyntaxRole};
pub use selection::Selection;
pub use settings::Settings;
pub use state::{App, Boot};
pub use update::update;
