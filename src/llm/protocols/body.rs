//! Pieces of request bodies that several protocols share.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::llm::call::{Message, Part, Role};
use crate::llm::wire::{Method, WireRequest};

/// A body under construction: fields that are not said are not there.
#[derive(Debug, Default)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(super) fn set_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Sets a list, but not an empty one: some servers refuse those.
    pub(super) fn set_list(&mut self, name: &str, values: &[impl AsRef<str>]) {
        if !values.is_empty() {
            self.set(name, values.iter().map(|value| Value::from(value.as_ref())).collect::<Vec<_>>());
        }
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    pub(super) fn post(self, path: impl Into<String>) -> WireRequest {
        let body = Some(self.into_value());
        WireRequest { method: Method::Post, path: path.into(), headers: Vec::new(), body }
    }
}

pub(super) fn get(path: &str) -> WireRequest {
    WireRequest { method: Method::Get, path: path.to_owned(), headers: Vec::new(), body: None }
}

pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(super) fn data_url(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", base64(bytes))
}

/// The text of a turn, without calls and what they came to; `None` where it holds a picture.
pub(super) fn plain(message: &Message) -> Option<String> {
    message
        .parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => Some(&**text),
            Part::Called(_) | Part::Returned(_) => Some(""),
            Part::Image { .. } => None,
        })
        .collect()
}

/// A temperature with two decimals: 0.2 of 32 bits would else be written 0.20000000298023224.
pub(super) fn temperature(temperature: f32) -> Value {
    json!((f64::from(temperature) * 100.0).round() / 100.0)
}

/// Whether OpenAI's strict mode takes this schema: each object closed, and each of its fields required.
pub(super) fn is_strict(schema: &Value) -> bool {
    let closed = schema["properties"].as_object().is_none_or(|properties| {
        schema["additionalProperties"] == false
            && properties.keys().all(|name| {
                schema["required"].as_array().is_some_and(|required| required.iter().any(|one| one == name))
            })
    });
    closed
        && match schema {
            Value::Object(fields) => fields.values().all(is_strict),
            Value::Array(items) => items.iter().all(is_strict),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        }
}

/// A grammar (GBNF) that allows one of these words.
pub(super) fn grammar_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| Value::from(*word).to_string()).collect();
    format!("root ::= {}", quoted.join(" | "))
}

/// Escapes one segment of a path.
pub(super) fn segment(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    text.bytes().fold(String::new(), |mut path, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':' | b'@') {
            path.push(char::from(byte));
        } else {
            path.push('%');
            path.push(char::from(HEX[usize::from(byte >> 4)]));
            path.push(char::from(HEX[usize::from(byte & 15)]));
        }
        path
    })
}

/// A vector of numbers.
pub(super) fn vector(numbers: &Value) -> Result<Vec<f32>, String> {
    let numbers = numbers.as_array().ok_or("an embedding is no list")?;
    numbers
        .iter()
        .map(|number| number.as_f64().map(|number| number as f32).ok_or("an embedding holds no number"))
        .collect::<Result<_, _>>()
        .map_err(str::to_owned)
}
