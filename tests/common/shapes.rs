//! What a server of each protocol sends: a streamed answer, a whole one, errors. Names and order as the services
//! document them; the same text, counts and stop reason in each.

use std::fmt::Write as _;

use quarry::config::Protocol;
use serde_json::{Value, json};

use super::answer::Answer;

/// Prompt tokens that every answer here reports, those from the cache included.
pub const PROMPT: u64 = 12;
/// Prompt tokens from the cache, where the protocol can say it.
pub const CACHED: u64 = 4;

/// The protocols that speak HTTP.
pub const ALL: [Protocol; 6] = [
    Protocol::OpenAi,
    Protocol::Responses,
    Protocol::Anthropic,
    Protocol::Gemini,
    Protocol::Ollama,
    Protocol::LlamaCpp,
];

/// The route of a streamed chat with the model `m`.
pub const fn route(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::OpenAi | Protocol::LlamaCpp | Protocol::Gguf => "POST /v1/chat/completions",
        Protocol::Responses => "POST /v1/responses",
        Protocol::Anthropic => "POST /v1/messages",
        Protocol::Gemini => "POST /v1beta/models/m:*",
        Protocol::Ollama => "POST /api/chat",
    }
}

/// The records of an answer that says these pieces and ends by itself: JSON, with the event's name where there are names.
pub fn records(protocol: Protocol, pieces: &[&str]) -> Vec<(&'static str, Value)> {
    let output = pieces.len() as u64;
    let whole = pieces.concat();
    match protocol {
        Protocol::OpenAi | Protocol::LlamaCpp | Protocol::Gguf => chat_records(pieces),
        Protocol::Responses => {
            let mut records = vec![(
                "response.created",
                json!({"type": "response.created", "response": {"id": "r", "status": "in_progress"}}),
            )];
            records.extend(pieces.iter().map(|piece| {
                ("response.output_text.delta", json!({"type": "response.output_text.delta", "item_id": "i", "output_index": 0, "content_index": 0, "delta": piece}))
            }));
            records.push((
                "response.output_text.done",
                json!({"type": "response.output_text.done", "text": whole}),
            ));
            records.push((
                "response.completed",
                json!({"type": "response.completed", "response": response(&whole, output)}),
            ));
            records
        }
        Protocol::Anthropic => {
            let mut records = vec![
                (
                    "message_start",
                    json!({"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant", "content": [], "stop_reason": null,
                    "usage": {"input_tokens": PROMPT - CACHED, "cache_read_input_tokens": CACHED, "cache_creation_input_tokens": 0, "output_tokens": 1}}}),
                ),
                (
                    "content_block_start",
                    json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
                ),
                ("ping", json!({"type": "ping"})),
            ];
            records.extend(pieces.iter().map(|piece| {
                ("content_block_delta", json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}))
            }));
            records.push(("content_block_stop", json!({"type": "content_block_stop", "index": 0})));
            records.push(("message_delta", json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": output}})));
            records.push(("message_stop", json!({"type": "message_stop"})));
            records
        }
        Protocol::Gemini => {
            let mut records: Vec<_> = pieces.iter().map(|piece| ("", gemini(piece, None, output))).collect();
            records.push(("", gemini("", Some("STOP"), output)));
            records
        }
        Protocol::Ollama => {
            let mut records: Vec<_> = pieces
                .iter()
                .map(|piece| ("", json!({"model": "m", "message": {"role": "assistant", "content": piece}, "done": false})))
                .collect();
            records.push(("", ollama_end("", output)));
            records
        }
    }
}

/// A streamed answer that makes these calls of tools, each by name and arguments, and says nothing. Arguments come in two
/// pieces where the protocol streams them.
pub fn calling(protocol: Protocol, calls: &[(&str, Value)]) -> Answer {
    stream_of(protocol, called(protocol, calls))
}

