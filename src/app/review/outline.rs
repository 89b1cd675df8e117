//! The outline: the rows of the list beside the diff, made from an edit.

use crate::domain::{ProposedEdit, ProposedHunk};

use super::Spot;
use super::tally::left_out;

/// A row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A blank between groups.
    Blank,
    /// A file, by its index.
    File(usize),
    /// A hunk: indices of its file and of itself in the file, and its number among the listed ones of the file, from 1.
    Hunk(usize, usize, usize),
    /// Hunks of a file that are left out: its index, cosmetic ones, those out of scope.
    LeftOut(usize, usize, usize),
    /// The heading of what was refused, with how many parts.
    RefusedTitle(usize),
    /// A refused part, by its index.
    Refused(usize),
    /// The check command.
    Check,
}

/// The rows of the list, and what of them can be selected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    rows: Vec<(Entry, Option<Spot>)>,
}

impl Outline {
    /// The rows of an edit.
    pub fn new(edit: &ProposedEdit, listed: &dyn Fn(&ProposedHunk) -> bool, check: bool) -> Self {
        let mut outline = Self::default();
        if check {
            outline.rows.extend([(Entry::Check, Some(Spot::Check)), (Entry::Blank, None)]);
        }
        for (at, file) in edit.files.iter().enumerate() {
            outline.rows.push((Entry::File(at), None));
            let shown = file.hunks.iter().enumerate().filter(|(_, hunk)| listed(hunk));
            for (number, (index, hunk)) in shown.enumerate() {
                outline.rows.push((Entry::Hunk(at, index, number + 1), Some(Spot::Hunk(hunk.id))));
            }
            let (cosmetic, outside) = left_out(file, listed);
            if cosmetic + outside > 0 {
                outline.rows.push((Entry::LeftOut(at, cosmetic, outside), None));
            }
            outline.rows.push((Entry::Blank, None));
        }
        if !edit.refused.is_empty() {
            outline.rows.push((Entry::RefusedTitle(edit.refused.len()), None));
            let parts = (0..edit.refused.len()).map(|at| (Entry::Refused(at), Some(Spot::Refused(at))));
            outline.rows.extend(parts);
        }
        outline
    }

    /// All rows, top to bottom.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (Entry, Option<Spot>)> + '_ {
        self.rows.iter().copied()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What a row selects.
    pub fn spot(&self, row: usize) -> Option<Spot> {
        self.rows.get(row).and_then(|(_, spot)| *spot)
    }

    /// Whether a row stands for hunks that are left out.
    pub fn is_fold(&self, row: usize) -> bool {
        matches!(self.rows.get(row), Some((Entry::LeftOut(..), _)))
    }

    /// The row of a spot.
    pub fn position(&self, spot: Spot) -> Option<usize> {
        self.rows.iter().position(|(_, at)| *at == Some(spot))
    }

    /// What can be selected, top to bottom.
    pub fn spots(&self) -> impl DoubleEndedIterator<Item = Spot> + '_ {
        self.rows.iter().filter_map(|(_, spot)| *spot)
    }

    /// The spot at a row, else the next below it, else the last above it.
    pub fn nearest(&self, row: usize) -> Option<Spot> {
        let row = row.min(self.rows.len());
        let below = self.rows[row..].iter().find_map(|(_, spot)| *spot);
        below.or_else(|| self.rows[..row].iter().rev().find_map(|(_, spot)| *spot))
    }

    /// The spot after one, or before it; the ends hold.
    pub fn step(&self, from: Option<Spot>, forward: bool) -> Option<Spot> {
        let spots: Vec<Spot> = self.spots().collect();
        let at = from.and_then(|spot| spots.iter().position(|other| *other == spot));
        let next = match (at, forward) {
            (Some(at), true) => (at + 1).min(spots.len().saturating_sub(1)),
            (Some(at), false) => at.saturating_sub(1),
            (None, _) => 0,
        };
        spots.get(next).copied()
    }
}
