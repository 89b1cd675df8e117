//! Against a real engine: llama.cpp's server with a tiny model, where `QUARRY_LLAMA_SERVER` names one.
//!
//! Both protocols are tried on it: its own, and the one of chat completions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::Home;
use common::backend::{client_of, options, question, runtime, spec};
use common::engine::{Engine, engine};
use quarry::config::Protocol;
use quarry::domain::{ModelRef, TaskKind};
use quarry::llm::client::{Answer, Client, Reach};
use quarry::llm::wire::{Dialect, Traits};
use quarry::llm::{
    Ask, Call, Chunk, Fill, Format, LlmError, Message, Part, Reply, Role, StopReason, Thinking, Tool,
    ToolCall, ToolResult,
};
use serde_json::{Value, json};

const PROTOCOLS: [Protocol; 2] = [Protocol::LlamaCpp, Protocol::OpenAi];

fn model() -> ModelRef {
    ModelRef::new("lab", "tiny")
}

fn client(protocol: Protocol, engine: &Engine) -> Client {
    client_of(spec(protocol, &[engine.url("")]), options(Reach::LoopbackOnly))
}

fn traits() -> Traits {
    Traits { dialect: Some(Dialect::LlamaCpp), ..Traits::default() }
}

fn stream(client: &Client, call: Call) -> Answer {
    client.stream(&model(), &traits(), call)
}

fn ask(client: &Client, call: Call) -> Result<Reply, LlmError> {
    runtime().block_on(stream(client, call).collect())
}

/// One token of answer, with the alternatives to it.
fn yes_or_no(shared: &str, own: &str) -> Call {
    let mut system = Message::text(Role::System, shared);
    system.cache = true;
    let mut call = Call::chat(TaskKind::Judge, vec![system, Message::text(Role::User, own)], 1);
    call.temperature = Some(0.0);
    call.top_logprobs = 20;
    call.thinking = Thinking::Off;
    call
}

/// Asks the engine itself, past the program's client.
fn get(engine: &Engine, path: &str) -> Value {
    let url = engine.url("");
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(body).unwrap()
}

fn busy_slots(engine: &Engine) -> usize {
    let slots = get(engine, "/slots");
    slots.as_array().unwrap().iter().filter(|slot| slot["is_processing"] == true).count()
}

fn wait_until(what: &str, is_true: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_true() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_answer_streams_and_what_was_counted_is_true() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 2048);
    for protocol in PROTOCOLS {
        let client = client(protocol, &engine);
        let mut call = question("Say something about the sea.");
        call.temperature = Some(0.0);
        call.max_output = 24;
        let (texts, reply) = runtime().block_on(async {
            let mut answer = stream(&client, call.clone());
            let mut texts = 0;
            while let Some(chunk) = answer.next().await {
                texts += usize::from(matches!(chunk.unwrap(), Chunk::Text(_)));
            }
            (texts, stream(&client, call).collect().await.unwrap())
        });
        assert!(texts > 3, "{protocol:?}: it came in {texts} pieces");
        assert!(!reply.text.is_empty());
        assert!(matches!(reply.stop, StopReason::Length | StopReason::End), "{protocol:?}: {:?}", reply.stop);
        if reply.stop == StopReason::Length {
            assert_eq!(reply.counted.output, Some(24), "{protocol:?}");
        }
        // The same words through the engine's own tokenizer, and some for the template around them.
        let prompt = reply.counted.prompt.unwrap();
        assert!((10..80).contains(&prompt), "{protocol:?}: {prompt} prompt tokens");
        assert!(reply.timing.first_token.is_some_and(|first| first <= reply.timing.total), "{protocol:?}");
    }
}

#[test]
fn a_yes_or_no_comes_with_its_probability() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 2048);
    for protocol in PROTOCOLS {
        let client = client(protocol, &engine);
        let reply = ask(&client, yes_or_no("Answer yes or no.", "Is the sky blue?")).unwrap();
        assert_eq!(reply.logprobs.len(), 1, "{protocol:?}: one token, one entry");
        let first = &reply.logprobs[0];
        assert_eq!(first.top.len(), 20, "{protocol:?}: as many alternatives as were asked for");
        assert!(first.top.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{protocol:?}: best first");
        assert!(first.top.iter().all(|(_, logprob)| *logprob <= 0.0), "{protocol:?}: {first:?}");
        let sum: f32 = first.top.iter().map(|(_, logprob)| logprob.exp()).sum();
        assert!((0.1..=1.001).contains(&sum), "{protocol:?}: they are probabilities, of sum {sum}");
        let spelled = |word: &str| first.top.iter().any(|(token, _)| token.trim().eq_ignore_ascii_case(word));
        assert!(spelled("yes") && spelled("no"), "{protocol:?}: {first:?}");
        assert_eq!(reply.text, first.token, "{protocol:?}: the token is the text");
    }
}

