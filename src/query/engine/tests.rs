//! The engine on its thread, over real files: events in order, prompt stops, and deadlines instead of sleeps.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use std::{fs, io};

use super::*;
use crate::domain::{
    Change, DetailLevel, FileId, FileMeta, FileStamp, Generation, JudgeName, QueryRequest, RankCause,
    RelPath, RootId, Signal, Span, StateKind,
};
use crate::index::{Content, ReadError};
use crate::query::judge::{Judge, Session};
use crate::query::judges::embedded::Embedded;
use crate::query::workspace::tests::fake::{Fake, Gate};

const PATIENCE: Duration = Duration::from_secs(20);

struct Run {
    engine: Engine,
    events: Receiver<QueryEvent>,
    dir: tempfile::TempDir,
}

impl Run {
    fn new(files: &[(&str, &str)], judge: Arc<dyn Judge>) -> io::Result<Self> {
        let dir = tempfile::tempdir()?;
        for (path, text) in files {
            write(dir.path(), path, text)?;
        }
        let options = EngineOptions { roots: vec![dir.path().to_path_buf()], ..EngineOptions::default() };
        let (sender, events) = channel();
        let engine = Engine::spawn(options, vec![judge], move |event| {
            drop(sender.send(event));
        });
        let run = Self { engine, events, dir };
        let found = files.iter().map(|(path, _)| meta(path)).collect();
        run.engine.send(EngineInput::Tree(TreeEvent::Found(found)));
        run.engine.send(EngineInput::Tree(TreeEvent::Walked { files: files.len(), elapsed: Duration::ZERO }));
        run.engine.send(EngineInput::Tree(TreeEvent::Git(RootId(0), None)));
        Ok(run)
    }

    fn ask(&self, generation: u64, text: &str) {
        self.ask_of("fake", generation, text);
    }

    fn ask_of(&self, judge: &str, generation: u64, text: &str) {
        self.engine.send(EngineInput::Command(QueryCommand::Ask(QueryRequest {
            generation: Generation(generation),
            text: text.into(),
            judge: JudgeName(judge.into()),
            details: DetailLevel::Top(5),
        })));
    }

    /// The events up to and with the first that `last` accepts.
    fn until(&self, last: impl Fn(&QueryEvent) -> bool) -> Vec<QueryEvent> {
        let mut all = Vec::new();
        loop {
            let event = self.events.recv_timeout(PATIENCE).expect("an event before the deadline");
            let stop = last(&event);
            all.push(event);
            if stop {
                return all;
            }
        }
    }
}

fn write(dir: &Path, path: &str, text: &str) -> io::Result<()> {
    let path = dir.join(path);
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)
}

fn meta(path: &str) -> FileMeta {
    FileMeta { root: RootId(0), path: RelPath::from(path), stamp: FileStamp::default(), skip: None }
}

fn done(generation: u64) -> impl Fn(&QueryEvent) -> bool {
    move |event| matches!(event, QueryEvent::Done { generation: of, .. } if of.0 == generation)
}

#[test]
fn a_query_over_files_ends_with_every_file_judged() {
    let judge = Fake { wanted: Arc::new(Mutex::new(vec![FileId(0)])), ..Fake::default() };
    let run = Run::new(&[("src/yes.rs", "a"), ("src/no.rs", "b"), ("empty", "")], Arc::new(judge)).unwrap();
    run.ask(1, "yes");
    let events = run.until(done(1));
    let Some(QueryEvent::Done { counts, .. }) = events.last() else { panic!("no end") };
    let sums = [StateKind::Yes, StateKind::No, StateKind::Skipped].map(|kind| counts.get(kind));
    assert_eq!((sums, counts.total()), ([1, 1, 1], 3));
    assert!(events.iter().any(|event| matches!(event, QueryEvent::Explained { .. })));
}

