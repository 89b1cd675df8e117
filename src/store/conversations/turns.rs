//! Turns: written when they begin, streamed to in small appended rows, and made whole when they end.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Conversations, attachments, record};
use crate::domain::{Answer, Answerer, Question, Rating, SessionId, Thumb, Turn, TurnBody, TurnId};

/// Characters of a conversation's first message that stand for a title.
const OPENING: usize = 120;

impl Conversations {
    /// Adds a turn at its parent; the branch that is shown is then the one that ends in it, but answers that stand beside
    /// a first one leave that one shown. An answer that is going takes its text from [`Self::append_delta`].
    pub fn append(&mut self, session: SessionId, turn: &Turn) {
        self.run.show();
        let run = self.run.number;
        self.write(|connection| {
            insert(connection, session, turn, run)?;
            let shown = match &turn.body {
                TurnBody::Answer(answer) => answer.beside.first().is_none_or(|first| *first == turn.id),
                TurnBody::Question(_) | TurnBody::Summary { .. } => true,
            };
            let sql = "UPDATE session SET changed_ms = max(changed_ms, ?2), \
                       tip = CASE WHEN ?3 THEN ?4 ELSE tip END WHERE id = ?1";
            connection.prepare_cached(sql)?.execute(params![session.0, turn.at_ms, shown, turn.id.0])?;
            match &turn.body {
                TurnBody::Question(question) => name(connection, session, question),
                TurnBody::Answer(_) | TurnBody::Summary { .. } => Ok(()),
            }
        });
    }

    /// Adds to an answer that is going; in the file when this returns.
    pub fn append_delta(&mut self, turn: TurnId, text: &str, thinking: &str) {
        if text.is_empty() && thinking.is_empty() {
            return;
        }
        self.write(|connection| delta(connection, turn, text, thinking));
    }

    /// Writes a turn as it now is. Of an answer that is going all but the text is taken, which has come by
    /// [`Self::append_delta`]; of one that has ended the text is this one, and the appended batches go.
    pub fn replace(&mut self, session: SessionId, turn: &Turn, now_ms: i64) {
        let run = self.run.number;
        self.write(|connection| {
            let known = "SELECT 1 FROM turn WHERE id = ?1";
            let known = connection.prepare_cached(known)?.query_row([turn.id.0], |_| Ok(())).optional()?;
            match known {
                Some(()) => update(connection, session, turn, run)?,
                None => insert(connection, session, turn, run)?,
            }
            let sql = "UPDATE session SET changed_ms = max(changed_ms, ?2) WHERE id = ?1";
            connection.prepare_cached(sql)?.execute(params![session.0, now_ms])?;
            Ok(())
        });
    }

    /// Rates an answer, or takes the rating back.
    pub fn rate(&mut self, turn: TurnId, rating: Option<&Rating>, now_ms: i64) {
        self.write(|connection| {
            connection.prepare_cached("DELETE FROM rating WHERE turn = ?1")?.execute([turn.0])?;
            let (Some(rating), Some((session, answer))) = (rating, answer_of(connection, turn)?) else {
                return Ok(());
            };
            let (backend, model) = names(&answer.by);
            let sql = "INSERT INTO rating (turn, session, at_ms, task, backend, model, thumb, word) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            connection.prepare_cached(sql)?.execute(params![
                turn.0,
                session,
                now_ms,
                answer.task.name(),
                backend,
                model,
                rating.thumb == Thumb::Up,
                &*rating.word,
            ])?;
            Ok(())
        });
    }

    /// Notes that this answer was picked among those beside it, and shows its branch.
    pub fn pick(&mut self, turn: TurnId, now_ms: i64) {
        self.write(|connection| {
            let Some((session, answer)) = answer_of(connection, turn)? else { return Ok(()) };
            for other in answer.beside.iter() {
                let Some((_, beside)) = answer_of(connection, *other)? else { continue };
                let (backend, model) = names(&beside.by);
                let sql = "INSERT OR REPLACE INTO compared (turn, session, at_ms, task, backend, model, picked) \
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
                connection.prepare_cached(sql)?.execute(params![
                    other.0,
                    session,
                    now_ms,
                    beside.task.name(),
                    backend,
                    model,
                    *other == turn,
                ])?;
            }
            Ok(())
        });
        self.show(turn);
    }
}

