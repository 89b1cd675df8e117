//! What goes with a message besides its text: pasted texts and pictures, each in a row of its own.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use crate::domain::{Attachment, Question};

/// The pictures that a message may hold.
const MIMES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The name of an attachment as shown.
pub fn name_of(attachment: &Attachment) -> &Arc<str> {
    match attachment {
        Attachment::Text { name, .. } | Attachment::Image { name, .. } => name,
    }
}

/// Puts the attachments of a question in the place of those it had; what is the same stays untouched.
pub fn put(connection: &Connection, session: i64, turn: i64, question: &Question) -> rusqlite::Result<()> {
    if question.attachments == of(connection, turn)? {
        return Ok(());
    }
    remove(connection, turn)?;
    let sql = "INSERT INTO attachment (session, turn, position, mime, name, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut statement = connection.prepare_cached(sql)?;
    for (position, attachment) in (0_u32..).zip(&question.attachments) {
        let (mime, content) = match attachment {
            Attachment::Text { text, .. } => (None, text.as_bytes()),
            Attachment::Image { mime, bytes, .. } => (Some(*mime), &**bytes),
        };
        statement.execute(params![session, turn, position, mime, &**name_of(attachment), content])?;
    }
    Ok(())
}

/// Removes those of a question.
pub fn remove(connection: &Connection, turn: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM attachment WHERE turn = ?1")?.execute([turn]).map(|_| ())
}

/// Those of one question.
pub fn of(connection: &Connection, turn: i64) -> rusqlite::Result<Vec<Attachment>> {
    let sql = "SELECT turn, mime, name, content FROM attachment WHERE turn = ?1 ORDER BY position";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map([turn], |row| Ok(read(row)?.1))?.collect()
}

/// Those of all questions of a conversation.
pub fn of_session(connection: &Connection, session: i64) -> rusqlite::Result<HashMap<i64, Vec<Attachment>>> {
    let sql = "SELECT turn, mime, name, content FROM attachment WHERE session = ?1 ORDER BY turn, position";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found: HashMap<i64, Vec<Attachment>> = HashMap::new();
    for row in statement.query_map([session], read)? {
        let (turn, attachment) = row?;
        found.entry(turn).or_default().push(attachment);
    }
    Ok(found)
}

fn read(row: &Row) -> rusqlite::Result<(i64, Attachment)> {
    let mime: Option<String> = row.get(1)?;
    let name: Arc<str> = row.get::<_, String>(2)?.into();
    let content = match row.get_ref(3)? {
        ValueRef::Blob(bytes) | ValueRef::Text(bytes) => bytes,
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => &[],
    };
    let known = mime.and_then(|mime| MIMES.into_iter().find(|known| *known == mime));
    let attachment = match known {
        Some(mime) => Attachment::Image { name, mime, bytes: content.into() },
        None => Attachment::Text { name, text: String::from_utf8_lossy(content).into() },
    };
    Ok((row.get(0)?, attachment))
}
