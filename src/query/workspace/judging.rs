//! Judging: whole passes in packs, best first, and single files at once.
//!
//! Between packs, and between the chunks of one, the query's ticket is checked: an overtaken query stops there, and
//! what it did not reach stays queued.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::domain::{DetailLevel, FileId, LedgerState, RankCause, Source, Verdict};
use crate::index::Index;
use crate::query::cache::RunKey;
use crate::query::judge::{Answer, JudgeError, Session};

use super::Workspace;
use super::query::{Pass, Query};

/// What one pack should take, so that commands and rankings come in between.
const PACK_TIME: Duration = Duration::from_millis(12);

/// The first pack's size.
const FIRST_PACK: usize = 512;

/// The smallest and the largest pack.
const PACKS: (usize, usize) = (32, 16_384);

/// Files that one thread judges between looks at the ticket.
const CHUNK: usize = 128;

/// Whether a changed verdict is marked in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flips {
    /// The file itself changed: say so.
    Mark,
    /// Only what is known about it changed.
    Ignore,
}

type Answers = Vec<Option<Result<Answer, JudgeError>>>;

impl Workspace {
    /// Starts a pass that is due, or judges the next pack; false where there is nothing to judge.
    pub(super) fn judge_some(&mut self) -> bool {
        if self.learning_due().is_some_and(|due| due <= self.now) {
            return self.begin_pass();
        }
        let Some(query) = &mut self.query else { return false };
        if query.ticket != self.tickets.current() {
            return false;
        }
        let Some(pass) = &mut query.pass else { return false };
        let round = query.round;
        let all = query.request.details == DetailLevel::All && !query.crewed;
        let mut pack = Vec::with_capacity(pass.pack);
        while pack.len() < pass.pack && pass.at < pass.order.len() {
            let file = pass.order[pass.at];
            pass.at += 1;
            let judged = query.slots.get(file.index()).is_some_and(|slot| slot.round == round);
            if !judged && self.files.get(file.index()).is_some_and(super::entry::FileEntry::is_judgeable) {
                pack.push(file);
            }
        }
        if pack.is_empty() {
            self.end_pass();
            return true;
        }
        let took = self.judge_pack(&pack, Flips::Ignore);
        if let Some(pass) = self.query.as_mut().and_then(|query| query.pass.as_mut()) {
            let most = if all { 64 } else { PACKS.1 };
            pass.pack = adapted(pack.len(), took).min(most);
        }
        let first = self.query.as_ref().is_none_or(|query| query.round <= 1);
        self.rerank(if first { RankCause::Query } else { RankCause::Learned });
        true
    }

    /// Opens a session on the index as it is now. False where the query was overtaken meanwhile.
    fn begin_pass(&mut self) -> bool {
        let Some(query) = &mut self.query else { return false };
        let Some(judge) = query.judge.clone() else { return false };
        let started = Instant::now();
        let (ticket, tickets) = (query.ticket, self.tickets.clone());
        let overtaken = move || tickets.current() != ticket;
        let session =
            catch_unwind(AssertUnwindSafe(|| judge.open(&query.request.text, &self.index, &overtaken)));
        if overtaken() {
            return false;
        }
        query.opened = Some(self.now);
        query.outdated = false;
        let Ok(session) = session else {
            self.open_failed();
            return true;
        };
        query.round += 1;
        query.explained.clear();
        let mut order = session.order();
        query.session = Some(session);
        order.retain(|file| self.files.get(file.index()).is_some_and(super::entry::FileEntry::is_judgeable));
        self.complete(&mut order);
        self.enlist(&judge);
        let key = RunKey { text: self.text(), judge: judge.name(), version: judge.version() };
        self.cache.begin(&key, judge.reach(), self.epoch);
        let order = if self.is_crewed() {
            self.recall_answers(&order);
            order
        } else {
            self.answer_from_cache(order)
        };
        if let Some(query) = &mut self.query {
            query.spent += started.elapsed();
            query.pass = Some(Pass { order, at: 0, pack: FIRST_PACK, started });
            let cause = if query.round == 1 { RankCause::Query } else { RankCause::Learned };
            self.rerank(cause);
        }
        true
    }

    fn text(&self) -> std::sync::Arc<str> {
        self.query.as_ref().map_or_else(|| "".into(), |query| query.request.text.clone())
    }

    /// The judge broke down on the request itself: no file has an answer, and none is "no".
    fn open_failed(&mut self) {
        let why = "the judge could not read the request".to_owned();
        for file in self.judgeable() {
            self.record(
                file,
                Err(JudgeError { why: why.clone(), retryable: false }),
                Source::Judge,
                Flips::Ignore,
            );
        }
        self.rerank(RankCause::Query);
    }

    pub(super) fn judgeable(&self) -> Vec<FileId> {
        (0..self.files.len() as u32).map(FileId).filter(|file| self.is_judgeable(*file)).collect()
    }

    /// Adds the judgeable files that the session's order left out.
    pub(super) fn complete(&self, order: &mut Vec<FileId>) {
        let mut listed = vec![false; self.files.len()];
        order.retain(|file| listed.get_mut(file.index()).is_some_and(|seen| !std::mem::replace(seen, true)));
        order.extend(self.judgeable().into_iter().filter(|file| !listed[file.index()]));
    }

