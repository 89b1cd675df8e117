//! Runtime: the terminal, the event source, the frame clock, the executor of [`crate::app::Cmd`], and the main loop.
//!
//! Invariant: the terminal is given back however the program ends, and an idle program draws no frame and wakes for
//! nothing. Holds no product rule: what a key means is for `app`, what a file means is for the services.

pub mod background;
pub mod clipboard;
pub mod keys;
pub mod panic;
pub mod programs;
pub mod screen;
pub mod signals;
