//! The egress log: each attempt that was sent to a server, with where to and which files; never contents or keys.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, params};

use super::worker::Loss;
use super::{Store, StoreError, as_sql, daily, from_sql, gap};
use crate::domain::{ModelRef, TaskKind};

/// How long a reader waits; a command has the time, and nothing else reads the log.
const PATIENCE: Duration = Duration::from_secs(30);

/// One attempt that is being sent.
#[derive(Debug, Clone, PartialEq)]
pub struct EgressSent {
    /// The number of the call in this run; further attempts of it have the same.
    pub call: u64,
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// Scheme, host and port.
    pub endpoint: Arc<str>,
    /// Whether it leaves this machine.
    pub leaves: bool,
    /// For which task.
    pub task: TaskKind,
    /// The model.
    pub model: ModelRef,
    /// Bytes of the request's body.
    pub bytes: u64,
    /// The files whose text is in it.
    pub files: Vec<Arc<str>>,
    /// Secrets that were taken out of it before.
    pub redacted: u32,
    /// The run that sends it; [`Store::log_sent`] fills it in.
    pub session: i64,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub struct EgressEnded {
    /// The number of the call in this run.
    pub call: u64,
    /// How.
    pub outcome: Outcome,
    /// Prompt tokens, as the server counted them.
    pub tokens_in: Option<u64>,
    /// Generated tokens, as the server counted them.
    pub tokens_out: Option<u64>,
    /// US dollars; `None` where the price is not known.
    pub usd: Option<f64>,
    /// The run that sent it; [`Store::log_ended`] fills it in.
    pub session: i64,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// With an answer.
    Answered,
    /// With this kind of failure.
    Failed(&'static str),
}

impl Outcome {
    const fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Failed(kind) => kind,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One attempt, as it was logged. Its texts come from a file: clean them before they are shown.
#[derive(Debug, Clone, PartialEq)]
pub struct EgressRow {
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// Scheme, host and port.
    pub endpoint: String,
    /// Whether it left this machine.
    pub leaves: bool,
    /// The task's name.
    pub task: String,
    /// The backend's name.
    pub backend: String,
    /// The model's name.
    pub model: String,
    /// Bytes of the request's body.
    pub bytes: u64,
    /// The files whose text was in it.
    pub files: Vec<String>,
    /// Secrets that were taken out of it before.
    pub redacted: u32,
    /// `answered`, `retried`, or the kind of failure; `None` where the run ended before the call did.
    pub outcome: Option<String>,
    /// Prompt tokens.
    pub tokens_in: Option<u64>,
    /// Generated tokens.
    pub tokens_out: Option<u64>,
    /// US dollars.
    pub usd: Option<f64>,
}

/// What went to one place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EgressSum {
    /// Scheme, host and port.
    pub endpoint: String,
    /// Whether it is another machine.
    pub leaves: bool,
    /// Attempts.
    pub calls: u64,
    /// Bytes of all requests.
    pub bytes: u64,
    /// Prompt tokens, as far as known.
    pub tokens_in: u64,
    /// Generated tokens, as far as known.
    pub tokens_out: u64,
    /// US dollars, as far as known.
    pub usd: f64,
    /// The latest attempt, milliseconds since the epoch.
    pub last_ms: i64,
}

impl Store {
    /// Logs an attempt. Never waits.
    pub fn log_sent(&self, mut sent: EgressSent) {
        sent.session = self.session();
        self.write(Loss::Gap, move |connection| {
            insert(connection, &sent)?;
            prune(connection, &Bounds::default(), sent.at_ms)
        });
    }

    /// Logs how a call ended: its last attempt gets this outcome, the ones before it were retried. Never waits.
    pub fn log_ended(&self, mut ended: EgressEnded) {
        ended.session = self.session();
        self.write(Loss::MadeGood, move |connection| end(connection, &ended));
    }

    /// The latest attempts since a moment (milliseconds since the epoch), newest first, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where the disk does not answer.
    pub fn egress_since(&self, since_ms: i64, most: usize) -> Result<Vec<EgressRow>, StoreError> {
        self.worker().read(PATIENCE, move |connection| rows(connection, since_ms, most))
    }

    /// The sums per place since a moment, those that leave this machine first, then by bytes.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where the disk does not answer.
    pub fn egress_sums(&self, since_ms: i64) -> Result<Vec<EgressSum>, StoreError> {
        self.worker().read(PATIENCE, move |connection| sums(connection, since_ms))
    }

    /// Calls since a moment that the log does not hold, because the disk was too slow.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where the disk does not answer.
    pub fn egress_missed(&self, since_ms: i64) -> Result<u64, StoreError> {
        self.worker().read(PATIENCE, move |connection| gap::sum(connection, since_ms))
    }
}

pub fn insert(connection: &Connection, sent: &EgressSent) -> rusqlite::Result<()> {
    let files =
        serde_json::Value::from(sent.files.iter().map(|file| &**file).collect::<Vec<_>>()).to_string();
    let sql = "INSERT INTO egress (at_ms, session, call, endpoint, leaves, task, backend, model, bytes, files, redacted) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    connection.prepare_cached(sql)?.execute(params![
        sent.at_ms,
        sent.session,
        as_sql(sent.call),
        &*sent.endpoint,
        sent.leaves,
        sent.task.name(),
        &*sent.model.backend,
        &*sent.model.model,
        as_sql(sent.bytes),
        files,
        sent.redacted,
    ])?;
    Ok(())
}

