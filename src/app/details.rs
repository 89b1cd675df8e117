//! Explanations of rows: what is known, and what was asked for, so that nothing is asked twice.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::{Detail, FileId, RankCause};

/// The explanations of one query's rows.
#[derive(Debug, Default)]
pub struct Details {
    known: HashMap<FileId, Arc<Detail>>,
    asked: HashSet<FileId>,
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
            self.asked.insert(file);
            self.known.insert(file, detail);
        }
    }

    /// Marks what a new ranking made out of date; it stays shown until the new one is there.
    pub fn outdate(&mut self, cause: &RankCause) {
        match cause {
            RankCause::Query => {}
            RankCause::Saved(files) if files.is_empty() => {}
            RankCause::Saved(files) => self.outdate_files(files),
            RankCause::Learned | RankCause::Signals => self.outdate_files(&[]),
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

    /// Those of `files` that must be asked for; they count as asked from now on.
    pub fn ask(&mut self, files: impl Iterator<Item = FileId>) -> Vec<FileId> {
        files.filter(|file| self.asked.insert(*file)).collect()
    }
}
