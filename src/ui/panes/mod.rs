//! Panes: what lies beside each other on the screen.

mod answerers;
mod empty;
mod footer;
mod header;
mod ledger;
mod list;
mod progress;
mod source;
mod titles;
mod verdict;
mod why;

pub use empty::intro;
pub use footer::footer;
pub use header::header;
pub use ledger::{ledger, why_not};
#[cfg(test)]
pub use list::FORMATTED;
pub use list::list;
pub use progress::{counts, progress};
pub use titles::{divider, titles};
pub use why::why;
