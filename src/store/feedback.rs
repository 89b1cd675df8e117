//! What people pinned and excluded and what answers cited, by repository; it never leaves the machine.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::worker::Loss;
use super::{Store, StoreError};
use crate::domain::{CommitId, Feedback, FeedbackCounts, FeedbackKind, RelPath};

/// Samples kept of one repository; the oldest go first.
const KEPT: i64 = 5_000;

impl Store {
    /// Keeps one sample of a repository, named by its root's path, in place of the same one said earlier. Never waits.
    pub fn put_feedback(&self, repository: String, feedback: Feedback) {
        self.write(Loss::MadeGood, move |connection| put(connection, &repository, &feedback));
    }

    /// Takes one sample back, whenever it was said. Never waits.
    pub fn take_feedback_back(&self, repository: String, feedback: Feedback) {
        self.write(Loss::MadeGood, move |connection| {
            let sql =
                "DELETE FROM feedback WHERE repository = ?1 AND request = ?2 AND path = ?3 AND kind = ?4";
            let Feedback { request, path, kind, .. } = &feedback;
            let row = params![repository, &**request, path.as_bytes(), kind.name()];
            connection.prepare_cached(sql)?.execute(row).map(drop)
        });
    }

    /// All samples of a repository, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn feedback(&self, repository: String, patience: Duration) -> Result<Vec<Feedback>, StoreError> {
        self.worker().read(patience, move |connection| {
            let sql = "SELECT request, path, kind, head, at_ms FROM feedback WHERE repository = ?1 \
                       ORDER BY at_ms, request, path, kind";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([repository], |row| {
                let kind: String = row.get(2)?;
                let head: [u8; 20] = row.get(3)?;
                Ok(FeedbackKind::named(&kind).map(|kind| (kind, head)).map(|(kind, head)| {
                    Ok(Feedback {
                        request: row.get::<_, String>(0)?.into(),
                        path: RelPath::from_bytes(&row.get::<_, Vec<u8>>(1)?),
                        kind,
                        head: CommitId(head),
                        at_ms: row.get(4)?,
                    })
                }))
            })?;
            // Kinds that a later version made are not ours to read.
            rows.filter_map(Result::transpose).map(|row| row.and_then(|row| row)).collect()
        })
    }

    /// How much there is of a repository.
    ///
    /// # Errors
    /// [`StoreError::Slow`] where there is no answer within `patience`.
    pub fn feedback_counts(
        &self,
        repository: String,
        patience: Duration,
    ) -> Result<FeedbackCounts, StoreError> {
        self.worker().read(patience, move |connection| {
            let sql = "SELECT count(DISTINCT request), coalesce(sum(kind = 'pinned'), 0), \
                       coalesce(sum(kind = 'excluded'), 0), coalesce(sum(kind = 'cited'), 0) \
                       FROM feedback WHERE repository = ?1";
            connection.prepare_cached(sql)?.query_row([repository], |row| {
                Ok(FeedbackCounts {
                    requests: row.get(0)?,
                    pinned: row.get(1)?,
                    excluded: row.get(2)?,
                    cited: row.get(3)?,
                })
            })
        })
    }

    /// Forgets all samples of a repository. Never waits.
    pub fn forget_feedback(&self, repository: String) {
        self.write(Loss::MadeGood, move |connection| {
            let sql = "DELETE FROM feedback WHERE repository = ?1";
            connection.prepare_cached(sql)?.execute([&repository]).map(drop)
        });
    }
}

fn put(connection: &Connection, repository: &str, feedback: &Feedback) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO feedback (repository, request, path, kind, head, at_ms) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let Feedback { request, path, kind, head, at_ms } = feedback;
    let row = params![repository, &**request, path.as_bytes(), kind.name(), &head.0[..], at_ms];
    connection.prepare_cached(sql)?.execute(row)?;
    let sql = "DELETE FROM feedback WHERE repository = ?1 AND at_ms < \
               (SELECT at_ms FROM feedback WHERE repository = ?1 ORDER BY at_ms DESC LIMIT 1 OFFSET ?2)";
    connection.prepare_cached(sql)?.execute(params![repository, KEPT])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn said(request: &str, path: &str, kind: FeedbackKind, at_ms: i64) -> Feedback {
        Feedback { request: request.into(), path: path.into(), kind, head: CommitId([7; 20]), at_ms }
    }

    #[test]
    fn samples_are_kept_by_repository_counted_taken_back_and_forgotten() {
        let store = Store::in_memory();
        let pinned = said("retry", "src/net.rs", FeedbackKind::Pinned, 2);
        store.put_feedback("/a".into(), pinned.clone());
        store.put_feedback("/a".into(), said("retry", "src/net.rs", FeedbackKind::Cited, 3));
        store.put_feedback("/a".into(), said("theme", "src/ui.rs", FeedbackKind::Excluded, 4));
        store.put_feedback("/a".into(), Feedback { at_ms: 9, ..pinned.clone() });
        store.put_feedback("/b".into(), pinned.clone());
        let found = store.feedback("/a".into(), PATIENCE).expect("an answer");
        let shown: Vec<_> = found.iter().map(|it| (&*it.request, it.kind, it.at_ms)).collect();
        let kinds = [FeedbackKind::Cited, FeedbackKind::Excluded, FeedbackKind::Pinned];
        assert_eq!(shown, [("retry", kinds[0], 3), ("theme", kinds[1], 4), ("retry", kinds[2], 9)]);
        assert_eq!(found[0].head, CommitId([7; 20]));
        let counts = store.feedback_counts("/a".into(), PATIENCE).expect("an answer");
        assert_eq!(counts, FeedbackCounts { requests: 2, pinned: 1, excluded: 1, cited: 1 });
        store.take_feedback_back("/a".into(), pinned);
        assert_eq!(store.feedback_counts("/a".into(), PATIENCE).expect("an answer").pinned, 0);
        store.forget_feedback("/a".into());
        assert!(store.feedback("/a".into(), PATIENCE).expect("an answer").is_empty());
        assert_eq!(store.feedback("/b".into(), PATIENCE).expect("an answer").len(), 1);
    }
}
