//! `quarry ask` as scripts and people use it: the real binary against scripted servers, at their worst, and without any
//! model.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Output, Stdio};

use serde_json::{Value, json};

use common::answer::Answer;
use common::server::Server;
use common::{Home, events};

const CHAT: &str = "POST /v1/chat/completions";

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The repository of the tests, with the models `m` and `spare` of these servers as backends `lab`, `lab2`, ...
fn home(servers: &[&Server]) -> Home {
    let home = Home::with_repository();
    configure(&home, servers);
    home
}

fn configure(home: &Home, servers: &[&Server]) {
    let mut config = String::new();
    let mut names = Vec::new();
    for (number, server) in servers.iter().enumerate() {
        let name = if number == 0 { "lab".to_owned() } else { format!("lab{}", number + 1) };
        let url = server.url("/v1");
        write!(
            config,
            "[backend.{name}]\nprotocol = \"openai\"\nbase_urls = [\"{url}\"]\nmodels = [\"m\"]\n\n"
        )
        .unwrap();
        names.push(format!("\"{name}/m\""));
    }
    writeln!(config, "[task.chat]\nuse = [{}]", names.join(", ")).unwrap();
    fs::write(home.config().join("config.toml"), config).unwrap();
}

fn server() -> Server {
    let server = Server::start();
    let listing = json!({ "object": "list", "data": [{ "id": "m", "object": "model", "owned_by": "me" }] });
    server.always("GET /v1/models", Answer::json(200, &listing));
    server
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

fn delta(text: &str) -> String {
    event(&json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] }))
}

fn thought(text: &str) -> String {
    event(
        &json!({ "choices": [{ "index": 0, "delta": { "reasoning_content": text }, "finish_reason": null }] }),
    )
}

fn stop(reason: &str) -> String {
    event(&json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] }))
}

fn usage() -> String {
    event(&json!({ "choices": [], "usage": { "prompt_tokens": 812, "completion_tokens": 3 } }))
}

const DONE: &str = "data: [DONE]\n\n";

fn answer(pieces: &[&str]) -> Answer {
    let mut all: Vec<String> = pieces.iter().map(|piece| delta(piece)).collect();
    all.extend([stop("stop"), usage(), DONE.to_owned()]);
    Answer::events(all)
}

fn last(output: &Output) -> Value {
    events(&output.stdout).pop().expect("an event")
}

fn texts(output: &Output) -> String {
    let events = events(&output.stdout);
    events
        .iter()
        .filter(|event| event["event"] == "delta")
        .map(|event| event["text"].as_str().unwrap())
        .collect()
}

/// The text of all messages of the first chat call.
fn prompt(server: &Server) -> String {
    let requests = server.requests_for("/v1/chat/completions");
    requests.first().expect("a call").json()["messages"].to_string()
}

#[test]
fn an_answer_goes_to_standard_output_and_who_gives_it_to_standard_error() {
    let server = server();
    server.always(CHAT, answer(&["The cart is cleared ", "in [1]."]));
    let home = home(&[&server]);
    let output = home.run(&["ask", "where is the cart cleared?"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), "The cart is cleared in [1].\n");
    let said = stderr(&output);
    assert!(said.contains("asking lab/m (local)") && said.contains("quarry ask --session"), "{said}");
    let quiet = home.run(&["ask", "-q", "where is the cart cleared?"]);
    assert_eq!((stdout(&quiet), stderr(&quiet)), (stdout(&output), String::new()));
}

