//! Context: what is sent with a question, piece by piece, within the window of the model that is asked.
//!
//! Small types and functions without a clock, a thread or a model; files come through a
//! [`Reader`](crate::index::Reader). Invariant: what the tray lists is what the messages hold, byte for byte, and nothing
//! else of the tree is sent; the sum of the tokens listed never passes the budget.

mod ask;
mod assemble;
mod budget;
mod candidate;
mod claim;
mod compact;
mod gather;
mod git;
mod instructions;
mod names;
mod parts;
mod piece;
mod prompt;
mod retrieved;
mod said;
mod shelf;
mod standalone;
mod unaided;

#[cfg(test)]
mod tests;

pub use ask::{Addressee, Asking, Assembled, JudgedFile, Wishes};
pub use assemble::{Assembler, Parts};
pub use budget::{CAREFUL_WINDOW, less};
pub use compact::{Compaction, compaction, due, read_summary};
pub use names::{SymbolAt, Symbols};
pub use retrieved::{Editing, Retrieved};
pub use shelf::Rules;
pub use standalone::{points_back, read_rewrite, rewrite_call, standalone};
