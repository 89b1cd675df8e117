//! The server of llama.cpp: chat completions with its own fields, `/infill`, and `/props` for what is really loaded.

use serde_json::Value;

use super::body;
use super::choices::Choices;
use super::{chat, cutting, fault, fill, models, openai};
use crate::domain::ModelRef;
use crate::llm::call::{Ask, Call};
use crate::llm::error::LlmError;
use crate::llm::wire::{Decode, Dialect, Framing, Head, KeyHeader, Listed, Traits, Wire, WireRequest};

/// The protocol.
#[derive(Debug)]
pub(super) struct Server;

impl Wire for Server {
    fn name(&self) -> &'static str {
        "llamacpp"
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
        let traits = Traits { dialect: Some(Dialect::LlamaCpp), ..traits.clone() };
        Ok(match &call.ask {
            Ask::Chat(turns) => chat::request(&model.model, &traits, call, turns, stream),
            Ask::Fill(gap) => fill::infill(model, call, gap, stream),
            Ask::Embed(texts) => openai::embed(model, texts),
        })
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

    fn list(&self, _: Option<Dialect>) -> Vec<WireRequest> {
        vec![body::get("/v1/models"), body::get("/props")]
    }

    fn listed(&self, nth: usize, body: &Value, known: &mut Vec<Listed>) -> Result<(), String> {
        if nth == 0 {
            models::read(body, known)?;
        } else if body["role"] != "router" {
            // A router's own properties are not those of the models behind it.
            for listed in known.iter_mut() {
                properties(body, listed);
            }
        }
        for listed in known {
            listed.dialect = Some(Dialect::LlamaCpp);
            for ability in ["chat", "schema", "logprobs"] {
                models::able(listed, ability, true);
            }
        }
        Ok(())
    }

    fn describe(&self, model: &str) -> Option<WireRequest> {
        // Asking must not load a model.
        Some(body::get(&format!("/props?model={}&autoload=false", body::segment(model))))
    }

    fn described(&self, body: &Value, known: &mut Listed) -> Result<(), String> {
        properties(body, known);
        Ok(())
    }

    fn embedded(&self, body: &Value) -> Result<Vec<Vec<f32>>, String> {
        openai::embedded(body)
    }
}

/// The window of one slot, and how many slots there are.
fn properties(props: &Value, listed: &mut Listed) {
    listed.window = models::tokens(&props["default_generation_settings"]["n_ctx"]).or(listed.window);
    listed.capacity = models::tokens(&props["total_slots"]).or(listed.capacity);
    models::able(listed, "images", props["modalities"]["vision"] == true);
}
