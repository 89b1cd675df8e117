//! Statistics: the figures of some days, read together.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, Row, params};

use super::daily::of_bucket;
use super::{Store, StoreError, from_sql};
use crate::domain::{DayFigures, Figures, ModelRef, Spread, StatRow, Stats, TaskKind};

impl Store {
    /// The figures of so many days, the last of them the day of `now_ms` in local time.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn stats(&self, days: u32, now_ms: i64, patience: Duration) -> Result<Stats, StoreError> {
        self.worker().read(patience, move |connection| read(connection, days, now_ms))
    }
}

/// What is known of one task and model.
#[derive(Default)]
struct Gathered {
    figures: Figures,
    daily: Vec<u32>,
    first: BTreeMap<i64, u64>,
    whole: BTreeMap<i64, u64>,
}

/// All that is gathered from the tables.
struct Gathering {
    /// The place of each day.
    places: HashMap<String, usize>,
    rows: BTreeMap<(usize, String, String), Gathered>,
    daily: Vec<DayFigures>,
    /// Of each day the times to the first token that a person waited.
    waited: Vec<BTreeMap<i64, u64>>,
}

/// What each query begins with: day, task, backend, model.
struct Of {
    day: usize,
    task: TaskKind,
    key: (usize, String, String),
}

fn read(connection: &Connection, days: u32, now_ms: i64) -> rusqlite::Result<Stats> {
    let days = days_until(connection, days, now_ms)?;
    let since = days.first().cloned().unwrap_or_default();
    let mut all = Gathering::new(&days);
    all.served(connection, &since)?;
    all.speed(connection, &since)?;
    all.ratings(connection, &since)?;
    all.compared(connection, &since)?;
    all.edits(connection, &since)?;
    Ok(all.finish(&days))
}

fn days_until(connection: &Connection, days: u32, now_ms: i64) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT date(?1 / 1000, 'unixepoch', 'localtime', ?2)";
    let mut statement = connection.prepare(sql)?;
    let ago = |ago: u32| statement.query_row(params![now_ms, format!("-{ago} days")], |row| row.get(0));
    (0..days.max(1)).rev().map(ago).collect()
}

impl Gathering {
    fn new(days: &[String]) -> Self {
        Self {
            places: days.iter().enumerate().map(|(at, day)| (day.clone(), at)).collect(),
            rows: BTreeMap::new(),
            daily: vec![DayFigures::default(); days.len()],
            waited: vec![BTreeMap::new(); days.len()],
        }
    }

    /// Whose figures a row holds; `None` for days to come and tasks of a later version.
    fn of(&self, row: &Row) -> rusqlite::Result<Option<Of>> {
        let (day, task): (String, String) = (row.get(0)?, row.get(1)?);
        let place = TaskKind::ALL.iter().position(|known| known.name() == task);
        let (Some(day), Some(place)) = (self.places.get(&day).copied(), place) else { return Ok(None) };
        Ok(Some(Of { day, task: TaskKind::ALL[place], key: (place, row.get(2)?, row.get(3)?) }))
    }

    fn row(&mut self, of: Of) -> &mut Gathered {
        let days = self.daily.len();
        self.rows.entry(of.key).or_insert_with(|| Gathered { daily: vec![0; days], ..Gathered::default() })
    }

    fn served(&mut self, connection: &Connection, since: &str) -> rusqlite::Result<()> {
        let sql = "SELECT day, task, backend, model, answers, failed, tokens_in, tokens_out, usd, unpriced \
                   FROM served WHERE day >= ?1";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([since])?;
        while let Some(row) = rows.next()? {
            let Some(of) = self.of(row)? else { continue };
            let (answers, failed): (u32, u32) = (row.get(4)?, row.get(5)?);
            let (tokens_in, tokens_out) = (from_sql(row.get(6)?), from_sql(row.get(7)?));
            let usd: f64 = row.get(8)?;
            let day = &mut self.daily[of.day];
            day.answers += answers;
            day.tokens += tokens_in + tokens_out;
            day.usd += usd;
            let place = of.day;
            let gathered = self.row(of);
            gathered.daily[place] += answers;
            let figures = &mut gathered.figures;
            figures.answers += answers;
            figures.failed += failed;
            figures.tokens_in += tokens_in;
            figures.tokens_out += tokens_out;
            figures.usd += usd;
            figures.unpriced += row.get::<_, u32>(9)?;
        }
        Ok(())
    }

