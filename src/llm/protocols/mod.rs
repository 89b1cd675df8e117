//! Wire protocols: one small module each, pure functions between calls and bytes.
//!
//! Invariant: a decoder never panics on what a server sends, and errors in bodies and streams are typed in one place
//! (`fault`). Field names and their sources: the public references of each service, as of November 2026.

mod body;
mod chat;
mod choices;
mod cutting;
mod fault;
mod fill;
mod logprobs;
mod models;
mod openai;
mod retry_after;
#[cfg(test)]
mod tests;
mod usage;

use super::wire::Wire;
use crate::config::Protocol;

/// The protocol of a backend; `None` for models that run in process.
pub fn wire_for(protocol: Protocol) -> Option<&'static dyn Wire> {
    match protocol {
        Protocol::OpenAi => Some(&openai::Chat),
        Protocol::Responses
        | Protocol::Anthropic
        | Protocol::Gemini
        | Protocol::Ollama
        | Protocol::LlamaCpp
        | Protocol::Gguf => None,
    }
}
