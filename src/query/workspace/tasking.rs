//! The task's own judging: how much better each file fits the task than the median file does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::domain::{FileId, QueryEvent};
use crate::query::judge::Session;
use crate::query::rank::{logit, task_fit};

use super::Workspace;
use super::judging::ask;

/// Files judged for the task in one step.
const PACK: usize = 4096;

/// Judging for the task: wanted, under way, or done.
#[derive(Default)]
pub(super) struct TaskRun {
    wanted: bool,
    session: Option<Box<dyn Session>>,
    order: Vec<FileId>,
    fits: Vec<(FileId, f32)>,
}

impl Workspace {
    /// The words in force changed.
    pub(super) fn task_changed(&mut self) {
        self.announce_task();
        self.task_run = TaskRun::default();
        self.signals.task.clear();
        self.signals.invalidate();
        self.rerank_signals();
        self.want_task();
    }

    /// Tells the task in force.
    pub(super) fn announce_task(&mut self) {
        let text = self.task.text().cloned().unwrap_or_else(|| Arc::from(""));
        self.events.push(QueryEvent::Task { text, from_user: self.task.is_from_user() });
    }

    /// The task is to be judged, once everything was read.
    pub(super) fn want_task(&mut self) {
        self.task_run = TaskRun { wanted: self.task.text().is_some(), ..TaskRun::default() };
    }

    /// Whether the task's judging still has to come, and can.
    pub(super) fn is_task_due(&self) -> bool {
        self.task_run.wanted && self.is_read() && self.may_judge() && !self.judges.known.is_empty()
    }

    /// Judges a piece of the tree for the task; false where nothing is to be done.
    pub(super) fn judge_task(&mut self) -> bool {
        let (Some(text), true) = (self.task.text().cloned(), self.is_task_due()) else { return false };
        let (ticket, tickets) = (self.tickets.current(), self.tickets.clone());
        let overtaken = move || tickets.current() != ticket;
        let Some(session) = &self.task_run.session else {
            let judge = Arc::clone(&self.judges.known[0]);
            let opened = catch_unwind(AssertUnwindSafe(|| judge.open(&text, &self.index, &overtaken)));
            match opened {
                Ok(_) if overtaken() => {}
                Ok(session) => {
                    let mut order = session.order();
                    self.complete(&mut order);
                    self.task_run.order = order;
                    self.task_run.session = Some(session);
                }
                Err(_) => self.task_run.wanted = false,
            }
            return true;
        };
        let order = &mut self.task_run.order;
        let mut pack = order.split_off(order.len().saturating_sub(PACK));
        pack.retain(|file| self.files.get(file.index()).is_some_and(super::entry::FileEntry::is_judgeable));
        let answers = ask(&**session, &self.index, &pack, &overtaken);
        if overtaken() {
            // These are asked again after the query that came in between.
            order.extend(pack);
            return true;
        }
        let fits = pack.iter().zip(answers).filter_map(|(file, answer)| match answer {
            Some(Ok(answer)) => Some((*file, logit(answer.probability))),
            Some(Err(_)) | None => None,
        });
        self.task_run.fits.extend(fits);
        if self.task_run.order.is_empty() {
            self.end_task();
        }
        true
    }

    fn end_task(&mut self) {
        let mut fits = std::mem::take(&mut self.task_run).fits;
        if fits.is_empty() {
            return;
        }
        let middle = fits.len() / 2;
        let (_, median, _) = fits.select_nth_unstable_by(middle, |a, b| a.1.total_cmp(&b.1));
        let median = median.1;
        let mut task = vec![0.0; self.catalog.len()];
        for (file, fit) in fits {
            task[file.index()] = task_fit(fit, median);
        }
        self.signals.task = task;
        self.signals.invalidate();
        self.rerank_signals();
    }
}
