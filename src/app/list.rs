//! The ranked list: rows as they came, the order and filter they are shown in, and the selection.

use std::sync::Arc;

use crate::domain::{FileId, RankedRow};
use crate::text::fuzzy::{Fuzzy, Subject};

use super::anchor::Anchor;

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best first, as ranked.
    #[default]
    Score,
    /// By path.
    Path,
    /// By verdict: yes, no, judging, queued, failed; best first within each.
    Verdict,
    /// What changed first: stale, flipped and pinned rows, best first within each.
    Changed,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 4] = [Self::Score, Self::Path, Self::Verdict, Self::Changed];

    /// Its name on the screen and the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Path => "path",
            Self::Verdict => "verdict",
            Self::Changed => "changed",
        }
    }

    /// The order after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Score => Self::Path,
            Self::Path => Self::Verdict,
            Self::Verdict => Self::Changed,
            Self::Changed => Self::Score,
        }
    }
}

/// The ranked list.
#[derive(Debug, Default)]
pub struct List {
    rows: Arc<[RankedRow]>,
    /// Positions in `rows` as shown; `None` where that is all of them in their order.
    order: Option<Vec<u32>>,
    anchor: Anchor<FileId>,
    sort: Sort,
    filter: String,
}

impl List {
    /// Number of rows shown.
    pub fn len(&self) -> usize {
        self.order.as_ref().map_or(self.rows.len(), Vec::len)
    }

    /// Whether nothing is shown.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of rows before filtering.
    pub fn total(&self) -> usize {
        self.rows.len()
    }

    /// The row at a position.
    pub fn get(&self, at: usize) -> Option<&RankedRow> {
        let at = match &self.order {
            Some(order) => *order.get(at)? as usize,
            None => at,
        };
        self.rows.get(at)
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&RankedRow> {
        self.get(self.anchor.at())
    }

    /// Selection and viewport.
    pub fn anchor(&self) -> &Anchor<FileId> {
        &self.anchor
    }

    /// The order in force.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// The filter in force; empty for none.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Every row, as ranked.
    pub fn rows(&self) -> &[RankedRow] {
        &self.rows
    }

    /// The row of a file, filtered out or not.
    pub fn row_of(&self, file: FileId) -> Option<&RankedRow> {
        self.rows.iter().find(|row| row.file == file)
    }

    /// Positions of the rows on a screen of `rows` rows.
    pub fn visible(&self, rows: usize) -> std::ops::Range<usize> {
        let top = self.anchor.top().min(self.len());
        top..(top + rows).min(self.len())
    }

    /// Takes a new ranking. The selected file keeps its screen row.
    pub fn replace(&mut self, rows: Arc<[RankedRow]>, height: usize) {
        self.rows = rows;
        self.arrange(height);
    }

    /// Forgets every row and the selection.
    pub fn clear(&mut self) {
        self.rows = Arc::default();
        self.order = None;
        self.anchor.reset();
    }

    /// Lets the selection follow the first row again, as for a new query.
    pub fn release(&mut self) {
        self.anchor.reset();
    }

    /// Shows rows in another order.
    pub fn set_sort(&mut self, sort: Sort, height: usize) {
        self.sort = sort;
        self.arrange(height);
    }

    /// Shows only rows whose path fits.
    pub fn set_filter(&mut self, filter: &str, height: usize) {
        filter.clone_into(&mut self.filter);
        self.arrange(height);
    }

    /// Selects the row at a position, as the person asked.
    pub fn select(&mut self, at: usize, height: usize) {
        let (len, mut anchor) = (self.len(), std::mem::take(&mut self.anchor));
        anchor.select(at, len, height, |at| self.get(at).map(|row| row.file));
        self.anchor = anchor;
    }

    /// Scrolls by so many rows.
    pub fn scroll(&mut self, by: isize, height: usize) {
        let (len, mut anchor) = (self.len(), std::mem::take(&mut self.anchor));
        anchor.scroll(by, len, height, |at| self.get(at).map(|row| row.file));
        self.anchor = anchor;
    }

    /// Takes in that the screen holds another number of rows.
    pub fn fit(&mut self, height: usize) {
        self.anchor.show(self.len(), height);
    }

    fn arrange(&mut self, height: usize) {
        let plain = self.filter.trim().is_empty();
        self.order = if plain && self.sort == Sort::Score { None } else { Some(self.arranged()) };
        let rows = &self.rows;
        match &self.order {
            Some(order) => self.anchor.refresh(order.iter().map(|at| rows[*at as usize].file), height),
            None => self.anchor.refresh(rows.iter().map(|row| row.file), height),
        }
    }

    fn arranged(&self) -> Vec<u32> {
        let mut fuzzy = Fuzzy::new(&self.filter, Subject::Paths);
        let mut order: Vec<u32> = (0..self.rows.len() as u32)
            .filter(|at| fuzzy.score(&self.rows[*at as usize].path).is_some())
            .collect();
        let row = |at: &u32| &self.rows[*at as usize];
        match self.sort {
            Sort::Score => {}
            Sort::Path => order.sort_by(|a, b| row(a).path.cmp(&row(b).path)),
            Sort::Verdict => order.sort_by_key(|at| row(at).state),
            Sort::Changed => order.sort_by_key(|at| {
                let row = row(at);
                (!row.stale, !row.flipped, !row.pinned)
            }),
        }
        order
    }
}
