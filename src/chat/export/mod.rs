//! Export: a conversation as a text, for people (the branch that is shown) or for programs (all branches), and as a file.
//!
//! The texts are functions of the turns alone. Invariants: no control, escape or bidi character of a model or a file is
//! in them, but for those that JSON escapes; what a message holds cannot change how the rest of the file reads; a file
//! that is there is never written over.

mod json;
mod markdown;
#[cfg(test)]
mod tests;

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{AnswerState, ExportForm, Notice, SessionHead, Severity, Turn};

pub use json::{head as head_as_json, json, safe, turn as turn_as_json};
pub use markdown::markdown;

/// Names that are tried in a folder.
const MOST_NAMES: u32 = 1_000;

/// Characters of the title that a file's name holds.
const NAME_LENGTH: usize = 48;

/// The text of an export: of `shown`, the turns of the branch that is shown, for people; of `all` for programs.
pub fn text(head: &SessionHead, shown: &[Turn], all: &[Turn], form: ExportForm) -> String {
    match form {
        ExportForm::Markdown => markdown(head, shown, &TimeZone::system()),
        ExportForm::Json => json(head, shown, all),
    }
}

/// Writes an export to this file, or to one of the working directory that is named after the conversation; gives back
/// where.
///
/// # Errors
/// The notice that says why not.
pub fn write(title: &str, text: &str, form: ExportForm, path: Option<PathBuf>) -> Result<PathBuf, Notice> {
    if let Some(path) = path {
        return create(&path, text).map_err(|error| wrong(&path, &error)).map(|()| absolute(path));
    }
    let stem = stem(title);
    let extension = match form {
        ExportForm::Markdown => "md",
        ExportForm::Json => "json",
    };
    let mut last = PathBuf::new();
    for number in 1..=MOST_NAMES {
        let counted = if number == 1 { String::new() } else { format!("-{number}") };
        last = PathBuf::from(format!("{stem}{counted}.{extension}"));
        match create(&last, text) {
            Ok(()) => return Ok(absolute(last)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(wrong(&last, &error)),
        }
    }
    Err(wrong(&last, &io::ErrorKind::AlreadyExists.into()))
}

fn wrong(path: &Path, error: &io::Error) -> Notice {
    let notice = Notice::new(Severity::Error, format!("Cannot export to {}", path.display()));
    let notice = notice.cause(error.to_string());
    if error.kind() == io::ErrorKind::AlreadyExists {
        notice.hint("Give another name: an export writes over nothing")
    } else {
        notice.hint("Give a file of a folder that you may write to: /export FILE")
    }
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

/// A state by its name in JSON, in words, and why it is so.
fn state(state: &AnswerState) -> (&'static str, &'static str, Option<&str>) {
    match state {
        AnswerState::Searching { .. } => ("searching", "searching", None),
        AnswerState::Waiting => ("waiting", "waiting", None),
        AnswerState::Thinking => ("thinking", "thinking", None),
        AnswerState::Streaming => ("streaming", "streaming", None),
        AnswerState::Done => ("done", "done", None),
        AnswerState::CutShort(why) => ("cut_short", "cut short", Some(why)),
        AnswerState::Refused(why) => ("refused", "refused", Some(why)),
        AnswerState::Cancelled => ("cancelled", "stopped by you", None),
        AnswerState::Failed(notice) => ("failed", "failed", Some(&notice.title)),
        AnswerState::TooLong(notice) => ("too_long", "the prompt was too long", Some(&notice.title)),
        AnswerState::Interrupted => ("interrupted", "interrupted: the program ended", None),
    }
}

fn timestamp(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).unwrap_or_default()
}
