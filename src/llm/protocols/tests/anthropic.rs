//! Messages.

use super::*;

const PATH: &str = "/v1/messages";

#[test]
fn system_turns_stand_apart_and_what_stays_the_same_is_marked() {
    let request = sent(Protocol::Anthropic, &Traits::default(), &full());
    assert_eq!(request.headers, [("anthropic-version", "2023-06-01".to_owned())]);
    assert_eq!(wire(Protocol::Anthropic).key_header(), crate::llm::wire::KeyHeader::Named("x-api-key"));
    assert_eq!(
        body(Protocol::Anthropic, &Traits::default(), &full(), PATH),
        json!({
            "model": "qwen3", "max_tokens": 64, "temperature": 0.2, "stop_sequences": ["END"], "stream": true,
            "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
            "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
            "output_config": {"format": {"type": "json_schema", "schema": schema()}},
        }),
        "neither log-probabilities nor thinking are asked for"
    );
    let picture = body(Protocol::Anthropic, &Traits::default(), &picture(), PATH);
    let source = json!({"type": "base64", "media_type": "image/png", "data": "iVBORw=="});
    assert_eq!(picture["messages"][0]["content"][1], json!({"type": "image", "source": source}));
    assert!(refuses(Protocol::Anthropic, &Traits::default(), &gap()));
}

#[test]
fn what_the_service_refuses_is_left_out() {
    let marked = |text: &str| Message { cache: true, ..Message::text(Role::User, text) };
    let turns = ["a", "", "b", "c", "d", "e", "f"].map(marked).to_vec();
    let call = Call {
        stop: vec!["\n".to_owned(), "END".to_owned()],
        temperature: Some(1.5),
        ..Call::chat(TaskKind::Chat, turns, 8)
    };
    let sent = body(Protocol::Anthropic, &Traits::default(), &call, PATH);
    assert_eq!((&sent["stop_sequences"], &sent["temperature"]), (&json!(["END"]), &json!(1.0)));
    let messages = sent["messages"].as_array().expect("messages");
    let marks: Vec<bool> = messages.iter().map(|one| !one["content"][0]["cache_control"].is_null()).collect();
    assert_eq!(marks, [true, false, false, true, true, true], "four marks, and no empty text");
}

#[test]
fn a_stream_is_read_wherever_it_is_cut() {
    let stream = named(&[
        (
            "message_start",
            r#"{"type":"message_start","message":{"id":"m","content":[],"usage":{"input_tokens":1,"cache_read_input_tokens":12,"cache_creation_input_tokens":3,"output_tokens":1}}}"#,
        ),
        (
            "content_block_start",
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
        ),
        (
            "content_block_delta",
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm — "}}"#,
        ),
        (
            "content_block_delta",
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQ"}}"#,
        ),
        ("ping", r#"{"type":"ping"}"#),
        (
            "content_block_start",
            r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        ),
        (
            "content_block_delta",
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"naïve 🦀"}}"#,
        ),
        ("content_block_stop", r#"{"type":"content_block_stop","index":1}"#),
        (
            "message_delta",
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}}"#,
        ),
        ("message_stop", r#"{"type":"message_stop"}"#),
    ]);
    let expected = [
        counted(16, Some(12), 1),
        thought("Hm — "),
        text("naïve 🦀"),
        counted(16, Some(12), 15),
        stop(StopReason::End),
    ];
    assert_eq!(
        read(Protocol::Anthropic, Framing::Events, &stream),
        expected,
        "cached tokens are prompt tokens"
    );
}

#[test]
fn a_whole_answer_is_read_like_a_stream() {
    for (reason, expected) in [
        ("max_tokens", StopReason::Length),
        ("stop_sequence", StopReason::End),
        ("model_context_window_exceeded", StopReason::WindowFull),
        ("refusal", StopReason::Refused("the provider stopped the answer".to_owned())),
        ("pause_turn", StopReason::Other("pause_turn".to_owned())),
    ] {
        let whole = format!(
            r#"{{"type":"message","content":[{{"type":"text","text":"Hi"}}],"stop_reason":"{reason}","usage":{{"input_tokens":9,"output_tokens":2}}}}"#
        );
        let expected = [text("Hi"), counted(9, None, 2), stop(expected)];
        assert_eq!(read(Protocol::Anthropic, Framing::Whole, whole.as_bytes()), expected);
    }
}

#[test]
fn an_error_in_the_stream_is_typed() {
    let begun = (
        "content_block_delta",
        r#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"}}"#,
    );
    for (kind, expected) in [
        ("overloaded_error", "server"),
        ("api_error", "server"),
        ("rate_limit_error", "rate"),
        ("authentication_error", "auth"),
        ("invalid_request_error", "rejected"),
    ] {
        let error =
            format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"why"}},"request_id":"r"}}"#);
        let stream = named(&[begun, ("error", &error)]);
        let (chunks, error) = fails(Protocol::Anthropic, Framing::Events, &stream);
        assert_eq!((chunks, error.kind()), (vec![text("Hi")], expected), "{kind}");
    }
}

#[test]
fn lists_tell_windows_and_abilities() {
    let answer = json!({"data": [{
        "id": "opus", "type": "model", "max_input_tokens": 200_000, "max_tokens": 64_000,
        "capabilities": {"image_input": {"supported": true}, "structured_outputs": {"supported": true}},
    }]});
    let known = listed(Protocol::Anthropic, None, &[answer]);
    assert_eq!((known[0].window, known[0].max_output), (Some(200_000), Some(64_000)));
    assert_eq!(known[0].abilities, ["schema", "images"]);
}
