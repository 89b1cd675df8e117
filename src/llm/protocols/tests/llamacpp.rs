//! The server of llama.cpp. Streams are as it sends them: a first chunk without content, counts behind the end.

use super::*;

#[test]
fn a_call_keeps_the_prefix_cached_and_holds_the_model_to_the_words() {
    let call = Call { format: Format::Choice(&["yes", "no"]), ..full() };
    assert_eq!(
        body(Protocol::LlamaCpp, &Traits::default(), &call, "/v1/chat/completions"),
        json!({
            "model": "qwen3",
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
            "max_tokens": 64, "temperature": 0.2, "stop": ["END"],
            "stream": true, "stream_options": {"include_usage": true},
            "logprobs": true, "top_logprobs": 5, "grammar": "root ::= \"yes\" | \"no\"",
            "chat_template_kwargs": {"enable_thinking": false, "thinking": false}, "cache_prompt": true,
        })
    );
}

#[test]
fn a_gap_goes_to_infill_with_the_other_files() {
    assert_eq!(
        body(Protocol::LlamaCpp, &Traits::default(), &Call { top_logprobs: 3, ..gap() }, "/infill"),
        json!({
            "model": "qwen3", "input_prefix": "fn a() {", "input_suffix": "}", "prompt": "",
            "input_extra": [{"filename": "b.rs", "text": "fn b() {}"}],
            "n_predict": 32, "n_probs": 3, "cache_prompt": true, "stream": true,
        })
    );
}

#[test]
fn what_infill_streams_is_read() {
    let stream = events(&[
        r#"{"index":0,"content":" 1","tokens":[16],"stop":false,"id_slot":-1,"tokens_predicted":1,"tokens_evaluated":9,"completion_probabilities":[{"id":16,"token":" 1","bytes":[32,49],"logprob":-0.25,"top_logprobs":[{"id":16,"token":" 1","bytes":[32,49],"logprob":-0.25}]}]}"#,
        r#"{"index":0,"content":"","tokens":[],"stop":true,"stop_type":"limit","truncated":false,"timings":{"cache_n":8,"prompt_n":1,"predicted_n":1}}"#,
    ]);
    let expected =
        [text(" 1"), token(" 1", -0.25, &[(" 1", -0.25)]), stop(StopReason::Length), counted(9, Some(8), 1)];
    assert_eq!(read(Protocol::LlamaCpp, Framing::Events, &stream), expected);
    for (end, expected) in [
        (r#""stop_type":"eos","truncated":false"#, StopReason::End),
        (r#""stop_type":"word","truncated":false"#, StopReason::End),
        (r#""stop_type":"limit","truncated":true"#, StopReason::WindowFull),
    ] {
        let whole = format!(r#"{{"content":"x","stop":true,{end}}}"#);
        assert_eq!(read(Protocol::LlamaCpp, Framing::Whole, whole.as_bytes()), [text("x"), stop(expected)]);
    }
}

#[test]
fn props_tell_the_window_of_one_slot_and_how_many_there_are() {
    let models = json!({"data": [{"id": "tiny", "owned_by": "llamacpp", "meta": {"n_ctx_train": 2048, "n_ctx": 2048}}]});
    let props = json!({
        "default_generation_settings": {"n_ctx": 512}, "total_slots": 4, "modalities": {"vision": true, "audio": false},
    });
    let known = listed(Protocol::LlamaCpp, None, &[models.clone(), props]);
    assert_eq!((known[0].window, known[0].most_window, known[0].capacity), (Some(512), Some(2048), Some(4)));
    assert_eq!(
        (known[0].dialect, &known[0].abilities[..]),
        (Some(Dialect::LlamaCpp), &["chat", "schema", "logprobs", "images"][..])
    );
    let router = json!({"role": "router", "total_slots": 1, "default_generation_settings": {"n_ctx": 1}});
    let known = listed(Protocol::LlamaCpp, None, &[models, router]);
    assert_eq!(
        (known[0].window, known[0].capacity),
        (Some(2048), None),
        "a router's own are not the model's"
    );
    let path = wire(Protocol::LlamaCpp).describe("lab/tiny").expect("a request").path;
    assert_eq!(path, "/props?model=lab%2Ftiny&autoload=false");
}
