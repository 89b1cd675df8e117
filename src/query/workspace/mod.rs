//! The workspace: everything the engine knows and decides, without threads, clocks or channels.
//!
//! Told of the tree, of readings and of commands; [`Workspace::step`] then does a bounded piece of the work that is
//! due. What it has to say waits in [`Workspace::take_events`] and [`Workspace::take_jobs`].
//!
//! Invariant: every file of the tree has exactly one state in the ledger, after every call.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::domain::{FileId, IndexStatus, JudgeName, QueryEvent};
use crate::index::{Index, Job, Outlines, Reader};

use super::cache::Cache;
use super::catalog::{Catalog, Places};
use super::judge::{Judge, Judges};
use super::ledger::Ledger;
use super::rank::{Activity, RankWeights};
use super::task::Task;

mod commands;
mod crew_commands;
mod crew_news;
mod crewing;
mod entry;
mod explaining;
mod exporting;
mod history;
mod judging;
mod learning;
mod naming;
mod query;
mod ranking;
mod readings;
mod saving;
mod sharpening;
mod shift;
mod signals;
mod tasking;
mod tree;
mod warming;

#[cfg(test)]
pub(super) mod tests;

pub use crewing::Post;

use entry::FileEntry;
use exporting::Export;
use history::HistoryWait;
use query::Query;
use saving::Saving;
use signals::Signals;
use tasking::TaskRun;
use tree::RootState;
use warming::Warm;

/// What an engine is started with.
#[derive(Debug, Clone, Default)]
pub struct EngineOptions {
    /// The root directories, in the order of their ids.
    pub roots: Vec<PathBuf>,
    /// Where snapshots of the index live; `None` keeps nothing.
    pub cache_dir: Option<PathBuf>,
    /// The task the user set at the start.
    pub task: Option<Arc<str>>,
    /// How ranking signals weigh.
    pub weights: RankWeights,
    /// Judge only once walk, index and history are complete, so that each file is judged once and with all evidence:
    /// for a single query that is printed.
    pub wait_for_history: bool,
}

/// When [`Workspace::step`] wants to be called again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// At once: there is more to do.
    Now,
    /// At this time, unless something arrives before.
    At(Instant),
    /// When something arrives.
    Idle,
}

/// Counts asks and cancels as they are sent, so that work for an overtaken one stops at once.
#[derive(Debug, Clone, Default)]
pub struct Tickets(Arc<AtomicU64>);

