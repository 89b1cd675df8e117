//! How well each judge found what a repository's commits touched, the last time that was measured.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::worker::Loss;
use super::{Store, StoreError, from_sql};
use crate::domain::{JudgeFigures, JudgeName};

impl Store {
    /// Keeps a judge's figures on a repository, named by its root's path, in place of the last. Never waits.
    pub fn put_figures(&self, repository: String, figures: JudgeFigures) {
        self.write(Loss::MadeGood, move |connection| put(connection, &repository, &figures));
    }

    /// The figures of all judges on a repository, by name.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn figures(&self, repository: String, patience: Duration) -> Result<Vec<JudgeFigures>, StoreError> {
        self.worker().read(patience, move |connection| {
            let sql = "SELECT judge, at_ms, commits, recall_10, lead_low, lead_high, query_us, usd FROM judge_figures \
                       WHERE repository = ?1 ORDER BY judge";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([repository], |row| {
                let lead: (Option<f64>, Option<f64>) = (row.get(4)?, row.get(5)?);
                Ok(JudgeFigures {
                    judge: JudgeName(row.get::<_, String>(0)?.into()),
                    at_ms: row.get(1)?,
                    commits: row.get(2)?,
                    recall_at_10: row.get(3)?,
                    lead: lead.0.zip(lead.1),
                    per_query: Duration::from_micros(from_sql(row.get(6)?)),
                    usd: row.get(7)?,
                })
            })?;
            rows.collect()
        })
    }
}

fn put(connection: &Connection, repository: &str, figures: &JudgeFigures) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO judge_figures \
               (repository, judge, at_ms, commits, recall_10, lead_low, lead_high, query_us, usd) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let micros = i64::try_from(figures.per_query.as_micros()).unwrap_or(i64::MAX);
    connection.prepare_cached(sql)?.execute(params![
        repository,
        &*figures.judge.0,
        figures.at_ms,
        figures.commits,
        figures.recall_at_10,
        figures.lead.map(|(low, _)| low),
        figures.lead.map(|(_, high)| high),
        micros,
        figures.usd,
    ])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    #[test]
    fn the_last_figures_of_each_judge_are_kept_by_repository() {
        let store = Store::in_memory();
        let figures = |judge: &str, recall_at_10: f64| JudgeFigures {
            judge: JudgeName(judge.into()),
            at_ms: 7,
            commits: 40,
            recall_at_10,
            lead: (judge != "embedded").then_some((-0.01, 0.08)),
            per_query: Duration::from_micros(21_900),
            usd: 0.002,
        };
        for (repository, judge, recall) in
            [("/a", "embedded", 0.6), ("/a", "lab/m", 0.7), ("/b", "embedded", 0.1), ("/a", "embedded", 0.65)]
        {
            store.put_figures(repository.into(), figures(judge, recall));
        }
        let found = store.figures("/a".into(), PATIENCE).expect("an answer");
        assert_eq!(found, [figures("embedded", 0.65), figures("lab/m", 0.7)]);
    }
}
