//! Watching: the kernel's notices, gathered into bursts.
//!
//! Invariant: nothing here says what a file is. It only says where to look; the truth is what lies on disk then.

mod inbox;
mod native;

pub(super) use inbox::{Burst, Inbox, Names, Wake};
pub(super) use native::Native;
