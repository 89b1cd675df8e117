//! Judging by a crew: files are handed out best first, and what comes back goes into ledger, list and cache.
//!
//! Until its answer is there a file stands in the list by what the embedded judge says, and is queued or being judged.
//! An answer about bytes that the file no longer has is dropped, and the file is asked about anew.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::{FileId, JudgeName, LedgerState, QueryEvent, RankCause, Source, StateKind, Verdict};
use crate::query::crew::{Deliver, Item, News};
use crate::query::judge::{Answer, Judge, JudgeError};
use crate::query::rank::logit;

use super::Workspace;
use super::judging::Flips;
use super::shift::{Consent, Shift};

/// Where the news of crews goes: the number of the shift, and the news.
pub type Post = Arc<dyn Fn(u64, Vec<News>) + Send + Sync>;

impl Workspace {
    /// Crews answer through this; whoever gets it calls [`Workspace::news`].
    pub fn set_post(&mut self, post: Post) {
        self.post = post;
    }

    /// Makes sure that the query's judge has its crew, if it is one that has.
    pub(super) fn enlist(&mut self, judge: &Arc<dyn Judge>) {
        let number = self.shifts + 1;
        let Some(query) = self.query.as_mut().filter(|query| !query.crewed) else { return };
        let post = Arc::clone(&self.post);
        let deliver: Deliver = Arc::new(move |news| post(number, news));
        if let Some(crew) = judge.crew(&query.request.text, deliver) {
            query.crewed = true;
            query.shift = Some(Box::new(Shift::new(number, crew)));
            self.shifts = number;
        }
    }

    /// Whether the current query is judged by a crew.
    pub(super) fn is_crewed(&self) -> bool {
        self.query.as_ref().is_some_and(|query| query.crewed)
    }

    /// Notes what the embedded judge says of a file.
    pub(super) fn note_prior(&mut self, file: FileId, answer: &Result<Answer, JudgeError>) {
        let Some(query) = &mut self.query else { return };
        let round = query.round;
        let slot = query.slot_mut(file);
        slot.round = round;
        slot.prior = answer.as_ref().ok().map(|answer| answer.probability);
        query.explained.remove(&file);
    }

    /// Records what the cache knows of files that have no answer yet.
    pub(super) fn recall_answers(&mut self, files: &[FileId]) {
        for file in files {
            let queued = self.ledger.get(*file).is_some_and(|state| state.kind() == StateKind::Queued);
            let hash = self.files.get(file.index()).and_then(|entry| entry.hash).filter(|_| queued);
            if let Some(answer) = hash.and_then(|hash| self.cache.get(*file, hash)) {
                self.record(*file, Ok(answer), Source::Cache, Flips::Ignore);
            }
        }
    }

    /// Lines up what has no answer, best first by what the embedded judge and the ranking signals say.
    pub(super) fn line_up(&mut self) {
        self.refresh_signals();
        let boosts = &self.signals.boosts;
        let Some(query) = &mut self.query else { return };
        let mut waiting: Vec<(f32, FileId)> = self
            .ledger
            .iter()
            .filter(|(_, state)| state.kind() == StateKind::Queued)
            .map(|(file, _)| {
                let prior = query.slot(file).prior.unwrap_or_default();
                (logit(prior) + boosts.get(file.index()).copied().unwrap_or_default(), file)
            })
            .collect();
        waiting.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        if let Some(shift) = &mut query.shift {
            shift.line_up(waiting.into_iter().map(|(_, file)| file).collect());
        }
    }

    /// Asks the crew about these files before all others: what they are is new, or the user wants to know.
    pub(super) fn hurry(&mut self, files: &[FileId], flips: Flips) {
        for file in files {
            let Some(query) = &mut self.query else { return };
            let answered = query.has_answer(*file);
            let stale = query.slot(*file).stale;
            let Some(shift) = &mut query.shift else { return };
            let hash = self.files.get(file.index()).and_then(|entry| entry.hash);
            if shift.out.get(file).is_some_and(|out| Some(*out) == hash) {
                continue;
            }
            shift.leave(*file);
            if answered && !stale {
                continue;
            }
            if flips == Flips::Mark {
                shift.marking.insert(*file);
            }
            shift.hurry(*file);
            if !answered {
                self.ledger.set(*file, LedgerState::Queued);
                self.recall_answers(&[*file]);
            } else if let Some(answer) = hash.and_then(|hash| self.cache.get(*file, hash)) {
                self.record(*file, Ok(answer), Source::Cache, flips);
            }
        }
    }

    /// Keeps the crew busy: asks for consent where that is due, then hands out as much as it has room for.
    pub(super) fn keep_busy(&mut self) {
        let Some(query) = &mut self.query else { return };
        if query.ticket != self.tickets.current() || query.pass.is_some() {
            return;
        }
        let Some(mut shift) = query.shift.take() else { return };
        if shift.stopped.is_some() {
            self.turn_away(&mut shift);
        } else if self.has_consent(&mut shift) {
            self.hand_out(&mut shift);
        }
        if let Some(query) = &mut self.query {
            let busy = !shift.out.is_empty() || !shift.explaining.is_empty();
            match shift.since {
                None if busy => shift.since = Some(self.now),
                Some(since) if !busy => {
                    query.spent += self.now.saturating_duration_since(since);
                    shift.since = None;
                }
                None | Some(_) => {}
            }
            query.shift = Some(shift);
        }
    }

