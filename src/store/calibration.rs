//! How a judge's probabilities are mended for one repository, as the judge itself writes it down.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::worker::Loss;
use super::{Store, StoreError};

/// For which repository and which judge.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CalibrationKey {
    /// What names the repository, such as its path or its first commit.
    pub repository: String,
    /// What names the judge: the model with the version of its prompt.
    pub judge: String,
}

/// What a judge wrote down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calibration {
    /// For what.
    pub key: CalibrationKey,
    /// When it was made, milliseconds since the epoch.
    pub at_ms: i64,
    /// In the judge's own form.
    pub content: Vec<u8>,
}

impl Store {
    /// Keeps a calibration in place of the last with its key. Never waits.
    pub fn put_calibration(&self, calibration: Calibration) {
        self.write(Loss::MadeGood, move |connection| put(connection, &calibration));
    }

    /// The calibration of a key, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn calibration(
        &self,
        key: CalibrationKey,
        patience: Duration,
    ) -> Result<Option<Calibration>, StoreError> {
        self.worker().read(patience, move |connection| {
            let sql = "SELECT at_ms, content FROM calibration WHERE repository = ?1 AND judge = ?2";
            let found = connection
                .prepare_cached(sql)?
                .query_row([&key.repository, &key.judge], |row| Ok((row.get(0)?, row.get(1)?)));
            let found = found.optional()?;
            Ok(found.map(|(at_ms, content)| Calibration { key, at_ms, content }))
        })
    }
}

pub fn put(connection: &Connection, calibration: &Calibration) -> rusqlite::Result<()> {
    let sql = "INSERT INTO calibration (repository, judge, at_ms, content) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, content = excluded.content";
    let Calibration { key, at_ms, content } = calibration;
    connection.prepare_cached(sql)?.execute(params![key.repository, key.judge, at_ms, content])?;
    Ok(())
}
