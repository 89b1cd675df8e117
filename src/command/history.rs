//! History: what edits wrote, so that it can be taken back and written again, also after a restart.
//!
//! Each write is a folder with a record and the bytes before and after. Taking back is a merge of three: the bytes that
//! were written, those that were there before, and those that are there now. A record is made before its write, so that no
//! write is without one.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::replace_private;
use crate::domain::EditId;
use crate::edit::{ApplyError, Change, Disk, Files, Overlap, Roots, Text, TextError, apply, merge};

use super::fate;
use super::moment::{now_ms, random};

/// Writes kept; older ones are forgotten.
const KEPT: usize = 200;

/// For so long a folder without a record may still get one, in milliseconds.
const ABOUT_TO_MS: u64 = 60_000;

/// The name of a write's record in its folder.
const RECORD: &str = "record.json";

/// Why a write cannot be taken back, or not be written again.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// There is none.
    #[error("there is no write to take back")]
    NothingToUndo,
    /// There is none.
    #[error("nothing was taken back")]
    NothingToRedo,
    /// A later change overlaps.
    #[error("{path} was changed since in the same place (line {}{})", .at.line, more(.at))]
    Overlap {
        /// The file.
        path: String,
        /// Where.
        at: Overlap,
    },
    /// A file that was made, or is gone.
    #[error("{path} {why}")]
    Changed {
        /// The file.
        path: String,
        /// What became of it.
        why: &'static str,
    },
    /// What is kept cannot be read or written.
    #[error("{}: {source}", path.display())]
    Kept {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no text any more.
    #[error("{path}: {source}")]
    Text {
        /// The file.
        path: String,
        /// Why.
        source: TextError,
    },
    /// It cannot be read or written.
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

fn more(at: &Overlap) -> String {
    if at.lines > 1 { format!(" to {}", at.line + at.lines - 1) } else { String::new() }
}

/// How far a write is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    /// It is about to happen, or happened and the program ended.
    Intended,
    /// It stands.
    Written,
    /// It was taken back.
    Undone,
}

/// One write.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    edit: i64,
    at_ms: i64,
    /// What was asked.
    pub instruction: String,
    state: State,
    /// File by file.
    pub files: Vec<Written>,
    /// What statistics want to know.
    #[serde(default)]
    figures: Figures,
}

/// What statistics want to know of a write.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// When the edit was asked for, milliseconds since the epoch.
    pub asked_ms: i64,
    /// Who proposed it.
    pub by: Option<String>,
    /// Hunks that it proposed.
    pub proposed: u32,
    /// Hunks that this write took.
    pub accepted: u32,
    /// Characters that they add.
    pub characters: u64,
    /// The last commit when they were written.
    pub head: Option<String>,
    /// How many of the characters the next commit had; `None` until there is one.
    pub standing: Option<u64>,
}

/// One file of a write.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Written {
    /// Its path as shown, before it moved.
    pub path: String,
    /// Where it moved.
    pub moved_to: Option<String>,
    before: bool,
    after: bool,
    mode: Option<u32>,
}

/// A write that was taken back or written again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// By which edit.
    pub edit: EditId,
    /// What was asked.
    pub instruction: String,
    /// The files that changed.
    pub paths: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Back,
    Again,
}

/// The writes of one set of roots.
#[derive(Debug, Clone)]
pub struct History {
    folder: PathBuf,
    journals: PathBuf,
}

impl History {
    /// The history in a folder, which need not exist yet; `journals` is where writes that go on are noted.
    pub fn new(folder: PathBuf, journals: PathBuf) -> Self {
        Self { folder, journals }
    }

