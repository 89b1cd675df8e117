//! Failures as servers tell them, typed. One place for all protocols, since gateways mix their shapes freely.
//!
//! Invariant: what a server says is cut to [`MOST_WORDS`] bytes; nothing of the request is quoted.

mod numbers;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde_json::Value;

use super::{retry_after, surrogates};
use crate::domain::ModelRef;
use crate::llm::error::LlmError;
use crate::llm::wire::Head;

/// Most bytes of a server's words that are kept.
const MOST_WORDS: usize = 400;

/// What an error object says.
struct Said {
    status: Option<u16>,
    /// The message.
    words: String,
    /// Types, codes and reasons, in lower case.
    tags: Vec<String>,
    /// The object itself.
    error: Value,
}

/// The failure of a response with an error status.
pub(super) fn of_response(model: &ModelRef, head: &Head, body: &[u8]) -> LlmError {
    let said = match serde_json::from_slice::<Value>(body) {
        Ok(body) => read(&body, Some(head.status)),
        Err(_) => Said {
            status: Some(head.status),
            words: plain_words(head.status, &String::from_utf8_lossy(body)),
            tags: Vec::new(),
            error: Value::Null,
        },
    };
    should_retry(classify(model, &said, Some(head)), &said, head)
}

/// The failure that stands in the middle of a stream, or in a body with status 200.
pub(super) fn in_stream(model: &ModelRef, body: &Value) -> LlmError {
    classify(model, &read(body, None), None)
}

/// A record that is no JSON, or not the protocol's.
pub(super) fn garbled(model: &ModelRef, why: &str) -> LlmError {
    LlmError::Garbled { model: model.clone(), why: cut(why) }
}

/// Reads a record; half a value means that the connection was cut.
pub(super) fn parse(model: &ModelRef, data: &str) -> Result<Value, LlmError> {
    let parsed = serde_json::from_str(data).or_else(|error| match surrogates::mended(data) {
        Cow::Borrowed(_) => Err(error),
        Cow::Owned(mended) => serde_json::from_str(&mended),
    });
    parsed.map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => LlmError::Cut { model: model.clone() },
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Data => garbled(model, &format!("no JSON: `{}`", data.trim())),
    })
}

/// What the protocol cannot say; nothing was sent.
pub(super) fn unsayable(model: &ModelRef, why: &str) -> LlmError {
    LlmError::Rejected { model: model.clone(), status: 0, why: why.to_owned() }
}

/// Cuts a server's words at a character.
pub(super) fn cut(words: &str) -> String {
    let words = words.trim();
    if words.len() <= MOST_WORDS {
        words.to_owned()
    } else {
        format!("{}...", &words[..words.floor_char_boundary(MOST_WORDS)])
    }
}

fn read(body: &Value, status: Option<u16>) -> Said {
    let body = body.as_array().and_then(|list| list.first()).unwrap_or(body);
    let error = Some(&body["error"]).filter(|error| !error.is_null()).unwrap_or(body);
    let inner = ["raw", "message"].iter().find_map(|key| error["metadata"][key].as_str());
    let words = [
        error,
        &error["message"],
        &error["error"],
        &error["detail"],
        &error["detail"][0]["msg"],
        &body["message"],
    ]
    .into_iter()
    .find_map(Value::as_str)
    .unwrap_or_default();
    let words = match inner {
        Some(inner) => format!("{words}: {inner}"),
        None => words.to_owned(),
    };
    let reasons = error["details"].as_array().into_iter().flatten().map(|detail| &detail["reason"]);
    let tags: Vec<String> =
        [&error["type"], &error["code"], &error["status"], &error["metadata"]["error_type"]]
            .into_iter()
            .chain(reasons)
            .filter_map(Value::as_str)
            .map(str::to_lowercase)
            .collect();
    let coded = ["code", "status_code", "status"].iter().find_map(|key| error[key].as_u64());
    let coded = coded.and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code));
    let words = if words.trim().is_empty() { tags.join(", ") } else { words };
    let words = if words.is_empty() { plain_words(status.or(coded).unwrap_or(0), "") } else { words };
    Said { status: status.or(coded), words, tags, error: error.clone() }
}

/// The first line of a body that is no JSON; a page is not quoted.
fn plain_words(status: u16, body: &str) -> String {
    let line = body.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if line.is_empty() || line.starts_with('<') { format!("HTTP status {status}") } else { cut(line) }
}

