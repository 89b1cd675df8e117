//! A server that answers by script: bytes, pauses, breaks, over plain TCP.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::llm::client::Url;

/// One request as it came.
#[derive(Debug, Clone)]
pub(in crate::llm::client) struct Seen {
    /// `POST /chat`.
    pub(in crate::llm::client) line: String,
    /// Names in lower case.
    pub(in crate::llm::client) headers: Vec<(String, String)>,
    pub(in crate::llm::client) body: String,
    /// Counts requests over all connections, from 0.
    pub(in crate::llm::client) nth: usize,
}

impl Seen {
    pub(in crate::llm::client) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does next.
#[derive(Debug, Clone)]
pub(in crate::llm::client) enum Step {
    Send(Vec<u8>),
    Pause(Duration),
    /// Says nothing more until the client goes away.
    Hang,
    /// Breaks the connection.
    Close,
}

/// What it saw and did.
#[derive(Debug, Default)]
pub(in crate::llm::client) struct Log {
    pub(in crate::llm::client) seen: Mutex<Vec<Seen>>,
    pub(in crate::llm::client) connections: AtomicUsize,
    /// Hanging answers whose client went away.
    pub(in crate::llm::client) left: AtomicUsize,
    pub(in crate::llm::client) busy: AtomicUsize,
    pub(in crate::llm::client) most_busy: AtomicUsize,
}

pub(in crate::llm::client) struct Server {
    pub(in crate::llm::client) address: SocketAddr,
    pub(in crate::llm::client) log: Arc<Log>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Script = Arc<dyn Fn(&Seen) -> Vec<Step> + Send + Sync>;

impl Server {
    pub(in crate::llm::client) async fn start(
        script: impl Fn(&Seen) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::start_on("127.0.0.1:0", script).await
    }

    pub(in crate::llm::client) async fn start_on(
        address: &str,
        script: impl Fn(&Seen) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let log = Arc::new(Log::default());
        let script: Script = Arc::new(script);
        let task = tokio::spawn(accept(listener, Arc::clone(&log), script));
        Self { address, log, task }
    }

    pub(in crate::llm::client) fn url(&self) -> Url {
        format!("http://{}", self.address).parse().expect("an address")
    }

    /// Breaks all connections and takes no more.
    pub(in crate::llm::client) fn kill(&self) {
        self.task.abort();
    }

    pub(in crate::llm::client) fn seen(&self) -> Vec<Seen> {
        self.log.seen.lock().expect("a lock").clone()
    }
}

async fn accept(listener: TcpListener, log: Arc<Log>, script: Script) {
    // Connections die with this task.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        log.connections.fetch_add(1, Ordering::SeqCst);
        connections.spawn(serve(stream, Arc::clone(&log), Arc::clone(&script)));
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Log>, script: Script) {
    let mut buffer = Vec::new();
    while let Some(mut seen) = read_request(&mut stream, &mut buffer).await {
        {
            let mut all = log.seen.lock().expect("a lock");
            seen.nth = all.len();
            all.push(seen.clone());
        }
        let busy = log.busy.fetch_add(1, Ordering::SeqCst) + 1;
        log.most_busy.fetch_max(busy, Ordering::SeqCst);
        let goes_on = play(&mut stream, &log, script(&seen)).await;
        log.busy.fetch_sub(1, Ordering::SeqCst);
        if !goes_on {
            return;
        }
    }
}

async fn play(stream: &mut TcpStream, log: &Log, steps: Vec<Step>) -> bool {
    for step in steps {
        match step {
            Step::Send(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    log.left.fetch_add(1, Ordering::SeqCst);
                    return false;
                }
            }
            Step::Pause(pause) => tokio::time::sleep(pause).await,
            Step::Hang => {
                let mut byte = [0];
                while stream.read(&mut byte).await.is_ok_and(|read| read > 0) {}
                log.left.fetch_add(1, Ordering::SeqCst);
                return false;
            }
            Step::Close => return false,
        }
    }
    true
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = head.lines();
    let line = lines.next()?.rsplit_once(' ')?.0.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().expect("a length"));
    while buffer.len() < end + 4 + length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&buffer[end + 4..end + 4 + length]).into_owned();
    buffer.drain(..end + 4 + length);
    Some(Seen { line, headers, body, nth: 0 })
}

/// A whole answer.
pub(in crate::llm::client) fn respond(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

/// The head of a stream whose end is the end of the connection.
pub(in crate::llm::client) fn stream_head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec()
}

/// One piece of a stream.
pub(in crate::llm::client) fn piece(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

/// The end of a stream.
pub(in crate::llm::client) fn stream_end() -> Vec<u8> {
    b"0\r\n\r\n".to_vec()
}
