//! Transcript: the conversation as rows of a pane, of which only those near the screen are ever made.
//!
//! The turns stay with who holds them; here is what became of them at the present width. Keys ask for motions, which
//! [`Transcript::arrange`] carries out: it lays out what is on the screen and no more, so that a frame costs the same
//! at ten messages and at ten thousand. Heights of what was never seen are estimates, and are put right when it is.
//!
//! Invariants: what is on the screen is held by its first row, so that nothing that grows, folds or is laid out again
//! elsewhere moves it, except at the very end, which is followed while an answer comes; every row of every turn is
//! reached by scrolling, at any width.

mod entry;
mod folding;
mod part;
mod row;
mod said;
mod scene;
mod search;
mod stops;
#[cfg(test)]
mod tests;
mod view;

use std::collections::HashMap;

use super::growing::Growing;
use crate::domain::{EditId, Turn, TurnBody, TurnId};
use crate::text::highlight::Highlighter;
use crate::text::markdown::Line;

use entry::Entry;
pub use row::{Fold, Hit, Place, Row, Stop, Walk};
use scene::Folds;
pub use scene::{Folded, LEAD, Scene};
pub use search::Found;
use search::Search;

/// The conversation as rows.
#[derive(Debug)]
pub struct Transcript {
    entries: Vec<Entry>,
    positions: HashMap<TurnId, usize>,
    /// Which of the turns are questions.
    questions: Vec<bool>,
    /// The turns are others than before.
    anew: bool,
    width: u16,
    height: u16,
    text_width: usize,
    /// The row on top of the screen; at the end this is what following comes to.
    top: At,
    stance: Stance,
    /// Rows left free at the foot while the end is followed.
    slack: usize,
    /// What there was when following ended: the position of the last turn, and its rows.
    left: Option<(usize, usize)>,
    motions: Vec<Motion>,
    folds: Folds,
    search: Search,
    stop: Option<Place>,
    visible: Vec<At>,
    highlighter: Highlighter,
    arranged: u64,
    short: bool,
}

/// A row: its turn, the part of it, the row of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct At {
    entry: usize,
    part: usize,
    row: usize,
}

/// How the screen goes along with what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stance {
    /// The end is on it, and stays there.
    Follows,
    /// The person went up or to a place, and stays there though the end may be in sight.
    Held,
    /// It stays until it comes to the end.
    Free,
}

/// Where keys can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// So many rows down, or up where negative.
    Rows(i32),
    /// So many half pages.
    Halves(i32),
    /// So many pages.
    Pages(i32),
    /// To the first row of the first turn.
    Top,
    /// To the last row, and along with what comes.
    Bottom,
    /// To the head of the turn so many further on.
    Turns(i32),
    /// To a turn.
    Show(TurnId),
    /// To a citation of a turn's text, counted from its first.
    Citation(TurnId, usize),
    /// To the match so many further on.
    Matches(i32),
    /// To the stop so many further on.
    Stops(Walk, i32),
}

impl Default for Transcript {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            positions: HashMap::new(),
            questions: Vec::new(),
            anew: true,
            width: 0,
            height: 0,
            text_width: 1,
            top: At::default(),
            stance: Stance::Follows,
            slack: 0,
            left: None,
            motions: Vec::new(),
            folds: Folds::default(),
            search: Search::default(),
            stop: None,
            visible: Vec::new(),
            highlighter: Highlighter::new(),
            arranged: 0,
            short: false,
        }
    }
}

impl Transcript {
    /// Other turns are shown: those that stay keep what was laid out of them. Shows the end.
    pub fn show_others(&mut self) {
        self.anew = true;
        self.stance = Stance::Follows;
        self.slack = 0;
        self.left = None;
        self.stop = None;
    }

    /// A turn is new, or is no more what it was.
    pub fn touch(&mut self, turn: TurnId) {
        match self.positions.get(&turn).and_then(|at| self.entries.get_mut(*at)) {
            Some(entry) => entry.stale = entry::Stale::Touched,
            None => self.anew = true,
        }
    }

    /// Asks for a motion; it is carried out by the next [`Transcript::arrange`].
    pub fn go(&mut self, motion: Motion) {
        self.motions.push(motion);
    }

    /// Whether the end is on the screen, and stays there while an answer comes.
    pub const fn is_following(&self) -> bool {
        matches!(self.stance, Stance::Follows)
    }

