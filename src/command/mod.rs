//! Command: edits scoped to an instruction, from asking a model to writing, undoing, checking and committing.
//!
//! Owns [`Commander`], the one owner of proposed edits, with its own thread: the screen sends
//! [`EditCommand`](crate::domain::EditCommand)s and shows what [`EditEvent`](crate::domain::EditEvent)s say. Invariant:
//! no byte of a file changes but by hunks that a person accepted, over the bytes that they reviewed.

mod attempt;
mod commander;
mod commit;
mod desk;
mod dialogue;
mod draft;
mod fate;
mod file;
mod history;
mod message;
mod moment;
mod options;
mod pane;
mod places;
mod prompt;
mod prose;
mod retry;
mod said;
mod scope;
mod shelf;
mod snapshot;
mod write;

pub use attempt::{Answered, Attempt, Cut, Next, Told};
pub use commander::{Commander, Ear, Inbox};
pub use dialogue::{Dialogue, Replies};
pub use draft::Draft;
pub use file::{DraftFile, DraftHunk, Kind, Meeting, Names};
pub use history::{History, HistoryError, Turned};
pub use options::CommanderOptions;
pub use pane::Pane;
pub use places::Places;
pub use prompt::{Form, Prompt, form_without_tools, wanted_form};
pub use said::Said;
pub use scope::{Scope, ScopeError};
pub use snapshot::Snapshot;
pub use write::{WriteError, write};
