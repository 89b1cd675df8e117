//! The last evaluation and tuning of each repository, and whether tuning was offered.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::worker::Loss;
use super::{Store, StoreError};
use crate::domain::{Evaluation, Tuned};

/// What is kept, by the name of its kind.
const EVALUATION: &str = "evaluation";
const TUNED: &str = "tuned";
const OFFER: &str = "offer";

impl Store {
    /// Keeps an evaluation of a repository, named by its root's path, in place of the last. Never waits.
    pub fn put_evaluation(&self, repository: String, evaluation: &Evaluation) {
        self.put_finding(repository, EVALUATION, evaluation);
    }

    /// The last evaluation of a repository; `None` where there is none that this program can read.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn evaluation(
        &self,
        repository: String,
        patience: Duration,
    ) -> Result<Option<Evaluation>, StoreError> {
        self.finding(repository, EVALUATION, patience)
    }

    /// Keeps what came of a tuning in place of the last. Never waits.
    pub fn put_tuned(&self, repository: String, tuned: &Tuned) {
        self.put_finding(repository, TUNED, tuned);
    }

    /// What came of the last tuning; `None` where there was none.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn tuned(&self, repository: String, patience: Duration) -> Result<Option<Tuned>, StoreError> {
        self.finding(repository, TUNED, patience)
    }

    /// Notes that tuning was offered, at a time in milliseconds since the epoch. Never waits.
    pub fn put_tune_offer(&self, repository: String, at_ms: i64) {
        self.put_finding(repository, OFFER, &at_ms);
    }

    /// When tuning was offered last, milliseconds since the epoch.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn tune_offer(&self, repository: String, patience: Duration) -> Result<Option<i64>, StoreError> {
        self.finding(repository, OFFER, patience)
    }

    /// Forgets what came of tunings. Never waits.
    pub fn forget_tuned(&self, repository: String) {
        self.write(Loss::MadeGood, move |connection| {
            let sql = "DELETE FROM finding WHERE repository = ?1 AND kind = ?2";
            connection.prepare_cached(sql)?.execute([&repository, TUNED]).map(drop)
        });
    }

    fn put_finding(&self, repository: String, kind: &'static str, finding: &impl Serialize) {
        let Ok(content) = serde_json::to_vec(finding) else { return };
        self.write(Loss::MadeGood, move |connection| put(connection, &repository, kind, &content));
    }

    fn finding<T: DeserializeOwned + Send + 'static>(
        &self,
        repository: String,
        kind: &'static str,
        patience: Duration,
    ) -> Result<Option<T>, StoreError> {
        let content: Option<Vec<u8>> = self.worker().read(patience, move |connection| {
            let sql = "SELECT content FROM finding WHERE repository = ?1 AND kind = ?2";
            connection.prepare_cached(sql)?.query_row([&repository, kind], |row| row.get(0)).optional()
        })?;
        // What another version wrote in a form of its own is measured anew.
        Ok(content.and_then(|content| serde_json::from_slice(&content).ok()))
    }
}

fn put(connection: &Connection, repository: &str, kind: &str, content: &[u8]) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO finding (repository, kind, content) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![repository, kind, content])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Bounds, JudgeCurves, TunedFigure};

    const PATIENCE: Duration = Duration::from_secs(10);

    #[test]
    fn the_last_of_each_kind_is_kept_by_repository() {
        let store = Store::in_memory();
        let judge = JudgeCurves {
            judge: "embedded".into(),
            recall_at_10: Bounds { mean: 0.7, low: 0.6, high: 0.8 },
            depth: vec![(1, 0.2), (10, 0.7)],
            ..JudgeCurves::default()
        };
        let evaluation =
            Evaluation { commits: 40, commit: "ab12".into(), judges: vec![judge], ..Evaluation::default() };
        store.put_evaluation("/a".into(), &Evaluation::default());
        store.put_evaluation("/a".into(), &evaluation);
        let figure = TunedFigure { name: "R@10".into(), with: 0.7, ..TunedFigure::default() };
        let tuned = Tuned { kept: true, figures: vec![figure], ..Tuned::default() };
        store.put_tuned("/a".into(), &tuned);
        store.put_tune_offer("/a".into(), 12);
        assert_eq!(store.evaluation("/a".into(), PATIENCE).expect("an answer"), Some(evaluation));
        assert_eq!(store.evaluation("/b".into(), PATIENCE).expect("an answer"), None);
        assert_eq!(store.tuned("/a".into(), PATIENCE).expect("an answer"), Some(tuned));
        assert_eq!(store.tune_offer("/a".into(), PATIENCE).expect("an answer"), Some(12));
        store.forget_tuned("/a".into());
        assert_eq!(store.tuned("/a".into(), PATIENCE).expect("an answer"), None);
    }
}
