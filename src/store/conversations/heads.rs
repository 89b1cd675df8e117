//! Conversations as lists show them: begun, listed, named, opened, deleted.

use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::random_number;
use super::{Conversations, Reach};
use crate::domain::{SessionHead, SessionId};

/// The columns that [`head`] reads.
const HEAD: &str = "SELECT s.id, coalesce(s.title, s.opening), s.roots, s.began_ms, s.changed_ms, \
                    (SELECT count(*) FROM turn WHERE session = s.id), s.origin FROM session s";

impl Conversations {
    /// Begins a conversation about the roots. Best called with the first message: an empty conversation is kept, but not
    /// listed.
    pub fn begin(&mut self, now_ms: i64) -> SessionId {
        let session = SessionId(random_number());
        let roots = self.roots.clone();
        self.write(|connection| insert(connection, session, &roots, now_ms, None));
        session
    }

    /// One conversation.
    pub fn head(&mut self, session: SessionId) -> Option<SessionHead> {
        let (mut found, marks) =
            self.read(|connection| Ok((heads(connection, &HashSet::from([session.0]))?, marks(connection)?)));
        Some(marked(found.remove(&session.0)?, &self.open_elsewhere(&marks)))
    }

    /// The conversations that hold a message, the one that changed last first.
    pub fn list(&mut self, reach: Reach) -> Vec<SessionHead> {
        let roots = self.roots_within(reach);
        let (found, marks) = self.read(|connection| {
            let mut found = Vec::new();
            let sql = format!("{HEAD} ORDER BY s.changed_ms DESC, s.id");
            let about = roots.as_deref().map(|roots| about(connection, roots)).transpose()?;
            let mut statement = connection.prepare_cached(&sql)?;
            for row in statement.query_map([], head)? {
                let row = row?;
                if row.turns > 0 && about.as_ref().is_none_or(|about| about.contains(&row.id.0)) {
                    found.push(row);
                }
            }
            Ok((found, marks(connection)?))
        });
        let elsewhere = self.open_elsewhere(&marks);
        found.into_iter().map(|head| marked(head, &elsewhere)).collect()
    }

    /// Gives a conversation a name; an empty one gives it back the start of its first message.
    pub fn rename(&mut self, session: SessionId, title: &str) {
        let title = Some(title.trim()).filter(|title| !title.is_empty());
        self.write(|connection| {
            let sql = "UPDATE session SET title = ?2 WHERE id = ?1";
            connection.prepare_cached(sql)?.execute(params![session.0, title]).map(|_| ())
        });
    }

    /// Deletes a conversation with all its branches, drafts and attachments; what it said is overwritten in the file.
    /// Ratings and picks stay as figures, without their words.
    pub fn delete(&mut self, session: SessionId) {
        self.write(|connection| {
            connection.pragma_update(None, "secure_delete", true)?;
            let id = session.0;
            connection
                .execute("DELETE FROM delta WHERE turn IN (SELECT id FROM turn WHERE session = ?1)", [id])?;
            let drafts = "DELETE FROM attachment WHERE turn IN (SELECT id FROM draft WHERE session = ?1)";
            connection.execute(drafts, [id])?;
            for table in ["attachment", "turn", "draft", "session_root", "open_session"] {
                connection.execute(&format!("DELETE FROM {table} WHERE session = ?1"), [id])?;
            }
            connection.execute("UPDATE rating SET word = '' WHERE session = ?1", [id])?;
            connection.execute("DELETE FROM session WHERE id = ?1", [id]).map(|_| ())
        });
        if let Some(connection) = self.connection.as_ref().filter(|_| self.fallback.is_none()) {
            // The log holds the old pages until then. Others that read it at the moment do it later.
            let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
    }

    /// Marks the conversation that this program has open, so that others know; the mark ends with the program.
    pub fn mark_open(&mut self, session: Option<SessionId>) {
        self.run.show();
        self.open = session;
        let run = self.run.number;
        self.write(|connection| match session {
            Some(session) => {
                let sql = "INSERT OR REPLACE INTO open_session (run, session) VALUES (?1, ?2)";
                connection.prepare_cached(sql)?.execute([run, session.0]).map(|_| ())
            }
            None => connection.execute("DELETE FROM open_session WHERE run = ?1", [run]).map(|_| ()),
        });
    }

    /// The roots that a list is bound to.
    pub(super) fn roots_within(&self, reach: Reach) -> Option<Vec<PathBuf>> {
        match reach {
            Reach::TheseRoots => Some(self.roots.clone()),
            Reach::All => None,
        }
    }

    /// The conversations that other living programs have open.
    pub(super) fn open_elsewhere(&self, marks: &[(i64, i64)]) -> HashSet<i64> {
        let others = marks.iter().filter(|(run, _)| *run != self.run.number);
        others.filter(|(run, _)| self.run.lives(*run)).map(|(_, session)| *session).collect()
    }
}

/// Adds a conversation without turns.
pub fn insert(
    connection: &Connection,
    session: SessionId,
    roots: &[PathBuf],
    now_ms: i64,
    origin: Option<SessionId>,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO session (id, roots, began_ms, changed_ms, origin) VALUES (?1, ?2, ?3, ?3, ?4)";
    let origin = origin.map(|origin| origin.0);
    connection.prepare_cached(sql)?.execute(params![session.0, shown(roots), now_ms, origin])?;
    for root in roots {
        let sql = "INSERT OR IGNORE INTO session_root (root, session) VALUES (?1, ?2)";
        connection.prepare_cached(sql)?.execute(params![root.as_os_str().as_bytes(), session.0])?;
    }
    Ok(())
}

/// Roots as one text.
pub fn shown(roots: &[PathBuf]) -> String {
    roots.iter().map(|root| root.to_string_lossy()).collect::<Vec<_>>().join(", ")
}

/// The conversations about one of these roots.
pub fn about(connection: &Connection, roots: &[PathBuf]) -> rusqlite::Result<HashSet<i64>> {
    let mut statement = connection.prepare_cached("SELECT session FROM session_root WHERE root = ?1")?;
    let mut found = HashSet::new();
    for root in roots {
        for session in statement.query_map([root.as_os_str().as_bytes()], |row| row.get(0))? {
            found.insert(session?);
        }
    }
    Ok(found)
}

/// The marks of open conversations: run and conversation.
pub fn marks(connection: &Connection) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut statement = connection.prepare_cached("SELECT run, session FROM open_session")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// The heads of these conversations.
pub fn heads(connection: &Connection, ids: &HashSet<i64>) -> rusqlite::Result<HashMap<i64, SessionHead>> {
    let sql = format!("{HEAD} WHERE s.id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = HashMap::new();
    for id in ids {
        if let Some(head) = statement.query_row([id], head).optional()? {
            found.insert(*id, head);
        }
    }
    Ok(found)
}

/// The same head, with whether another program has it open.
pub fn marked(head: SessionHead, elsewhere: &HashSet<i64>) -> SessionHead {
    SessionHead { elsewhere: elsewhere.contains(&head.id.0), ..head }
}

fn head(row: &Row) -> rusqlite::Result<SessionHead> {
    Ok(SessionHead {
        id: SessionId(row.get(0)?),
        title: row.get::<_, String>(1)?.into(),
        roots: row.get::<_, String>(2)?.into(),
        began_ms: row.get(3)?,
        changed_ms: row.get(4)?,
        turns: row.get(5)?,
        from: row.get::<_, Option<i64>>(6)?.map(SessionId),
        elsewhere: false,
    })
}