fn called(protocol: Protocol, calls: &[(&str, Value)]) -> Vec<(&'static str, Value)> {
    let mut records = Vec::new();
    for (nth, (name, arguments)) in calls.iter().enumerate() {
        let text = arguments.to_string();
        let (begin, rest) = text.split_at(text.floor_char_boundary(text.len() / 2));
        let id = format!("call_{nth}");
        match protocol {
            Protocol::OpenAi | Protocol::LlamaCpp | Protocol::Gguf => {
                let first = json!({"index": nth, "id": id, "type": "function", "function": {"name": name, "arguments": begin}});
                for call in [first, json!({"index": nth, "function": {"arguments": rest}})] {
                    records.push(("", json!({"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": null}]})));
                }
            }
            Protocol::Responses => {
                let item = json!({"type": "function_call", "id": format!("f{nth}"), "call_id": id, "name": name, "arguments": ""});
                records.push((
                    "response.output_item.added",
                    json!({"type": "response.output_item.added", "output_index": nth, "item": item}),
                ));
                for delta in [begin, rest] {
                    records.push(("response.function_call_arguments.delta", json!({"type": "response.function_call_arguments.delta", "item_id": format!("f{nth}"), "output_index": nth, "delta": delta})));
                }
            }
            Protocol::Anthropic => {
                records.push(("content_block_start", json!({"type": "content_block_start", "index": nth, "content_block": {"type": "tool_use", "id": id, "name": name, "input": {}}})));
                for piece in [begin, rest] {
                    records.push(("content_block_delta", json!({"type": "content_block_delta", "index": nth, "delta": {"type": "input_json_delta", "partial_json": piece}})));
                }
                records.push(("content_block_stop", json!({"type": "content_block_stop", "index": nth})));
            }
            Protocol::Gemini => {
                let part = json!({"functionCall": {"name": name, "args": arguments}});
                records.push((
                    "",
                    json!({"candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}]}),
                ));
            }
            Protocol::Ollama => {
                let call = json!({"function": {"index": nth, "name": name, "arguments": arguments}});
                records.push(("", json!({"model": "m", "message": {"role": "assistant", "content": "", "tool_calls": [call]}, "done": false})));
            }
        }
    }
    records.push(match protocol {
        Protocol::OpenAi | Protocol::LlamaCpp | Protocol::Gguf => {
            ("", json!({"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}))
        }
        Protocol::Responses => {
            ("response.completed", json!({"type": "response.completed", "response": response("", 1)}))
        }
        Protocol::Anthropic => {
            ("message_delta", json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 1}}))
        }
        Protocol::Gemini => ("", gemini("", Some("STOP"), 1)),
        Protocol::Ollama => ("", ollama_end("", 1)),
    });
    if protocol == Protocol::Anthropic {
        records.push(("message_stop", json!({"type": "message_stop"})));
    }
    records
}

/// A streamed answer, one record a piece, with blanks and ends of lines as the service sends them.
pub fn streamed(protocol: Protocol, pieces: &[&str]) -> Answer {
    stream_of(protocol, records(protocol, pieces))
}

/// These records as a stream.
pub fn stream_of(protocol: Protocol, records: Vec<(&'static str, Value)>) -> Answer {
    if protocol == Protocol::Ollama {
        return Answer::lines(records.into_iter().map(|(_, record)| record));
    }
    let mut events: Vec<String> =
        records.iter().map(|(name, record)| event(name, &record.to_string(), "\n")).collect();
    if has_done_mark(protocol) {
        events.push("data: [DONE]\n\n".to_owned());
    }
    Answer::events(events)
}

/// Whether the stream ends with `data: [DONE]`.
pub const fn has_done_mark(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::OpenAi | Protocol::LlamaCpp | Protocol::Gguf)
}

/// One server-sent event; data of several lines becomes several fields.
pub fn event(name: &str, data: &str, end: &str) -> String {
    let mut event = String::new();
    if !name.is_empty() {
        let _ = write!(event, "event: {name}{end}");
    }
    for line in data.lines() {
        let _ = write!(event, "data: {line}{end}");
    }
    event + end
}

