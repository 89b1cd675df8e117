//! The server of the figures of model judges: a fixed service time, so many slots, a queue, faults at a fixed rate, and
//! whatever answers the figures need.
//!
//! It answers the one question of the model judge, over HTTP/1.1 on the loopback interface, inside this process.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// What goes wrong, per thousand requests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Answered with 429.
    pub limited: u32,
    /// Never answered.
    pub hung: u32,
}

/// The probability of yes that the server answers for a file's path.
pub type Oracle = dyn Fn(&str) -> f64 + Send + Sync;

/// How a server works.
#[derive(Clone)]
pub struct Manner {
    /// Requests that it works on at the same time; others wait.
    pub slots: usize,
    /// How long each takes.
    pub service: Duration,
    /// What goes wrong.
    pub faults: Faults,
    /// What it answers.
    pub oracle: Arc<Oracle>,
}

/// One server; it stops when it is dropped.
pub struct Server {
    /// `http://127.0.0.1:PORT/v1`.
    pub url: String,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    slots: Semaphore,
    manner: Manner,
    requests: AtomicU32,
    dead: AtomicBool,
    first: Mutex<Option<Instant>>,
    /// How often each file was answered.
    answered: Mutex<HashMap<String, u32>>,
    connections: Mutex<Vec<JoinHandle<()>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    /// Starts one.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start(manner: Manner) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let shared = Arc::new(Shared {
            slots: Semaphore::new(manner.slots),
            manner,
            requests: AtomicU32::new(0),
            dead: AtomicBool::new(false),
            first: Mutex::default(),
            answered: Mutex::default(),
            connections: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if serving.dead.load(Ordering::Relaxed) {
                    continue;
                }
                let connection = tokio::spawn(serve(stream, Arc::clone(&serving)));
                locked(&serving.connections).push(connection);
            }
        });
        Ok(Self { url, shared, accepting })
    }

    /// Requests so far.
    pub fn requests(&self) -> u32 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// When the first answer was sent.
    pub fn first_answer(&self) -> Option<Instant> {
        *locked(&self.shared.first)
    }

    /// How often each file was answered.
    pub fn answered(&self) -> HashMap<String, u32> {
        locked(&self.shared.answered).clone()
    }

    /// Breaks all connections and takes no more.
    pub fn kill(&self) {
        self.shared.dead.store(true, Ordering::Relaxed);
        self.accepting.abort();
        for connection in locked(&self.shared.connections).drain(..) {
            connection.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::with_capacity(8_192);
    while let Some(body) = request(&mut stream, &mut buffer).await {
        let number = shared.requests.fetch_add(1, Ordering::Relaxed);
        // Spread over all requests, the same in every run.
        let dice = number.wrapping_mul(2_654_435_761) >> 12 & 1_023;
        let Manner { service, faults, oracle, .. } = &shared.manner;
        let (limited, hung) = (faults.limited * 1_024 / 1_000, faults.hung * 1_024 / 1_000);
        let answer = if dice < limited {
            response("429 Too Many Requests", "Retry-After: 0\r\n", "{\"error\":{\"message\":\"slow down\"}}")
        } else if dice < limited + hung {
            // Until the client gives up.
            let mut byte = [0; 1];
            let _ = stream.read(&mut byte).await;
            return;
        } else {
            let Ok(slot) = shared.slots.acquire().await else { return };
            if !service.is_zero() {
                tokio::time::sleep(*service).await;
            }
            drop(slot);
            locked(&shared.first).get_or_insert_with(Instant::now);
            let path = file(&body).unwrap_or_default();
            let yes = oracle(&path);
            *locked(&shared.answered).entry(path).or_default() += 1;
            verdict(yes)
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads one request's body; `None` where the client is gone.
async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    let mut chunk = [0; 8_192];
    loop {
        if let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let whole = end + 4 + length.unwrap_or(0_usize);
            if buffer.len() >= whole {
                let body = String::from_utf8_lossy(&buffer[end + 4..whole]).into_owned();
                buffer.drain(..whole);
                return Some(body);
            }
        }
        match stream.read(&mut chunk).await {
            Ok(read) if read > 0 => buffer.extend_from_slice(&chunk[..read]),
            Ok(_) | Err(_) => return None,
        }
    }
}

/// The path that a verdict is asked about.
fn file(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("File: ")?;
    Some(rest.split("\\n").next()?.to_owned())
}

fn response(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

fn verdict(yes: f64) -> String {
    let (said, most) = if yes > 0.5 { ("yes", yes) } else { ("no", 1.0 - yes) };
    let token = serde_json::json!({ "token": said, "logprob": most.ln(), "top_logprobs": [
        { "token": "no", "logprob": (1.0 - yes).ln() }, { "token": "yes", "logprob": yes.ln() }] });
    let body = serde_json::json!({
        "choices": [{ "index": 0, "finish_reason": "length", "message": { "role": "assistant", "content": said },
            "logprobs": { "content": [token] } }],
        "usage": { "prompt_tokens": 300, "completion_tokens": 1 }
    });
    response("200 OK", "", &body.to_string())
}
