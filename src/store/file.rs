//! The file: made for its owner alone, opened for many readers and one writer at a time, migrated after a backup.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::error::StoreError;
use super::schema::MIGRATIONS;

/// How long SQLite waits for another process before it says that the file is busy. A batch takes milliseconds.
const BUSY: Duration = Duration::from_secs(5);

/// Between two tries where SQLite does not wait by itself.
const AGAIN: Duration = Duration::from_millis(10);

/// Only the owner reads: the log tells which files went where.
const OWNER_ONLY: u32 = 0o600;

/// Opens the file, making it and its folder where they are missing, and brings it to the latest format.
pub fn open(path: &Path) -> Result<Connection, StoreError> {
    prepare(path).map_err(|source| StoreError::Open { path: path.to_owned(), source })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let wrong = |doing| move |source| StoreError::sqlite(Some(path), doing, source);
    let mut connection = Connection::open_with_flags(path, flags).map_err(wrong("opening it"))?;
    settle(&connection).map_err(wrong("opening it"))?;
    migrate(&mut connection, Some(path), MIGRATIONS)?;
    Ok(connection)
}

/// A database that lives as long as its connection.
pub fn in_memory() -> Result<Connection, StoreError> {
    let wrong = |source| StoreError::sqlite(None, "making one in memory", source);
    let mut connection = Connection::open_in_memory().map_err(wrong)?;
    migrate(&mut connection, None, MIGRATIONS)?;
    Ok(connection)
}

fn prepare(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
                fs::set_permissions(path, Permissions::from_mode(OWNER_ONLY))?;
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    // With a write-ahead log readers never wait, and NORMAL loses at most the last moments on a loss of power, never
    // the file. Where the log cannot be (some network disks), SQLite keeps its older way, which is as safe.
    write_ahead(connection)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)
}

/// Takes the write-ahead log. Of several who open a new file at once all but one are told that it is busy without any
/// waiting (each would wait for the others for ever), so that they wait here.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + BUSY;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until =>
            {
                std::thread::sleep(AGAIN);
            }
            done => return done,
        }
    }
}

/// Brings a database from the format that it has to the last of `steps`, all in one transaction; a file that held
/// something is copied beside it first.
pub fn migrate(connection: &mut Connection, path: Option<&Path>, steps: &[&str]) -> Result<(), StoreError> {
    let known = steps.len() as u32;
    let wrong = |doing| move |source| StoreError::sqlite(path, doing, source);
    if format_of(connection).map_err(wrong("reading its format"))? == known {
        return Ok(());
    }
    // Whoever holds this lock migrates; who waited for it looks again.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(wrong("migrating it"))?;
    let found = format_of(&transaction).map_err(wrong("reading its format"))?;
    if found > known {
        return Err(StoreError::Newer { path: path.map(Path::to_owned).unwrap_or_default(), found, known });
    }
    if let Some(path) = path.filter(|_| found > 0 && found < known) {
        back_up(path, found)?;
    }
    for step in &steps[found as usize..] {
        transaction.execute_batch(step).map_err(wrong("migrating it"))?;
    }
    transaction.pragma_update(None, "user_version", known).map_err(wrong("migrating it"))?;
    transaction.commit().map_err(wrong("migrating it"))
}

fn format_of(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Copies what the file holds, log included, to `NAME.FORMAT.backup`; an older backup of that format is replaced.
fn back_up(path: &Path, format: u32) -> Result<(), StoreError> {
    let copy = backup_path(path, format);
    let fresh = OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER_ONLY).open(&copy);
    fresh.map_err(|source| StoreError::Open { path: copy.clone(), source })?;
    let wrong = |source| StoreError::sqlite(Some(path), "copying it before a migration", source);
    let reader = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(wrong)?;
    reader.busy_timeout(BUSY).map_err(wrong)?;
    reader.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).map_err(wrong)?;
    Ok(())
}

/// Where the copy of a file lies that was made before it left `format`.
pub fn backup_path(path: &Path, format: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{format}.backup"));
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_opens_a_new_file_at_the_same_moment_gets_it() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("new.db");
            let start = std::sync::Barrier::new(6);
            let opened = std::thread::scope(|scope| {
                let open = || {
                    scope.spawn(|| {
                        start.wait();
                        open(&path).map(drop)
                    })
                };
                let all: Vec<_> = (0..6).map(|_| open()).collect();
                all.into_iter().try_for_each(|one| one.join().unwrap())
            });
            opened.unwrap();
        }
    }
}