    /// Notes a write that is about to happen, with the modes that the changes say; [`History::wrote`] or
    /// [`History::forget`] must follow.
    ///
    /// # Errors
    /// What the system says.
    pub fn intend(
        &self,
        edit: EditId,
        (instruction, figures): (&str, Figures),
        changes: &[Change],
    ) -> Result<PathBuf, HistoryError> {
        let at_ms = now_ms();
        // Named so that the order of names is that of time, also within one millisecond.
        let last = self.entries().last().and_then(|(path, _)| stamp(path)).unwrap_or(0);
        let stamp = (at_ms as u64).max(last + 1);
        let folder = self.folder.join(format!("{stamp:014}-{:08x}", random() as u32));
        let failed = |source| HistoryError::Kept { path: folder.clone(), source };
        let mut files = Vec::new();
        for (number, change) in changes.iter().enumerate() {
            for (side, bytes) in [("before", &change.before), ("after", &change.after)] {
                if let Some(bytes) = bytes {
                    replace_private(&folder.join(format!("{number}.{side}")), bytes).map_err(failed)?;
                }
            }
            files.push(Written {
                path: change.path.clone(),
                moved_to: change.moved_to.clone(),
                before: change.before.is_some(),
                after: change.after.is_some(),
                mode: change.mode,
            });
        }
        let instruction = instruction.to_owned();
        let record = Record { edit: edit.0, at_ms, instruction, state: State::Intended, files, figures };
        save(&folder, &record)?;
        Ok(folder)
    }

    /// The write happened: what was taken back before can no more be written again.
    ///
    /// # Errors
    /// What the system says.
    pub fn wrote(&self, folder: &Path) -> Result<(), HistoryError> {
        if let Some(record) = read(folder) {
            save(folder, &Record { state: State::Written, ..record })?;
        }
        let entries = self.entries();
        for (path, _) in entries.iter().filter(|(_, record)| record.state == State::Undone) {
            let _ = fs::remove_dir_all(path);
        }
        let old = entries.len().saturating_sub(KEPT);
        for (path, _) in &entries[..old] {
            let _ = fs::remove_dir_all(path);
        }
        Ok(())
    }

    /// The write did not happen.
    pub fn forget(&self, folder: &Path) {
        let _ = fs::remove_dir_all(folder);
    }

