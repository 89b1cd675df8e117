//! Failures as servers word them, and what they are called here.

use std::time::Duration;

use quarry::config::Protocol;
use quarry::llm::LlmError;
use serde_json::{Value, json};

use crate::common::answer::Answer;
use crate::common::backend::{KEY, ask, ask_whole, client, question};
use crate::common::server::Server;
use crate::common::shapes;
use crate::side_by_side;

/// What becomes of a call that is answered so, each time it is tried.
fn outcome(protocol: Protocol, answer: Answer) -> (LlmError, usize) {
    let server = Server::start();
    server.always(shapes::route(protocol), answer);
    let error = ask(&client(protocol, &server.url("")), question("hello")).unwrap_err();
    (error, server.requests().len())
}

fn fails(protocol: Protocol, status: u16, body: &Value, kind: &str) -> LlmError {
    let (error, _) = outcome(protocol, Answer::json(status, body));
    assert_eq!(error.kind(), kind, "{protocol:?} {status} {body}: {error:?}");
    error
}

#[test]
fn a_key_that_is_not_taken_is_an_authorisation_failure_and_not_tried_again() {
    for (protocol, body) in [
        (Protocol::OpenAi, shapes::error(Protocol::OpenAi, "invalid_api_key", "Incorrect API key provided")),
        (
            Protocol::Responses,
            shapes::error(Protocol::Responses, "invalid_api_key", "Incorrect API key provided"),
        ),
        (
            Protocol::Anthropic,
            shapes::error(Protocol::Anthropic, "authentication_error", "invalid x-api-key"),
        ),
        (Protocol::LlamaCpp, shapes::error(Protocol::LlamaCpp, "authentication_error", "Invalid API Key")),
        (Protocol::Ollama, shapes::error(Protocol::Ollama, "", "unauthorized")),
    ] {
        let (error, requests) = outcome(protocol, Answer::json(401, &body));
        assert_eq!((error.kind(), requests), ("auth", 1), "{protocol:?}: {error:?}");
        assert!(!format!("{error:?} {error}").contains(KEY), "{protocol:?} tells the key");
    }
    // Gemini calls a wrong key an invalid argument.
    let body = json!({"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]}});
    fails(Protocol::Gemini, 400, &body, "auth");
}

#[test]
fn a_prompt_over_the_window_is_told_apart_from_other_bad_requests() {
    let numbers = fails(
        Protocol::LlamaCpp,
        400,
        &json!({"error": {"code": 400, "message": "the request exceeds the available context size", "type": "exceed_context_size_error", "n_prompt_tokens": 45_012, "n_ctx": 2048}}),
        "context_length",
    );
    let LlmError::ContextLength { prompt, window, .. } = numbers else { unreachable!() };
    assert_eq!((prompt, window), (Some(45_012), Some(2048)));
    fails(
        Protocol::OpenAi,
        400,
        &shapes::error(
            Protocol::OpenAi,
            "context_length_exceeded",
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
        ),
        "context_length",
    );
    fails(
        Protocol::Anthropic,
        400,
        &shapes::error(
            Protocol::Anthropic,
            "invalid_request_error",
            "prompt is too long: 210000 tokens > 200000 maximum",
        ),
        "context_length",
    );
    fails(
        Protocol::Gemini,
        400,
        &shapes::error(
            Protocol::Gemini,
            "INVALID_ARGUMENT",
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        ),
        "context_length",
    );
    for protocol in shapes::ALL {
        let body =
            shapes::error(protocol, "invalid_request_error", "messages: at least one message is required");
        let (error, requests) = outcome(protocol, Answer::json(400, &body));
        assert_eq!((error.kind(), requests), ("rejected", 1), "{protocol:?}: {error:?}");
    }
}

#[test]
fn a_model_that_is_not_there_is_a_rejected_call() {
    for protocol in shapes::ALL {
        let body = shapes::error(protocol, "not_found_error", "model 'm' not found");
        let error = fails(protocol, 404, &body, "rejected");
        assert!(error.to_string().contains("model 'm' not found"), "{protocol:?}: {error}");
    }
}

#[test]
fn a_server_in_trouble_is_asked_again_and_then_given_up() {
    let troubles = [
        (Protocol::OpenAi, 500, "server_error"),
        (Protocol::Anthropic, 529, "overloaded_error"),
        (Protocol::Gemini, 503, "UNAVAILABLE"),
        (Protocol::Ollama, 503, ""),
        (Protocol::LlamaCpp, 503, "unavailable_error"),
    ];
    side_by_side(troubles, |(protocol, status, kind)| {
        let (error, requests) =
            outcome(protocol, Answer::json(status, &shapes::error(protocol, kind, "busy")));
        assert_eq!(error.kind(), "server", "{protocol:?}: {error:?}");
        assert!(requests >= 2, "{protocol:?}: asked {requests} times");
    });
}

#[test]
fn a_body_that_is_no_error_of_the_protocol_still_says_something() {
    side_by_side(shapes::ALL, |protocol| {
        let page = Answer::status(502)
            .header("content-type", "text/html")
            .body("<html><h1>502 Bad Gateway</h1>\u{1b}[2J</html>");
        let (error, _) = outcome(protocol, page);
        assert_eq!(error.kind(), "server", "{protocol:?}: {error:?}");
        assert!(!error.to_string().contains('\u{1b}'), "{protocol:?}: escapes stay out of errors: {error}");
        let (error, _) = outcome(protocol, Answer::status(500).body(""));
        assert_eq!(error.kind(), "server", "{protocol:?}: {error:?}");
    });
}

#[test]
fn an_error_inside_a_good_response_is_an_error() {
    side_by_side(shapes::ALL, |protocol| {
        let body = shapes::error(protocol, "overloaded_error", "out of everything");
        for whole in [false, true] {
            let server = Server::start();
            server.always(shapes::route(protocol), Answer::json(200, &body));
            let client = client(protocol, &server.url(""));
            let answered =
                if whole { ask_whole(&client, question("hello")) } else { ask(&client, question("hello")) };
            let error = answered.unwrap_err();
            assert!(
                error.to_string().contains("out of everything"),
                "{protocol:?}, whole {whole}: {error:?}"
            );
        }
    });
}

#[test]
fn an_error_in_the_middle_of_a_stream_ends_it_with_that_error() {
    for protocol in shapes::ALL {
        let mut records = shapes::records(protocol, &["half ", "an answer"]);
        records.truncate(records.len() - 2);
        let kind = if protocol == Protocol::Gemini { "UNAVAILABLE" } else { "overloaded_error" };
        let failure = shapes::error(protocol, kind, "out of everything");
        let (name, failure) = match protocol {
            Protocol::Anthropic => ("error", failure),
            Protocol::Responses => (
                "error",
                json!({"type": "error", "code": "server_error", "message": "out of everything", "param": null}),
            ),
            _ => ("", failure),
        };
        records.push((name, failure));
        let mut answer = shapes::stream_of(protocol, records);
        if protocol == Protocol::LlamaCpp {
            // Its server names the field after what it holds.
            let text =
                json!({"error": {"code": 500, "message": "out of everything", "type": "server_error"}});
            answer = Answer::events([
                shapes::event("", &shapes::records(protocol, &["half"])[1].1.to_string(), "\n"),
                format!("error: {}\n\n", text["error"]),
                shapes::event("", &text.to_string(), "\n"),
            ]);
        }
        let (error, requests) = outcome(protocol, answer);
        assert!(error.to_string().contains("out of everything"), "{protocol:?}: {error:?}");
        assert_eq!(requests, 1, "{protocol:?}: what was begun is not begun again unseen");
    }
}

#[test]
fn a_stream_cut_at_any_byte_is_never_taken_for_a_whole_answer() {
    const PIECES: [&str; 3] = ["one ", "two ", "thr\u{e9}e"];
    side_by_side(shapes::ALL, |protocol| {
        let whole = shapes::streamed(protocol, &PIECES);
        let length = whole.length();
        // Primes spread the cuts over heads, chunk lengths, names and texts; the last bytes are all tried.
        let cuts = (0..length).step_by(37).chain(length.saturating_sub(24)..length);
        std::thread::scope(|scope| {
            for at in cuts {
                let answer = whole.clone().cut_at(at);
                scope.spawn(move || {
                    let server = Server::start();
                    server.always(shapes::route(protocol), answer);
                    match ask(&client(protocol, &server.url("")), question("hello")) {
                        Ok(reply) => {
                            assert_eq!(reply.text, PIECES.concat(), "{protocol:?} cut at {at} of {length}");
                        }
                        Err(error) => assert!(
                            matches!(error.kind(), "cut" | "network" | "garbled"),
                            "{protocol:?} cut at {at} of {length}: {error:?}"
                        ),
                    }
                });
            }
        });
    });
}

#[test]
fn a_whole_answer_cut_at_any_byte_is_never_taken_for_whole() {
    side_by_side(shapes::ALL, |protocol| {
        let whole = Answer::json(200, &shapes::whole(protocol, "an answer"));
        let length = whole.length();
        std::thread::scope(|scope| {
            for at in (0..length).step_by(41).chain([length - 1]) {
                let answer = whole.clone().cut_at(at);
                scope.spawn(move || {
                    let server = Server::start();
                    server.always(shapes::route(protocol), answer);
                    let error = ask_whole(&client(protocol, &server.url("")), question("hello")).unwrap_err();
                    assert!(
                        matches!(error.kind(), "cut" | "network" | "garbled"),
                        "{protocol:?} cut at {at} of {length}: {error:?}"
                    );
                });
            }
        });
    });
}

#[test]
fn bytes_that_are_no_protocol_are_garbled() {
    const BODIES: [&str; 5] = [
        "data: {\"choices\": [\n\n",
        "data: nonsense\n\n",
        "{\"unfinished\": \n",
        "\u{0}\u{1}\u{2}\n\n",
        "[1,2,3]\n",
    ];
    let all = shapes::ALL.into_iter().flat_map(|protocol| BODIES.map(|body| (protocol, body)));
    side_by_side(all, |(protocol, body)| {
        let kind = if protocol == Protocol::Ollama { "application/x-ndjson" } else { "text/event-stream" };
        let (error, _) = outcome(protocol, Answer::ok().header("content-type", kind).piece(body));
        assert!(matches!(error.kind(), "garbled" | "cut"), "{protocol:?} {body:?}: {error:?}");
    });
}

#[test]
fn a_refusal_of_the_model_is_a_refusal_and_not_an_answer() {
    let chat = json!({"id": "c", "object": "chat.completion", "model": "m", "usage": {},
        "choices": [{"index": 0, "message": {"role": "assistant", "content": null, "refusal": "I cannot help"}, "finish_reason": "stop"}]});
    let filtered = json!({"id": "c", "object": "chat.completion", "model": "m", "usage": {},
        "choices": [{"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "content_filter"}]});
    let mut anthropic = shapes::whole(Protocol::Anthropic, "");
    anthropic["stop_reason"] = json!("refusal");
    let gemini =
        json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}});
    let mut responses = shapes::whole(Protocol::Responses, "");
    responses["output"][0]["content"] = json!([{"type": "refusal", "refusal": "I cannot help"}]);
    for (protocol, body) in [
        (Protocol::OpenAi, chat),
        (Protocol::OpenAi, filtered),
        (Protocol::Anthropic, anthropic),
        (Protocol::Gemini, gemini),
        (Protocol::Responses, responses),
    ] {
        let server = Server::start();
        server.always(shapes::route(protocol), Answer::json(200, &body));
        let error = ask_whole(&client(protocol, &server.url("")), question("hello")).unwrap_err();
        assert_eq!(error.kind(), "refused", "{protocol:?}: {error:?}");
    }
}

#[test]
fn too_many_calls_are_tried_again_when_the_server_said() {
    for (protocol, refusal) in [
        (
            Protocol::OpenAi,
            Answer::json(429, &shapes::error(Protocol::OpenAi, "rate_limit_exceeded", "slow down"))
                .header("retry-after", "1"),
        ),
        (
            Protocol::OpenAi,
            Answer::json(429, &shapes::error(Protocol::OpenAi, "rate_limit_exceeded", "slow down"))
                .header("retry-after-ms", "900"),
        ),
        (
            Protocol::Anthropic,
            Answer::json(429, &shapes::error(Protocol::Anthropic, "rate_limit_error", "slow down"))
                .header("retry-after", "1"),
        ),
        (
            Protocol::Gemini,
            Answer::json(
                429,
                &json!({"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED",
            "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}]}}),
            ),
        ),
    ] {
        let server = Server::start();
        server.script(shapes::route(protocol), [refusal, shapes::streamed(protocol, &["fine"])]);
        let reply = ask(&client(protocol, &server.url("")), question("hello")).unwrap();
        assert_eq!(reply.text, "fine");
        let requests = server.requests();
        assert_eq!(requests.len(), 2, "{protocol:?}");
        let waited = requests[1].at - requests[0].at;
        assert!(waited >= Duration::from_millis(850), "{protocol:?} came back after {waited:?}");
    }
}

#[test]
fn a_wait_that_is_too_long_is_told_and_not_waited_for() {
    let server = Server::start();
    let refusal = Answer::json(429, &shapes::error(Protocol::OpenAi, "rate_limit_exceeded", "slow down"));
    server.always(shapes::route(Protocol::OpenAi), refusal.header("retry-after", "3600"));
    let error = ask(&client(Protocol::OpenAi, &server.url("")), question("hello")).unwrap_err();
    let LlmError::Rate { retry_after, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*retry_after, Some(Duration::from_hours(1)));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_server_that_says_not_to_come_back_is_obeyed() {
    let server = Server::start();
    let refusal = Answer::json(500, &shapes::error(Protocol::OpenAi, "server_error", "broken for good"));
    server.always(shapes::route(Protocol::OpenAi), refusal.header("x-should-retry", "false"));
    let error = ask(&client(Protocol::OpenAi, &server.url("")), question("hello")).unwrap_err();
    assert_eq!((error.is_retryable(), server.requests().len()), (false, 1), "{error:?}");
    assert!(error.to_string().contains("broken for good"), "{error}");
}

#[test]
fn what_llama_cpp_calls_a_server_error_but_is_our_own_is_not_sent_again() {
    let server = Server::start();
    let body = json!({"error": {"code": 500, "message": "[json.exception.parse_error.101] parse error at line 1, column 2", "type": "server_error"}});
    server.always(shapes::route(Protocol::LlamaCpp), Answer::json(500, &body));
    ask(&client(Protocol::LlamaCpp, &server.url("")), question("hello")).unwrap_err();
    assert_eq!(server.requests().len(), 1);
}
