//! What the client adds to a call, and how close a fan-out comes to what a server can do: `cargo bench --bench llm`.
//!
//! The server is in this program, on threads of its own: it takes a fixed time for each call, works on so many at once,
//! and lets the others wait. Figures are printed, not asserted: they are those of the machine.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::future::join_all;
use quarry::config::Protocol;
use quarry::domain::{Locality, ModelRef, TaskKind};
use quarry::llm::client::{BackendSpec, Client, ClientOptions, OpenGate, Patience, Reach};
use quarry::llm::protocols::wire_for;
use quarry::llm::wire::Traits;
use quarry::llm::{Call, Message, Role};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

const FILES: u64 = 2_000;
/// What a perfect client takes: 200 files a second, so that the machine is not what is measured.
const IDEAL: Duration = Duration::from_secs(10);

const WHOLE: &str = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}],"usage":{"prompt_tokens":300,"completion_tokens":1}}"#;
const FIRST: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"yes\"}}]}\n\n";
const REST: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// How a server behaves.
#[derive(Clone, Copy)]
struct Manner {
    slots: usize,
    service: Duration,
    /// So many of a hundred calls are refused.
    refused: usize,
    /// So many of a hundred calls never end.
    hung: usize,
}

struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
    served: Arc<AtomicUsize>,
}

fn serve(on: &Handle, manner: Manner) -> Server {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let served = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&served);
    let task = on.spawn(async move {
        let listener = TcpListener::from_std(listener).unwrap();
        let slots = Arc::new(Semaphore::new(manner.slots));
        let nth = Arc::new(AtomicUsize::new(0));
        let mut connections = tokio::task::JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            let (slots, nth, counter) = (Arc::clone(&slots), Arc::clone(&nth), Arc::clone(&counter));
            connections.spawn(async move { connection(stream, manner, &slots, &nth, &counter).await });
        }
    });
    Server { address, task, served }
}

async fn connection(
    mut stream: TcpStream,
    manner: Manner,
    slots: &Semaphore,
    nth: &AtomicUsize,
    served: &AtomicUsize,
) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        let body = request(&mut stream, &mut buffer).await?;
        // Spread evenly, and not in step with anything.
        let dice = nth.fetch_add(1, Ordering::Relaxed) * 37 % 100;
        if dice < manner.refused {
            stream.write_all(b"HTTP/1.1 429 X\r\ncontent-length: 2\r\n\r\n{}").await.ok()?;
            continue;
        }
        let hangs = dice >= 100 - manner.hung;
        let slot = slots.acquire().await.ok()?;
        if hangs {
            // Works on nothing until the client goes.
            while stream.read_buf(&mut buffer).await.ok()? > 0 {}
            return None;
        }
        tokio::time::sleep(manner.service).await;
        drop(slot);
        served.fetch_add(1, Ordering::Relaxed);
        let answer = if body.contains("\"stream\":true") {
            let body = format!("{FIRST}{REST}");
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
        } else {
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{WHOLE}",
                WHOLE.len()
            )
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let all = end + 4 + length.map_or(0, |length| length.parse().unwrap());
            while buffer.len() < all {
                if stream.read_buf(buffer).await.ok()? == 0 {
                    return None;
                }
            }
            let body = String::from_utf8_lossy(&buffer[end + 4..all]).into_owned();
            buffer.drain(..all);
            return Some(body);
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

fn client(on: &Handle, servers: &[&Server], max_in_flight: Option<u32>) -> Client {
    let endpoints = servers.iter().map(|server| format!("http://{}/v1", server.address).parse().unwrap());
    let spec = BackendSpec {
        name: "bench".into(),
        protocol: Protocol::OpenAi,
        endpoints: endpoints.collect(),
        key: None,
        locality: Locality::Loopback,
        max_in_flight,
        models: Vec::new(),
        origin: String::new(),
    };
    let options = ClientOptions {
        gate: Arc::new(OpenGate),
        reach: Reach::LoopbackOnly,
        runtime: on.clone(),
        patience: Patience::default(),
    };
    Client::new(spec, wire_for(Protocol::OpenAi).unwrap(), options).unwrap()
}

