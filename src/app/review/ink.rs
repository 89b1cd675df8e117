//! Ink: what makes the lines of a hunk readable, kept as long as the hunk stays the same: which old line became which new
//! one, the words that differ, and syntax.
//!
//! Pairs are made when a hunk comes, marks when a line is about to be seen, syntax by the runtime, off this thread.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::domain::{EditId, HunkId, ProposedEdit, ProposedHunk};
use crate::text::highlight::{HighlightedLine, SyntaxRole};
use crate::text::inline::{self, Row};
use crate::text::sanitize::sanitize_line;
use crate::text::width::expand_tabs;

/// Bytes of a line that are shown; nobody reads further, and a packed file is one line.
const MOST_BYTES: usize = 4_000;

/// One of the two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// As it is on disk.
    Old,
    /// As it is proposed.
    New,
}

/// Lines of one version whose syntax is found at once: more than a screen, and found in some milliseconds.
pub const STRETCH: usize = 512;

/// Lines before a stretch that are read with it, so that a comment or a string that goes on is seen as one.
const LEAD: usize = 64;

/// What the runtime is asked to find the syntax of: a stretch of one version of a hunk, with what stands around it.
#[derive(Debug, Clone, PartialEq)]
pub struct PaintWish {
    /// The edit.
    pub edit: EditId,
    /// Its hunk.
    pub hunk: HunkId,
    /// Echoed in the answer; another one is stale.
    pub version: u64,
    /// The file's path as shown, which tells the language.
    pub path: Arc<str>,
    /// Which version.
    pub side: Side,
    /// Which of its stretches, each of [`STRETCH`] lines.
    pub stretch: usize,
    /// How many lines the text has before the stretch begins.
    pub lead: usize,
    /// The lines as they are shown, each with a line end.
    pub text: String,
}

/// The answer: one entry for each line of the stretch.
#[derive(Debug, Clone, PartialEq)]
pub struct Painted {
    /// The edit.
    pub edit: EditId,
    /// Its hunk.
    pub hunk: HunkId,
    /// Echoed from the wish.
    pub version: u64,
    /// Echoed from the wish.
    pub side: Side,
    /// Echoed from the wish.
    pub stretch: usize,
    /// Runs of its lines.
    pub runs: Vec<HighlightedLine>,
}

impl PaintWish {
    /// The answer, with the runs of all lines of the text.
    pub fn painted(&self, mut runs: Vec<HighlightedLine>) -> Painted {
        runs.drain(..self.lead.min(runs.len()));
        let Self { edit, hunk, version, side, stretch, .. } = *self;
        Painted { edit, hunk, version, side, stretch, runs }
    }
}

type Marks = (Vec<Range<usize>>, Vec<Range<usize>>);

#[derive(Debug)]
struct HunkInk {
    old: Arc<[Arc<str>]>,
    new: Arc<[Arc<str>]>,
    before: usize,
    rows: Vec<Row>,
    /// For each old line its row, and for each new line.
    row_of: (Vec<u32>, Vec<u32>),
    marks: HashMap<usize, Marks>,
    version: u64,
    /// Stretches that were asked for; those without runs are not answered yet.
    painted: HashMap<(Side, usize), Vec<HighlightedLine>>,
}

/// The ink of all hunks that are held.
#[derive(Debug, Default)]
pub struct Ink {
    hunks: HashMap<(EditId, HunkId), HunkInk>,
    versions: u64,
    shown: Option<EditId>,
}

impl Ink {
    /// Takes in an edit: what stayed the same keeps its ink, what is gone loses it.
    pub fn keep(&mut self, edit: &ProposedEdit) {
        let mut fresh = HashMap::new();
        for hunk in edit.files.iter().flat_map(|file| &file.hunks) {
            let key = (edit.id, hunk.id);
            let kept = self.hunks.remove(&key).filter(|ink| is_same(ink, hunk));
            self.versions += 1;
            let version = self.versions;
            fresh.insert(key, kept.unwrap_or_else(|| HunkInk::new(hunk, version)));
        }
        self.hunks.retain(|(id, _), _| *id != edit.id);
        self.hunks.extend(fresh);
    }

    /// Keeps the ink of one edit only; the others get theirs anew when they are shown.
    pub fn show(&mut self, edit: &ProposedEdit) {
        if self.shown != Some(edit.id) {
            self.shown = Some(edit.id);
            self.hunks.retain(|(id, _), _| *id == edit.id);
            self.keep(edit);
        }
    }

    /// How many rows a hunk has side by side.
    pub fn rows(&self, edit: EditId, hunk: &ProposedHunk) -> usize {
        self.hunks.get(&(edit, hunk.id)).map_or(hunk.old.len().max(hunk.new.len()), |ink| ink.rows.len())
    }

    /// The lines of one row side by side.
    pub fn row(&self, edit: EditId, hunk: HunkId, at: usize) -> Row {
        self.hunks.get(&(edit, hunk)).and_then(|ink| ink.rows.get(at)).copied().unwrap_or_default()
    }

    /// The words of a line that differ from the line that it was or became; none before it was prepared.
    pub fn marks(&self, edit: EditId, hunk: HunkId, side: Side, line: usize) -> &[Range<usize>] {
        let Some(ink) = self.hunks.get(&(edit, hunk)) else { return &[] };
        let marks = ink.row_of(side, line).and_then(|row| ink.marks.get(&row));
        marks.map_or(&[], |(old, new)| match side {
            Side::Old => old,
            Side::New => new,
        })
    }

