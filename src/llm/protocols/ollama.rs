//! Ollama's own protocol.
//!
//! Each call forbids what Ollama does silently with a prompt over its window: dropping the oldest messages and cutting
//! the middle (`truncate`, `shift`). The window is asked for by each call, since another one reloads the model.

use std::sync::Arc;

use serde_json::{Value, json};

use super::body::{self, Body};
use super::logprobs::{self, Joined};
use super::tools::{self, Numbers};
use super::{cutting, fault, fill, models};
use crate::domain::ModelRef;
use crate::llm::call::{Ask, Call, Format, Message, Part, Thinking};
use crate::llm::error::LlmError;
use crate::llm::reply::{Chunk, Counted, StopReason};
use crate::llm::tool::ToolPiece;
use crate::llm::wire::{
    Decode, Dialect, Framing, Head, KeyHeader, Listed, Reasoning, Traits, Wire, WireRequest,
};

/// The protocol.
#[derive(Debug)]
pub(super) struct Native;

impl Wire for Native {
    fn name(&self) -> &'static str {
        "ollama"
    }

    fn key_header(&self) -> KeyHeader {
        KeyHeader::Bearer
    }

    fn request(
        &self,
        model: &ModelRef,
        traits: &Traits,
        call: &Call,
        stream: bool,
    ) -> Result<WireRequest, LlmError> {
        let mut body = Body::default();
        body.set("model", &*model.model);
        body.set("stream", stream);
        body.set("truncate", false);
        body.set("shift", false);
        let mut options = Body::default();
        options.set("num_predict", call.max_output);
        options.set_some("num_ctx", traits.window);
        options.set_some(
            "temperature",
            call.temperature.filter(|_| !traits.plain_sampling).map(body::temperature),
        );
        options.set_list("stop", &call.stop);
        body.set("options", options.into_value());
        if call.top_logprobs > 0 {
            body.set("logprobs", true);
            body.set("top_logprobs", call.top_logprobs);
        }
        match &call.ask {
            Ask::Chat(turns) => {
                body.set("messages", turns.iter().flat_map(messages).collect::<Vec<_>>());
                if !call.tools.is_empty() {
                    body.set("tools", tools::functions(&call.tools));
                }
                if let Format::Json { schema, .. } = &call.format {
                    body.set("format", Value::clone(schema));
                }
                match (call.thinking, &traits.reasoning) {
                    (Thinking::Off, Reasoning::Least(word)) => body.set("think", word.as_str()),
                    (Thinking::Off, Reasoning::Unknown | Reasoning::Switch) => body.set("think", false),
                    (Thinking::Off, Reasoning::Never) | (Thinking::Default, _) => {}
                }
                Ok(body.post("/api/chat"))
            }
            Ask::Embed(texts) => Ok(embed(&model.model, texts)),
            Ask::Fill(gap) => {
                if let Some(prompt) = fill::raw_prompt(traits, gap) {
                    body.set("prompt", prompt);
                    body.set("raw", true);
                } else {
                    body.set("prompt", &*gap.prefix);
                    body.set("suffix", &*gap.suffix);
                }
                Ok(body.post("/api/generate"))
            }
        }
    }

    fn framing(&self, head: &Head, stream: bool) -> Framing {
        cutting::of(head, stream, Framing::Lines)
    }

    fn decoder(&self, model: &ModelRef) -> Box<dyn Decode> {
        let (joined, calls) = (Joined::default(), Numbers::default());
        Box::new(Answer { model: model.clone(), joined, calls, stopped: false })
    }

    fn failure(&self, model: &ModelRef, head: &Head, body: &[u8]) -> LlmError {
        fault::of_response(model, head, body)
    }

    fn list(&self, _: Option<Dialect>) -> Vec<WireRequest> {
        vec![body::get("/api/tags"), body::get("/api/ps")]
    }

    fn listed(&self, nth: usize, body: &Value, known: &mut Vec<Listed>) -> Result<(), String> {
        for model in body["models"].as_array().ok_or("no list of models in the answer")? {
            let Some(name) = model["model"].as_str().or_else(|| model["name"].as_str()) else { continue };
            let listed = models::entry(known, name);
            listed.dialect = Some(Dialect::Ollama);
            forwarded(model, listed);
            able(&model["capabilities"], listed);
            if nth > 0 {
                listed.window = models::tokens(&model["context_length"]);
            }
        }
        Ok(())
    }

    fn describe(&self, model: &str) -> Option<WireRequest> {
        let mut body = Body::default();
        body.set("model", model);
        Some(body.post("/api/show"))
    }

    fn described(&self, body: &Value, known: &mut Listed) -> Result<(), String> {
        let info = body["model_info"].as_object().into_iter().flatten();
        let mut windows = info.filter(|(name, _)| name.ends_with(".context_length"));
        known.most_window = windows.find_map(|(_, number)| models::tokens(number)).or(known.most_window);
        forwarded(body, known);
        able(&body["capabilities"], known);
        Ok(())
    }

    fn embedded(&self, answer: &Value) -> Result<Vec<Vec<f32>>, String> {
        let items = answer["embeddings"].as_array().ok_or("no `embeddings` in the answer")?;
        items.iter().map(body::vector).collect()
    }
}

