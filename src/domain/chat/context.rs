//! What is sent with a question, item by item.

use std::sync::Arc;

use crate::domain::{FileId, ModelRef, Span};

/// What names an item of the context from one message to the next, so that a pin or an exclusion holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContextKey {
    /// A file of the tree, by its path as shown.
    File(Arc<str>),
    /// Lines of a file that were mentioned: the path as shown, first and last line.
    Lines(Arc<str>, u32, u32),
    /// The working diff, the last commit, or what is staged.
    Git(GitText),
    /// Standing instructions of the project: the path as shown.
    Instructions(Arc<str>),
    /// An attachment of the question: its name.
    Attached(Arc<str>),
    /// The turns before.
    Conversation,
}

/// A text that git has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GitText {
    /// What differs from HEAD.
    WorkingDiff,
    /// What is staged.
    Staged,
    /// The last commit: message and diff.
    LastCommit,
}

/// How much of a thing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContextForm {
    /// All of it.
    Whole,
    /// Some of its lines.
    Lines,
    /// Its outline and the lines that fit the question best.
    Outline,
}

/// Why an item is in the context; the order of claim on the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContextSource {
    /// The message names it.
    Mentioned,
    /// It was attached to the message.
    Attached,
    /// The user pinned it.
    Pinned,
    /// Standing instructions of the project.
    Instructions,
    /// Judged yes.
    Judged,
    /// What was said before.
    Conversation,
}

/// Whether an item is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextState {
    /// It is.
    Sent,
    /// The user left it out.
    Excluded,
    /// It found no room in the budget.
    NoRoom,
    /// It was judged yes, but so weakly that it would blur more than it tells; a pin sends it.
    Weak,
    /// It cannot be sent; the reason in words: `private by .quarry.toml`, `no such file`, `cannot be read: ...`.
    Unfit(Arc<str>),
}

/// One thing that is sent with a question, or that was considered and is not.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextItem {
    /// Its name from one message to the next.
    pub key: ContextKey,
    /// The number by which the model cites it, from 1; 0 for what cannot be cited and what is not sent.
    pub number: u16,
    /// What is shown: a path, or words such as `working diff`.
    pub title: Arc<str>,
    /// The file, where it is one of the tree.
    pub file: Option<FileId>,
    /// The lines that are sent, in order; empty where that is all of it.
    pub lines: Arc<[Span]>,
    /// How much of it is sent.
    pub form: ContextForm,
    /// Prompt tokens that it takes, reckoned in the model's own measure.
    pub tokens: u32,
    /// Why it is here.
    pub source: ContextSource,
    /// The same in words: the judge's reason, `you named it`, `pinned`.
    pub why: Arc<str>,
    /// Whether it is sent.
    pub state: ContextState,
    /// How often the answer cites it; `None` before there is an answer.
    pub cited: Option<u32>,
}

/// What would be sent, or was: the context tray.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tray {
    /// In the order of the prompt, what is not sent last.
    pub items: Arc<[ContextItem]>,
    /// Tokens of all that is sent, instructions and message included.
    pub tokens: u32,
    /// Tokens that context may take.
    pub budget: u32,
    /// Whether the user set the budget.
    pub budget_by_user: bool,
    /// The window of the model that would be asked; `None` where unknown, or where there is no model.
    pub window: Option<u32>,
    /// The model; `None` where there is none.
    pub model: Option<ModelRef>,
}

impl Tray {
    /// Tokens of the items that are sent: what counts against the budget.
    pub fn claimed(&self) -> u32 {
        self.items.iter().filter(|item| item.state == ContextState::Sent).map(|item| item.tokens).sum()
    }
}
