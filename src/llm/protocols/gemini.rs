//! Generate content: Google's Gemini.

use std::sync::Arc;

use serde_json::{Value, json};

use super::body::{self, Body};
use super::tools::{self, Numbers};
use super::{cutting, fault, models};
use crate::domain::ModelRef;
use crate::llm::call::{Ask, Call, Format, Message, Part, Role, Thinking};
use crate::llm::error::LlmError;
use crate::llm::reply::{Chunk, Counted, StopReason, TokenLogprobs};
use crate::llm::tool::{Tool, ToolPiece};
use crate::llm::wire::{
    Decode, Dialect, Framing, Head, KeyHeader, Listed, Reasoning, Traits, Wire, WireRequest,
};

/// Most stop texts that are taken.
const MOST_STOPS: usize = 5;

/// Most alternatives a token.
const MOST_ALTERNATIVES: u8 = 20;

/// The protocol.
#[derive(Debug)]
pub(super) struct Generate;

impl Wire for Generate {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn key_header(&self) -> KeyHeader {
        KeyHeader::Named("x-goog-api-key")
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
            Ask::Embed(texts) => return Ok(embed(&model.model, texts)),
        };
        let (system, said): (Vec<_>, Vec<_>) = turns.iter().partition(|turn| turn.role == Role::System);
        let mut body = Body::default();
        if !system.is_empty() {
            body.set(
                "systemInstruction",
                json!({"parts": system.into_iter().flat_map(parts).collect::<Vec<_>>()}),
            );
        }
        let contents = said
            .into_iter()
            .map(|turn| json!({"role": role(turn.role), "parts": parts(turn).collect::<Vec<_>>()}));
        body.set("contents", contents.collect::<Vec<_>>());
        if !call.tools.is_empty() {
            let tools: Vec<Value> = call.tools.iter().map(function).collect();
            body.set("tools", json!([{"functionDeclarations": tools}]));
        }
        body.set("generationConfig", config(traits, call).into_value());
        let verb = if stream { "streamGenerateContent?alt=sse" } else { "generateContent" };
        Ok(body.post(path(&model.model, verb)))
    }

    fn framing(&self, head: &Head, stream: bool) -> Framing {
        cutting::of(head, stream, Framing::Events)
    }

    fn decoder(&self, model: &ModelRef) -> Box<dyn Decode> {
        Box::new(Answer { model: model.clone(), calls: Numbers::default(), stopped: false })
    }

    fn failure(&self, model: &ModelRef, head: &Head, body: &[u8]) -> LlmError {
        fault::of_response(model, head, body)
    }

    fn list(&self, _: Option<Dialect>) -> Vec<WireRequest> {
        vec![body::get("/v1beta/models?pageSize=1000")]
    }

    fn listed(&self, _: usize, body: &Value, known: &mut Vec<Listed>) -> Result<(), String> {
        for model in body["models"].as_array().ok_or("no list of models in the answer")? {
            let Some(name) = model["name"].as_str() else { continue };
            let listed = models::entry(known, bare(name));
            listed.window = models::tokens(&model["inputTokenLimit"]);
            listed.max_output = models::tokens(&model["outputTokenLimit"]);
            let does = |method: &str| {
                model["supportedGenerationMethods"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|one| one == method))
            };
            models::able(listed, "chat", does("generateContent"));
            models::able(listed, "schema", does("generateContent"));
            models::able(listed, "embed", does("embedContent") || does("batchEmbedContents"));
        }
        Ok(())
    }

    fn embedded(&self, answer: &Value) -> Result<Vec<Vec<f32>>, String> {
        let items = answer["embeddings"].as_array().ok_or("no `embeddings` in the answer")?;
        items.iter().map(|item| body::vector(&item["values"])).collect()
    }
}

fn embed(model: &str, texts: &[Arc<str>]) -> WireRequest {
    let name = format!("models/{}", bare(model));
    let requests = texts.iter().map(|text| json!({"model": name, "content": {"parts": [{"text": &**text}]}}));
    let mut body = Body::default();
    body.set("requests", requests.collect::<Vec<_>>());
    body.post(path(model, "batchEmbedContents"))
}

