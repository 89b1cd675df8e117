//! Every protocol against recorded shapes: what is sent word for word, and what is read wherever the bytes are cut.

mod anthropic;
mod gemini;
mod llamacpp;
mod ollama;
mod openai;
mod responses;
mod tools;
mod untrusted;

use std::sync::Arc;

use serde_json::{Value, json};

use super::wire_for;
use crate::config::Protocol;
use crate::domain::{ModelRef, TaskKind};
use crate::llm::call::{Ask, Call, Fill, Format, Message, Part, Role, Thinking};
use crate::llm::error::LlmError;
use crate::llm::framing::Frames;
use crate::llm::reply::{Chunk, Counted, StopReason, TokenLogprobs};
use crate::llm::wire::{Dialect, Framing, Head, Listed, Reasoning, Traits, Wire, WireRequest};

fn wire(protocol: Protocol) -> &'static dyn Wire {
    wire_for(protocol).expect("a wire protocol")
}

fn model() -> ModelRef {
    ModelRef::new("lab", "qwen3")
}

fn ask() -> Call {
    let system = Message { cache: true, ..Message::text(Role::System, "Be brief.") };
    Call::chat(TaskKind::Chat, vec![system, Message::text(Role::User, "Hi")], 64)
}

/// A call that says everything.
fn full() -> Call {
    Call {
        temperature: Some(0.2),
        stop: vec!["END".to_owned()],
        top_logprobs: 5,
        thinking: Thinking::Off,
        affinity: Some(7),
        format: Format::Json { name: "verdict", schema: Arc::new(schema()) },
        ..ask()
    }
}

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {"yes": {"type": "boolean"}},
        "required": ["yes"],
        "additionalProperties": false,
    })
}

fn picture() -> Call {
    let parts = vec![
        Part::Text("What is this?".into()),
        Part::Image { mime: "image/png", bytes: Arc::from(&b"\x89PNG"[..]) },
    ];
    Call::chat(TaskKind::Chat, vec![Message { role: Role::User, parts, cache: false }], 8)
}

fn gap() -> Call {
    let fill = Fill {
        prefix: "fn a() {".into(),
        suffix: "}".into(),
        extra: vec![("b.rs".into(), "fn b() {}".into())],
    };
    Call { ask: Ask::Fill(fill), ..Call::chat(TaskKind::Complete, Vec::new(), 32) }
}

fn sent(protocol: Protocol, traits: &Traits, call: &Call) -> WireRequest {
    wire(protocol).request(&model(), traits, call, true).expect("a request")
}

fn embed(wire: &dyn Wire, model: &str, texts: &[&str]) -> WireRequest {
    let call = Call::embed(TaskKind::Judge, texts.iter().map(|text| Arc::from(*text)).collect());
    wire.request(&ModelRef::new("b", model), &Traits::default(), &call, false).expect("a request")
}

/// The body that is sent; the path must be this one.
fn body(protocol: Protocol, traits: &Traits, call: &Call, path: &str) -> Value {
    let request = sent(protocol, traits, call);
    assert_eq!(request.path, path);
    request.body.expect("a body")
}

fn events(records: &[&str]) -> Vec<u8> {
    records.iter().flat_map(|record| ["data: ", record, "\n\n"]).collect::<String>().into_bytes()
}

fn named(records: &[(&str, &str)]) -> Vec<u8> {
    let lines = records.iter().flat_map(|(name, data)| ["event: ", name, "\ndata: ", data, "\n\n"]);
    lines.collect::<String>().into_bytes()
}

fn lines(records: &[&str]) -> Vec<u8> {
    records.iter().flat_map(|record| [*record, "\n"]).collect::<String>().into_bytes()
}

fn run(wire: &dyn Wire, framing: Framing, pieces: &[&[u8]]) -> (Vec<Chunk>, Option<LlmError>) {
    let mut frames = Frames::new(framing);
    let mut decoder = wire.decoder(&model());
    let mut chunks = Vec::new();
    let mut records = Vec::new();
    for piece in pieces {
        records.extend(frames.push(piece).expect("small records"));
    }
    records.extend(frames.end());
    for record in records {
        match decoder.record(&record.event, &record.data) {
            Ok(more) => chunks.extend(more),
            Err(error) => return (chunks, Some(error)),
        }
    }
    match decoder.end() {
        Ok(more) => chunks.extend(more),
        Err(error) => return (chunks, Some(error)),
    }
    (chunks, None)
}

/// The chunks of a body: the same for a cut at every byte, and a clean prefix of them with [`LlmError::Cut`] if the body
/// ends at any byte.
fn read(protocol: Protocol, framing: Framing, body: &[u8]) -> Vec<Chunk> {
    let wire = wire(protocol);
    let (chunks, error) = run(wire, framing, &[body]);
    assert_eq!(error, None);
    for at in 0..body.len() {
        assert_eq!(run(wire, framing, &[&body[..at], &body[at..]]), (chunks.clone(), None), "cut at {at}");
        let (begun, error) = run(wire, framing, &[&body[..at]]);
        assert_eq!(begun, chunks[..begun.len()], "ended at {at}");
        let stopped = begun.iter().any(|chunk| matches!(chunk, Chunk::Stop(_)));
        let expected = (!stopped).then(|| LlmError::Cut { model: model() });
        assert_eq!(error, expected, "ended at {at}");
    }
    chunks
}

/// What a body that ends in an error gave before it, and the error.
fn fails(protocol: Protocol, framing: Framing, body: &[u8]) -> (Vec<Chunk>, LlmError) {
    let (chunks, error) = run(wire(protocol), framing, &[body]);
    (chunks, error.expect("an error"))
}

fn text(text: &str) -> Chunk {
    Chunk::Text(text.to_owned())
}

fn thought(text: &str) -> Chunk {
    Chunk::Thinking(text.to_owned())
}

fn counted(prompt: u64, cached: Option<u64>, output: u64) -> Chunk {
    Chunk::Usage(Counted { prompt: Some(prompt), cached, output: Some(output), micro_usd: None })
}

fn stop(reason: StopReason) -> Chunk {
    Chunk::Stop(reason)
}

fn head(status: u16, headers: &[(&str, &str)]) -> Head {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Head { status, headers }
}

/// One token with what else could have stood there.
fn token(token: &str, logprob: f32, top: &[(&str, f32)]) -> Chunk {
    let top = top.iter().map(|(token, logprob)| ((*token).to_owned(), *logprob)).collect();
    Chunk::Logprobs(vec![TokenLogprobs { token: token.to_owned(), logprob, top }])
}

/// What is known after each of these answers was read in its turn.
fn listed(protocol: Protocol, dialect: Option<Dialect>, answers: &[Value]) -> Vec<Listed> {
    let wire = wire(protocol);
    assert_eq!(wire.list(dialect).len(), answers.len());
    let mut known = Vec::new();
    for (nth, answer) in answers.iter().enumerate() {
        wire.listed(nth, answer, &mut known).expect("a list");
    }
    known
}

/// The call cannot be said in this protocol.
fn refuses(protocol: Protocol, traits: &Traits, call: &Call) -> bool {
    matches!(wire(protocol).request(&model(), traits, call, true), Err(LlmError::Rejected { status: 0, .. }))
}