    /// Whether the crew may be given files. The first time, tells the user what that would take.
    fn has_consent(&mut self, shift: &mut Shift) -> bool {
        let Some(query) = &self.query else { return false };
        if shift.consent == Consent::Unasked && !query.cancelled && query.round > 0 && !query.outdated {
            let items: Vec<Item> = shift
                .waiting()
                .filter(|file| self.awaits(*file, shift))
                .filter_map(|file| self.item(file))
                .collect();
            if items.is_empty() {
                return false;
            }
            let known = self.ledger.counts().judged();
            shift.consent = match shift.crew.estimate(&items, known) {
                None => Consent::Given,
                Some(estimate) => {
                    let generation = query.request.generation;
                    self.events.push(QueryEvent::Estimate { generation, estimate });
                    Consent::Waiting
                }
            };
        }
        shift.consent == Consent::Given
    }

    fn hand_out(&mut self, shift: &mut Shift) {
        let room = shift.crew.room();
        let mut items = Vec::new();
        while items.len() < room.verdicts
            && let Some(file) = shift.next()
        {
            if self.awaits(file, shift) && !items.iter().any(|item: &Item| item.file == file) {
                items.extend(self.item(file));
            }
        }
        if !items.is_empty() {
            for item in &items {
                if self.query.as_ref().is_some_and(|query| !query.has_answer(item.file)) {
                    self.ledger.set(item.file, LedgerState::Judging);
                }
            }
            shift.hand_out(items);
            self.rerank(RankCause::Query);
        }
        self.hand_out_reasons(shift, room.reasons);
    }

    fn hand_out_reasons(&mut self, shift: &mut Shift, room: usize) {
        let mut given = 0;
        while given < room
            && let Some(file) = shift.next_unexplained()
        {
            let slot = self.query.as_ref().map(|query| query.slot(file)).unwrap_or_default();
            let answer = slot.answer.filter(|_| !slot.stale && self.is_judgeable(file));
            if let (Some(answer), Some(item)) = (answer, self.item(file)) {
                given += 1;
                shift.hand_out_reasons(vec![item], answer.verdict);
            }
        }
    }

    /// Settles files that a stopped crew takes no more.
    fn turn_away(&mut self, shift: &mut Shift) {
        let Some(stopped) = shift.stopped.clone() else { return };
        let mut changed = false;
        while let Some(file) = shift.next() {
            let answered = self.query.as_ref().is_some_and(|query| query.has_answer(file));
            if self.awaits(file, shift) && !answered {
                self.ledger.set(file, stopped.state());
                changed = true;
            }
        }
        if changed {
            self.rerank(RankCause::Query);
        }
    }

    /// Whether a file is to be handed out: it has no answer, or one about bytes that it no longer has.
    fn awaits(&self, file: FileId, shift: &Shift) -> bool {
        let Some(entry) = self.files.get(file.index()) else { return false };
        let Some(query) = &self.query else { return false };
        if !entry.is_judgeable() || entry.reading || shift.out.contains_key(&file) {
            return false;
        }
        let slot = query.slot(file);
        match slot.answer {
            Some(_) => slot.stale,
            None => self.ledger.get(file).is_some_and(|state| state.kind() == StateKind::Queued),
        }
    }

    fn item(&self, file: FileId) -> Option<Item> {
        let (entry, place) = (self.files.get(file.index())?, self.catalog.get(file)?);
        Some(Item {
            file,
            root: place.root,
            path: place.path.clone(),
            shown: Arc::clone(&place.shown),
            hash: entry.hash?,
            size: entry.stamp.size,
            prior: self.query.as_ref()?.slot(file).prior.unwrap_or_default(),
        })
    }

    /// Time that the crew has been at work and that is not counted yet.
    pub(super) fn crew_time(&self) -> Duration {
        let since = self.query.as_ref().and_then(|query| query.shift.as_ref()?.since);
        since.map_or(Duration::ZERO, |since| self.now.saturating_duration_since(since))
    }

    /// The rows that are looked at are judged first, the topmost before the others.
    pub(super) fn follow_eyes(&mut self, files: &[FileId]) {
        let Some(query) = self.query.as_mut().filter(|query| query.crewed && !query.cancelled) else {
            return;
        };
        for file in files.iter().rev().filter(|file| !query.has_answer(**file)).copied().collect::<Vec<_>>() {
            if let Some(shift) = &mut query.shift {
                shift.see(file);
            }
        }
    }

    /// Wants the reasons of those rows that are yes.
    pub(super) fn want_reasons(&mut self, files: &[FileId]) {
        let Some(query) = self.query.as_mut().filter(|query| query.crewed && !query.cancelled) else {
            return;
        };
        for file in files {
            let slot = query.slot(*file);
            let yes = slot.answer.is_some_and(|answer| answer.verdict == Verdict::Yes) && !slot.stale;
            let hash = self.files.get(file.index()).and_then(|entry| entry.hash);
            if let (true, Some(hash), Some(shift)) = (yes, hash, &mut query.shift)
                && self.cache.reason(*file, hash).is_none()
            {
                shift.want_reason(*file, hash);
            }
        }
    }

    /// Whether the crew is waited for.
    pub(super) fn is_crew_due(&self) -> bool {
        let Some(shift) = self.query.as_ref().and_then(|query| query.shift.as_ref()) else { return false };
        shift.consent == Consent::Waiting || !shift.out.is_empty() || shift.is_explaining()
    }

    /// The name that evidence from the model is told under.
    pub(super) fn crew_name(&self) -> Option<&JudgeName> {
        self.query.as_ref().filter(|query| query.crewed).map(|query| &query.request.judge)
    }
}
