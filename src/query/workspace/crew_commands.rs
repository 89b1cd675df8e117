//! What the user wants of a crew: agreement, stopping, going on, asking again, asking why.

use crate::domain::{FileId, Generation, LedgerState, RankCause, StateKind};

use super::Workspace;
use super::query::Told;
use super::shift::{Consent, Stopped};

impl Workspace {
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
}