    /// Settles what a program that ended left open: a write that its journal took back never was.
    pub fn settle(&self, roots: &Roots) {
        for folder in fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            // Its record comes last: without one the write did not begin.
            if folder.is_dir() && !folder.join(RECORD).exists() && is_old(&folder) {
                let _ = fs::remove_dir_all(folder);
            }
        }
        for (folder, record) in self.entries() {
            if record.state != State::Intended {
                continue;
            }
            let stands = record.files.iter().enumerate().any(|(number, file)| {
                let path = file.moved_to.as_ref().filter(|_| file.after).unwrap_or(&file.path);
                let after = side(&folder, number, "after", file.after);
                after.is_ok_and(|after| roots.read(path).is_ok_and(|now| now == after))
            });
            if stands {
                let _ = save(&folder, &Record { state: State::Written, ..record });
            } else {
                let _ = fs::remove_dir_all(folder);
            }
        }
    }

    /// Takes the newest write back.
    ///
    /// # Errors
    /// See [`HistoryError`]; nothing changed then.
    pub fn undo(&self, disk: &dyn Disk, roots: &Roots) -> Result<Turned, HistoryError> {
        let newest = self.entries().into_iter().rev().find(|(_, record)| record.state == State::Written);
        let (folder, record) = newest.ok_or(HistoryError::NothingToUndo)?;
        self.turn(disk, roots, (&folder, record), Way::Back)
    }

    /// Writes again what was taken back last.
    ///
    /// # Errors
    /// See [`HistoryError`]; nothing changed then.
    pub fn redo(&self, disk: &dyn Disk, roots: &Roots) -> Result<Turned, HistoryError> {
        let oldest = self.entries().into_iter().find(|(_, record)| record.state == State::Undone);
        let (folder, record) = oldest.ok_or(HistoryError::NothingToRedo)?;
        self.turn(disk, roots, (&folder, record), Way::Again)
    }

    fn turn(
        &self,
        disk: &dyn Disk,
        roots: &Roots,
        (folder, record): (&Path, Record),
        way: Way,
    ) -> Result<Turned, HistoryError> {
        let mut changes = Vec::new();
        for (number, file) in record.files.iter().enumerate() {
            let kept = |source| HistoryError::Kept { path: folder.to_owned(), source };
            let before = side(folder, number, "before", file.before).map_err(kept)?;
            let after = side(folder, number, "after", file.after).map_err(kept)?;
            let target = file.moved_to.as_ref().unwrap_or(&file.path);
            let (from, to, now, then) = match way {
                Way::Back => (after, before, target, &file.path),
                Way::Again => (before, after, &file.path, target),
            };
            changes.extend(turned(roots, (from, to), now, then, file.mode)?);
        }
        if !changes.is_empty() {
            apply(disk, roots, &changes, &self.journals)?;
        }
        let state = match way {
            Way::Back => State::Undone,
            Way::Again => State::Written,
        };
        let turned = Turned {
            edit: EditId(record.edit),
            instruction: record.instruction.clone(),
            paths: changes.into_iter().map(|change| change.moved_to.unwrap_or(change.path)).collect(),
        };
        save(folder, &Record { state, ..record })?;
        Ok(turned)
    }

    /// What can be taken back and written again next: the instructions.
    pub fn next(&self) -> (Option<String>, Option<String>) {
        let entries = self.entries();
        let words = |record: &Record| record.instruction.clone();
        let undo = entries.iter().rev().find(|(_, record)| record.state == State::Written);
        let redo = entries.iter().find(|(_, record)| record.state == State::Undone);
        (undo.map(|(_, record)| words(record)), redo.map(|(_, record)| words(record)))
    }

    /// What an edit wrote and what stands, oldest write first: each file with its bytes before and after.
    pub fn of_edit(&self, edit: EditId) -> Vec<Change> {
        let stands = |record: &Record| record.edit == edit.0 && record.state == State::Written;
        let mut changes = Vec::new();
        for (folder, record) in self.entries().into_iter().filter(|(_, record)| stands(record)) {
            for (number, file) in record.files.into_iter().enumerate() {
                let before = side(&folder, number, "before", file.before);
                let after = side(&folder, number, "after", file.after);
                if let (Ok(before), Ok(after)) = (before, after) {
                    let (path, moved_to, mode) = (file.path, file.moved_to, file.mode);
                    changes.push(Change { path, moved_to, before, after, mode });
                }
            }
        }
        changes
    }

    /// The figures of an edit's writes that stand, summed up; `None` where none was ever made.
    pub fn figures(&self, edit: EditId) -> Option<Figures> {
        let mut sum: Option<Figures> = None;
        for (_, record) in self.entries().into_iter().filter(|(_, record)| record.edit == edit.0) {
            let figures = record.figures;
            let sum = sum.get_or_insert_with(|| Figures {
                accepted: 0,
                characters: 0,
                standing: None,
                ..figures.clone()
            });
            if record.state == State::Written {
                sum.accepted += figures.accepted;
                sum.characters += figures.characters;
                sum.standing = figures.standing.map(|more| sum.standing.unwrap_or(0) + more).or(sum.standing);
            }
        }
        sum
    }

    /// Looks which writes were followed by a commit since, and counts what it has of them; names their edits.
    pub fn count_standing(&self, roots: &Roots) -> BTreeSet<EditId> {
        let mut counted = BTreeSet::new();
        for (folder, record) in self.entries() {
            let waits = record.state == State::Written && record.figures.standing.is_none();
            if !waits {
                continue;
            }
            let paths: Vec<String> = record
                .files
                .iter()
                .map(|file| file.moved_to.as_ref().unwrap_or(&file.path).clone())
                .collect();
            let since = record.figures.head.as_deref();
            let Some(next) = fate::Next::find(roots, &paths, since, record.at_ms) else { continue };
            let mut standing = 0;
            for (number, file) in record.files.iter().enumerate() {
                let before = side(&folder, number, "before", file.before);
                let after = side(&folder, number, "after", file.after);
                let (Ok(before), Ok(after)) = (before, after) else { continue };
                let path = file.moved_to.clone().unwrap_or_else(|| file.path.clone());
                let now = next.content(roots, &path);
                let change = Change { path, moved_to: None, before, after, mode: None };
                standing += fate::standing(&change, now.as_deref());
            }
            counted.insert(EditId(record.edit));
            let figures = Figures { standing: Some(standing), ..record.figures.clone() };
            let _ = save(&folder, &Record { figures, ..record });
        }
        counted
    }

    /// Every write, oldest first. The disk is asked each time: several programs may work on one tree.
    fn entries(&self) -> Vec<(PathBuf, Record)> {
        let folders = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let sorted: BTreeSet<PathBuf> = folders.map(|entry| entry.path()).collect();
        sorted.into_iter().filter_map(|folder| read(&folder).map(|record| (folder, record))).collect()
    }
}

