//! All models behind one handle, against scripted servers: fallback, choices of the session, events only on change, key
//! commands, cancelling.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use common::answer::Answer;
use common::server::Server;
use futures::StreamExt;
use quarry::config::{Config, Dirs};
use quarry::domain::{Choice, Health, ModelCommand, ModelEvent, ModelRef, TaskKind};
use quarry::llm::{Call, Chunk, Environment, Llm, LlmError, LlmOptions, Message, Role};

/// All models of a configuration, with what they tell.
struct Stage {
    llm: Llm,
    events: Receiver<ModelEvent>,
    _dir: TempDir,
}

impl Stage {
    fn new(config: &str) -> Self {
        Self::with(config, |name| (name == "QUARRY_DISCOVER").then(|| "off".to_owned()))
    }

    fn with(config: &str, read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (config, problems) = Config::from_text(config);
        assert_eq!(problems, []);
        let mut options = LlmOptions::new(Arc::new(config), &Dirs::under(dir.path()));
        options.environment = Environment::of(read);
        let (tell, events) = channel();
        let llm = Llm::start(options, move |event| drop(tell.send(event))).unwrap();
        llm.handle().block_on(llm.settled());
        Self { llm, events, _dir: dir }
    }

    fn ask(&self, task: TaskKind) -> (Result<String, LlmError>, Option<ModelRef>) {
        self.llm.handle().block_on(async {
            let mut asked = self.llm.ask(question(task));
            let mut text = String::new();
            while let Some(chunk) = asked.next().await {
                match chunk {
                    Ok(Chunk::Text(more)) => text.push_str(&more),
                    Ok(_) => {}
                    Err(error) => return (Err(error), asked.model().cloned()),
                }
            }
            (Ok(text), asked.model().cloned())
        })
    }

    /// The changes of candidate so far: from, to, why.
    fn fallbacks(&self) -> Vec<(String, Choice, String)> {
        let events = self.events.try_iter();
        events
            .filter_map(|event| match event {
                ModelEvent::FellBack { from, to, why, .. } => Some((from.to_string(), to, why)),
                _ => None,
            })
            .collect()
    }

    fn wait_for(&self, what: &str, is_it: impl Fn(&ModelEvent) -> bool) -> ModelEvent {
        loop {
            let event =
                self.events.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| panic!("no {what}"));
            if is_it(&event) {
                return event;
            }
        }
    }
}

fn question(task: TaskKind) -> Call {
    Call::chat(task, vec![Message::text(Role::User, "are you there?")], 16)
}

fn server(models: &[&str]) -> Server {
    let server = Server::start();
    let data: Vec<Value> = models.iter().map(|model| json!({ "id": model, "object": "model" })).collect();
    server.always("GET /v1/models", Answer::json(200, &json!({ "object": "list", "data": data })));
    server
}

fn events(data: &[Value]) -> Answer {
    let events = data.iter().map(|data| format!("data: {data}\n\n"));
    Answer::events(events.chain(["data: [DONE]\n\n".to_owned()]))
}

fn says(text: &str) -> Answer {
    events(&[
        json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] }),
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }),
    ])
}

fn model(name: &str) -> ModelRef {
    name.parse().unwrap()
}

#[test]
fn a_failure_before_the_first_chunk_goes_to_the_next_candidate_and_is_told() {
    let (refusing, working) = (server(&["a"]), server(&["b"]));
    refusing.always(
        "POST /v1/chat/completions",
        Answer::json(401, &json!({ "error": { "message": "expired" } })),
    );
    working.always("POST /v1/chat/completions", says("here"));
    let stage = Stage::new(&format!(
        "[backend.one]\nbase_urls = [\"{}\"]\n[backend.two]\nbase_urls = [\"{}\"]\n[task.chat]\nuse = [\"one/a\", \"two/b\"]\n",
        refusing.url("/v1"),
        working.url("/v1")
    ));
    assert_eq!(stage.ask(TaskKind::Chat), (Ok("here".into()), Some(model("two/b"))));
    let told = stage.wait_for("change of candidate", |event| matches!(event, ModelEvent::FellBack { .. }));
    let ModelEvent::FellBack { from, to, why, .. } = told else { unreachable!() };
    assert_eq!((from.to_string().as_str(), to), ("one/a", Choice::Model(model("two/b"))));
    assert!(why.contains("expired") && !why.starts_with("one/a"), "{why}");
    assert_eq!(stage.fallbacks(), [], "told once");
    let route = stage.llm.route(TaskKind::Chat);
    assert_eq!(route.choice, Choice::Model(model("two/b")), "a refused key is remembered");
}

#[test]
fn after_the_first_chunk_an_error_is_the_readers() {
    let (cut, other) = (server(&["a"]), server(&["b"]));
    let half = json!({ "choices": [{ "index": 0, "delta": { "content": "half" }, "finish_reason": null }] });
    cut.on("POST /v1/chat/completions", move |_| {
        Answer::ok().header("content-type", "text/event-stream").piece(format!("data: {half}\n\n")).cut()
    });
    other.always("POST /v1/chat/completions", says("other"));
    let stage = Stage::new(&format!(
        "[backend.one]\nbase_urls = [\"{}\"]\n[backend.two]\nbase_urls = [\"{}\"]\n[task.chat]\nuse = [\"one/a\", \"two/b\"]\n",
        cut.url("/v1"),
        other.url("/v1")
    ));
    let (answer, by) = stage.ask(TaskKind::Chat);
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!((by, stage.fallbacks().len()), (Some(model("one/a")), 0));
    assert_eq!(other.requests_for("/v1/chat/completions").len(), 0);
}

