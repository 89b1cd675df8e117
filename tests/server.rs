//! The scripted server keeps its script: what the other tests conclude from it rests on this.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use common::answer::Answer;
use common::server::Server;

fn send(server: &Server, method: &str, path: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: test\r\nX-Key: k\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    stream
}

fn answer(server: &Server, path: &str) -> String {
    let mut stream = send(server, "GET", path, "");
    // No second request follows: the server sees the end once it has answered.
    stream.shutdown(Shutdown::Write).ok();
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn a_script_is_answered_in_order_and_its_last_answer_stays() {
    let server = Server::start();
    server.script(
        "GET /a",
        [Answer::status(429).header("retry-after", "2").body("later"), Answer::ok().body("now")],
    );
    assert_eq!(
        answer(&server, "/a"),
        "HTTP/1.1 429 Scripted\r\nretry-after: 2\r\ncontent-length: 5\r\n\r\nlater"
    );
    assert!(answer(&server, "/a").ends_with("\r\n\r\nnow"));
    assert!(answer(&server, "/a").ends_with("\r\n\r\nnow"));
    assert!(answer(&server, "/b").starts_with("HTTP/1.1 404"), "what has no route is not there");
}

#[test]
fn requests_are_recorded_as_they_came() {
    let server = Server::start();
    server.on("POST /echo*", |request| Answer::ok().body(&request.body));
    let mut stream = send(&server, "POST", "/echo/it?now=1", "{\"a\":1}");
    let mut text = String::new();
    stream.shutdown(Shutdown::Write).unwrap();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.ends_with("{\"a\":1}"), "{text}");
    let request = &server.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str(), request.query.as_str()),
        ("POST", "/echo/it", "now=1")
    );
    assert_eq!(request.header("x-key"), Some("k"));
    assert_eq!(request.json()["a"], 1);
}

#[test]
fn an_answer_is_cut_at_the_byte_that_was_named() {
    let whole = Answer::events(["data: one\n\n", "data: two\n\n"]);
    let server = Server::start();
    server.always("GET /whole", whole.clone());
    let all = answer(&server, "/whole");
    assert_eq!(all.len(), whole.length());
    assert!(all.ends_with("b\r\ndata: two\n\n\r\n0\r\n\r\n"), "{all}");
    for at in [0, 5, all.len() / 2, all.len() - 1] {
        server.always("GET /cut", whole.clone().cut_at(at));
        assert_eq!(answer(&server, "/cut"), all[..at], "cut at {at}");
    }
}

#[test]
fn gzip_comes_piece_by_piece_and_whole() {
    let server = Server::start();
    server.always("GET /z", Answer::ok().piece("one ").piece("two").gzip());
    let mut stream = send(&server, "GET", "/z", "");
    stream.shutdown(Shutdown::Write).unwrap();
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).unwrap();
    let at = raw.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let mut body = Vec::new();
    let mut rest = &raw[at..];
    loop {
        let line = rest.iter().position(|byte| *byte == b'\n').unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap().trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[line + 1..line + 1 + size]);
        rest = &rest[line + 3 + size..];
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, "one two");
}

#[test]
fn a_client_that_leaves_is_seen_and_frees_its_slot() {
    let server = Server::start().with_slots(1);
    server.script("GET /slow", [Answer::ok().hang(), Answer::ok().body("done")]);
    let first = send(&server, "GET", "/slow", "");
    server.wait_until("the first is served", |server| server.requests().len() == 1);
    let port = server.port();
    let second = thread::spawn(move || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(stream, "GET /slow HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = [0; 64];
        let read = stream.read(&mut text).unwrap();
        String::from_utf8_lossy(&text[..read]).into_owned()
    });
    server.wait_until("the second waits", |server| server.in_flight() == 2);
    assert_eq!(server.requests().len(), 1, "one slot serves one request");
    drop(first);
    assert!(second.join().unwrap().starts_with("HTTP/1.1 200"));
    assert_eq!((server.left(), server.most_in_flight()), (1, 2));
}

#[test]
fn a_killed_server_cuts_what_is_open_and_refuses_what_comes() {
    let server = Server::start();
    server.always("GET /slow", Answer::ok().piece("half").hang());
    let mut stream = send(&server, "GET", "/slow", "");
    server.wait_until("it is served", |server| server.in_flight() == 1);
    server.kill();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(!text.contains("0\r\n\r\n"), "no end was sent: {text}");
    for _ in 0..200 {
        if TcpStream::connect(("127.0.0.1", server.port())).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("connections are still taken");
}
