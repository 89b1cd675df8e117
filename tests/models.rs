//! Models as scripts and people see them on the command line: what is found, who does what and why, trust, and that no
//! key is ever printed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::fs;
use std::process::Output;

use serde_json::{Value, json};

use common::Home;
use common::answer::Answer;
use common::server::Server;

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const PROJECT: &str = "\
theme = \"quarry-light\"
verify = \"touch /tmp/never\"

[backend.lab]
base_urls = [\"http://lab.example/v1\"]
";

#[test]
fn a_project_is_trusted_by_a_command_that_says_what_it_allows_and_takes_it_back() {
    let home = Home::empty();
    assert_eq!(home.run(&["trust"]).status.code(), Some(3), "there is no file to trust");

    home.write(".quarry.toml", PROJECT);
    let before = home.run(&["query", "anything"]);
    assert!(stderr(&before).contains("quarry trust"), "{}", stderr(&before));

    let trusted = home.run(&["trust"]);
    assert_eq!(trusted.status.code(), Some(0), "{}", stderr(&trusted));
    let said = stdout(&trusted);
    assert!(said.contains("verify\n    2: verify = \"touch /tmp/never\""), "{said}");
    assert!(said.contains("backend.lab.base_urls\n    5: ") && !said.contains("quarry-light"), "{said}");
    assert!(!stderr(&home.run(&["query", "anything"])).contains("quarry trust"));

    fs::write(home.tree().join(".quarry.toml"), PROJECT.replace("lab.example", "evil.example")).unwrap();
    let changed = stderr(&home.run(&["query", "anything"]));
    assert!(changed.contains("has changed since you trusted it"), "{changed}");

    assert_eq!(home.run(&["trust", "--revoke"]).status.code(), Some(0));
    assert_eq!(home.run(&["trust", "--revoke"]).status.code(), Some(3));
}

/// A server of the common kind with two models; every chat is answered with "ready".
fn lab() -> Server {
    let server = Server::start();
    server.always("GET /v1/models", Answer::json(200, &listing(&["qwen3:8b", "qwen2.5-coder:7b"])));
    server.on("POST /v1/chat/completions", |_| chat("ready"));
    server
}

fn listing(models: &[&str]) -> Value {
    let data: Vec<Value> =
        models.iter().map(|model| json!({ "id": model, "object": "model", "owned_by": "me" })).collect();
    json!({ "object": "list", "data": data })
}

fn chat(text: &str) -> Answer {
    let chunk = |delta: Value, finish: Value| {
        json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] }).to_string()
    };
    let usage =
        json!({ "choices": [], "usage": { "prompt_tokens": 12, "completion_tokens": 3 } }).to_string();
    let event = |data: String| format!("data: {data}\n\n");
    Answer::events([
        event(chunk(json!({ "role": "assistant", "content": text }), Value::Null)),
        event(chunk(json!({}), json!("stop"))),
        event(usage),
        event("[DONE]".into()),
    ])
}

fn configured(home: &Home, text: &str) {
    fs::write(home.config().join("config.toml"), text).unwrap();
}

fn lines(home: &Home, arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = home.run(arguments);
    (output.status.code(), common::events(&output.stdout))
}

fn route<'a>(events: &'a [Value], task: &str) -> &'a Value {
    events.iter().find(|event| event["event"] == "route" && event["task"] == task).unwrap()
}

