//! Tools in every protocol: what is sent of them word for word, and calls as they stream.

use super::*;
use crate::llm::tool::{Tool, ToolCall, ToolCalls, ToolPiece, ToolResult};

/// A conversation in which a model made two calls and is told what they came to.
fn talk() -> Call {
    let parameters =
        json!({"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]});
    let tool = Tool { name: "drop", description: "Drops a file.", schema: parameters };
    let called = |id: &str, arguments: &str, signature: Option<&str>| {
        Part::Called(ToolCall {
            id: id.into(),
            name: "drop".into(),
            arguments: arguments.into(),
            signature: signature.map(Into::into),
        })
    };
    let returned = |id: &str, text: &str| {
        Part::Returned(ToolResult { id: id.into(), name: "drop".into(), text: text.into() })
    };
    let said = vec![
        Part::Text("Two.".into()),
        called("a", "{\"path\":\"x\"}", Some("sig")),
        called("b", "{\"pa", None),
    ];
    let told = vec![returned("a", "Taken."), returned("b", "Refused.")];
    let turn = |role, parts| Message { role, parts, cache: false };
    let turns =
        vec![Message::text(Role::User, "Drop x and y."), turn(Role::Assistant, said), turn(Role::User, told)];
    Call { tools: Arc::from([tool]), ..Call::chat(TaskKind::Command, turns, 64) }
}

fn function() -> Value {
    json!({"type": "function", "function": {"name": "drop", "description": "Drops a file.",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}}})
}

fn schema_of_drop() -> Value {
    function()["function"]["parameters"].clone()
}

#[test]
fn chat_completions_have_functions_and_a_message_for_each_result() {
    for protocol in [Protocol::OpenAi, Protocol::LlamaCpp] {
        let sent = body(protocol, &Traits::default(), &talk(), "/v1/chat/completions");
        assert_eq!(sent["tools"], json!([function()]));
        assert_eq!(
            sent["messages"],
            json!([
                {"role": "user", "content": "Drop x and y."},
                {"role": "assistant", "content": "Two.", "tool_calls": [
                    {"id": "a", "type": "function", "function": {"name": "drop", "arguments": "{\"path\":\"x\"}"},
                     "extra_content": {"google": {"thought_signature": "sig"}}},
                    {"id": "b", "type": "function", "function": {"name": "drop", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "a", "content": "Taken."},
                {"role": "tool", "tool_call_id": "b", "content": "Refused."},
            ]),
            "arguments that no template could read are left out"
        );
        let plain = body(protocol, &Traits::default(), &ask(), "/v1/chat/completions");
        assert!(plain["tools"].is_null(), "an empty list is refused by some");
    }
}

#[test]
fn responses_have_items_of_their_own() {
    let sent = body(Protocol::Responses, &Traits::default(), &talk(), "/v1/responses");
    assert_eq!(
        sent["tools"],
        json!([{"type": "function", "name": "drop", "description": "Drops a file.", "parameters": schema_of_drop(), "strict": false}])
    );
    assert_eq!(
        sent["input"],
        json!([
            {"role": "user", "content": [{"type": "input_text", "text": "Drop x and y."}]},
            {"role": "assistant", "content": [{"type": "output_text", "text": "Two."}]},
            {"type": "function_call", "call_id": "a", "name": "drop", "arguments": "{\"path\":\"x\"}"},
            {"type": "function_call", "call_id": "b", "name": "drop", "arguments": "{\"pa"},
            {"type": "function_call_output", "call_id": "a", "output": "Taken."},
            {"type": "function_call_output", "call_id": "b", "output": "Refused."},
        ])
    );
}

#[test]
fn messages_have_blocks() {
    let sent = body(Protocol::Anthropic, &Traits::default(), &talk(), "/v1/messages");
    assert_eq!(
        sent["tools"],
        json!([{"name": "drop", "description": "Drops a file.", "input_schema": schema_of_drop()}])
    );
    assert_eq!(
        sent["messages"].as_array().expect("messages")[1..],
        [
            json!({"role": "assistant", "content": [
                {"type": "text", "text": "Two."},
                {"type": "tool_use", "id": "a", "name": "drop", "input": {"path": "x"}},
                {"type": "tool_use", "id": "b", "name": "drop", "input": {}}]}),
            json!({"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": "Taken."},
                {"type": "tool_result", "tool_use_id": "b", "content": "Refused."}]}),
        ]
    );
}

#[test]
fn gemini_has_parts_and_gets_its_signatures_back() {
    let path = "/v1beta/models/qwen3:streamGenerateContent?alt=sse";
    let sent = body(Protocol::Gemini, &Traits::default(), &talk(), path);
    assert_eq!(
        sent["tools"],
        json!([{"functionDeclarations": [
            {"name": "drop", "description": "Drops a file.", "parametersJsonSchema": schema_of_drop()}]}])
    );
    assert_eq!(
        sent["contents"].as_array().expect("contents")[1..],
        [
            json!({"role": "model", "parts": [
                {"text": "Two."},
                {"functionCall": {"id": "a", "name": "drop", "args": {"path": "x"}}, "thoughtSignature": "sig"},
                {"functionCall": {"id": "b", "name": "drop", "args": {}}}]}),
            json!({"role": "user", "parts": [
                {"functionResponse": {"id": "a", "name": "drop", "response": {"output": "Taken."}}},
                {"functionResponse": {"id": "b", "name": "drop", "response": {"output": "Refused."}}}]}),
        ]
    );
}

#[test]
fn ollama_has_functions_with_arguments_as_objects() {
    let sent = body(Protocol::Ollama, &Traits::default(), &talk(), "/api/chat");
    assert_eq!(sent["tools"], json!([function()]));
    assert_eq!(
        sent["messages"].as_array().expect("messages")[1..],
        [
            json!({"role": "assistant", "content": "Two.", "tool_calls": [
                {"id": "a", "function": {"name": "drop", "arguments": {"path": "x"}}},
                {"id": "b", "function": {"name": "drop", "arguments": {}}}]}),
            json!({"role": "tool", "tool_name": "drop", "tool_call_id": "a", "content": "Taken."}),
            json!({"role": "tool", "tool_name": "drop", "tool_call_id": "b", "content": "Refused."}),
        ]
    );
}

/// The calls of a body, put together, and why it ended.
fn calls(protocol: Protocol, framing: Framing, body: &[u8]) -> (Vec<ToolCall>, Option<StopReason>) {
    let mut calls = ToolCalls::default();
    let mut stop = None;
    for chunk in read(protocol, framing, body) {
        match chunk {
            Chunk::Tool(piece) => {
                calls.take(piece);
            }
            Chunk::Stop(reason) => stop = Some(reason),
            Chunk::Text(_)
            | Chunk::Thinking(_)
            | Chunk::Logprobs(_)
            | Chunk::Vectors(_)
            | Chunk::Usage(_) => {}
        }
    }
    (calls.calls(), stop)
}

/// Two calls, by their ids.
fn two(ids: [&str; 2]) -> (Vec<ToolCall>, Option<StopReason>) {
    let call = |id: &str, path: &str| ToolCall {
        id: id.into(),
        name: "drop".into(),
        arguments: json!({"path": path}).to_string().into(),
        signature: None,
    };
    (vec![call(ids[0], "x"), call(ids[1], "y")], Some(StopReason::Calls))
}

#[test]
fn chat_completions_stream_calls_by_their_index() {
    let stream = events(&[
        r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"drop","arguments":""}}]},"finish_reason":null}]}"#,
        r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"path\""}}]},"finish_reason":null}]}"#,
        r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":\"x\"}"}}]},"finish_reason":null}]}"#,
        r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"drop","arguments":"{\"path\":\"y\"}"}}]},"finish_reason":null}]}"#,
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
        "[DONE]",
    ]);
    assert_eq!(calls(Protocol::OpenAi, Framing::Events, &stream), two(["a", "b"]));
}

