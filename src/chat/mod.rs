//! Chat: what is asked, what is sent with it, and what comes back.
//!
//! Must not draw, and writes no files of the tree.

pub mod context;
