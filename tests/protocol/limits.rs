//! Prompts that a server cut in silence, answers without end, and servers that die among others.

use quarry::config::Protocol;
use quarry::llm::client::Reach;
use quarry::llm::wire::Traits;
use quarry::llm::{LlmError, StopReason};

use crate::common::answer::Answer;
use crate::common::backend::{ask, client, client_of, model, options, question, runtime, spec};
use crate::common::server::Server;
use crate::common::shapes;

#[test]
fn a_prompt_that_was_cut_in_silence_is_an_error_that_names_the_fix() {
    // Every answer here reports 12 prompt tokens; some 6,000 were sent.
    let long = "the quick brown fox jumps over the lazy dog\n".repeat(600);
    for protocol in shapes::ALL {
        let server = Server::start();
        server
            .always(shapes::route(protocol), shapes::streamed(protocol, &["an answer to half the question"]));
        let error = ask(&client(protocol, &server.url("")), question(&long)).unwrap_err();
        let LlmError::Truncated { sent, evaluated, fix, .. } = &error else {
            panic!("{protocol:?}: {error:?}")
        };
        assert_eq!(*evaluated, shapes::PROMPT, "{protocol:?}");
        assert!((3_000..15_000).contains(sent), "{protocol:?}: {sent}");
        let named = match protocol {
            Protocol::Ollama => "num_ctx",
            Protocol::LlamaCpp => "-c",
            _ => "",
        };
        assert!(!fix.is_empty() && fix.contains(named), "{protocol:?}: {fix}");
    }
}

#[test]
fn a_prompt_that_was_read_whole_is_no_error_whatever_the_tokenizer() {
    // One token a character, and one token for eight of them.
    let text = "the quick brown fox jumps over the lazy dog\n".repeat(60);
    for tokens in [text.len(), text.len() / 8] {
        let mut records = shapes::records(Protocol::OpenAi, &["fine"]);
        records.last_mut().unwrap().1["usage"]["prompt_tokens"] = tokens.into();
        let server = Server::start();
        server.always("POST *", shapes::stream_of(Protocol::OpenAi, records));
        let reply = ask(&client(Protocol::OpenAi, &server.url("")), question(&text)).unwrap();
        assert_eq!(reply.counted.prompt, Some(tokens as u64));
    }
}

#[test]
fn an_answer_that_reached_its_limit_says_so() {
    let mut chat = shapes::records(Protocol::OpenAi, &["half"]);
    chat[2].1["choices"][0]["finish_reason"] = "length".into();
    let mut anthropic = shapes::records(Protocol::Anthropic, &["half"]);
    anthropic[5].1["delta"]["stop_reason"] = "max_tokens".into();
    let mut gemini = shapes::records(Protocol::Gemini, &["half"]);
    gemini[1].1["candidates"][0]["finishReason"] = "MAX_TOKENS".into();
    let mut ollama = shapes::records(Protocol::Ollama, &["half"]);
    ollama[1].1["done_reason"] = "length".into();
    for (protocol, records) in [
        (Protocol::OpenAi, chat),
        (Protocol::Anthropic, anthropic),
        (Protocol::Gemini, gemini),
        (Protocol::Ollama, ollama),
    ] {
        let server = Server::start();
        server.always(shapes::route(protocol), shapes::stream_of(protocol, records));
        let reply = ask(&client(protocol, &server.url("")), question("hello")).unwrap();
        assert_eq!((reply.text.as_str(), reply.stop), ("half", StopReason::Length), "{protocol:?}");
    }
}