impl Tickets {
    /// Overtakes everything sent before; returns the new ticket.
    pub fn take(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// The latest ticket.
    pub fn current(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Jobs for the indexer.
#[derive(Debug, Default)]
pub struct Jobs {
    /// Before all others: what was saved.
    pub first: Vec<Job>,
    /// After what was asked before.
    pub later: Vec<Job>,
}

/// Everything the engine knows.
pub struct Workspace {
    options: EngineOptions,
    judges: Judges,
    tickets: Tickets,
    now: Instant,
    catalog: Catalog,
    files: Vec<FileEntry>,
    index: Index,
    /// Counts changes of the index.
    epoch: u64,
    ledger: Ledger,
    activity: Activity,
    signals: Signals,
    roots: Vec<RootState>,
    walked: bool,
    history_wait: HistoryWait,
    /// Files whose reading is asked for and not answered.
    unread: u32,
    query: Option<Query>,
    /// Where crews answer to.
    post: Post,
    /// Who reads files again to show where evidence stands; without one it stays as coarse as the index.
    reader: Option<Arc<dyn Reader>>,
    /// Counts the crews there were.
    shifts: u64,
    cache: Cache,
    task: Task,
    task_run: TaskRun,
    saving: Saving,
    warm: Warm,
    export: Export,
    status: StatusReport,
    events: Vec<QueryEvent>,
    jobs: Jobs,
}

/// The status last told, and when.
#[derive(Debug, Default)]
struct StatusReport {
    told: IndexStatus,
    at: Option<Instant>,
}

/// Index status is told at most this often.
const STATUS_INTERVAL: Duration = Duration::from_millis(100);

impl Workspace {
    /// An empty workspace that asks these judges; the first one also judges the task.
    pub fn new(options: EngineOptions, judges: impl Into<Judges>, tickets: Tickets, now: Instant) -> Self {
        let roots = options.roots.iter().map(|_| RootState::default()).collect();
        let task = Task::new(options.task.clone());
        let catalog = Catalog::of(&options.roots);
        let mut this = Self {
            options,
            judges: judges.into(),
            tickets,
            now,
            catalog,
            files: Vec::new(),
            index: Index::new(),
            epoch: 0,
            ledger: Ledger::default(),
            activity: Activity::default(),
            signals: Signals::default(),
            roots,
            walked: false,
            history_wait: HistoryWait::default(),
            unread: 0,
            query: None,
            post: Arc::new(|_, _| {}),
            reader: None,
            shifts: 0,
            cache: Cache::default(),
            task,
            task_run: TaskRun::default(),
            saving: Saving::default(),
            warm: Warm::default(),
            export: Export::default(),
            status: StatusReport::default(),
            events: Vec::new(),
            jobs: Jobs::default(),
        };
        this.announce_task();
        this
    }

    /// Does one bounded piece of the work that is due, most urgent first.
    pub fn step(&mut self, now: Instant) -> Next {
        self.now = now;
        self.judge_saved();
        let warming = self.warm_some();
        self.give_up_history();
        self.plan();
        if self.options.wait_for_history && self.judge_task() {
            return Next::Now;
        }
        if self.judge_some() {
            self.tell_judged();
            self.emit_due();
            return Next::Now;
        }
        self.keep_busy();
        self.emit_due();
        if warming || self.explain_some() || self.judge_task() {
            return Next::Now;
        }
        if self.finish_query() {
            return Next::Now;
        }
        match [
            self.status_due(),
            self.ranking_due(),
            self.saved_due(),
            self.learning_due(),
            self.history_due(),
        ]
        .into_iter()
        .flatten()
        .min()
        {
            Some(due) if due <= now => Next::Now,
            Some(due) => Next::At(due),
            None => Next::Idle,
        }
    }

    /// Takes who reads files again.
    pub fn set_reader(&mut self, reader: Arc<dyn Reader>) {
        self.reader = Some(reader);
    }

    /// Takes the time of day, seconds since the epoch, for the ages of commits.
    pub fn set_time(&mut self, now: i64) {
        self.index.set_now(now);
    }

    /// Takes the events since the last call, oldest first.
    pub fn take_events(&mut self) -> Vec<QueryEvent> {
        std::mem::take(&mut self.events)
    }

    /// Takes the indexer's jobs since the last call.
    pub fn take_jobs(&mut self) -> Jobs {
        std::mem::take(&mut self.jobs)
    }

    /// The ledger of the current query, or of the tree where there is none.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The files' ids and paths.
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The index.
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// Where files lie, for other threads.
    pub fn places(&self) -> Places {
        self.catalog.places()
    }

    /// What files define, for other threads.
    pub fn outlines(&self) -> Outlines {
        self.index.outlines()
    }

    /// What it was started with.
    pub const fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// Whether walk, index and history are complete.
    pub fn is_settled(&self) -> bool {
        self.is_read() && self.roots.iter().all(|root| root.history_complete)
    }

    /// Whether the walk is complete and every file was read.
    fn is_read(&self) -> bool {
        self.walked && self.unread == 0
    }

    fn entry(&mut self, file: FileId) -> &mut FileEntry {
        if self.files.len() <= file.index() {
            self.files.resize(file.index() + 1, FileEntry::default());
        }
        &mut self.files[file.index()]
    }

    fn is_judgeable(&self, file: FileId) -> bool {
        self.files.get(file.index()).is_some_and(FileEntry::is_judgeable)
    }

    /// Puts a file's ledger state back to what its bytes say, without a verdict.
    fn rest(&mut self, file: FileId) {
        match self.files.get(file.index()).and_then(FileEntry::resting_state) {
            Some(state) => self.ledger.set(file, state),
            None => self.ledger.remove(file),
        }
        if let Some(query) = &mut self.query {
            query.clear(file);
        }
    }

    fn judge_named(&self, name: &JudgeName) -> Option<Arc<dyn Judge>> {
        self.judges.named(name)
    }

    fn status(&self) -> IndexStatus {
        let files = self.ledger.counts().total();
        IndexStatus {
            files,
            indexed: files.saturating_sub(self.unread),
            commits: self.roots.iter().map(|root| root.commits).sum(),
            walked: self.walked,
            history_complete: self.roots.iter().all(|root| root.history_complete),
        }
    }

    fn status_due(&self) -> Option<Instant> {
        (self.status() != self.status.told)
            .then(|| self.status.at.map_or(self.now, |at| at + STATUS_INTERVAL))
    }

    /// Tells the status and the ranking where they changed and their time has come.
    fn emit_due(&mut self) {
        if self.status_due().is_some_and(|due| due <= self.now) {
            self.status = StatusReport { told: self.status(), at: Some(self.now) };
            self.events.push(QueryEvent::Index(self.status.told));
        }
        if self.ranking_due().is_some_and(|due| due <= self.now) {
            self.emit_ranking();
        }
    }
}
