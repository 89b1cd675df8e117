//! Writing the accepted hunks of an edit: over the bytes that were reviewed, all files or none.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::domain::Decision;
use crate::edit::{ApplyError, Change, Disk, Files, Roots, TextError, apply};

use super::draft::Draft;
use super::fate;
use super::file::Meeting;
use super::history::{Figures, History, HistoryError};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// No hunk is accepted.
    #[error("no hunk is accepted")]
    Nothing,
    /// Conflicts wait for a decision.
    #[error("{count} {} in conflict with what is on disk", if *.count == 1 { "hunk is" } else { "hunks are" })]
    Undecided {
        /// How many.
        count: usize,
    },
    /// Files changed meanwhile; the hunks were merged with what they say now, and are to be looked at again.
    #[error("{} changed on disk meanwhile", .files.join(", "))]
    Moved {
        /// The files.
        files: Vec<String>,
        /// Hunks that could not be merged.
        conflicts: usize,
    },
    /// A file cannot take the text, or is no text any more.
    #[error("{path}: {source}")]
    Text {
        /// The file.
        path: String,
        /// Why.
        source: TextError,
    },
    /// Rules or the disk forbid it.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// What undoing needs cannot be kept.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// Times that a file may change between reading and writing before that is told.
const TRIES: usize = 3;

/// Writes the accepted hunks; returns the changes that were made. What is left of the edit then stands on the new bytes.
///
/// # Errors
/// A [`WriteError`]; nothing was written then. After [`WriteError::Moved`] the edit shows what the files say now.
pub fn write(
    draft: &mut Draft,
    roots: &Roots,
    disk: &dyn Disk,
    (history, journals): (&History, &Path),
) -> Result<Vec<Change>, WriteError> {
    let conflicts = draft.hunks().filter(|hunk| hunk.conflict.is_some()).count();
    if conflicts > 0 {
        return Err(WriteError::Undecided { count: conflicts });
    }
    if !draft.hunks().any(|hunk| hunk.decision == Decision::Accepted) {
        return Err(WriteError::Nothing);
    }
    for _ in 0..TRIES {
        meet(draft, roots)?;
        let mut changes = Vec::new();
        for file in &draft.files {
            let text = |source| WriteError::Text { path: file.path.clone(), source };
            changes.extend(file.accepted().map_err(text)?);
        }
        if changes.is_empty() {
            // What was accepted is what stands there.
            return Ok(changes);
        }
        for change in &mut changes {
            change.mode = mode(roots, &change.path);
        }
        let figures = figures(draft, roots, &changes);
        let folder = history.intend(draft.id, (&draft.instruction.text, figures), &changes)?;
        match apply(disk, roots, &changes, journals) {
            Ok(()) => {
                // The files are written whatever comes of its record, which the next start settles.
                let _ = history.wrote(&folder);
                settle(draft, &changes);
                return Ok(changes);
            }
            Err(error) => {
                history.forget(&folder);
                if !matches!(error, ApplyError::Changed(_)) {
                    return Err(error.into());
                }
            }
        }
    }
    Err(WriteError::Apply(ApplyError::Changed(draft.files[0].path.clone())))
}

/// What statistics want to know of a write that is about to happen.
fn figures(draft: &Draft, roots: &Roots, changes: &[Change]) -> Figures {
    let accepted = draft.hunks().filter(|hunk| hunk.decision == Decision::Accepted).count();
    Figures {
        asked_ms: draft.at_ms,
        by: draft.by.as_ref().map(ToString::to_string),
        proposed: draft.hunks().count().max(draft.proposed as usize) as u32,
        accepted: accepted as u32,
        characters: changes.iter().map(fate::added).sum(),
        head: changes.first().and_then(|change| fate::head(roots, &change.path)),
        standing: None,
    }
}

/// Merges the files that changed meanwhile.
fn meet(draft: &mut Draft, roots: &Roots) -> Result<(), WriteError> {
    let mut files = Vec::new();
    let mut conflicts = 0;
    for file in &mut draft.files {
        if !file.hunks.iter().any(|hunk| hunk.decision == Decision::Accepted) {
            continue;
        }
        let now = roots.read(&file.path).map_err(ApplyError::Forbidden)?;
        let met = file.meet(now, &mut draft.names);
        match met.map_err(|source| WriteError::Text { path: file.path.clone(), source })? {
            Meeting::Same => {}
            Meeting::Moved => files.push(file.path.clone()),
            Meeting::Conflicts(count) => {
                files.push(file.path.clone());
                conflicts += count;
            }
        }
        file.mark_errors();
    }
    if files.is_empty() { Ok(()) } else { Err(WriteError::Moved { files, conflicts }) }
}

/// What is left of the edit stands on the bytes that were written.
fn settle(draft: &mut Draft, changes: &[Change]) {
    for change in changes {
        let Some(file) = draft.files.iter_mut().find(|file| file.path == change.path) else { continue };
        if let Some(to) = &change.moved_to {
            file.path.clone_from(to);
            file.moved_to = None;
        }
        // It was made from text just now.
        let _ = file.wrote(change.after.clone(), &mut draft.names);
    }
}

fn mode(roots: &Roots, path: &str) -> Option<u32> {
    fs::metadata(roots.place(path).ok()?).ok().map(|meta| meta.mode())
}