/// Adds what an answer streamed to what its turn holds.
pub fn add_deltas(
    connection: &Connection,
    turn: i64,
    text: &mut String,
    thinking: &mut String,
) -> rusqlite::Result<()> {
    let sql = "SELECT text, thinking FROM delta WHERE turn = ?1 ORDER BY n";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([turn])?;
    while let Some(row) = rows.next()? {
        text.push_str(row.get_ref(0)?.as_str()?);
        thinking.push_str(row.get_ref(1)?.as_str()?);
    }
    Ok(())
}

/// Adds one turn.
pub fn insert(connection: &Connection, session: SessionId, turn: &Turn, run: i64) -> rusqlite::Result<()> {
    let row = record::Row::of(turn);
    let sql = "INSERT INTO turn (id, session, parent, at_ms, kind, state, run, more, context, thinking, text) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let (text, thinking) = if row.is_going() { ("", "") } else { (row.text, row.thinking) };
    connection.prepare_cached(sql)?.execute(params![
        turn.id.0,
        session.0,
        turn.parent.map(|parent| parent.0),
        turn.at_ms,
        row.kind,
        row.state,
        row.is_going().then_some(run),
        row.more,
        row.context,
        thinking,
        text,
    ])?;
    if row.is_going() && !(row.text.is_empty() && row.thinking.is_empty()) {
        delta(connection, turn.id, row.text, row.thinking)?;
    }
    match &turn.body {
        TurnBody::Question(question) => attachments::put(connection, session.0, turn.id.0, question),
        TurnBody::Answer(_) | TurnBody::Summary { .. } => Ok(()),
    }
}

fn update(connection: &Connection, session: SessionId, turn: &Turn, run: i64) -> rusqlite::Result<()> {
    let row = record::Row::of(turn);
    if row.is_going() {
        let sql = "UPDATE turn SET state = ?2, run = ?3, more = ?4, context = ?5 WHERE id = ?1";
        let values = params![turn.id.0, row.state, run, row.more, row.context];
        return connection.prepare_cached(sql)?.execute(values).map(|_| ());
    }
    let sql = "UPDATE turn SET state = ?2, run = NULL, more = ?3, context = ?4, thinking = ?5, text = ?6 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![
        turn.id.0,
        row.state,
        row.more,
        row.context,
        row.thinking,
        row.text
    ])?;
    connection.prepare_cached("DELETE FROM delta WHERE turn = ?1")?.execute([turn.id.0])?;
    match &turn.body {
        TurnBody::Question(question) => attachments::put(connection, session.0, turn.id.0, question),
        TurnBody::Answer(_) | TurnBody::Summary { .. } => Ok(()),
    }
}

fn delta(connection: &Connection, turn: TurnId, text: &str, thinking: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO delta (turn, text, thinking) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![turn.0, text, thinking]).map(|_| ())
}

/// Keeps the start of the first message, for the title.
fn name(connection: &Connection, session: SessionId, question: &Question) -> rusqlite::Result<()> {
    let line = question.text.lines().map(str::trim).find(|line| !line.is_empty());
    let attached = || question.attachments.first().map(|attached| attachments::name_of(attached).as_ref());
    let Some(opening) = line.or_else(attached) else { return Ok(()) };
    let opening: String = opening.chars().take(OPENING).collect();
    let sql = "UPDATE session SET opening = ?2 WHERE id = ?1 AND opening = ''";
    connection.prepare_cached(sql)?.execute(params![session.0, opening]).map(|_| ())
}

/// An answer without its text, and its conversation.
fn answer_of(connection: &Connection, turn: TurnId) -> rusqlite::Result<Option<(i64, Answer)>> {
    let sql = "SELECT session, more FROM turn WHERE id = ?1 AND kind = 'answer'";
    let found = connection
        .prepare_cached(sql)?
        .query_row([turn.0], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    Ok(found.and_then(|(session, more)| Some((session, record::answer(&more, "done")?))))
}

fn names(by: &Answerer) -> (&str, &str) {
    match by {
        Answerer::Model(model, _) => (&model.backend, &model.model),
        Answerer::Nobody => ("", ""),
    }
}
