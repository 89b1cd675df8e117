//! Drafts: what was typed and not sent, the composer's text and the messages that wait, so that a program that dies
//! loses nothing a person wrote.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::super::random_number;
use super::{Conversations, attachments, heads, record};
use crate::domain::{Question, SessionId};

/// The place of the composer's text; messages that wait have theirs from 1 on.
const COMPOSER: u32 = 0;

impl Conversations {
    /// Keeps the composer's text, of a conversation or of one that has not begun; an empty one takes it away.
    pub fn put_draft(&mut self, session: Option<SessionId>, question: &Question, now_ms: i64) {
        self.run.show();
        let (run, roots) = (self.run.number, heads::shown(&self.roots));
        let is_empty = question.text.trim().is_empty() && question.attachments.is_empty();
        self.write(|connection| {
            let place = Place { run, session, number: COMPOSER, roots: &roots };
            if is_empty { place.clear(connection) } else { place.put(connection, question, now_ms) }
        });
    }

    /// Keeps the messages that wait, in order, in the place of those kept before.
    pub fn put_queue(&mut self, session: SessionId, questions: &[Question], now_ms: i64) {
        self.run.show();
        let (run, roots) = (self.run.number, heads::shown(&self.roots));
        self.write(|connection| {
            let place = |number| Place { run, session: Some(session), number, roots: &roots };
            let sql = "SELECT max(place) FROM draft WHERE run = ?1 AND session = ?2";
            let known: Option<u32> = connection.query_row(sql, [run, session.0], |row| row.get(0))?;
            for (number, question) in (1..).zip(questions) {
                place(number).put(connection, question, now_ms)?;
            }
            for number in questions.len() as u32 + 1..=known.unwrap_or(0) {
                place(number).clear(connection)?;
            }
            Ok(())
        });
    }

    /// The composer's text of a conversation, or of one that has not begun about the same roots: this program's, else the
    /// latest that a program left which has ended. From then on it is this program's.
    pub fn take_draft(&mut self, session: Option<SessionId>) -> Option<Question> {
        self.take(session, |place| place == COMPOSER).pop()
    }

    /// The messages that waited in a conversation when its program ended, in order. They are this program's from then on.
    pub fn take_queue(&mut self, session: SessionId) -> Vec<Question> {
        self.take(Some(session), |place| place != COMPOSER)
    }

    fn take(&mut self, session: Option<SessionId>, is_meant: impl Fn(u32) -> bool) -> Vec<Question> {
        let roots = heads::shown(&self.roots);
        let left = self.read(|connection| left(connection, session, &roots));
        let left: Vec<Left> = left.into_iter().filter(|draft| is_meant(draft.place)).collect();
        // All of one program, our own before others'; of two others the later one counts, and the other waits for the
        // next time.
        let own = left.iter().find(|draft| draft.run == self.run.number);
        let newest =
            own.or_else(|| left.iter().find(|draft| !self.run.lives(draft.run))).map(|draft| draft.run);
        let Some(newest) = newest else { return Vec::new() };
        let mut taken: Vec<Left> = left.into_iter().filter(|draft| draft.run == newest).collect();
        taken.sort_by_key(|draft| draft.place);
        self.run.show();
        let run = self.run.number;
        self.write(|connection| {
            for draft in &taken {
                connection.execute("UPDATE draft SET run = ?2 WHERE id = ?1", [draft.id, run])?;
            }
            Ok(())
        });
        taken.into_iter().map(|draft| draft.question).collect()
    }
}

/// A draft that is in the file.
struct Left {
    id: i64,
    run: i64,
    place: u32,
    question: Question,
}

fn left(connection: &Connection, session: Option<SessionId>, roots: &str) -> rusqlite::Result<Vec<Left>> {
    let sql = "SELECT id, run, place, more, text FROM draft \
               WHERE session IS ?1 AND (?1 IS NOT NULL OR roots = ?2) ORDER BY at_ms DESC, place";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![session.map(|session| session.0), roots])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let (more, text): (String, String) = (row.get(3)?, row.get(4)?);
        let question = record::question(&more, text.into(), attachments::of(connection, id)?);
        found.push(Left { id, run: row.get(1)?, place: row.get(2)?, question });
    }
    Ok(found)
}

/// Where a draft lies.
struct Place<'a> {
    run: i64,
    session: Option<SessionId>,
    number: u32,
    roots: &'a str,
}

impl Place<'_> {
    fn id(&self, connection: &Connection) -> rusqlite::Result<Option<i64>> {
        let sql = "SELECT id FROM draft WHERE run = ?1 AND session IS ?2 AND place = ?3";
        let values = params![self.run, self.session.map(|session| session.0), self.number];
        connection.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()
    }

    fn put(&self, connection: &Transaction, question: &Question, now_ms: i64) -> rusqlite::Result<()> {
        let id = self.id(connection)?.unwrap_or_else(random_number);
        let session = self.session.map(|session| session.0);
        let sql = "INSERT OR REPLACE INTO draft (id, run, session, place, roots, at_ms, more, text) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        connection.prepare_cached(sql)?.execute(params![
            id,
            self.run,
            session,
            self.number,
            self.roots,
            now_ms,
            record::question_as_json(question),
            &*question.text,
        ])?;
        attachments::put(connection, session.unwrap_or(0), id, question)
    }

    fn clear(&self, connection: &Transaction) -> rusqlite::Result<()> {
        let Some(id) = self.id(connection)? else { return Ok(()) };
        attachments::remove(connection, id)?;
        connection.execute("DELETE FROM draft WHERE id = ?1", [id]).map(|_| ())
    }
}
