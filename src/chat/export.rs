//! Export: a conversation as a file, for people (the branch that is shown) or for programs (all branches).
//!
//! Invariant: a file that is there is never written over.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::conversation::Conversation;
use crate::domain::{
    Answer, AnswerState, Answerer, Attachment, ContextItem, ContextState, ExportForm, Notice, Question,
    Severity, Thumb, Turn, TurnBody,
};
use crate::text::amount::count;

/// Names that are tried in the working directory.
const MOST_NAMES: u32 = 1_000;

/// Characters of the title that a file's name holds.
const NAME_LENGTH: usize = 48;

/// Writes a conversation to this file, or to one of the working directory named after it; gives back where.
///
/// # Errors
/// The notice that says why not.
pub fn write(talk: &Conversation, form: ExportForm, path: Option<PathBuf>) -> Result<PathBuf, Notice> {
    let (extension, content) = match form {
        ExportForm::Markdown => ("md", markdown(talk)),
        ExportForm::Json => ("json", format!("{:#}\n", json(talk))),
    };
    let wrong = |path: &Path, error: &io::Error| {
        let notice = Notice::new(Severity::Error, format!("Cannot export to {}", path.display()));
        let notice = notice.cause(error.to_string());
        if error.kind() == io::ErrorKind::AlreadyExists {
            notice.hint("Give another name: an export writes over nothing")
        } else {
            notice.hint("Give a file of a folder that you may write to: /export FILE")
        }
    };
    if let Some(path) = path {
        return create(&path, &content).map_err(|error| wrong(&path, &error)).map(|()| absolute(path));
    }
    let stem = stem(&talk.head.title);
    let mut last = PathBuf::new();
    for number in 1..=MOST_NAMES {
        let name =
            if number == 1 { format!("{stem}.{extension}") } else { format!("{stem}-{number}.{extension}") };
        last = PathBuf::from(name);
        match create(&last, &content) {
            Ok(()) => return Ok(absolute(last)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(wrong(&last, &error)),
        }
    }
    Err(wrong(&last, &io::ErrorKind::AlreadyExists.into()))
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// What fails half-way leaves nothing behind.
fn create(path: &Path, content: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(content.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = std::fs::remove_file(path);
    }
    written
}

/// The title as a file's name.
fn stem(title: &str) -> String {
    let mut stem = String::new();
    for c in title.chars().flat_map(char::to_lowercase).take(NAME_LENGTH) {
        if c.is_alphanumeric() {
            stem.push(c);
        } else if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
    }
    let stem = stem.trim_end_matches('-');
    if stem.is_empty() { "conversation".to_owned() } else { stem.to_owned() }
}

/// For people: the branch that is shown.
pub fn markdown(talk: &Conversation) -> String {
    let title = if talk.head.title.is_empty() { "Conversation" } else { &talk.head.title };
    let mut out = format!("# {}\n\n{} · {}\n", title.trim(), talk.head.roots, day(talk.head.began_ms));
    for turn in talk.branch() {
        match &turn.body {
            TurnBody::Question(question) => {
                let _ = write!(out, "\n## You · {}\n\n{}\n", moment(turn.at_ms), question.text.trim_end());
                for attached in &question.attachments {
                    attachment(attached, &mut out);
                }
            }
            TurnBody::Answer(answer) => answered(answer, turn.at_ms, &mut out),
            TurnBody::Summary { text, turns, .. } => {
                let _ = write!(out, "\n## Summary of {turns} turns\n\n{}\n", text.trim_end());
            }
        }
    }
    out
}

fn attachment(attached: &Attachment, out: &mut String) {
    let _ = match attached {
        Attachment::Text { name, text } => {
            let fence = "`".repeat(longest_ticks(text).max(2) + 1);
            write!(out, "\n{name}:\n\n{fence}\n{}\n{fence}\n", text.trim_end_matches('\n'))
        }
        Attachment::Image { name, mime, bytes } => {
            write!(out, "\n{name} ({mime}, {} bytes)\n", count(bytes.len() as u64))
        }
    };
}

fn longest_ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn answered(answer: &Answer, at_ms: i64, out: &mut String) {
    let _ = write!(out, "\n## {} · {}\n\n{}\n", who(answer), moment(at_ms), answer.text.trim_end());
    if answer.state != AnswerState::Done {
        let (name, why) = state(&answer.state);
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        let _ = write!(out, "\n*{name}{why}*\n");
    }
    let sent = answer.context.iter().filter(|item| item.state == ContextState::Sent);
    let numbered: Vec<&ContextItem> = sent.filter(|item| item.number > 0).collect();
    if !numbered.is_empty() {
        out.push('\n');
        for item in numbered {
            let why = if item.why.is_empty() { String::new() } else { format!(": {}", item.why) };
            let _ = writeln!(out, "- [{}] `{}`{why}", item.number, item.title);
        }
    }
}

fn who(answer: &Answer) -> String {
    match &answer.by {
        Answerer::Model(model, _) => model.to_string(),
        Answerer::Nobody => "Quarry, without a model".to_owned(),
    }
}

/// A state in one word, and why it is so.
fn state(state: &AnswerState) -> (&'static str, Option<String>) {
    match state {
        AnswerState::Searching { .. } => ("searching", None),
        AnswerState::Waiting => ("waiting", None),
        AnswerState::Thinking => ("thinking", None),
        AnswerState::Streaming => ("streaming", None),
        AnswerState::Done => ("done", None),
        AnswerState::CutShort(why) => ("cut_short", Some(why.to_string())),
        AnswerState::Refused(why) => ("refused", Some(why.to_string())),
        AnswerState::Cancelled => ("cancelled", None),
        AnswerState::Failed(notice) => ("failed", Some(notice.title.clone())),
        AnswerState::TooLong(notice) => ("too_long", Some(notice.title.clone())),
        AnswerState::Interrupted => ("interrupted", None),
    }
}

fn moment(at_ms: i64) -> String {
    zoned(at_ms, "%Y-%m-%d %H:%M")
}

fn day(at_ms: i64) -> String {
    zoned(at_ms, "%Y-%m-%d")
}

fn zoned(at_ms: i64, format: &str) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    at.to_zoned(jiff::tz::TimeZone::system()).strftime(format).to_string()
}

/// For programs: all branches.
pub fn json(talk: &Conversation) -> Value {
    let head = &talk.head;
    let shown: Vec<String> = talk.branch().iter().map(|turn| name(turn.id.0)).collect();
    json!({
        "format": 1,
        "id": name(head.id.0),
        "title": &*head.title,
        "roots": &*head.roots,
        "began": stamp(head.began_ms),
        "changed": stamp(head.changed_ms),
        "shown": shown,
        "turns": talk.all().iter().map(turn).collect::<Vec<_>>(),
    })
}

/// Names are texts in JSON: they have more digits than numbers there can hold.
fn name(id: i64) -> String {
    id.to_string()
}

fn stamp(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default().to_string()
}

fn turn(turn: &Turn) -> Value {
    let mut value = json!({
        "id": name(turn.id.0),
        "parent": turn.parent.map(|parent| name(parent.0)),
        "at": stamp(turn.at_ms),
    });
    let more = match &turn.body {
        TurnBody::Question(asked) => question(asked),
        TurnBody::Answer(given) => answer(given),
        TurnBody::Summary { text, covers, turns } => {
            json!({ "kind": "summary", "text": &**text, "covers": name(covers.0), "turns": turns })
        }
    };
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
    }
    value
}

