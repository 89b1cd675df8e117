//! Error bodies as real services write them.

use std::time::Duration;

use super::*;

fn model() -> ModelRef {
    ModelRef::new("lab", "m")
}

fn failure(status: u16, headers: &[(&str, &str)], body: &str) -> LlmError {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    of_response(&model(), &Head { status, headers }, body.as_bytes())
}

#[test]
fn each_body_has_its_kind() {
    for (status, body, kind) in [
        (
            401,
            r#"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}"#,
            "auth",
        ),
        (401, r#"{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}"#, "auth"),
        (
            403,
            r#"{"type":"error","error":{"type":"permission_error","message":"no"},"request_id":"r"}"#,
            "auth",
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
            "auth",
        ),
        (403, r#"{"error":{"code":403,"message":"flagged","metadata":{"reasons":["violence"]}}}"#, "refused"),
        (400, r#"{"error":{"code":"content_filter","message":"filtered"}}"#, "refused"),
        (
            429,
            r#"{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}"#,
            "rate",
        ),
        (429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}"#, "rate"),
        (
            429,
            r#"{"error":{"code":429,"message":"exhausted: input_token_count","status":"RESOURCE_EXHAUSTED"}}"#,
            "rate",
        ),
        (503, r#"{"error":"server busy, please try again.  maximum pending requests exceeded"}"#, "rate"),
        (
            429,
            r#"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#,
            "rejected",
        ),
        (402, r#"{"error":{"message":"Insufficient Balance"}}"#, "rejected"),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#,
            "rejected",
        ),
        (
            413,
            r#"{"error":{"message":"Request too large: TPM Limit 6000","type":"tokens","code":"rate_limit_exceeded"}}"#,
            "rejected",
        ),
        (
            500,
            r#"{"error":{"code":500,"message":"[json.exception.parse_error.101] parse error at line 1","type":"server_error"}}"#,
            "rejected",
        ),
        (500, r#"{"error":"model requires more system memory (9.1 GiB) than is available"}"#, "rejected"),
        (501, r#"{"error":{"code":501,"message":"no FIM","type":"not_supported_error"}}"#, "rejected"),
        (404, r#"{"error":"model 'x' not found"}"#, "rejected"),
        (422, r#"{"detail":[{"loc":["body"],"msg":"Extra inputs are not permitted"}]}"#, "rejected"),
        (500, r#"{"error":{"message":"internal","type":"server_error"}}"#, "server"),
        (529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, "server"),
        (503, r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#, "server"),
        (502, "<html><h1>Bad Gateway</h1></html>", "server"),
        (408, "", "server"),
        (409, "{}", "server"),
        (307, "", "rejected"),
    ] {
        assert_eq!(failure(status, &[], body).kind(), kind, "{status} {body}");
    }
}

#[test]
fn a_prompt_that_is_too_long_says_how_long_it_may_be() {
    for (status, body, prompt, window) in [
        (
            400,
            r#"{"error":{"code":400,"type":"exceed_context_size_error","message":"the request exceeds the available context size","n_prompt_tokens":45012,"n_ctx":2048}}"#,
            Some(45012),
            Some(2048),
        ),
        (
            400,
            r#"{"error":{"code":"context_length_exceeded","message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 10,010 tokens."}}"#,
            Some(10010),
            Some(8192),
        ),
        (
            400,
            r#"{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages, 100 in the completion).","code":400}"#,
            Some(4900),
            Some(4096),
        ),
        (
            400,
            r#"{"error":{"message":"'max_tokens' is too large: 5000. This model's maximum context length is 4096 tokens and your request has 12 input tokens"}}"#,
            Some(12),
            Some(4096),
        ),
        (
            400,
            r#"{"message":"The input (5000 tokens) is longer than the model's context length (4096 tokens)."}"#,
            Some(5000),
            Some(4096),
        ),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
            Some(210_000),
            Some(200_000),
        ),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"}}"#,
            Some(190_000),
            Some(200_000),
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}"#,
            Some(1_200_000),
            Some(1_048_576),
        ),
        (
            400,
            r#"{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length"}"#,
            Some(40_000),
            Some(32_768),
        ),
        (400, r#"{"error":"the input length exceeds the context length"}"#, None, None),
        (
            400,
            r#"{"error":{"message":"Provider returned error","metadata":{"raw":"prompt is too long: 9 tokens > 8 maximum"}}}"#,
            Some(9),
            Some(8),
        ),
    ] {
        assert_eq!(
            failure(status, &[], body),
            LlmError::ContextLength { model: model(), prompt, window },
            "{body}"
        );
    }
}

#[test]
fn the_wait_is_the_servers() {
    let headers = [("retry-after", "3")];
    let wait = |error| {
        let (LlmError::Rate { retry_after, .. } | LlmError::Server { retry_after, .. }) = error else {
            panic!("{error:?}");
        };
        retry_after
    };
    assert_eq!(wait(failure(429, &headers, "")), Some(Duration::from_secs(3)));
    assert_eq!(wait(failure(503, &headers, "{}")), Some(Duration::from_secs(3)));
    let google = r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"m","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"13s"}]}}"#;
    assert_eq!(wait(failure(429, &[], google)), Some(Duration::from_secs(13)));
    assert_eq!(wait(failure(500, &[], "")), None);
}

#[test]
fn the_server_may_say_whether_to_try_again() {
    assert_eq!(failure(503, &[("x-should-retry", "false")], "").kind(), "rejected");
    assert_eq!(failure(429, &[("x-should-retry", "false")], "").kind(), "rejected");
    assert_eq!(failure(400, &[("x-should-retry", "true")], "").kind(), "server");
    assert_eq!(failure(401, &[("x-should-retry", "true")], "").kind(), "auth");
}

#[test]
fn what_is_said_is_the_servers_message_and_not_a_page() {
    let why = |error| {
        let (LlmError::Rejected { why, .. } | LlmError::Server { why, .. }) = error else {
            panic!("{error:?}");
        };
        why
    };
    assert_eq!(why(failure(404, &[], r#"{"error":{"message":"no such model"}}"#)), "no such model");
    assert_eq!(why(failure(422, &[], r#"{"detail":[{"msg":"Extra inputs"}]}"#)), "Extra inputs");
    assert_eq!(why(failure(502, &[], "<html>\n<body>secret</body>")), "HTTP status 502");
    assert_eq!(why(failure(500, &[], "upstream died\nat line 3")), "upstream died");
    assert_eq!(why(failure(500, &[], "{}")), "HTTP status 500");
    let long = why(failure(500, &[], &"é".repeat(5000)));
    assert!(long.len() <= MOST_WORDS + 3 && long.ends_with("..."), "{} bytes", long.len());
}
