//! What servers send may be anything.

use proptest::prelude::*;

use super::*;

const WORDS: &[&str] = &[
    "choices",
    "delta",
    "message",
    "content",
    "text",
    "logprobs",
    "top_logprobs",
    "token",
    "bytes",
    "logprob",
    "usage",
    "error",
    "code",
    "type",
    "details",
    "candidates",
    "parts",
    "logprobsResult",
    "chosenCandidates",
    "topCandidates",
    "usageMetadata",
    "response",
    "done",
    "done_reason",
    "stop_reason",
    "content_block_delta",
    "message_start",
    "finish_reason",
    "index",
    "timings",
    "prompt_n",
    "cache_n",
    "finishReason",
    "data",
    "models",
    "id",
    "name",
    "meta",
    "stop",
    "stop_type",
    "output",
    "status",
    "retryDelay",
    "message_delta",
    "promptFeedback",
];

/// JSON that has the right names in the wrong places.
fn json() -> impl Strategy<Value = Value> {
    let word = proptest::sample::select(WORDS).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((word.clone(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn each(mut check: impl FnMut(&dyn Wire)) {
    Protocol::ALL.into_iter().filter_map(|(_, protocol)| wire_for(protocol)).for_each(&mut check);
}

proptest! {
    #[test]
    fn bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..200), status in 0_u16..700) {
        each(|wire| {
            for framing in [Framing::Events, Framing::Lines, Framing::Whole] {
                let _ = run(wire, framing, &[&body]);
            }
            let error = wire.failure(&model(), &head(status, &[]), &body);
            assert_eq!(error.model(), &model());
        });
    }

    #[test]
    fn json_of_any_shape_never_panics(values in proptest::collection::vec(json(), 1..5), event in "|error|message_start") {
        each(|wire| {
            let mut decoder = wire.decoder(&model());
            for value in &values {
                let _ = decoder.record(&event, &value.to_string());
                let error = wire.failure(&model(), &head(500, &[]), value.to_string().as_bytes());
                assert!(error.to_string().len() < 1000, "a server's words are cut");
                for nth in 0..3 {
                    let _ = wire.listed(nth, value, &mut Vec::new());
                }
                let _ = wire.described(value, &mut crate::llm::wire::Listed::default());
                let _ = wire.embedded(value);
            }
            let _ = decoder.end();
        });
    }
}
