//! Proposals: the directives of an answer, applied in memory to the files as they are; nothing is written here.
//!
//! Invariant: a directive that cannot be placed with certainty changes nothing and is told of.

use std::collections::BTreeMap;

use super::directive::{Directive, Malformed, Mark, Novelty, PatchHunk, Replacement};
use super::locate::{Miss, Nearest, Place, locate, places};
use super::placeholder;
use super::text::Text;

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
}

/// A part of the answer that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file, where one was named.
    pub path: Option<String>,
    /// Why, for people and for the model.
    pub why: String,
    /// The nearest lines, where lines were not found.
    pub nearest: Option<Nearest>,
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
}

/// Applies directives one after the other.
pub struct Drafts<'f, F: Files> {
    files: &'f F,
    open: BTreeMap<String, Draft>,
    refused: Vec<Refused>,
}

impl<'f, F: Files> Drafts<'f, F> {
    /// Nothing proposed yet.
    pub fn new(files: &'f F) -> Self {
        Self { files, open: BTreeMap::new(), refused: Vec::new() }
    }

    /// Takes what a parser found.
    pub fn take(&mut self, found: Result<Directive, Malformed>) {
        let (path, result) = match found {
            Err(malformed) => (malformed.path.clone(), Err(malformed.to_string().into())),
            Ok(directive) => (directive.path().map(str::to_owned), self.apply(directive)),
        };
        if let Err(Refusal { why, nearest }) = result {
            self.refused.push(Refused { path, why, nearest });
        }
    }

    /// What is proposed.
    pub fn finish(mut self) -> Proposal {
        let mut drafts: Vec<(String, Draft)> = std::mem::take(&mut self.open).into_iter().collect();
        drafts.sort_by_key(|(_, draft)| draft.order);
        let mut proposal = Proposal { changes: Vec::new(), refused: self.refused };
        for (path, draft) in drafts {
            let after = match draft.text.as_ref().map(Text::bytes).transpose() {
                Ok(after) => after,
                Err(error) => {
                    proposal.refused.push(Refused {
                        path: Some(path),
                        why: error.to_string(),
                        nearest: None,
                    });
                    continue;
                }
            };
            if after != draft.before || draft.moved_to.is_some() {
                proposal.changes.push(Change { path, moved_to: draft.moved_to, before: draft.before, after });
            }
        }
        proposal
    }

    fn apply(&mut self, directive: Directive) -> Result<(), Refusal> {
        match directive {
            Directive::Replace { path, readings } => {
                let path = self.named(path)?;
                self.replace(&path, &readings)
            }
            Directive::Patch { path, moved_to, hunks } => {
                let path = self.resolve(&path);
                if let Some(to) = &moved_to
                    && self.files.read(to)?.is_some()
                {
                    return Err(format!("{to} is there already").into());
                }
                self.edit(&path, |text| patch(text, &hunks))?;
                if let Some(draft) = self.open.get_mut(&path) {
                    draft.moved_to = moved_to;
                }
                Ok(())
            }
            Directive::Write { path, lines, ends, new } => {
                let path = match path {
                    Some(path) if new == Novelty::New => path,
                    path => self.named(path)?,
                };
                self.write(&path, &lines, ends, new)
            }
            Directive::Delete { path } => {
                let path = self.resolve(&path);
                self.draft(&path)?.text = None;
                Ok(())
            }
        }
    }

    /// The file of a directive; one without a name means the only file that was shown.
    fn named(&self, path: Option<String>) -> Result<String, Refusal> {
        if let Some(path) = path {
            return Ok(self.resolve(&path));
        }
        match self.files.shown() {
            Some([only]) => Ok(only.clone()),
            Some(_) | None => Err("the answer does not say which file it means".to_owned().into()),
        }
    }

    /// The file that a path means: itself, or the only shown file that ends so.
    fn resolve(&self, path: &str) -> String {
        let Some(shown) = self.files.shown() else { return path.to_owned() };
        if self.open.contains_key(path) || shown.iter().any(|known| known == path) {
            return path.to_owned();
        }
        let tails =
            |long: &str, short: &str| long.strip_suffix(short).is_some_and(|lead| lead.ends_with('/'));
        let ends: Vec<&String> =
            shown.iter().filter(|known| tails(known, path) || tails(path, known)).collect();
        match ends.as_slice() {
            [only] if !path.starts_with('/') && !path.split('/').any(|part| part == "..") => (*only).clone(),
            _ => path.to_owned(),
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
            self.open.insert(path.to_owned(), Draft { before, text, moved_to: None, order });
        }
        self.open.get_mut(path).ok_or_else(|| "it cannot be read".to_owned().into())
    }