#[test]
fn backends_models_and_routes_are_listed_one_object_a_line() {
    let (home, server) = (Home::empty(), lab());
    configured(
        &home,
        &format!(
            "[backend.lab]\nbase_urls = [\"{}\"]\n[task.chat]\nuse = [\"lab/gone\", \"lab/qwen3:8b\"]\n",
            server.url("/v1")
        ),
    );
    let (code, events) = lines(&home, &["models", "--json"]);
    assert_eq!(code, Some(0));
    let backend = &events[0];
    assert_eq!(
        (&backend["event"], &backend["name"], &backend["health"]),
        (&json!("backend"), &json!("lab"), &json!("up"))
    );
    assert_eq!((&backend["locality"], &backend["origin"]), (&json!("local"), &json!("config.toml:2")));
    let names: Vec<&str> =
        backend["models"].as_array().unwrap().iter().map(|model| model["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["qwen3:8b", "qwen2.5-coder:7b"]);
    assert_eq!(backend["models"][0]["usd_per_million"]["input"], 0.0, "what runs here costs nothing");
    let chat = route(&events, "chat");
    assert_eq!((&chat["choice"], &chat["by_user"]), (&json!("lab/qwen3:8b"), &json!(true)));
    assert!(chat["why"].as_str().unwrap().starts_with("second of 2 in config.toml:4"), "{chat}");
    assert_eq!(
        chat["passed_over"],
        json!([{ "candidate": "lab/gone", "why": "the server has no such model" }])
    );
    assert_eq!(route(&events, "judge")["choice"], "embedded");
    assert_eq!(events.iter().filter(|event| event["event"] == "route").count(), 10);
    assert_eq!(*events.last().unwrap(), json!({ "event": "done", "backends": 1, "models": 2 }));
}

#[test]
fn with_nothing_found_the_way_to_a_model_is_taught_and_the_exit_code_says_so() {
    let home = Home::empty();
    let output = home.run(&["models"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let said = stdout(&output);
    for part in ["ollama pull", "ANTHROPIC_API_KEY", "[backend.lab]", "embedded"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
    assert_eq!(home.run(&["models", "test"]).status.code(), Some(3));
}

#[test]
fn the_list_for_people_fits_80_columns_and_holds_no_control_characters() {
    let (home, server) = (Home::empty(), Server::start());
    let names: Vec<String> =
        (0..40).map(|at| format!("org/a-rather-long-\u{1b}[31mname-of-a-model-{at}-instruct-70b")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    server.always("GET /v1/models", Answer::json(200, &listing(&names)));
    configured(&home, &format!("[backend.lab]\nbase_urls = [\"{}\"]\n", server.url("/v1")));
    let output = home.run(&["models"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!said.contains('\u{1b}') && said.contains("and 28 more"), "{said}");
    let widest = said.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 80, "{widest}: {said}");
}

#[test]
fn a_server_that_is_down_says_so_and_one_that_refuses_the_key_too() {
    let home = Home::empty();
    let server = Server::start();
    server.always("GET /v1/models", Answer::json(401, &json!({ "error": { "message": "no such key" } })));
    configured(
        &home,
        &format!(
            "[backend.gone]\nbase_urls = [\"http://127.0.0.1:1/v1\"]\nmodels = [\"m\"]\n[backend.shut]\nbase_urls = [\"{}\"]\n\
             [task.chat]\nuse = [\"gone/m\", \"shut/m\"]\n",
            server.url("/v1")
        ),
    );
    let (code, events) = lines(&home, &["models", "--json"]);
    assert_eq!(code, Some(0), "a model is named, though nobody answers for it");
    for (name, part) in [("gone", "refused"), ("shut", "no such key")] {
        let backend = events.iter().find(|event| event["name"] == name).unwrap();
        assert_eq!(backend["health"], "down", "{backend}");
        assert!(backend["why"].as_str().unwrap().contains(part), "{backend}");
    }
    let chat = route(&events, "chat");
    assert_eq!((&chat["choice"], chat["passed_over"].as_array().unwrap().len()), (&Value::Null, 2));
}

#[test]
fn a_test_sends_one_small_call_per_task_and_tells_time_tokens_and_cost() {
    let (home, server) = (Home::empty(), lab());
    configured(
        &home,
        &format!("[backend.lab]\nbase_urls = [\"{}\"]\nmodels = [\"qwen3:8b\"]\n", server.url("/v1")),
    );
    let (code, events) = lines(&home, &["models", "test", "--json", "chat", "title", "judge"]);
    assert_eq!(code, Some(0), "{events:?}");
    for (event, task) in events.iter().zip(["chat", "title"]) {
        assert_eq!(
            (&event["task"], &event["model"], &event["ok"]),
            (&json!(task), &json!("lab/qwen3:8b"), &json!(true))
        );
        assert_eq!(
            (&event["tokens_in"], &event["tokens_out"], &event["usd"]),
            (&json!(12), &json!(3), &json!(0.0))
        );
        assert!(event["first_token_ms"].as_f64().unwrap() > 0.0);
    }
    assert_eq!(events[2]["model"], "embedded");
    assert_eq!(server.requests_for("/v1/chat/completions").len(), 2);

    // What was measured is known in the next run.
    let (_, events) = lines(&home, &["models", "--json"]);
    assert_eq!(events[0]["models"][0]["calls"], 2);
    assert!(events[0]["models"][0]["first_token_ms"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_failed_test_says_what_and_what_next_and_fails() {
    let (home, server) = (Home::empty(), Server::start());
    server.always("GET /v1/models", Answer::json(200, &listing(&["m"])));
    server.always(
        "POST /v1/chat/completions",
        Answer::json(
            404,
            &json!({ "error": { "message": "the model `m` does not exist", "code": "model_not_found" } }),
        ),
    );
    configured(&home, &format!("[backend.lab]\nbase_urls = [\"{}\"]\n", server.url("/v1")));
    let (code, events) = lines(&home, &["models", "test", "--json", "chat"]);
    assert_eq!(code, Some(1));
    assert_eq!((&events[0]["ok"], &events[0]["kind"]), (&json!(false), &json!("rejected")));
    assert!(events[0]["error"].as_str().unwrap().contains("does not exist"), "{events:?}");
    assert!(events[0]["hint"].as_str().unwrap().contains("another model"), "{events:?}");
    let said = stdout(&home.run(&["models", "test", "chat"]));
    assert!(said.contains("✗ chat") && said.contains("does not exist"), "{said}");
    assert_eq!(home.run(&["models", "test", "chatt"]).status.code(), Some(2));
}

#[test]
fn servers_are_found_by_their_port_and_keys_in_the_environment() {
    let (home, server) = (Home::empty(), lab());
    let run = |discover: &str, more: &[(&str, &str)]| {
        let mut command = home.quarry();
        command.args(["models", "--json"]).env("QUARRY_DISCOVER", discover).envs(more.iter().copied());
        let output = command.output().unwrap();
        common::events(&output.stdout)
    };
    let port = server.port().to_string();
    let events = run(&port, &[("OPENAI_API_KEY", "sk-not-used")]);
    assert_eq!(
        (&events[0]["name"], &events[0]["origin"]),
        (&json!("local"), &json!(format!("found on 127.0.0.1:{port}")))
    );
    assert_eq!(route(&events, "chat")["choice"], "local/qwen3:8b");
    assert!(events.iter().all(|event| event["name"] != "openai"), "only the port was to be looked at");

    let url = server.url("/v1");
    let events = run("keys", &[("OPENAI_API_KEY", "sk-hidden"), ("OPENAI_BASE_URL", &url)]);
    assert_eq!(
        (&events[0]["name"], &events[0]["origin"]),
        (&json!("openai"), &json!("$OPENAI_API_KEY, $OPENAI_BASE_URL"))
    );
    assert_eq!(server.requests().last().unwrap().header("authorization"), Some("Bearer sk-hidden"));
    assert_eq!(run("off", &[("OPENAI_API_KEY", "sk-hidden")]).len(), 11, "routes and done, no backend");
}

#[test]
fn no_key_is_ever_printed() {
    let (home, server) = (Home::empty(), Server::start());
    server.always("GET /v1/models", Answer::json(200, &listing(&["m"])));
    // A server that gives the key away in what it says.
    server.on("POST /v1/chat/completions", |request| {
        let said = format!("bad key {}", request.header("authorization").unwrap_or_default());
        Answer::json(401, &json!({ "error": { "message": said } }))
    });
    let url = server.url("/v1");
    configured(
        &home,
        &format!(
            "[backend.cmd]\nbase_urls = [\"{url}\"]\nkey_cmd = \"printf hunter2-cmd\"\n\
             [backend.env]\nbase_urls = [\"{url}\"]\nkey_env = \"LAB_KEY\"\n\
             [backend.bad]\nbase_urls = [\"{url}\"]\nkey_cmd = \"sh -c 'echo hunter2-bad; exit 1'\"\n\
             [task.chat]\nuse = [\"cmd/m\"]\n[task.title]\nuse = [\"env/m\"]\n",
        ),
    );
    for arguments in [
        &["models"][..],
        &["models", "--json"],
        &["models", "test"],
        &["models", "test", "--json"],
        &["doctor"],
        &["doctor", "--json"],
    ] {
        let output = home.quarry().args(arguments).env("LAB_KEY", "hunter2-env").output().unwrap();
        let said = stdout(&output) + &stderr(&output);
        assert!(!said.contains("hunter2"), "{arguments:?}: {said}");
    }
    let keys: Vec<String> = server
        .requests()
        .iter()
        .filter_map(|request| request.header("authorization").map(str::to_owned))
        .collect();
    assert!(
        keys.contains(&"Bearer hunter2-cmd".to_owned()) && keys.contains(&"Bearer hunter2-env".to_owned()),
        "{keys:?}"
    );
}

#[test]
fn a_model_file_is_added_to_the_configuration() {
    let home = Home::empty();
    home.write("tiny.gguf", b"GGUF\x03\0\0\0");
    configured(&home, "# mine\ntheme = \"quarry-light\"\n");
    let output = home.run(&["models", "add", "tiny.gguf"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = fs::read_to_string(home.config().join("config.toml")).unwrap();
    assert!(
        text.starts_with("# mine\ntheme = \"quarry-light\"\n\n[backend.tiny]\nprotocol = \"gguf\"\n"),
        "{text}"
    );
    let (_, events) = lines(&home, &["models", "--json"]);
    assert_eq!((&events[0]["name"], &events[0]["locality"]), (&json!("tiny"), &json!("in process")));
    assert_eq!(home.run(&["models", "add", ".quarry.toml"]).status.code(), Some(2));
}
