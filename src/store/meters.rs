//! The latest latencies of each model, so that the medians of the last run still hold in the next.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::worker::Loss;
use super::{Store, StoreError, as_sql, daily, from_sql};
use crate::domain::{ModelRef, TaskKind};

/// Latencies kept per model and task: enough for a median that follows the last minutes of work.
const KEPT: usize = 64;

/// How one call went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latency {
    /// The model.
    pub model: ModelRef,
    /// The task.
    pub task: TaskKind,
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// From sending to the first token, to the microsecond.
    pub first_token: Option<Duration>,
    /// From sending to the end, to the microsecond.
    pub total: Duration,
    /// Generated tokens.
    pub tokens_out: u64,
}

impl Store {
    /// Keeps a latency; of each model and task the latest 64 stay. Never waits.
    pub fn put_latency(&self, latency: Latency) {
        self.write(Loss::MadeGood, move |connection| insert(connection, &latency));
    }

    /// The latest latencies of all models, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn latencies(&self, patience: Duration) -> Result<Vec<Latency>, StoreError> {
        self.worker().read(patience, |connection| {
            let sql = "SELECT backend, model, task, at_ms, first_token_us, total_us, tokens_out FROM latency ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| {
                let task: String = row.get(2)?;
                let micros = |count| Duration::from_micros(from_sql(count));
                let latency = Latency {
                    model: ModelRef::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?),
                    task: TaskKind::Chat,
                    at_ms: row.get(3)?,
                    first_token: row.get::<_, Option<i64>>(4)?.map(micros),
                    total: micros(row.get(5)?),
                    tokens_out: from_sql(row.get(6)?),
                };
                // A task of a later version is left out.
                Ok(task.parse().ok().map(|task| Latency { task, ..latency }))
            })?;
            rows.filter_map(Result::transpose).collect()
        })
    }
}

pub fn insert(connection: &Connection, latency: &Latency) -> rusqlite::Result<()> {
    let (backend, model, task) = (&*latency.model.backend, &*latency.model.model, latency.task.name());
    let micros = |time: Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    let sql = "INSERT INTO latency (backend, model, task, at_ms, first_token_us, total_us, tokens_out) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection.prepare_cached(sql)?.execute(params![
        backend,
        model,
        task,
        latency.at_ms,
        latency.first_token.map(micros),
        micros(latency.total),
        as_sql(latency.tokens_out),
    ])?;
    let old = format!(
        "DELETE FROM latency WHERE backend = ?1 AND model = ?2 AND task = ?3 AND id <= (SELECT id FROM latency \
         WHERE backend = ?1 AND model = ?2 AND task = ?3 ORDER BY id DESC LIMIT 1 OFFSET {KEPT})"
    );
    connection.prepare_cached(&old)?.execute(params![backend, model, task])?;
    let Latency { model, task, at_ms, first_token, total, .. } = latency;
    let call = daily::Timed { at_ms: *at_ms, task: *task, model, first_token: *first_token, total: *total };
    daily::speed(connection, &call)
}