/// Names are listed as `models/NAME`; both forms are taken.
fn bare(name: &str) -> &str {
    name.strip_prefix("models/").unwrap_or(name)
}

fn path(model: &str, verb: &str) -> String {
    format!("/v1beta/models/{}:{verb}", body::segment(bare(model)))
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::System | Role::User => "user",
        Role::Assistant => "model",
    }
}

fn parts(turn: &Message) -> impl Iterator<Item = Value> {
    let said = |part: &&Part| !(turn.role == Role::Assistant && part.words() == Some(""));
    turn.parts.iter().filter(said).map(|part| match part {
        Part::Called(call) => {
            let mut part = json!({"functionCall": named(&call.id, &call.name, "args", call.object())});
            if let Some(signature) = &call.signature {
                part["thoughtSignature"] = json!(&**signature);
            }
            part
        }
        Part::Returned(result) => {
            let output = json!({"output": &*result.text});
            json!({"functionResponse": named(&result.id, &result.name, "response", output)})
        }
        Part::Text(text) => json!({"text": &**text}),
        Part::Image { mime, bytes } => json!({"inlineData": {"mimeType": mime, "data": body::base64(bytes)}}),
    })
}

/// A call or its result; ids are left out where the service gave none.
fn named(id: &str, name: &str, field: &str, value: Value) -> Value {
    let mut body = Body::default();
    body.set_some("id", Some(id).filter(|id| !id.is_empty()));
    body.set("name", name);
    body.set(field, value);
    body.into_value()
}

