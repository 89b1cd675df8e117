//! Requests for chat completions: what all servers take, and what each dialect takes besides.

use serde_json::{Value, json};

use super::body::{self, Body};
use super::tools;
use crate::llm::call::{Call, Format, Message, Part, Thinking};
use crate::llm::tool::{ToolCall, ToolResult};
use crate::llm::wire::{Dialect, Reasoning, Traits, WireRequest};

/// Most alternatives a token that servers give.
const MOST_ALTERNATIVES: u8 = 20;

/// The request of a conversation.
pub(super) fn request(
    model: &str,
    traits: &Traits,
    call: &Call,
    turns: &[Message],
    stream: bool,
) -> WireRequest {
    let dialect = traits.dialect;
    let marks = dialect == Some(Dialect::OpenRouter);
    let mut body = Body::default();
    body.set("model", model);
    body.set("messages", turns.iter().flat_map(|turn| messages(turn, marks)).collect::<Vec<_>>());
    if !call.tools.is_empty() {
        body.set("tools", tools::functions(&call.tools));
    }
    limits(&mut body, traits, call, stream);
    if call.top_logprobs > 0 && !traits.plain_sampling && dialect != Some(Dialect::Mistral) {
        body.set("logprobs", true);
        body.set("top_logprobs", call.top_logprobs.min(MOST_ALTERNATIVES));
    }
    format(&mut body, dialect, &call.format);
    if call.thinking == Thinking::Off {
        turn_down(&mut body, dialect, &traits.reasoning);
    }
    if dialect == Some(Dialect::OpenAi) {
        body.set_some("prompt_cache_key", call.affinity.map(|number| format!("{number:016x}")));
    }
    if dialect == Some(Dialect::LlamaCpp) {
        body.set("cache_prompt", true);
    }
    body.post("/v1/chat/completions")
}

/// The fields that chats and completions share: limit, sampling, stops, streaming.
pub(super) fn limits(body: &mut Body, traits: &Traits, call: &Call, stream: bool) {
    let limit = if traits.dialect == Some(Dialect::OpenAi) { "max_completion_tokens" } else { "max_tokens" };
    body.set(limit, call.max_output);
    if !traits.plain_sampling {
        body.set_some("temperature", call.temperature.map(body::temperature));
        body.set_list("stop", &call.stop);
    }
    if !stream {
        return;
    }
    body.set("stream", true);
    match traits.dialect {
        // Counts come by themselves, and the field is refused.
        Some(Dialect::Mistral) => {}
        Some(Dialect::OpenAi) => {
            body.set("stream_options", json!({"include_usage": true, "include_obfuscation": false}));
        }
        Some(
            Dialect::Vllm
            | Dialect::Sglang
            | Dialect::LmStudio
            | Dialect::OpenRouter
            | Dialect::DeepSeek
            | Dialect::LlamaCpp
            | Dialect::Ollama,
        )
        | None => body.set("stream_options", json!({"include_usage": true})),
    }
}

/// A turn as messages: what calls came to has one each.
fn messages(turn: &Message, marks: bool) -> Vec<Value> {
    let result =
        |result: &ToolResult| json!({"role": "tool", "tool_call_id": &*result.id, "content": &*result.text});
    let mut messages: Vec<Value> = tools::returned(turn).map(result).collect();
    if tools::says_more(turn) {
        messages.push(message(turn, marks));
    }
    messages
}

fn message(turn: &Message, marks: bool) -> Value {
    let marked = marks && turn.cache;
    let content = match body::plain(turn) {
        Some(text) if !marked => Value::from(text),
        Some(_) | None => parts(turn, marked),
    };
    let mut message = json!({"role": body::role(turn.role), "content": content});
    let calls: Vec<Value> = tools::called(turn).map(call_of).collect();
    if !calls.is_empty() {
        message["tool_calls"] = Value::Array(calls);
    }
    message
}

