//! Markdown for terminals: text that may still be growing, to lines of styled runs. Knows no colours and no screen.
//!
//! [`Document`] takes text in pieces of any size, says which [`Piece`]s of it are finished for good, and lays each out
//! to a width. All text is cleaned on its way in, and once more where entities are resolved.

mod block;
mod book;
mod definitions;
mod document;
mod fence;
mod flow;
mod inline;
mod intake;
mod lay;
mod line;
mod marks;
mod parse;
pub mod sign;
mod table;
#[cfg(test)]
mod tests;

pub use document::{CodeBlock, Document, Piece, PieceKind};
pub use line::{Line, Look, Target, Tone, Weight};
