//! Chat completions.

use super::*;

const PATH: &str = "/v1/chat/completions";

fn dialect(dialect: Dialect) -> Traits {
    Traits { dialect: Some(dialect), ..Traits::default() }
}

fn field(traits: &Traits, call: &Call, name: &str) -> Value {
    body(Protocol::OpenAi, traits, call, PATH)[name].clone()
}

#[test]
fn an_unknown_server_gets_what_all_servers_take() {
    assert_eq!(
        body(Protocol::OpenAi, &Traits::default(), &full(), PATH),
        json!({
            "model": "qwen3",
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
            "max_tokens": 64, "temperature": 0.2, "stop": ["END"],
            "stream": true, "stream_options": {"include_usage": true},
            "logprobs": true, "top_logprobs": 5,
            "response_format": {"type": "json_schema",
                "json_schema": {"name": "verdict", "strict": true, "schema": schema()}},
        })
    );
}

#[test]
fn openai_itself_gets_its_own_fields() {
    let traits = Traits {
        plain_sampling: true,
        reasoning: Reasoning::Least("minimal".to_owned()),
        ..dialect(Dialect::OpenAi)
    };
    let call = Call { format: Format::Text, ..full() };
    assert_eq!(
        body(Protocol::OpenAi, &traits, &call, PATH),
        json!({
            "model": "qwen3",
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
            "max_completion_tokens": 64,
            "stream": true, "stream_options": {"include_usage": true, "include_obfuscation": false},
            "reasoning_effort": "minimal", "prompt_cache_key": "0000000000000007",
        }),
        "a reasoning model takes neither temperature nor stops nor log-probabilities"
    );
}

#[test]
fn a_choice_is_asked_for_in_each_servers_own_words() {
    let call = Call { format: Format::Choice(&["yes", "no"]), ..ask() };
    assert_eq!(field(&dialect(Dialect::Vllm), &call, "structured_outputs"), json!({"choice": ["yes", "no"]}));
    assert_eq!(field(&dialect(Dialect::Sglang), &call, "regex"), json!("(yes|no)"));
    assert_eq!(field(&dialect(Dialect::LlamaCpp), &call, "grammar"), json!("root ::= \"yes\" | \"no\""));
    let free = body(Protocol::OpenAi, &Traits::default(), &call, PATH);
    assert_eq!(free.as_object().expect("an object").len(), 5, "nothing is added elsewhere: {free}");
}

#[test]
fn reasoning_is_turned_down_in_each_servers_own_words() {
    let call = Call { thinking: Thinking::Off, ..ask() };
    let off = |known, reasoning| {
        let traits = Traits { reasoning, ..dialect(known) };
        let mut sent = body(Protocol::OpenAi, &traits, &call, PATH);
        let plain = body(Protocol::OpenAi, &traits, &ask(), PATH);
        let fields = sent.as_object_mut().expect("an object");
        plain.as_object().expect("an object").keys().for_each(|name| drop(fields.remove(name)));
        sent
    };
    let least = || Reasoning::Least("low".to_owned());
    let template = json!({"chat_template_kwargs": {"enable_thinking": false, "thinking": false}});
    assert_eq!(off(Dialect::Vllm, Reasoning::Unknown), template);
    assert_eq!(off(Dialect::Sglang, Reasoning::Switch), template);
    assert_eq!(off(Dialect::Vllm, Reasoning::Never), json!({}));
    assert_eq!(off(Dialect::DeepSeek, Reasoning::Unknown), json!({"thinking": {"type": "disabled"}}));
    assert_eq!(off(Dialect::OpenRouter, Reasoning::Switch), json!({"reasoning": {"enabled": false}}));
    assert_eq!(off(Dialect::OpenRouter, Reasoning::Unknown), json!({}), "some models there refuse it");
    assert_eq!(off(Dialect::OpenAi, least()), json!({"reasoning_effort": "low"}));
    assert_eq!(off(Dialect::OpenAi, Reasoning::Unknown), json!({}));
}

