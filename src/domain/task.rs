//! Tasks: what a model is asked to do; each has its own expectation and its own model.

use std::fmt;
use std::str::FromStr;

/// One kind of work for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskKind {
    /// Answer in the conversation.
    Chat,
    /// Does this file help with the request?
    Judge,
    /// Propose an edit.
    Command,
    /// Continue the line at the cursor.
    Complete,
    /// Turn a conversation's last message into a request that stands alone.
    Rewrite,
    /// Write a commit message.
    Commit,
    /// Review a diff.
    Review,
    /// Document a symbol or a file.
    Doc,
    /// Read many files for one question.
    Scan,
    /// Name a session.
    Title,
}

impl TaskKind {
    /// Every task, in the order shown to people.
    pub const ALL: [Self; 10] = [
        Self::Chat,
        Self::Judge,
        Self::Command,
        Self::Complete,
        Self::Rewrite,
        Self::Commit,
        Self::Review,
        Self::Doc,
        Self::Scan,
        Self::Title,
    ];

    /// The name in `[task.NAME]`, in JSON and on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Judge => "judge",
            Self::Command => "command",
            Self::Complete => "complete",
            Self::Rewrite => "rewrite",
            Self::Commit => "commit",
            Self::Review => "review",
            Self::Doc => "doc",
            Self::Scan => "scan",
            Self::Title => "title",
        }
    }
}

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no task.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no task `{0}`")]
pub struct UnknownTask(pub String);

impl FromStr for TaskKind {
    type Err = UnknownTask;

    fn from_str(name: &str) -> Result<Self, UnknownTask> {
        Self::ALL.into_iter().find(|task| task.name() == name).ok_or_else(|| UnknownTask(name.to_owned()))
    }
}
