//! The workspace without threads: fed by hand, with a judge whose answers are foreseen.

mod crews;
pub mod desk;
pub mod fake;
mod property;
mod queries;
mod saves;
mod signals;

use std::sync::Mutex;

use super::*;
use crate::domain::{
    Change, DetailLevel, FileMeta, FileStamp, Generation, JudgeName, LedgerState, QueryCommand, QueryRequest,
    RankedRow, RelPath, RootId, SkipReason, StateKind, TreeEvent,
};
use crate::index::{ContentHash, Extract, Outcome, Reading, Version};
use crate::query::crew::News;
use desk::SharedDesk;
use fake::Fake;

type Posted = Arc<Mutex<Vec<(u64, Vec<News>)>>>;

/// A workspace with a fake judge, a clock that is moved by hand, and an indexer that reads nothing.
struct Bench {
    workspace: Workspace,
    tickets: Tickets,
    now: Instant,
    judge: Handles,
    /// Where files lie that a crew was given.
    desk: SharedDesk,
    /// News of crews that did not arrive yet.
    posted: Posted,
    unread: Vec<Job>,
    events: Vec<QueryEvent>,
    versions: u8,
}

/// What tests change in the judge, and read from it.
struct Handles {
    wanted: Arc<Mutex<Vec<FileId>>>,
    failing: Arc<Mutex<Vec<FileId>>>,
    asked: Arc<std::sync::atomic::AtomicU32>,
}

impl Bench {
    fn new() -> Self {
        Self::with(EngineOptions::default(), Fake::default())
    }

    fn with(options: EngineOptions, judge: Fake) -> Self {
        let options = EngineOptions { roots: vec![PathBuf::from("/root")], ..options };
        let tickets = Tickets::default();
        let now = Instant::now();
        let handles = Handles {
            wanted: Arc::clone(&judge.wanted),
            failing: Arc::clone(&judge.failing),
            asked: Arc::clone(&judge.asked),
        };
        let desk = judge.desk.clone().unwrap_or_default();
        let mut workspace =
            Workspace::new(options, vec![Arc::new(judge) as Arc<dyn Judge>], tickets.clone(), now);
        let posted = Arc::new(Mutex::new(Vec::new()));
        let post = Arc::clone(&posted);
        workspace.set_post(Arc::new(move |shift, news| post.lock().unwrap().push((shift, news))));
        let (unread, events) = (Vec::new(), Vec::new());
        Self { workspace, tickets, now, judge: handles, desk, posted, unread, events, versions: 0 }
    }

    /// A workspace whose judge answers through a crew.
    fn crewed() -> Self {
        Self::with(EngineOptions::default(), Fake { desk: Some(SharedDesk::default()), ..Fake::default() })
    }

    /// A tree of these files, walked and read, without a repository.
    fn over(paths: &[&str]) -> Self {
        let mut bench = Self::new();
        bench.fill(paths);
        bench
    }

    fn fill(&mut self, paths: &[&str]) {
        self.workspace.tree(TreeEvent::Found(paths.iter().map(|path| meta(path)).collect()));
        self.workspace.tree(TreeEvent::Walked { files: paths.len(), elapsed: Duration::ZERO });
        self.workspace.tree(TreeEvent::Git(RootId(0), None));
        self.read_all();
        self.settle();
    }

    fn id(&self, path: &str) -> FileId {
        self.workspace.catalog.find(RootId(0), &RelPath::from(path)).expect("a known path")
    }

    fn want(&self, paths: &[&str]) {
        *self.judge.wanted.lock().unwrap() = paths.iter().map(|path| self.id(path)).collect();
    }

    fn asked(&self) -> u32 {
        self.judge.asked.swap(0, Ordering::SeqCst)
    }

    fn command(&mut self, command: QueryCommand) {
        let overtakes = matches!(command, QueryCommand::Ask(_) | QueryCommand::Cancel);
        let ticket = if overtakes { self.tickets.take() } else { self.tickets.current() };
        self.workspace.command(command, ticket);
    }

    fn ask(&mut self, generation: u64, text: &str) {
        self.ask_with(generation, text, DetailLevel::Top(3));
    }

    fn ask_with(&mut self, generation: u64, text: &str, details: DetailLevel) {
        self.command(QueryCommand::Ask(QueryRequest {
            generation: Generation(generation),
            text: text.into(),
            judge: JudgeName("fake".into()),
            details,
        }));
    }

    /// One step, without time passing.
    fn step(&mut self) -> Next {
        let posted = std::mem::take(&mut *self.posted.lock().unwrap());
        for (shift, news) in posted {
            self.workspace.news(shift, news);
        }
        let next = self.workspace.step(self.now);
        self.events.extend(self.workspace.take_events());
        let jobs = self.workspace.take_jobs();
        self.unread.splice(0..0, jobs.first);
        self.unread.extend(jobs.later);
        next
    }

    /// Steps, moving the clock, until nothing is due.
    fn settle(&mut self) {
        for _ in 0..10_000 {
            match self.step() {
                Next::Now => {}
                Next::At(due) => self.now = self.now.max(due),
                Next::Idle => return,
            }
        }
        panic!("the workspace never comes to rest");
    }

    /// Answers every job with new text.
    fn read_all(&mut self) {
        self.step();
        for job in std::mem::take(&mut self.unread) {
            self.answer(&job, None);
        }
    }

    /// Answers one job with new text, or with `outcome`.
    fn answer(&mut self, job: &Job, outcome: Option<Outcome>) {
        self.versions = self.versions.wrapping_add(1);
        let version =
            Version { hash: ContentHash([self.versions; 16]), stamp: FileStamp::default(), racy: false };
        let extract = Box::new(Extract { lines: 1, ..Extract::default() });
        let outcome = outcome.unwrap_or(Outcome::Text(version, Some(extract)));
        self.workspace.readings(vec![Reading { file: job.file, serial: job.serial, outcome }]);
    }

    fn save(&mut self, paths: &[&str]) {
        let changes = paths.iter().map(|path| Change::Upsert(meta(path))).collect();
        self.workspace.tree(TreeEvent::Changed(changes));
    }

    fn delete(&mut self, path: &str) {
        self.workspace.tree(TreeEvent::Changed(vec![Change::Removed(RootId(0), RelPath::from(path))]));
    }

    fn state(&self, path: &str) -> Option<StateKind> {
        self.workspace.ledger().get(self.id(path)).map(LedgerState::kind)
    }

    fn count(&self, kind: StateKind) -> u32 {
        self.workspace.ledger().counts().get(kind)
    }

    /// The rows of the latest ranking.
    fn rows(&self) -> Vec<RankedRow> {
        let latest = self.events.iter().rev().find_map(|event| {
            if let QueryEvent::Ranked { rows, .. } = event { Some(rows.to_vec()) } else { None }
        });
        latest.expect("a ranking")
    }

    fn paths(&self) -> Vec<String> {
        self.rows().iter().map(|row| row.path.to_string()).collect()
    }

    fn row(&self, path: &str) -> RankedRow {
        self.rows().into_iter().find(|row| &*row.path == path).expect("a row of this path")
    }

    /// How many queries were said to be done.
    fn dones(&self) -> usize {
        self.events.iter().filter(|event| matches!(event, QueryEvent::Done { .. })).count()
    }
}

fn meta(path: &str) -> FileMeta {
    let skip = path.contains(".lock").then_some(SkipReason::Lock);
    FileMeta { root: RootId(0), path: RelPath::from(path), stamp: FileStamp::default(), skip }
}