#[test]
fn fields_that_a_service_refuses_stay_away() {
    let mistral = body(Protocol::OpenAi, &dialect(Dialect::Mistral), &full(), PATH);
    assert!(mistral["logprobs"].is_null() && mistral["stream_options"].is_null(), "{mistral}");
    let format = field(&dialect(Dialect::DeepSeek), &full(), "response_format");
    assert_eq!(format, json!({"type": "json_object"}));
    let whole =
        wire(Protocol::OpenAi).request(&model(), &Traits::default(), &ask(), false).expect("a request");
    let whole = whole.body.expect("a body");
    assert!(whole["stream"].is_null() && whole["stream_options"].is_null(), "{whole}");
}

#[test]
fn a_schema_that_is_not_closed_is_not_called_strict() {
    let open = json!({"type": "object", "properties": {"yes": {"type": "boolean"}}});
    let call = Call { format: Format::Json { name: "v", schema: Arc::new(open) }, ..ask() };
    let format = field(&Traits::default(), &call, "response_format");
    assert_eq!(format["json_schema"]["strict"], json!(false));
}

#[test]
fn pictures_go_as_data_and_cache_marks_where_they_are_read() {
    let content = &field(&Traits::default(), &picture(), "messages")[0]["content"];
    assert_eq!(
        *content,
        json!([
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
        ])
    );
    let marked = &field(&dialect(Dialect::OpenRouter), &ask(), "messages")[0]["content"];
    assert_eq!(
        *marked,
        json!([{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}])
    );
}

#[test]
fn a_gap_goes_to_the_place_where_each_server_fills() {
    let mistral = body(Protocol::OpenAi, &dialect(Dialect::Mistral), &gap(), "/v1/fim/completions");
    assert_eq!(
        mistral,
        json!({"model": "qwen3", "prompt": "fn a() {", "suffix": "}", "max_tokens": 32, "stream": true})
    );
    let long = Call { max_output: 9000, ..gap() };
    let deepseek = body(Protocol::OpenAi, &dialect(Dialect::DeepSeek), &long, "/beta/completions");
    assert_eq!((&deepseek["suffix"], &deepseek["max_tokens"]), (&json!("}"), &json!(4096)));
    let infill = body(Protocol::OpenAi, &dialect(Dialect::LlamaCpp), &gap(), "/infill");
    assert_eq!(infill["input_extra"], json!([{"filename": "b.rs", "text": "fn b() {}"}]));
    let fill_tokens = Some(("<P>".to_owned(), "<S>".to_owned(), "<M>".to_owned()));
    let traits = Traits { fill_tokens, ..dialect(Dialect::Vllm) };
    let raw = body(Protocol::OpenAi, &traits, &gap(), "/v1/completions");
    assert_eq!((&raw["prompt"], &raw["suffix"]), (&json!("<P>fn a() {<S>}<M>"), &Value::Null));
    assert!(refuses(Protocol::OpenAi, &dialect(Dialect::Vllm), &gap()), "its tokens are not known");
}

#[test]
fn a_stream_is_read_wherever_it_is_cut() {
    let stream = events(&[
        r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}],"usage":null}"#,
        r#"{"choices":[{"index":0,"delta":{"reasoning_content":"Hm — "}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"naïve "},"logprobs":null}]}"#,
        r#"{"choices":[{"index":1,"delta":{"content":"not mine"}},{"index":0,"delta":{"content":"中文 🦀"}}]}"#,
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        r#"{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":8}}}"#,
        "[DONE]",
    ]);
    let expected =
        [thought("Hm — "), text("naïve "), text("中文 🦀"), stop(StopReason::End), counted(12, Some(8), 5)];
    assert_eq!(read(Protocol::OpenAi, Framing::Events, &stream), expected);
}

#[test]
fn half_a_character_is_joined_from_the_bytes_of_its_tokens() {
    let stream = events(&[
        r#"{"choices":[{"delta":{"content":"\ufffd"},"logprobs":{"content":[{"token":"\ufffd","logprob":-0.5,"bytes":[228,184],"top_logprobs":[]}]}}]}"#,
        r#"{"choices":[{"delta":{"content":"\ufffd"},"logprobs":{"content":[{"token":"\ufffd","logprob":-0.25,"bytes":[173],"top_logprobs":[]}]}}]}"#,
        r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#,
    ]);
    let expected = [token("", -0.5, &[]), text("中"), token("中", -0.25, &[]), stop(StopReason::Length)];
    assert_eq!(read(Protocol::OpenAi, Framing::Events, &stream), expected);
}