#[test]
fn evidence_stands_on_the_lines_that_say_the_words() {
    let mut lines = vec!["fn other() {}"; 900];
    lines[700] = "fn trust(proxy: Proxy) {";
    let text = lines.join("\n");
    let judge = Embedded::new().unwrap();
    let run = Run::new(&[("long.rs", &text), ("b.rs", "fn b() {}")], Arc::new(judge)).unwrap();
    run.ask_of("embedded", 1, "whom the proxy is to trust");
    let events = run.until(|event| matches!(event, QueryEvent::Explained { .. }));
    let Some(QueryEvent::Explained { details, .. }) = events.last() else { panic!("nothing explained") };
    let (_, detail) = details.iter().find(|(file, _)| *file == FileId(0)).unwrap();
    let told = detail.evidence.iter().find(|told| told.signal == Signal::Content).unwrap();
    assert_eq!(told.span, Some(Span { first: 699, last: 703 }), "line 701 and two around it");
    assert!(detail.spans.contains(&Span { first: 699, last: 703 }), "{:?}", detail.spans);
}

#[test]
fn a_save_rejudges_the_file_and_marks_the_flip() {
    let wanted = Arc::new(Mutex::new(Vec::new()));
    let judge = Fake { wanted: Arc::clone(&wanted), ..Fake::default() };
    let run = Run::new(&[("a.rs", "nothing"), ("b.rs", "nothing")], Arc::new(judge)).unwrap();
    run.ask(1, "yes");
    run.until(done(1));
    wanted.lock().unwrap().push(FileId(1));
    write(run.dir.path(), "b.rs", "one\ntwo\nyes").unwrap();
    run.engine.send(EngineInput::Tree(TreeEvent::Changed(vec![Change::Upsert(meta("b.rs"))])));
    let events = run.until(|event| matches!(event, QueryEvent::Ranked { cause: RankCause::Saved(_), .. }));
    let Some(QueryEvent::Ranked { rows, .. }) = events.last() else { panic!("no ranking") };
    assert_eq!((&*rows[0].path, rows[0].state, rows[0].flipped), ("b.rs", StateKind::Yes, true));
    assert!(rows.iter().all(|row| !row.stale) && !rows[1].flipped);
}

/// Blocks in its first pack until told to go on, then notes whether it was asked for more.
#[test]
fn asking_again_stops_a_running_pass_at_once() {
    let gate = Arc::new(Gate::default());
    let files: Vec<String> = (0..2000).map(|n| format!("d/{n}.rs")).collect();
    let named: Vec<(&str, &str)> = files.iter().map(|path| (path.as_str(), "x")).collect();
    let run = Run::new(&named, Arc::new(Fake { gate: Some(Arc::clone(&gate)), ..Fake::default() })).unwrap();
    run.ask(1, "hold");
    gate.wait_until_entered();
    run.ask(2, "other");
    gate.open();
    let events = run.until(done(2));
    assert!(!events.iter().any(done(1)), "the first query was overtaken");
    assert!(gate.held() < 2000, "the first query went on to {} files", gate.held());
}

#[test]
fn dropping_the_engine_stops_a_running_pass() {
    let gate = Arc::new(Gate::default());
    let run = Run::new(
        &[("a.rs", "x"), ("b.rs", "y")],
        Arc::new(Fake { gate: Some(Arc::clone(&gate)), ..Fake::default() }),
    )
    .unwrap();
    run.ask(1, "hold");
    gate.wait_until_entered();
    let Run { engine, events, dir } = run;
    let (tickets, before) = (engine.tickets.clone(), engine.tickets.current());
    let dropped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&dropped);
    let dropping = thread::spawn(move || {
        drop(engine);
        flag.store(true, Ordering::SeqCst);
    });
    while tickets.current() == before {
        thread::yield_now();
    }
    gate.open();
    dropping.join().unwrap();
    assert!(dropped.load(Ordering::SeqCst));
    assert!(!events.iter().any(|event| done(1)(&event)));
    drop(dir);
}

