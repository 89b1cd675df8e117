//! Excerpts: a file that is too large for the prompt, as its outline and the parts that speak of the request.

use std::fmt::Write;

use crate::domain::{Language, Span};
use crate::index::outline::outline;
use crate::index::tokens;
use crate::index::{chunk_lines, chunk_of, chunk_span};

/// Bytes a token stands for in code, about; a little low, so that an estimate is rather too high.
const BYTES_PER_TOKEN: f64 = 3.4;

/// One part in this many of an excerpt is outline.
const OUTLINE_PART: usize = 4;

/// Tokens that a text takes, about.
pub fn tokens_in(bytes: usize) -> u64 {
    (bytes as f64 / BYTES_PER_TOKEN).ceil() as u64
}

/// How lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// As they are.
    Bare,
    /// With their numbers, for answers that name lines.
    Numbered,
}

/// The text, or an excerpt of at most about so many tokens.
pub fn excerpt(name: &[u8], text: &str, request: &str, most_tokens: u64, lines: Lines) -> String {
    let limit = (most_tokens as f64 * BYTES_PER_TOKEN) as usize;
    let whole = Span { first: 1, last: u32::MAX };
    if text.len() <= limit {
        return shown(text, &[whole], lines);
    }
    let outline = outlined(name, text, limit / OUTLINE_PART);
    let best = best_parts(text, request, limit.saturating_sub(outline.len()));
    format!("{outline}{}", shown(text, &best, lines))
}

/// What the file defines, a line each.
fn outlined(name: &[u8], text: &str, limit: usize) -> String {
    let first = text.lines().next().unwrap_or_default();
    let language = Language::detect(name, &first[..first.floor_char_boundary(200)]);
    let mut out = String::from("[outline of the whole file]\n");
    for symbol in outline(language, text).symbols {
        let line = text.lines().nth(symbol.span.first as usize - 1).unwrap_or_default().trim();
        if out.len() + line.len() > limit {
            out.push_str("[more is defined]\n");
            break;
        }
        let line = &line[..line.floor_char_boundary(160)];
        let _ = writeln!(out, "{:>5}  {line}", symbol.span.first);
    }
    out.push_str("[parts of the file]\n");
    out
}

/// The chunks with the most words of the request, in the order of the file, as many as fit; the first one where none
/// has any.
fn best_parts(text: &str, request: &str, limit: usize) -> Vec<Span> {
    let lines = text.lines().count() as u32;
    let wanted: Vec<Box<str>> = tokens::query_terms(request).into_iter().map(|term| term.term).collect();
    let chunks = lines.div_ceil(chunk_lines(lines)).max(1);
    let mut found = vec![(0_u32, 0_u64); chunks as usize];
    let mut sizes = vec![0_usize; chunks as usize];
    for (number, line) in text.lines().enumerate() {
        let chunk = (chunk_of(number as u32 + 1, lines) as usize).min(found.len() - 1);
        sizes[chunk] += line.len() + 1;
        tokens::each(line, &mut |token| {
            if let Some(at) = wanted.iter().position(|term| **term == *token.term) {
                found[chunk].0 += 1;
                found[chunk].1 |= 1 << (at % 64);
            }
        });
    }
    // Different words count more than one word often.
    let value =
        |chunk: usize| f64::from(found[chunk].1.count_ones()) + f64::from(found[chunk].0).ln_1p() / 4.0;
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|a, b| value(*b).total_cmp(&value(*a)).then(a.cmp(b)));
    let mut room = limit;
    let mut parts: Vec<Span> = Vec::new();
    for chunk in order {
        if sizes[chunk] > room {
            continue;
        }
        room -= sizes[chunk];
        parts.push(chunk_span(chunk as u32, lines));
    }
    parts.sort_by_key(|span| span.first);
    parts
}

/// The lines of these spans, with a note where some are left out.
fn shown(text: &str, spans: &[Span], lines: Lines) -> String {
    let mut out = String::with_capacity(text.len().min(1 << 16));
    let mut gap = false;
    for (number, line) in (1..).zip(text.lines()) {
        if !spans.iter().any(|span| (span.first..=span.last).contains(&number)) {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push_str("[lines left out]\n");
        }
        match lines {
            Lines::Bare => out.push_str(line),
            Lines::Numbered => {
                let _ = write!(out, "{number:>5}  {line}");
            }
        }
        out.push('\n');
    }
    if gap {
        out.push_str("[lines left out]\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(special: usize) -> String {
        let mut text = String::from("fn first() {}\n");
        for line in 0..2_000 {
            if line == special {
                text.push_str("fn enforce_retry_budget() { budget.take() }\n");
            } else {
                let _ = writeln!(text, "let value_{line} = compute(something_else, {line});");
            }
        }
        text
    }

    #[test]
    fn a_small_file_is_shown_whole() {
        assert_eq!(excerpt(b"a.rs", "one\ntwo\n", "x", 100, Lines::Bare), "one\ntwo\n");
        assert_eq!(excerpt(b"a.rs", "one\ntwo", "x", 100, Lines::Numbered), "    1  one\n    2  two\n");
    }

    #[test]
    fn of_a_large_one_the_outline_and_what_speaks_of_the_request() {
        let text = long(1_700);
        let shown = excerpt(b"a.rs", &text, "where is the retry budget enforced", 1_500, Lines::Bare);
        assert!(tokens_in(shown.len()) < 1_600, "{} bytes", shown.len());
        assert!(shown.contains("fn first()") && shown.contains("budget.take()"));
        assert!(shown.contains("[lines left out]"));
    }

    #[test]
    fn lines_without_an_end_do_not_break_it() {
        let text = "x".repeat(100_000);
        let shown = excerpt(b"a.txt", &text, "x", 500, Lines::Bare);
        assert!(shown.len() < 2_000);
    }
}