#[test]
fn both_protocols_see_the_same_probabilities() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 1, 2048);
    let [own, chat] = PROTOCOLS.map(|protocol| {
        let reply =
            ask(&client(protocol, &engine), yes_or_no("Answer yes or no.", "Is the sea dry?")).unwrap();
        reply.logprobs[0].clone()
    });
    assert_eq!(own.token, chat.token);
    assert!((own.logprob - chat.logprob).abs() < 0.01, "{own:?} {chat:?}");
}

#[test]
fn an_object_of_a_schema_is_what_comes() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 2048);
    let schema: Arc<Value> = json!({
        "type": "object", "additionalProperties": false, "required": ["verdict", "why"],
        "properties": {"verdict": {"enum": ["yes", "no"]}, "why": {"type": "string", "maxLength": 12}},
    })
    .into();
    for protocol in PROTOCOLS {
        let mut call = question("Is it so? Why?");
        call.format = Format::Json { name: "verdict", schema: Arc::clone(&schema) };
        call.max_output = 200;
        let reply = ask(&client(protocol, &engine), call).unwrap();
        let object: Value = serde_json::from_str(&reply.text)
            .unwrap_or_else(|error| panic!("{protocol:?}: {error}: {}", reply.text));
        assert!(["yes", "no"].contains(&object["verdict"].as_str().unwrap()), "{protocol:?}: {object}");
        assert!(object["why"].is_string(), "{protocol:?}: {object}");
    }
}

#[test]
fn tools_and_what_calls_came_to_are_taken() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 2048);
    for protocol in PROTOCOLS {
        let schema =
            json!({"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]});
        let tool = Tool { name: "delete_file", description: "Deletes a file.", schema };
        let mut call = question("Delete a.rs");
        call.tools = Arc::from([tool]);
        call.max_output = 24;
        let first = ask(&client(protocol, &engine), call.clone()).unwrap_or_else(|error| panic!("{error:?}"));
        // What a model of random numbers writes is its own affair; that the server reads the form is not.
        assert!(first.counted.output > Some(0), "{protocol:?}");
        let Ask::Chat(turns) = &mut call.ask else { panic!("no chat") };
        let (id, name) = (Arc::from("c1"), Arc::from("delete_file"));
        let arguments = "{\"path\":\"a.rs\"}".into();
        let called = ToolCall { id: Arc::clone(&id), name: Arc::clone(&name), arguments, signature: None };
        let result = ToolResult { id, name, text: "Taken.".into() };
        turns.push(Message { role: Role::Assistant, parts: vec![Part::Called(called)], cache: false });
        turns.push(Message { role: Role::User, parts: vec![Part::Returned(result)], cache: false });
        let second = ask(&client(protocol, &engine), call).unwrap_or_else(|error| panic!("{error:?}"));
        assert!(second.counted.prompt > first.counted.prompt, "{protocol:?}: {second:?}");
    }
}

#[test]
fn one_of_two_words_is_what_comes() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 2048);
    for protocol in PROTOCOLS {
        let mut call = question("Is it so?");
        call.format = Format::Choice(&["agreed", "denied"]);
        call.max_output = 32;
        let reply = ask(&client(protocol, &engine), call).unwrap();
        assert!(["agreed", "denied"].contains(&reply.text.trim()), "{protocol:?}: {}", reply.text);
    }
}

#[test]
fn a_gap_is_filled_from_both_sides() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 2048);
    let gap = |suffix: &str| Call {
        ask: Ask::Fill(Fill {
            prefix: "fn add(a: u32, b: u32) -> u32 {\n    ".into(),
            suffix: suffix.into(),
            extra: vec![("src/numbers.rs".into(), "pub fn one() -> u32 { 1 }\n".into())],
        }),
        temperature: Some(0.0),
        ..Call::chat(TaskKind::Complete, Vec::new(), 8)
    };
    let client = client(Protocol::LlamaCpp, &engine);
    let reply = ask(&client, gap("\n}\n")).unwrap();
    assert!(!reply.text.is_empty());
    let longer = ask(&client, gap(&"\n}\n// and so on, and so on\n".repeat(8))).unwrap();
    assert!(longer.counted.prompt > reply.counted.prompt, "what stands behind the gap is sent too");
}

#[test]
fn an_answer_that_is_dropped_frees_its_slot() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 4096);
    for protocol in PROTOCOLS {
        let client = client(protocol, &engine);
        let mut call = question("Say it again and again.");
        call.max_output = 4_000;
        // The model ends where it likes; the schema keeps it going.
        call.format = Format::Json {
            name: "long",
            schema: json!({"type": "array", "items": {"type": "integer"}, "minItems": 1500}).into(),
        };
        let mut answer = stream(&client, call);
        let first = runtime().block_on(answer.next()).unwrap().unwrap();
        wait_until("the engine works on it", || busy_slots(&engine) == 1);
        drop((first, answer));
        let begun = Instant::now();
        wait_until("its slot is free", || busy_slots(&engine) == 0);
        assert!(
            begun.elapsed() < Duration::from_secs(3),
            "{protocol:?}: {:?} until it is free",
            begun.elapsed()
        );
    }
}