#[test]
fn log_probabilities_come_best_first_in_both_forms() {
    let stream = events(&[
        r#"{"choices":[{"delta":{"content":"yes"},"logprobs":{"content":[{"token":"yes","logprob":-0.1,"bytes":[121,101,115],"top_logprobs":[{"token":"no","logprob":-2.5,"bytes":[110,111]},{"token":"yes","logprob":-0.1,"bytes":[121,101,115]}]}]},"finish_reason":"stop"}]}"#,
    ]);
    let expected = [text("yes"), token("yes", -0.1, &[("yes", -0.1), ("no", -2.5)]), stop(StopReason::End)];
    assert_eq!(read(Protocol::OpenAi, Framing::Events, &stream), expected);
    let older = events(&[
        r#"{"choices":[{"text":"yes","logprobs":{"tokens":["yes"],"token_logprobs":[-0.1],"top_logprobs":[{"no":-2.5,"yes":-0.1}],"text_offset":[0]},"finish_reason":"stop"}]}"#,
    ]);
    assert_eq!(read(Protocol::OpenAi, Framing::Events, &older), expected);
}

#[test]
fn a_whole_answer_is_read_like_a_stream() {
    let whole = br#"{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","reasoning":"Hm","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":40,"cost":0.00125}}"#;
    let usage = Counted { prompt: Some(10), cached: None, output: Some(30), micro_usd: Some(1250) };
    assert_eq!(
        read(Protocol::OpenAi, Framing::Whole, whole),
        [thought("Hm"), text("Hi"), stop(StopReason::End), Chunk::Usage(usage)],
        "reasoning that is counted in the total only is output"
    );
}

