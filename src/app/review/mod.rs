//! Review: the proposed edits that the screen holds, which hunk of which is looked at, and what is typed about it.
//!
//! The edit service owns every proposal; what stands here is what it said last, with the decisions that were sent and not
//! answered yet. Nothing that arrives moves the selection: it stays on its hunk, and the hunk on its screen row.

pub mod asking;
pub mod checking;
pub mod ink;
mod memo;
pub mod moving;
pub mod origin;
pub mod outline;
pub mod parts;
pub mod sheet;
pub mod symbol;
pub mod tally;
#[cfg(test)]
mod tests;
pub mod writing;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Rect;

use crate::domain::{
    Decision, EditId, EditState, HunkClass, HunkId, ProposedEdit, ProposedFile, ProposedHunk,
};

use super::beat::Beat;
use crate::text::wrap::{Wrap, plain};
use checking::Checking;
use ink::Ink;
use memo::Memo;
use outline::Outline;
use parts::Parts;
use sheet::{Face, Sheet};
use tally::Tally;
use writing::Writing;

/// Edits held; older ones that are done with are forgotten.
const MOST: usize = 50;

/// Rows that the notes keep free for what there is to say of the selection.
const NOTES: usize = 4;

/// What is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spot {
    /// A hunk.
    Hunk(HunkId),
    /// A part of the answer that was refused, by its index.
    Refused(usize),
    /// The output of the check command.
    Check,
}

/// A decision that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// What was decided before, hunk by hunk.
    Decided(EditId, Vec<(HunkId, Decision)>),
    /// The new lines before they were changed by hand.
    Amended(EditId, HunkId, Vec<Arc<str>>),
}

impl Undo {
    /// The edit that it is about.
    pub const fn edit(&self) -> EditId {
        match self {
            Self::Decided(edit, _) | Self::Amended(edit, ..) => *edit,
        }
    }
}

/// Where in the page of the selected spot the person is. All count rows of the page but `left`, which counts cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct View {
    /// The first row on the screen.
    pub top: usize,
    /// The row of the cursor.
    pub line: usize,
    /// Cells scrolled to the right.
    pub left: usize,
}

/// The proposed edits of the session, and where the person is in them.
#[derive(Debug, Default)]
pub struct Review {
    edits: Vec<Arc<ProposedEdit>>,
    shown: Option<EditId>,
    spot: Option<Spot>,
    unfolded: HashSet<EditId>,
    beat: Option<Beat>,
    memo: Memo,
    /// Where in the selected spot's page the person is.
    pub view: View,
    /// How a diff is laid out, where there is room.
    pub face: Face,
    /// Cells of the page, wide and high, as it was last laid out.
    pub page: (u16, u16),
    /// Whether long lines that change are cut, and scrolled to the side; else they go on below, so that all that is decided
    /// is seen.
    pub cuts: bool,
    /// What the lines look like.
    pub ink: Ink,
    /// The check command's outputs.
    pub checks: HashMap<EditId, Checking>,
    /// Decisions that can be taken back, newest last.
    pub undo: Vec<Undo>,
    /// What can be undone next, in words.
    pub undoable: Option<Arc<str>>,
    /// What can be redone next, in words.
    pub redoable: Option<Arc<str>>,
    /// What is being written in the place of the diff.
    pub writing: Option<Writing>,
    /// The hunk that the person asked to be cut or changed, so that its place being taken by others is no surprise.
    pub expects_change: bool,
    /// The newest edit that was announced and not looked at yet: what the key that leads here shows.
    pub announced: Option<EditId>,
    /// The person asked from here for another edit, which comes up as soon as it is there.
    pub expects_edit: bool,
    /// The edit that the person asked to be written.
    pub writes: Option<EditId>,
    /// The edit whose commit is being made.
    pub commits: Option<EditId>,
    /// What was committed, by the short names of the commits.
    pub committed: HashMap<EditId, Arc<str>>,
    /// An edit that the person asked to be dropped once, and when.
    pub dropping: Option<(EditId, Duration)>,
}

impl Review {
    /// Every edit that is held, oldest first.
    pub fn edits(&self) -> &[Arc<ProposedEdit>] {
        &self.edits
    }

