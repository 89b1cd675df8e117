//! Running programs: which of them still live, told by a lock that the kernel takes back when a program ends, however it
//! ends; and what is done with the unfinished answers of those that do not.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, params};

use super::super::random_number;
use super::turns;

/// This program: a number, and a locked file of that name beside the store, made when the program first leaves a mark.
#[derive(Debug)]
pub struct Run {
    /// The number.
    pub number: i64,
    folder: Option<PathBuf>,
    lock: Option<File>,
}

impl Run {
    /// Of the store in this file; in memory there are no others.
    pub fn new(store: Option<&Path>) -> Self {
        let folder = store.map(|path| {
            let mut name = path.as_os_str().to_owned();
            name.push(".running");
            PathBuf::from(name)
        });
        Self { number: random_number(), folder, lock: None }
    }

    /// Shows others that this program lives. Where files cannot be locked, others take it for ended, which costs no more
    /// than that they do not know of it.
    pub fn show(&mut self) {
        if self.lock.is_some() {
            return;
        }
        let Some(folder) = &self.folder else { return };
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder).and_then(|()| {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(folder.join(self.number.to_string()))
        });
        self.lock = made.ok().filter(|file| file.try_lock().is_ok());
    }

    /// Whether the program of this number lives.
    pub fn lives(&self, number: i64) -> bool {
        if number == self.number {
            return true;
        }
        let Some(folder) = &self.folder else { return false };
        let Ok(file) = File::open(folder.join(number.to_string())) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    fn forget(&self, number: i64) {
        if let Some(folder) = &self.folder {
            let _ = fs::remove_file(folder.join(number.to_string()));
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.lock.take().is_some() {
            self.forget(self.number);
        }
    }
}

/// Folds what dead programs left: the text of their unfinished answers into the turns, which are interrupted from then
/// on, and their marks of open conversations away. Their drafts stay until somebody takes them.
pub fn sweep(connection: &mut Connection, run: &Run) -> rusqlite::Result<()> {
    let known: Vec<i64> = {
        let sql = "SELECT run FROM turn WHERE state = 'going' UNION SELECT run FROM open_session";
        let mut statement = connection.prepare(sql)?;
        statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    for dead in known.into_iter().filter(|number| !run.lives(*number)) {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        fold(&transaction, dead)?;
        transaction.execute("DELETE FROM open_session WHERE run = ?1", [dead])?;
        transaction.commit()?;
        run.forget(dead);
    }
    Ok(())
}

fn fold(connection: &Transaction, dead: i64) -> rusqlite::Result<()> {
    let sql = "SELECT id, text, thinking FROM turn WHERE state = 'going' AND run = ?1";
    let mut statement = connection.prepare(sql)?;
    let left: Vec<(i64, String, String)> = statement
        .query_map([dead], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (turn, mut text, mut thinking) in left {
        turns::add_deltas(connection, turn, &mut text, &mut thinking)?;
        let sql = "UPDATE turn SET state = 'interrupted', text = ?2, thinking = ?3 WHERE id = ?1";
        connection.execute(sql, params![turn, text, thinking])?;
        connection.execute("DELETE FROM delta WHERE turn = ?1", [turn])?;
    }
    Ok(())
}