#[test]
fn a_line_without_end_is_cut_off_and_not_kept() {
    let megabyte = vec![b'x'; 1 << 20];
    for protocol in [Protocol::OpenAi, Protocol::Ollama] {
        let kind = if protocol == Protocol::Ollama { "application/x-ndjson" } else { "text/event-stream" };
        let start = Answer::ok().header("content-type", kind).piece("data: ");
        let answer = (0..200).fold(start, |answer, _| answer.piece(&megabyte));
        let server = Server::start();
        server.always(shapes::route(protocol), answer);
        let error = ask(&client(protocol, &server.url("")), question("hello")).unwrap_err();
        assert_eq!(error.kind(), "garbled", "{protocol:?}: {error:?}");
        assert!(error.to_string().len() < 1_000, "{protocol:?}: {} bytes of error", error.to_string().len());
        server.wait_until("the client left", |server| server.in_flight() == 0);
        assert_eq!(server.answered(), 0, "{protocol:?}: it was not read to its end");
    }
}

#[test]
fn a_huge_error_page_is_told_in_a_line() {
    let page = "<p>failure</p>".repeat(400_000);
    let server = Server::start();
    server.always("POST *", Answer::status(400).header("content-type", "text/html").body(page));
    let error = ask(&client(Protocol::OpenAi, &server.url("")), question("hello")).unwrap_err();
    assert_eq!(error.kind(), "rejected", "{error:?}");
    assert!(error.to_string().len() < 2_000, "{} bytes of error", error.to_string().len());
}

#[test]
fn a_compressed_bomb_does_not_fill_the_memory() {
    // 256 MiB of blanks in 256 KiB.
    let megabyte = vec![b' '; 1 << 20];
    let start = Answer::ok().header("content-type", "text/event-stream").piece("data: ");
    let answer = (0..256).fold(start, |answer, _| answer.piece(&megabyte)).gzip();
    let server = Server::start();
    server.always("POST *", answer);
    let error = ask(&client(Protocol::OpenAi, &server.url("")), question("hello")).unwrap_err();
    assert_eq!(error.kind(), "garbled", "{error:?}");
}

#[test]
fn one_endpoint_may_die_among_calls_and_no_call_is_lost_or_answered_twice() {
    const CALLS: usize = 80;
    let servers = [Server::start().with_slots(4), Server::start().with_slots(4)];
    for server in &servers {
        server.on("POST *", |request| {
            let body = request.json();
            let text = body["messages"][0]["content"].as_str().unwrap().to_owned();
            shapes::as_asked(Protocol::OpenAi, request, &[&text]).slowly(15)
        });
    }
    let endpoints = servers.each_ref().map(|server| server.url("/v1"));
    let client = client_of(spec(Protocol::OpenAi, &endpoints), options(Reach::Anywhere));
    let replies = runtime().block_on(async {
        let calls: Vec<_> = (0..CALLS)
            .map(|at| {
                let answer = client.whole(&model(), &Traits::default(), question(&format!("call {at}")));
                runtime().spawn(answer.collect())
            })
            .collect();
        let mut replies = Vec::new();
        for (at, call) in calls.into_iter().enumerate() {
            if at == CALLS / 4 {
                servers[1].kill();
            }
            replies.push(call.await.unwrap());
        }
        replies
    });
    for (at, reply) in replies.into_iter().enumerate() {
        assert_eq!(reply.unwrap().text, format!("call {at}"), "each call has its own answer");
    }
    assert!(!servers[0].requests().is_empty() && !servers[1].requests().is_empty(), "both were used");
}

#[test]
fn what_a_server_can_serve_is_not_exceeded() {
    let server = Server::start();
    server.on("POST *", |request| shapes::as_asked(Protocol::OpenAi, request, &["fine"]).slowly(5));
    let client = client(Protocol::OpenAi, &server.url("/v1"));
    client.set_capacity(Some(6));
    runtime().block_on(async {
        let calls: Vec<_> = (0..60)
            .map(|_| runtime().spawn(client.whole(&model(), &Traits::default(), question("go")).collect()))
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().text, "fine");
        }
    });
    assert!(server.most_in_flight() <= 6, "{} in flight", server.most_in_flight());
    assert!(server.most_in_flight() > 1, "they do run side by side");
    assert!(server.connections() <= 12, "connections are used again: {}", server.connections());
}
