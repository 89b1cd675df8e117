//! ui.

pub mod theme;
