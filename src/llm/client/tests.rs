//! The client against a server that answers by script.

pub(super) mod plain;
pub(super) mod server;

mod calls;
mod fan_out;
mod gating;
mod servers;

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use self::plain::Plain;
use self::server::{Server, Step, piece, respond, stream_end, stream_head};
use super::*;
use crate::config::Protocol;
use crate::domain::TaskKind;
use crate::llm::wire::Traits;
use crate::llm::{Chunk, Message, Role};

fn model() -> ModelRef {
    ModelRef::new("lab", "m")
}

fn spec(servers: &[&Server]) -> BackendSpec {
    BackendSpec {
        name: "lab".into(),
        protocol: Protocol::OpenAi,
        endpoints: servers.iter().map(|server| server.url()).collect(),
        key: Some(Secret::new("k-123")),
        locality: Locality::Remote,
        max_in_flight: None,
        models: Vec::new(),
        origin: "a test".into(),
    }
}

fn options() -> ClientOptions {
    ClientOptions {
        gate: Arc::new(OpenGate),
        reach: Reach::Anywhere,
        runtime: Handle::current(),
        patience: Patience::default(),
    }
}

fn client(servers: &[&Server]) -> Client {
    Client::new(spec(servers), &Plain, options()).expect("a client")
}

fn call(task: TaskKind, text: &str) -> Call {
    Call::chat(task, vec![Message::text(Role::User, text)], 100)
}

fn chat(text: &str) -> Call {
    call(TaskKind::Chat, text)
}

fn send(client: &Client, call: Call) -> Answer {
    client.stream(&model(), &Traits::default(), call)
}

/// A stream of these records, in one piece.
fn stream(records: &[&str]) -> Vec<Step> {
    let body: String = records.iter().flat_map(|record| ["data: ", record, "\n\n"]).collect();
    vec![Step::Send(stream_head()), Step::Send(piece(body.as_bytes())), Step::Send(stream_end())]
}

fn yes() -> Vec<Step> {
    stream(&[r#"{"text":"yes"}"#, r#"{"stop":true}"#])
}

/// A refusal that asks for another try at once.
fn status(status: u16) -> Vec<Step> {
    vec![Step::Send(respond(status, &[("retry-after", "0.01")], b"busy"))]
}

async fn within<T>(seconds: u64, wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(seconds), wait).await.expect("in time")
}

/// Waits until something is so; for what a server notices a moment later.
async fn until(is_so: impl Fn() -> bool) {
    within(10, async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
