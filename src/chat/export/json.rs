//! A conversation as one JSON object with all its branches. Names are texts: they have more digits than numbers there
//! can hold.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{state, timestamp};
use crate::domain::{
    Answer, Answerer, Attachment, ContextItem, ContextState, Question, Retrieval, SessionHead, Thumb, Turn,
    TurnBody,
};

/// The whole conversation, indented.
pub fn json(head: &SessionHead, shown: &[Turn], all: &[Turn]) -> String {
    let mut value = self::head(head);
    if let Some(object) = value.as_object_mut() {
        object.insert("format".into(), 1.into());
        object.insert("shown".into(), shown.iter().map(|turn| turn.id.to_string()).collect());
        object.insert("turns".into(), all.iter().map(turn).collect());
    }
    let mut text = safe(&format!("{value:#}"));
    text.push('\n');
    text
}

/// A JSON text in which the characters that a terminal acts upon, or that turn text around, are escaped: outside of the
/// strings of JSON there are none.
pub fn safe(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let is_unsafe = matches!(c, '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}');
        if is_unsafe {
            let _ = write!(out, "\\u{:04x}", c as u32);
        } else {
            out.push(c);
        }
    }
    out
}

/// A conversation without its turns.
pub fn head(head: &SessionHead) -> Value {
    json!({
        "id": head.id.to_string(),
        "title": &*head.title,
        "roots": &*head.roots,
        "began": timestamp(head.began_ms).to_string(),
        "changed": timestamp(head.changed_ms).to_string(),
        "turn_count": head.turns,
        "from": head.from.map(|from| from.to_string()),
        "elsewhere": head.elsewhere,
    })
}

/// One turn.
pub fn turn(turn: &Turn) -> Value {
    let mut value = match &turn.body {
        TurnBody::Question(asked) => question(asked),
        TurnBody::Answer(given) => answer(given),
        TurnBody::Summary { text, covers, turns } => {
            json!({ "kind": "summary", "text": &**text, "covers": covers.to_string(), "turns": turns })
        }
    };
    if let Some(object) = value.as_object_mut() {
        object.insert("id".into(), turn.id.to_string().into());
        object.insert("parent".into(), turn.parent.map(|parent| parent.to_string()).into());
        object.insert("at".into(), timestamp(turn.at_ms).to_string().into());
    }
    value
}

fn question(question: &Question) -> Value {
    let attachments = question.attachments.iter().map(|attached| match attached {
        Attachment::Text { name, text } => json!({ "name": &**name, "text": &**text }),
        Attachment::Image { name, mime, bytes } => {
            json!({ "name": &**name, "mime": mime, "base64": STANDARD.encode(bytes) })
        }
    });
    json!({
        "kind": "question",
        "task": question.task.name(),
        "text": &*question.text,
        "search": question.retrieval == Retrieval::Search,
        "attachments": attachments.collect::<Vec<_>>(),
    })
}

fn answer(answer: &Answer) -> Value {
    let model = match &answer.by {
        Answerer::Model(model, _) => Some(model.to_string()),
        Answerer::Nobody => None,
    };
    let (state, _, why) = state(&answer.state);
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
        "state": state,
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
        "beside": answer.beside.iter().map(ToString::to_string).collect::<Vec<_>>(),
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
