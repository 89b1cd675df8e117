//! Requests to fill in the middle, for every server that speaks to OpenAI's clients. The answers have `choices`, or
//! llama.cpp's own shape.

use serde_json::json;

use super::body::{self, Body};
use super::chat;
use super::fault;
use crate::domain::ModelRef;
use crate::llm::call::{Call, Fill};
use crate::llm::error::LlmError;
use crate::llm::wire::{Dialect, Traits, WireRequest};

/// The most that `DeepSeek` writes into a gap.
const DEEPSEEK_MOST: u32 = 4096;

/// The request of a gap to fill. Extra files go only where the server has a place for them.
pub(super) fn request(
    model: &ModelRef,
    traits: &Traits,
    call: &Call,
    fill: &Fill,
    stream: bool,
) -> Result<WireRequest, LlmError> {
    let mut body = Body::default();
    body.set("model", &*model.model);
    match (traits.dialect, raw_prompt(traits, fill)) {
        (Some(Dialect::LlamaCpp), _) => Ok(infill(model, call, fill, stream)),
        (Some(Dialect::Mistral), _) => {
            gap(&mut body, fill);
            chat::limits(&mut body, traits, call, stream);
            Ok(body.post("/v1/fim/completions"))
        }
        (Some(Dialect::DeepSeek), _) => {
            gap(&mut body, fill);
            chat::limits(&mut body, traits, call, stream);
            body.set("max_tokens", call.max_output.min(DEEPSEEK_MOST));
            Ok(body.post("/beta/completions"))
        }
        (_, Some(prompt)) => {
            body.set("prompt", prompt);
            Ok(completion(body, traits, call, stream))
        }
        (Some(Dialect::Ollama), None) => {
            gap(&mut body, fill);
            Ok(completion(body, traits, call, stream))
        }
        (
            Some(Dialect::OpenAi | Dialect::Vllm | Dialect::Sglang | Dialect::LmStudio | Dialect::OpenRouter)
            | None,
            None,
        ) => Err(fault::unsayable(model, "nothing is known of how it fills in the middle")),
    }
}

/// llama.cpp's `/infill`, which puts the model's own tokens around the texts.
pub(super) fn infill(model: &ModelRef, call: &Call, fill: &Fill, stream: bool) -> WireRequest {
    let extra = fill.extra.iter().map(|(name, text)| json!({"filename": &**name, "text": &**text}));
    let mut body = Body::default();
    body.set("model", &*model.model);
    body.set("input_prefix", &*fill.prefix);
    body.set("input_suffix", &*fill.suffix);
    body.set("input_extra", extra.collect::<Vec<_>>());
    body.set("prompt", "");
    body.set("n_predict", call.max_output);
    body.set("stream", stream);
    body.set("cache_prompt", true);
    body.set_some("temperature", call.temperature.map(body::temperature));
    body.set_list("stop", &call.stop);
    body.set_some("n_probs", (call.top_logprobs > 0).then_some(call.top_logprobs));
    body.post("/infill")
}

/// The texts between the model's own tokens, for servers that fill only so.
pub(super) fn raw_prompt(traits: &Traits, fill: &Fill) -> Option<String> {
    let (before, between, after) = traits.fill_tokens.as_ref()?;
    Some(format!("{before}{}{between}{}{after}", fill.prefix, fill.suffix))
}

fn gap(body: &mut Body, fill: &Fill) {
    body.set("prompt", &*fill.prefix);
    body.set("suffix", &*fill.suffix);
}

/// The older `/v1/completions`, where `logprobs` is a number and the limit is always `max_tokens`.
fn completion(mut body: Body, traits: &Traits, call: &Call, stream: bool) -> WireRequest {
    let plain =
        Traits { dialect: traits.dialect.filter(|dialect| *dialect != Dialect::OpenAi), ..traits.clone() };
    chat::limits(&mut body, &plain, call, stream);
    body.set_some("logprobs", (call.top_logprobs > 0).then_some(call.top_logprobs));
    body.post("/v1/completions")
}