/// The change that brings a file from one kept version to the other, over what it says now; `None` where it says so already.
fn turned(
    roots: &Roots,
    (from, to): (Option<Vec<u8>>, Option<Vec<u8>>),
    now: &str,
    then: &str,
    mode: Option<u32>,
) -> Result<Option<Change>, HistoryError> {
    let changed = |why| HistoryError::Changed { path: now.to_owned(), why };
    let forbidden = |why| HistoryError::Apply(ApplyError::Forbidden(why));
    let moves = now != then;
    let stands = roots.read(now).map_err(forbidden)?;
    let after = match (&from, &to, &stands) {
        _ if stands == from => to,
        // Somebody did it already, or this program did before it ended.
        (_, _, _) if !moves && stands == to => return Ok(None),
        (_, Some(_), None) if moves && roots.read(then).is_ok_and(|there| there == to) => return Ok(None),
        (Some(from), Some(to), Some(stands)) => {
            let read = || {
                let from = Text::read(from)?;
                let to = from.like(to)?;
                let stands = from.later(stands)?;
                Ok((from, to, stands))
            };
            let texts = read().map_err(|source| HistoryError::Text { path: now.to_owned(), source });
            let (from, to, stands) = texts?;
            let merged = merge(&from, &to, &stands);
            let merged = merged.map_err(|places| {
                let at = places.first().copied().unwrap_or(Overlap { line: 1, lines: 1 });
                HistoryError::Overlap { path: now.to_owned(), at }
            })?;
            let bytes = merged.bytes();
            Some(bytes.map_err(|source| HistoryError::Text { path: now.to_owned(), source })?)
        }
        (Some(_), _, None) => return Err(changed("is gone")),
        (Some(_), None, Some(_)) => return Err(changed("was changed since")),
        (None, _, _) => return Err(changed("is there again")),
    };
    let moved_to = moves.then(|| then.to_owned());
    Ok(Some(Change { path: now.to_owned(), moved_to, before: stands, after, mode }))
}

fn side(folder: &Path, number: usize, name: &str, there: bool) -> io::Result<Option<Vec<u8>>> {
    there.then(|| fs::read(folder.join(format!("{number}.{name}")))).transpose()
}

/// Whether no running program can be about to fill a folder.
fn is_old(folder: &Path) -> bool {
    stamp(folder).is_some_and(|made| made + ABOUT_TO_MS < now_ms() as u64)
}

fn stamp(folder: &Path) -> Option<u64> {
    folder.file_name()?.to_str()?.split('-').next()?.parse().ok()
}

fn read(folder: &Path) -> Option<Record> {
    serde_json::from_slice(&fs::read(folder.join(RECORD)).ok()?).ok()
}

fn save(folder: &Path, record: &Record) -> Result<(), HistoryError> {
    let failed = |source| HistoryError::Kept { path: folder.to_owned(), source };
    let text = serde_json::to_vec(record).map_err(|error| failed(error.into()))?;
    replace_private(&folder.join(RECORD), &text).map_err(failed)
}

#[cfg(test)]
mod tests;
