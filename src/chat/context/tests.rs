//! What is sent with questions, over small trees.

mod budget;
mod gathering;
pub mod stage;
mod talking;
mod true_list;
