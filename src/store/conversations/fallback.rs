//! Fallback: what happens when the file cannot be used. The open conversation goes on in memory, and is brought back to
//! the file as soon as that takes it: a disk that was full for a minute costs nothing.

use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, TransactionBehavior, params_from_iter};

use super::{Conversations, file};
use crate::domain::{Notice, SessionId, Severity};
use crate::store::StoreError;

/// How long after a try the file is tried again: long enough that a full disk is not asked at each word of an answer.
const AGAIN: Duration = Duration::from_secs(5);

/// That the file is not in use, and when it is tried again.
#[derive(Debug)]
pub struct Fallback {
    again: Instant,
}

/// A table, and how its rows go from one database to another. Numbers that only count rows are left behind.
struct Table {
    name: &'static str,
    columns: &'static str,
    /// The rows of one conversation.
    of_session: &'static str,
    /// The order in which they were added; those of one key side by side where they are cleared by it.
    order: &'static str,
    /// What stands before is removed by this, where keys cannot tell.
    clear: Option<&'static str>,
    conflict: &'static str,
}

const TABLES: &[Table] = &[
    Table {
        name: "session",
        columns: "id, title, opening, roots, began_ms, changed_ms, tip, origin",
        of_session: "id = ?1",
        order: "id",
        clear: None,
        conflict: "ON CONFLICT (id) DO UPDATE SET title = excluded.title, opening = excluded.opening, \
                   changed_ms = excluded.changed_ms, tip = excluded.tip",
    },
    Table {
        name: "session_root",
        columns: "root, session",
        of_session: "session = ?1",
        order: "root",
        clear: None,
        conflict: "ON CONFLICT DO NOTHING",
    },
    Table {
        name: "turn",
        columns: "id, session, parent, at_ms, kind, state, run, more, context, thinking, text",
        of_session: "session = ?1",
        order: "n",
        clear: None,
        conflict: "ON CONFLICT (id) DO UPDATE SET state = excluded.state, run = excluded.run, more = excluded.more, \
                   context = excluded.context, thinking = excluded.thinking, text = excluded.text",
    },
    Table {
        name: "delta",
        columns: "turn, text, thinking",
        of_session: "turn IN (SELECT id FROM turn WHERE session = ?1)",
        order: "turn, n",
        clear: Some("DELETE FROM delta WHERE turn = ?1"),
        conflict: "",
    },
    Table {
        name: "attachment",
        columns: "turn, session, position, mime, name, content",
        of_session: "session = ?1",
        order: "turn, position",
        clear: Some("DELETE FROM attachment WHERE turn = ?1"),
        conflict: "",
    },
    Table {
        name: "rating",
        columns: "turn, session, at_ms, task, backend, model, thumb, word",
        of_session: "session = ?1",
        order: "turn",
        clear: Some("DELETE FROM rating WHERE turn = ?1"),
        conflict: "",
    },
    Table {
        name: "compared",
        columns: "turn, session, at_ms, task, backend, model, picked",
        of_session: "session = ?1",
        order: "turn",
        clear: Some("DELETE FROM compared WHERE turn = ?1"),
        conflict: "",
    },
    Table {
        name: "draft",
        columns: "id, run, session, place, roots, at_ms, more, text",
        of_session: "session = ?1",
        order: "id",
        clear: Some("DELETE FROM draft WHERE id = ?1"),
        conflict: "",
    },
    Table {
        name: "open_session",
        columns: "run, session",
        of_session: "session = ?1",
        order: "run",
        clear: Some("DELETE FROM open_session WHERE run = ?1"),
        conflict: "",
    },
];

impl Conversations {
    /// Goes on in memory, with as much of the open conversation as the file still gives, and says so once.
    pub(super) fn degrade(&mut self, error: &StoreError) {
        self.notice = Some(error.notice_that("This conversation is not kept after this run"));
        self.fallback = Some(Fallback { again: Instant::now() + AGAIN });
        let broken = self.connection.take();
        let Ok(mut memory) = file::in_memory() else { return };
        if let (Some(broken), Some(open)) = (broken, self.open) {
            // Table by table: of a damaged file some may be whole.
            for table in TABLES {
                let _ = copy(&broken, &mut memory, &[table], Some(open));
            }
        }
        self.connection = Some(memory);
    }

    /// Brings what memory holds back to the file, where that works again.
    pub(super) fn restore(&mut self) {
        let Some(fallback) = &mut self.fallback else { return };
        if Instant::now() < fallback.again {
            return;
        }
        fallback.again = Instant::now() + AGAIN;
        let (Some(path), Some(memory)) = (self.path.as_deref(), &self.connection) else { return };
        let Ok(mut file) = file::open(path) else { return };
        if copy(memory, &mut file, &TABLES.iter().collect::<Vec<_>>(), None).is_ok() {
            self.connection = Some(file);
            self.fallback = None;
            self.notice = Some(Notice::new(Severity::Info, "Conversations are kept again"));
        }
    }

    /// Makes the next write try the file again, as if the time had passed.
    #[cfg(test)]
    pub(super) fn try_again_now(&mut self) {
        if let Some(fallback) = &mut self.fallback {
            fallback.again = Instant::now();
        }
    }
}

/// Copies rows, of one conversation or all, in one transaction; what is there already is brought up to date.
fn copy(
    from: &Connection,
    to: &mut Connection,
    tables: &[&Table],
    session: Option<SessionId>,
) -> rusqlite::Result<()> {
    let transaction = to.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for table in tables {
        let Table { name, columns, of_session, order, clear, conflict } = table;
        let meant = if session.is_some() { of_session } else { "1" };
        let mut rows =
            from.prepare(&format!("SELECT {columns} FROM {name} WHERE {meant} ORDER BY {order}"))?;
        let count = rows.column_count();
        let marks = vec!["?"; count].join(", ");
        let insert = format!("INSERT INTO {name} ({columns}) VALUES ({marks}) {conflict}");
        let mut insert = transaction.prepare(&insert)?;
        let mut last_key = None;
        let mut rows = rows.query(params_from_iter(session.map(|session| session.0)))?;
        while let Some(row) = rows.next()? {
            let values: Vec<Value> = (0..count).map(|at| row.get(at)).collect::<Result<_, _>>()?;
            if let Some(clear) = clear.filter(|_| last_key.as_ref() != values.first()) {
                transaction.execute(clear, [&values[0]])?;
                last_key = values.first().cloned();
            }
            insert.execute(params_from_iter(values))?;
        }
    }
    transaction.commit()
}
