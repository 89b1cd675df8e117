//! Found: what the query engine told of its latest query, as an answer needs it.
//!
//! Invariant: it holds the newest query only, whole rankings and not each change of them, so that it may be read late.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::context::JudgedFile;
use crate::domain::{
    Counts, Detail, FileId, Generation, IndexStatus, JudgeName, QueryEvent, RankedRow, StateKind,
};

/// The latest query, as far as it is.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Which query; `None` before the first.
    pub generation: Option<Generation>,
    /// Who judges.
    pub judge: Option<JudgeName>,
    /// Files of the tree.
    pub files: u32,
    /// The ranking, best first.
    pub rows: Arc<[RankedRow]>,
    /// The ledger's sums.
    pub counts: Counts,
    /// Explanations that came.
    pub details: Arc<FxHashMap<FileId, Arc<Detail>>>,
    /// Every file has its answer.
    pub is_done: bool,
    /// The judge waits for the person's consent to what it costs.
    pub waits_for_consent: bool,
    /// How far the index is.
    pub index: IndexStatus,
}

impl Found {
    /// Takes what the engine tells; whether an answer that waits may care.
    pub fn take(&mut self, event: &QueryEvent) -> bool {
        match event {
            QueryEvent::Planned { generation, files, judge } => {
                if self.is_past(*generation) {
                    return false;
                }
                self.begin(*generation);
                self.files = *files;
                self.judge = Some(judge.clone());
            }
            QueryEvent::Ranked { generation, rows, counts, .. } => {
                if self.is_past(*generation) {
                    return false;
                }
                self.begin(*generation);
                self.waits_for_consent &= counts.judged() <= self.counts.judged();
                self.rows = Arc::clone(rows);
                self.counts = *counts;
                self.files = counts.total();
            }
            QueryEvent::Explained { generation, details } => {
                if self.generation != Some(*generation) {
                    return false;
                }
                Arc::make_mut(&mut self.details).extend(details.iter().cloned());
            }
            QueryEvent::Done { generation, counts, .. } => {
                if self.generation != Some(*generation) {
                    return false;
                }
                self.counts = *counts;
                self.is_done = true;
                self.waits_for_consent = false;
            }
            QueryEvent::Estimate { generation, .. } => {
                if self.generation != Some(*generation) {
                    return false;
                }
                self.waits_for_consent = true;
            }
            QueryEvent::Index(status) => {
                self.index = *status;
                return false;
            }
            QueryEvent::Judged { .. }
            | QueryEvent::Spent { .. }
            | QueryEvent::Ledger { .. }
            | QueryEvent::Names { .. }
            | QueryEvent::Task { .. }
            | QueryEvent::Notice(_) => return false,
        }
        true
    }

    /// The files judged yes, best first.
    pub fn useful(&self) -> impl Iterator<Item = &RankedRow> {
        self.rows.iter().filter(|row| row.state == StateKind::Yes)
    }

    /// The best of them with what was said of them, best first.
    pub fn judged(&self, most: usize) -> Vec<JudgedFile> {
        let mut judged: Vec<JudgedFile> = self.useful().take(most).filter_map(JudgedFile::of).collect();
        for file in &mut judged {
            if let Some(detail) = self.details.get(&file.file) {
                file.reason = detail.reason.as_str().into();
                file.spans = detail.spans.as_slice().into();
            }
        }
        judged
    }

    fn is_past(&self, generation: Generation) -> bool {
        self.generation.is_some_and(|newest| generation < newest)
    }

    fn begin(&mut self, generation: Generation) {
        if self.generation != Some(generation) {
            let (index, files) = (self.index, self.files);
            *self = Self { generation: Some(generation), index, files, ..Self::default() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RankCause;

    fn row(file: u32, state: StateKind) -> RankedRow {
        RankedRow {
            file: FileId(file),
            path: format!("{file}.rs").into(),
            state,
            probability: 0.5,
            score: 0.5,
            stale: false,
            pinned: false,
            flipped: false,
        }
    }

    fn ranked(generation: u64, rows: Vec<RankedRow>) -> QueryEvent {
        let mut counts = Counts::default();
        for row in &rows {
            counts.add(row.state);
        }
        let generation = Generation(generation);
        QueryEvent::Ranked { generation, rows: rows.into(), counts, cause: RankCause::Query }
    }

    #[test]
    fn only_the_newest_query_counts_and_only_what_was_judged_yes_is_useful() {
        let mut found = Found::default();
        assert!(found.take(&ranked(2, vec![row(1, StateKind::Yes), row(2, StateKind::No)])));
        assert!(!found.take(&ranked(1, vec![row(9, StateKind::Yes)])), "an older query is not looked at");
        assert_eq!(found.useful().map(|row| row.file).collect::<Vec<_>>(), [FileId(1)]);
        assert_eq!((found.files, found.counts.judged()), (2, 2));
        assert!(found.take(&ranked(3, vec![row(4, StateKind::Queued)])));
        assert_eq!(found.useful().count(), 0);
    }
}