fn function(tool: &Tool) -> Value {
    json!({"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.schema})
}

fn config(traits: &Traits, call: &Call) -> Body {
    let mut config = Body::default();
    config.set("maxOutputTokens", call.max_output);
    config
        .set_some("temperature", call.temperature.filter(|_| !traits.plain_sampling).map(body::temperature));
    config.set_list("stopSequences", &call.stop[..call.stop.len().min(MOST_STOPS)]);
    match &call.format {
        Format::Text => {}
        Format::Choice(words) => {
            config.set("responseMimeType", "text/x.enum");
            config.set("responseSchema", json!({"type": "STRING", "enum": words}));
        }
        Format::Json { schema, .. } => {
            config.set("responseMimeType", "application/json");
            config.set("responseJsonSchema", Value::clone(schema));
        }
    }
    if call.top_logprobs > 0 && !traits.plain_sampling {
        config.set("responseLogprobs", true);
        config.set("logprobs", call.top_logprobs.min(MOST_ALTERNATIVES));
    }
    match (call.thinking, &traits.reasoning) {
        (Thinking::Off, Reasoning::Switch) => config.set("thinkingConfig", json!({"thinkingBudget": 0})),
        (Thinking::Off, Reasoning::Least(word)) => {
            config.set("thinkingConfig", json!({"thinkingLevel": word}));
        }
        // A model that does not think refuses the field.
        (Thinking::Off, Reasoning::Unknown | Reasoning::Never) | (Thinking::Default, _) => {}
    }
    config
}

struct Answer {
    model: ModelRef,
    calls: Numbers,
    stopped: bool,
}

impl Answer {
    /// A call, which comes in one piece; one that the service itself could not read has no name.
    fn call(&mut self, call: &Value, arguments: &str, signature: Option<&str>, chunks: &mut Vec<Chunk>) {
        let text = |name: &str| call[name].as_str().unwrap_or_default().to_owned();
        chunks.push(Chunk::Tool(ToolPiece {
            nth: self.calls.next(),
            id: text("id"),
            name: text("name"),
            arguments: arguments.to_owned(),
            signature: signature.map(str::to_owned),
        }));
    }

    fn stop(&self, reason: &str, candidate: &Value) -> StopReason {
        match reason {
            "STOP" | "FUNCTION_CALL" | "MALFORMED_FUNCTION_CALL" if self.calls.any() => StopReason::Calls,
            _ => stop(reason, candidate),
        }
    }

    fn response(&mut self, body: &Value, chunks: &mut Vec<Chunk>) {
        let candidate = &body["candidates"][0];
        for part in candidate["content"]["parts"].as_array().into_iter().flatten() {
            if let Some(text) = part["text"].as_str().filter(|text| !text.is_empty()) {
                let text = text.to_owned();
                chunks.push(if part["thought"] == true { Chunk::Thinking(text) } else { Chunk::Text(text) });
            }
            if part["functionCall"].is_object() {
                let call = &part["functionCall"];
                let signature = part["thoughtSignature"].as_str();
                self.call(call, &tools::arguments(&call["args"]), signature, chunks);
            }
        }
        if candidate["finishReason"] == "MALFORMED_FUNCTION_CALL" {
            let said = candidate["finishMessage"].as_str().unwrap_or_default();
            self.call(&Value::Null, &fault::cut(said), None, chunks);
        }
        let tokens = logprobs(&candidate["logprobsResult"]);
        if !tokens.is_empty() {
            chunks.push(Chunk::Logprobs(tokens));
        }
        let blocked =
            body["promptFeedback"]["blockReason"].as_str().map(|why| StopReason::Refused(fault::cut(why)));
        let reason =
            blocked.or_else(|| candidate["finishReason"].as_str().map(|reason| self.stop(reason, candidate)));
        if let Some(reason) = reason.filter(|_| !self.stopped) {
            self.stopped = true;
            chunks.push(Chunk::Stop(reason));
        }
        let usage = &body["usageMetadata"];
        let number = |name: &str| usage[name].as_u64();
        if usage.is_object() {
            let (said, hidden) = (number("candidatesTokenCount"), number("thoughtsTokenCount"));
            let output = said.or(hidden).map(|_| said.unwrap_or(0).saturating_add(hidden.unwrap_or(0)));
            let (prompt, cached) = (number("promptTokenCount"), number("cachedContentTokenCount"));
            chunks.push(Chunk::Usage(Counted { prompt, cached, output, micro_usd: None }));
        }
    }
}

impl Decode for Answer {
    fn record(&mut self, _: &str, data: &str) -> Result<Vec<Chunk>, LlmError> {
        let body = fault::parse(&self.model, data)?;
        let mut chunks = Vec::new();
        // Without `alt=sse`, which some gateways drop, a stream is one array.
        let responses = body.as_array().map_or(std::slice::from_ref(&body), Vec::as_slice);
        for response in responses {
            if !response["error"].is_null() {
                return Err(fault::in_stream(&self.model, response));
            }
            self.response(response, &mut chunks);
        }
        Ok(chunks)
    }

    fn end(&mut self) -> Result<Vec<Chunk>, LlmError> {
        if self.stopped { Ok(Vec::new()) } else { Err(LlmError::Cut { model: self.model.clone() }) }
    }
}

fn stop(reason: &str, candidate: &Value) -> StopReason {
    let why = || fault::cut(candidate["finishMessage"].as_str().unwrap_or(reason));
    match reason {
        "STOP" => StopReason::End,
        "MAX_TOKENS" => StopReason::Length,
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE" => {
            StopReason::Refused(why())
        }
        other => StopReason::Other(other.to_owned()),
    }
}

fn logprobs(result: &Value) -> Vec<TokenLogprobs> {
    let read =
        |one: &Value| Some((one["token"].as_str()?.to_owned(), one["logProbability"].as_f64()? as f32));
    let chosen = result["chosenCandidates"].as_array().into_iter().flatten();
    chosen
        .enumerate()
        .filter_map(|(at, chosen)| {
            let (token, logprob) = read(chosen)?;
            let others = result["topCandidates"][at]["candidates"].as_array().into_iter().flatten();
            let mut top: Vec<(String, f32)> = others.filter_map(read).collect();
            top.sort_by(|(_, a), (_, b)| b.total_cmp(a));
            Some(TokenLogprobs { token, logprob, top })
        })
        .collect()
}
