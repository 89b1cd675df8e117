//! Git: state and history of the repository that holds a root, read on threads of their own.
//!
//! Only libgit2 is used. Whatever is broken in a repository ends in a notice, and the tree works on without it.

mod book;
mod cache;
mod chronicle;
pub mod history;
mod moves;
mod patch;
mod places;
mod reader;
mod slot;
mod state;
mod touched;

pub use moves::{Changes, changes};
pub use patch::{CommitText, FilePatch, GitPatch, patch};
pub(super) use places::Places;
pub(super) use reader::GitReader;
pub use touched::{ChangeKind, touched};

use std::path::Path;

use git2::{ErrorCode, Repository, RepositoryOpenFlags};

/// Opens the repository that holds a directory, `None` without one.
fn open(root: &Path) -> Result<Option<Repository>, git2::Error> {
    // Objects are read, not trusted: git itself does not hash them again either.
    git2::opts::strict_hash_verification(false);
    let no_ceiling: [&Path; 0] = [];
    match Repository::open_ext(root, RepositoryOpenFlags::empty(), no_ceiling) {
        Ok(repo) => Ok(Some(repo)),
        Err(error) if error.code() == ErrorCode::NotFound && !root.join(".git").exists() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The root's path below the work tree, `/`-separated and empty at its top; `None` outside of it.
fn prefix_of(repo: &Repository, root: &Path) -> Option<crate::domain::RelPath> {
    let workdir = std::fs::canonicalize(repo.workdir()?).ok()?;
    root.strip_prefix(workdir).ok().map(crate::domain::RelPath::from_path)
}