#[test]
fn a_prompt_over_the_window_is_told_with_both_numbers() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 1024);
    for protocol in PROTOCOLS {
        let long = "the quick brown fox jumps over the lazy dog\n".repeat(300);
        let error = ask(&client(protocol, &engine), question(&long)).unwrap_err();
        let LlmError::ContextLength { prompt: Some(prompt), window: Some(window), .. } = &error else {
            panic!("{protocol:?}: {error:?}")
        };
        assert_eq!(*window, 1024, "{protocol:?}");
        assert!(*prompt > 2_000, "{protocol:?}: {prompt}");
        assert!(error.to_string().contains("1024"), "{error}");
    }
}

#[test]
fn a_prompt_that_begins_like_the_last_is_not_read_again() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 1, 4096);
    let shared = "You decide whether a file helps with a request.\n".repeat(40);
    for protocol in PROTOCOLS {
        let client = client(protocol, &engine);
        let first = ask(&client, yes_or_no(&shared, "src/a.rs: fn first() {}")).unwrap();
        let second = ask(&client, yes_or_no(&shared, "src/b.rs: fn second() {}")).unwrap();
        let (cached, prompt) = (second.counted.cached.unwrap(), second.counted.prompt.unwrap());
        assert!(prompt > 400, "{protocol:?}: {prompt}");
        assert!(cached * 10 > prompt * 8, "{protocol:?}: {cached} of {prompt} tokens were kept");
        assert!(
            first.counted.prompt.unwrap().abs_diff(prompt) < 20,
            "{protocol:?}: all tokens are counted, kept or not"
        );
    }
}

#[test]
fn the_engine_is_known_by_its_list() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 3, 1024);
    let listed = runtime().block_on(client(Protocol::LlamaCpp, &engine).list(None)).unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0].name, "tiny");
    assert_eq!(listed[0].window, Some(1024), "the window of one slot, not of all");
    assert_eq!(listed[0].capacity, Some(3), "total_slots");
}

#[test]
fn no_more_calls_are_in_flight_than_the_engine_can_serve() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 2048);
    let client = client(Protocol::LlamaCpp, &engine);
    // As what asks the engine for its slots does it.
    let listed = runtime().block_on(client.list(None)).unwrap();
    client.set_capacity(listed[0].capacity.map(|slots| slots + 2));
    let most = runtime().block_on(async {
        let calls: Vec<_> = (0..40)
            .map(|at| {
                runtime()
                    .spawn(stream(&client, yes_or_no("Answer yes or no.", &format!("Is it {at}?"))).collect())
            })
            .collect();
        let mut most = 0;
        while !calls.iter().all(tokio::task::JoinHandle::is_finished) {
            most = most.max(client.status().in_flight);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().logprobs.len(), 1);
        }
        most
    });
    assert!((1..=4).contains(&most), "{most} in flight");
}
/// A small repository whose configuration names the engine.
fn home(engine: &Engine) -> Home {
    let home = Home::with_repository();
    let config = format!(
        "discover = false\n\n[backend.llama]\nprotocol = \"llamacpp\"\nbase_urls = [\"{}\"]\n",
        engine.url("")
    );
    std::fs::write(home.config().join("config.toml"), config).unwrap();
    home
}

#[test]
fn the_command_line_lists_it() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 2048);
    let home = home(&engine);
    let output = home.run(&["models", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = common::events(&output.stdout);
    let backend = lines.iter().find(|line| line["name"] == "llama").unwrap();
    assert_eq!((&backend["health"], &backend["locality"]), (&json!("up"), &json!("local")), "{backend}");
    assert_eq!(backend["models"][0]["name"], "tiny", "{backend}");
    assert_eq!(backend["models"][0]["window"], 2048, "{backend}");
    let used = lines.iter().any(|line| line["event"] == "route" && line["choice"] == "llama/tiny");
    assert!(used, "some task uses it: {lines:?}");
}
#[test]
fn it_judges_every_file_of_a_repository() {
    let Some(binary) = engine() else { return };
    let engine = Engine::start(&binary, 2, 4096);
    let home = home(&engine);
    let events = home.events(&["--judge", "llama/tiny", "let a session expire after login"]);
    let plan = &events[0];
    assert_eq!(plan["event"], "plan");
    let judged: Vec<&Value> = events.iter().filter(|event| event["event"] == "judged").collect();
    let failed: Vec<&Value> = events.iter().filter(|event| event["event"] == "failed").collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(judged.len() as u64, plan["files"].as_u64().unwrap(), "every file, once");
    for event in &judged {
        let probability = event["probability"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&probability), "{event}");
        assert!(["yes", "no"].contains(&event["verdict"].as_str().unwrap()), "{event}");
    }
    assert_eq!(events.last().unwrap()["event"], "done");
}
