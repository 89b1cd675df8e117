//! Responses: OpenAI's newer protocol, and that of servers that offer the same. It has no stop texts.

use serde_json::{Value, json};

use super::body::{self, Body};
use super::logprobs::{self, Joined};
use super::tools::{self, Numbers};
use super::{cutting, fault, models, openai};
use crate::domain::ModelRef;
use crate::llm::call::{Ask, Call, Format, Message, Part, Role, Thinking};
use crate::llm::error::LlmError;
use crate::llm::reply::{Chunk, Counted, StopReason};
use crate::llm::tool::{Tool, ToolPiece};
use crate::llm::wire::{
    Decode, Dialect, Framing, Head, KeyHeader, Listed, Reasoning, Traits, Wire, WireRequest,
};

/// OpenAI refuses smaller limits.
const LEAST_OUTPUT: u32 = 16;

/// Most alternatives a token.
const MOST_ALTERNATIVES: u8 = 20;

/// The protocol.
#[derive(Debug)]
pub(super) struct Responses;

impl Wire for Responses {
    fn name(&self) -> &'static str {
        "responses"
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
        let turns = match &call.ask {
            Ask::Chat(turns) => turns,
            Ask::Fill(_) => return Err(fault::unsayable(model, "this protocol cannot fill in the middle")),
            Ask::Embed(texts) => return Ok(openai::embed(model, texts)),
        };
        let mut body = Body::default();
        body.set("model", &*model.model);
        body.set("input", turns.iter().flat_map(items).collect::<Vec<_>>());
        if !call.tools.is_empty() {
            body.set("tools", call.tools.iter().map(tool).collect::<Vec<_>>());
        }
        body.set("max_output_tokens", call.max_output.max(LEAST_OUTPUT));
        // Nothing is kept for later turns: the whole conversation is sent each time.
        body.set("store", false);
        if !traits.plain_sampling {
            body.set_some("temperature", call.temperature.map(body::temperature));
            if call.top_logprobs > 0 {
                body.set("include", json!(["message.output_text.logprobs"]));
                body.set("top_logprobs", call.top_logprobs.min(MOST_ALTERNATIVES));
            }
        }
        if let Format::Json { name, schema } = &call.format {
            let strict = body::is_strict(schema);
            let format = json!({"type": "json_schema", "name": name, "strict": strict, "schema": &**schema});
            body.set("text", json!({"format": format}));
        }
        match (call.thinking, &traits.reasoning) {
            (Thinking::Off, Reasoning::Least(word)) => body.set("reasoning", json!({"effort": word})),
            (Thinking::Off, Reasoning::Switch) => body.set("reasoning", json!({"effort": "none"})),
            (Thinking::Off, Reasoning::Unknown | Reasoning::Never) | (Thinking::Default, _) => {}
        }
        if traits.dialect == Some(Dialect::OpenAi) {
            body.set_some("prompt_cache_key", call.affinity.map(|number| format!("{number:016x}")));
        }
        if stream {
            body.set("stream", true);
            if traits.dialect == Some(Dialect::OpenAi) {
                body.set("stream_options", json!({"include_obfuscation": false}));
            }
        }
        Ok(body.post("/v1/responses"))
    }

    fn framing(&self, head: &Head, stream: bool) -> Framing {
        cutting::of(head, stream, Framing::Events)
    }

    fn decoder(&self, model: &ModelRef) -> Box<dyn Decode> {
        let model = model.clone();
        Box::new(Answer {
            model,
            joined: Joined::default(),
            calls: Numbers::default(),
            refusal: String::new(),
            begun: false,
            stopped: false,
        })
    }

    fn failure(&self, model: &ModelRef, head: &Head, body: &[u8]) -> LlmError {
        fault::of_response(model, head, body)
    }

    fn list(&self, _: Option<Dialect>) -> Vec<WireRequest> {
        vec![body::get("/v1/models")]
    }

    fn listed(&self, _: usize, body: &Value, known: &mut Vec<Listed>) -> Result<(), String> {
        models::read(body, known)
    }

    fn embedded(&self, body: &Value) -> Result<Vec<Vec<f32>>, String> {
        openai::embedded(body)
    }
}

fn tool(tool: &Tool) -> Value {
    let (name, about) = (tool.name, tool.description);
    // Strict unless it is said otherwise, and a strict schema has no field that may be left out.
    let strict = body::is_strict(&tool.schema);
    json!({"type": "function", "name": name, "description": about, "parameters": tool.schema, "strict": strict})
}

/// A turn as items: calls, and what they came to, are items of their own.
fn items(turn: &Message) -> Vec<Value> {
    let mut items: Vec<Value> = tools::returned(turn)
        .map(
            |result| json!({"type": "function_call_output", "call_id": &*result.id, "output": &*result.text}),
        )
        .collect();
    let said = turn.parts.iter().any(|part| match part {
        Part::Text(text) => turn.role != Role::Assistant || !text.is_empty(),
        Part::Image { .. } => true,
        Part::Called(_) | Part::Returned(_) => false,
    });
    if said || turn.parts.is_empty() {
        items.push(item(turn));
    }
    items.extend(tools::called(turn).map(|call| {
        json!({"type": "function_call", "call_id": &*call.id, "name": &*call.name, "arguments": &*call.arguments})
    }));
    items
}

fn item(turn: &Message) -> Value {
    let kind = match turn.role {
        Role::System | Role::User => "input_text",
        Role::Assistant => "output_text",
    };
    let parts = turn.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(json!({"type": kind, "text": &**text})),
        Part::Image { mime, bytes } => {
            Some(json!({"type": "input_image", "image_url": body::data_url(mime, bytes)}))
        }
        Part::Called(_) | Part::Returned(_) => None,
    });
    json!({"role": body::role(turn.role), "content": parts.collect::<Vec<_>>()})
}

