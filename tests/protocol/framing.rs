//! The same answer in every framing that servers and proxies make of it.

use quarry::config::Protocol;
use quarry::llm::StopReason;
use serde_json::{Value, json};

use crate::common::answer::Answer;
use crate::common::backend::{ask, ask_whole, client, question, runtime};
use crate::common::server::Server;
use crate::common::shapes;

/// Characters of one to four bytes, a combining mark, and what JSON must escape.
const PIECES: [&str; 5] =
    ["caf\u{e9} ", "\u{65e5}\u{672c} ", "\u{1f980}\u{200d}", " e\u{301}\n", "\"\\\t end"];

fn text() -> String {
    PIECES.concat()
}

/// Sends this answer to a streamed call, and checks that the whole of it arrives.
fn arrives(protocol: Protocol, answer: Answer, what: &str) {
    let server = Server::start();
    server.always(shapes::route(protocol), answer);
    let reply = ask(&client(protocol, &server.url("")), question("hello"))
        .unwrap_or_else(|error| panic!("{protocol:?}, {what}: {error:?}"));
    assert_eq!(reply.text, text(), "{protocol:?}, {what}");
    assert_eq!(reply.stop, StopReason::End, "{protocol:?}, {what}");
    assert_eq!(reply.counted.prompt, Some(shapes::PROMPT), "{protocol:?}, {what}");
    assert_eq!(reply.counted.output, Some(PIECES.len() as u64), "{protocol:?}, {what}");
    let cached = (protocol != Protocol::Ollama).then_some(shapes::CACHED);
    assert_eq!(reply.counted.cached, cached, "{protocol:?}, {what}");
    assert_eq!(server.requests().len(), 1, "{protocol:?}, {what}: asked once");
}

fn is_events(protocol: Protocol) -> bool {
    protocol != Protocol::Ollama
}

/// The bytes of the stream, its events ended and divided as told.
fn stream_bytes(protocol: Protocol, end: &str, pretty: bool) -> String {
    let mut bytes = String::new();
    for (name, record) in shapes::records(protocol, &PIECES) {
        let data = if pretty { serde_json::to_string_pretty(&record).unwrap() } else { record.to_string() };
        bytes.push_str(&shapes::event(name, &data, end));
    }
    if shapes::has_done_mark(protocol) {
        bytes.push_str(&shapes::event("", "[DONE]", end));
    }
    bytes
}

fn events(body: &str) -> Answer {
    Answer::ok().header("content-type", "text/event-stream; charset=utf-8").piece(body)
}

#[test]
fn a_stream_of_records_arrives_whole_in_every_protocol() {
    for protocol in shapes::ALL {
        arrives(protocol, shapes::streamed(protocol, &PIECES), "record by record");
        arrives(protocol, shapes::streamed(protocol, &PIECES).until_close(), "until the connection closes");
    }
}

#[test]
fn a_character_over_two_chunks_arrives_whole() {
    for protocol in shapes::ALL {
        let mut bytes = stream_bytes(protocol, "\n", false);
        if !is_events(protocol) {
            let lines: Vec<String> =
                shapes::records(protocol, &PIECES).iter().map(|(_, record)| record.to_string()).collect();
            bytes = lines.join("\n") + "\n";
        }
        let kind = if is_events(protocol) { "text/event-stream" } else { "application/x-ndjson" };
        let start = Answer::ok().header("content-type", kind);
        let answer = bytes.as_bytes().iter().fold(start, |answer, byte| answer.piece([*byte]));
        arrives(protocol, answer, "byte by byte");
    }
}

#[test]
fn all_in_one_chunk_arrives_whole() {
    for protocol in shapes::ALL.into_iter().filter(|protocol| is_events(*protocol)) {
        arrives(protocol, events(&stream_bytes(protocol, "\n", false)), "in one chunk");
    }
}

#[test]
fn any_end_of_line_that_the_standard_allows_is_understood() {
    for protocol in shapes::ALL.into_iter().filter(|protocol| is_events(*protocol)) {
        arrives(protocol, events(&stream_bytes(protocol, "\r\n", false)), "CRLF");
        arrives(protocol, events(&stream_bytes(protocol, "\r", false)), "CR");
        let marked = format!("\u{feff}{}", stream_bytes(protocol, "\n", false));
        arrives(protocol, events(&marked), "with a byte order mark");
    }
}

#[test]
fn a_pair_of_line_end_bytes_over_two_chunks_ends_one_line() {
    for protocol in shapes::ALL.into_iter().filter(|protocol| is_events(*protocol)) {
        let bytes = stream_bytes(protocol, "\r\n", false);
        let start = Answer::ok().header("content-type", "text/event-stream");
        let answer = bytes.as_bytes().iter().fold(start, |answer, byte| answer.piece([*byte]));
        arrives(protocol, answer, "CRLF byte by byte");
    }
}

#[test]
fn data_over_several_lines_is_one_record() {
    for protocol in shapes::ALL.into_iter().filter(|protocol| is_events(*protocol)) {
        arrives(protocol, events(&stream_bytes(protocol, "\n", true)), "data of many lines");
    }
}

