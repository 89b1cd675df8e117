//! Store: what Quarry remembers between runs, in one SQLite file in the data folder.
//!
//! Owns conversations, the egress log, what was spent per day, latencies of models, the calibration of judges, and what
//! evaluations found and people said of files.
//! Invariants: no SQL outside this folder; no rule of the product in it; a file that is damaged, locked for good or not writable costs
//! what would have been remembered and one notice, never a crash. Several Quarrys may use one file at once.
//!
//! [`Store`] is cheap to clone. One thread owns the connection: it starts at the first use, takes writes from a bounded
//! queue (so that no asynchronous code ever waits for the disk) and reads in the order they were asked, so that a read
//! sees every write before it. [`Conversations`] have a connection of their own, called from the thread that holds the
//! conversation: what it has appended is in the file when the call returns.

mod calibration;
mod conversations;
mod daily;
mod egress;
mod error;
mod fates;
mod feedback;
mod figures;
mod file;
mod findings;
mod gap;
mod meters;
mod schema;
mod spend;
mod stats;
#[cfg(test)]
mod tests;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::config::Dirs;
use crate::domain::{Notice, unix_ns};

pub use calibration::{Calibration, CalibrationKey};
pub use conversations::{Conversations, Reach};
pub use egress::{EgressEnded, EgressRow, EgressSent, EgressSum, Outcome};
pub use error::StoreError;
pub use fates::EditFate;
pub use meters::Latency;
pub use spend::{SpendRow, Spent};

use worker::{Loss, Worker, Write};

/// The name of the file in the data folder.
const FILE: &str = "quarry.db";

/// The store. Nothing is opened, and no file is made, before the first use; a read of a file that is not there finds
/// nothing and makes none. Dropping the last clone waits until all writes are done.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: Option<PathBuf>,
    session: i64,
    worker: OnceLock<Worker>,
}

impl Store {
    /// The store in the data folder.
    pub fn in_dirs(dirs: &Dirs) -> Self {
        Self::at(dirs.data.join(FILE))
    }

    /// The store in this file.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self::with(Some(path.into()))
    }

    /// A store that forgets everything at the end; for tests, and for programs that must leave no trace.
    pub fn in_memory() -> Self {
        Self::with(None)
    }

    fn with(path: Option<PathBuf>) -> Self {
        Self { inner: Arc::new(Inner { path, session: random_number(), worker: OnceLock::new() }) }
    }

    /// The file; `None` for one in memory.
    pub fn path(&self) -> Option<&Path> {
        self.inner.path.as_deref()
    }

    /// The number of this run of the program, by which its rows are told from those of others.
    pub fn session(&self) -> i64 {
        self.inner.session
    }

    /// What a person should know about the store, once: that it could not be used, and what mends it.
    pub fn take_notice(&self) -> Option<Notice> {
        self.inner.worker.get().and_then(Worker::take_notice)
    }

    /// Whether what is written now is forgotten at the end, though a file was asked for.
    pub fn is_degraded(&self) -> bool {
        self.inner.worker.get().is_some_and(Worker::is_degraded)
    }

    /// Waits until everything written so far is in the file, at most so long; false where it is not.
    pub fn flush(&self, patience: Duration) -> bool {
        match self.inner.worker.get() {
            Some(worker) => worker.read(patience, |_| Ok(())).is_ok(),
            None => true,
        }
    }

    fn worker(&self) -> &Worker {
        self.inner.worker.get_or_init(|| Worker::start(self.inner.path.clone()))
    }

    fn write(
        &self,
        loss: Loss,
        run: impl Fn(&rusqlite::Connection) -> rusqlite::Result<()> + Send + 'static,
    ) {
        self.worker().write(Write { loss, run: Box::new(run) });
    }
}

/// A number that no other run and no other call has: of the process and of the time.
fn random_number() -> i64 {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let now = unix_ns(std::time::SystemTime::now());
    let mut hasher = blake3::Hasher::new();
    hasher.update(&std::process::id().to_le_bytes());
    hasher.update(&now.to_le_bytes());
    // Two numbers of one process may be made within one tick of the clock.
    hasher.update(&MADE.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    let mut bytes = [0_u8; 8];
    hasher.finalize_xof().fill(&mut bytes);
    i64::from_le_bytes(bytes) & i64::MAX
}

/// A count as SQLite holds it.
fn as_sql(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count as it was written; what is negative was not ours.
fn from_sql(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
