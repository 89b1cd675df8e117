//! Responses.

use super::*;

const PATH: &str = "/v1/responses";

#[test]
fn a_call_goes_out_in_its_own_words_and_is_not_stored() {
    let reasoning = Reasoning::Least("minimal".to_owned());
    let traits = Traits { dialect: Some(Dialect::OpenAi), reasoning, ..Traits::default() };
    assert_eq!(
        body(Protocol::Responses, &traits, &full(), PATH),
        json!({
            "model": "qwen3", "max_output_tokens": 64, "temperature": 0.2, "store": false, "stream": true,
            "input": [
                {"role": "system", "content": [{"type": "input_text", "text": "Be brief."}]},
                {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
            ],
            "include": ["message.output_text.logprobs"], "top_logprobs": 5,
            "text": {"format": {"type": "json_schema", "name": "verdict", "strict": true, "schema": schema()}},
            "reasoning": {"effort": "minimal"}, "prompt_cache_key": "0000000000000007",
            "stream_options": {"include_obfuscation": false},
        })
    );
    let small = Call { max_output: 1, ..ask() };
    assert_eq!(body(Protocol::Responses, &Traits::default(), &small, PATH)["max_output_tokens"], json!(16));
    let picture = body(Protocol::Responses, &Traits::default(), &picture(), PATH);
    let image = json!({"type": "input_image", "image_url": "data:image/png;base64,iVBORw=="});
    assert_eq!(picture["input"][0]["content"][1], image);
    assert!(refuses(Protocol::Responses, &Traits::default(), &gap()));
}

#[test]
fn a_stream_is_read_wherever_it_is_cut() {
    let stream = named(&[
        (
            "response.created",
            r#"{"type":"response.created","response":{"object":"response","status":"in_progress","error":null}}"#,
        ),
        (
            "response.reasoning_summary_text.delta",
            r#"{"type":"response.reasoning_summary_text.delta","delta":"Hm — "}"#,
        ),
        (
            "response.output_text.delta",
            r#"{"type":"response.output_text.delta","delta":"naïve 🦀","logprobs":[{"token":"naïve 🦀","logprob":-0.5,"top_logprobs":[]}]}"#,
        ),
        ("response.output_text.done", r#"{"type":"response.output_text.done","text":"naïve 🦀"}"#),
        (
            "response.completed",
            r#"{"type":"response.completed","response":{"object":"response","status":"completed","error":null,"output":[{"type":"message","content":[{"type":"output_text","text":"naïve 🦀"}]}],"usage":{"input_tokens":12,"input_tokens_details":{"cached_tokens":8},"output_tokens":4}}}"#,
        ),
    ]);
    let expected = [
        thought("Hm — "),
        text("naïve 🦀"),
        token("naïve 🦀", -0.5, &[]),
        stop(StopReason::End),
        counted(12, Some(8), 4),
    ];
    assert_eq!(read(Protocol::Responses, Framing::Events, &stream), expected, "the text is not given twice");
}

#[test]
fn a_whole_answer_is_read_like_a_stream() {
    let whole = br#"{"object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"error":null,"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm"}]},{"type":"message","content":[{"type":"output_text","text":"Hi","logprobs":[]}]}],"usage":{"input_tokens":3,"output_tokens":5}}"#;
    let expected = [thought("Hm"), text("Hi"), stop(StopReason::Length), counted(3, None, 5)];
    assert_eq!(read(Protocol::Responses, Framing::Whole, whole), expected);
}

#[test]
fn a_refusal_and_a_filter_are_refusals() {
    let refused = named(&[
        ("response.refusal.delta", r#"{"type":"response.refusal.delta","delta":"I cannot."}"#),
        ("response.completed", r#"{"type":"response.completed","response":{"status":"completed"}}"#),
    ]);
    let expected = [stop(StopReason::Refused("I cannot.".to_owned()))];
    assert_eq!(read(Protocol::Responses, Framing::Events, &refused), expected);
    let filtered = named(&[(
        "response.incomplete",
        r#"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"content_filter"}}}"#,
    )]);
    let expected = [stop(StopReason::Refused("filtered by the provider".to_owned()))];
    assert_eq!(read(Protocol::Responses, Framing::Events, &filtered), expected);
}

#[test]
fn failures_are_typed() {
    for (name, data, kind) in [
        (
            "response.failed",
            r#"{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"m"}}}"#,
            "server",
        ),
        (
            "response.failed",
            r#"{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"}}}"#,
            "rate",
        ),
        (
            "error",
            r#"{"type":"error","code":"context_length_exceeded","message":"too long","param":null}"#,
            "context_length",
        ),
        ("error", r#"{"error":{"type":"invalid_request_error","message":"m"}}"#, "rejected"),
    ] {
        let (chunks, error) = fails(Protocol::Responses, Framing::Events, &named(&[(name, data)]));
        assert_eq!((chunks, error.kind()), (Vec::new(), kind), "{data}");
    }
}