#[test]
fn the_reason_to_stop_is_read() {
    for (reason, expected) in [
        ("stop", StopReason::End),
        ("length", StopReason::Length),
        ("model_length", StopReason::WindowFull),
        ("content_filter", StopReason::Refused("filtered by the provider".to_owned())),
        ("tool_calls", StopReason::Calls),
        ("weary", StopReason::Other("weary".to_owned())),
    ] {
        let stream = events(&[&format!(r#"{{"choices":[{{"delta":{{}},"finish_reason":"{reason}"}}]}}"#)]);
        assert_eq!(read(Protocol::OpenAi, Framing::Events, &stream), [stop(expected)], "{reason}");
    }
    let refused = events(&[
        r#"{"choices":[{"delta":{"refusal":"I can"}}]}"#,
        r#"{"choices":[{"delta":{"refusal":"not."}}]}"#,
        r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
    ]);
    let expected = [stop(StopReason::Refused("I cannot.".to_owned()))];
    assert_eq!(read(Protocol::OpenAi, Framing::Events, &refused), expected);
    let untold = events(&[r#"{"choices":[{"delta":{"content":"x"}}]}"#, "[DONE]"]);
    let expected = [text("x"), stop(StopReason::Other("none given".to_owned()))];
    assert_eq!(read(Protocol::OpenAi, Framing::Events, &untold), expected);
}

#[test]
fn an_error_inside_a_stream_or_a_200_is_an_error() {
    let begun = r#"{"choices":[{"delta":{"content":"Hi"}}]}"#;
    for (record, kind) in [
        (r#"{"error":{"code":429,"message":"Provider is busy"}}"#, "rate"),
        (
            r#"{"error":{"code":502,"message":"Provider returned error"},"choices":[{"delta":{"content":""},"finish_reason":"error"}]}"#,
            "server",
        ),
        (r#"{"error":{"message":"The server had an error","type":"server_error","code":null}}"#, "server"),
        (r#"{"error":{"message":"Bad","type":"invalid_request_error"}}"#, "rejected"),
        (
            r#"{"object":"error","message":"maximum context length is 4096 tokens","code":400}"#,
            "context_length",
        ),
        (r#"{"error":"out of memory"}"#, "server"),
        ("<html>", "garbled"),
    ] {
        let (chunks, error) = fails(Protocol::OpenAi, Framing::Events, &events(&[begun, record]));
        assert_eq!((chunks, error.kind()), (vec![text("Hi")], kind), "{record}: {error}");
        let (_, error) = fails(Protocol::OpenAi, Framing::Whole, record.as_bytes());
        assert_eq!(error.kind(), kind, "{record}: {error}");
    }
}

#[test]
fn the_content_type_overrules_what_was_asked_for() {
    let wire = wire(Protocol::OpenAi);
    let typed = |kind: &str, stream| wire.framing(&head(200, &[("content-type", kind)]), stream);
    assert_eq!(typed("text/event-stream; charset=utf-8", false), Framing::Events);
    assert_eq!(typed("application/json", true), Framing::Whole);
    assert_eq!(typed("text/plain", true), Framing::Events);
    assert_eq!(wire.framing(&head(200, &[]), true), Framing::Events);
    assert_eq!(wire.framing(&head(200, &[]), false), Framing::Whole);
}

#[test]
fn lists_tell_windows_prices_abilities_and_the_server() {
    let vllm = listed(
        Protocol::OpenAi,
        None,
        &[json!({"data": [{"id": "q", "owned_by": "vllm", "max_model_len": 4096}]})],
    );
    assert_eq!((vllm[0].dialect, vllm[0].window), (Some(Dialect::Vllm), Some(4096)));
    let router = listed(
        Protocol::OpenAi,
        None,
        &[json!({"data": [{
            "id": "lab/q", "context_length": 131_072, "top_provider": {"max_completion_tokens": 8192},
            "pricing": {"prompt": "0.0000002", "completion": "0.0000006", "input_cache_read": "0.00000002"},
            "architecture": {"input_modalities": ["text", "image"]},
            "supported_parameters": ["top_logprobs", "structured_outputs"],
        }]})],
    );
    let price = router[0].price.expect("a price");
    assert!((price.input - 0.2).abs() < 1e-9 && (price.output - 0.6).abs() < 1e-9, "{price:?}");
    assert!((price.cached_input - 0.02).abs() < 1e-9, "{price:?}");
    assert_eq!((router[0].window, router[0].max_output), (Some(131_072), Some(8192)));
    assert_eq!(router[0].abilities, ["logprobs", "schema", "images"]);
    let studio = listed(
        Protocol::OpenAi,
        Some(Dialect::LmStudio),
        &[
            json!({"data": [{"id": "a"}, {"id": "b"}]}),
            json!({"models": [
                {"type": "llm", "key": "a", "max_context_length": 32768,
                 "loaded_instances": [{"id": "a", "config": {"context_length": 4096}}], "capabilities": {"vision": true}},
                {"type": "embedding", "key": "b", "max_context_length": 2048, "loaded_instances": []},
            ]}),
            json!({"data": [{"id": "a", "type": "vlm", "loaded_context_length": 4096, "max_context_length": 32768}]}),
        ],
    );
    assert_eq!((studio[0].window, studio[0].most_window), (Some(4096), Some(32768)));
    assert_eq!(
        (studio[0].abilities.as_slice(), studio[1].abilities.as_slice()),
        (&["chat", "images"][..], &["embed"][..])
    );
    assert_eq!((studio[1].window, studio[1].most_window), (None, Some(2048)), "it is not loaded");
    assert!(wire(Protocol::OpenAi).listed(0, &json!({"detail": "no"}), &mut Vec::new()).is_err());
}

#[test]
fn embeddings_come_in_the_order_of_their_texts() {
    let wire = wire(Protocol::OpenAi);
    let request = embed(wire, "e", &["a", "b"]);
    assert_eq!(request.path, "/v1/embeddings");
    assert_eq!(request.body, Some(json!({"model": "e", "input": ["a", "b"], "encoding_format": "float"})));
    let answer = json!({"data": [{"index": 1, "embedding": [0.5]}, {"index": 0, "embedding": [1.0, -2.0]}]});
    assert_eq!(wire.embedded(&answer), Ok(vec![vec![1.0, -2.0], vec![0.5]]));
    assert!(wire.embedded(&json!({"data": [{"embedding": "AAAA"}]})).is_err());
}