    fn edit(
        &mut self,
        path: &str,
        change: impl FnOnce(&mut Text) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let fresh = !self.open.contains_key(path);
        let draft = self.draft(path)?;
        let result = match &draft.text {
            None => Err("there is no such file".to_owned().into()),
            Some(text) => {
                // Changed as a copy, so that a directive that fails half-way leaves nothing behind.
                let mut copy = text.clone();
                change(&mut copy).map(|()| draft.text = Some(copy))
            }
        };
        if result.is_err() && fresh {
            self.open.remove(path);
        }
        result
    }

    fn replace(&mut self, path: &str, readings: &[Replacement]) -> Result<(), Refusal> {
        if let [only] = readings
            && only.search.iter().all(|line| line.trim().is_empty())
        {
            let empty = self.files.read(path)?.is_none_or(|bytes| bytes.is_empty());
            if empty && !self.open.contains_key(path) {
                return self.write(path, &only.replace, true, Novelty::Either);
            }
        }
        self.edit(path, |text| {
            let mut missed = None;
            let mut fitting = Vec::new();
            for reading in readings {
                match reading.locate(text) {
                    Ok(found) => fitting.push(found),
                    Err(miss) => missed = missed.or(Some(miss)),
                }
            }
            match (fitting.as_slice(), missed) {
                ([(place, search, replace)], _) => {
                    let lines: Vec<String> = replace.iter().map(|line| place.indent.apply(line)).collect();
                    placeholder::refuse(&lines, &text.lines[place.first..place.first + search.len()])?;
                    text.splice(place.first..place.first + search.len(), &lines);
                    Ok(())
                }
                ([], Some(miss)) => Err(miss.into()),
                (_, _) => Err("the dividers of the block can be read in several ways".to_owned().into()),
            }
        })
    }

    fn write(&mut self, path: &str, lines: &[String], ends: bool, new: Novelty) -> Result<(), Refusal> {
        let draft = self.draft(path)?;
        match &mut draft.text {
            Some(_) if new == Novelty::New => {
                Err("it is to be added, and is there already".to_owned().into())
            }
            Some(text) => {
                placeholder::refuse(lines, &text.lines)?;
                rewrite(text, lines);
                Ok(())
            }
            None => {
                placeholder::refuse(lines, &[])?;
                draft.text = Some(Text::new_file(lines, ends));
                Ok(())
            }
        }
    }
}

impl Replacement {
    /// Where it goes. A blank line that begins or ends both sides may be talk: it is left out where the rest fits so.
    fn locate(&self, text: &Text) -> Result<(Place, Vec<String>, Vec<String>), Miss> {
        let miss = match locate(&text.lines, &self.search, 0) {
            Ok(place) => return Ok((place, self.search.clone(), self.replace.clone())),
            Err(miss) => miss,
        };
        let blank = |line: Option<&String>| line.is_some_and(|line| line.trim().is_empty());
        let (mut search, mut replace) = (self.search.as_slice(), self.replace.as_slice());
        if blank(search.first()) && (blank(replace.first()) || replace.is_empty()) {
            (search, replace) = (&search[1..], replace.get(1..).unwrap_or_default());
        }
        if blank(search.last()) && (blank(replace.last()) || replace.is_empty()) {
            (search, replace) = (&search[..search.len() - 1], &replace[..replace.len().saturating_sub(1)]);
        }
        if search.len() == self.search.len() {
            return Err(miss);
        }
        match locate(&text.lines, search, 0) {
            Ok(place) => Ok((place, search.to_vec(), replace.to_vec())),
            Err(_) => Err(miss),
        }
    }
}

/// Makes a file read as these lines; lines that are the same keep their bytes.
fn rewrite(text: &mut Text, lines: &[String]) {
    let old: Vec<&str> = text.lines.iter().map(|line| line.text.as_str()).collect();
    let new: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut operations = similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new);
    operations.reverse();
    let changes: Vec<_> = operations
        .iter()
        .filter(|operation| operation.tag() != similar::DiffTag::Equal)
        .map(|operation| (operation.old_range(), lines[operation.new_range()].to_vec()))
        .collect();
    for (range, lines) in changes {
        text.splice(range, &lines);
    }
}

