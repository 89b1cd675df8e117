//! What crews tell, taken into ledger, list and cache.

use crate::domain::{
    DetailLevel, FileId, LedgerState, Notice, QueryEvent, RankCause, Severity, Source, StateKind, Verdict,
};
use crate::index::ContentHash;
use crate::query::crew::News;
use crate::query::judge::{Answer, JudgeError};

use super::Workspace;
use super::judging::Flips;
use super::shift::{Shift, Stopped};

impl Workspace {
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
    pub(super) fn requeue(&mut self, file: FileId) {
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
}
