//! Servers are known by what they answer, strangers are left alone, and what went away is noticed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpListener;

use super::*;

/// A server that gives one answer to all questions, and counts them.
struct Scripted {
    port: u16,
    asked: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Scripted {
    async fn start(answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let (answer, count) = (answer.to_owned(), Arc::clone(&asked));
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut question = [0; 1024];
                if stream.read(&mut question).await.is_ok_and(|read| read > 0) {
                    count.fetch_add(1, Ordering::Relaxed);
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            }
        });
        Self { port, asked, task }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

fn http(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\n\r\n{body}")
}

async fn found(answer: &str) -> Vec<(&'static str, Protocol)> {
    let server = Scripted::start(answer).await;
    let servers = Landscape::default().look(&[server.port]).await;
    servers.into_iter().map(|server| (server.name, server.protocol)).collect()
}

#[tokio::test]
async fn servers_are_known_by_what_they_answer() {
    for (owner, name, protocol) in [
        ("llamacpp", "llama-server", Protocol::LlamaCpp),
        ("vllm", "vllm", Protocol::OpenAi),
        ("sglang", "sglang", Protocol::OpenAi),
        ("organization_owner", "lm-studio", Protocol::OpenAi),
        ("koboldcpp", "koboldcpp", Protocol::OpenAi),
        ("me", "local", Protocol::OpenAi),
    ] {
        let body = format!("{{\"object\":\"list\",\"data\":[{{\"id\":\"m\",\"owned_by\":\"{owner}\"}}]}}");
        assert_eq!(found(&http("200 OK", &body)).await, [(name, protocol)]);
    }
}

#[tokio::test]
async fn an_answer_in_chunks_is_read_too() {
    let body = "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"owned_by\":\"vllm\"}]}";
    let answer = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    assert_eq!(found(&answer).await, [("vllm", Protocol::OpenAi)]);
}

#[tokio::test]
async fn a_stranger_is_asked_once_and_again_only_when_a_person_wants_it() {
    for answer in [
        http("404 Not Found", "{}"),
        http("200 OK", "<html>"),
        http("200 OK", "{\"data\":[1]}"),
        "SSH-2.0\r\n\r\n".into(),
    ] {
        let stranger = Scripted::start(&answer).await;
        let mut landscape = Landscape::default();
        for _ in 0..3 {
            assert_eq!(landscape.look(&[stranger.port]).await, []);
        }
        if !answer.starts_with("SSH") {
            assert_eq!(stranger.asked(), 1, "{answer}");
        }
        let before = stranger.asked();
        landscape.forget_strangers();
        landscape.look(&[stranger.port]).await;
        assert_eq!(stranger.asked(), before + 1);
    }
}

#[tokio::test]
async fn a_server_that_loads_is_asked_again_and_one_that_ended_is_gone() {
    let loading = "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}";
    let server = Scripted::start(&http("503 Service Unavailable", loading)).await;
    let mut landscape = Landscape::default();
    for _ in 0..2 {
        assert_eq!(landscape.look(&[server.port]).await, []);
    }
    assert_eq!(server.asked(), 2);

    let body = "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"owned_by\":\"vllm\"}]}";
    let server = Scripted::start(&http("200 OK", body)).await;
    assert_eq!(landscape.look(&[server.port]).await.len(), 1);
    assert_eq!(landscape.look(&[server.port]).await.len(), 1);
    assert_eq!(server.asked(), 1, "who is known is not asked again");
    server.task.abort();
    let _ = server.task.await;
    assert_eq!(landscape.look(&[server.port]).await, []);
}

#[test]
fn a_second_server_of_a_kind_gets_its_port_into_its_name() {
    let server =
        Server { port: 8081, name: "vllm", protocol: Protocol::OpenAi, dialect: Some(Dialect::Vllm) };
    let planned = server.planned(&|name| name == "vllm");
    assert_eq!(&*planned.spec.name, "vllm-8081");
    assert_eq!(planned.spec.endpoints[0].as_str(), "http://127.0.0.1:8081/v1");
    assert_eq!(
        (planned.spec.locality, planned.spec.origin.as_str()),
        (Locality::Loopback, "found on 127.0.0.1:8081")
    );
    assert_eq!(&*server.planned(&|_| false).spec.name, "vllm");
}
