//! The engine's thread: takes messages, lets the workspace do its work in small steps, and passes on what it says.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::domain::{Notice, QueryEvent, Severity};
use crate::index::{Deliver, Indexer, Reader};

use super::Message;
use crate::query::workspace::{Next, Workspace};

/// Takes events, in order.
pub(super) type Sink = dyn Fn(QueryEvent) + Send + Sync;

/// Messages taken in before the workspace works again.
const BURST: usize = 64;

/// What the thread owns.
pub(super) struct Service {
    workspace: Workspace,
    indexer: Indexer,
    sink: Arc<Sink>,
}

impl Service {
    pub fn new(
        workspace: Workspace,
        inbox: &Sender<Message>,
        reader: &Arc<dyn Reader>,
        sink: Arc<Sink>,
    ) -> Self {
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
        Self { workspace, indexer, sink }
    }

    /// Works until told to stop.
    pub fn run(mut self, inbox: &Receiver<Message>) {
        loop {
            let next = self.workspace.step(Instant::now());
            self.pass_on();
            let mut message = match receive(inbox, next) {
                Received::Message(message) => message,
                Received::Nothing => continue,
                Received::Closed => return,
            };
            for _ in 0..BURST {
                if !self.take(message) {
                    return;
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
                self.workspace.set_time(epoch_seconds());
                self.workspace.tree(event);
            }
            Message::Command(command, ticket) => self.workspace.command(command, ticket),
            Message::Readings(batch, permit) => {
                self.workspace.readings(batch);
                drop(permit);
            }
            Message::Stop => return false,
        }
        true
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

fn epoch_seconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}
