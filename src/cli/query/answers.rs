//! Answers: what is known of a request's files so far, and when a round of them is complete.
//!
//! A round begins when every file has its answer, or when saved files were judged again.

use std::sync::Arc;
use std::time::Duration;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::{
    Counts, Detail, FileId, Judged, LedgerRow, LedgerState, QueryEvent, RankCause, RankedRow, StateKind,
    Usage,
};

/// Everything known.
#[derive(Debug, Default)]
pub struct Answers {
    /// The latest ranking.
    pub rows: Arc<[RankedRow]>,
    /// The latest sums.
    pub counts: Counts,
    /// The latest explanations.
    pub details: FxHashMap<FileId, Arc<Detail>>,
    /// Files judged since the last round, and printed.
    pub judged: FxHashSet<FileId>,
    /// Rows without a verdict, told since the round began.
    pub ledger: Option<Arc<[LedgerRow]>>,
    /// Rows explained since the round began.
    pub explained: FxHashSet<FileId>,
    /// What a model took so far.
    pub usage: Option<Usage>,
    elapsed: Duration,
    first_done: bool,
    round: Option<RoundState>,
}

/// A round that is not printed yet.
#[derive(Debug, Clone, Default)]
struct RoundState {
    saved: Option<Vec<FileId>>,
}

/// A complete round.
#[derive(Debug)]
pub struct Round {
    /// The saved files that it is about; `None` for the first round.
    pub saved: Option<Vec<FileId>>,
    /// Judging and ranking time so far.
    pub elapsed: Duration,
    /// Whether any file is a yes.
    pub found: bool,
}

impl Answers {
    /// Takes what an event tells.
    pub fn take(&mut self, event: &QueryEvent) {
        match event {
            QueryEvent::Judged { batch, .. } => batch.iter().for_each(|judged| self.keep(judged)),
            QueryEvent::Explained { details, .. } => {
                for (file, detail) in details {
                    self.details.insert(*file, Arc::clone(detail));
                    self.explained.insert(*file);
                }
            }
            QueryEvent::Ranked { rows, counts, .. } => {
                self.rows = Arc::clone(rows);
                self.counts = *counts;
            }
            QueryEvent::Done { counts, elapsed, .. } => {
                self.counts = *counts;
                self.elapsed = *elapsed;
            }
            QueryEvent::Spent { usage, .. } => self.usage = Some(*usage),
            // Its sums may be of a later moment than the ranking, whose own are told beside it.
            QueryEvent::Ledger { rows, .. } => self.ledger = Some(Arc::clone(rows)),
            QueryEvent::Planned { .. }
            | QueryEvent::Estimate { .. }
            | QueryEvent::Names { .. }
            | QueryEvent::Index(_)
            | QueryEvent::Task { .. }
            | QueryEvent::Notice(_) => {}
        }
    }

    fn keep(&mut self, judged: &Judged) {
        if let Some(detail) = &judged.detail {
            self.details.insert(judged.file, Arc::clone(detail));
        }
    }

    /// Whether this event, already taken, begins a round.
    pub fn begins_round(&mut self, event: &QueryEvent) -> bool {
        let saved = match event {
            QueryEvent::Done { .. } if !self.first_done => None,
            QueryEvent::Ranked { cause: RankCause::Saved(files), .. } if self.first_done => {
                let mut all = self.round.take().and_then(|round| round.saved).unwrap_or_default();
                all.extend(files);
                Some(all)
            }
            QueryEvent::Done { .. }
            | QueryEvent::Ranked { .. }
            | QueryEvent::Planned { .. }
            | QueryEvent::Estimate { .. }
            | QueryEvent::Spent { .. }
            | QueryEvent::Judged { .. }
            | QueryEvent::Explained { .. }
            | QueryEvent::Ledger { .. }
            | QueryEvent::Names { .. }
            | QueryEvent::Index(_)
            | QueryEvent::Task { .. }
            | QueryEvent::Notice(_) => return false,
        };
        self.first_done = true;
        self.round = Some(RoundState { saved });
        self.ledger = None;
        self.explained.clear();
        true
    }

    /// Whether every file had its answer once.
    pub const fn is_answered(&self) -> bool {
        self.first_done
    }

    /// Whether a round waits to be printed.
    pub const fn in_round(&self) -> bool {
        self.round.is_some()
    }

    /// The best rows that have a verdict.
    pub fn top(&self, most: usize) -> impl Iterator<Item = &RankedRow> {
        self.rows.iter().filter(|row| has_verdict(row)).take(most)
    }

    /// Whether each saved file has its answer again, and was told of since the last round.
    pub fn saved_are_told(&self) -> bool {
        let Some(RoundState { saved: Some(saved) }) = &self.round else { return true };
        let saved: FxHashSet<FileId> = saved.iter().copied().collect();
        self.rows.iter().filter(|row| saved.contains(&row.file)).all(|row| match row.state {
            StateKind::Yes | StateKind::No => self.judged.contains(&row.file) && !row.stale,
            StateKind::Queued | StateKind::Judging => false,
            StateKind::Failed | StateKind::Skipped | StateKind::OverBudget => true,
        })
    }

    /// The rows without a verdict that the round is about.
    pub fn unjudged(&self, round: &Round) -> impl Iterator<Item = &LedgerRow> {
        let saved: Option<FxHashSet<FileId>> =
            round.saved.as_ref().map(|saved| saved.iter().copied().collect());
        let rows = self.ledger.as_deref().unwrap_or_default();
        rows.iter().filter(move |row| saved.as_ref().is_none_or(|saved| saved.contains(&row.file)))
    }

    /// Ends the round.
    pub fn end_round(&mut self) -> Round {
        let saved = self.round.take().and_then(|round| round.saved);
        self.judged.clear();
        Round { saved, elapsed: self.elapsed, found: self.counts.get(StateKind::Yes) > 0 }
    }
}

/// Whether a judge answered for the row.
pub fn has_verdict(row: &RankedRow) -> bool {
    matches!(row.state, StateKind::Yes | StateKind::No)
}

/// Why a row of the ledger has no verdict, and whether trying again can help; `None` for a skipped one's latter.
pub fn why(state: &LedgerState) -> (String, Option<bool>) {
    match state {
        LedgerState::Skipped(reason) => (reason.to_string(), None),
        LedgerState::Failed { why, retryable } => (why.clone(), Some(*retryable)),
        LedgerState::OverBudget => ("over the budget".into(), None),
        LedgerState::Queued | LedgerState::Judging => ("not judged yet".into(), Some(true)),
        LedgerState::Yes | LedgerState::No => (String::new(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// During a checkout the ledger moved on between a ranking and the sums that were printed with it.
    #[test]
    fn the_sums_are_those_of_the_ranking() {
        let mut counts = Counts::default();
        counts.add(StateKind::Yes);
        let later = Counts::default();
        let mut answers = Answers::default();
        let generation = crate::domain::Generation(1);
        answers.take(&QueryEvent::Ranked { generation, rows: [].into(), counts, cause: RankCause::Query });
        answers.take(&QueryEvent::Ledger { rows: [].into(), counts: later });
        assert_eq!(answers.counts, counts);
        assert!(answers.ledger.is_some());
    }
}
