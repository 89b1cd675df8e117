//! The ranking: every file but the skipped ones, best first.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::slice::ParallelSliceMut;

use crate::domain::{DetailLevel, FileId, Probability, QueryEvent, RankCause, RankedRow, StateKind, Verdict};
use crate::query::rank::{PRIOR_WEIGHT, lifted, logit, sigmoid};

use super::Workspace;
use super::query::{Slot, merge};

/// Rankings are told at most this often while a query goes on.
const INTERVAL: Duration = Duration::from_millis(33);

/// Making rankings takes at most one part in this many of the time.
const DUTY: u32 = 4;

impl Workspace {
    /// Asks for a new ranking.
    pub(super) fn rerank(&mut self, cause: RankCause) {
        if let Some(query) = &mut self.query {
            if cause != RankCause::Signals {
                query.ranking.hold = None;
            }
            query.ranking.due = Some(merge(query.ranking.due.take(), cause));
        }
    }

    /// Asks for a new ranking because signals moved.
    pub(super) fn rerank_signals(&mut self) {
        self.rerank(RankCause::Signals);
    }

    /// When the ranking is to be told.
    pub(super) fn ranking_due(&self) -> Option<Instant> {
        let query = self.query.as_ref()?;
        let cause = query.ranking.due.as_ref()?;
        if query.pass.is_none() && matches!(cause, RankCause::Saved(_)) {
            // What somebody waits for is not made to wait.
            return Some(self.now);
        }
        let pause = INTERVAL.max(query.ranking.cost * DUTY);
        let due = query.ranking.told.map_or(self.now, |told| told + pause);
        Some(query.ranking.hold.map_or(due, |hold| hold.max(due)))
    }

    /// Tells the ranking now.
    pub(super) fn emit_ranking(&mut self) {
        let started = Instant::now();
        let Some(cause) = self.query.as_mut().and_then(|query| query.ranking.due.take()) else { return };
        self.refresh_signals();
        let order = self.ranked();
        let rows: Arc<[RankedRow]> = order.iter().map(|(file, score)| self.row(*file, *score)).collect();
        let counts = self.ledger.counts();
        let Some(query) = &mut self.query else { return };
        if let DetailLevel::Top(most) = query.request.details {
            query.best = order.iter().take(most as usize).map(|(file, _)| *file).collect();
        }
        query.ranking.told = Some(self.now);
        query.ranking.hold = None;
        query.ranking.cost = started.elapsed();
        query.spent += started.elapsed();
        let generation = query.request.generation;
        self.events.push(QueryEvent::Ranked { generation, rows, counts, cause });
    }

    /// Files and scores, best first: pinned ones, then answered ones, then those that wait, then those that failed.
    /// Where a crew answers, what waits is more promising than what it said no to.
    fn ranked(&mut self) -> Vec<(FileId, f32)> {
        let (sorted, ranks) = self.catalog.order();
        let empty = self.query.as_ref().is_none_or(|query| query.request.text.trim().is_empty());
        let crewed = self.query.as_ref().is_some_and(|query| query.crewed);
        let slots = self.query.as_ref().map_or(&[][..], |query| &query.slots);
        let boosts = &self.signals.boosts;
        let mut keys: Vec<u64> = Vec::with_capacity(sorted.len());
        for (file, state) in self.ledger.iter() {
            let boost = boosts.get(file.index()).copied().unwrap_or_default();
            let slot = slots.get(file.index());
            let (answer, prior) = (slot.and_then(|slot| slot.answer), slot.and_then(|slot| slot.prior));
            let (class, score) = match (state.kind(), answer) {
                (StateKind::Skipped, _) => continue,
                (StateKind::Failed | StateKind::OverBudget, _) => (0, 0.0),
                (_, Some(answer)) if crewed => {
                    let class = if answer.verdict == Verdict::Yes { 2 } else { 0 };
                    (class, lifted(answer.probability, boost + PRIOR_WEIGHT * prior.map_or(0.0, logit)))
                }
                (_, None) if crewed => (1, prior.map_or(0.0, |prior| lifted(prior, boost))),
                (_, Some(answer)) => (2, lifted(answer.probability, boost)),
                (_, None) => (1, if empty { sigmoid(boost) } else { 0.0 }),
            };
            keys.push(key(class, score, ranks[file.index()]));
        }
        for pinned in self.activity.pinned() {
            if let Some(rank) = ranks.get(pinned.index())
                && let Some(key) = keys.iter_mut().find(|key| !(**key as u32) == *rank)
            {
                *key |= 3 << 62;
            }
        }
        keys.par_sort_unstable_by(|a, b| b.cmp(a));
        keys.into_iter()
            .map(|key| (sorted[(!(key as u32)) as usize], f32::from_bits((key >> 32) as u32 & SCORE_BITS)))
            .collect()
    }

    fn row(&self, file: FileId, score: f32) -> RankedRow {
        let slot = self.query.as_ref().map_or_else(Slot::default, |query| query.slot(file));
        RankedRow {
            file,
            path: self.catalog.entries()[file.index()].shown.clone(),
            state: self.ledger.get(file).map_or(StateKind::Queued, crate::domain::LedgerState::kind),
            probability: slot
                .answer
                .map(|answer| answer.probability)
                .or(slot.prior)
                .map_or(0.0, Probability::get),
            score,
            stale: slot.stale,
            pinned: self.activity.is_pinned(file),
            flipped: slot.flipped,
        }
    }
}

/// The bits of a score from 0 to 1: as integers they order like the scores.
const SCORE_BITS: u32 = (1 << 30) - 1;

/// Class, score and place by path in one number; greater is better.
fn key(class: u64, score: f32, rank: u32) -> u64 {
    class << 62 | u64::from(score.to_bits() & SCORE_BITS) << 32 | u64::from(!rank)
}
