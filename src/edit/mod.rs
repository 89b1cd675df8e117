//! Edit: from a model's answer to hunks that can be reviewed, and from accepted hunks to bytes on disk.
//!
//! Owns formats, locating, the scope guard, diffs and writing. Must not decide for the user, and must not know models.

mod apply;
mod block;
mod directive;
mod disk;
pub mod formats;
mod hunk;
mod locate;
mod merge;
mod nearest;
mod part;
mod placeholder;
pub mod prompt;
mod proposal;
mod root;
mod scope;
mod syntax;
mod text;

pub use apply::{ApplyError, apply, recover};
pub use block::place as place_block;
pub use directive::{Directive, Everywhere, Malformed, Mark, Novelty, PatchHunk, Replacement};
pub use disk::{Disk, Found, Like, RealDisk};
pub use formats::EditFormat;
pub use hunk::{Hunk, HunkClass, applied, hunks, patched, unified};
pub use locate::{Indent, Miss, Place, locate};
pub use merge::{Overlap, Rebased, merge, rebase};
pub use nearest::Nearest;
pub use part::Cited;
pub use placeholder::refuse as refuse_placeholders;
pub use proposal::{Change, Drafts, Files, Proposal, Refused};
pub use root::Roots;
pub use scope::{Target, classify};
pub use syntax::{Structure, language};
pub use text::{Encoding, Line, LineEnd, Text, TextError};
