//! Proposals: the directives of an answer, applied in memory to the files as they are; nothing is written here.
//!
//! Invariant: a directive that cannot be placed with certainty changes nothing and is told of.

mod named;
mod numbers;
mod patch;
mod refusal;
mod replace;
mod whole;
mod within;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::directive::{Directive, Malformed, Novelty, Replacement};
use super::nearest::Nearest;
use super::placeholder;
use super::text::{Text, TextError};
use patch::patch;
use refusal::Refusal;
use replace::{replaced, unfenced};
use whole::whole;
use within::within;

/// The files that an edit may read. Paths are relative to the root, `/`-separated.
pub trait Files {
    /// The bytes of a file; `None` where there is none.
    ///
    /// # Errors
    /// Why it must not be edited: a path out of the root, a file that is not regular, or that cannot be read.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;

    /// The files that the model was shown; others may only be created. `None` means all.
    fn shown(&self) -> Option<&[String]>;
}

/// What is proposed for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file; for a move, where it was.
    pub path: String,
    /// Where it goes.
    pub moved_to: Option<String>,
    /// Its bytes as they were read; `None` for a new file.
    pub before: Option<Vec<u8>>,
    /// Its bytes as proposed; `None` for a deleted file.
    pub after: Option<Vec<u8>>,
    /// The mode that a new file gets; `None` for the system's. A file that is there keeps its own.
    pub mode: Option<u32>,
}

impl<F: Files + ?Sized> Files for &F {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        (**self).read(path)
    }

    fn shown(&self) -> Option<&[String]> {
        (**self).shown()
    }
}

/// A part of the answer that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refused {
    /// The file, where one was named.
    pub path: Option<String>,
    /// Why, for people and for the model.
    pub why: String,
    /// The lines that were looked for.
    pub wanted: Vec<String>,
    /// The nearest lines, where lines were not found.
    pub nearest: Option<Nearest>,
    /// The first lines of all places, 1-based, where there are several.
    pub places: Vec<usize>,
    /// It was never complete: the answer ended before the model was done.
    #[serde(default)]
    pub broke_off: bool,
}

impl Refused {
    /// A refusal of all that is about a file.
    pub fn of(path: &str, why: &str) -> Self {
        Self { path: Some(path.to_owned()), why: why.to_owned(), ..Self::default() }
    }
}

/// All that an answer proposes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// File by file, in the order of the answer.
    pub changes: Vec<Change>,
    /// What was not taken.
    pub refused: Vec<Refused>,
}

#[derive(Debug)]
struct Draft {
    before: Option<Vec<u8>>,
    text: Option<Text>,
    moved_to: Option<String>,
    order: usize,
    /// Counts the directives that changed it.
    version: u64,
}

impl Draft {
    /// The change as it is so far; `None` where there is none.
    ///
    /// # Errors
    /// Text that the file's encoding has not.
    fn change(&self, path: &str) -> Result<Option<Change>, TextError> {
        let after = self.text.as_ref().map(Text::bytes).transpose()?;
        let changes = after != self.before || self.moved_to.is_some();
        Ok(changes.then(|| Change {
            path: path.to_owned(),
            moved_to: self.moved_to.clone(),
            before: self.before.clone(),
            after,
            mode: None,
        }))
    }
}

/// Applies directives one after the other.
#[derive(Debug)]
pub struct Drafts<F: Files> {
    files: F,
    open: BTreeMap<String, Draft>,
    refused: Vec<Refused>,
}

impl<F: Files> Drafts<F> {
    /// Nothing proposed yet.
    pub fn new(files: F) -> Self {
        Self { files, open: BTreeMap::new(), refused: Vec::new() }
    }

    /// Goes on with a change that was proposed before.
    ///
    /// # Errors
    /// Bytes that are no text.
    pub fn resume(&mut self, change: Change) -> Result<(), TextError> {
        let base = Text::read(change.before.as_deref().unwrap_or_default())?;
        let text = change.after.as_deref().map(|after| base.like(after)).transpose()?;
        let order = self.open.len();
        let Change { path, moved_to, before, .. } = change;
        self.open.insert(path, Draft { before, text, moved_to, order, version: 0 });
        Ok(())
    }

    /// Takes what a parser found; true where it was taken, false where it was refused.
    pub fn take(&mut self, found: Result<Directive, Malformed>) -> bool {
        let (path, wanted, result) = match found {
            Err(malformed) => (malformed.path.clone(), Vec::new(), Err(malformed.to_string().into())),
            Ok(directive) => (directive.path().map(str::to_owned), directive.wanted(), self.apply(directive)),
        };
        match result {
            Ok(()) => true,
            Err(Refusal { why, nearest, places }) => {
                let nearest = nearest.map(|nearest| *nearest);
                self.refused.push(Refused { path, why, wanted, nearest, places, broke_off: false });
                false
            }
        }
    }

    /// What was refused since the last call.
    pub fn take_refused(&mut self) -> Vec<Refused> {
        std::mem::take(&mut self.refused)
    }

    /// Every file that a directive opened, in the order of the answer, with a number that grows with each change.
    pub fn versions(&self) -> Vec<(&str, u64)> {
        let mut all: Vec<(&String, &Draft)> = self.open.iter().collect();
        all.sort_by_key(|(_, draft)| draft.order);
        all.into_iter().map(|(path, draft)| (path.as_str(), draft.version)).collect()
    }

    /// What is proposed for one file so far; `None` where that is nothing.
    ///
    /// # Errors
    /// Text that the file's encoding has not.
    pub fn change(&self, path: &str) -> Result<Option<Change>, TextError> {
        self.open.get(path).map_or(Ok(None), |draft| draft.change(path))
    }

