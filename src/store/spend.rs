//! What was spent, per day and model; each run of the program has its own rows, so that no two ever write the same.

use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, Row, params};

use super::worker::Loss;
use super::{Store, StoreError, as_sql, from_sql};
use crate::domain::{ModelRef, Usage};

/// Days that are kept, enough to look back over a year.
const KEPT_DAYS: usize = 400;

/// Tokens and money of a number of calls.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spent {
    /// Calls.
    pub calls: u64,
    /// Tokens, and US dollars as far as prices are known.
    pub usage: Usage,
    /// Tokens whose price is not known: they are in `usage`, their money is not.
    pub unpriced: u64,
}

impl Spent {
    /// Tokens in and out.
    pub const fn tokens(&self) -> u64 {
        self.usage.tokens_in.saturating_add(self.usage.tokens_out)
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, more: Self) {
        self.calls = self.calls.saturating_add(more.calls);
        self.usage.tokens_in = self.usage.tokens_in.saturating_add(more.usage.tokens_in);
        self.usage.tokens_out = self.usage.tokens_out.saturating_add(more.usage.tokens_out);
        self.usage.usd += more.usage.usd;
        self.unpriced = self.unpriced.saturating_add(more.unpriced);
    }
}

/// All that one run spent on one model on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendRow {
    /// The day in local time, `2026-11-21`.
    pub day: Arc<str>,
    /// The run; [`Store::put_spend`] fills it in.
    pub session: i64,
    /// The model.
    pub model: ModelRef,
    /// The whole sum, not what was added.
    pub spent: Spent,
}

impl Store {
    /// Puts the sum that this run spent on a model on a day in place of the last. Never waits; a sum that is lost to a
    /// full queue is made good by the next.
    pub fn put_spend(&self, row: SpendRow) {
        let row = SpendRow { session: self.session(), ..row };
        self.write(Loss::MadeGood, move |connection| put(connection, &row));
    }

    /// What all other runs spent on a day, as far as they have written it.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn spent_by_others(&self, day: &str, patience: Duration) -> Result<Spent, StoreError> {
        let (day, session) = (day.to_owned(), self.session());
        self.worker().read(patience, move |connection| {
            let sql = "SELECT coalesce(sum(calls), 0), coalesce(sum(tokens_in), 0), coalesce(sum(tokens_out), 0), \
                       coalesce(sum(usd), 0.0), coalesce(sum(unpriced), 0) FROM spend \
                       WHERE day = ?1 AND session <> ?2";
            connection.prepare_cached(sql)?.query_row(params![day, session], |row| spent(row, 0))
        })
    }

    /// What all runs spent on a day, model by model, most tokens first.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn spent_on(&self, day: &str, patience: Duration) -> Result<Vec<(ModelRef, Spent)>, StoreError> {
        let day = day.to_owned();
        self.worker().read(patience, move |connection| {
            let sql = "SELECT backend, model, sum(calls), sum(tokens_in), sum(tokens_out), sum(usd), sum(unpriced) \
                       FROM spend WHERE day = ?1 GROUP BY backend, model \
                       ORDER BY sum(tokens_in) + sum(tokens_out) DESC, backend, model";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([day], |row| {
                let model = ModelRef::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?);
                Ok((model, spent(row, 2)?))
            })?;
            rows.collect()
        })
    }
}

fn spent(row: &Row<'_>, from: usize) -> rusqlite::Result<Spent> {
    Ok(Spent {
        calls: from_sql(row.get(from)?),
        usage: Usage {
            tokens_in: from_sql(row.get(from + 1)?),
            tokens_out: from_sql(row.get(from + 2)?),
            usd: row.get(from + 3)?,
        },
        unpriced: from_sql(row.get(from + 4)?),
    })
}

pub fn put(connection: &Connection, row: &SpendRow) -> rusqlite::Result<()> {
    let sql = "INSERT INTO spend (day, session, backend, model, calls, tokens_in, tokens_out, usd, unpriced) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
               ON CONFLICT DO UPDATE SET calls = excluded.calls, tokens_in = excluded.tokens_in, \
               tokens_out = excluded.tokens_out, usd = excluded.usd, unpriced = excluded.unpriced";
    let (spent, model) = (&row.spent, &row.model);
    connection.prepare_cached(sql)?.execute(params![
        &*row.day,
        row.session,
        &*model.backend,
        &*model.model,
        as_sql(spent.calls),
        as_sql(spent.usage.tokens_in),
        as_sql(spent.usage.tokens_out),
        spent.usage.usd,
        as_sql(spent.unpriced),
    ])?;
    let old = format!(
        "DELETE FROM spend WHERE day < (SELECT DISTINCT day FROM spend ORDER BY day DESC LIMIT 1 OFFSET {KEPT_DAYS})"
    );
    connection.prepare_cached(&old)?.execute([])?;
    Ok(())
}