    /// The edit of an id.
    pub fn edit(&self, id: EditId) -> Option<&Arc<ProposedEdit>> {
        self.edits.iter().find(|edit| edit.id == id)
    }

    /// The edit that is shown.
    pub fn shown(&self) -> Option<&Arc<ProposedEdit>> {
        self.edit(self.shown?)
    }

    /// What is selected in it.
    pub fn spot(&self) -> Option<Spot> {
        self.spot
    }

    /// The selected hunk, with the index of its file.
    pub fn hunk(&self) -> Option<(usize, &ProposedHunk)> {
        let Some(Spot::Hunk(id)) = self.spot else { return None };
        find(self.shown()?, id).map(|(file, _, hunk)| (file, hunk))
    }

    /// The file of the selected hunk.
    pub fn file(&self) -> Option<&ProposedFile> {
        let (file, _) = self.hunk()?;
        self.shown()?.files.get(file)
    }

    /// Whether hunks that are not in scope are shown.
    pub fn is_unfolded(&self) -> bool {
        self.shown.is_some_and(|id| self.unfolded.contains(&id))
    }

    /// Whether a hunk of the shown edit is on the list: what is in scope, what was decided for, and all once unfolded.
    pub fn is_listed(&self, hunk: &ProposedHunk) -> bool {
        hunk.class == HunkClass::InScope || hunk.decision == Decision::Accepted || self.is_unfolded()
    }

    /// The rows of the list.
    pub fn outline(&self) -> Arc<Outline> {
        let Some(edit) = self.shown() else { return Arc::default() };
        let check = self.checks.contains_key(&edit.id);
        let make = || Outline::new(edit, &|hunk| self.is_listed(hunk), check);
        self.memo.outline(usize::from(check), make)
    }

    /// The first row of the list on a screen of so many: the selected row is seen, with its file where that fits.
    pub fn list_top(&self, height: usize) -> usize {
        let outline = self.outline();
        let at = self.spot.and_then(|spot| outline.position(spot)).unwrap_or(0);
        let last = outline.len().saturating_sub(height);
        if at < height.saturating_sub(1) { 0 } else { (at + 1 + height / 3).saturating_sub(height).min(last) }
    }

    /// The page of the selected hunk: all listed hunks of its file.
    pub fn sheet(&self) -> Arc<Sheet> {
        let face = self.face_now();
        let (Some((at, ..)), Some(edit)) = (self.selected_hunk(), self.shown()) else {
            return Arc::default();
        };
        let look = (face, edit.id, &self.ink);
        self.memo.sheet((at, face), || Sheet::new(&edit.files[at], &|hunk| self.is_listed(hunk), look))
    }

    /// How the diff is laid out in the room that there is.
    pub fn face_now(&self) -> Face {
        parts::face(self.face, self.page.0)
    }

    /// Where everything stands in an area, below the hairline above it.
    pub fn parts(&self, title: Rect, area: Rect) -> Parts {
        let Some(edit) = self.shown() else { return Parts::new(title, area, (0, 0)) };
        let texts = [&edit.instruction, &edit.why].map(|text| text.trim());
        let cells = parts::notes_cells(area);
        let rows =
            texts.iter().filter(|text| !text.is_empty()).map(|text| plain(text, Wrap::to(cells)).len() + 2);
        let origin = origin::words(edit).map_or(0, |words| plain(&words, Wrap::to(cells)).len());
        let wanted = NOTES + origin + rows.sum::<usize>().min(usize::from(u16::MAX));
        Parts::new(title, area, (self.outline().len(), wanted as u16))
    }

    /// What is decided of the shown edit.
    pub fn tally(&self) -> Tally {
        let make =
            || self.shown().map_or_else(Tally::default, |edit| Tally::of(edit, &|hunk| self.is_listed(hunk)));
        self.memo.tally(make)
    }

    /// Hunks that wait for a decision, in all edits that are still open.
    pub fn waiting(&self) -> usize {
        self.memo.waiting(|| self.open().map(|edit| Tally::of(edit, &in_scope).undecided()).sum())
    }