#[test]
fn calls_without_numbers_or_with_the_same_one_are_told_apart() {
    let numbers = [
        r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"a","function":{"name":"drop","arguments":"{\"path\":\"x\"}"}},{"id":"b","function":{"name":"drop","arguments":{"path":"y"}}}]},"finish_reason":"tool_calls"}]}"#,
        r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"drop","arguments":"{\"path\":\"x\"}"}},{"index":0,"id":"b","function":{"name":"drop","arguments":"{\"path\":\"y\"}"}}]},"finish_reason":"tool_calls"}]}"#,
    ];
    for record in numbers {
        assert_eq!(calls(Protocol::OpenAi, Framing::Events, &events(&[record, "[DONE]"])), two(["a", "b"]));
    }
    let nameless = r#"{"choices":[{"message":{"tool_calls":[{"function":{"name":"drop","arguments":"{\"path\":\"x\"}"}},{"function":{"name":"drop","arguments":"{\"path\":\"y\"}"}}]},"finish_reason":"tool_calls"}]}"#;
    assert_eq!(calls(Protocol::OpenAi, Framing::Whole, nameless.as_bytes()), two(["call-0", "call-1"]));
}

#[test]
fn responses_stream_calls_as_items() {
    let items = r#"[{"type":"function_call","id":"f1","call_id":"a","name":"drop","arguments":"{\"path\":\"x\"}"},{"type":"function_call","id":"f2","call_id":"b","name":"drop","arguments":"{\"path\":\"y\"}"}]"#;
    let done = format!(
        r#"{{"type":"response.completed","response":{{"object":"response","status":"completed","output":{items}}}}}"#
    );
    let stream = named(&[
        (
            "response.output_item.added",
            r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","id":"f1","call_id":"a","name":"drop","arguments":""}}"#,
        ),
        (
            "response.function_call_arguments.delta",
            r#"{"type":"response.function_call_arguments.delta","item_id":"f1","output_index":0,"delta":"{\"path\""}"#,
        ),
        (
            "response.function_call_arguments.delta",
            r#"{"type":"response.function_call_arguments.delta","item_id":"f1","output_index":0,"delta":":\"x\"}"}"#,
        ),
        (
            "response.function_call_arguments.done",
            r#"{"type":"response.function_call_arguments.done","item_id":"f1","output_index":0,"arguments":"{\"path\":\"x\"}"}"#,
        ),
        (
            "response.output_item.added",
            r#"{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","id":"f2","call_id":"b","name":"drop","arguments":""}}"#,
        ),
        (
            "response.function_call_arguments.delta",
            r#"{"type":"response.function_call_arguments.delta","item_id":"f2","output_index":1,"delta":"{\"path\":\"y\"}"}"#,
        ),
        ("response.completed", &done),
    ]);
    assert_eq!(calls(Protocol::Responses, Framing::Events, &stream), two(["a", "b"]));
    let whole = format!(r#"{{"object":"response","status":"completed","output":{items}}}"#);
    assert_eq!(calls(Protocol::Responses, Framing::Whole, whole.as_bytes()), two(["a", "b"]));
}

#[test]
fn messages_stream_calls_as_blocks_between_text() {
    let stream = named(&[
        ("message_start", r#"{"type":"message_start","message":{"id":"m","content":[]}}"#),
        (
            "content_block_start",
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        ),
        (
            "content_block_delta",
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Two."}}"#,
        ),
        ("content_block_stop", r#"{"type":"content_block_stop","index":0}"#),
        (
            "content_block_start",
            r#"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"a","name":"drop","input":{}}}"#,
        ),
        (
            "content_block_delta",
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}"#,
        ),
        (
            "content_block_delta",
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"path\":"}}"#,
        ),
        (
            "content_block_delta",
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"\"x\"}"}}"#,
        ),
        ("content_block_stop", r#"{"type":"content_block_stop","index":1}"#),
        (
            "content_block_start",
            r#"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"b","name":"drop","input":{}}}"#,
        ),
        (
            "content_block_delta",
            r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"path\":\"y\"}"}}"#,
        ),
        (
            "message_delta",
            r#"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}"#,
        ),
        ("message_stop", r#"{"type":"message_stop"}"#),
    ]);
    assert_eq!(calls(Protocol::Anthropic, Framing::Events, &stream), two(["a", "b"]));
    let whole = r#"{"type":"message","content":[{"type":"text","text":"Two."},{"type":"tool_use","id":"a","name":"drop","input":{"path":"x"}},{"type":"tool_use","id":"b","name":"drop","input":{"path":"y"}}],"stop_reason":"tool_use"}"#;
    assert_eq!(calls(Protocol::Anthropic, Framing::Whole, whole.as_bytes()), two(["a", "b"]));
}

