//! Answers with `choices`: chat completions, completions and filling, of every server that is shaped so; and the native
//! shape of llama.cpp, whose errors and logprobs are the same.

use serde_json::Value;

use super::fault;
use super::logprobs::{self, Joined};
use super::tools::{self, Numbers};
use super::usage;
use crate::domain::ModelRef;
use crate::llm::error::LlmError;
use crate::llm::reply::{Chunk, StopReason};
use crate::llm::wire::Decode;

/// Decodes streamed chunks and whole answers alike, by their shape.
#[derive(Debug)]
pub(super) struct Choices {
    model: ModelRef,
    joined: Joined,
    calls: Numbers,
    /// Text was last made of token bytes, of which some may be pending.
    from_bytes: bool,
    refusal: String,
    stopped: bool,
}

impl Choices {
    pub(super) fn new(model: &ModelRef) -> Self {
        Self {
            model: model.clone(),
            joined: Joined::default(),
            calls: Numbers::default(),
            from_bytes: false,
            refusal: String::new(),
            stopped: false,
        }
    }

    fn choice(&mut self, choice: &Value, chunks: &mut Vec<Chunk>) -> Result<(), LlmError> {
        if choice["index"].as_u64().is_some_and(|index| index > 0) {
            return Ok(());
        }
        let piece = if choice["delta"].is_object() { &choice["delta"] } else { &choice["message"] };
        for key in ["reasoning_content", "reasoning"] {
            if let Some(text) = piece[key].as_str().filter(|text| !text.is_empty()) {
                chunks.push(Chunk::Thinking(text.to_owned()));
                break;
            }
        }
        if let Some(refusal) = piece["refusal"].as_str() {
            self.refusal.push_str(refusal);
        }
        let given = &choice["logprobs"];
        let items = &given["content"];
        let content = &piece["content"];
        if let Some(parts) = content.as_array() {
            for part in parts {
                part_of(part, chunks);
            }
        } else {
            let text = content.as_str().or_else(|| choice["text"].as_str()).unwrap_or_default();
            self.text(text, items, chunks);
        }
        tools::of_choice(piece, &mut self.calls, chunks);
        if given["tokens"].is_array() {
            push_logprobs(logprobs::columns(given), chunks);
        }
        match choice["finish_reason"].as_str() {
            Some("error") => Err(fault::in_stream(&self.model, choice)),
            Some(reason) => {
                self.stop(reason, chunks);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Text and its tokens. A server that cuts characters shows it by replacement characters; the bytes of the tokens
    /// are the truth then.
    fn text(&mut self, text: &str, items: &Value, chunks: &mut Vec<Chunk>) {
        let tokens = logprobs::tokens(items, &mut self.joined);
        let text = if text.contains(char::REPLACEMENT_CHARACTER) && logprobs::have_bytes(items) {
            self.from_bytes = true;
            tokens.iter().map(|token| token.token.as_str()).collect()
        } else {
            text.to_owned()
        };
        if !text.is_empty() {
            chunks.push(Chunk::Text(text));
        }
        push_logprobs(tokens, chunks);
    }

    fn stop(&mut self, reason: &str, chunks: &mut Vec<Chunk>) {
        let rest = self.joined.finish();
        if self.from_bytes && !rest.is_empty() {
            chunks.push(Chunk::Text(rest));
        }
        if !std::mem::replace(&mut self.stopped, true) {
            chunks.push(Chunk::Stop(match reason {
                _ if !self.refusal.is_empty() => StopReason::Refused(fault::cut(&self.refusal)),
                "stop" | "eos" | "end_turn" | "end" => StopReason::End,
                "tool_calls" | "function_call" => StopReason::Calls,
                "length" | "max_tokens" => StopReason::Length,
                "model_length" => StopReason::WindowFull,
                "content_filter" => StopReason::Refused("filtered by the provider".to_owned()),
                other => StopReason::Other(other.to_owned()),
            }));
        }
    }

    /// The native shape: `content`, `completion_probabilities`, and at the end `stop` with its kind.
    fn native(&mut self, body: &Value, chunks: &mut Vec<Chunk>) {
        self.text(body["content"].as_str().unwrap_or_default(), &body["completion_probabilities"], chunks);
        if body["stop"].as_bool() == Some(true) {
            let full = body["truncated"].as_bool() == Some(true);
            self.stop(
                match body["stop_type"].as_str() {
                    Some("limit") if full => "model_length",
                    Some("limit") => "length",
                    Some(_) | None => "stop",
                },
                chunks,
            );
        }
    }
}

impl Decode for Choices {
    fn record(&mut self, event: &str, data: &str) -> Result<Vec<Chunk>, LlmError> {
        let mut chunks = Vec::new();
        if data.trim() == "[DONE]" {
            if !self.stopped {
                self.stop("none given", &mut chunks);
            }
            return Ok(chunks);
        }
        let body = fault::parse(&self.model, data)?;
        if event == "error" || !body["error"].is_null() || body["object"] == "error" {
            return Err(fault::in_stream(&self.model, &body));
        }
        for choice in body["choices"].as_array().into_iter().flatten() {
            self.choice(choice, &mut chunks)?;
        }
        if body["content"].is_string() && body["choices"].is_null() {
            self.native(&body, &mut chunks);
        }
        if let Some(counted) = usage::of_completion(&body) {
            chunks.push(Chunk::Usage(counted));
        }
        Ok(chunks)
    }

    fn end(&mut self) -> Result<Vec<Chunk>, LlmError> {
        if self.stopped { Ok(Vec::new()) } else { Err(LlmError::Cut { model: self.model.clone() }) }
    }
}

/// One part of a content list, as Mistral's reasoning models send.
fn part_of(part: &Value, chunks: &mut Vec<Chunk>) {
    if let Some(text) = part["text"].as_str().filter(|text| !text.is_empty()) {
        chunks.push(Chunk::Text(text.to_owned()));
    }
    for thought in part["thinking"].as_array().into_iter().flatten() {
        if let Some(text) = thought["text"].as_str().filter(|text| !text.is_empty()) {
            chunks.push(Chunk::Thinking(text.to_owned()));
        }
    }
}

fn push_logprobs(tokens: Vec<crate::llm::reply::TokenLogprobs>, chunks: &mut Vec<Chunk>) {
    if !tokens.is_empty() {
        chunks.push(Chunk::Logprobs(tokens));
    }
}
