//! Commands: what the state asks the runtime to do. The runtime holds no product rule; these say all.

use std::sync::Arc;

use crate::domain::{ChatCommand, EditCommand, EvalCommand, FileId, Generation, ModelCommand, QueryCommand};

use super::composer::ComposerCmd;
use super::review::ink::PaintWish;
use super::selection::Selection;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Cmd {
    /// Tell the query engine.
    Query(QueryCommand),
    /// Tell the models' service.
    Models(ModelCommand),
    /// Tell the chat service.
    Chat(ChatCommand),
    /// Tell the edit service.
    Edit(EditCommand),
    /// Tell the evaluating service.
    Eval(EvalCommand),
    /// Send [`super::Msg::Timer`] back after so many milliseconds. A newer timer of the same kind replaces it.
    After {
        /// How long.
        millis: u64,
        /// What to send back.
        timer: Timer,
    },
    /// Read a file for the preview; the answer echoes file and generation. A newer request replaces an older one.
    LoadPreview {
        /// The file.
        file: FileId,
        /// Counts the requests for previews.
        generation: Generation,
    },
    /// Open a file in `$VISUAL` or `$EDITOR`, giving it the terminal.
    OpenEditor {
        /// The file.
        file: FileId,
        /// Its path as shown, for messages.
        path: Arc<str>,
        /// 1-based line.
        line: u32,
    },
    /// Open a file that is named by its path as shown in `$VISUAL` or `$EDITOR`, giving it the terminal.
    OpenPath {
        /// Its path as shown.
        path: Arc<str>,
        /// 1-based line.
        line: u32,
    },
    /// Find the syntax of a hunk's lines and answer with [`super::Msg::Painted`].
    Paint(Box<PaintWish>),
    /// Show text in `$PAGER`, giving it the terminal.
    Pager(String),
    /// Put text on the clipboard.
    Copy(String),
    /// Put what is selected on the screen on the clipboard; its text is what `ui::selected_text` says.
    CopySelection(Selection),
    /// Read the configuration again and answer with [`super::Msg::Config`].
    ReloadConfig,
    /// Draw with this theme from now on; the name is one of [`super::Msg::Themes`].
    SetTheme(String),
    /// Take the mouse (true) or leave it to the terminal (false).
    MouseCapture(bool),
    /// Keep a request for later sessions.
    Remember(String),
    /// What the composer needs of files, the clipboard and the editor.
    Composer(ComposerCmd),
    /// Read the figures of so many days and answer with [`super::Msg::Stats`].
    ReadStats(u32),
    /// Stop as `kill -STOP` does, terminal restored.
    Suspend,
    /// End the program.
    Quit,
}

/// A timer, by what it is for; the number tells the newest from those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// A pause in typing.
    Typing(u64),
    /// A pause in typing a message.
    Message(u64),
    /// The person has looked at one row for a while.
    Dwell(u64),
    /// A pause in typing a message.
    Draft(u64),
    /// A pause in typing what conversations are searched for.
    Sessions(u64),
}
