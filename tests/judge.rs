//! The model judge from outside: the real binary asks a server on the loopback interface about every file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::fs;

use serde_json::{Value, json};

use common::Home;
use common::answer::Answer;
use common::server::{Request, Server};

const MODEL: &str = "lab/judge-1";

/// Says yes to files that speak of a session and no to all others; explains a yes.
fn lab() -> Server {
    let server = Server::start();
    let listing =
        json!({ "object": "list", "data": [{ "id": "judge-1", "object": "model", "owned_by": "me" }] });
    server.always("GET /v1/models", Answer::json(200, &listing));
    server.on("POST /v1/chat/completions", |request| {
        if wants_reason(request) {
            let reason = json!({ "reason": "`Session` holds when a login ends", "lines": [[1, 2]] });
            return answer(&reason.to_string(), &Value::Null);
        }
        let yes = if prompt(request).contains("pub struct Session") { 0.9_f64 } else { 0.1 };
        let top =
            json!([{ "token": "Yes", "logprob": yes.ln() }, { "token": "No", "logprob": (1.0 - yes).ln() }]);
        let token = if yes > 0.5 { "Yes" } else { "No" };
        let content = json!([{ "token": token, "logprob": yes.max(1.0 - yes).ln(), "top_logprobs": top }]);
        answer(token, &json!({ "content": content }))
    });
    server
}

fn prompt(request: &Request) -> String {
    request.json()["messages"].to_string()
}

fn wants_reason(request: &Request) -> bool {
    prompt(request).contains("Why does this file")
}

fn answer(text: &str, logprobs: &Value) -> Answer {
    let chunk = |delta: Value, logprobs: &Value, finish: Value| {
        json!({ "choices": [{ "index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": finish }] })
            .to_string()
    };
    let usage =
        json!({ "choices": [], "usage": { "prompt_tokens": 200, "completion_tokens": 1 } }).to_string();
    let event = |data: String| format!("data: {data}\n\n");
    Answer::events([
        event(chunk(json!({ "role": "assistant", "content": text }), logprobs, Value::Null)),
        event(chunk(json!({}), &Value::Null, json!("stop"))),
        event(usage),
        event("[DONE]".into()),
    ])
}

fn shop(server: &Server, more: &str) -> Home {
    let home = Home::with_repository();
    let text = format!("[backend.lab]\nbase_urls = [\"{}\"]\n{more}", server.url("/v1"));
    fs::write(home.config().join("config.toml"), text).unwrap();
    home
}

fn of<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["event"] == kind).collect()
}

#[test]
fn every_file_is_asked_about_once_and_a_yes_has_its_reason() {
    let server = lab();
    let home = shop(&server, "");
    let events = home.events(&["when does a login end", "--judge", MODEL]);
    assert_eq!((&events[0]["event"], &events[0]["judge"]), (&json!("plan"), &json!(MODEL)));
    let judged = of(&events, "judged");
    assert_eq!(judged.len(), 4, "{events:?}");
    let yes: Vec<&&Value> = judged.iter().filter(|event| event["verdict"] == "yes").collect();
    assert_eq!(yes.len(), 1);
    assert_eq!(yes[0]["path"], "src/session.rs");
    assert_eq!(yes[0]["reason"], "`Session` holds when a login ends");
    assert_eq!(yes[0]["spans"][0], json!([1, 2]));
    assert!(yes[0]["signals"]["model"].as_f64().unwrap() > 0.0);
    assert!((yes[0]["probability"].as_f64().unwrap() - 0.9).abs() < 0.01);
    let done = events.last().unwrap();
    assert_eq!(done["ranking"][0]["path"], "src/session.rs");
    assert_eq!((&done["counts"]["yes"], &done["counts"]["no"]), (&json!(1), &json!(3)));
    assert!(done["usage"]["tokens_in"].as_u64().unwrap() >= 800, "{done}");
    let calls = server.requests_for("/v1/chat/completions");
    let verdicts: Vec<&Request> = calls.iter().filter(|call| !wants_reason(call)).collect();
    assert_eq!((calls.len(), verdicts.len()), (5, 4));
    let body = verdicts[0].json();
    assert_eq!((&body["logprobs"], &body["top_logprobs"]), (&json!(true), &json!(20)));
}

#[test]
fn a_spent_budget_is_said_file_by_file() {
    let server = lab();
    let home = shop(&server, "[task.judge.budget]\ntokens = 10\n");
    let output = home.run(&["query", "--json", "when does a login end", "--judge", MODEL]);
    let events = common::events(&output.stdout);
    assert_eq!(of(&events, "over_budget").len(), 4, "{events:?}");
    assert_eq!(events.last().unwrap()["counts"]["over_budget"], 4);
    assert!(server.requests_for("/v1/chat/completions").is_empty());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("The budget is spent: 10 tokens a query"), "{said}");
}

#[test]
fn a_model_that_is_not_there_is_named_with_the_nearest_one() {
    let server = lab();
    let home = shop(&server, "");
    let output = home.run(&["query", "anything", "--judge", "lab/judge-2"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("there is no model `lab/judge-2`") && said.contains("lab/judge-1"), "{said}");
}

#[test]
fn a_server_without_a_key_fails_files_and_says_no_to_none() {
    let server = Server::start();
    let listing = json!({ "object": "list", "data": [{ "id": "judge-1", "object": "model" }] });
    server.always("GET /v1/models", Answer::json(200, &listing));
    let error = json!({ "error": { "message": "invalid key", "type": "invalid_request_error", "code": "invalid_api_key" } });
    server.always("POST /v1/chat/completions", Answer::json(401, &error));
    let home = shop(&server, "");
    let output = home.run(&["query", "--json", "when does a login end", "--judge", MODEL]);
    let events = common::events(&output.stdout);
    assert_eq!((of(&events, "failed").len(), of(&events, "judged").len()), (4, 0), "{events:?}");
    assert!(of(&events, "failed")[0]["why"].as_str().unwrap().contains("not authorised"));
}

#[test]
fn a_model_is_measured_on_commits_and_its_probabilities_are_kept_calibrated() {
    let server = lab();
    let home = shop(&server, "");
    // Enough commits that read like requests: each touches the session, which the model says yes to.
    let session = fs::read_to_string(home.tree().join("src/session.rs")).unwrap();
    for number in 0..24 {
        home.write(format!("src/part_{number}.rs"), format!("pub fn part_{number}() {{}}\n"));
    }
    home.commit("Add parts");
    for number in 0..24 {
        home.write(format!("src/part_{number}.rs"), format!("pub fn part_{number}() {{ again() }}\n"));
        home.write("src/session.rs", format!("{session}\n/// Note {number}.\npub fn note_{number}() {{}}\n"));
        home.commit(&format!("Let the session of a customer last for {number} more minutes"));
    }
    let output = home.run(&["eval", "--json", "--judge", "embedded", "--judge", MODEL]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let events = common::events(&output.stdout);
    let result = of(&events, "result").into_iter().find(|event| event["judge"] == MODEL).unwrap();
    assert!(result["metrics"]["recall@5"].as_f64().unwrap() >= 0.5, "{result}");
    assert!(said.contains("calibrated (slope"), "{said}");
    let judged = home.events(&["when does a session end", "--judge", MODEL]);
    let yes = of(&judged, "judged").into_iter().find(|event| event["verdict"] == "yes").unwrap();
    assert!((yes["probability"].as_f64().unwrap() - 0.9).abs() > 0.01, "calibrated: {yes}");
}
