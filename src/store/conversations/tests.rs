//! What conversations promise: what was appended is there, whoever reads it and however the program ended.

mod fixture;
mod keeping;
mod lists;
mod trouble;