pub fn end(connection: &Connection, ended: &EgressEnded) -> rusqlite::Result<()> {
    let call = as_sql(ended.call);
    let last = "SELECT max(id) FROM egress WHERE session = ?1 AND call = ?2";
    let last: Option<i64> =
        connection.prepare_cached(last)?.query_row(params![ended.session, call], |row| row.get(0))?;
    let retried = "UPDATE egress SET outcome = 'retried' \
                   WHERE session = ?1 AND call = ?2 AND id <> ?3 AND outcome IS NULL";
    connection.prepare_cached(retried)?.execute(params![ended.session, call, last])?;
    let update = "UPDATE egress SET outcome = ?2, tokens_in = ?3, tokens_out = ?4, usd = ?5 WHERE id = ?1";
    connection.prepare_cached(update)?.execute(params![
        last,
        ended.outcome.word(),
        ended.tokens_in.map(as_sql),
        ended.tokens_out.map(as_sql),
        ended.usd,
    ])?;
    let Some(attempt) = last else { return Ok(()) };
    let answered = match ended.outcome {
        Outcome::Answered => true,
        Outcome::Failed(_) => false,
    };
    let (tokens_in, tokens_out) = (ended.tokens_in.unwrap_or(0), ended.tokens_out.unwrap_or(0));
    let call = daily::Served { attempt, answered, tokens_in, tokens_out, usd: ended.usd };
    daily::served(connection, &call)
}

/// How much of the log is kept.
pub struct Bounds {
    /// Attempts that left this machine.
    pub leaving: u32,
    /// Attempts that stayed on it: a judge asks a local server thousands of times, and must not push the others out.
    pub staying: u32,
    /// How long.
    pub age: Duration,
    /// Rows between two counts; counting a hundred thousand rows takes milliseconds.
    pub every: i64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { leaving: 100_000, staying: 20_000, age: Duration::from_hours(90 * 24), every: 1_000 }
    }
}

/// Cuts the log to its bounds: what is too old at each row, what is too many at each row whose number is a multiple of
/// [`Bounds::every`].
pub fn prune(connection: &Connection, bounds: &Bounds, now_ms: i64) -> rusqlite::Result<()> {
    let is_due = connection.last_insert_rowid() % bounds.every == 0;
    let oldest = now_ms.saturating_sub(i64::try_from(bounds.age.as_millis()).unwrap_or(i64::MAX));
    for (leaves, most) in [(true, bounds.leaving), (false, bounds.staying)] {
        let old = "DELETE FROM egress WHERE leaves = ?1 AND at_ms < ?2";
        connection.prepare_cached(old)?.execute(params![leaves, oldest])?;
        if is_due {
            let many = "DELETE FROM egress WHERE leaves = ?1 AND id <= \
                        (SELECT id FROM egress WHERE leaves = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
            connection.execute(many, params![leaves, most])?;
        }
    }
    Ok(())
}

fn rows(connection: &Connection, since_ms: i64, most: usize) -> rusqlite::Result<Vec<EgressRow>> {
    let sql = "SELECT at_ms, endpoint, leaves, task, backend, model, bytes, files, redacted, outcome, tokens_in, \
               tokens_out, usd FROM egress WHERE at_ms >= ?1 ORDER BY at_ms DESC, id DESC LIMIT ?2";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map(params![since_ms, as_sql(most as u64)], |row| {
        let files: String = row.get(7)?;
        Ok(EgressRow {
            at_ms: row.get(0)?,
            endpoint: row.get(1)?,
            leaves: row.get(2)?,
            task: row.get(3)?,
            backend: row.get(4)?,
            model: row.get(5)?,
            bytes: from_sql(row.get(6)?),
            files: serde_json::from_str(&files).unwrap_or_default(),
            redacted: row.get(8)?,
            outcome: row.get(9)?,
            tokens_in: row.get::<_, Option<i64>>(10)?.map(from_sql),
            tokens_out: row.get::<_, Option<i64>>(11)?.map(from_sql),
            usd: row.get(12)?,
        })
    })?;
    rows.collect()
}

fn sums(connection: &Connection, since_ms: i64) -> rusqlite::Result<Vec<EgressSum>> {
    let sql = "SELECT endpoint, leaves, count(*), sum(bytes), coalesce(sum(tokens_in), 0), \
               coalesce(sum(tokens_out), 0), coalesce(sum(usd), 0.0), max(at_ms) FROM egress WHERE at_ms >= ?1 \
               GROUP BY endpoint, leaves ORDER BY leaves DESC, sum(bytes) DESC, endpoint";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([since_ms], |row| {
        Ok(EgressSum {
            endpoint: row.get(0)?,
            leaves: row.get(1)?,
            calls: from_sql(row.get(2)?),
            bytes: from_sql(row.get(3)?),
            tokens_in: from_sql(row.get(4)?),
            tokens_out: from_sql(row.get(5)?),
            usd: row.get(6)?,
            last_ms: row.get(7)?,
        })
    })?;
    rows.collect()
}
