//! Citations: where a text of a model names items of its context, as `[2]`, `[2:64]`, `[1, 3:10-20]` or `path:line`.
//!
//! Owns their one grammar: what the chat counts is what the screen marks and what keys walk. What people name with an `@`
//! has another, see [`mentions`](crate::domain::mentions). Invariant: nothing inside code blocks is one, numbers in inline
//! code are none, and a citation is found the same way whether its text came at once or in pieces; see [`pending`].

use std::fmt::Write;
use std::ops::Range;

use super::fenced::{Fenced, Fences};
use crate::domain::{ContextItem, ContextKey, ContextState, Span};

/// What a citation names, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cited<'a> {
    /// The number of an item.
    Number(u16),
    /// A path, or the end of one.
    Path(&'a str),
}

/// One citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation<'a> {
    /// Where it stands, in bytes; of several between two brackets each has its own part.
    pub range: Range<usize>,
    /// What it names.
    pub cited: Cited<'a>,
    /// The lines that it names.
    pub lines: Option<Span>,
}

/// A number between two brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// The number of an item.
    pub number: u16,
    /// The lines that it names.
    pub lines: Option<Span>,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// Brackets that hold citations and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bracketed {
    /// The brackets and what is between them, in bytes.
    pub range: Range<usize>,
    /// What is between them, in order; at least one.
    pub parts: Vec<Numbered>,
}

/// The longest text between two brackets that is looked at.
const LONGEST: usize = 120;

/// Pairs of brackets that hold citations.
const BRACKETS: [(char, char); 3] = [('[', ']'), ('【', '】'), ('［', '］')];

/// The citations of a text, in order, whether or not there is what they name.
pub fn citations(text: &str) -> Vec<Citation<'_>> {
    let mut found = Vec::new();
    let mut fences = Fences::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if fences.step(line) == Fenced::Outside {
            of_line(text, start..start + line.len(), &mut found);
        }
        start += line.len();
    }
    found
}

/// Bytes at the end of an unfinished text that may yet turn into a citation, or be found to be none.
pub fn pending(text: &str) -> usize {
    let from = text.ceil_char_boundary(text.len().saturating_sub(LONGEST));
    let line = text[from..].rfind('\n').map_or(from, |at| from + at + 1);
    let tail = &text[line..];
    let open = BRACKETS.iter().filter_map(|(open, close)| {
        let at = tail.rfind(*open)?;
        (!tail[at..].contains(*close)).then_some(at)
    });
    let word = tail.rfind(|c: char| !is_path(c)).map_or(0, |at| tail.ceil_char_boundary(at + 1));
    text.len() - line - open.min().unwrap_or(tail.len()).min(word)
}

/// Whether a character opens brackets that may hold citations.
pub fn opens(c: char) -> bool {
    BRACKETS.iter().any(|(open, _)| *open == c)
}

/// The brackets that open at a byte of a text, where they hold citations and nothing else.
pub fn bracketed(text: &str, at: usize) -> Option<Bracketed> {
    let open = text.get(at..)?.chars().next()?;
    let (open, close) = BRACKETS.into_iter().find(|(known, _)| *known == open)?;
    let from = at + open.len_utf8();
    let reach = text.floor_char_boundary((from + LONGEST).min(text.len()));
    let to = from + text[from..reach].find(close)?;
    let mut parts = group(&text[from..to])?;
    for part in &mut parts {
        part.range = from + part.range.start..from + part.range.end;
    }
    Some(Bracketed { range: at..to + close.len_utf8(), parts })
}

/// The citations of what stands between two brackets, in order; `None` where it is anything else.
pub fn group(inner: &str) -> Option<Vec<Numbered>> {
    let mut parts = Vec::new();
    let mut at = 0;
    let separator = |c: char| matches!(c, ',' | ';' | '，' | '、' | '；');
    for part in inner.split(separator) {
        let start = at + part.len() - part.trim_start().len();
        at += part.len();
        at += inner[at..].chars().next().map_or(0, char::len_utf8);
        let part = part.trim();
        let (number, lines) = match part.split_once([':', '：']) {
            Some((number, lines)) => (number, Some(lines_of(lines)?)),
            None => (part, None),
        };
        let number = number.trim();
        let plain =
            !number.is_empty() && number.len() <= 4 && number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u16 = number.parse().ok().filter(|number| plain && *number > 0)?;
        parts.push(Numbered { number, lines, range: start..start + part.len() });
    }
    Some(parts)
}

/// The item that a citation names, among those that were sent.
pub fn resolve<'a>(cited: Cited<'_>, items: &'a [ContextItem]) -> Option<&'a ContextItem> {
    let mut sent = items.iter().filter(|item| item.state == ContextState::Sent && item.number > 0);
    match cited {
        Cited::Number(number) => sent.find(|item| item.number == number),
        Cited::Path(path) => {
            let path = path.trim_start_matches("./");
            let ends = |item: &&ContextItem| {
                file_of(item).is_some_and(|known| {
                    known == path || known.strip_suffix(path).is_some_and(|rest| rest.ends_with('/'))
                })
            };
            let exact = items.iter().find(|item| item.number > 0 && file_of(item) == Some(path));
            exact.filter(|item| item.state == ContextState::Sent).or_else(|| {
                let mut found = sent.filter(ends);
                // The end of two paths names neither.
                let first = found.next()?;
                found.all(|other| file_of(other) == file_of(first)).then_some(first)
            })
        }
    }
}

