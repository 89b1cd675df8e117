//! Redaction: takes secrets out of text that is about to leave the machine, and tells what was taken from where.
//!
//! What is taken reads `[redacted: aws access key]` afterwards. Invariants: lines stay where they are; text without
//! secrets is not copied; redacting twice changes nothing more; no text makes it fail. One pass of an automaton over all
//! marks finds the few places worth a closer look, so that ordinary code costs little more than reading it.
//!
//! Four families: the shapes of well-known keys ([`shapes`]), private keys in PEM ([`pem`]), credentials in addresses and
//! headers ([`credentials`]), and values beside a telling name or in `.env`-like lines ([`named`]). What must *not* be
//! taken is as much of the work: hashes of lock files, UUIDs, references such as `${TOKEN}`, placeholders ([`values`]).

mod credentials;
mod named;
mod pem;
mod shapes;
#[cfg(test)]
mod tests;
mod values;

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use shapes::SHAPES;

/// Rounds until nothing more is found; what one round takes can lay something open to the next, never much.
const ROUNDS: usize = 4;

/// One secret that was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Found {
    /// What it looked like: `aws access key`, `password`.
    pub kind: &'static str,
    /// Its line in the text, from 1.
    pub line: u32,
}

/// Text without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean {
    /// The text, line for line as it was.
    pub text: String,
    /// What was taken out, in the order of the text.
    pub found: Vec<Found>,
}

/// Finds secrets. Made once, used for every text.
#[derive(Debug)]
pub struct Redactor {
    /// `None` only if the automaton could not be built, when every text is refused.
    marks: Option<AhoCorasick>,
}

/// A mark that is worth a closer look. The automaton holds [`SHAPES`] first, then these.
#[derive(Debug, Clone, Copy)]
enum Mark {
    Shape(usize),
    Name,
    Address,
    Authorization,
    Begin,
    End,
}

const MARKS: &[(&str, Mark)] = &[
    ("pass", Mark::Name),
    ("pwd", Mark::Name),
    ("secret", Mark::Name),
    ("token", Mark::Name),
    ("key", Mark::Name),
    ("cred", Mark::Name),
    ("auth", Mark::Name),
    ("://", Mark::Address),
    ("authorization", Mark::Authorization),
    ("bearer ", Mark::Authorization),
    (pem::BEGIN, Mark::Begin),
    (pem::END, Mark::End),
];

/// A place to take out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hit {
    range: Range<usize>,
    kind: &'static str,
    /// How much the kind says: where hits overlap, the heavier one names them.
    weight: usize,
}

impl Default for Redactor {
    fn default() -> Self {
        Self::new()
    }
}

impl Redactor {
    /// A redactor for all kinds.
    pub fn new() -> Self {
        let marks = SHAPES.iter().map(|shape| shape.start).chain(MARKS.iter().map(|(mark, _)| *mark));
        let marks =
            AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(marks);
        Self { marks: marks.ok() }
    }

    /// The text without its secrets; `None` where it has none.
    pub fn text(&self, text: &str) -> Option<Clean> {
        let Some(marks) = &self.marks else {
            // Better nothing than a secret.
            let found = vec![Found { kind: "everything", line: 1 }];
            return Some(Clean { text: text.chars().filter(|c| *c == '\n').collect(), found });
        };
        let mut clean = take_out(text, hits(marks, text))?;
        for _ in 1..ROUNDS {
            let Some(more) = take_out(&clean.text, hits(marks, &clean.text)) else { break };
            clean.text = more.text;
            clean.found.extend(more.found);
            clean.found.sort_by_key(|found| found.line);
        }
        Some(clean)
    }
}

fn hits(marks: &AhoCorasick, text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for found in marks.find_overlapping_iter(text) {
        let at = found.start()..found.end();
        let number = found.pattern().as_usize();
        let mark = match number.checked_sub(SHAPES.len()) {
            None => Mark::Shape(number),
            Some(number) => MARKS[number].1,
        };
        match mark {
            Mark::Shape(number) => hits.extend(shapes::look(text, at, &SHAPES[number])),
            Mark::Name => hits.extend(named::look(text, at)),
            Mark::Address => hits.extend(credentials::address(text, at)),
            Mark::Authorization => hits.extend(credentials::authorization(text, at)),
            Mark::Begin => pem::from_begin(text, at, &mut hits),
            Mark::End => pem::from_end(text, at, &mut hits),
        }
    }
    named::env_lines(text, &mut hits);
    hits
}

fn take_out(text: &str, mut hits: Vec<Hit>) -> Option<Clean> {
    hits.retain(|hit| !hit.range.is_empty() && !text[hit.range.clone()].contains('\n'));
    if hits.is_empty() {
        return None;
    }
    hits.sort_by(|a, b| (a.range.start, b.weight).cmp(&(b.range.start, a.weight)));
    let mut merged: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match merged.last_mut() {
            Some(last) if hit.range.start < last.range.end => {
                last.range.end = last.range.end.max(hit.range.end);
                if hit.weight > last.weight {
                    (last.kind, last.weight) = (hit.kind, hit.weight);
                }
            }
            Some(_) | None => merged.push(hit),
        }
    }
    let (mut out, mut found) = (String::with_capacity(text.len() + 64), Vec::with_capacity(merged.len()));
    let (mut at, mut line) = (0, 1);
    for hit in merged {
        let before = &text[at..hit.range.start];
        line += before.bytes().filter(|byte| *byte == b'\n').count() as u32;
        out.push_str(before);
        out.push_str("[redacted: ");
        out.push_str(hit.kind);
        out.push(']');
        found.push(Found { kind: hit.kind, line });
        at = hit.range.end;
    }
    out.push_str(&text[at..]);
    Some(Clean { text: out, found })
}

/// Whether a word may begin here: not inside another word, though right after an escape such as `\n`.
fn begins_word(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    match before.last() {
        Some(b'n' | b'r' | b't') if before.len() >= 2 && before[before.len() - 2] == b'\\' => true,
        Some(byte) => !byte.is_ascii_alphanumeric(),
        None => true,
    }
}

/// Where the run of such bytes ends that begins at `from`. The class holds ASCII only, or everything that is not.
fn run_end(text: &str, from: usize, class: impl Fn(u8) -> bool) -> usize {
    let bytes = &text.as_bytes()[from..];
    from + bytes.iter().take_while(|byte| class(**byte)).count()
}