#[test]
fn with_no_candidate_the_reason_is_the_routes_own() {
    let stage = Stage::new("");
    let (answer, by) = stage.ask(TaskKind::Chat);
    let Err(LlmError::Unavailable { why, .. }) = answer else { panic!("{answer:?}") };
    assert!(why.contains("quarry models"), "{why}");
    assert_eq!(by, None);
}

#[test]
fn dropping_an_answer_frees_the_server() {
    let slow = server(&["a"]);
    slow.on("POST /v1/chat/completions", |_| Answer::ok().header("content-type", "text/event-stream").hang());
    let stage = Stage::new(&format!("[backend.one]\nbase_urls = [\"{}\"]\n", slow.url("/v1")));
    let asked = stage.llm.ask(question(TaskKind::Chat));
    slow.wait_until("the call is there", |server| server.requests_for("/v1/chat/completions").len() == 1);
    drop(asked);
    slow.wait_until("its client left", |server| server.left() == 1);
}

#[test]
fn a_choice_of_the_session_holds_until_it_is_taken_back() {
    let lab = server(&["a-8b", "b-8b"]);
    let stage = Stage::new(&format!("[backend.lab]\nbase_urls = [\"{}\"]\n", lab.url("/v1")));
    let before = stage.llm.route(TaskKind::Chat);
    let other =
        model(if before.choice == Choice::Model(model("lab/a-8b")) { "lab/b-8b" } else { "lab/a-8b" });
    stage.llm.command(ModelCommand::Use(TaskKind::Chat, Some(Choice::Model(other.clone()))));
    let route = stage.llm.route(TaskKind::Chat);
    assert_eq!((route.choice, route.by_user), (Choice::Model(other.clone()), true));
    stage.wait_for("routes with the choice", |event| match event {
        ModelEvent::Routes(routes) => {
            routes.iter().any(|route| route.choice == Choice::Model(other.clone()) && route.by_user)
        }
        _ => false,
    });
    stage.llm.command(ModelCommand::Use(TaskKind::Chat, None));
    assert_eq!(stage.llm.route(TaskKind::Chat).choice, before.choice);
}

#[test]
fn a_test_answers_by_an_event() {
    let lab = server(&["a"]);
    lab.always("POST /v1/chat/completions", says("ready"));
    let stage = Stage::new(&format!("[backend.lab]\nbase_urls = [\"{}\"]\n", lab.url("/v1")));
    for (name, works) in [("lab/a", true), ("gone/a", false)] {
        stage.llm.command(ModelCommand::Test(TaskKind::Title, model(name)));
        let event = stage.wait_for("test", |event| matches!(event, ModelEvent::Tested { .. }));
        let ModelEvent::Tested { task, model: tested, result } = event else { unreachable!() };
        assert_eq!((task, tested, result.is_ok()), (TaskKind::Title, model(name), works), "{result:?}");
    }
}

#[test]
fn every_call_passes_the_guard_and_what_it_spent_is_told() {
    let lab = server(&["a"]);
    lab.always(
        "POST /v1/chat/completions",
        events(&[
            json!({ "choices": [{ "index": 0, "delta": { "content": "here" }, "finish_reason": "stop" }] }),
            json!({ "choices": [], "usage": { "prompt_tokens": 12, "completion_tokens": 3 } }),
        ]),
    );
    let stage = Stage::new(&format!(
        "[backend.lab]\nbase_urls = [\"{}\"]\n[budget]\nsession_tokens = 60\n",
        lab.url("/v1")
    ));
    assert_eq!(stage.ask(TaskKind::Chat).0, Ok("here".into()));
    stage.wait_for("what was spent", |event| match event {
        ModelEvent::Spent { session, .. } => (session.tokens_in, session.tokens_out) == (12, 3),
        _ => false,
    });
    let mut last = Ok(String::new());
    for _ in 0..4 {
        last = stage.ask(TaskKind::Chat).0;
    }
    assert!(matches!(last, Err(LlmError::OverBudget { .. })), "{last:?}");
}

#[test]
fn while_nothing_changes_nothing_is_told() {
    let lab = server(&["a"]);
    let stage = Stage::new(&format!("[backend.lab]\nbase_urls = [\"{}\"]\n", lab.url("/v1")));
    stage.wait_for("the backend", |event| match event {
        ModelEvent::Backends(all) => all.iter().any(|backend| backend.health == Health::Up),
        _ => false,
    });
    stage.llm.command(ModelCommand::Refresh);
    lab.wait_until("it was asked again", |server| server.requests_for("/v1/models").len() >= 2);
    let quiet = stage.events.recv_timeout(Duration::from_millis(900));
    let routes_only = !matches!(quiet, Ok(ModelEvent::Backends(_)));
    assert!(routes_only, "the same backends were told twice: {quiet:?}");
}

