//! What is sent with questions, over small trees.

mod budget;
mod gathering;
mod stage;
mod true_list;
