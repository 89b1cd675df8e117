//! Context: what is sent with a question, piece by piece, within the window of the model that is asked.
//!
//! Pure functions and small types; files come through a [`Reader`](crate::index::Reader), everything else as arguments.
//! Invariant: what the tray lists is what the messages hold, byte for byte, and nothing else of the tree is sent; the sum
//! of the tokens listed never passes the budget.

mod ask;
mod mention;

pub use ask::{Addressee, Asking, Assembled, JudgedFile, Wishes};
pub use mention::{Mention, Named, mentions};
