//! A conversation as Markdown. Messages are Markdown themselves, and stay so; but HTML in them is shown rather than
//! obeyed, and a block of code that was never closed ends with its message.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::{state, timestamp};
use crate::domain::{
    Answer, AnswerState, Answerer, Attachment, ContextItem, ContextState, SessionHead, Turn, TurnBody,
};
use crate::text::amount::count;
use crate::text::fenced::opening;
use crate::text::sanitize::{sanitize, sanitize_line};

/// The branch that is shown.
pub fn markdown(head: &SessionHead, shown: &[Turn], zone: &TimeZone) -> String {
    let at = |at_ms, format: &str| timestamp(at_ms).to_zoned(zone.clone()).strftime(format).to_string();
    let title = if head.title.trim().is_empty() { "Conversation" } else { head.title.trim() };
    let mut out = format!("# {}\n\n{} · {}\n", line(title), line(&head.roots), at(head.began_ms, "%Y-%m-%d"));
    for turn in shown {
        let when = at(turn.at_ms, "%Y-%m-%d %H:%M");
        match &turn.body {
            TurnBody::Question(question) => {
                let _ = write!(out, "\n## You · {when}\n\n{}\n", message(&question.text));
                for attached in &question.attachments {
                    attachment(attached, &mut out);
                }
            }
            TurnBody::Answer(answer) => answered(answer, &when, &mut out),
            TurnBody::Summary { text, turns, .. } => {
                let _ = write!(out, "\n## Summary of {turns} turns · {when}\n\n{}\n", message(text));
            }
        }
    }
    out
}

fn attachment(attached: &Attachment, out: &mut String) {
    let _ = match attached {
        Attachment::Text { name, text } => {
            let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
            write!(out, "\n{}:\n\n{fence}\n{}\n{fence}\n", line(name), sanitize(text).trim_end_matches('\n'))
        }
        Attachment::Image { name, mime, bytes } => {
            write!(out, "\n{} ({mime}, {} bytes)\n", line(name), count(bytes.len() as u64))
        }
    };
}

fn answered(answer: &Answer, when: &str, out: &mut String) {
    let who = match &answer.by {
        Answerer::Model(model, _) => model.to_string(),
        Answerer::Nobody => "Quarry, without a model".to_owned(),
    };
    let _ = write!(out, "\n## {} · {when}\n\n{}\n", line(&who), message(&answer.text));
    if answer.state != AnswerState::Done {
        let (_, words, why) = state(&answer.state);
        let why = why.map_or_else(String::new, |why| format!(": {}", line(why)));
        let _ = write!(out, "\n*{words}{why}*\n");
    }
    let is_cited = |item: &&ContextItem| item.state == ContextState::Sent && item.number > 0;
    for (at, item) in answer.context.iter().filter(is_cited).enumerate() {
        let lead = if at == 0 { "\n" } else { "" };
        let why = if item.why.is_empty() { String::new() } else { format!(": {}", line(&item.why)) };
        let _ = writeln!(out, "{lead}- \\[{}\\] {}{why}", item.number, code(&item.title));
    }
}

/// Text in one line, in which no sign means anything.
fn line(text: &str) -> String {
    let mut out = String::new();
    for c in sanitize_line(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Text as a span of code.
fn code(text: &str) -> String {
    let clean = sanitize_line(text);
    let ticks = "`".repeat(longest_run(&clean, '`') + 1);
    let pad = if clean.starts_with('`') || clean.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{clean}{pad}{ticks}")
}

fn longest_run(text: &str, sign: char) -> usize {
    text.split(|c| c != sign).map(str::len).max().unwrap_or(0)
}

/// A message: Markdown whose HTML is text, and whose blocks of code are closed.
fn message(text: &str) -> String {
    let clean = sanitize(text);
    let mut out = String::with_capacity(clean.len());
    let mut open: Option<&str> = None;
    for line in clean.trim_end().lines() {
        match (open, fence(line)) {
            (None, Some((marks, _))) => {
                open = Some(marks);
                out.push_str(line);
            }
            (Some(opened), Some((marks, info))) if marks.starts_with(opened) && info.trim().is_empty() => {
                open = None;
                out.push_str(line);
            }
            (Some(_), _) => out.push_str(line),
            (None, None) => without_html(line, &mut out),
        }
        out.push('\n');
    }
    if let Some(opened) = open {
        out.push_str(opened);
        out.push('\n');
    }
    out.truncate(out.trim_end_matches('\n').len());
    out
}

/// The marks that open or close a block of code on this line, and what follows them. Blocks of lists and quotes count.
fn fence(line: &str) -> Option<(&str, &str)> {
    opening(line.trim_start_matches([' ', '\t', '>']))
}

/// Writes a line; what begins a tag outside of spans of code is escaped.
fn without_html(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find(['`', '<', '\\']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let taken = if tail.starts_with('`') {
            let run = tail.len() - tail.trim_start_matches('`').len();
            span_end(tail, run).unwrap_or(run)
        } else if tail.starts_with('\\') {
            1 + tail.chars().nth(1).map_or(0, char::len_utf8)
        } else {
            let next = tail[1..].chars().next();
            let is_link = tail.starts_with("<http://") || tail.starts_with("<https://");
            if next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) && !is_link {
                out.push('\\');
            }
            1
        };
        out.push_str(&tail[..taken]);
        rest = &tail[taken..];
    }
    out.push_str(rest);
}

/// Where a span of code ends that begins with so many backticks.
fn span_end(text: &str, run: usize) -> Option<usize> {
    let mut at = run;
    while let Some(next) = text[at..].find('`') {
        at += next;
        let length = text[at..].len() - text[at..].trim_start_matches('`').len();
        at += length;
        if length == run {
            return Some(at);
        }
    }
    None
}