    /// Whether highlighting was put off, so that arranging again tells more.
    pub const fn is_short(&self) -> bool {
        self.short
    }

    /// Rows that came below since the end was left.
    pub fn new_rows(&self) -> usize {
        let Some((last, rows)) = self.left else { return 0 };
        let known = self.entries.get(last).map_or(0, |entry| entry.height().saturating_sub(rows));
        let newer: usize = self.entries.iter().skip(last + 1).map(Entry::height).sum();
        known + newer
    }

    /// The rows on the screen, from the top.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Shown<'_>> {
        self.visible.iter().map(|at| self.shown(*at))
    }

    /// The question that the first row answers, where that question is not on the screen.
    pub fn sticky(&self) -> Option<usize> {
        let first = *self.visible.first()?;
        if self.height < 6
            || !matches!(self.row(first), Some(row) if !matches!(row, Row::Head | Row::Summary { .. }))
        {
            return None;
        }
        (0..=first.entry).rev().find(|at| self.questions.get(*at).copied().unwrap_or(false))
    }

    /// How far down the screen is, and how much of the whole it shows: rows above, rows shown, all rows.
    pub fn extent(&self) -> (usize, usize, usize) {
        let all: usize = self.entries.iter().map(Entry::height).sum();
        let Some(first) = self.visible.first() else { return (0, 0, all) };
        let above: usize = self.entries.iter().take(first.entry).map(Entry::height).sum();
        let inside: usize = self.entries.get(first.entry).map_or(0, |entry| {
            (0..first.part).map(|part| entry.part_height(part)).sum::<usize>() + first.row
        });
        (above + inside, self.visible.len(), all)
    }

    /// The turn that keys are about: that of the selected stop, else the last one that begins or goes on above the
    /// lower third of the screen.
    pub fn turn(&self) -> Option<TurnId> {
        if let Some(place) = self.stop {
            return self.entries.get(place.entry).map(|entry| entry.id);
        }
        let at =
            if self.is_following() { self.visible.last() } else { self.visible.get(self.visible.len() / 3) };
        at.or(self.visible.last()).and_then(|at| self.entries.get(at.entry)).map(|entry| entry.id)
    }

    /// Bytes that laid-out rows take in memory, roughly.
    pub fn weight(&self) -> usize {
        self.entries.iter().map(|entry| size_of::<Entry>() + entry.weight()).sum()
    }

    fn row(&self, at: At) -> Option<&Row> {
        self.entries.get(at.entry)?.rows(at.part).get(at.row)
    }

    fn shown(&self, at: At) -> Shown<'_> {
        let entry = self.entries.get(at.entry);
        let row = self.row(at).unwrap_or(&Row::Blank);
        let selected =
            self.stop.filter(|stop| (stop.entry, stop.part, stop.row) == (at.entry, at.part, at.row));
        let is_last = entry.is_some_and(|entry| {
            entry.kind(at.part) == Some(part::PartKind::Tail) && entry.rows(at.part).len() == at.row + 1
        });
        Shown {
            entry: at.entry,
            row,
            found: self.search.found(at),
            target: selected.map(|stop| stop.target),
            code: self.selected_code(at),
            is_last,
        }
    }
}

/// A row on the screen.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The position of its turn.
    pub entry: usize,
    /// What it shows.
    pub row: &'a Row,
    /// The matches of the search on it.
    pub found: &'a [Found],
    /// The row is selected, and this target of its line.
    pub target: Option<usize>,
    /// It belongs to the selected code block.
    pub code: bool,
    /// It is the last of a text that still grows.
    pub is_last: bool,
}

/// Whether a turn is a question.
fn is_question(turn: &Turn) -> bool {
    matches!(turn.body, TurnBody::Question(_))
}

impl Shown<'_> {
    /// Its line of text, where it has one.
    pub const fn line(&self) -> Option<&Line> {
        self.row.line()
    }
}

/// What [`Transcript::arrange`] needs of the conversation.
#[derive(Debug, Clone, Copy)]
pub struct Talk<'a> {
    /// The turns, oldest first.
    pub turns: &'a [Turn],
    /// Text that still grows.
    pub growing: &'a Growing,
    /// Edits, each with the turn that it stands below.
    pub edits: &'a [(TurnId, EditId)],
}