#[test]
fn gemini_sends_calls_whole_and_says_where_it_could_not_read_one() {
    let stream = events(&[
        r#"{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"id":"a","name":"drop","args":{"path":"x"}}}]},"index":0}]}"#,
        r#"{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"id":"b","name":"drop","args":{"path":"y"}}}]},"finishReason":"STOP","index":0}]}"#,
    ]);
    assert_eq!(calls(Protocol::Gemini, Framing::Events, &stream), two(["a", "b"]));
    let signed = events(&[
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"drop","args":{}},"thoughtSignature":"sig"}]},"finishReason":"STOP"}]}"#,
    ]);
    let (one, _) = calls(Protocol::Gemini, Framing::Events, &signed);
    assert_eq!((one[0].signature.as_deref(), &*one[0].id), (Some("sig"), ""));
    let broken = events(&[
        r#"{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"print(default_api.drop(path=","index":0}]}"#,
    ]);
    let (one, stop) = calls(Protocol::Gemini, Framing::Events, &broken);
    assert_eq!((&*one[0].name, &*one[0].arguments), ("", "print(default_api.drop(path="));
    assert_eq!(stop, Some(StopReason::Calls));
}

#[test]
fn ollama_sends_calls_whole_on_lines() {
    let stream = lines(&[
        r#"{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"index":0,"name":"drop","arguments":{"path":"x"}}}]},"done":false}"#,
        r#"{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"index":1,"name":"drop","arguments":{"path":"y"}}}]},"done":false}"#,
        r#"{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":5}"#,
    ]);
    assert_eq!(calls(Protocol::Ollama, Framing::Lines, &stream), two(["", ""]));
}

