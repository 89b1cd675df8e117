//! Messages: Anthropic's, and those of servers that offer the same.

use serde_json::{Value, json};

use super::body::{self, Body};
use super::tools::{self, Numbers};
use super::{cutting, fault, models};
use crate::domain::ModelRef;
use crate::llm::call::{Ask, Call, Format, Message, Part, Role};
use crate::llm::error::LlmError;
use crate::llm::reply::{Chunk, Counted, StopReason};
use crate::llm::tool::ToolPiece;
use crate::llm::wire::{Decode, Dialect, Framing, Head, KeyHeader, Listed, Traits, Wire, WireRequest};

/// The version of the protocol that is spoken here.
const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");

/// Most cache marks of one request.
const MOST_MARKS: usize = 4;

/// The protocol.
#[derive(Debug)]
pub(super) struct Messages;

impl Wire for Messages {
    fn name(&self) -> &'static str {
        "anthropic"
    }

    fn key_header(&self) -> KeyHeader {
        KeyHeader::Named("x-api-key")
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
            Ask::Embed(_) => return Err(fault::unsayable(model, "this protocol has no embeddings")),
        };
        let marks = marked(turns);
        let mut body = Body::default();
        body.set("model", &*model.model);
        body.set("max_tokens", call.max_output);
        let (system, said): (Vec<_>, Vec<_>) =
            turns.iter().zip(marks).partition(|(turn, _)| turn.role == Role::System);
        let system: Vec<Value> = system.into_iter().flat_map(|(turn, mark)| blocks(turn, mark)).collect();
        if !system.is_empty() {
            body.set("system", system);
        }
        let said = said
            .into_iter()
            .map(|(turn, mark)| (turn, blocks(turn, mark)))
            .filter(|(_, blocks)| !blocks.is_empty());
        let said = said.map(|(turn, blocks)| json!({"role": body::role(turn.role), "content": blocks}));
        body.set("messages", said.collect::<Vec<_>>());
        if !call.tools.is_empty() {
            let tools = call.tools.iter().map(
                |tool| json!({"name": tool.name, "description": tool.description, "input_schema": tool.schema}),
            );
            body.set("tools", tools.collect::<Vec<_>>());
        }
        if !traits.plain_sampling {
            body.set_some(
                "temperature",
                call.temperature.map(|given| body::temperature(given.clamp(0.0, 1.0))),
            );
        }
        // Stops of white space alone are refused.
        let stops: Vec<&String> = call.stop.iter().filter(|stop| !stop.trim().is_empty()).collect();
        body.set_list("stop_sequences", &stops);
        if let Format::Json { schema, .. } = &call.format {
            body.set("output_config", json!({"format": {"type": "json_schema", "schema": &**schema}}));
        }
        if stream {
            body.set("stream", true);
        }
        let mut request = body.post("/v1/messages");
        request.headers = headers();
        Ok(request)
    }

    fn framing(&self, head: &Head, stream: bool) -> Framing {
        cutting::of(head, stream, Framing::Events)
    }

    fn decoder(&self, model: &ModelRef) -> Box<dyn Decode> {
        let (usage, calls) = (Tally::default(), Numbers::default());
        Box::new(Answer { model: model.clone(), usage, calls, stopped: false })
    }

    fn failure(&self, model: &ModelRef, head: &Head, body: &[u8]) -> LlmError {
        fault::of_response(model, head, body)
    }

    fn list(&self, _: Option<Dialect>) -> Vec<WireRequest> {
        vec![WireRequest { headers: headers(), ..body::get("/v1/models?limit=1000") }]
    }

    fn listed(&self, _: usize, body: &Value, known: &mut Vec<Listed>) -> Result<(), String> {
        models::read(body, known)
    }
}

fn headers() -> Vec<(&'static str, String)> {
    vec![(VERSION.0, VERSION.1.to_owned())]
}

/// Which turns get a cache mark: the first, which most calls share, and the last ones.
fn marked(turns: &[Message]) -> Vec<bool> {
    let wanted = turns.iter().filter(|turn| turn.cache).count();
    let mut nth = 0;
    turns
        .iter()
        .map(|turn| {
            let place = nth;
            nth += usize::from(turn.cache);
            turn.cache && (place == 0 || wanted - place < MOST_MARKS)
        })
        .collect()
}

/// The blocks of a turn; empty texts are refused and left out.
fn blocks(turn: &Message, mark: bool) -> Vec<Value> {
    let mut blocks: Vec<Value> = turn.parts.iter().filter_map(block).collect();
    if let Some(last) = blocks.last_mut().filter(|_| mark) {
        last["cache_control"] = json!({"type": "ephemeral"});
    }
    blocks
}

