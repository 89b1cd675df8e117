//! Against aimock, a mock of the hosted interfaces that others wrote and keep, where `QUARRY_AIMOCK` names its `llmock`.
//!
//! What our own scripted server cannot show: that we and somebody else read the services' documents alike.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use common::backend::{ask, ask_whole, client, question};
use common::engine::note;
use quarry::config::Protocol;
use quarry::llm::{Ask, Call, Format, LlmError, Message, Part, Role, StopReason, Tool, ToolCall, ToolResult};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The protocols that it speaks.
const SPOKEN: [Protocol; 5] =
    [Protocol::OpenAi, Protocol::Responses, Protocol::Anthropic, Protocol::Gemini, Protocol::Ollama];

/// A running mock; ends when dropped.
struct Mock {
    child: Child,
    url: String,
    _fixtures: TempDir,
}

impl Mock {
    /// Starts it, where there is one; says so otherwise.
    fn start() -> Option<Self> {
        let Some(binary) = env::var_os("QUARRY_AIMOCK").map(PathBuf::from) else {
            println!("skipped: QUARRY_AIMOCK names no llmock; .ci/aimock installs one");
            return None;
        };
        note("aimock");
        let folder = tempfile::tempdir().unwrap();
        let fixtures = folder.path().join("fixtures.json");
        std::fs::write(&fixtures, answers().to_string()).unwrap();
        let mut child = Command::new(&binary)
            .args(["-p", "0", "-h", "127.0.0.1", "-c", "5", "-f"])
            .arg(&fixtures)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
        let log = BufReader::new(child.stdout.take().unwrap());
        let (found, url) = mpsc::channel();
        thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if let Some((_, url)) = line.split_once("listening on ") {
                    let _ = found.send(url.trim().to_owned());
                }
            }
        });
        let url = url.recv_timeout(Duration::from_mins(1));
        let Ok(url) = url else {
            let _ = child.kill();
            panic!("aimock does not listen");
        };
        Some(Self { child, url, _fixtures: folder })
    }

    /// From now on a call fails in that way with that probability; `{}` ends it.
    fn chaos(&self, rates: &Value) {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let (method, body) =
            if rates == &json!({}) { ("DELETE", String::new()) } else { ("POST", rates.to_string()) };
        write!(
            stream,
            "{method} /__aimock/chaos HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const HELLO: &str = "Hello from the other side: caf\u{e9}, \u{65e5}\u{672c}\u{8a9e}, \u{1f980}.";

const CHANGE: &str = "{\"path\":\"a.rs\",\"old_string\":\"caf\u{e9} \\\"x\\\"\\n\",\"new_string\":\"y\"}";

fn answers() -> Value {
    json!({"fixtures": [
        {"match": {"userMessage": "say hello"}, "response": {"content": HELLO}},
        {"match": {"userMessage": "verdict as JSON"}, "response": {"content": "{\"verdict\":\"yes\",\"why\":\"it says so\"}"}},
        {"match": {"userMessage": "change it"}, "response": {"toolCalls": [
            {"name": "edit_file", "arguments": CHANGE}, {"name": "finish", "arguments": "{\"why\":\"asked\"}"}]}},
        {"match": {"userMessage": "overload"}, "response": {"error": {"message": "Overloaded, come back", "type": "overloaded_error"}, "status": 529}},
        {"match": {"userMessage": "too long"}, "response": {"error": {"message": "This model's maximum context length is 100 tokens", "type": "invalid_request_error", "code": "context_length_exceeded"}, "status": 400}},
        {"match": {"userMessage": "who am I"}, "response": {"error": {"message": "Incorrect API key provided", "type": "authentication_error"}, "status": 401}},
    ]})
}

#[test]
fn an_answer_comes_streamed_and_whole_in_each_interface() {
    let Some(mock) = Mock::start() else { return };
    for protocol in SPOKEN {
        let client = client(protocol, &mock.url);
        for (how, reply) in [
            ("streamed", ask(&client, question("say hello"))),
            ("whole", ask_whole(&client, question("say hello"))),
        ] {
            let reply = reply.unwrap_or_else(|error| panic!("{protocol:?}, {how}: {error:?}"));
            assert_eq!((reply.text.as_str(), reply.stop), (HELLO, StopReason::End), "{protocol:?}, {how}");
        }
    }
}

#[test]
fn calls_of_tools_come_streamed_and_whole_in_each_interface_and_go_back() {
    let Some(mock) = Mock::start() else { return };
    for protocol in SPOKEN {
        let client = client(protocol, &mock.url);
        let parameters =
            json!({"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]});
        let tool = |name| Tool { name, description: "Changes a file.", schema: parameters.clone() };
        let call = || Call { tools: [tool("edit_file"), tool("finish")].into(), ..question("change it") };
        for (how, reply) in [("streamed", ask(&client, call())), ("whole", ask_whole(&client, call()))] {
            let reply = reply.unwrap_or_else(|error| panic!("{protocol:?}, {how}: {error:?}"));
            let [first, second] = &reply.calls[..] else { panic!("{protocol:?}, {how}: {reply:?}") };
            assert_eq!((&*first.name, &*second.name), ("edit_file", "finish"), "{protocol:?}, {how}");
            let wanted: Value = serde_json::from_str(CHANGE).unwrap();
            assert_eq!(first.object(), wanted, "{protocol:?}, {how}");
            assert_eq!(reply.stop, StopReason::Calls, "{protocol:?}, {how}");

            let mut next = call();
            let Ask::Chat(turns) = &mut next.ask else { panic!("no chat") };
            let result = |call: &ToolCall| {
                let (id, name) = (call.id.clone(), call.name.clone());
                Part::Returned(ToolResult { id, name, text: "Taken.".into() })
            };
            let results = reply.calls.iter().map(result).collect();
            let said = reply.calls.iter().cloned().map(Part::Called).collect();
            turns.push(Message { role: Role::Assistant, parts: said, cache: false });
            turns.push(Message { role: Role::User, parts: results, cache: false });
            turns.push(Message::text(Role::User, "say hello"));
            let reply = ask(&client, next).unwrap_or_else(|error| panic!("{protocol:?}, {how}: {error:?}"));
            assert_eq!(reply.text, HELLO, "{protocol:?}, {how}");
        }
    }
}

#[test]
fn an_object_of_a_schema_can_be_asked_for_in_each_interface() {
    let Some(mock) = Mock::start() else { return };
    for protocol in SPOKEN {
        let mut call = question("verdict as JSON");
        call.format = Format::Json {
            name: "verdict",
            schema: json!({"type": "object", "additionalProperties": false, "required": ["verdict", "why"],
                "properties": {"verdict": {"enum": ["yes", "no"]}, "why": {"type": "string"}}})
            .into(),
        };
        let reply =
            ask(&client(protocol, &mock.url), call).unwrap_or_else(|error| panic!("{protocol:?}: {error:?}"));
        let object: Value = serde_json::from_str(&reply.text).unwrap();
        assert_eq!(object["verdict"], "yes", "{protocol:?}");
    }
}

#[test]
fn its_errors_have_the_names_that_the_services_give_them() {
    let Some(mock) = Mock::start() else { return };
    for protocol in SPOKEN {
        for (text, kind) in [("overload", "server"), ("who am I", "auth")] {
            let error = ask(&client(protocol, &mock.url), question(text)).unwrap_err();
            assert_eq!(error.kind(), kind, "{protocol:?} {text}: {error:?}");
        }
    }
    for protocol in [Protocol::OpenAi, Protocol::Responses] {
        let error = ask(&client(protocol, &mock.url), question("too long")).unwrap_err();
        assert_eq!(error.kind(), "context_length", "{protocol:?}: {error:?}");
    }
}

#[test]
fn its_models_are_listed() {
    let Some(mock) = Mock::start() else { return };
    for protocol in [Protocol::OpenAi, Protocol::Ollama] {
        let listed = common::backend::runtime().block_on(client(protocol, &mock.url).list(None)).unwrap();
        assert!(listed.iter().any(|model| model.name == "gpt-4o"), "{protocol:?}: {listed:?}");
    }
}

#[test]
fn every_kind_of_trouble_is_told_apart_and_over_when_it_is_over() {
    let Some(mock) = Mock::start() else { return };
    for protocol in SPOKEN {
        for (rates, kinds) in [
            (json!({"rateLimitRate": 1}), &["rate"][..]),
            (json!({"malformedRate": 1}), &["garbled", "cut", "server", "rejected"]),
            (json!({"disconnectRate": 1}), &["network", "cut"]),
            (json!({"dropRate": 1}), &["server"]),
        ] {
            mock.chaos(&rates);
            let error: LlmError = ask(&client(protocol, &mock.url), question("say hello")).unwrap_err();
            assert!(kinds.contains(&error.kind()), "{protocol:?} {rates}: {error:?}");
            mock.chaos(&json!({}));
        }
        assert_eq!(
            ask(&client(protocol, &mock.url), question("say hello")).unwrap().text,
            HELLO,
            "{protocol:?}"
        );
    }
}

#[test]
fn calls_come_through_a_server_that_fails_now_and_then() {
    let Some(mock) = Mock::start() else { return };
    mock.chaos(&json!({"dropRate": 0.15, "disconnectRate": 0.05}));
    let client = client(Protocol::OpenAi, &mock.url);
    let calls = 40;
    let well = (0..calls).filter(|_| ask_whole(&client, question("say hello")).is_ok()).count();
    // A call fails when three tries fail: 0.2 to the third power, one in 125.
    assert!(well >= calls - 4, "{well} of {calls}");
}