    /// Edits that are still open, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Arc<ProposedEdit>> {
        self.edits.iter().filter(|edit| is_open(&edit.state))
    }

    /// Whether a model is at work on any edit.
    pub fn is_busy(&self) -> bool {
        self.edits.iter().any(|edit| matches!(edit.state, EditState::Streaming | EditState::Retrying(_)))
            || self.checks.values().any(Checking::is_running)
    }

    /// How long keys that decide are not taken yet, because what they would decide came by itself.
    pub fn beat(&self, now: Duration) -> Option<Duration> {
        self.beat.and_then(|beat| beat.rest(now))
    }

    /// Shows an edit; selects its first undecided hunk.
    pub fn show(&mut self, id: EditId) {
        if self.shown != Some(id) {
            self.shown = Some(id);
            self.spot = None;
            self.view = View::default();
            self.beat = None;
            self.writing = None;
            if let Some(edit) = self.edit(id).map(Arc::clone) {
                self.ink.show(&edit);
            }
            self.memo.forget();
        }
        if self.spot.is_none() {
            self.select_first();
        }
    }

    /// Takes in what the service says of an edit. Returns whether it is new here.
    pub fn take(&mut self, edit: Arc<ProposedEdit>, now: Duration) -> bool {
        let id = edit.id;
        let place = self.place();
        if self.shown == Some(id) {
            self.ink.keep(&edit);
        }
        self.memo.forget();
        let known = self.edits.iter_mut().find(|held| held.id == id);
        let is_new = known.is_none();
        match known {
            Some(held) => *held = edit,
            None => self.edits.push(edit),
        }
        self.forget();
        if self.shown == Some(id) {
            self.settle(place, now);
        }
        is_new
    }

    /// Changes what is known of an edit before the service confirms it.
    pub fn change(&mut self, id: EditId, change: impl FnOnce(&mut ProposedEdit)) {
        if let Some(edit) = self.edits.iter_mut().find(|edit| edit.id == id) {
            change(Arc::make_mut(edit));
            self.memo.forget();
        }
    }

    /// Selects something of the shown edit, and shows it from its top.
    pub fn select(&mut self, spot: Spot) {
        if self.spot == Some(spot) {
            return;
        }
        let before = self.hunk().map(|(file, _)| file);
        self.spot = Some(spot);
        let left = if self.hunk().map(|(file, _)| file) == before { self.view.left } else { 0 };
        self.view = View { top: 0, line: 0, left };
        if matches!(spot, Spot::Hunk(_)) {
            self.to_hunk();
        }
    }

    /// Selects the hunk that the cursor stands in.
    pub fn follow_line(&mut self) {
        let sheet = self.sheet();
        let Some((index, _)) = sheet.row(self.view.line) else { return };
        if let Some(hunk) = self.file().and_then(|file| file.hunks.get(index)) {
            self.spot = Some(Spot::Hunk(hunk.id));
        }
    }

    /// Puts the cursor on the first changed line of the selected hunk, and the hunk at the top.
    pub fn to_hunk(&mut self) {
        let sheet = self.sheet();
        let Some((_, index, _)) = self.selected_hunk() else { return };
        if let Some(block) = sheet.block(index) {
            self.view.line = block.start + block.first_change();
            self.view.top = block.start;
        }
    }

    /// Selects the first hunk in conflict; says whether there is one. Keys that decide wait for a beat.
    pub fn select_conflict(&mut self, now: Duration) -> bool {
        let conflict = self.shown().and_then(|edit| {
            edit.files.iter().flat_map(|file| &file.hunks).find(|hunk| hunk.conflict.is_some())
        });
        let Some(id) = conflict.map(|hunk| hunk.id) else { return false };
        self.select(Spot::Hunk(id));
        self.show_hunk();
        self.beat = Some(Beat::from(now));
        true
    }

    /// Takes no decisions for a beat: what is shown came by itself.
    pub fn pause(&mut self, now: Duration) {
        self.beat = Some(Beat::from(now));
    }

    /// The next undecided hunk after the selected one, round the end.
    pub fn next_undecided(&self) -> Option<HunkId> {
        let edit = self.shown()?;
        let hunks: Vec<&ProposedHunk> =
            edit.files.iter().flat_map(|file| &file.hunks).filter(|hunk| self.is_listed(hunk)).collect();
        let at = match self.spot {
            Some(Spot::Hunk(id)) => hunks.iter().position(|hunk| hunk.id == id).map_or(0, |at| at + 1),
            Some(Spot::Refused(_) | Spot::Check) | None => 0,
        };
        let (before, after) = hunks.split_at(at.min(hunks.len()));
        after.iter().chain(before).find(|hunk| tally::is_undecided(hunk)).map(|hunk| hunk.id)
    }

    /// Shows or hides hunks that are not in scope.
    pub fn toggle_folded(&mut self, now: Duration) {
        let Some(id) = self.shown else { return };
        let place = self.place();
        if !self.unfolded.remove(&id) {
            self.unfolded.insert(id);
        }
        self.memo.forget();
        self.expects_change = true;
        self.settle(place, now);
    }

    /// The selected hunk with the indices of its file and of itself in the file.
    pub fn selected_hunk(&self) -> Option<(usize, usize, &ProposedHunk)> {
        let Some(Spot::Hunk(id)) = self.spot else { return None };
        find(self.shown()?, id)
    }

    /// Where the selection stands: entry of the list, and rows of cursor and screen counted from the hunk's first.
    fn place(&self) -> Place {
        let entry = self.spot.and_then(|spot| self.outline().position(spot));
        let block = self.selected_hunk().and_then(|(_, index, _)| self.sheet().block(index).copied());
        Place { entry, start: block.map(|block| block.start) }
    }

    /// After a change: the selection stays on what it was on; where that is gone, what took its place is selected, and
    /// decisions wait for a beat.
    fn settle(&mut self, place: Place, now: Duration) {
        let outline = self.outline();
        let expected = std::mem::take(&mut self.expects_change);
        if let Some(spot) = self.spot
            && outline.position(spot).is_some()
        {
            self.keep_row(place);
            return;
        }
        let had = self.spot.take();
        match place.entry.and_then(|entry| outline.nearest(entry)) {
            Some(spot) => self.select(spot),
            None => self.select_first(),
        }
        if had.is_some() && self.spot.is_some() && !expected {
            self.beat = Some(Beat::from(now));
        }
    }

    /// The selected hunk may have moved down or up its page: what is on the screen goes with it.
    fn keep_row(&mut self, place: Place) {
        let now = self.selected_hunk().and_then(|(_, index, _)| self.sheet().block(index).copied());
        if let (Some(before), Some(block)) = (place.start, now) {
            let by = block.start as isize - before as isize;
            self.view.top = self.view.top.saturating_add_signed(by);
            let line = self.view.line.saturating_add_signed(by);
            self.view.line = line.min(block.start + block.rows().saturating_sub(1));
        }
    }

    fn select_first(&mut self) {
        let first = self.outline().spots().next();
        let undecided = self.next_undecided().map(Spot::Hunk);
        if let Some(spot) = undecided.or(first) {
            self.select(spot);
        }
    }

    /// Forgets the oldest edits that are done with.
    fn forget(&mut self) {
        while self.edits.len() > MOST {
            let done = |edit: &Arc<ProposedEdit>| !is_open(&edit.state) && Some(edit.id) != self.shown;
            let Some(at) = self.edits.iter().position(done) else { return };
            let gone = self.edits.remove(at);
            self.checks.remove(&gone.id);
            self.unfolded.remove(&gone.id);
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Place {
    entry: Option<usize>,
    start: Option<usize>,
}

/// Whether an edit can still be decided.
pub const fn is_open(state: &EditState) -> bool {
    match state {
        EditState::Streaming | EditState::Retrying(_) | EditState::Proposed => true,
        EditState::Written | EditState::Undone | EditState::Dropped | EditState::Failed(_) => false,
    }
}

/// Whether a hunk is listed without being unfolded.
pub fn in_scope(hunk: &ProposedHunk) -> bool {
    hunk.class == HunkClass::InScope || hunk.decision == Decision::Accepted
}

/// A hunk by its name, with the indices of its file and of itself in the file.
pub fn find(edit: &ProposedEdit, id: HunkId) -> Option<(usize, usize, &ProposedHunk)> {
    edit.files.iter().enumerate().find_map(|(file, proposed)| {
        proposed.hunks.iter().position(|hunk| hunk.id == id).map(|at| (file, at, &proposed.hunks[at]))
    })
}