fn block(part: &Part) -> Option<Value> {
    match part {
        Part::Text(text) if text.is_empty() => None,
        Part::Text(text) => Some(json!({"type": "text", "text": &**text})),
        Part::Image { mime, bytes } => {
            let source = json!({"type": "base64", "media_type": mime, "data": body::base64(bytes)});
            Some(json!({"type": "image", "source": source}))
        }
        Part::Called(call) => {
            Some(json!({"type": "tool_use", "id": &*call.id, "name": &*call.name, "input": call.object()}))
        }
        Part::Returned(result) => {
            Some(json!({"type": "tool_result", "tool_use_id": &*result.id, "content": &*result.text}))
        }
    }
}

/// What was counted so far. `input_tokens` leaves out what was read from or written to the cache.
#[derive(Debug, Default)]
struct Tally {
    input: Option<u64>,
    read: Option<u64>,
    written: Option<u64>,
    output: Option<u64>,
}

impl Tally {
    fn take(&mut self, usage: &Value) -> Option<Chunk> {
        let number = |name: &str| usage[name].as_u64();
        self.input = number("input_tokens").or(self.input);
        self.read = number("cache_read_input_tokens").or(self.read);
        self.written = number("cache_creation_input_tokens").or(self.written);
        self.output = number("output_tokens").or(self.output);
        let cached = |tokens: Option<u64>| tokens.unwrap_or(0);
        let prompt = self
            .input
            .map(|input| input.saturating_add(cached(self.read)).saturating_add(cached(self.written)));
        usage.is_object().then_some(Chunk::Usage(Counted {
            prompt,
            cached: self.read,
            output: self.output,
            micro_usd: None,
        }))
    }
}

struct Answer {
    model: ModelRef,
    usage: Tally,
    calls: Numbers,
    stopped: bool,
}

impl Answer {
    /// A block, or a delta of it. A call that streams begins with no input, and its input comes as text.
    fn block(&mut self, number: &Value, block: &Value, chunks: &mut Vec<Chunk>) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (id, name, arguments) = match block["type"].as_str() {
            Some("tool_use") => {
                let begun =
                    number.is_u64() && block["input"].as_object().is_none_or(serde_json::Map::is_empty);
                let input = if begun { String::new() } else { tools::arguments(&block["input"]) };
                (text(&block["id"]), text(&block["name"]), input)
            }
            Some("input_json_delta") => (String::new(), String::new(), text(&block["partial_json"])),
            Some(_) | None => return chunks.extend(piece(block)),
        };
        let nth = self.calls.of(number.as_u64(), &id, &name);
        chunks.push(Chunk::Tool(ToolPiece { nth, id, name, arguments, signature: None }));
    }

    fn stop(&mut self, reason: &Value, details: &Value, chunks: &mut Vec<Chunk>) {
        let Some(reason) = reason.as_str() else { return };
        if std::mem::replace(&mut self.stopped, true) {
            return;
        }
        chunks.push(Chunk::Stop(match reason {
            "end_turn" | "stop_sequence" => StopReason::End,
            "tool_use" => StopReason::Calls,
            "max_tokens" => StopReason::Length,
            "model_context_window_exceeded" => StopReason::WindowFull,
            "refusal" => StopReason::Refused(fault::cut(
                details["explanation"].as_str().unwrap_or("the provider stopped the answer"),
            )),
            other => StopReason::Other(other.to_owned()),
        }));
    }
}

impl Decode for Answer {
    fn record(&mut self, event: &str, data: &str) -> Result<Vec<Chunk>, LlmError> {
        let body = fault::parse(&self.model, data)?;
        if event == "error" || !body["error"].is_null() {
            return Err(fault::in_stream(&self.model, &body));
        }
        let mut chunks = Vec::new();
        match body["type"].as_str().unwrap_or_default() {
            "message_start" => chunks.extend(self.usage.take(&body["message"]["usage"])),
            "content_block_start" => self.block(&body["index"], &body["content_block"], &mut chunks),
            "content_block_delta" => self.block(&body["index"], &body["delta"], &mut chunks),
            "message_delta" => {
                chunks.extend(self.usage.take(&body["usage"]));
                self.stop(&body["delta"]["stop_reason"], &body["delta"]["stop_details"], &mut chunks);
            }
            "message" => {
                for block in body["content"].as_array().into_iter().flatten() {
                    self.block(&Value::Null, block, &mut chunks);
                }
                chunks.extend(self.usage.take(&body["usage"]));
                self.stop(&body["stop_reason"], &body["stop_details"], &mut chunks);
            }
            _ => {}
        }
        Ok(chunks)
    }

    fn end(&mut self) -> Result<Vec<Chunk>, LlmError> {
        if self.stopped { Ok(Vec::new()) } else { Err(LlmError::Cut { model: self.model.clone() }) }
    }
}

/// Text or reasoning of a block or of its delta.
fn piece(block: &Value) -> Option<Chunk> {
    let text = |name: &str| block[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    text("text").map(Chunk::Text).or_else(|| text("thinking").map(Chunk::Thinking))
}