fn embed(model: &str, texts: &[Arc<str>]) -> WireRequest {
    let mut body = Body::default();
    body.set("model", model);
    body.set_list("input", texts);
    body.set("truncate", false);
    body.post("/api/embed")
}

/// A cloud model is listed like a local one, but its calls leave the machine.
fn forwarded(model: &Value, listed: &mut Listed) {
    if let Some(host) = model["remote_host"].as_str().filter(|host| !host.is_empty()) {
        listed.forwards_to = Some(host.to_owned());
    }
}

fn able(capabilities: &Value, listed: &mut Listed) {
    for (word, abilities) in [
        ("completion", &["chat", "schema", "logprobs"][..]),
        ("insert", &["fill"]),
        ("vision", &["images"]),
        ("embedding", &["embed"]),
    ] {
        let stated = capabilities.as_array().is_some_and(|all| all.iter().any(|one| one == word));
        for ability in abilities {
            models::able(listed, ability, stated);
        }
    }
}

/// A turn as messages: what calls came to has one each.
fn messages(turn: &Message) -> Vec<Value> {
    let mut messages: Vec<Value> = tools::returned(turn)
        .map(|result| {
            let (id, name) = (&*result.id, &*result.name);
            json!({"role": "tool", "tool_name": name, "tool_call_id": id, "content": &*result.text})
        })
        .collect();
    if tools::says_more(turn) {
        messages.push(message(turn));
    }
    messages
}

fn message(turn: &Message) -> Value {
    let mut content = String::new();
    let mut images = Vec::new();
    for part in &turn.parts {
        match part {
            Part::Text(text) => content.push_str(text),
            Part::Image { bytes, .. } => images.push(body::base64(bytes)),
            Part::Called(_) | Part::Returned(_) => {}
        }
    }
    let mut message = json!({"role": body::role(turn.role), "content": content});
    if !images.is_empty() {
        message["images"] = json!(images);
    }
    let calls = tools::called(turn)
        .map(|call| json!({"id": &*call.id, "function": {"name": &*call.name, "arguments": call.object()}}));
    let calls: Vec<Value> = calls.collect();
    if !calls.is_empty() {
        message["tool_calls"] = Value::Array(calls);
    }
    message
}

struct Answer {
    model: ModelRef,
    joined: Joined,
    calls: Numbers,
    stopped: bool,
}

impl Decode for Answer {
    fn record(&mut self, _: &str, data: &str) -> Result<Vec<Chunk>, LlmError> {
        let body = fault::parse(&self.model, data)?;
        if !body["error"].is_null() {
            return Err(fault::in_stream(&self.model, &body));
        }
        let mut chunks = Vec::new();
        let said = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let message = &body["message"];
        chunks.extend(said(&message["thinking"]).or_else(|| said(&body["thinking"])).map(Chunk::Thinking));
        chunks.extend(said(&message["content"]).or_else(|| said(&body["response"])).map(Chunk::Text));
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            chunks.push(Chunk::Tool(ToolPiece {
                nth: self.calls.next(),
                id: text(&call["id"]),
                name: text(&call["function"]["name"]),
                arguments: tools::arguments(&call["function"]["arguments"]),
                signature: None,
            }));
        }
        let tokens = logprobs::tokens(&body["logprobs"], &mut self.joined);
        if !tokens.is_empty() {
            chunks.push(Chunk::Logprobs(tokens));
        }
        if body["done"] == true && !std::mem::replace(&mut self.stopped, true) {
            chunks.push(Chunk::Stop(match body["done_reason"].as_str() {
                Some("stop") | None if self.calls.any() => StopReason::Calls,
                Some("stop") | None => StopReason::End,
                Some("length") => StopReason::Length,
                Some(other) => StopReason::Other(other.to_owned()),
            }));
            let (prompt, output) = (body["prompt_eval_count"].as_u64(), body["eval_count"].as_u64());
            if prompt.or(output).is_some() {
                chunks.push(Chunk::Usage(Counted { prompt, output, ..Counted::default() }));
            }
        }
        Ok(chunks)
    }

    fn end(&mut self) -> Result<Vec<Chunk>, LlmError> {
        if self.stopped { Ok(Vec::new()) } else { Err(LlmError::Cut { model: self.model.clone() }) }
    }
}
