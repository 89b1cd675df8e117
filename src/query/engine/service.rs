//! The engine's thread: takes messages, lets the workspace do its work in small steps, and passes on what it says.

use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::domain::{Notice, QueryEvent, Severity, TreeEvent, unix_seconds};
use crate::index::{Deliver, Indexer, Reader, Slot, Snapshot, Unusable};

use super::Message;
use super::saver::{Progress, Saver};
use crate::query::workspace::{EngineOptions, Next, Workspace};

/// Takes events, in order.
pub(super) type Sink = dyn Fn(QueryEvent) + Send + Sync;

/// Messages taken in before the workspace works again.
const BURST: usize = 64;

/// How long the disk is given when it is behind.
const BEHIND: Duration = Duration::from_millis(4);

/// What the thread owns.
pub(super) struct Service {
    workspace: Workspace,
    indexer: Indexer,
    saver: Saver,
    sink: Arc<Sink>,
}

impl Service {
    pub fn new(
        mut workspace: Workspace,
        inbox: &Sender<Message>,
        reader: &Arc<dyn Reader>,
        sink: Arc<Sink>,
    ) -> Self {
        load(&mut workspace, inbox.clone());
        let saver = Saver::new(inbox.clone());
        let to_thread = inbox.clone();
        // The receiver is gone only while shutting down.
        workspace.set_post(Arc::new(move |shift, news| drop(to_thread.send(Message::News(shift, news)))));
        workspace.set_reader(Arc::clone(reader));
        let inbox = inbox.clone();
        let indexer = Indexer::spawn(
            reader,
            // The receiver is gone only while shutting down.
            &(Arc::new(move |batch, permit| drop(inbox.send(Message::Readings(batch, permit))))
                as Arc<Deliver>),
        );
        if !indexer.is_alive() {
            let notice =
                Notice::new(Severity::Error, "No file can be read: the indexer cannot start a thread");
            sink(QueryEvent::Notice(notice.hint("Raise `ulimit -u`, then start again")));
        }
        Self { workspace, indexer, saver, sink }
    }

    /// Works until told to stop.
    pub fn run(mut self, inbox: &Receiver<Message>) {
        loop {
            let next = self.workspace.step(Instant::now());
            self.pass_on();
            let next = self.save_between(next);
            let mut message = match receive(inbox, next) {
                Received::Message(message) => message,
                Received::Nothing => continue,
                Received::Closed => return,
            };
            for _ in 0..BURST {
                let heavy = is_heavy(&message);
                if !self.take(message) {
                    let Self { mut workspace, saver, .. } = self;
                    saver.stop(&mut workspace);
                    return;
                }
                if heavy {
                    break;
                }
                match inbox.try_recv() {
                    Ok(more) => message = more,
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
                }
            }
            self.pass_on();
        }
    }

    /// Takes one message; false where it says to stop.
    fn take(&mut self, message: Message) -> bool {
        match message {
            Message::Tree(event) => {
                self.workspace.set_time(unix_seconds(SystemTime::now()));
                self.workspace.tree(event);
            }
            Message::Command(command, ticket) => self.workspace.command(command, ticket),
            Message::News(shift, news) => self.workspace.news(shift, news),
            Message::Readings(batch, permit) => {
                self.workspace.readings(batch);
                drop(permit);
            }
            Message::Loaded(slot, loaded) => {
                self.saver.set_slot(slot);
                self.workspace.snapshot_loaded(loaded);
            }
            Message::NotLoaded => self.workspace.snapshot_loaded(Err(Unusable::Damaged)),
            Message::Written(result) => {
                if let Some(notice) = self.saver.written(result) {
                    (self.sink)(QueryEvent::Notice(notice));
                }
            }
            Message::Stop => return false,
        }
        true
    }

    /// Works on a snapshot where there is nothing more urgent; tells when to be back.
    fn save_between(&mut self, next: Next) -> Next {
        if next == Next::Now {
            return next;
        }
        let again = match self.saver.work(&mut self.workspace) {
            Progress::More => return Next::Now,
            Progress::Behind => Some(Instant::now() + BEHIND),
            Progress::Idle => self.saver.due(&self.workspace),
        };
        match (next, again) {
            (Next::At(due), Some(again)) => Next::At(due.min(again)),
            (Next::Idle, Some(again)) => Next::At(again),
            (next, _) => next,
        }
    }

    fn pass_on(&mut self) {
        for event in self.workspace.take_events() {
            (self.sink)(event);
        }
        let jobs = self.workspace.take_jobs();
        if !jobs.first.is_empty() {
            self.indexer.read_first(jobs.first);
        }
        if !jobs.later.is_empty() {
            self.indexer.read(jobs.later);
        }
    }
}

/// Whether taking a message in is work enough for one turn.
const fn is_heavy(message: &Message) -> bool {
    match message {
        Message::Tree(TreeEvent::History { .. }) | Message::Readings(..) | Message::Loaded(..) => true,
        Message::Tree(_)
        | Message::Command(..)
        | Message::News(..)
        | Message::NotLoaded
        | Message::Written(_)
        | Message::Stop => false,
    }
}

/// Loads the last session's snapshot on a thread of its own, beside the walk.
fn load(workspace: &mut Workspace, inbox: Sender<Message>) {
    let EngineOptions { cache_dir, roots, .. } = workspace.options();
    let Some(cache_dir) = cache_dir.clone() else { return };
    let roots = roots.clone();
    let loading = thread::Builder::new().name("warm".into()).spawn(move || {
        // Whatever a snapshot holds, the engine waits for an answer: a defect here must not keep it waiting.
        let loaded = catch_unwind(|| {
            let slot = Slot::new(&cache_dir, &roots);
            let loaded = catch_unwind(|| Snapshot::load(&slot)).unwrap_or(Err(Unusable::Damaged));
            (slot, loaded)
        });
        // The receiver is gone only while shutting down.
        drop(inbox.send(loaded.map_or(Message::NotLoaded, |(slot, loaded)| Message::Loaded(slot, loaded))));
    });
    if loading.is_ok() {
        workspace.expect_snapshot();
    }
}

/// What waiting gave.
enum Received {
    Message(Message),
    /// Time is up.
    Nothing,
    /// Nobody can send any more.
    Closed,
}

/// Waits as long as the workspace has nothing to do.
fn receive(inbox: &Receiver<Message>, next: Next) -> Received {
    match next {
        Next::Now => match inbox.try_recv() {
            Ok(message) => Received::Message(message),
            Err(TryRecvError::Empty) => Received::Nothing,
            Err(TryRecvError::Disconnected) => Received::Closed,
        },
        Next::At(due) => match inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
            Ok(message) => Received::Message(message),
            Err(RecvTimeoutError::Timeout) => Received::Nothing,
            Err(RecvTimeoutError::Disconnected) => Received::Closed,
        },
        Next::Idle => inbox.recv().map_or(Received::Closed, Received::Message),
    }
}
