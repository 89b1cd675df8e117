//! Panes: what lies beside each other on the screen.

mod answerers;
mod chat;
mod composer;
mod empty;
mod footer;
mod header;
mod instruct;
mod ledger;
mod list;
mod progress;
mod review;
mod source;
mod strip;
mod titles;
mod tray;
mod verdict;
mod why;

pub use chat::chat;
pub use composer::composer;
pub use empty::intro;
pub use footer::footer;
pub use header::header;
pub use ledger::{ledger, why_not};
#[cfg(test)]
pub use list::FORMATTED;
pub use list::list;
pub use progress::{counts, progress};
pub use review::review;
pub use strip::strip;
pub use titles::{divider, titles};
pub use tray::tray;
pub use why::why;