#[test]
fn another_configuration_takes_effect_while_the_program_runs() {
    let (old, new) = (server(&["a"]), server(&["b"]));
    let stage = Stage::new(&format!("[backend.lab]\nbase_urls = [\"{}\"]\n", old.url("/v1")));
    assert_eq!(stage.llm.route(TaskKind::Chat).choice, Choice::Model(model("lab/a")));
    let (config, _) = Config::from_text(&format!("[backend.lab]\nbase_urls = [\"{}\"]\n", new.url("/v1")));
    stage.llm.configure(Arc::new(config));
    new.wait_until("the new one was asked", |server| !server.requests().is_empty());
    stage.wait_for("the new model", |event| match event {
        ModelEvent::Routes(routes) => {
            routes.iter().any(|route| route.choice == Choice::Model(model("lab/b")))
        }
        _ => false,
    });
}

#[test]
fn local_only_asks_no_remote_backend_anything() {
    let stage = Stage::with(
        "local_only = true\n[backend.lab]\nbase_urls = [\"http://192.0.2.1/v1\"]\nmodels = [\"m\"]\n[task.chat]\nuse = [\"lab/m\"]\n",
        |name| (name == "QUARRY_DISCOVER").then(|| "off".to_owned()),
    );
    let route = stage.llm.route(TaskKind::Chat);
    assert_eq!(route.choice, Choice::Nobody);
    assert_eq!(route.passed_over, [("lab/m".to_owned(), "remote, and local_only is on".to_owned())]);
    let error =
        stage.llm.handle().block_on(stage.llm.call(&model("lab/m"), question(TaskKind::Chat))).unwrap_err();
    assert!(matches!(error, LlmError::Forbidden { .. }), "{error:?}");
}

#[test]
fn facts_of_a_model_come_from_its_server_and_its_name() {
    let lab = Server::start();
    let data = json!([{ "id": "Qwen/Qwen2.5-Coder-7B", "object": "model", "owned_by": "vllm", "max_model_len": 4096 }]);
    lab.always("GET /v1/models", Answer::json(200, &json!({ "object": "list", "data": data })));
    let stage = Stage::new(&format!("[backend.lab]\nbase_urls = [\"{}\"]\n", lab.url("/v1")));
    let info = stage.llm.model(&model("lab/Qwen/Qwen2.5-Coder-7B")).expect("the model");
    assert_eq!((info.window, info.most_window), (Some(4096), Some(32_768)));
    assert!(info.is_free() && info.can("fill") && info.can("logprobs") && info.can("schema"), "{info:?}");
    assert_eq!(stage.llm.route(TaskKind::Complete).choice, Choice::Model(info.model));
}

#[test]
fn ollama_is_asked_for_the_window_that_a_prompt_needs_and_what_it_loaded_is_read_back() {
    let server = Server::start();
    server.always("GET /api/version", Answer::json(200, &json!({ "version": "0.20.0" })));
    server.always("GET /api/tags", Answer::json(200, &json!({ "models": [{ "name": "m", "model": "m" }] })));
    server.always(
        "POST /api/show",
        Answer::json(200, &json!({ "model_info": { "llama.context_length": 65_536 } })),
    );
    // Nothing is loaded at first; then less than was asked for.
    let loaded = json!({ "models": [{ "name": "m", "model": "m", "context_length": 8_192 }] });
    server.on("GET /api/ps", move |request| {
        let nothing = json!({ "models": [] });
        Answer::json(200, if request.nth == 0 { &nothing } else { &loaded })
    });
    let done = json!({ "message": { "role": "assistant", "content": "yes" }, "done": true, "done_reason": "stop",
        "prompt_eval_count": 9_000, "eval_count": 1 });
    server.always("POST /api/chat", Answer::lines([done]));
    let stage = Stage::new(&format!(
        "[backend.here]\nprotocol = \"ollama\"\nbase_urls = [\"{}\"]\n[task.chat]\nuse = [\"here/m\"]\n",
        server.url("")
    ));
    let call = |words: usize| {
        let text = "budget ".repeat(words);
        Call::chat(TaskKind::Chat, vec![Message::text(Role::User, text)], 16)
    };
    let ask = |words| stage.llm.handle().block_on(stage.llm.call(&model("here/m"), call(words))).unwrap();
    ask(9_000);
    let event = stage.wait_for("notice", |event| matches!(event, ModelEvent::Notice(_)));
    let ModelEvent::Notice(notice) = event else { panic!("{event:?}") };
    assert_eq!(notice.title, "here/m was asked for a window of 16384 tokens and has 8192");
    assert!(notice.hint.unwrap().contains("OLLAMA_CONTEXT_LENGTH"));
    ask(20);
    let asked: Vec<Value> = server
        .requests_for("/api/chat")
        .iter()
        .map(|request| request.json()["options"]["num_ctx"].clone())
        .collect();
    assert_eq!(asked, [16_384, 16_384], "another number would load the model anew");
}
