//! What `quarry sessions` prints: rows for people, lines of JSON for programs; everything cleaned, for a title or an
//! excerpt may hold anything.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::chat::export::safe;
use crate::domain::{SessionHead, SessionHit};
use crate::store::Reach;
use crate::text::amount::{ago_since, count};
use crate::text::cut;
use crate::text::sanitize::{sanitize, sanitize_line};

/// Cells of a title in a row.
const TITLE: usize = 60;

/// Digits of a name in a row: with so many, two of ten thousand conversations agree once in forty stores.
const DIGITS: usize = 8;

/// Before and after the words in an excerpt.
const MARKS: [char; 2] = ['\u{2}', '\u{3}'];

/// Writes lines.
pub struct Printer<W>(W);

impl<W: Write> Printer<W> {
    /// To this place.
    pub const fn new(out: W) -> Self {
        Self(out)
    }

    /// One line as it is.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.0, "{line}")
    }

    /// A text of many lines.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.0.write_all(sanitize(text).as_bytes())
    }

    /// Conversations, one a row.
    pub fn heads(&mut self, heads: &[SessionHead], reach: Reach, now_ms: i64) -> io::Result<()> {
        for head in heads {
            let ago = ago_since(head.changed_ms / 1_000, now_ms / 1_000);
            let title = cut::fit_end(&sanitize_line(&head.title), TITLE, "…");
            let elsewhere = if head.elsewhere { "  open elsewhere" } else { "" };
            let roots = match reach {
                Reach::TheseRoots => String::new(),
                Reach::All => format!("  {}", sanitize_line(&head.roots)),
            };
            let (id, turns) = (short(head), count(head.turns.into()));
            writeln!(self.0, "{id}  {title}  {turns:>6} turns  {ago:>14}{elsewhere}{roots}")?;
        }
        Ok(())
    }

    /// Places where words stand.
    pub fn hits(&mut self, hits: &[SessionHit]) -> io::Result<()> {
        let mut last = None;
        for hit in hits {
            if last != Some(hit.session.id) {
                writeln!(self.0, "{}  {}", short(&hit.session), sanitize_line(&hit.session.title))?;
                last = Some(hit.session.id);
            }
            let plain: String = hit.excerpt.chars().filter(|c| !MARKS.contains(c)).collect();
            let one_line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
            writeln!(self.0, "  {}", sanitize_line(&one_line))?;
        }
        Ok(())
    }
}

fn short(head: &SessionHead) -> String {
    head.id.to_string().chars().take(DIGITS).collect()
}

/// One event as a line.
pub fn json_line(event: &str, mut value: Value) -> String {
    if let Some(object) = value.as_object_mut() {
        object.insert("event".into(), event.into());
    }
    safe(&value.to_string())
}

/// A place where words stand.
pub fn hit_as_json(hit: &SessionHit) -> Value {
    let [open, close] = MARKS;
    let found = hit.excerpt.split(open).skip(1).filter_map(|part| part.split(close).next());
    let words: Vec<&str> = found.collect();
    let plain: String = hit.excerpt.chars().filter(|c| !MARKS.contains(c)).collect();
    json!({
        "session": hit.session.id.to_string(),
        "title": &*hit.session.title,
        "turn": hit.turn.to_string(),
        "excerpt": plain,
        "words": words,
    })
}
