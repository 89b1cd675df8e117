//! A file under review: the bytes that were reviewed, the hunks to them, and what is decided of each.
//!
//! Invariant: hunks stand top to bottom and apart, and what is written is the reviewed bytes with the accepted hunks.

mod cut;
mod disk;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::{Decision, FileChange, HunkClass, HunkId, ProposedFile, ProposedHunk};
use crate::edit::{
    Change, Hunk, Line, LineEnd, Structure, Target, Text, TextError, classify, hunks, patched,
};

pub use disk::Meeting;

/// Unchanged lines shown around a hunk.
const AROUND: usize = 3;

/// What happens to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Lines of it change.
    Modify,
    /// It is new.
    Create,
    /// It goes.
    Delete,
}

/// One hunk with what is decided of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftHunk {
    /// Its name, never used again within the edit.
    pub id: u32,
    /// The lines.
    pub hunk: Hunk,
    /// What was decided.
    #[serde(with = "decision_name")]
    pub decision: Decision,
    /// The person changed it.
    pub amended: bool,
    /// What stands on disk in its place, where that cannot be merged.
    pub conflict: Option<Vec<String>>,
    /// What it lies in.
    pub symbol: Option<String>,
    /// Syntax errors that it adds.
    pub syntax_errors: u32,
}

impl DraftHunk {
    /// Whether the person has still to look at it: what is folded away is off, not undecided.
    pub fn waits(&self) -> bool {
        self.conflict.is_some()
            || self.decision == Decision::Undecided && self.hunk.class == HunkClass::InScope
    }
}

/// Gives names to hunks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Names(u32);

