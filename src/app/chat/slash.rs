//! Slash commands: one table makes what is read, what is completed and what help says.
//!
//! A message that begins with `//` is sent with one slash; one whose first word has another slash in it is a path.

mod complete;
mod parse;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use super::super::models::Models;
use crate::domain::{Choice, ContextKey, ExportForm, ModelRef, TaskKind, Thumb};

pub use complete::{Completion, complete};
pub use parse::{Read, read, run};

/// What names after a slash command can mean.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What is known of models.
    pub models: &'a Models,
    /// Paths of the tree as shown, best first.
    pub paths: &'a [Arc<str>],
}

/// What a slash command means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slash {
    /// Shows the help page.
    Help,
    /// Opens the model picker at a task.
    Models(TaskKind),
    /// Sends a task to a model; `None` goes back to what the configuration says.
    Model(TaskKind, Option<Choice>),
    /// Asks models side by side: this, or what was asked last.
    Compare(Vec<ModelRef>, Option<Arc<str>>),
    /// Sets the task in words; `None` goes back to the branch's name.
    Task(Option<Arc<str>>),
    /// Pins a part of the context.
    Pin(ContextKey),
    /// Leaves a part of the context out.
    Drop(ContextKey),
    /// Sets the tokens that context may take; `None` takes what the window allows.
    Budget(Option<u32>),
    /// Begins a new conversation.
    Clear,
    /// Lists conversations whose text fits.
    Resume(Arc<str>),
    /// Writes the conversation to a file.
    Export(ExportForm, Option<PathBuf>),
    /// Copies the last answer.
    Copy,
    /// A prompt over the same context: commit, review or doc, and what is said besides.
    Ask(TaskKind, Arc<str>),
    /// Asks for an edit.
    Edit(Arc<str>),
    /// Answers now, with what is judged so far.
    Now,
    /// Waits for all files.
    All,
    /// Stands a summary in the place of older turns in what is sent.
    Compact,
    /// Renames the conversation.
    Rename(Arc<str>),
    /// Rates the last answer, with a word on why.
    Rate(Option<Thumb>, Arc<str>),
}

/// What can follow a command, for completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// Words.
    Words,
    /// A task, then a model of it.
    TaskModel,
    /// Up to three models, then words.
    Models,
    /// A path of the tree.
    Path,
    /// Tokens.
    Tokens,
    /// A form, then a path.
    Form,
    /// Up or down, then words.
    Thumb,
}

/// One command.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Its name, without the slash.
    pub name: &'static str,
    /// What follows it, as help shows it.
    pub args: &'static str,
    /// What it does.
    pub help: &'static str,
    /// What can follow it.
    pub takes: Takes,
}

const fn spec(name: &'static str, args: &'static str, takes: Takes, help: &'static str) -> Spec {
    Spec { name, args, help, takes }
}

/// Every command, in the order of help.
pub const TABLE: [Spec; 20] = [
    spec("help", "", Takes::Nothing, "Keys and commands"),
    spec("model", "[TASK] [MODEL]", Takes::TaskModel, "Choose the model that answers; default goes back"),
    spec("compare", "MODEL MODEL [MODEL] [MESSAGE]", Takes::Models, "Ask up to three models side by side"),
    spec("task", "[WORDS]", Takes::Words, "Say what you work on; it lifts files that fit"),
    spec("pin", "PATH[:FIRST-LAST]", Takes::Path, "Send this file with every message"),
    spec("drop", "PATH", Takes::Path, "Leave this file out of what is sent"),
    spec("budget", "TOKENS | auto", Takes::Tokens, "Tokens that context may take: 24k, auto"),
    spec("now", "", Takes::Nothing, "Answer now, with what is judged so far"),
    spec("all", "", Takes::Nothing, "Answer when every file has its verdict"),
    spec("clear", "", Takes::Nothing, "Begin a new conversation; this one is kept"),
    spec("resume", "[WORDS]", Takes::Words, "Open an earlier conversation"),
    spec("rename", "WORDS", Takes::Words, "Name this conversation"),
    spec("compact", "", Takes::Nothing, "Send a summary in the place of older turns"),
    spec("export", "[markdown | json] [FILE]", Takes::Form, "Write this conversation to a file"),
    spec("copy", "", Takes::Nothing, "Copy the last answer"),
    spec("rate", "up | down | none [WORD]", Takes::Thumb, "Say what you think of the last answer"),
    spec("commit", "[WORDS]", Takes::Words, "Write a commit message for what is staged"),
    spec("review", "[WORDS]", Takes::Words, "Review the working diff"),
    spec("doc", "PATH | SYMBOL", Takes::Path, "Write documentation for a file or a symbol"),
    spec("edit", "INSTRUCTION", Takes::Words, "Ask for an edit, reviewed before it is written"),
];

/// What the table says of a command.
pub fn find(name: &str) -> Option<&'static Spec> {
    TABLE.iter().find(|spec| spec.name == name)
}