#[test]
fn a_server_that_takes_no_tools_is_told_from_others() {
    for (protocol, status, said) in [
        (
            Protocol::Ollama,
            400,
            json!({"error": "registry.ollama.ai/library/gemma:2b does not support tools"}),
        ),
        (
            Protocol::LlamaCpp,
            500,
            json!({"error": {"code": 500, "message": "tools param requires --jinja flag", "type": "server_error"}}),
        ),
        (
            Protocol::OpenAi,
            400,
            json!({"object": "error", "message": "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set", "code": 400}),
        ),
        (
            Protocol::OpenAi,
            404,
            json!({"error": {"message": "No endpoints found that support tool use.", "code": 404}}),
        ),
        (
            Protocol::OpenAi,
            400,
            json!({"error": {"message": "Unsupported parameter: 'tools' is not supported with this model.", "param": "tools", "code": "unsupported_parameter"}}),
        ),
        (
            Protocol::Gemini,
            400,
            json!({"error": {"code": 400, "message": "Function calling is not enabled for models/gemma-3", "status": "INVALID_ARGUMENT"}}),
        ),
    ] {
        let error = wire(protocol).failure(&model(), &head(status, &[]), said.to_string().as_bytes());
        assert_eq!(error.kind(), "no_tools", "{said}: {error:?}");
        assert!(!error.is_retryable());
    }
    let other = json!({"error": {"message": "Rate limit reached: tool calls are not supported at this tier", "type": "rate_limit_error"}});
    let error = wire(Protocol::OpenAi).failure(&model(), &head(429, &[]), other.to_string().as_bytes());
    assert_eq!(error.kind(), "rate");
}

#[test]
fn a_piece_of_nothing_is_harmless() {
    let empty = r#"{"choices":[{"index":0,"delta":{"tool_calls":[{},null,{"index":18446744073709551615,"function":[]}]},"finish_reason":"stop"}]}"#;
    let chunks = read(Protocol::OpenAi, Framing::Events, &events(&[empty, "[DONE]"]));
    let pieces = chunks
        .iter()
        .filter(|chunk| matches!(chunk, Chunk::Tool(ToolPiece { arguments, .. }) if arguments.is_empty()));
    assert_eq!(pieces.count(), 3);
}