    /// The runs of a line of one version, counted from the first line before the hunk; empty while it is plain.
    pub fn runs(&self, edit: EditId, hunk: HunkId, side: Side, line: usize) -> &[(SyntaxRole, Range<usize>)] {
        let ink = self.hunks.get(&(edit, hunk));
        let runs = ink.and_then(|ink| ink.painted.get(&(side, line / STRETCH)));
        runs.and_then(|runs| runs.get(line % STRETCH)).map_or(&[], Vec::as_slice)
    }

    /// Finds the words that differ in a line, unless they are known.
    pub fn prepare(&mut self, edit: EditId, hunk: HunkId, side: Side, line: Option<usize>) {
        if let Some(ink) = self.hunks.get_mut(&(edit, hunk))
            && let Some(row) = line.and_then(|line| ink.row_of(side, line))
        {
            ink.mark(row);
        }
    }

    /// What to ask the runtime about a line that is seen, of one version, counted from the first line before the hunk;
    /// `None` where that was asked already.
    pub fn wish(
        &mut self,
        edit: EditId,
        path: &Arc<str>,
        hunk: &ProposedHunk,
        (side, line): (Side, usize),
    ) -> Option<PaintWish> {
        let stretch = line / STRETCH;
        let ink = self.hunks.get_mut(&(edit, hunk.id))?;
        if ink.painted.contains_key(&(side, stretch)) {
            return None;
        }
        ink.painted.insert((side, stretch), Vec::new());
        let middle = match side {
            Side::Old => &hunk.old,
            Side::New => &hunk.new,
        };
        let lead = LEAD.min(stretch * STRETCH);
        let lines = hunk.before.iter().chain(middle.iter()).chain(hunk.after.iter());
        let text = lines
            .skip(stretch * STRETCH - lead)
            .take(lead + STRETCH)
            .flat_map(|line| [shown(line), Cow::Borrowed("\n")])
            .collect();
        let (path, version) = (Arc::clone(path), ink.version);
        Some(PaintWish { edit, hunk: hunk.id, version, path, side, stretch, lead, text })
    }

    /// Takes the runtime's answer.
    pub fn painted(&mut self, painted: Painted) {
        let ink = self.hunks.get_mut(&(painted.edit, painted.hunk));
        if let Some(ink) = ink.filter(|ink| ink.version == painted.version) {
            ink.painted.insert((painted.side, painted.stretch), painted.runs);
        }
    }

    /// The index of a hunk's first own line in its runs.
    pub fn offset(&self, edit: EditId, hunk: HunkId) -> usize {
        self.hunks.get(&(edit, hunk)).map_or(0, |ink| ink.before)
    }
}

impl HunkInk {
    fn new(hunk: &ProposedHunk, version: u64) -> Self {
        let rows = inline::align(&hunk.old, &hunk.new);
        let mut row_of = (vec![0; hunk.old.len()], vec![0; hunk.new.len()]);
        for (at, (old, new)) in rows.iter().enumerate() {
            if let Some(slot) = old.and_then(|old| row_of.0.get_mut(old)) {
                *slot = at as u32;
            }
            if let Some(slot) = new.and_then(|new| row_of.1.get_mut(new)) {
                *slot = at as u32;
            }
        }
        let (old, new) = (Arc::clone(&hunk.old), Arc::clone(&hunk.new));
        let before = hunk.before.len();
        Self { old, new, before, rows, row_of, marks: HashMap::new(), version, painted: HashMap::new() }
    }

    fn row_of(&self, side: Side, line: usize) -> Option<usize> {
        let rows = match side {
            Side::Old => &self.row_of.0,
            Side::New => &self.row_of.1,
        };
        rows.get(line).map(|row| *row as usize)
    }

    fn mark(&mut self, row: usize) {
        let Some((Some(old), Some(new))) = self.rows.get(row).copied() else { return };
        let (old, new) = (&self.old[old], &self.new[new]);
        self.marks.entry(row).or_insert_with(|| differing(old, new));
    }
}

/// The words that differ in two lines as they are shown. Where only tabs and blanks differ that look the same, the
/// indentation is what is marked.
fn differing(old: &str, new: &str) -> Marks {
    let (left, right) = (shown(old), shown(new));
    if left == right && old != new {
        let indent = |line: &str| {
            let cells = line.len() - line.trim_start().len();
            (cells > 0).then_some(0..cells).into_iter().collect()
        };
        return (indent(&left), indent(&right));
    }
    inline::words(&left, &right)
}

fn is_same(ink: &HunkInk, hunk: &ProposedHunk) -> bool {
    let same = |a: &Arc<[Arc<str>]>, b: &Arc<[Arc<str>]>| Arc::ptr_eq(a, b) || a == b;
    same(&ink.old, &hunk.old) && same(&ink.new, &hunk.new) && ink.before == hunk.before.len()
}

/// A line as it is shown: cleaned, its tabs expanded, cut where nobody reads any more.
pub fn shown(line: &str) -> Cow<'_, str> {
    let head = if line.len() <= MOST_BYTES { line } else { &line[..line.floor_char_boundary(MOST_BYTES)] };
    match expand_tabs(head) {
        Cow::Borrowed(text) => sanitize_line(text),
        Cow::Owned(text) => Cow::Owned(sanitize_line(&text).into_owned()),
    }
}
