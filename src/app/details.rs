//! Explanations of rows: what is known, and what was asked for, so that nothing is asked twice.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::{Detail, FileId, RankCause, StateKind};

/// The explanations of one query's rows.
#[derive(Debug, Default)]
pub struct Details {
    known: HashMap<FileId, Arc<Detail>>,
    /// In which state a row was asked for; `None` for one that was explained unasked.
    asked: HashMap<FileId, Option<StateKind>>,
}

impl Details {
    /// The explanation of a file; perhaps older than its row.
    pub fn get(&self, file: FileId) -> Option<&Arc<Detail>> {
        self.known.get(&file)
    }

    /// Forgets everything, as for a new query.
    pub fn clear(&mut self) {
        self.known.clear();
        self.asked.clear();
    }

    /// Takes explanations.
    pub fn learn(&mut self, details: Vec<(FileId, Arc<Detail>)>) {
        for (file, detail) in details {
            self.asked.entry(file).or_default();
            self.known.insert(file, detail);
        }
    }

    /// Marks what a new ranking made out of date; it stays shown until the new one is there.
    pub fn outdate(&mut self, cause: &RankCause) {
        match cause {
            RankCause::Query => {}
            // What was saved or deleted is also what its neighbours are close to.
            RankCause::Saved(_) | RankCause::Learned | RankCause::Signals => self.outdate_files(&[]),
        }
    }

    /// Marks explanations of these files out of date, or all where there are none named.
    pub fn outdate_files(&mut self, files: &[FileId]) {
        if files.is_empty() {
            self.asked.clear();
        }
        for file in files {
            self.asked.remove(file);
        }
    }

    /// Those of `rows` that must be asked for, because nothing is known of them or because they were in another state
    /// when they were asked for; they count as asked from now on.
    pub fn ask(&mut self, rows: impl Iterator<Item = (FileId, StateKind)>) -> Vec<FileId> {
        let mut new = |(file, state): &(FileId, StateKind)| match self.asked.insert(*file, Some(*state)) {
            Some(Some(before)) => before != *state,
            Some(None) => false,
            None => true,
        };
        rows.filter(|row| new(row)).map(|(file, _)| file).collect()
    }
}