#[test]
fn a_judge_that_breaks_down_fails_its_files_and_nothing_else() {
    struct Broken;
    impl Judge for Broken {
        fn name(&self) -> JudgeName {
            JudgeName("fake".into())
        }
        fn open(
            &self,
            _request: &str,
            _index: &crate::index::Index,
            _cancelled: &(dyn Fn() -> bool + Sync),
        ) -> Box<dyn Session> {
            panic!("a defect of the judge")
        }
    }
    let run = Run::new(&[("a.rs", "x")], Arc::new(Broken)).unwrap();
    run.ask(1, "anything");
    let events = run.until(done(1));
    let Some(QueryEvent::Done { counts, .. }) = events.last() else { panic!("no end") };
    assert_eq!((counts.get(StateKind::Failed), counts.total()), (1, 1));
}

/// Files in memory, with stamps old enough to be trusted; counts the readings.
#[derive(Default)]
struct Shelf {
    read: AtomicU32,
}

const OLD: FileStamp = FileStamp { size: 5, mtime_ns: 1, ctime_ns: 1, inode: 1 };

impl Reader for Shelf {
    fn read(&self, _root: RootId, path: &RelPath) -> Result<Content, ReadError> {
        self.read.fetch_add(1, Ordering::SeqCst);
        let bytes = format!("fn {}() {{}}", path.to_text().replace(['.', '/'], "_")).into_bytes();
        Ok(Content { bytes, stamp: OLD, ..Content::default() })
    }
}

/// Asks once over three files; returns how many were read.
fn session(cache: &Path, stamp: FileStamp) -> (u32, Vec<QueryEvent>) {
    let shelf = Arc::new(Shelf::default());
    let options = EngineOptions {
        roots: vec!["/somewhere".into()],
        cache_dir: Some(cache.to_path_buf()),
        ..EngineOptions::default()
    };
    let (sender, events) = channel();
    let reader = Arc::clone(&shelf) as Arc<dyn Reader>;
    let engine = Engine::spawn_with(
        options,
        vec![Arc::new(Fake::default()) as Arc<dyn Judge>],
        reader,
        move |event| {
            drop(sender.send(event));
        },
    );
    let found = ["a.rs", "b/c.rs", "d.md"].map(|path| FileMeta { stamp, ..meta(path) });
    let run = Run { engine, events, dir: tempfile::tempdir().expect("a directory") };
    run.engine.send(EngineInput::Tree(TreeEvent::Found(found.to_vec())));
    run.engine.send(EngineInput::Tree(TreeEvent::Walked { files: 3, elapsed: Duration::ZERO }));
    run.ask(1, "anything");
    let mut events = run.until(done(1));
    let Some(QueryEvent::Done { counts, .. }) = events.last() else { panic!("no end") };
    assert_eq!((counts.get(StateKind::No), counts.total()), (3, 3));
    drop(run.engine);
    events.extend(run.events.try_iter());
    (shelf.read.load(Ordering::SeqCst), events)
}

fn notices(events: &[QueryEvent]) -> Vec<Severity> {
    let severity = |event: &QueryEvent| {
        if let QueryEvent::Notice(notice) = event { Some(notice.severity) } else { None }
    };
    events.iter().filter_map(severity).collect()
}

#[test]
fn a_second_start_reads_no_file_that_did_not_change() {
    let cache = tempfile::tempdir().unwrap();
    assert_eq!(session(cache.path(), OLD).0, 3);
    let (read, events) = session(cache.path(), OLD);
    assert_eq!((read, notices(&events)), (0, vec![]));
    let touched = FileStamp { mtime_ns: 2, ..OLD };
    assert_eq!(session(cache.path(), touched).0, 3, "another stamp: read, and found to be the same");
}

#[test]
fn a_damaged_snapshot_is_said_and_built_anew() {
    let cache = tempfile::tempdir().unwrap();
    session(cache.path(), OLD);
    let path = Slot::new(cache.path(), &["/somewhere".into()]).path().to_path_buf();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let (read, events) = session(cache.path(), OLD);
    assert_eq!((read, notices(&events)), (3, vec![Severity::Info]));
    assert_eq!(session(cache.path(), OLD).0, 0);
}

#[test]
fn a_cache_that_cannot_be_written_is_no_obstacle() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let (read, events) = session(&file, OLD);
    assert_eq!(read, 3);
    assert!(notices(&events).iter().all(|severity| *severity < Severity::Error));
}