struct Answer {
    model: ModelRef,
    joined: Joined,
    calls: Numbers,
    refusal: String,
    /// Text came already, so that the whole at the end only repeats it.
    begun: bool,
    stopped: bool,
}

impl Answer {
    fn text(&mut self, text: &Value, tokens: &Value, chunks: &mut Vec<Chunk>) {
        if let Some(text) = text.as_str().filter(|text| !text.is_empty()) {
            self.begun = true;
            chunks.push(Chunk::Text(text.to_owned()));
        }
        let tokens = logprobs::tokens(tokens, &mut self.joined);
        if !tokens.is_empty() {
            chunks.push(Chunk::Logprobs(tokens));
        }
    }

    /// A finished response: at the end of a stream, or as the whole answer.
    fn whole(&mut self, response: &Value, chunks: &mut Vec<Chunk>) -> Result<(), LlmError> {
        if !response["error"].is_null() || response["status"] == "failed" {
            return Err(fault::in_stream(&self.model, response));
        }
        if !self.begun {
            for item in response["output"].as_array().into_iter().flatten() {
                self.output(item, chunks);
            }
        }
        if let Some(reason) = self.reason(response).filter(|_| !self.stopped) {
            self.stopped = true;
            chunks.push(Chunk::Stop(reason));
        }
        let usage = &response["usage"];
        if usage.is_object() {
            let number = |name: &str| usage[name].as_u64();
            let cached = usage["input_tokens_details"]["cached_tokens"].as_u64();
            let (prompt, output) = (number("input_tokens"), number("output_tokens"));
            chunks.push(Chunk::Usage(Counted { prompt, cached, output, micro_usd: None }));
        }
        Ok(())
    }

    /// A piece of a call; `number` tells the items of the answer apart.
    fn call(&mut self, number: &Value, item: &Value, arguments: &Value, chunks: &mut Vec<Chunk>) {
        self.begun = true;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (id, name) = (text(&item["call_id"]), text(&item["name"]));
        let nth = self.calls.of(number.as_u64(), &id, &name);
        let arguments = tools::arguments(arguments);
        chunks.push(Chunk::Tool(ToolPiece { nth, id, name, arguments, signature: None }));
    }

    fn output(&mut self, item: &Value, chunks: &mut Vec<Chunk>) {
        if item["type"] == "function_call" {
            self.call(&Value::Null, item, &item["arguments"], chunks);
        }
        for part in item["summary"].as_array().into_iter().flatten() {
            chunks.extend(part["text"].as_str().map(|text| Chunk::Thinking(text.to_owned())));
        }
        for part in item["content"].as_array().into_iter().flatten() {
            match part["type"].as_str() {
                Some("output_text") => self.text(&part["text"], &part["logprobs"], chunks),
                Some("reasoning_text") => {
                    chunks.extend(part["text"].as_str().map(|text| Chunk::Thinking(text.to_owned())));
                }
                Some("refusal") => self.refusal.push_str(part["refusal"].as_str().unwrap_or_default()),
                Some(_) | None => {}
            }
        }
    }

    fn reason(&self, response: &Value) -> Option<StopReason> {
        let why = response["incomplete_details"]["reason"].as_str();
        match (response["status"].as_str()?, why) {
            _ if !self.refusal.is_empty() => Some(StopReason::Refused(fault::cut(&self.refusal))),
            ("completed", _) if self.calls.any() => Some(StopReason::Calls),
            ("completed", _) => Some(StopReason::End),
            ("incomplete", Some("max_output_tokens")) => Some(StopReason::Length),
            ("incomplete", Some("content_filter")) => {
                Some(StopReason::Refused("filtered by the provider".to_owned()))
            }
            ("queued" | "in_progress", _) => None,
            (status, why) => Some(StopReason::Other(why.unwrap_or(status).to_owned())),
        }
    }
}

impl Decode for Answer {
    fn record(&mut self, event: &str, data: &str) -> Result<Vec<Chunk>, LlmError> {
        let mut chunks = Vec::new();
        if data.trim() == "[DONE]" {
            return Ok(chunks);
        }
        let body = fault::parse(&self.model, data)?;
        match body["type"].as_str().unwrap_or(event) {
            "response.output_text.delta" => self.text(&body["delta"], &body["logprobs"], &mut chunks),
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                let text = body["delta"].as_str().filter(|text| !text.is_empty());
                chunks.extend(text.map(|text| Chunk::Thinking(text.to_owned())));
            }
            "response.output_item.added" if body["item"]["type"] == "function_call" => {
                self.call(&body["output_index"], &body["item"], &body["item"]["arguments"], &mut chunks);
            }
            "response.function_call_arguments.delta" => {
                self.call(&body["output_index"], &Value::Null, &body["delta"], &mut chunks);
            }
            "response.refusal.delta" => self.refusal.push_str(body["delta"].as_str().unwrap_or_default()),
            "response.completed" | "response.incomplete" | "response.failed" => {
                self.whole(&body["response"], &mut chunks)?;
            }
            "error" => return Err(fault::in_stream(&self.model, &body)),
            _ if body["object"] == "response" => self.whole(&body, &mut chunks)?,
            _ if !body["error"].is_null() => return Err(fault::in_stream(&self.model, &body)),
            _ => {}
        }
        Ok(chunks)
    }

    fn end(&mut self) -> Result<Vec<Chunk>, LlmError> {
        if self.stopped { Ok(Vec::new()) } else { Err(LlmError::Cut { model: self.model.clone() }) }
    }
}
