//! Orders: what the composer asks the runtime to do, and what comes back.

use std::path::PathBuf;

use crate::domain::{Attachment, Question};

/// What the composer asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum ComposerCmd {
    /// Keep a message that was sent, for the arrow keys of later sessions.
    Remember(Question),
    /// Keep what is typed and not sent, for the next session; `None` forgets it.
    KeepDraft(Option<Question>),
    /// Read a picture, and answer with [`ComposerNews::Picture`]; echoes the words of the text that named it.
    ReadPicture {
        /// Where it lies.
        path: PathBuf,
        /// The words.
        words: String,
    },
    /// Read the picture on the clipboard, and answer with [`ComposerNews::Picture`]; with [`ComposerNews::Pasted`] where
    /// text is all it has.
    PastePicture,
    /// Open this text in the editor, and answer with [`ComposerNews::Edited`].
    Edit(String),
}

/// What the runtime answers.
#[derive(Debug, Clone, PartialEq)]
pub enum ComposerNews {
    /// Messages of earlier sessions, oldest first.
    Remembered(Vec<Question>),
    /// What was typed and not sent in a session before.
    Draft(Question),
    /// A picture was read, or why not in words.
    Picture {
        /// The words of the text that named it; `None` from the clipboard.
        words: Option<String>,
        /// The picture.
        read: Result<Attachment, String>,
    },
    /// The clipboard had no picture, but text.
    Pasted(String),
    /// The editor is closed: the text as it was left, or why nothing came of it.
    Edited(Result<String, String>),
}
