//! Conversations: every turn, every batch of a streamed answer and every draft, kept as it happens.
//!
//! Called from the one thread that holds the conversation. Invariants: what was appended is in the file when the call
//! returns, so that a program that is killed loses nothing of it; no call fails: a file that cannot be used costs one
//! notice, and the rest of the run is kept in memory and brought back to the file once that works; an answer whose
//! program died reads as interrupted, with all text that came.

mod attachments;
mod branch;
mod drafts;
mod fallback;
mod heads;
mod interner;
mod record;
mod runs;
mod search;
#[cfg(test)]
mod tests;
mod turns;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use self::fallback::Fallback;
use self::runs::Run;
use super::{Store, StoreError, file, random_number};
use crate::domain::{Notice, SessionId, TurnId};

/// How often a write is tried on a file that others hold, each try waiting SQLite's own busy time.
const TRIES: usize = 3;

/// Statements that are kept ready; there are fewer.
const STATEMENTS: usize = 64;

/// Which conversations are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Those that were held about one of these roots.
    TheseRoots,
    /// All of the file.
    All,
}

/// The conversations of a store, for one program. Opens nothing before the first use, and a look at a file that is not
/// there makes none.
#[derive(Debug)]
pub struct Conversations {
    path: Option<PathBuf>,
    roots: Vec<PathBuf>,
    run: Run,
    connection: Option<Connection>,
    open: Option<SessionId>,
    fallback: Option<Fallback>,
    notice: Option<Notice>,
}

impl Conversations {
    /// The conversations of this store; new ones are about these roots.
    pub fn new(store: &Store, roots: &[PathBuf]) -> Self {
        Self {
            path: store.path().map(Path::to_owned),
            roots: roots.to_vec(),
            run: Run::new(store.path()),
            connection: None,
            open: None,
            fallback: None,
            notice: None,
        }
    }

    /// A name for a new turn.
    pub fn fresh_turn() -> TurnId {
        TurnId(random_number())
    }

    /// What a person should know about the file, once: that it cannot be used and what mends it, or that it can again.
    pub fn take_notice(&mut self) -> Option<Notice> {
        self.notice.take()
    }

    /// Whether what is written now is forgotten at the end, though a file was asked for.
    pub const fn is_degraded(&self) -> bool {
        self.fallback.is_some()
    }

    /// Reads in one view of the file; what no file holds is the default.
    fn read<T: Default>(&mut self, work: impl Fn(&Transaction) -> rusqlite::Result<T>) -> T {
        let is_missing = self.path.as_deref().is_some_and(|path| !path.exists());
        if self.connection.is_none() && is_missing {
            return T::default();
        }
        self.work("reading conversations", TransactionBehavior::Deferred, work)
    }

    /// Writes all or nothing.
    fn write<T: Default>(&mut self, work: impl Fn(&Transaction) -> rusqlite::Result<T>) -> T {
        self.restore();
        self.work("keeping a conversation", TransactionBehavior::Immediate, work)
    }

    fn work<T: Default>(
        &mut self,
        doing: &'static str,
        behavior: TransactionBehavior,
        work: impl Fn(&Transaction) -> rusqlite::Result<T>,
    ) -> T {
        for left in (0..TRIES).rev() {
            let done = self.connect().and_then(|()| {
                let Some(connection) = &mut self.connection else { return Ok(T::default()) };
                transact(connection, behavior, &work)
                    .map_err(|source| StoreError::sqlite(self.path.as_deref(), doing, source))
            });
            match done {
                Ok(value) => return value,
                Err(error) if error.is_busy() && left > 0 => {}
                Err(error) => {
                    if self.fallback.is_some() {
                        break;
                    }
                    self.degrade(&error);
                }
            }
        }
        T::default()
    }

    fn connect(&mut self) -> Result<(), StoreError> {
        if self.connection.is_some() {
            return Ok(());
        }
        let mut connection = match self.path.as_deref() {
            Some(path) if self.fallback.is_none() => file::open(path)?,
            Some(_) | None => file::in_memory()?,
        };
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        runs::sweep(&mut connection, &self.run)
            .map_err(|source| StoreError::sqlite(self.path.as_deref(), "opening conversations", source))?;
        self.connection = Some(connection);
        Ok(())
    }
}

fn transact<T>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    work: impl Fn(&Transaction) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(behavior)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}
