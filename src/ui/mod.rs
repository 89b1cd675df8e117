//! Ui: draws the state. Takes it by shared reference, changes nothing, and names no colour but by role.

mod screen;
pub mod theme;

pub use screen::{selected_text, view};
