//! Ollama's own protocol.

use super::*;

fn window(window: u32) -> Traits {
    Traits { window: Some(window), ..Traits::default() }
}

#[test]
fn a_call_asks_for_its_window_and_forbids_silent_cutting() {
    assert_eq!(
        body(Protocol::Ollama, &window(8192), &full(), "/api/chat"),
        json!({
            "model": "qwen3", "stream": true, "truncate": false, "shift": false, "think": false,
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
            "options": {"num_predict": 64, "num_ctx": 8192, "temperature": 0.2, "stop": ["END"]},
            "logprobs": true, "top_logprobs": 5, "format": schema(),
        })
    );
    let plain =
        wire(Protocol::Ollama).request(&model(), &Traits::default(), &ask(), false).expect("a request");
    let plain = plain.body.expect("a body");
    assert_eq!(plain["stream"], json!(false), "streaming is the default there");
    assert_eq!((&plain["options"], &plain["think"]), (&json!({"num_predict": 64}), &Value::Null));
    let picture = body(Protocol::Ollama, &Traits::default(), &picture(), "/api/chat");
    let message = json!({"role": "user", "content": "What is this?", "images": ["iVBORw=="]});
    assert_eq!(picture["messages"], json!([message]));
}

#[test]
fn reasoning_is_turned_down_as_far_as_the_model_lets() {
    let think = |reasoning| {
        let traits = Traits { reasoning, ..Traits::default() };
        body(Protocol::Ollama, &traits, &full(), "/api/chat")["think"].clone()
    };
    assert_eq!(think(Reasoning::Switch), json!(false));
    assert_eq!(think(Reasoning::Least("low".to_owned())), json!("low"));
    assert_eq!(think(Reasoning::Never), Value::Null);
}

#[test]
fn a_gap_goes_out_with_its_suffix_or_between_the_models_own_tokens() {
    let suffix = body(Protocol::Ollama, &window(4096), &gap(), "/api/generate");
    assert_eq!(
        suffix,
        json!({
            "model": "qwen3", "stream": true, "truncate": false, "shift": false,
            "options": {"num_predict": 32, "num_ctx": 4096}, "prompt": "fn a() {", "suffix": "}",
        })
    );
    let fill_tokens = Some(("<P>".to_owned(), "<S>".to_owned(), "<M>".to_owned()));
    let raw = body(Protocol::Ollama, &Traits { fill_tokens, ..Traits::default() }, &gap(), "/api/generate");
    assert_eq!((&raw["prompt"], &raw["raw"]), (&json!("<P>fn a() {<S>}<M>"), &json!(true)));
}

#[test]
fn a_stream_is_read_wherever_it_is_cut() {
    let stream = lines(&[
        r#"{"model":"qwen3","message":{"role":"assistant","content":"","thinking":"Hm — "},"done":false}"#,
        r#"{"model":"qwen3","message":{"role":"assistant","content":"naïve 🦀"},"logprobs":[{"token":"naïve","logprob":-0.5,"bytes":[110,97,195,175,118,101],"top_logprobs":[{"token":"x","logprob":-2}]}],"done":false}"#,
        r#"{"model":"qwen3","message":{"role":"assistant","content":""},"done":true,"done_reason":"length","prompt_eval_count":26,"eval_count":2,"eval_duration":100}"#,
    ]);
    let expected = [
        thought("Hm — "),
        text("naïve 🦀"),
        token("naïve", -0.5, &[("x", -2.0)]),
        stop(StopReason::Length),
        counted(26, None, 2),
    ];
    assert_eq!(read(Protocol::Ollama, Framing::Lines, &stream), expected);
    let filled = lines(&[r#"{"response":" 1 "}"#, r#"{"response":"","done":true}"#]);
    assert_eq!(read(Protocol::Ollama, Framing::Lines, &filled), [text(" 1 "), stop(StopReason::End)]);
}

#[test]
fn an_error_is_typed_also_in_the_middle_of_an_answer() {
    let begun = r#"{"message":{"content":"Hi"},"done":false}"#;
    for (error, kind) in [
        (r#"{"error":"an error was encountered while running the model"}"#, "server"),
        (r#"{"error":"the input length exceeds the context length"}"#, "context_length"),
        (r#"{"error":"model requires more system memory (9 GiB) than is available (4 GiB)"}"#, "rejected"),
    ] {
        let (chunks, error) = fails(Protocol::Ollama, Framing::Lines, &lines(&[begun, error]));
        assert_eq!((chunks, error.kind()), (vec![text("Hi")], kind), "{error}");
    }
}

#[test]
fn lists_tell_what_is_loaded_what_could_be_and_what_leaves_the_machine() {
    let tags = json!({"models": [
        {"name": "qwen3:8b", "model": "qwen3:8b"},
        {"name": "gpt-oss:120b-cloud", "model": "gpt-oss:120b-cloud", "remote_host": "https://ollama.com:443"},
    ]});
    let running = json!({"models": [{"name": "qwen3:8b", "model": "qwen3:8b", "context_length": 4096}]});
    let mut known = listed(Protocol::Ollama, None, &[tags, running]);
    assert_eq!((known[0].window, known[1].window), (Some(4096), None), "the second is not loaded");
    assert_eq!(
        (&known[0].forwards_to, known[1].forwards_to.as_deref()),
        (&None, Some("https://ollama.com:443"))
    );
    let wire = wire(Protocol::Ollama);
    let request = wire.describe("qwen3:8b").expect("a request");
    assert_eq!((request.path.as_str(), request.body), ("/api/show", Some(json!({"model": "qwen3:8b"}))));
    let shown = json!({
        "model_info": {"general.architecture": "qwen3", "qwen3.context_length": 40960},
        "capabilities": ["completion", "insert", "thinking", "vision"],
    });
    wire.described(&shown, &mut known[0]).expect("a description");
    assert_eq!((known[0].window, known[0].most_window), (Some(4096), Some(40960)));
    assert_eq!(known[0].abilities, ["chat", "schema", "logprobs", "fill", "images"]);
}

#[test]
fn embeddings_are_asked_for_whole() {
    let wire = wire(Protocol::Ollama);
    let request = embed(wire, "e", &["a", "b"]);
    assert_eq!(request.path, "/api/embed");
    assert_eq!(request.body, Some(json!({"model": "e", "input": ["a", "b"], "truncate": false})));
    assert_eq!(wire.embedded(&json!({"embeddings": [[1.0], [2.0]]})), Ok(vec![vec![1.0], vec![2.0]]));
}