    /// Records what the cache knows; returns the rest.
    fn answer_from_cache(&mut self, order: Vec<FileId>) -> Vec<FileId> {
        let mut rest = Vec::with_capacity(order.len());
        for file in order {
            let hash = self.files.get(file.index()).and_then(|entry| entry.hash);
            match hash.and_then(|hash| self.cache.get(file, hash)) {
                Some(answer) => self.record(file, Ok(answer), Source::Cache, Flips::Ignore),
                None => rest.push(file),
            }
        }
        rest
    }

    fn end_pass(&mut self) {
        if let Some(query) = &mut self.query
            && let Some(pass) = query.pass.take()
        {
            query.pass_cost = pass.started.elapsed();
            self.line_up();
        }
    }

    /// Judges these files with the session as it is, at once.
    pub(super) fn judge_now(&mut self, files: &[FileId], flips: Flips) {
        if self.query.as_ref().is_none_or(|query| query.session.is_none()) {
            return;
        }
        let files: Vec<FileId> = files.iter().copied().filter(|file| self.is_judgeable(*file)).collect();
        if self.is_crewed() {
            self.judge_pack(&files, flips);
            self.hurry(&files, flips);
            return;
        }
        for file in &files {
            self.cache.forget(*file);
        }
        self.judge_pack(&files, flips);
    }

    /// Asks the session about a pack; returns what that took.
    fn judge_pack(&mut self, pack: &[FileId], flips: Flips) -> Duration {
        let started = Instant::now();
        let Some(query) = &self.query else { return Duration::ZERO };
        let Some(session) = &query.session else { return Duration::ZERO };
        let (ticket, tickets) = (query.ticket, &self.tickets);
        let overtaken = || tickets.current() != ticket;
        let answers = ask(&**session, &self.index, pack, &overtaken);
        for (file, answer) in pack.iter().zip(answers) {
            match answer {
                Some(answer) if self.is_crewed() => self.note_prior(*file, &answer),
                Some(answer) => self.record(*file, answer, Source::Judge, flips),
                None => {}
            }
        }
        let took = started.elapsed();
        if let Some(query) = &mut self.query {
            query.spent += took;
        }
        took
    }

    /// Writes an answer into the query, the ledger and the cache.
    pub(super) fn record(
        &mut self,
        file: FileId,
        answer: Result<Answer, JudgeError>,
        source: Source,
        flips: Flips,
    ) {
        let Some(query) = &mut self.query else { return };
        let (round, crewed) = (query.round, query.crewed);
        let slot = query.slot_mut(file);
        let before = slot.answer.map(|answer| answer.verdict);
        if !crewed {
            slot.round = round;
        }
        slot.stale = false;
        slot.cached = source == Source::Cache;
        slot.answer = answer.as_ref().ok().copied();
        if flips == Flips::Mark {
            slot.flipped = before.is_some() && slot.answer.is_some_and(|now| Some(now.verdict) != before);
        }
        match answer {
            Ok(answer) => {
                self.ledger.set(file, state_of(answer.verdict));
                if query.request.details == DetailLevel::All {
                    query.untold.push((file, source));
                }
                if let (Source::Judge, Some(hash)) = (source, self.files[file.index()].hash) {
                    self.cache.put(file, hash, answer);
                }
            }
            Err(JudgeError { why, retryable }) => {
                self.ledger.set(file, LedgerState::Failed { why, retryable });
            }
        }
        query.explained.remove(&file);
    }
}

const fn state_of(verdict: Verdict) -> LedgerState {
    match verdict {
        Verdict::Yes => LedgerState::Yes,
        Verdict::No => LedgerState::No,
    }
}

/// The next pack's size, from what the last one took.
fn adapted(size: usize, took: Duration) -> usize {
    let each = took.as_secs_f64().max(1e-7) / size as f64;
    ((PACK_TIME.as_secs_f64() / each) as usize).clamp(PACKS.0, PACKS.1).min(size * 4)
}

/// Asks in parallel; `None` for files that were not reached before the query was overtaken.
pub(super) fn ask(
    session: &dyn Session,
    index: &Index,
    pack: &[FileId],
    overtaken: &(dyn Fn() -> bool + Sync),
) -> Answers {
    pack.par_chunks(CHUNK)
        .flat_map_iter(|chunk| {
            if overtaken() {
                return vec![None; chunk.len()];
            }
            let asked = catch_unwind(AssertUnwindSafe(|| session.judge(index, chunk)));
            let broken = |why: &str| Some(Err(JudgeError { why: why.to_owned(), retryable: true }));
            match asked {
                Ok(answers) if answers.len() == chunk.len() => answers.into_iter().map(Some).collect(),
                Ok(_) => {
                    vec![broken("the judge answered for other files than it was asked about"); chunk.len()]
                }
                Err(_) => vec![broken("the judge broke down on this pack of files"); chunk.len()],
            }
        })
        .collect()
}

impl Query {
    /// Whether a pass is going on or still to come.
    pub(super) fn is_judging(&self) -> bool {
        !self.is_stopped() && (self.pass.is_some() || self.outdated)
    }
}
