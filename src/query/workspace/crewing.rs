//! Judging by a crew: files are handed out best first, and what comes back goes into ledger, list and cache.
//!
//! Until its answer is there a file stands in the list by what the embedded judge says, and is queued or being judged.
//! An answer about bytes that the file no longer has is dropped, and the file is asked about anew.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::{
    DetailLevel, FileId, Generation, JudgeName, LedgerState, Notice, QueryEvent, RankCause, Severity, Source,
    StateKind, Verdict,
};
use crate::index::ContentHash;
use crate::query::crew::{Deliver, Item, News};
use crate::query::judge::{Answer, Judge, JudgeError};
use crate::query::rank::logit;

use super::Workspace;
use super::judging::Flips;
use super::query::Told;
use super::shift::{Consent, Shift, Stopped};

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
        let mut items = Vec::new();
        while items.len() < room.reasons
            && let Some(file) = shift.next_unexplained()
        {
            let answered = self.query.as_ref().is_some_and(|query| {
                let slot = query.slot(file);
                slot.answer.is_some() && !slot.stale
            });
            items.extend(self.item(file).filter(|_| answered && self.is_judgeable(file)));
        }
        if !items.is_empty() {
            shift.hand_out_reasons(items);
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

    /// Takes a crew's news; those of an earlier crew are void.
    pub fn news(&mut self, number: u64, news: Vec<News>) {
        let Some(query) = &mut self.query else { return };
        let Some(mut shift) = query.shift.take_if(|shift| shift.number == number) else { return };
        for piece in news {
            match piece {
                News::Judged { file, hash, answer } => self.answered(&mut shift, file, hash, answer),
                News::Moved(file) => self.moved(&mut shift, file),
                News::Explained { file, hash, reason } => {
                    if shift.explaining.get(&file) == Some(&hash) {
                        shift.explaining.remove(&file);
                        match reason {
                            Ok(reason) => self.cache.put_reason(file, hash, reason),
                            Err(_) => drop(shift.unexplainable.insert(file, hash)),
                        }
                        self.tell_reason(file);
                    }
                }
                News::Spent(usage) => {
                    let Some(query) = &self.query else { continue };
                    let generation = query.request.generation;
                    self.events.push(QueryEvent::Spent { generation, usage });
                }
                News::OverBudget(why) => {
                    let notice = Notice::new(Severity::Warning, format!("The budget is spent: {why}"));
                    let notice = notice.hint("What was not judged says so; go on with the budget once more, or raise `[task.judge.budget]`");
                    self.events.push(QueryEvent::Notice(notice));
                    self.stop_shift(&mut shift, Stopped::OverBudget);
                }
                News::Halted { error, notice } => {
                    self.events.push(QueryEvent::Notice(notice));
                    self.stop_shift(&mut shift, Stopped::Halted(error));
                }
            }
        }
        if let Some(query) = &mut self.query {
            query.shift = Some(shift);
        }
    }

    fn answered(
        &mut self,
        shift: &mut Shift,
        file: FileId,
        hash: ContentHash,
        answer: Result<Answer, JudgeError>,
    ) {
        if shift.out.get(&file) != Some(&hash) {
            return;
        }
        shift.out.remove(&file);
        let current = self.files.get(file.index()).and_then(|entry| entry.hash) == Some(hash);
        if !current || !self.is_judgeable(file) {
            self.requeue(file);
            shift.hurry(file);
            return;
        }
        let saved = shift.marking.remove(&file);
        let flips = if saved { Flips::Mark } else { Flips::Ignore };
        let yes = answer.as_ref().is_ok_and(|answer| answer.verdict == Verdict::Yes);
        let all = self.query.as_ref().is_some_and(|query| query.request.details == DetailLevel::All);
        if yes && all && self.cache.reason(file, hash).is_none() {
            shift.want_reason(file, hash);
        }
        let held = shift.awaits_reason(file);
        self.record(file, answer, Source::Judge, flips);
        if let Some(query) = &mut self.query {
            if held {
                // Told with its reason, once that is there.
                query.untold.retain(|(known, _)| *known != file);
            }
            if self.saving.awaits(file) {
                query.slot_mut(file).stale = true;
            }
        }
        self.rerank(if saved { RankCause::Saved(vec![file]) } else { RankCause::Query });
    }

    /// A file without an answer waits again.
    fn requeue(&mut self, file: FileId) {
        let judging = self.ledger.get(file).is_some_and(|state| state.kind() == StateKind::Judging);
        if judging {
            self.ledger.set(file, LedgerState::Queued);
        }
    }

    /// A file was found changed before the tree told of it: it is read again.
    fn moved(&mut self, shift: &mut Shift, file: FileId) {
        if shift.out.remove(&file).is_none() && shift.explaining.remove(&file).is_none() {
            return;
        }
        self.requeue(file);
        if self.is_judgeable(file) && !self.files[file.index()].reading {
            let job = self.job(file);
            self.jobs.first.extend(job);
            self.await_saved(file);
        }
    }

    /// A reason arrived, or will not come: the row is told of again.
    pub(super) fn tell_reason(&mut self, file: FileId) {
        let Some(query) = &mut self.query else { return };
        if query.request.details == DetailLevel::All {
            let slot = query.slot(file);
            if slot.answer.is_some() {
                let source = if slot.cached { Source::Cache } else { Source::Judge };
                query.untold.push((file, source));
            }
        } else {
            query.explained.remove(&file);
            query.asked.push(file);
        }
    }

    fn stop_shift(&mut self, shift: &mut Shift, stopped: Stopped) {
        let state = stopped.state();
        shift.stopped = Some(stopped);
        let waiting: Vec<FileId> = shift.waiting().collect();
        for file in waiting.into_iter().chain(shift.clear()) {
            let pending = self
                .ledger
                .get(file)
                .is_some_and(|known| matches!(known.kind(), StateKind::Queued | StateKind::Judging));
            if pending && self.is_judgeable(file) {
                self.ledger.set(file, state.clone());
            }
        }
        for file in shift.give_up_reasons() {
            self.tell_reason(file);
        }
        self.rerank(RankCause::Query);
    }

    /// The user agrees to what the query takes, or gives it its budget once more.
    pub(super) fn go_on(&mut self, generation: Generation) {
        let Some(query) = self.query.as_mut().filter(|query| query.request.generation == generation) else {
            return;
        };
        let Some(shift) = &mut query.shift else { return };
        if shift.consent == Consent::Waiting {
            shift.consent = Consent::Given;
        }
        if shift.stopped.take_if(|stopped| *stopped == Stopped::OverBudget).is_some() {
            shift.crew.renew();
            query.told = Told::Plan;
            self.take_up(&[StateKind::OverBudget]);
        }
    }

    /// Queues files of these states again; returns whether there were any.
    pub(super) fn take_up(&mut self, kinds: &[StateKind]) -> bool {
        let files: Vec<FileId> = self
            .ledger
            .iter()
            .filter(|(file, state)| kinds.contains(&state.kind()) && self.is_judgeable(*file))
            .map(|(file, _)| file)
            .collect();
        for file in &files {
            self.ledger.set(*file, LedgerState::Queued);
        }
        self.line_up();
        self.rerank(RankCause::Query);
        !files.is_empty()
    }

    /// Stops the crew; what was on its way waits again.
    pub(super) fn stop_crew(&mut self) {
        let Some(mut shift) = self.query.as_mut().and_then(|query| query.shift.take()) else { return };
        for file in shift.stop() {
            self.requeue(file);
        }
        for file in shift.give_up_reasons() {
            self.tell_reason(file);
        }
        if shift.consent == Consent::Waiting {
            shift.consent = Consent::Unasked;
        }
        if let Some(query) = &mut self.query {
            query.shift = Some(shift);
        }
    }

    /// Judges by the crew what has no answer; where everything has one, everything anew. False without a crew.
    pub(super) fn judge_the_rest(&mut self) -> bool {
        let Some(query) = &mut self.query else { return false };
        let Some(shift) = &mut query.shift else { return false };
        query.cancelled = false;
        query.told = Told::Plan;
        shift.stopped = None;
        shift.crew.renew();
        if query.round == 0 || query.session.is_none() {
            query.outdated = true;
            return true;
        }
        let open = [StateKind::Queued, StateKind::Failed, StateKind::OverBudget];
        if !self.take_up(&open) && self.ledger.counts().pending() == 0 {
            self.cache.forget_all();
            if let Some(shift) = self.query.as_mut().and_then(|query| query.shift.as_mut()) {
                shift.consent = Consent::Unasked;
                shift.unexplainable.clear();
            }
            for file in self.judgeable() {
                self.rest(file);
            }
            self.take_up(&open);
        }
        true
    }

    /// Time that the crew has been at work and that is not counted yet.
    pub(super) fn crew_time(&self) -> Duration {
        let since = self.query.as_ref().and_then(|query| query.shift.as_ref()?.since);
        since.map_or(Duration::ZERO, |since| self.now.saturating_duration_since(since))
    }

    /// The user wants these judged again: answers that there are count as old.
    pub(super) fn doubt(&mut self, files: &[FileId]) {
        let Some(query) = self.query.as_mut().filter(|query| query.crewed) else { return };
        for file in files {
            self.cache.forget(*file);
            if query.has_answer(*file) {
                query.slot_mut(*file).stale = true;
            }
        }
    }

    /// The user asks why a file was judged as it was.
    pub(super) fn why(&mut self, file: FileId) {
        let hash = self.files.get(file.index()).and_then(|entry| entry.hash);
        let Some(query) = &mut self.query else { return };
        query.asked.push(file);
        if let (Some(shift), Some(hash)) = (&mut query.shift, hash)
            && self.cache.reason(file, hash).is_none()
        {
            shift.unexplainable.remove(&file);
            shift.want_reason(file, hash);
        }
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
