//! The indexer: reads, hashes and extracts files on its own threads.
//!
//! Invariant: each job is answered once, unless the indexer is dropped; and unanswered texts never hold more than
//! [`IN_FLIGHT`] bytes, so that a slow receiver slows the reading and not the machine's memory.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use super::{ContentHash, Extract};
use crate::domain::{FileId, FileStamp, RelPath, RootId, SkipReason, unix_ns};

mod queue;
mod read;

#[cfg(test)]
mod tests;

pub use queue::Permit;
use queue::Queue;
pub use read::{Content, Disk, ReadError, Reader};

/// Bytes of text whose extracts, several times their size, may wait to be received.
const IN_FLIGHT: u64 = 4 << 20;

/// Results are sent at least this often.
const BATCH_TIME: Duration = Duration::from_millis(40);

/// And at most so many at once.
const BATCH_FILES: usize = 128;

/// A time stamp this much younger than the reading cannot tell a second write from the first.
const RACY_NS: i64 = 2_000_000_000;

/// One file to read.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub file: FileId,
    /// Its root.
    pub root: RootId,
    /// Its path below the root.
    pub path: RelPath,
    /// Echoed by the answer, so that answers overtaken by a later job are known.
    pub serial: u32,
    /// The bytes that are known already; the same bytes are not extracted again.
    pub known: Option<ContentHash>,
}

/// The answer to one [`Job`].
#[derive(Debug)]
pub struct Reading {
    /// The file.
    pub file: FileId,
    /// The job's.
    pub serial: u32,
    /// What came out.
    pub outcome: Outcome,
}

/// What reading a file gave.
#[derive(Debug)]
pub enum Outcome {
    /// Text to be judged; the extract is missing where the bytes are the job's `known` ones.
    Text(Version, Option<Box<Extract>>),
    /// Not to be judged; without a version where no bytes were read.
    Skipped(Option<Version>, SkipReason),
    /// It is not there any more.
    Gone,
    /// It could not be read.
    Failed {
        /// What happened, for people.
        why: String,
        /// Whether trying again can help.
        retryable: bool,
    },
}

/// Which bytes were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Their hash.
    pub hash: ContentHash,
    /// The stamp of the file they were read from.
    pub stamp: FileStamp,
    /// The stamp is too young to vouch for the bytes later.
    pub racy: bool,
}

/// Threads that read files; dropping it stops them and forgets what was not read.
#[derive(Debug)]
pub struct Indexer {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

/// What a batch of readings is handed to, with the permit that is held until the batch was taken in.
pub type Deliver = dyn Fn(Vec<Reading>, Permit) + Send + Sync;

impl Indexer {
    /// Starts one thread a core.
    pub fn spawn(reader: &Arc<dyn Reader>, deliver: &Arc<Deliver>) -> Self {
        let queue = Arc::new(Queue::new(IN_FLIGHT));
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = (0..cores)
            .filter_map(|number| {
                let (queue, reader, deliver) = (Arc::clone(&queue), Arc::clone(reader), Arc::clone(deliver));
                thread::Builder::new()
                    .name(format!("index-{number}"))
                    .spawn(move || work(&queue, &*reader, &*deliver))
                    .ok()
            })
            .collect();
        Self { queue, threads }
    }

    /// Whether any thread could be started; without one nothing is ever read.
    pub fn is_alive(&self) -> bool {
        !self.threads.is_empty()
    }

    /// Reads these after what was asked before.
    pub fn read(&self, jobs: impl IntoIterator<Item = Job>) {
        self.queue.push_back(jobs);
    }

    /// Reads these before everything else.
    pub fn read_first(&self, jobs: impl IntoIterator<Item = Job>) {
        self.queue.push_front(jobs);
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            // A panicked worker has nothing left to clean up.
            drop(thread.join());
        }
    }
}

/// One thread: reads until the queue closes, and sends what it has when there is nothing to do.
fn work(queue: &Arc<Queue>, reader: &dyn Reader, deliver: &Deliver) {
    let mut batch = Vec::new();
    let mut bytes = 0;
    let mut started = Instant::now();
    loop {
        let job = if batch.is_empty() { queue.wait() } else { queue.next() };
        let idle = job.is_none();
        if idle && batch.is_empty() {
            return;
        }
        if let Some(job) = job {
            if batch.is_empty() {
                started = Instant::now();
            }
            let (reading, size) = answer(&job, reader);
            bytes += size;
            batch.push(reading);
        }
        if idle || batch.len() >= BATCH_FILES || started.elapsed() >= BATCH_TIME || bytes > IN_FLIGHT / 8 {
            let Some(permit) = queue.permit(bytes) else { return };
            deliver(std::mem::take(&mut batch), permit);
            bytes = 0;
        }
    }
}

/// Reads one file. Whatever a parser makes of hostile text, only this file fails.
fn answer(job: &Job, reader: &dyn Reader) -> (Reading, u64) {
    let mut size = 0;
    let outcome = catch_unwind(AssertUnwindSafe(|| match reader.read(job.root, &job.path) {
        Ok(content) => {
            size = content.bytes.len() as u64;
            outcome(job, content)
        }
        Err(ReadError::Gone) => Outcome::Gone,
        Err(ReadError::Skipped(reason)) => Outcome::Skipped(None, reason),
        Err(ReadError::Failed { why, retryable }) => Outcome::Failed { why, retryable },
    }))
    .unwrap_or_else(|_| Outcome::Failed { why: "its text could not be parsed".into(), retryable: false });
    (Reading { file: job.file, serial: job.serial, outcome }, size)
}

fn outcome(job: &Job, content: Content) -> Outcome {
    let hash = ContentHash::of(&content.bytes);
    let version = Version { hash, stamp: content.stamp, racy: is_racy(content.stamp) };
    if let Some(reason) = content.skip {
        return Outcome::Skipped(Some(version), reason);
    }
    if job.known == Some(hash) {
        return Outcome::Text(version, None);
    }
    let text = String::from_utf8_lossy(&content.bytes);
    Outcome::Text(version, Some(Box::new(super::extract(&job.path, &text))))
}

/// Whether another write could leave the same stamp.
fn is_racy(stamp: FileStamp) -> bool {
    stamp.mtime_ns.max(stamp.ctime_ns) > unix_ns(SystemTime::now()) - RACY_NS
}