    fn speed(&mut self, connection: &Connection, since: &str) -> rusqlite::Result<()> {
        let sql = "SELECT day, task, backend, model, whole, bucket, calls FROM speed WHERE day >= ?1";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([since])?;
        while let Some(row) = rows.next()? {
            let Some(of) = self.of(row)? else { continue };
            let (is_whole, bucket, calls): (bool, i64, u64) =
                (row.get(4)?, row.get(5)?, from_sql(row.get(6)?));
            if !is_whole && !matches!(of.task, TaskKind::Judge | TaskKind::Scan) {
                *self.waited[of.day].entry(bucket).or_default() += calls;
            }
            let gathered = self.row(of);
            let times = if is_whole { &mut gathered.whole } else { &mut gathered.first };
            *times.entry(bucket).or_default() += calls;
        }
        Ok(())
    }

    fn ratings(&mut self, connection: &Connection, since: &str) -> rusqlite::Result<()> {
        let sql = "SELECT date(at_ms / 1000, 'unixepoch', 'localtime') AS day, task, backend, model, thumb \
                   FROM rating WHERE day >= ?1";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([since])?;
        while let Some(row) = rows.next()? {
            let (Some(of), is_up) = (self.of(row)?, row.get::<_, bool>(4)?) else { continue };
            let figures = &mut self.row(of).figures;
            *(if is_up { &mut figures.up } else { &mut figures.down }) += 1;
        }
        Ok(())
    }

    fn compared(&mut self, connection: &Connection, since: &str) -> rusqlite::Result<()> {
        let sql = "SELECT date(at_ms / 1000, 'unixepoch', 'localtime') AS day, task, backend, model, picked \
                   FROM compared WHERE day >= ?1";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([since])?;
        while let Some(row) = rows.next()? {
            let (Some(of), picked) = (self.of(row)?, row.get::<_, bool>(4)?) else { continue };
            let figures = &mut self.row(of).figures;
            figures.compared += 1;
            figures.picked += u32::from(picked);
        }
        Ok(())
    }

    fn edits(&mut self, connection: &Connection, since: &str) -> rusqlite::Result<()> {
        let sql = "SELECT date(at_ms / 1000, 'unixepoch', 'localtime') AS day, task, backend, model, hunks, accepted, \
                   characters, standing FROM edit_fate WHERE day >= ?1";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([since])?;
        while let Some(row) = rows.next()? {
            let Some(of) = self.of(row)? else { continue };
            let (hunks, accepted): (u32, u32) = (row.get(4)?, row.get(5)?);
            let characters = from_sql(row.get(6)?);
            let standing: Option<u64> = row.get::<_, Option<i64>>(7)?.map(from_sql);
            let day = &mut self.daily[of.day];
            day.hunks += hunks;
            day.accepted += accepted;
            let figures = &mut self.row(of).figures;
            figures.edits += 1;
            figures.hunks += hunks;
            figures.accepted += accepted;
            figures.characters += characters;
            if let Some(standing) = standing {
                figures.committed += characters;
                figures.standing += standing.min(characters);
            }
        }
        Ok(())
    }

    fn finish(mut self, days: &[String]) -> Stats {
        for (day, waited) in self.daily.iter_mut().zip(&self.waited) {
            day.first_token = spread(waited).map(|spread| spread.p50);
        }
        let row = |((place, backend, model), gathered): ((usize, String, String), Gathered)| StatRow {
            task: TaskKind::ALL[place],
            model: (!backend.is_empty()).then(|| ModelRef::new(backend, model)),
            figures: Figures {
                first_token: spread(&gathered.first),
                total: spread(&gathered.whole),
                ..gathered.figures
            },
            daily: gathered.daily,
        };
        let mut rows: Vec<StatRow> = self.rows.into_iter().map(row).collect();
        let place = |task| TaskKind::ALL.iter().position(|known| *known == task);
        rows.sort_by_key(|row| (place(row.task), std::cmp::Reverse(row.figures.answers)));
        let days = days.iter().map(|day| Arc::from(day.as_str())).collect();
        Stats { days, rows, daily: self.daily }
    }
}

/// The median and the 95th percentile (nearest rank) of counts in buckets.
fn spread(buckets: &BTreeMap<i64, u64>) -> Option<Spread> {
    let all: u64 = buckets.values().sum();
    let at = |percent: u64| {
        let rank = (all * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let found = buckets.iter().find(|(_, calls)| {
            seen += **calls;
            seen >= rank
        });
        found.map(|(bucket, _)| of_bucket(*bucket))
    };
    Some(Spread { p50: at(50)?, p95: at(95)? })
}

#[cfg(test)]
mod tests;