    /// What is proposed.
    pub fn finish(mut self) -> Proposal {
        let mut drafts: Vec<(String, Draft)> = std::mem::take(&mut self.open).into_iter().collect();
        drafts.sort_by_key(|(_, draft)| draft.order);
        let mut proposal = Proposal { changes: Vec::new(), refused: self.refused };
        for (path, draft) in drafts {
            match draft.change(&path) {
                Ok(change) => proposal.changes.extend(change),
                Err(error) => proposal.refused.push(Refused::of(&path, &error.to_string())),
            }
        }
        proposal
    }

    fn apply(&mut self, directive: Directive) -> Result<(), Refusal> {
        match directive {
            Directive::Replace { path, readings } => {
                let makes =
                    readings.iter().all(|reading| reading.search.iter().all(|line| line.trim().is_empty()));
                let path = if makes { path } else { self.surely(path) };
                let path = self.named(path)?;
                self.replace(&path, &readings)
            }
            Directive::Within { path, old, new, places } => {
                let path = self.named(Some(path))?;
                if old.trim().is_empty() {
                    let lines = |text: &str| text.lines().map(str::to_owned).collect();
                    return self.replace(
                        &path,
                        &[Replacement { search: lines(&old), replace: lines(&new), hint: None }],
                    );
                }
                self.edit(&path, |text| within(text, &old, &new, places))
            }
            Directive::Patch { path, moved_to, hunks } => {
                let path = self.named(path)?;
                let there = moved_to.as_ref().map_or(Ok(None), |to| self.files.read(to))?;
                let (path, moved_to) = match (moved_to, there) {
                    // Two names of which only the new one is a file's: the old one is no path.
                    (Some(to), Some(_)) if self.files.read(&path)?.is_none() => (to, None),
                    (Some(to), Some(_)) => return Err(format!("{to} is there already").into()),
                    (moved_to, _) => (path, moved_to),
                };
                self.edit(&path, |text| {
                    // Changed as a copy, so that a directive that fails half-way leaves nothing behind.
                    let mut copy = text.clone();
                    patch(&mut copy, &hunks)?;
                    *text = copy;
                    Ok(())
                })?;
                if let Some(draft) = self.open.get_mut(&path) {
                    draft.moved_to = moved_to;
                    draft.version += 1;
                }
                Ok(())
            }
            Directive::Write { path, lines, ends, new } => {
                let path = match path {
                    Some(path) if matches!(new, Novelty::New | Novelty::Anew) => path,
                    path => self.named(self.surely(path))?,
                };
                self.write(&path, &lines, ends, new)
            }
            Directive::Delete { path } => {
                let path = self.named(Some(path))?;
                let draft = self.draft(&path)?;
                if draft.text.take().is_none() {
                    self.open.remove(&path);
                    return Err(self.missing(&path));
                }
                draft.version += 1;
                Ok(())
            }
        }
    }

    fn draft(&mut self, path: &str) -> Result<&mut Draft, Refusal> {
        let order = self.open.len();
        if !self.open.contains_key(path) {
            let before = self.files.read(path)?;
            let shown = self.files.shown().is_none_or(|shown| shown.iter().any(|known| known == path));
            if before.is_some() && !shown {
                return Err("the model was not shown this file, so it may not change it".to_owned().into());
            }
            let text = before.as_deref().map(Text::read).transpose().map_err(|error| error.to_string())?;
            self.open.insert(path.to_owned(), Draft { before, text, moved_to: None, order, version: 0 });
        }
        self.open.get_mut(path).ok_or_else(|| "it cannot be read".to_owned().into())
    }

    /// Changes a file's text; a change that fails must leave it as it was.
    fn edit(
        &mut self,
        path: &str,
        change: impl FnOnce(&mut Text) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let fresh = !self.open.contains_key(path);
        let draft = self.draft(path)?;
        let result = draft.text.as_mut().map(change);
        match &result {
            Some(Ok(())) => draft.version += 1,
            Some(Err(_)) | None if fresh => drop(self.open.remove(path)),
            Some(Err(_)) | None => {}
        }
        result.unwrap_or_else(|| Err(self.missing(path)))
    }

    fn replace(&mut self, path: &str, readings: &[Replacement]) -> Result<(), Refusal> {
        if let [only] = readings
            && only.search.iter().all(|line| line.trim().is_empty())
        {
            let empty = self.files.read(path)?.is_none_or(|bytes| bytes.is_empty());
            if empty && !self.open.contains_key(path) {
                let is_markdown =
                    Path::new(path).extension().is_some_and(|end| end.eq_ignore_ascii_case("md"));
                let bare = unfenced(&only.replace).filter(|_| !is_markdown);
                return self.write(path, bare.unwrap_or(&only.replace), true, Novelty::Either);
            }
        }
        self.edit(path, |text| replaced(text, readings))
    }

    fn write(&mut self, path: &str, lines: &[String], ends: bool, new: Novelty) -> Result<(), Refusal> {
        let draft = self.draft(path)?;
        let version = draft.version + 1;
        match &mut draft.text {
            Some(text) if new == Novelty::New && !text.lines.is_empty() => {
                return Err("it is to be added, and is there already".to_owned().into());
            }
            Some(text) => {
                placeholder::refuse(lines, &text.lines)?;
                placeholder::refuse_blocks(lines, &text.lines)?;
                whole(path, text, lines, new)?;
            }
            None => {
                placeholder::refuse(lines, &[])?;
                placeholder::refuse_blocks(lines, &[])?;
                draft.text = Some(Text::new_file(lines, ends));
            }
        }
        draft.version = version;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
