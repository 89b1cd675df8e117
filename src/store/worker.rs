//! The one thread that owns the connection: it batches writes, answers reads, and goes on in memory when the file fails.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;
use super::{file, gap};
use crate::domain::Notice;

/// Writes that may wait. The thread takes tens of thousands a second, so that a full queue means a stuck disk.
const QUEUE: usize = 16_384;

/// Writes of one transaction.
const BATCH: usize = 512;

/// How often a batch is tried on a file that others hold, each try waiting SQLite's own busy time.
const TRIES: usize = 3;

/// Something to be remembered; run again where the first try failed.
pub struct Write {
    /// What a full queue means for it.
    pub loss: Loss,
    /// Writes it.
    pub run: Box<Run>,
}

/// Writes one thing.
type Run = dyn Fn(&Connection) -> rusqlite::Result<()> + Send;

/// What it means when a write finds the queue full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The egress log has a gap, which it must say.
    Gap,
    /// The next write of its kind makes it good.
    MadeGood,
}

/// A read: given the connection (`None` where there is no file), it sends its own answer and gives back what failed.
type Read = Box<dyn FnOnce(Option<&Connection>) -> Option<rusqlite::Error> + Send>;

enum Message {
    Write(Write),
    Read(Read),
}

/// What the thread tells its handle.
#[derive(Debug, Default)]
struct Shared {
    notice: Mutex<Option<Notice>>,
    degraded: AtomicBool,
    /// Calls that the egress log missed because the queue was full.
    missed: AtomicU64,
}

/// The handle of the thread.
#[derive(Debug)]
pub struct Worker {
    queue: Option<SyncSender<Message>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

impl Worker {
    /// Starts the thread; the file is opened by its first message.
    pub fn start(path: Option<PathBuf>) -> Self {
        let (queue, messages) = mpsc::sync_channel(QUEUE);
        let shared = Arc::new(Shared::default());
        let owner = Owner { path, connection: None, shared: Arc::clone(&shared) };
        let thread = std::thread::Builder::new().name("store".into()).spawn(move || owner.run(&messages));
        Self { queue: Some(queue), thread: thread.ok(), shared }
    }

    /// Queues a write. Never waits: a write that finds the queue full is dropped, and the log says how many it missed.
    pub fn write(&self, write: Write) {
        let Some(queue) = &self.queue else { return };
        if let Err(
            TrySendError::Full(Message::Write(write)) | TrySendError::Disconnected(Message::Write(write)),
        ) = queue.try_send(Message::Write(write))
            && write.loss == Loss::Gap
        {
            self.shared.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Runs a read after every write queued before it, and waits for its answer.
    pub fn read<T: Send + Default + 'static>(
        &self,
        patience: Duration,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = mpsc::sync_channel(1);
        let read: Read = Box::new(move |connection| {
            let (value, error) = match connection.map(read) {
                None => (T::default(), None),
                Some(Ok(value)) => (value, None),
                Some(Err(error)) => (T::default(), Some(error)),
            };
            let _ = answer.try_send(value);
            error
        });
        let queue = self.queue.as_ref().ok_or(StoreError::Slow)?;
        queue.try_send(Message::Read(read)).map_err(|_| StoreError::Slow)?;
        answered.recv_timeout(patience).map_err(|_| StoreError::Slow)
    }

    pub fn take_notice(&self) -> Option<Notice> {
        self.shared.notice.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub fn is_degraded(&self) -> bool {
        self.shared.degraded.load(Ordering::Relaxed)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Owner {
    path: Option<PathBuf>,
    connection: Option<Connection>,
    shared: Arc<Shared>,
}

impl Owner {
    fn run(mut self, messages: &Receiver<Message>) {
        let mut batch = Vec::new();
        while let Ok(first) = messages.recv() {
            let mut next = Some(first);
            loop {
                match next.take() {
                    Some(Message::Write(write)) => batch.push(write),
                    Some(Message::Read(read)) => {
                        self.commit(&mut batch);
                        self.answer(read);
                    }
                    None => break,
                }
                if batch.len() >= BATCH {
                    self.commit(&mut batch);
                }
                match messages.try_recv() {
                    Ok(message) => next = Some(message),
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
                }
            }
            self.commit(&mut batch);
        }
    }

    fn answer(&mut self, read: Read) {
        let missing = self.path.as_deref().is_some_and(|path| !path.exists());
        if self.connection.is_none() && missing {
            // A look at what was never written leaves nothing behind.
            read(None);
            return;
        }
        self.open();
        if let Some(error) = read(self.connection.as_ref()) {
            self.degrade(&StoreError::sqlite(self.path.as_deref(), "reading it", error));
        }
    }

    fn open(&mut self) {
        if self.connection.is_some() {
            return;
        }
        let opened = match self.path.as_deref() {
            Some(path) if !self.shared.degraded.load(Ordering::Relaxed) => file::open(path),
            Some(_) | None => file::in_memory(),
        };
        match opened {
            Ok(connection) => self.connection = Some(connection),
            Err(error) => self.degrade(&error),
        }
    }

    /// Goes on in memory, and says so once.
    fn degrade(&mut self, error: &StoreError) {
        self.connection = file::in_memory().ok();
        if !self.shared.degraded.swap(true, Ordering::Relaxed) {
            *self.shared.notice.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.notice());
        }
    }

    fn commit(&mut self, batch: &mut Vec<Write>) {
        if batch.is_empty() {
            return;
        }
        self.open();
        let missed = self.shared.missed.swap(0, Ordering::Relaxed);
        for left in (0..TRIES).rev() {
            match self.try_commit(batch, missed) {
                Ok(()) => break,
                Err(error) if error.is_busy() && left > 0 => {}
                Err(error) => {
                    self.degrade(&error);
                    let _ = self.try_commit(batch, missed);
                    break;
                }
            }
        }
        batch.clear();
    }

    fn try_commit(&mut self, batch: &[Write], missed: u64) -> Result<(), StoreError> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let path: Option<&Path> = self.path.as_deref();
        let wrong = |source| StoreError::sqlite(path, "writing to it", source);
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(wrong)?;
        for write in batch {
            (write.run)(&transaction).map_err(wrong)?;
        }
        if missed > 0 {
            gap::insert(&transaction, missed).map_err(wrong)?;
        }
        transaction.commit().map_err(wrong)
    }
}