fn call(task: TaskKind, max_output: u32, text: &str) -> Call {
    Call::chat(task, vec![Message::text(Role::User, text)], max_output)
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn main() {
    let (here, there) = (runtime(), runtime());
    first_token(&here, there.handle());
    println!("\n{FILES} files; makespan over files x time / slots");
    for slots in [16, 64, 256] {
        let clean = Manner { slots, service: IDEAL * slots as u32 / FILES as u32, refused: 0, hung: 0 };
        fan_out(&here, there.handle(), "clean", clean, Some(slots as u32));
        fan_out(&here, there.handle(), "clean, slots not known", clean, None);
        let rough = Manner { refused: 10, hung: 2, ..clean };
        fan_out(&here, there.handle(), "10% refused, 2% hung", rough, Some(slots as u32));
    }
    killed(&here, there.handle());
}

/// The time to the first token of a bare request and of a call, in turn.
fn first_token(here: &Runtime, there: &Handle) {
    let server = serve(there, Manner { slots: 8, service: Duration::ZERO, refused: 0, hung: 0 });
    let client = client(here.handle(), &[&server], None);
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    let model = ModelRef::new("bench", "m");
    let text = "fn main() { println!(\"hello\"); }\n".repeat(400);
    here.block_on(async {
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let body = serde_json::json!({"model": "m", "stream": true, "messages": [{"role": "user", "content": text}]});
        let url = format!("http://{}/v1/chat/completions", server.address);
        for _ in 0..500 {
            let begun = Instant::now();
            let response = http.post(&url).json(&body).send().await.unwrap();
            let mut chunks = response.bytes_stream();
            chunks.next().await.unwrap().unwrap();
            bare.push(begun.elapsed());
            while chunks.next().await.is_some() {}

            let begun = Instant::now();
            let mut answer = client.stream(&model, &Traits::default(), call(TaskKind::Chat, 100, &text));
            answer.next().await.unwrap().unwrap();
            ours.push(begun.elapsed());
            while answer.next().await.is_some() {}
        }
    });
    server.task.abort();
    bare.sort();
    ours.sort();
    let at =
        |times: &[Duration], per_mille: usize| times[times.len() * per_mille / 1_000].as_secs_f64() * 1e3;
    println!("first token, 13 kB prompt, ms      p50      p95");
    println!("bare request                  {:8.3} {:8.3}", at(&bare, 500), at(&bare, 950));
    println!("through the client            {:8.3} {:8.3}", at(&ours, 500), at(&ours, 950));
    println!("added                         {:8.3}", at(&ours, 500) - at(&bare, 500));
}

fn ask_all(here: &Runtime, client: &Client) -> (Duration, usize) {
    let model = ModelRef::new("bench", "m");
    let text = "fn main() { println!(\"hello\"); }\n".repeat(40);
    let begun = Instant::now();
    let answered = here.block_on(async {
        let calls = (0..FILES).map(|file| {
            let call = Call { affinity: Some(file), ..call(TaskKind::Judge, 1, &text) };
            client.whole(&model, &Traits::default(), call).collect()
        });
        join_all(calls).await.iter().flatten().count()
    });
    (begun.elapsed(), answered)
}

fn fan_out(here: &Runtime, there: &Handle, what: &str, manner: Manner, bound: Option<u32>) {
    let server = serve(there, manner);
    let client = client(here.handle(), &[&server], bound);
    let (took, answered) = ask_all(here, &client);
    let over = (took.as_secs_f64() / IDEAL.as_secs_f64() - 1.0) * 100.0;
    let limit = client.status().limit;
    println!(
        "{:4} slots, {:4} ms each, {what:24} {:7.2} s, {over:+6.1}%, {answered} answered, limit {limit}",
        manner.slots,
        manner.service.as_millis(),
        took.as_secs_f64()
    );
    server.task.abort();
}

/// Two endpoints, one of them killed half-way.
fn killed(here: &Runtime, there: &Handle) {
    let manner = Manner { slots: 32, service: IDEAL * 32 / FILES as u32, refused: 0, hung: 0 };
    let (dying, staying) = (serve(there, manner), serve(there, manner));
    let client = client(here.handle(), &[&dying, &staying], Some(64));
    let (served, kill) = (Arc::clone(&dying.served), dying.task.abort_handle());
    there.spawn(async move {
        while served.load(Ordering::Relaxed) < 500 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        kill.abort();
    });
    let (took, answered) = ask_all(here, &client);
    let (gone, stayed) = (dying.served.load(Ordering::Relaxed), staying.served.load(Ordering::Relaxed));
    println!(
        "two of 32 slots, one killed at 500: {:.2} s, {answered} answered, served {gone} + {stayed}",
        took.as_secs_f64()
    );
    staying.task.abort();
}
