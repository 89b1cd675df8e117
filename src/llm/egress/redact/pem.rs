//! Private keys in PEM: their bodies, line by line, whole or cut, also where they stand in strings of code.

use std::ops::Range;

use super::{Hit, run_end};

/// How a block begins.
pub const BEGIN: &str = "-----BEGIN ";
/// How it ends.
pub const END: &str = "-----END ";

/// A key of 16,384 bits has 250 lines; what goes on for longer is something else.
const MOST_LINES: usize = 400;

/// Shorter runs are part of a key only beside longer ones.
const SHORT: usize = 16;

/// Takes out the body of a private key whose beginning is at a mark.
pub fn from_begin(text: &str, at: Range<usize>, hits: &mut Vec<Hit>) {
    let Some(body) = label_end(text, at.end) else { return };
    let rest = &text[body..];
    let end = rest.find(END).filter(|end| {
        let between = &rest[..*end];
        !between.contains(BEGIN) && between.bytes().filter(|byte| *byte == b'\n').count() <= MOST_LINES
    });
    let (mut from, mut lines) = (body, Vec::new());
    for (number, line) in rest[..end.unwrap_or(rest.len())].split('\n').take(MOST_LINES).enumerate() {
        // Without an end the text was cut somewhere, or this is code that only names the mark.
        if end.is_none() && number > 0 && !is_body(line) {
            break;
        }
        lines.push(from..from + line.len());
        from += line.len() + 1;
    }
    take_lines(text, lines, hits);
}

/// Takes out the lines before the end of a private key, for text that begins in the middle of one.
pub fn from_end(text: &str, at: Range<usize>, hits: &mut Vec<Hit>) {
    if label_end(text, at.end).is_none() {
        return;
    }
    let (before, mut lines) = (&text[..at.start], Vec::new());
    let mut end = before
        .rfind('\n')
        .map_or(before.len(), |line| if before[line..].trim().is_empty() { line } else { before.len() });
    for line in before[..end].rsplit('\n').take(MOST_LINES) {
        if line.contains(BEGIN) || !is_body(line) {
            break;
        }
        lines.push(end - line.len()..end);
        end = end.saturating_sub(line.len() + 1);
    }
    take_lines(text, lines, hits);
}

/// Where the label ends, if it is one of a private key: `RSA PRIVATE KEY-----`, `PGP PRIVATE KEY BLOCK-----`.
fn label_end(text: &str, from: usize) -> Option<usize> {
    let end = run_end(text, from, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
    let is_private = text[from..end].contains("PRIVATE KEY") && text[end..].starts_with("-----");
    is_private.then_some(end + 5)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// The part of a line that can be key: without quotes, commas and escapes of the code around it.
fn core(line: &str) -> &str {
    let around =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ';' | '+' | '#' | '*' | '|');
    let mut core = line.trim_matches(around);
    while let Some(shorter) = core.strip_suffix("\\n").or_else(|| core.strip_suffix("\\r")) {
        core = shorter.trim_matches(around);
    }
    while let Some(shorter) = core.strip_prefix("\\n").or_else(|| core.strip_prefix("\\r")) {
        core = shorter.trim_matches(around);
    }
    core
}

/// Whether a line can stand in a key.
fn is_body(line: &str) -> bool {
    let core = core(line);
    let header =
        core.split_once(": ").is_some_and(|(name, _)| matches!(name, "Proc-Type" | "DEK-Info" | "Version"));
    header || core.bytes().all(is_base64)
}

/// Takes out the lines of a key. Where none is long, they are words of code that only speaks of keys.
fn take_lines(text: &str, lines: Vec<Range<usize>>, hits: &mut Vec<Hit>) {
    let is_long = |line: &Range<usize>| {
        let core = core(&text[line.clone()]);
        core.len() >= SHORT
            && (is_body(core) || core.split(|c: char| !c.is_ascii_alphanumeric()).any(looks_random))
    };
    if lines.iter().any(is_long) {
        for line in lines {
            take_line(text, line, hits);
        }
    }
}

fn take_line(text: &str, line: Range<usize>, hits: &mut Vec<Hit>) {
    let whole = &text[line.clone()];
    let core = core(whole);
    if !core.bytes().any(|byte| byte.is_ascii_alphanumeric()) || core.starts_with("[redacted: ") {
        return;
    }
    let start = line.start + (core.as_ptr() as usize - whole.as_ptr() as usize);
    let mut take = |range| hits.push(Hit { range, kind: "private key", weight: 100 });
    // A key in one string with `\n` between its lines goes as one piece.
    if core.bytes().all(|byte| is_base64(byte) || byte == b'\\') {
        take(start..start + core.len());
        return;
    }
    let mut at = start;
    while at < start + core.len() {
        let end = run_end(text, at, is_base64).min(start + core.len());
        if looks_random(&text[at..end]) {
            take(at..end);
        }
        at = end + text[end..].chars().next().map_or(1, char::len_utf8);
    }
}

fn looks_random(run: &str) -> bool {
    let has = |class: fn(&u8) -> bool| run.bytes().any(|byte| class(&byte));
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    run.len() >= 40 || run.len() >= SHORT && mixed
}