/// How often a text cites each item.
pub fn counts(text: &str, items: &[ContextItem]) -> Vec<u32> {
    let mut counts = vec![0; items.len()];
    for citation in citations(text) {
        if let Some(item) = resolve(citation.cited, items)
            && let Some(at) = items.iter().position(|known| std::ptr::eq(known, item))
        {
            counts[at] += 1;
        }
    }
    counts
}

/// The text with paths in the place of numbers, for whoever does not know the items; what names nothing stays.
pub fn with_paths(text: &str, items: &[ContextItem]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for citation in citations(text) {
        let Cited::Number(_) = citation.cited else { continue };
        let Some(item) = resolve(citation.cited, items) else { continue };
        out.push_str(&text[done..citation.range.start]);
        out.push_str(file_of(item).unwrap_or(&item.title));
        match citation.lines {
            Some(span) if span.first == span.last => {
                let _ = write!(out, ":{}", span.first);
            }
            Some(span) => {
                let _ = write!(out, ":{}-{}", span.first, span.last);
            }
            None => {}
        }
        done = citation.range.end;
    }
    out.push_str(&text[done..]);
    out
}

fn file_of(item: &ContextItem) -> Option<&str> {
    match &item.key {
        ContextKey::File(path) | ContextKey::Lines(path, ..) | ContextKey::Instructions(path) => Some(path),
        ContextKey::Git(_) | ContextKey::Attached(_) | ContextKey::Conversation => None,
    }
}

fn of_line<'a>(text: &'a str, line: Range<usize>, found: &mut Vec<Citation<'a>>) {
    let (mut at, end) = (line.start, line.end);
    while let Some(c) = text[at..end].chars().next() {
        if c == '`' {
            let length = code_span(&text[at..end]);
            of_words(text, at..at + length, found);
            at += length;
        } else if let Some(Bracketed { range, parts }) = cited_at(&text[..end], at) {
            found.extend(parts.into_iter().map(|Numbered { number, lines, range }| Citation {
                range,
                cited: Cited::Number(number),
                lines,
            }));
            at = range.end;
        } else if is_path(c) {
            let length = text[at..end].find(|c| !is_path(c)).unwrap_or(end - at);
            of_words(text, at..at + length, found);
            at += length;
        } else {
            at += c.len_utf8();
        }
    }
}

/// The citations in the brackets that open here, unless those are a link, or the definition of one at the start of its line.
fn cited_at(text: &str, at: usize) -> Option<Bracketed> {
    let found = bracketed(text, at)?;
    let behind = text[found.range.end..].chars().next();
    let is_link = behind == Some('(')
        || behind == Some(':') && text[..at].chars().next_back().is_none_or(|c| c == '\n');
    (!is_link).then_some(found)
}

/// Bytes of the inline code that begins here, or of the backticks where none does.
fn code_span(text: &str) -> usize {
    let ticks = text.bytes().take_while(|byte| *byte == b'`').count();
    let mut at = ticks;
    while let Some(next) = text[at..].find('`') {
        let run = text[at + next..].bytes().take_while(|byte| *byte == b'`').count();
        if run == ticks {
            return at + next + run;
        }
        at += next + run;
    }
    ticks
}

/// Reads the words `path:12` and `path:12-20` of a stretch.
fn of_words<'a>(text: &'a str, range: Range<usize>, found: &mut Vec<Citation<'a>>) {
    let mut at = range.start;
    for word in text[range].split_inclusive(|c: char| !is_path(c)) {
        let start = at;
        at += word.len();
        let word = word.trim_end_matches(|c: char| !is_path(c) || matches!(c, '.' | ':' | '-'));
        let Some((path, lines)) = word.split_once(':') else { continue };
        let shaped = path.len() > 2 && path.contains('.') && !path.starts_with('.')
            || path.contains('/') && path.len() > 2;
        if let Some(lines) = lines_of(lines).filter(|_| shaped) {
            let range = start..start + word.len();
            found.push(Citation { range, cited: Cited::Path(path), lines: Some(lines) });
        }
    }
}

fn is_path(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '–' | '/' | ':' | '+' | '@' | '#' | '$' | '~')
}

/// Reads the lines behind a path or a number: `64`, `64-70`, `L64`, `L64-L70`, `64–70`, and with columns `64:3`, `L64C3`.
pub fn lines_of(text: &str) -> Option<Span> {
    let text = text.trim();
    let number = |text: &str| -> Option<u32> {
        let digits = text.trim().trim_start_matches(['L', 'l']);
        let digits = digits.split_once('C').map_or(digits, |(line, _column)| line);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|line| plain && *line > 0)
    };
    let (first, last) = if let Some((first, last)) = text.split_once(['-', '–', '—']) {
        (number(first)?, number(last)?)
    } else {
        let line = number(text.split_once(':').map_or(text, |(line, _column)| line))?;
        (line, line)
    };
    Some(Span { first: first.min(last), last: first.max(last) })
}

#[cfg(test)]
mod tests;