fn classify(model: &ModelRef, said: &Said, head: Option<&Head>) -> LlmError {
    let model = model.clone();
    let status = said.status;
    let why = cut(&said.words);
    let low = said.words.to_lowercase();
    let tagged = |names: &[&str]| said.tags.iter().any(|tag| names.contains(&tag.as_str()));
    let says = |parts: &[&str]| parts.iter().any(|part| low.contains(part));
    let rejected = |model, why| LlmError::Rejected { model, status: status.unwrap_or(0), why };
    let limited = status == Some(429)
        || tagged(&["rate_limit_error", "rate_limit_exceeded", "resource_exhausted", "tokens", "requests"])
        || says(&["maximum pending requests"]);

    if !limited && !matches!(status, Some(401 | 403 | 404)) && (tagged(TOO_LONG_TAGS) || says(TOO_LONG_WORDS))
    {
        let (prompt, window) = numbers::prompt_and_window(&said.error, &said.words);
        return LlmError::ContextLength { model, prompt, window };
    }
    if tagged(&["content_filter", "content_policy_violation", "responsibleaipolicyviolation"])
        || said.error["metadata"]["reasons"].is_array()
    {
        return LlmError::Refused { model, why };
    }
    if matches!(status, Some(401 | 403)) || tagged(AUTH_TAGS) {
        return LlmError::Auth { model, why };
    }
    if status == Some(402)
        || tagged(&["billing_error", "insufficient_quota", "billing_hard_limit_reached"])
        || says(&["credit balance is too low", "insufficient balance"])
    {
        return rejected(model, why);
    }
    let retry_after =
        head.and_then(retry_after::from_head).or_else(|| retry_after::from_body(&said.error, &said.words));
    if limited && status != Some(413) {
        return LlmError::Rate { model, why, retry_after };
    }
    if !limited && (said.error["param"] == "tools" || says(NO_TOOLS) && says(TOOLS)) {
        return LlmError::NoTools { model, why };
    }
    // llama-server answers a body that it cannot read with 500, and Ollama a model that does not fit: the same again.
    let hopeless = says(&["parse error", "failed to parse", "requires more system memory"]);
    let failing = match status {
        Some(501 | 505) => false,
        Some(408 | 409 | 500..) => !hopeless,
        Some(_) => false,
        None => !hopeless && !tagged(&["invalid_request_error", "not_found_error", "invalid_argument"]),
    };
    if failing { LlmError::Server { model, status, why, retry_after } } else { rejected(model, why) }
}

const TOO_LONG_TAGS: &[&str] =
    &["context_length_exceeded", "exceed_context_size_error", "model_context_window_exceeded"];

/// What servers say that have no code for it.
const TOO_LONG_WORDS: &[&str] = &[
    "maximum context length",
    "model's context length",
    "available context size",
    "prompt is too long",
    "prompt too long",
    "exceed context limit",
    "exceeds the context length",
    "input length exceeds",
    "input token count",
    "maximum number of tokens allowed",
    "context the overflows",
    "exceeds the model's context",
    "context window",
];

/// What is spoken of where tools are refused...
const TOOLS: &[&str] = &["tool", "function call"];

/// ...and how: by Ollama, hosted services, `OpenRouter`, vLLM and llama.cpp started without what they need.
const NO_TOOLS: &[&str] = &[
    "not support",
    "unsupported",
    "not enabled",
    "not available",
    "found that support",
    "requires --",
    "unrecognized request argument",
    "extra inputs are not permitted",
];

const AUTH_TAGS: &[&str] = &[
    "authentication_error",
    "permission_error",
    "invalid_api_key",
    "api_key_invalid",
    "unauthenticated",
    "permission_denied",
];

/// The server's own word on trying again overrules what its status means.
fn should_retry(error: LlmError, said: &Said, head: &Head) -> LlmError {
    let why = cut(&said.words);
    match (head.header("x-should-retry"), error) {
        (Some("false"), LlmError::Server { model, .. } | LlmError::Rate { model, .. }) => {
            LlmError::Rejected { model, status: head.status, why }
        }
        (Some("true"), LlmError::Rejected { model, .. }) => LlmError::Server {
            model,
            status: Some(head.status),
            why,
            retry_after: retry_after::from_head(head),
        },
        (_, error) => error,
    }
}
