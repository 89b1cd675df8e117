//! Quarry: a full-screen terminal coding assistant that asks a judge about every file of the tree.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod eval;
pub mod index;
pub mod query;
pub mod runtime;
pub mod text;
pub mod tree;
pub mod ui;
