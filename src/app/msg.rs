//! Messages: everything that can happen to the state, one arm per source.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{
    ChatEvent, EditEvent, EvalEvent, GitState, ModelEvent, Notice, Problem, QueryEvent, RootId, Stats,
    WatchState,
};

use super::cmd::Timer;
use super::composer::ComposerNews;
use super::input::Input;
use super::preview::Preview;
use super::review::ink::Painted;

/// The time of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Since the session started; never runs backwards.
    pub elapsed: Duration,
    /// Wall clock, seconds since the epoch.
    pub unix: i64,
    /// Seconds that the clock on the wall is ahead of UTC.
    pub offset: i32,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// The time. Sent before each batch of other messages, and when [`super::App::needs_tick`] asked for it.
    Tick(Now),
    /// The person did something.
    Input(Input),
    /// A timer asked for by [`super::Cmd::After`] ran out.
    Timer(Timer),
    /// The tree changed in a way that the header shows.
    Tree(TreeNews),
    /// The query engine spoke.
    Query(QueryEvent),
    /// The models' service spoke.
    Models(ModelEvent),
    /// The chat service spoke.
    Chat(ChatEvent),
    /// The edit service spoke.
    Edit(EditEvent),
    /// The evaluating service spoke.
    Eval(EvalEvent),
    /// The syntax of a hunk's lines.
    Painted(Painted),
    /// A file's text for the preview, first plain and then highlighted, or both at once.
    Preview(Preview),
    /// Configuration was read again: what holds now, and what was wrong with it.
    Config(Arc<crate::config::Config>, Vec<Problem>),
    /// The themes there are, best first, and the one in force.
    Themes {
        /// Every name.
        names: Vec<String>,
        /// The one drawn with.
        current: String,
    },
    /// The figures of so many days; `None` where they cannot be read.
    Stats(u32, Option<Arc<Stats>>),
    /// Something a person should know.
    Notice(Notice),
    /// The editor or pager gave the terminal back; the error says why it could not start.
    ProgramClosed(Result<(), String>),
    /// Requests of earlier sessions, oldest first.
    Remembered(Vec<String>),
    /// What the composer asked for.
    Composer(ComposerNews),
    /// Text was copied by this way (`terminal`, `wl-copy`, ...), or could not be.
    Copied(Result<String, String>),
}

/// What the header needs of the tree's events.
#[derive(Debug, Clone, PartialEq)]
pub enum TreeNews {
    /// Branch, HEAD or status; `None` without a repository.
    Git(RootId, Option<GitState>),
    /// How changes become known.
    Watch(WatchState),
    /// A root vanished (true) or came back (false).
    RootLost(RootId, PathBuf, bool),
}