#[test]
fn each_event_is_one_json_object_and_the_context_comes_first() {
    let server = server();
    server.always(CHAT, answer(&["The cart is ", "cleared."]));
    let home = home(&[&server]);
    let output = home.run(&["ask", "--json", "where", "is", "the", "cart", "cleared?"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let events = events(&output.stdout);
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!((names[0], *names.last().unwrap()), ("context", "done"));
    assert_eq!(events[0]["model"], "lab/m");
    assert_eq!(texts(&output), "The cart is cleared.");
    let done = last(&output);
    assert_eq!((&done["state"], &done["model"]), (&json!("done"), &json!("lab/m")));
    let usage = &done["usage"];
    assert_eq!(
        (&usage["tokens_in"], &usage["tokens_out"], &usage["counted"]),
        (&json!(812), &json!(3), &json!(true))
    );
    assert!(usage["first_token_ms"].is_u64() && usage["total_ms"].is_u64(), "{usage}");
}

#[test]
fn a_model_that_fails_first_is_followed_by_the_next_and_that_is_said() {
    let (first, second) = (server(), server());
    first.always(CHAT, Answer::json(401, &json!({ "error": { "message": "no such key" } })));
    second.always(CHAT, answer(&["yes"]));
    let home = home(&[&first, &second]);
    let output = home.run(&["ask", "--no-query", "ready?"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), "yes\n".to_owned()), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("lab/m failed") && said.contains("asking lab2/m"), "{said}");
    let json = home.run(&["ask", "--no-query", "--json", "ready?"]);
    assert_eq!(last(&json)["model"], "lab2/m");
}

#[test]
fn a_server_that_dies_half_way_leaves_what_came_and_an_error() {
    let server = server();
    let cut = Answer::events([delta("The cart "), delta("is cleared")]).pause(60).cut();
    server.always(CHAT, cut);
    let home = home(&[&server]);
    let output = home.run(&["ask", "--no-query", "why?"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "The cart is cleared\n");
    assert!(stderr(&output).contains("error: lab/m"), "{}", stderr(&output));
    let json = home.run(&["ask", "--json", "--no-query", "why?"]);
    let events = events(&json.stdout);
    let error = events.iter().find(|event| event["event"] == "error").expect("an error event");
    assert_eq!((&error["kind"], last(&json)["state"].as_str()), (&json!("failed"), Some("failed")));
}

#[test]
fn a_prompt_that_is_too_long_is_told_with_its_tokens() {
    let server = server();
    let message = "This model's maximum context length is 4096 tokens. However, your messages resulted in 5123 \
                   tokens. Please reduce the length of the messages.";
    let body = json!({ "error": { "message": message, "type": "invalid_request_error",
                       "code": "context_length_exceeded" } });
    server.always(CHAT, Answer::json(400, &body));
    let home = home(&[&server]);
    let output = home.run(&["ask", "--json", "--no-query", "why?"]);
    assert_eq!(output.status.code(), Some(1));
    let events = events(&output.stdout);
    let error = events.iter().find(|event| event["event"] == "error").expect("an error event");
    assert_eq!(error["kind"], "too_long");
    let said = error["error"].as_str().unwrap();
    assert!(said.contains("5123") && said.contains("4096"), "{said}");
}

#[test]
fn refusals_silence_and_limits_are_told_for_what_they_are() {
    let cases: [(Answer, &str, &str); 5] = [
        (Answer::events([delta("I can't"), stop("content_filter"), DONE.into()]), "refused", "refused"),
        (Answer::events([stop("stop"), DONE.into()]), "failed", "answered nothing"),
        (
            Answer::events([thought("hm, hm"), stop("stop"), DONE.into()]),
            "failed",
            "reasoned, and then answered nothing",
        ),
        (Answer::events([delta("The"), stop("length"), DONE.into()]), "cut_short", "the limit of"),
        (
            Answer::events([
                delta("The"),
                event(&json!({ "error": { "message": "CUDA is out of memory" } })),
            ]),
            "failed",
            "CUDA is out of memory",
        ),
    ];
    for (answer, state, words) in cases {
        let server = server();
        server.always(CHAT, answer);
        let home = home(&[&server]);
        let output = home.run(&["ask", "--json", "--no-query", "why?"]);
        let events = events(&output.stdout);
        let error = events.iter().find(|event| event["event"] == "error").expect("an error event");
        assert_eq!((output.status.code(), last(&output)["state"].as_str()), (Some(1), Some(state)));
        assert!(error["error"].as_str().unwrap().contains(words), "{error} has not `{words}`");
    }
}

#[test]
fn a_pipe_gets_the_bytes_of_the_model_and_half_a_surrogate_does_no_harm() {
    let server = server();
    let odd = "\u{1b}[31mred\u{1b}[0m \u{202e}evil\u{202c} \u{7}";
    let half =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\\ud83d\"},\"finish_reason\":null}]}\n\n";
    let other =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\ude00b\"},\"finish_reason\":null}]}\n\n";
    let mut broken = b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"<\xff\xfe>\"},\"finish_reason\":null}]}\n\n".to_vec();
    broken.extend(delta(" end").into_bytes());
    let script =
        Answer::events([delta(odd)]).piece(half).piece(other).piece(broken).piece(stop("stop")).piece(DONE);
    server.always(CHAT, script);
    let home = home(&[&server]);
    let output = home.run(&["ask", "-q", "--no-query", "why?"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.starts_with(odd) && said.ends_with(" end\n"), "{said:?}");
    assert!(said.contains('\u{fffd}'), "what is no UTF-8 is replaced: {said:?}");
}

#[test]
fn without_a_model_what_was_found_is_the_answer() {
    let home = Home::with_repository();
    let output = home.run(&["ask", "where is the cart cleared?"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("src/cart.rs"), "{said}");
    assert!(said.contains("pub fn clear"), "the lines that answer are shown: {said}");
    assert!(
        said.contains("ollama pull") && said.contains("ANTHROPIC_API_KEY"),
        "two ways to a model: {said}"
    );
    let json = home.run(&["ask", "--json", "where is the cart cleared?"]);
    assert_eq!(last(&json)["model"], Value::Null);
}

#[test]
fn a_conversation_goes_on_where_it_was_left() {
    let server = server();
    server.script(CHAT, [answer(&["Forty-two, I say."]), answer(&["Because."])]);
    let home = home(&[&server]);
    let first = home.run(&["ask", "--json", "--no-query", "what is the answer?"]);
    let session = last(&first)["session"].as_str().unwrap().to_owned();
    let second = home.run(&["ask", "--json", "--no-query", "--session", &session, "why that?"]);
    assert_eq!(second.status.code(), Some(0), "{}", stderr(&second));
    assert_eq!(last(&second)["session"], session.as_str());
    let calls = server.requests_for("/v1/chat/completions");
    let said = calls[1].json()["messages"].to_string();
    for words in ["what is the answer?", "Forty-two, I say.", "why that?"] {
        assert!(said.contains(words), "{words} is missing: {said}");
    }
    let missing = home.run(&["ask", "--no-query", "--session", "xyz", "why that?"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(stderr(&missing).contains("there is no conversation"), "{}", stderr(&missing));
}

#[test]
fn files_that_are_named_are_sent() {
    let server = server();
    server.always(CHAT, answer(&["ok"]));
    let home = home(&[&server]);
    let args = ["ask", "--json", "--no-query", "--context", "src/session.rs:1-4", "what is this?"];
    let output = home.run(&args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let context = &events(&output.stdout)[0];
    assert_eq!(context["items"][0]["path"], "src/session.rs");
    assert_eq!(context["items"][0]["lines"][0][0], 1, "{context}");
    assert_eq!(context["items"][0]["why"], "you named these lines");
    assert!(prompt(&server).contains("A login session with its expiry"));
    assert!(!prompt(&server).contains("Takes everything out"), "nothing else is sent");
    let outside = home.run(&["ask", "--context", "/etc/hosts", "what is this?"]);
    assert_eq!(outside.status.code(), Some(2));
}

#[test]
fn wrong_use_is_told_with_the_nearest_right_one() {
    let server = server();
    let home = home(&[&server]);
    assert_eq!(home.run(&["ask", " "]).status.code(), Some(2));
    let wrong = home.run(&["ask", "--model", "lab/n", "hello"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(stderr(&wrong).contains("did you mean `lab/m`?"), "{}", stderr(&wrong));
}

#[test]
fn a_commit_message_and_a_review_are_asked_for_without_words() {
    let server = server();
    server.always(CHAT, answer(&["Renew sessions for two hours"]));
    let home = home(&[&server]);
    home.write("src/session.rs", "pub const STAGED_HOURS: u64 = 2;\n");
    home.git(&["add", "src/session.rs"]);
    home.write("src/cart.rs", "pub const NOT_STAGED: u64 = 3;\n");
    let output = home.run(&["ask", "-q", "--as", "commit"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), "Renew sessions for two hours\n".into()));
    let said = prompt(&server);
    assert!(said.contains("STAGED_HOURS") && said.contains("imperative"), "{said}");
    assert!(!said.contains("+pub const NOT_STAGED"), "only what is staged goes with it: {said}");

    let review = home.run(&["ask", "-q", "--as", "review"]);
    assert_eq!(review.status.code(), Some(0), "{}", stderr(&review));
    let said = server.requests_for("/v1/chat/completions")[1].json()["messages"].to_string();
    assert!(said.contains("NOT_STAGED") && said.contains("severity"), "{said}");
    assert_eq!(home.run(&["ask", "--as", "doc"]).status.code(), Some(2), "of what?");
}

fn spawned(home: &Home, args: &[&str]) -> Child {
    home.quarry().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Reads until these words have come.
fn read_until(child: &mut Child, words: &str) -> String {
    let mut seen = Vec::new();
    let out = child.stdout.as_mut().unwrap();
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(&seen).contains(words) {
        let read = out.read(&mut buffer).unwrap();
        assert!(read > 0, "it ended before `{words}`: {}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8_lossy(&seen).into_owned()
}

#[test]
fn text_comes_as_it_is_written_and_an_interrupt_keeps_what_came() {
    let server = server();
    server.always(CHAT, Answer::events([delta("The first half ")]).hang());
    let home = home(&[&server]);
    let mut child = spawned(&home, &["ask", "--no-query", "why?"]);
    // The model hangs: what is read here was flushed.
    read_until(&mut child, "The first half ");
    let id = rustix::process::Pid::from_raw(child.id() as i32).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{:?}", output.status.signal());
    server.wait_until("the call is cancelled", |server| server.left() == 1);

    server.always(CHAT, answer(&["The rest."]));
    let next = home.run(&["ask", "-q", "--no-query", "--continue", "go on"]);
    assert_eq!(next.status.code(), Some(0), "{}", stderr(&next));
    let calls = server.requests_for("/v1/chat/completions");
    let said = calls.last().unwrap().json()["messages"].to_string();
    assert!(said.contains("The first half "), "what was shown is not lost: {said}");
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let server = server();
    let mut pieces = vec![delta("one\n")];
    pieces.extend((0..200).map(|n| delta(&format!("line {n}\n"))));
    let endless =
        pieces.iter().fold(Answer::ok().header("content-type", "text/event-stream"), |answer, piece| {
            answer.piece(piece).pause(20)
        });
    server.always(CHAT, endless);
    let home = home(&[&server]);
    let mut child = spawned(&home, &["ask", "-q", "--no-query", "why?"]);
    read_until(&mut child, "one\n");
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    server.wait_until("the call is cancelled", |server| server.left() == 1);
}

#[test]
fn the_question_may_come_from_standard_input() {
    let server = server();
    server.always(CHAT, answer(&["ok"]));
    let home = home(&[&server]);
    let mut child = home
        .quarry()
        .args(["ask", "-q", "--no-query", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"what does it cost?\nReally?").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(stdout(&output), "ok\n");
    assert!(prompt(&server).contains("what does it cost?\\nReally?"), "{}", prompt(&server));
}

#[test]
fn a_model_without_an_end_is_stopped_and_what_is_kept_is_bounded() {
    let server = server();
    // 12 MB where no more than four are kept; in records of 64 kB without a line feed.
    let piece = delta(&"x".repeat(64 << 10));
    let flood = (0..192)
        .fold(Answer::ok().header("content-type", "text/event-stream"), |answer, _| answer.piece(&piece));
    server.always(CHAT, flood.pause(10_000));
    let home = home(&[&server]);
    let output = home.run(&["ask", "--no-query", "why?"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout.len(), (4 << 20) + 1);
    assert!(stderr(&output).contains("stopped at 4 MB"), "{}", stderr(&output));
    server.wait_until("the call is cancelled", |server| server.left() == 1);
    let session = home.run(&["ask", "--json", "--no-query", "--continue", "go on"]);
    assert_eq!(last(&session)["event"], "done", "the conversation is whole");
}
