//! Ui: draws the state. Takes it by shared reference, changes nothing, and names no colour but by role.

mod overlays;
mod panes;
mod screen;
#[cfg(test)]
mod tests;
pub mod theme;
mod widgets;

pub use screen::{selected_text, view};
