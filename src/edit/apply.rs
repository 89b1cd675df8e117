//! Writing: accepted changes reach the disk all together or not at all, and only over the bytes that were reviewed.
//!
//! New bytes are staged beside their files, a journal with the old bytes is synced, then each file changes places with its
//! staged one, and what came out is held against what was reviewed: whoever writes in between loses nothing. A crash at any
//! point leaves the journal, and [`recover`] puts the old bytes back at the next start.
//!
//! Files with several names (hard links), and those of another owner, are written in place, so that they stay what they are;
//! there the last look is a moment before the write and not after it.

mod journal;
mod midway;
mod steps;
mod swap;

use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, Like};
use super::proposal::Change;
use super::root::Roots;
use journal::Journal;
use steps::{Act, Plan, Step};
use swap::Stop;

pub use journal::recover;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A file is not as it was when it was reviewed.
    #[error("{0} changed since it was read")]
    Changed(String),
    /// A rule forbids it.
    #[error("{0}")]
    Forbidden(String),
    /// The disk refused; everything is as it was.
    #[error("{}: {source}; nothing was written", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk refused, and putting the old bytes back failed as well; the journal stays for the next write or start.
    #[error("{}: {source}; the files may differ until Quarry writes or starts again and puts them back", path.display())]
    Torn {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Writes changes below the roots; the journal lives in `journals` while it goes on.
///
/// # Errors
/// See [`ApplyError`]; except for [`ApplyError::Torn`], every file is as it was.
pub fn apply(disk: &dyn Disk, roots: &Roots, changes: &[Change], journals: &Path) -> Result<(), ApplyError> {
    // What an earlier write left half-done comes first: it would be put back over this one later.
    recover(disk, journals)?;
    let plan = Plan::new(roots, changes)?;
    plan.check(roots)?;
    let failed = |path: &Path, source| ApplyError::Disk { path: path.to_owned(), source };
    let journal = Journal::open(disk, journals).map_err(|source| failed(journals, source))?;
    let prepared = journal
        .plan(disk, &plan)
        .map_err(|source| failed(journals, source))
        .and_then(|()| stage(disk, &plan))
        .and_then(|()| journal.begin(disk, &plan).map_err(|source| failed(journals, source)));
    if let Err(error) = prepared {
        // Where even this fails, the plan or the journal stays for the next start.
        let _ = journal.take_back(disk);
        return Err(error);
    }
    let swapped = swap::swap(disk, &plan.steps)
        .and_then(|()| journal.commit(disk).map_err(|source| Stop::Disk(journals.to_owned(), source)));
    match swapped {
        Ok(()) => {
            // Old bytes that cannot be removed now are at the next start.
            let _ = journal.take_back(disk);
            Ok(())
        }
        Err(stop) => Err(match (stop, journal.take_back(disk)) {
            (Stop::Changed(name), Ok(_)) => ApplyError::Changed(name),
            (Stop::Disk(path, source), Ok(_)) => ApplyError::Disk { path, source },
            (Stop::Disk(path, source), Err(_)) => ApplyError::Torn { path, source },
            (Stop::Changed(name), Err(source)) => ApplyError::Torn { path: name.into(), source },
        }),
    }
}

/// Writes new bytes beside the files that they are for.
fn stage(disk: &dyn Disk, plan: &Plan<'_>) -> Result<(), ApplyError> {
    for step in &plan.steps {
        let failed = |source| ApplyError::Disk { path: step.place.clone(), source };
        let target = step.target();
        if let Some(parent) = target.parent().filter(|parent| !parent.is_dir()) {
            disk.make_directory(parent).map_err(failed)?;
        }
        let (Some(after), Some(staged)) = (step.after, &step.staged) else { continue };
        match step.act {
            Act::Create | Act::Replace => disk.create(staged, after, like(step)).map_err(failed)?,
            Act::Overwrite | Act::Remove | Act::Move => {}
        }
    }
    Ok(())
}

fn like<'s>(step: &'s Step<'_>) -> Like<'s> {
    match (&step.like, step.mode) {
        (Some(file), _) => Like::File(file),
        (None, Some(mode)) => Like::Mode(mode),
        (None, None) => Like::New,
    }
}

#[cfg(test)]
mod tests;