#[test]
fn comments_between_records_are_no_part_of_the_answer() {
    for protocol in shapes::ALL.into_iter().filter(|protocol| is_events(*protocol)) {
        let body = stream_bytes(protocol, "\n", false);
        let body =
            format!(": OPENROUTER PROCESSING\n\n{}", body.replace("\n\n", "\n\n: keep-alive\n\n:\n\n"));
        arrives(protocol, events(&body), "with comments");
    }
}

#[test]
fn fields_that_are_not_needed_are_passed_over() {
    for protocol in shapes::ALL.into_iter().filter(|protocol| is_events(*protocol)) {
        let body = stream_bytes(protocol, "\n", false).replace("\n\n", "\nid: 7\nretry: 100\nother\n\n");
        // No blank after the colon is as good as one.
        arrives(protocol, events(&body.replace("data: ", "data:")), "with other fields");
    }
}

#[test]
fn a_compressed_stream_arrives_whole() {
    for protocol in shapes::ALL {
        arrives(protocol, shapes::streamed(protocol, &PIECES).gzip(), "gzip");
        let cut_up = shapes::streamed(protocol, &PIECES).gzip().until_close();
        arrives(protocol, cut_up, "gzip until the connection closes");
    }
}

#[test]
fn a_server_that_does_not_stream_is_understood_all_the_same() {
    for protocol in shapes::ALL {
        let server = Server::start();
        server.always(shapes::route(protocol), Answer::json(200, &shapes::whole(protocol, &text())));
        let reply = ask(&client(protocol, &server.url("")), question("hello")).unwrap();
        assert_eq!((reply.text, reply.stop), (text(), StopReason::End), "{protocol:?}");
        assert_eq!(reply.counted.prompt, Some(shapes::PROMPT), "{protocol:?}");
    }
}

#[test]
fn a_whole_answer_is_the_same_as_a_streamed_one() {
    for protocol in shapes::ALL {
        for gzip in [false, true] {
            let server = Server::start();
            server.on(shapes::route(protocol), move |request| {
                let answer = shapes::as_asked(protocol, request, &PIECES);
                if gzip { answer.gzip() } else { answer }
            });
            let reply = ask_whole(&client(protocol, &server.url("")), question("hello")).unwrap();
            assert_eq!((reply.text, reply.stop), (text(), StopReason::End), "{protocol:?}");
            assert_eq!(reply.counted.prompt, Some(shapes::PROMPT), "{protocol:?}");
        }
    }
}

#[test]
fn what_a_server_adds_to_its_records_does_no_harm() {
    for protocol in shapes::ALL {
        let mut records = shapes::records(protocol, &PIECES);
        for (_, record) in &mut records {
            record["a_field_of_tomorrow"] = json!({"deep": [1, null, {"x": "y"}]});
        }
        if is_events(protocol) {
            records.insert(1, ("an_event_of_tomorrow", json!({"type": "an_event_of_tomorrow", "a": 1})));
        }
        arrives(protocol, shapes::stream_of(protocol, records), "with unknown fields");
    }
}

#[test]
fn a_long_answer_arrives_whole_and_a_slow_reader_loses_nothing() {
    let pieces: Vec<String> = (0..20_000).map(|at| format!("token {at} ")).collect();
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    for protocol in [Protocol::OpenAi, Protocol::Ollama] {
        let server = Server::start();
        server.always(shapes::route(protocol), shapes::streamed(protocol, &pieces));
        let client = client(protocol, &server.url(""));
        let text = runtime().block_on(async {
            let mut answer = client.stream(
                &crate::common::backend::model(),
                &quarry::llm::wire::Traits::default(),
                question("go"),
            );
            let mut text = String::new();
            while let Some(chunk) = answer.next().await {
                if let quarry::llm::Chunk::Text(piece) = chunk.unwrap() {
                    if text.is_empty() {
                        // Far more than may wait unread arrives meanwhile.
                        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    }
                    text.push_str(&piece);
                }
            }
            text
        });
        assert_eq!(text, pieces.concat(), "{protocol:?}");
    }
}

#[test]
fn a_token_that_is_half_a_character_is_joined_with_its_other_half() {
    // As llama.cpp's server sends it: text only once the character is whole, bytes in the log-probabilities.
    let token = |token: &str, bytes: &[u8]| json!({"token": token, "bytes": bytes, "logprob": -0.5, "top_logprobs": [{"token": token, "bytes": bytes, "logprob": -0.5}]});
    let chunk = |content: &str, token: Value| {
        (
            "",
            json!({"choices": [{"index": 0, "delta": {"content": content}, "logprobs": {"content": [token]}, "finish_reason": null}]}),
        )
    };
    let mut records = shapes::records(Protocol::OpenAi, &[]);
    let end = records.split_off(1);
    records.push(chunk("", token("\u{fffd}", &[0xc3])));
    records.push(chunk("\u{e9}", token("\u{fffd}", &[0xa9])));
    records.extend(end);
    let server = Server::start();
    server.always(shapes::route(Protocol::OpenAi), shapes::stream_of(Protocol::OpenAi, records));
    let reply = ask(&client(Protocol::OpenAi, &server.url("")), question("hello")).unwrap();
    assert_eq!(reply.text, "\u{e9}");
    assert_eq!(reply.logprobs.len(), 2);
}