impl Names {
    /// A name that no hunk of the edit had.
    pub fn give(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

/// One file under review.
#[derive(Debug, Clone)]
pub struct DraftFile {
    /// Its path as shown.
    pub path: String,
    /// What happens to it.
    pub kind: Kind,
    /// Where it moves, where it does; its first hunk then is the move itself, and empty.
    pub moved_to: Option<String>,
    /// The bytes that were reviewed; `None` where there was no file.
    pub base: Option<Vec<u8>>,
    /// Its hunks, top to bottom.
    pub hunks: Vec<DraftHunk>,
    /// It changed on disk since it was proposed.
    pub changed_on_disk: bool,
    text: Text,
    structure: Option<Structure>,
}

impl DraftFile {
    /// A file with the hunks that it was kept with.
    ///
    /// # Errors
    /// Bytes that are no text.
    pub fn kept(
        path: String,
        (kind, moved_to): (Kind, Option<String>),
        base: Option<Vec<u8>>,
        hunks: Vec<DraftHunk>,
    ) -> Result<Self, TextError> {
        let text = Text::read(base.as_deref().unwrap_or_default())?;
        Ok(Self { path, kind, moved_to, base, hunks, changed_on_disk: false, text, structure: None })
    }

    /// A file as it is proposed, every hunk of it in scope or not, and nothing decided.
    ///
    /// # Errors
    /// Bytes that are no text.
    pub fn new(change: &Change, target: &Target, names: &mut Names) -> Result<Self, TextError> {
        let start = (Kind::Modify, None);
        let mut file = Self::kept(change.path.clone(), start, change.before.clone(), Vec::new())?;
        file.update(change, target, names)?;
        Ok(file)
    }

    /// Takes a newer proposal over the same bytes; hunks that are the same keep their names and what was decided.
    ///
    /// # Errors
    /// Bytes that are no text.
    pub fn update(&mut self, change: &Change, target: &Target, names: &mut Names) -> Result<(), TextError> {
        let after = change.after.as_deref().map(|after| self.text.like(after)).transpose()?;
        self.moved_to.clone_from(&change.moved_to);
        self.kind = match (&change.before, &after) {
            (None, _) => Kind::Create,
            (Some(_), None) => Kind::Delete,
            (Some(_), Some(_)) => Kind::Modify,
        };
        let mut fresh = match (self.kind, &after) {
            (Kind::Modify, Some(after)) => {
                let mut found = hunks(&self.text, after);
                classify(&mut found, self.structure(), after, target);
                found
            }
            // A new file, and one that goes, is one thing: it is wanted or not.
            (Kind::Modify | Kind::Create | Kind::Delete, _) => vec![Hunk {
                old_start: 0,
                old: bare(&self.text.lines),
                new: after.map(|after| bare(&after.lines)).unwrap_or_default(),
                class: HunkClass::InScope,
            }],
        };
        if self.moved_to.is_some() && self.kind == Kind::Modify {
            let itself = Hunk { old_start: 0, old: Vec::new(), new: Vec::new(), class: HunkClass::InScope };
            fresh.insert(0, itself);
        }
        let mut known = std::mem::take(&mut self.hunks);
        for hunk in fresh {
            let same = |known: &DraftHunk| {
                known.hunk.range() == hunk.range() && known.hunk.new == hunk.new && known.conflict.is_none()
            };
            if let Some(mut known) = known.iter().position(same).map(|at| known.remove(at)) {
                // What else is proposed may tell more of it.
                known.hunk.class = hunk.class;
                self.hunks.push(known);
            } else {
                let hunk = self.undecided(hunk, names);
                self.hunks.push(hunk);
            }
        }
        Ok(())
    }

    fn undecided(&mut self, hunk: Hunk, names: &mut Names) -> DraftHunk {
        let symbol = if self.kind == Kind::Modify { self.symbol(&hunk) } else { None };
        DraftHunk {
            id: names.give(),
            hunk,
            decision: Decision::Undecided,
            amended: false,
            conflict: None,
            symbol,
            syntax_errors: 0,
        }
    }

    fn symbol(&mut self, hunk: &Hunk) -> Option<String> {
        let structure = self.structure();
        // The line that changes, else the one before what is inserted.
        let first = hunk.old_start as u32;
        let place = structure.place(first + u32::from(!hunk.old.is_empty()));
        // What is put right above something, such as its documentation, belongs to it.
        let above = hunk.old.is_empty() && hunk.new.last().is_some_and(|line| !line.text.trim().is_empty());
        if above { structure.place(first + 1).or(place) } else { place }
    }

    /// The structure of the reviewed text, read once.
    pub fn structure(&mut self) -> &Structure {
        let (path, text) = (&self.path, &self.text);
        self.structure.get_or_insert_with(|| Structure::new(path, text))
    }

    /// The reviewed text.
    pub const fn text(&self) -> &Text {
        &self.text
    }

    /// Counts the syntax errors that each hunk adds.
    pub fn mark_errors(&mut self) {
        if self.kind == Kind::Delete {
            return;
        }
        let all: Vec<Hunk> = self.hunks.iter().map(|hunk| hunk.hunk.clone()).collect();
        let text = self.text.clone();
        let errors = self.structure().added_errors(&text, &all);
        for (hunk, errors) in self.hunks.iter_mut().zip(errors) {
            hunk.syntax_errors = errors;
        }
    }

    /// The change that the accepted hunks make; `None` where that is nothing.
    ///
    /// # Errors
    /// Text that the file's encoding has not.
    pub fn accepted(&self) -> Result<Option<Change>, TextError> {
        self.change(|hunk| hunk.decision == Decision::Accepted && hunk.conflict.is_none())
    }

    /// The change that chosen hunks make; `None` where that is nothing.
    ///
    /// # Errors
    /// Text that the file's encoding has not.
    pub fn change(&self, chosen: impl Fn(&DraftHunk) -> bool) -> Result<Option<Change>, TextError> {
        let taken: Vec<&DraftHunk> = self.hunks.iter().filter(|hunk| chosen(hunk)).collect();
        if taken.is_empty() {
            return Ok(None);
        }
        let moves = self.moved_to.is_some() && taken.iter().any(|hunk| self.is_move(hunk));
        let after = match self.kind {
            Kind::Delete => None,
            Kind::Create | Kind::Modify => {
                Some(patched(&self.text, taken.iter().map(|hunk| &hunk.hunk)).bytes()?)
            }
        };
        let moved_to = if moves { self.moved_to.clone() } else { None };
        if after == self.base && moved_to.is_none() {
            return Ok(None);
        }
        Ok(Some(Change { path: self.path.clone(), moved_to, before: self.base.clone(), after, mode: None }))
    }

    /// Whether a hunk is the move of the file itself.
    pub fn is_move(&self, hunk: &DraftHunk) -> bool {
        let empty = hunk.hunk.old.is_empty() && hunk.hunk.new.is_empty();
        self.moved_to.is_some() && self.kind == Kind::Modify && empty
    }

    /// The file as the screen shows it.
    pub fn proposed(&self) -> ProposedFile {
        let mut grown = 0_isize;
        let hunks = self.hunks.iter().map(|hunk| {
            let shown = self.shown(hunk, grown);
            grown += hunk.hunk.growth();
            shown
        });
        let hunks = hunks.collect();
        let change = match (self.kind, &self.moved_to) {
            (Kind::Create, _) => FileChange::Create,
            (Kind::Delete, _) => FileChange::Delete,
            (Kind::Modify, Some(to)) => FileChange::Move(to.as_str().into()),
            (Kind::Modify, None) => FileChange::Modify,
        };
        ProposedFile { path: self.path.as_str().into(), change, hunks, changed_on_disk: self.changed_on_disk }
    }

    fn shown(&self, draft: &DraftHunk, grown: isize) -> ProposedHunk {
        let hunk = &draft.hunk;
        let range = hunk.range();
        let lines = &self.text.lines;
        let before = lines.get(range.start.saturating_sub(AROUND)..range.start).unwrap_or_default();
        let after = lines.get(range.end..(range.end + AROUND).min(lines.len())).unwrap_or_default();
        let conflict = draft.conflict.as_ref();
        ProposedHunk {
            id: HunkId(draft.id),
            old_start: hunk.old_start as u32 + 1,
            old: texts(&hunk.old),
            new_start: (hunk.old_start as isize + grown) as u32 + 1,
            new: texts(&hunk.new),
            before: texts(before),
            after: texts(after),
            symbol: draft.symbol.as_deref().map(Arc::from),
            class: hunk.class,
            decision: draft.decision,
            syntax_errors: draft.syntax_errors,
            amended: draft.amended,
            conflict: conflict.map(|lines| lines.iter().map(|line| Arc::from(line.as_str())).collect()),
        }
    }
}

/// Lines told apart from the bytes that they were read from.
fn bare(lines: &[Line]) -> Vec<Line> {
    lines.iter().map(|line| Line::new(line.text.clone(), line.end)).collect()
}

fn texts(lines: &[Line]) -> Arc<[Arc<str>]> {
    lines.iter().map(|line| Arc::from(line.text.as_str())).collect()
}

/// Lines as a person or a model wrote them, with the ends of the place that they go to; the file's last line stays as it
/// ended.
pub fn ended(text: &Text, range: std::ops::Range<usize>, lines: &[Arc<str>]) -> Vec<Line> {
    let end = text.end_for(&range);
    let open =
        range.end == text.lines.len() && text.lines.last().is_some_and(|line| line.end == LineEnd::Open);
    let last = lines.len().saturating_sub(1);
    let line = |(at, line): (usize, &Arc<str>)| {
        Line::new(&**line, if open && at == last { LineEnd::Open } else { end })
    };
    lines.iter().enumerate().map(line).collect()
}

/// Decisions by name, for what is kept between runs.
mod decision_name {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::Decision;

    const ALL: [(&str, Decision); 3] = [
        ("undecided", Decision::Undecided),
        ("accepted", Decision::Accepted),
        ("rejected", Decision::Rejected),
    ];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub fn serialize<S: Serializer>(decision: &Decision, serializer: S) -> Result<S::Ok, S::Error> {
        let found = ALL.iter().find(|(_, known)| known == decision);
        serializer.serialize_str(found.map_or("undecided", |(name, _)| name))
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Decision, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = ALL.iter().find(|(known, _)| *known == name).map(|(_, decision)| *decision);
        found.ok_or_else(|| serde::de::Error::custom("no decision"))
    }
}

#[cfg(test)]
mod tests;
