//! What a person asks.

use std::sync::Arc;

use crate::domain::TaskKind;

/// Something that goes with a question besides its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attachment {
    /// A large paste, or what a program printed.
    Text {
        /// Its name as shown: `paste 1, 212 lines`.
        name: Arc<str>,
        /// The text.
        text: Arc<str>,
    },
    /// A picture.
    Image {
        /// Its name as shown: a file's name, or `pasted image`.
        name: Arc<str>,
        /// `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
        mime: &'static str,
        /// The file's bytes.
        bytes: Arc<[u8]>,
    },
}

/// Whether the tree is searched for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Retrieval {
    /// M Query finds what helps.
    #[default]
    Search,
    /// Only what is mentioned, pinned or attached is sent.
    Off,
}

/// When the answer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Patience {
    /// When the first useful set of files is stable.
    #[default]
    Stable,
    /// When every file has its verdict.
    All,
    /// At once, with what is judged so far.
    Now,
}

/// What a person asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The message, with its `@` mentions as typed.
    pub text: Arc<str>,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
    /// Chat, or one of the tasks that are a prompt over the same context: commit, review, doc.
    pub task: TaskKind,
    /// Whether the tree is searched.
    pub retrieval: Retrieval,
    /// When the answer begins.
    pub patience: Patience,
}

impl Question {
    /// A message without attachments, answered when the first useful set of files is stable.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self {
            text: text.into(),
            attachments: Vec::new(),
            task: TaskKind::Chat,
            retrieval: Retrieval::default(),
            patience: Patience::default(),
        }
    }
}
