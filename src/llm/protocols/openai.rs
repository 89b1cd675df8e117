//! Chat completions: OpenAI's, and those of every server that offers the same (vLLM, `SGLang`, LM Studio, `OpenRouter`,
//! Mistral, `DeepSeek` and many more).

use std::sync::Arc;

use serde_json::Value;

use super::body::{self, Body};
use super::choices::Choices;
use super::{chat, cutting, fault, fill, models};
use crate::domain::ModelRef;
use crate::llm::call::{Ask, Call};
use crate::llm::error::LlmError;
use crate::llm::wire::{Decode, Dialect, Framing, Head, KeyHeader, Listed, Traits, Wire, WireRequest};

/// The protocol.
#[derive(Debug)]
pub(super) struct Chat;

impl Wire for Chat {
    fn name(&self) -> &'static str {
        "openai"
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
        match &call.ask {
            Ask::Chat(turns) => Ok(chat::request(&model.model, traits, call, turns, stream)),
            Ask::Fill(gap) => fill::request(model, traits, call, gap, stream),
            Ask::Embed(texts) => Ok(embed(model, texts)),
        }
    }

    fn framing(&self, head: &Head, stream: bool) -> Framing {
        cutting::of(head, stream, Framing::Events)
    }

    fn decoder(&self, model: &ModelRef) -> Box<dyn Decode> {
        Box::new(Choices::new(model))
    }

    fn failure(&self, model: &ModelRef, head: &Head, body: &[u8]) -> LlmError {
        fault::of_response(model, head, body)
    }

    fn list(&self, dialect: Option<Dialect>) -> Vec<WireRequest> {
        let mut list = vec![body::get("/v1/models")];
        if dialect == Some(Dialect::LmStudio) {
            list.push(body::get("/api/v1/models"));
            list.push(body::get("/api/v0/models"));
        }
        list
    }

    fn listed(&self, nth: usize, body: &Value, known: &mut Vec<Listed>) -> Result<(), String> {
        if nth == 0 { models::read(body, known) } else { models::read_lm_studio(body, known) }
    }

    fn embedded(&self, body: &Value) -> Result<Vec<Vec<f32>>, String> {
        embedded(body)
    }
}

/// `/v1/embeddings`.
pub(super) fn embed(model: &ModelRef, texts: &[Arc<str>]) -> WireRequest {
    let mut body = Body::default();
    body.set("model", &*model.model);
    body.set_list("input", texts);
    body.set("encoding_format", "float");
    body.post("/v1/embeddings")
}

/// The vectors, in the order of the texts whatever the order of the answer.
pub(super) fn embedded(answer: &Value) -> Result<Vec<Vec<f32>>, String> {
    let items = answer["data"].as_array().ok_or("no `data` in the answer")?;
    let mut vectors: Vec<(u64, Vec<f32>)> = items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            Ok((item["index"].as_u64().unwrap_or(at as u64), body::vector(&item["embedding"])?))
        })
        .collect::<Result<_, String>>()?;
    vectors.sort_by_key(|(index, _)| *index);
    Ok(vectors.into_iter().map(|(_, vector)| vector).collect())
}
