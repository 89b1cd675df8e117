//! Edit: from a model's answer to hunks that can be reviewed, and from accepted hunks to bytes on disk.
//!
//! Owns formats, locating, the scope guard, diffs and writing. Must not decide for the user, and must not know models.

mod apply;
mod directive;
mod disk;
pub mod formats;
mod hunk;
mod locate;
mod placeholder;
pub mod prompt;
mod proposal;
mod root;
mod scope;
mod text;

pub use apply::{ApplyError, apply, recover};
pub use directive::{Directive, Malformed, Mark, Novelty, PatchHunk, Replacement};
pub use disk::{Disk, RealDisk};
pub use formats::EditFormat;
pub use hunk::{Hunk, HunkClass, applied, hunks, unified};
pub use locate::{Indent, Miss, Nearest, Place, locate};
pub use proposal::{Change, Drafts, Files, Proposal, Refused};
pub use root::Root;
pub use scope::{Target, classify};
pub use text::{Encoding, Line, LineEnd, Text, TextError};
