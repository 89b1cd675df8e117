//! Chat: what is asked, what is sent with it, and what comes back.
//!
//! [`Chat`] is the service: it owns the open conversation, asks models and keeps every word before it tells it. Must not
//! draw, and writes no files of the tree but an export that a person asked for.

pub mod context;
mod conversation;
mod desk;
pub mod export;
mod found;
mod going;
mod models;
mod round;
mod service;
mod stable;
mod stream;
mod tasks;

pub use desk::{Front, Parts};
pub use found::Found;
pub use models::{Heard, Models, News};
pub use service::{Chat, Ear, Inbox};