fn call_of(call: &ToolCall) -> Value {
    let function = json!({"name": &*call.name, "arguments": sound(call)});
    let mut value = json!({"id": &*call.id, "type": "function", "function": function});
    if let Some(signature) = &call.signature {
        value["extra_content"] = json!({"google": {"thought_signature": &**signature}});
    }
    value
}

/// The arguments of a call; templates that read them choke on what is no object.
fn sound(call: &ToolCall) -> String {
    let readable = serde_json::from_str::<Value>(&call.arguments).is_ok_and(|value| value.is_object());
    if readable { call.arguments.to_string() } else { "{}".to_owned() }
}

fn parts(turn: &Message, marked: bool) -> Value {
    let mut parts: Vec<Value> = turn
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(json!({"type": "text", "text": &**text})),
            Part::Image { mime, bytes } => {
                Some(json!({"type": "image_url", "image_url": {"url": body::data_url(mime, bytes)}}))
            }
            Part::Called(_) | Part::Returned(_) => None,
        })
        .collect();
    if let Some(last) = parts.last_mut().filter(|_| marked) {
        last["cache_control"] = json!({"type": "ephemeral"});
    }
    Value::Array(parts)
}

fn format(body: &mut Body, dialect: Option<Dialect>, format: &Format) {
    match format {
        Format::Text => {}
        Format::Choice(words) => match dialect {
            Some(Dialect::Vllm) => body.set("structured_outputs", json!({"choice": words})),
            Some(Dialect::Sglang) => body.set("regex", alternatives(words)),
            Some(Dialect::LlamaCpp) => body.set("grammar", body::grammar_of(words)),
            Some(
                Dialect::OpenAi
                | Dialect::LmStudio
                | Dialect::OpenRouter
                | Dialect::Mistral
                | Dialect::DeepSeek
                | Dialect::Ollama,
            )
            | None => {}
        },
        Format::Json { .. } if dialect == Some(Dialect::DeepSeek) => {
            body.set("response_format", json!({"type": "json_object"}));
        }
        Format::Json { name, schema } => body.set(
            "response_format",
            json!({
                "type": "json_schema",
                "json_schema": {"name": name, "strict": body::is_strict(schema), "schema": &**schema},
            }),
        ),
    }
}

/// A regular expression for one of these words.
fn alternatives(words: &[&str]) -> String {
    let escaped = words.iter().map(|word| {
        word.chars().fold(String::new(), |mut out, c| {
            if c.is_ascii_punctuation() {
                out.push('\\');
            }
            out.push(c);
            out
        })
    });
    format!("({})", escaped.collect::<Vec<_>>().join("|"))
}

fn turn_down(body: &mut Body, dialect: Option<Dialect>, reasoning: &Reasoning) {
    match (dialect, reasoning) {
        (Some(Dialect::OpenRouter), Reasoning::Least(word)) => body.set("reasoning", json!({"effort": word})),
        (Some(Dialect::OpenRouter), Reasoning::Switch) => body.set("reasoning", json!({"enabled": false})),
        (_, Reasoning::Least(word)) => body.set("reasoning_effort", word.as_str()),
        // Templates ignore what they do not name; they name it in one of these two ways.
        (
            Some(Dialect::Vllm | Dialect::Sglang | Dialect::LlamaCpp),
            Reasoning::Switch | Reasoning::Unknown,
        ) => {
            body.set("chat_template_kwargs", json!({"enable_thinking": false, "thinking": false}));
        }
        (Some(Dialect::DeepSeek), Reasoning::Switch | Reasoning::Unknown) => {
            body.set("thinking", json!({"type": "disabled"}));
        }
        (Some(Dialect::Ollama), Reasoning::Switch) => body.set("reasoning_effort", "none"),
        (
            Some(
                Dialect::OpenAi
                | Dialect::LmStudio
                | Dialect::Mistral
                | Dialect::Ollama
                | Dialect::OpenRouter,
            )
            | None,
            Reasoning::Switch | Reasoning::Unknown,
        )
        | (_, Reasoning::Never) => {}
    }
}