fn question(question: &Question) -> Value {
    let attachments: Vec<Value> = question
        .attachments
        .iter()
        .map(|attached| match attached {
            Attachment::Text { name, text } => json!({ "name": &**name, "text": &**text }),
            Attachment::Image { name, mime, bytes } => {
                use base64::Engine as _;
                let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
                json!({ "name": &**name, "mime": mime, "base64": base64 })
            }
        })
        .collect();
    json!({
        "kind": "question",
        "task": question.task.name(),
        "text": &*question.text,
        "attachments": attachments,
    })
}

fn answer(answer: &Answer) -> Value {
    let model = match &answer.by {
        Answerer::Model(model, _) => Some(model.to_string()),
        Answerer::Nobody => None,
    };
    let (name_of_state, why) = state(&answer.state);
    let meters = &answer.meters;
    let rating = answer.rating.as_ref().map(|rating| {
        let thumb = match rating.thumb {
            Thumb::Up => "up",
            Thumb::Down => "down",
        };
        json!({ "thumb": thumb, "word": &*rating.word })
    });
    json!({
        "kind": "answer",
        "model": model,
        "task": answer.task.name(),
        "state": name_of_state,
        "why": why,
        "text": &*answer.text,
        "thinking": &*answer.thinking,
        "context": answer.context.iter().map(item).collect::<Vec<_>>(),
        "usage": {
            "tokens_in": meters.tokens_in,
            "cached_in": meters.cached_in,
            "tokens_out": meters.tokens_out,
            "counted": meters.counted,
            "usd": meters.usd,
            "first_token_ms": meters.first_token.map(|first| first.as_millis() as u64),
            "total_ms": meters.total.as_millis() as u64,
        },
        "rating": rating,
        "beside": answer.beside.iter().map(|turn| name(turn.0)).collect::<Vec<_>>(),
        "picked": answer.picked,
    })
}

fn item(item: &ContextItem) -> Value {
    json!({
        "path": &*item.title,
        "number": item.number,
        "lines": item.lines.iter().map(|span| [span.first, span.last]).collect::<Vec<_>>(),
        "tokens": item.tokens,
        "why": &*item.why,
        "sent": item.state == ContextState::Sent,
        "cited": item.cited,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_made_of_the_title() {
        assert_eq!(stem("Where is the cart cleared?"), "where-is-the-cart-cleared");
        assert_eq!(stem("../../etc/passwd"), "etc-passwd");
        assert_eq!(stem("?!"), "conversation");
        assert!(stem(&"long ".repeat(40)).len() <= NAME_LENGTH);
    }

    #[test]
    fn nothing_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        create(&path, "mine").unwrap();
        assert_eq!(create(&path, "other").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    }
}
