//! Wire protocols: one small module each, pure functions between calls and bytes.
//!
//! Invariant: a decoder never panics on what a server sends, and errors in bodies and streams are typed in one place
//! (`fault`). Field names and their sources: the public references of each service, as of November 2026.

mod anthropic;
mod body;
mod chat;
mod choices;
mod cutting;
mod fault;
mod fill;
mod gemini;
mod llamacpp;
mod logprobs;
mod models;
mod ollama;
mod openai;
mod responses;
mod retry_after;
mod surrogates;
#[cfg(test)]
mod tests;
mod tools;
mod usage;

use super::wire::Wire;
use crate::config::Protocol;

/// The protocol of a backend; `None` for models that run in process.
pub fn wire_for(protocol: Protocol) -> Option<&'static dyn Wire> {
    match protocol {
        Protocol::OpenAi => Some(&openai::Chat),
        Protocol::Responses => Some(&responses::Responses),
        Protocol::Anthropic => Some(&anthropic::Messages),
        Protocol::Gemini => Some(&gemini::Generate),
        Protocol::Ollama => Some(&ollama::Native),
        Protocol::LlamaCpp => Some(&llamacpp::Server),
        Protocol::Gguf => None,
    }
}