/// The same answer in one piece of JSON.
pub fn whole(protocol: Protocol, text: &str) -> Value {
    match protocol {
        Protocol::OpenAi | Protocol::LlamaCpp | Protocol::Gguf => json!({
            "id": "c", "object": "chat.completion", "model": "m",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": chat_usage(1),
        }),
        Protocol::Responses => response(text, 1),
        Protocol::Anthropic => json!({
            "id": "m", "type": "message", "role": "assistant", "model": "m",
            "content": [{"type": "text", "text": text}], "stop_reason": "end_turn",
            "usage": {"input_tokens": PROMPT - CACHED, "cache_read_input_tokens": CACHED, "cache_creation_input_tokens": 0, "output_tokens": 1},
        }),
        Protocol::Gemini => gemini(text, Some("STOP"), 1),
        Protocol::Ollama => ollama_end(text, 1),
    }
}

/// The answer that a request asks for: streamed or whole.
pub fn as_asked(protocol: Protocol, request: &super::server::Request, pieces: &[&str]) -> Answer {
    let streams = match protocol {
        Protocol::Gemini => request.path.ends_with(":streamGenerateContent"),
        Protocol::Ollama => request.json()["stream"] != false,
        Protocol::OpenAi
        | Protocol::LlamaCpp
        | Protocol::Gguf
        | Protocol::Responses
        | Protocol::Anthropic => request.json()["stream"] == true,
    };
    if streams { streamed(protocol, pieces) } else { Answer::json(200, &whole(protocol, &pieces.concat())) }
}

/// The body of an error as the service words it.
pub fn error(protocol: Protocol, kind: &str, message: &str) -> Value {
    match protocol {
        Protocol::OpenAi | Protocol::Responses => {
            json!({"error": {"message": message, "type": kind, "param": null, "code": kind}})
        }
        Protocol::LlamaCpp | Protocol::Gguf => {
            json!({"error": {"code": 500, "message": message, "type": kind}})
        }
        Protocol::Anthropic => {
            json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "q"})
        }
        Protocol::Gemini => json!({"error": {"code": 500, "message": message, "status": kind}}),
        Protocol::Ollama => json!({"error": message}),
    }
}

fn chat_records(pieces: &[&str]) -> Vec<(&'static str, Value)> {
    let chunk = |delta: Value, finish: Value| {
        (
            "",
            json!({"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}),
        )
    };
    let mut records = vec![chunk(json!({"role": "assistant", "content": null}), Value::Null)];
    records.extend(pieces.iter().map(|piece| chunk(json!({"content": piece}), Value::Null)));
    records.push(chunk(json!({}), json!("stop")));
    records.push(("", json!({"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": chat_usage(pieces.len() as u64)})));
    records
}

fn chat_usage(output: u64) -> Value {
    json!({"prompt_tokens": PROMPT, "completion_tokens": output, "total_tokens": PROMPT + output, "prompt_tokens_details": {"cached_tokens": CACHED}})
}

fn response(text: &str, output: u64) -> Value {
    json!({
        "id": "r", "object": "response", "status": "completed", "model": "m", "error": null,
        "output": [{"type": "message", "role": "assistant", "status": "completed", "content": [{"type": "output_text", "text": text, "annotations": []}]}],
        "usage": {"input_tokens": PROMPT, "input_tokens_details": {"cached_tokens": CACHED}, "output_tokens": output, "total_tokens": PROMPT + output},
    })
}

fn gemini(text: &str, finish: Option<&str>, output: u64) -> Value {
    let mut candidate = json!({"content": {"role": "model", "parts": [{"text": text}]}, "index": 0});
    if let Some(finish) = finish {
        candidate["finishReason"] = json!(finish);
    }
    json!({
        "candidates": [candidate],
        "usageMetadata": {"promptTokenCount": PROMPT, "cachedContentTokenCount": CACHED, "candidatesTokenCount": output},
        "modelVersion": "m",
    })
}

fn ollama_end(text: &str, output: u64) -> Value {
    json!({
        "model": "m", "message": {"role": "assistant", "content": text}, "done": true, "done_reason": "stop",
        "prompt_eval_count": PROMPT, "eval_count": output, "total_duration": 5_000_000, "eval_duration": 1_000_000,
    })
}
