//! The file on disk moved on: the hunks are merged onto what it says now, three ways, or marked.

use crate::domain::{Decision, HunkClass};
use crate::edit::{Hunk, Rebased, Text, TextError, patched, rebase};

use super::{DraftFile, DraftHunk, Kind, Names, bare};

/// How reviewed bytes and the disk met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// The file is as it was reviewed.
    Same,
    /// It changed, and every hunk was moved along.
    Moved,
    /// It changed, and so many hunks are in conflict.
    Conflicts(usize),
}

impl DraftFile {
    /// Takes the bytes that the file has now as the reviewed ones.
    ///
    /// # Errors
    /// Bytes that are no text; the file then stands as it was.
    pub fn meet(&mut self, now: Option<Vec<u8>>, names: &mut Names) -> Result<Meeting, TextError> {
        if now == self.base {
            return Ok(Meeting::Same);
        }
        let text = self.text.later(now.as_deref().unwrap_or_default())?;
        let known = std::mem::take(&mut self.hunks);
        let whole = self.base.is_none() || now.is_none() || self.kind != Kind::Modify;
        self.hunks = if whole { self.replaced(known, &text, names) } else { self.moved(known, &text, names) };
        self.kind = match (self.kind, &now) {
            (_, None) => Kind::Create,
            (Kind::Delete, Some(_)) => Kind::Delete,
            (Kind::Create | Kind::Modify, Some(_)) => Kind::Modify,
        };
        self.base = now;
        self.text = text;
        self.structure = None;
        self.changed_on_disk = true;
        self.resymbol();
        let conflicts = self.hunks.iter().filter(|hunk| hunk.conflict.is_some()).count();
        Ok(if conflicts == 0 { Meeting::Moved } else { Meeting::Conflicts(conflicts) })
    }

    /// The accepted hunks were written: the file now has these bytes, and what is left stands on them.
    ///
    /// # Errors
    /// Bytes that are no text.
    pub fn wrote(&mut self, now: Option<Vec<u8>>, names: &mut Names) -> Result<(), TextError> {
        self.hunks.retain(|hunk| hunk.decision != Decision::Accepted);
        let changed = self.changed_on_disk;
        // Only our own hunks lie between, and none of them touches another.
        let text = self.text.like(now.as_deref().unwrap_or_default())?;
        let known = std::mem::take(&mut self.hunks);
        self.hunks = self.moved(known, &text, names);
        self.base = now;
        self.text = text;
        self.structure = None;
        self.changed_on_disk = changed;
        self.resymbol();
        Ok(())
    }

    fn resymbol(&mut self) {
        if self.kind != Kind::Modify {
            return;
        }
        let hunks: Vec<Hunk> = self.hunks.iter().map(|hunk| hunk.hunk.clone()).collect();
        let symbols: Vec<Option<String>> = hunks.iter().map(|hunk| self.symbol(hunk)).collect();
        for (hunk, symbol) in self.hunks.iter_mut().zip(symbols) {
            hunk.symbol = symbol;
        }
    }

    /// Hunks of a file whose lines changed.
    fn moved(&self, known: Vec<DraftHunk>, now: &Text, names: &mut Names) -> Vec<DraftHunk> {
        let (itself, lines): (Vec<_>, Vec<_>) = known.into_iter().partition(|hunk| self.is_move(hunk));
        let hunks: Vec<Hunk> = lines.iter().map(|hunk| hunk.hunk.clone()).collect();
        let rebased = rebase(&self.text, now, &hunks);
        let mut out = itself;
        for (draft, rebased) in lines.into_iter().zip(rebased) {
            match rebased {
                Rebased::Moved(hunk) => out.push(DraftHunk { hunk, ..draft }),
                // What a person turned down needs no second look because its surroundings changed.
                Rebased::Conflict(_) if draft.decision == Decision::Rejected => {}
                Rebased::Conflict(hunk) => out.push(conflict(draft, hunk, names)),
                Rebased::Already | Rebased::Joined => {}
            }
        }
        out
    }

    /// The one hunk of a file that is new, goes, or is gone: what stands there now against what was proposed.
    fn replaced(&self, known: Vec<DraftHunk>, now: &Text, names: &mut Names) -> Vec<DraftHunk> {
        let Some(first) = known.first().cloned() else { return known };
        let rejected = known.iter().all(|hunk| hunk.decision == Decision::Rejected);
        let new = match self.kind {
            Kind::Delete => Vec::new(),
            Kind::Create | Kind::Modify => {
                let taken = known.iter().filter(|hunk| hunk.decision != Decision::Rejected);
                bare(&patched(&self.text, taken.map(|hunk| &hunk.hunk)).lines)
            }
        };
        let same = new.len() == now.lines.len() && new.iter().zip(&now.lines).all(|(a, b)| a.is_like(b));
        if rejected || same {
            return Vec::new();
        }
        let hunk = Hunk { old_start: 0, old: bare(&now.lines), new, class: HunkClass::InScope };
        vec![conflict(first, hunk, names)]
    }
}

fn conflict(draft: DraftHunk, hunk: Hunk, names: &mut Names) -> DraftHunk {
    let stands = hunk.old.iter().map(|line| line.text.clone()).collect();
    DraftHunk {
        // It is another hunk now: a decision that is under way must not hit it.
        id: names.give(),
        hunk: Hunk { class: HunkClass::InScope, ..hunk },
        decision: Decision::Undecided,
        conflict: Some(stands),
        ..draft
    }
}
