//! Runtime: the terminal, the event source, the frame clock, the executor of [`crate::app::Cmd`], and the main loop.
//!
//! Invariant: the terminal is given back however the program ends, and an idle program draws no frame and wakes for
//! nothing. Holds no product rule: what a key means is for `app`, what a file means is for the services.

mod background;
mod clipboard;
pub mod evaluating;
mod helping;
mod judges;
mod kept;
mod keys;
mod loaded;
mod messages;
mod pace;
mod panic;
mod pictures;
mod preview;
mod programs;
mod reload;
mod screen;
mod services;
mod session;
mod signals;
mod wire;

pub use helping::context_parts;
pub use loaded::{Loaded, Sources, color_depth};
pub use services::{Place, ServiceEvent, ServiceOptions, Services, judge_names};
pub use session::{Opening, Outcome, SessionOptions, run};
pub use wire::Wire;
