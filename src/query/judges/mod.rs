//! Judges: those who answer for files.

pub mod embedded;
pub mod model;