/// Applies a diff's hunks in order.
fn patch(text: &mut Text, hunks: &[PatchHunk]) -> Result<(), Refusal> {
    let mut from = 0;
    let mut shift = 0_isize;
    for hunk in hunks {
        let (place, old) = place_hunk(text, hunk, from, shift)?;
        let added: Vec<String> =
            hunk.lines.iter().filter(|(mark, _)| *mark == Mark::Add).map(|(_, line)| line.clone()).collect();
        placeholder::refuse(&added, &text.lines[place.first..place.first + old])?;
        let mut at = place.first;
        for (mark, line) in &hunk.lines {
            match mark {
                Mark::Keep => at += 1,
                Mark::Remove => text.splice(at..at + 1, &[]),
                Mark::Add => {
                    text.splice(at..at, &[place.indent.apply(line)]);
                    at += 1;
                }
            }
        }
        shift += at as isize - (place.first + old) as isize;
        from = at;
    }
    Ok(())
}

/// The place of a hunk and the number of its old lines.
fn place_hunk(text: &Text, hunk: &PatchHunk, from: usize, shift: isize) -> Result<(Place, usize), Refusal> {
    use super::locate::Indent;
    let mut start = from.min(text.lines.len());
    for anchor in &hunk.anchors {
        start = after_anchor(text, anchor, start)?;
    }
    let old = hunk.old();
    if old.iter().all(|line| line.trim().is_empty()) {
        let at = match hunk {
            _ if hunk.at_end || text.lines.is_empty() => text.lines.len(),
            _ if !hunk.anchors.is_empty() => start,
            _ => return Err("a hunk that only adds lines says nowhere where they go".to_owned().into()),
        };
        return Ok((Place { first: at, indent: Indent::Same }, 0));
    }
    let mut found = places(&text.lines, &old, start).map_err(Refusal::from)?;
    if found.is_empty() && hunk.anchors.is_empty() {
        // Hunks out of order are fine where there is no doubt.
        found = places(&text.lines, &old, 0).map_err(Refusal::from)?;
    }
    if hunk.at_end {
        found.retain(|place| place.first + old.len() == text.lines.len());
    }
    let hinted = hunk.hint.map(|line| line as isize - 1 + shift);
    let by_hint = |place: &&Place| hinted == Some(place.first as isize);
    match found.as_slice() {
        [place] => Ok((place.clone(), old.len())),
        // After an anchor the format means the first place.
        [first, ..] if !hunk.anchors.is_empty() => Ok((first.clone(), old.len())),
        [] => match locate(&text.lines, &old, 0) {
            Err(miss) => Err(miss.into()),
            Ok(_) => Err("the hunk's lines stand elsewhere than it says".to_owned().into()),
        },
        several => match several.iter().find(by_hint) {
            Some(place) => Ok((place.clone(), old.len())),
            None => Err(Miss::Several(several.iter().map(|place| place.first).collect()).into()),
        },
    }
}

/// The line after an anchor: the only line from `from` on that reads so, else that begins so.
fn after_anchor(text: &Text, anchor: &str, from: usize) -> Result<usize, Refusal> {
    let reads = |line: &str| line.trim() == anchor.trim();
    let begins = |line: &str| line.trim().starts_with(anchor.trim());
    for start in [from, 0] {
        for fits in [&reads as &dyn Fn(&str) -> bool, &begins] {
            let found: Vec<usize> =
                (start..text.lines.len()).filter(|at| fits(&text.lines[*at].text)).collect();
            match found.as_slice() {
                [] => {}
                [only] => return Ok(only + 1),
                several => {
                    let lines: Vec<String> = several.iter().take(4).map(|at| (at + 1).to_string()).collect();
                    return Err(format!(
                        "`@@ {anchor}` stands in several places (lines {})",
                        lines.join(", ")
                    )
                    .into());
                }
            }
        }
    }
    Err(format!("`@@ {anchor}` is not in the file").into())
}

/// Why a directive was not taken.
#[derive(Debug)]
struct Refusal {
    why: String,
    nearest: Option<Nearest>,
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self { why, nearest: None }
    }
}

impl From<Miss> for Refusal {
    fn from(miss: Miss) -> Self {
        let why = miss.to_string();
        let nearest = match miss {
            Miss::Nowhere(nearest) => nearest,
            Miss::Several(_) | Miss::Empty => None,
        };
        Self { why, nearest }
    }
}

#[cfg(test)]
mod tests;
