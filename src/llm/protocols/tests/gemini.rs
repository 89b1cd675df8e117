//! Generate content.

use super::*;

const PATH: &str = "/v1beta/models/qwen3:streamGenerateContent?alt=sse";

#[test]
fn a_call_goes_out_in_its_own_words() {
    let traits = Traits { reasoning: Reasoning::Switch, ..Traits::default() };
    assert_eq!(
        body(Protocol::Gemini, &traits, &full(), PATH),
        json!({
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
            "generationConfig": {
                "maxOutputTokens": 64, "temperature": 0.2, "stopSequences": ["END"],
                "responseMimeType": "application/json", "responseJsonSchema": schema(),
                "responseLogprobs": true, "logprobs": 5, "thinkingConfig": {"thinkingBudget": 0},
            },
        })
    );
    let least =
        Traits { reasoning: Reasoning::Least("low".to_owned()), plain_sampling: true, ..Traits::default() };
    let config =
        &body(Protocol::Gemini, &least, &Call { format: Format::Text, ..full() }, PATH)["generationConfig"];
    let expected =
        json!({"maxOutputTokens": 64, "stopSequences": ["END"], "thinkingConfig": {"thinkingLevel": "low"}});
    assert_eq!(*config, expected);
    let choice = Call { format: Format::Choice(&["yes", "no"]), thinking: Thinking::Off, ..ask() };
    let config = &body(Protocol::Gemini, &Traits::default(), &choice, PATH)["generationConfig"];
    let held = json!({"type": "STRING", "enum": ["yes", "no"]});
    assert_eq!(
        *config,
        json!({"maxOutputTokens": 64, "responseMimeType": "text/x.enum", "responseSchema": held}),
        "whether it thinks is not known, and one that does not refuses the field"
    );
    let picture = body(Protocol::Gemini, &Traits::default(), &picture(), PATH);
    let inline = json!({"inlineData": {"mimeType": "image/png", "data": "iVBORw=="}});
    assert_eq!(picture["contents"][0]["parts"][1], inline);
    assert!(refuses(Protocol::Gemini, &Traits::default(), &gap()));
}

#[test]
fn the_model_is_named_in_the_path() {
    let wire = wire(Protocol::Gemini);
    let path = |name: &str| {
        wire.request(&ModelRef::new("g", name), &Traits::default(), &ask(), false).expect("a request").path
    };
    assert_eq!(path("models/gemini-3"), "/v1beta/models/gemini-3:generateContent");
    assert_eq!(path("a/../b?c"), "/v1beta/models/a%2F..%2Fb%3Fc:generateContent");
}

const STREAM: [&str; 3] = [
    r#"{"candidates":[{"content":{"parts":[{"text":"Hm — ","thought":true}],"role":"model"}}],"usageMetadata":{"promptTokenCount":12,"cachedContentTokenCount":8,"thoughtsTokenCount":3}}"#,
    r#"{"candidates":[{"content":{"parts":[{"text":"naïve 🦀"}]},"logprobsResult":{"chosenCandidates":[{"token":"naïve 🦀","logProbability":-0.5}],"topCandidates":[{"candidates":[{"token":"x","logProbability":-1.5},{"token":"naïve 🦀","logProbability":-0.5}]}]}}]}"#,
    r#"{"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":4,"cachedContentTokenCount":8,"thoughtsTokenCount":3}}"#,
];

fn answer() -> Vec<Chunk> {
    vec![
        thought("Hm — "),
        counted(12, Some(8), 3),
        text("naïve 🦀"),
        token("naïve 🦀", -0.5, &[("naïve 🦀", -0.5), ("x", -1.5)]),
        stop(StopReason::End),
        counted(12, Some(8), 7),
    ]
}

#[test]
fn a_stream_is_read_wherever_it_is_cut() {
    assert_eq!(read(Protocol::Gemini, Framing::Events, &events(&STREAM)), answer(), "thoughts are output");
    let array = format!("[{}]", STREAM.join(",\r\n"));
    assert_eq!(read(Protocol::Gemini, Framing::Whole, array.as_bytes()), answer());
}

#[test]
fn the_reason_to_stop_is_read() {
    for (reason, expected) in [
        ("MAX_TOKENS", StopReason::Length),
        ("SAFETY", StopReason::Refused("SAFETY".to_owned())),
        ("RECITATION", StopReason::Refused("RECITATION".to_owned())),
        ("OTHER", StopReason::Other("OTHER".to_owned())),
    ] {
        let stream = events(&[&format!(r#"{{"candidates":[{{"finishReason":"{reason}"}}]}}"#)]);
        assert_eq!(read(Protocol::Gemini, Framing::Events, &stream), [stop(expected)]);
    }
    let blocked = events(&[r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#]);
    let expected = [stop(StopReason::Refused("PROHIBITED_CONTENT".to_owned()))];
    assert_eq!(read(Protocol::Gemini, Framing::Events, &blocked), expected);
}

#[test]
fn an_error_in_the_stream_is_typed() {
    let error = r#"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#;
    let (chunks, error) = fails(Protocol::Gemini, Framing::Events, &events(&[STREAM[1], error]));
    assert_eq!((chunks.len(), error.kind()), (2, "server"));
    assert!(matches!(error, LlmError::Server { status: Some(503), .. }), "{error:?}");
}

#[test]
fn lists_tell_windows_and_embeddings_keep_their_order() {
    let answer = json!({"models": [
        {"name": "models/gemini-3", "inputTokenLimit": 1_048_576, "outputTokenLimit": 65536,
         "supportedGenerationMethods": ["generateContent", "countTokens"]},
        {"name": "models/embed-1", "inputTokenLimit": 2048, "supportedGenerationMethods": ["embedContent"]},
    ]});
    let known = listed(Protocol::Gemini, None, &[answer]);
    assert_eq!(
        (known[0].name.as_str(), known[0].window, known[0].max_output),
        ("gemini-3", Some(1_048_576), Some(65536))
    );
    assert_eq!((&known[0].abilities[..], &known[1].abilities[..]), (&["chat", "schema"][..], &["embed"][..]));
    let wire = wire(Protocol::Gemini);
    let request = embed(wire, "embed-1", &["a"]);
    assert_eq!(request.path, "/v1beta/models/embed-1:batchEmbedContents");
    let one = json!({"model": "models/embed-1", "content": {"parts": [{"text": "a"}]}});
    assert_eq!(request.body, Some(json!({"requests": [one]})));
    assert_eq!(wire.embedded(&json!({"embeddings": [{"values": [0.5, 1.0]}]})), Ok(vec![vec![0.5, 1.0]]));
}
