//! Figures by day: what was served, and latencies as counts in buckets.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::as_sql;
use crate::domain::{ModelRef, TaskKind};

/// Buckets to each doubling: a bucket's value is at most 4.5 % from what fell into it.
const TO_A_DOUBLING: f64 = 8.0;

/// The day of a moment in SQL, in local time.
const DAY: &str = "date(?1 / 1000, 'unixepoch', 'localtime')";

/// The bucket of a time.
fn bucket(time: Duration) -> i64 {
    let micros = time.as_micros().max(1) as f64;
    (micros.log2() * TO_A_DOUBLING).round() as i64
}

/// The time that a bucket stands for.
pub fn of_bucket(bucket: i64) -> Duration {
    Duration::from_micros((bucket as f64 / TO_A_DOUBLING).exp2().round() as u64)
}

/// How a call ended.
pub struct Served {
    /// Its last attempt in the log.
    pub attempt: i64,
    /// Whether with an answer.
    pub answered: bool,
    /// Prompt tokens, as far as known.
    pub tokens_in: u64,
    /// Generated tokens, as far as known.
    pub tokens_out: u64,
    /// US dollars, where the price is known.
    pub usd: Option<f64>,
}

/// Counts a call that ended.
pub fn served(connection: &Connection, call: &Served) -> rusqlite::Result<()> {
    let sql = "INSERT INTO served (day, task, backend, model, answers, failed, tokens_in, tokens_out, usd, unpriced) \
               SELECT date(at_ms / 1000, 'unixepoch', 'localtime'), task, backend, model, ?2, ?3, ?4, ?5, ?6, ?7 \
               FROM egress WHERE id = ?1 \
               ON CONFLICT DO UPDATE SET answers = answers + excluded.answers, failed = failed + excluded.failed, \
               tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out, \
               usd = usd + excluded.usd, unpriced = unpriced + excluded.unpriced";
    connection.prepare_cached(sql)?.execute(params![
        call.attempt,
        call.answered,
        !call.answered,
        as_sql(call.tokens_in),
        as_sql(call.tokens_out),
        call.usd.unwrap_or(0.0),
        call.answered && call.usd.is_none(),
    ])?;
    Ok(())
}

/// How long a call took.
pub struct Timed<'a> {
    /// When it was, milliseconds since the epoch.
    pub at_ms: i64,
    /// For which task.
    pub task: TaskKind,
    /// By which model.
    pub model: &'a ModelRef,
    /// To the first token.
    pub first_token: Option<Duration>,
    /// To the end.
    pub total: Duration,
}

/// Counts how long a call took.
pub fn speed(connection: &Connection, call: &Timed) -> rusqlite::Result<()> {
    let sql = format!(
        "INSERT INTO speed (day, task, backend, model, whole, bucket, calls) VALUES ({DAY}, ?2, ?3, ?4, ?5, ?6, 1) \
         ON CONFLICT DO UPDATE SET calls = calls + 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let times = call.first_token.map(|time| (false, time)).into_iter().chain([(true, call.total)]);
    for (is_whole, time) in times {
        statement.execute(params![
            call.at_ms,
            call.task.name(),
            &*call.model.backend,
            &*call.model.model,
            is_whole,
            bucket(time),
        ])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_near_what_fell_into_it() {
        for micros in [1_u64, 7, 1_000, 412_345, 9_876_543, 3_600_000_000] {
            let told = of_bucket(bucket(Duration::from_micros(micros))).as_micros() as f64;
            let off = (told / micros as f64 - 1.0).abs();
            assert!(off < 0.045 || micros < 10, "{micros} reads {told}");
        }
    }
}
