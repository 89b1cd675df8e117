//! Search: words anywhere in the conversations of the file, by SQLite's full-text index; where that has no such words, by
//! what stands inside of words, which finds parts of names and scripts that are written without spaces.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use super::super::random_number;
use super::{Conversations, Reach, heads};
use crate::domain::{SessionHit, TurnId};

/// Words of an excerpt.
const EXCERPT_WORDS: u32 = 24;

/// Characters around a match that was found inside of words.
const AROUND: usize = 60;

/// Before and after the words in an excerpt.
const MARKS: [char; 2] = ['\u{2}', '\u{3}'];

/// A place where words stand, before its head is known.
struct Place {
    session: i64,
    turn: i64,
    excerpt: String,
}

impl Conversations {
    /// The turns in which all these words stand, best first, at most so many. The last word may be the start of one;
    /// words in double quotes stand side by side.
    pub fn search(&mut self, words: &str, reach: Reach, most: usize) -> Vec<SessionHit> {
        let roots = self.roots_within(reach);
        let (places, heads, marks) = self.read(|connection| {
            let about = roots.as_deref().map(|roots| heads::about(connection, roots)).transpose()?;
            let places = places(connection, words, about.as_ref(), most)?;
            let ids: HashSet<i64> = places.iter().map(|place| place.session).collect();
            Ok((places, heads::heads(connection, &ids)?, heads::marks(connection)?))
        });
        let elsewhere = self.open_elsewhere(&marks);
        let hit = |place: Place| {
            let session = heads::marked(heads.get(&place.session)?.clone(), &elsewhere);
            Some(SessionHit { session, turn: TurnId(place.turn), excerpt: place.excerpt.into() })
        };
        places.into_iter().filter_map(hit).collect()
    }
}

fn places(
    connection: &Connection,
    words: &str,
    about: Option<&HashSet<i64>>,
    most: usize,
) -> rusqlite::Result<Vec<Place>> {
    let Some(query) = fts_query(words) else { return Ok(Vec::new()) };
    let is_meant = |session: &i64| about.is_none_or(|about| about.contains(session));
    let found = by_words(connection, &query, &is_meant, most)?;
    if found.is_empty() { inside_words(connection, words, &is_meant, most) } else { Ok(found) }
}

fn by_words(
    connection: &Connection,
    query: &str,
    is_meant: &impl Fn(&i64) -> bool,
    most: usize,
) -> rusqlite::Result<Vec<Place>> {
    // Excerpts cost the most, so that they are made only for what is told.
    let sql = "SELECT turn.session, turn.id, turn.n FROM turn_words JOIN turn ON turn.n = turn_words.rowid \
               WHERE turn_words MATCH ?1 ORDER BY turn_words.rank, turn.n DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([query])?;
    let mut found = Vec::new();
    while found.len() < most
        && let Some(row) = rows.next()?
    {
        let (session, turn, n): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if is_meant(&session) {
            let excerpt = excerpt(connection, query, n)?;
            found.push(Place { session, turn, excerpt });
        }
    }
    Ok(found)
}

fn excerpt(connection: &Connection, query: &str, n: i64) -> rusqlite::Result<String> {
    // The text may hold the marks itself: those of ours carry a number that it cannot know, and the others go.
    let nonce = random_number().to_string();
    let [open, close] = MARKS.map(|mark| format!("{mark}{nonce}"));
    let sql = "SELECT snippet(turn_words, 0, ?3, ?4, '…', ?5) FROM turn_words WHERE turn_words MATCH ?1 AND rowid = ?2";
    let snippet: String = connection
        .prepare_cached(sql)?
        .query_row(params![query, n, open, close, EXCERPT_WORDS], |row| row.get(0))?;
    let (mut kept, mut rest) = (String::with_capacity(snippet.len()), &*snippet);
    while let Some(at) = rest.find(MARKS) {
        kept.push_str(&rest[..at]);
        let (mark, after) = rest[at..].split_at(1);
        rest = match after.strip_prefix(&nonce) {
            Some(after) => {
                kept.push_str(mark);
                after
            }
            None => after,
        };
    }
    kept.push_str(rest);
    Ok(kept)
}

/// The words as a query: every one quoted, so that no sign in them is an operator; the last one may go on.
fn fts_query(words: &str) -> Option<String> {
    let mut query = String::new();
    for (at, part) in words.split('"').enumerate() {
        let is_phrase = at % 2 == 1;
        let parts: Vec<&str> = if is_phrase { vec![part] } else { part.split_whitespace().collect() };
        for part in parts.into_iter().filter(|part| part.chars().any(char::is_alphanumeric)) {
            if !query.is_empty() {
                query.push(' ');
            }
            query.push('"');
            query.extend(part.chars().map(|c| if c == '\0' { ' ' } else { c }));
            query.push('"');
        }
    }
    if query.is_empty() {
        return None;
    }
    if words.ends_with(char::is_alphanumeric) {
        query.push('*');
    }
    Some(query)
}

fn inside_words(
    connection: &Connection,
    words: &str,
    is_meant: &impl Fn(&i64) -> bool,
    most: usize,
) -> rusqlite::Result<Vec<Place>> {
    let wanted: Vec<String> = words.replace('"', " ").split_whitespace().map(str::to_lowercase).collect();
    let mut statement =
        connection.prepare_cached("SELECT session, id, text FROM turn WHERE text <> '' ORDER BY n DESC")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while found.len() < most
        && let Some(row) = rows.next()?
    {
        let session: i64 = row.get(0)?;
        if !is_meant(&session) {
            continue;
        }
        let text = row.get_ref(2)?.as_str()?;
        let lower = text.to_lowercase();
        if wanted.iter().all(|word| lower.contains(word.as_str())) {
            let excerpt = around(text, &wanted[0]);
            found.push(Place { session, turn: row.get(1)?, excerpt });
        }
    }
    Ok(found)
}

/// The text around the first place where `word`, in lower case, stands.
fn around(text: &str, word: &str) -> String {
    let text: String = text.chars().filter(|c| !MARKS.contains(c)).collect();
    let starts = text.char_indices().map(|(at, _)| at);
    let Some((from, length)) = starts.into_iter().find_map(|at| Some((at, match_length(&text[at..], word)?)))
    else {
        return text.chars().take(2 * AROUND).collect();
    };
    let to = from + length;
    let before = text[..from].char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let after = text[to..].char_indices().nth(AROUND).map_or(text.len(), |(at, _)| to + at);
    let [open, close] = MARKS;
    let (head, tail) = (if before > 0 { "…" } else { "" }, if after < text.len() { "…" } else { "" });
    format!("{head}{}{open}{}{close}{}{tail}", &text[before..from], &text[from..to], &text[to..after])
}

/// How many bytes of the start of `text` read `word` in lower case.
fn match_length(text: &str, word: &str) -> Option<usize> {
    let mut left = word;
    for (at, c) in text.char_indices() {
        if left.is_empty() {
            return Some(at);
        }
        for lower in c.to_lowercase() {
            left = left.strip_prefix(lower)?;
        }
    }
    left.is_empty().then_some(text.len())
}
