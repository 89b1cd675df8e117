//! Conversations as people and scripts rely on them: killed at any moment, shared by two programs, seen from the command
//! line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

#[path = "../common/mod.rs"]
mod common;

mod command_line;
mod figures;
mod killed;
mod talk;
mod together;
