//! What the scripted server sends for one request: head, pieces, pauses, cuts.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// One thing done on the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Nothing for a while.
    Pause(Duration),
    /// Nothing, until the client leaves.
    Hang,
    /// The connection is closed here.
    Cut,
}

/// How a client sees where the body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// `Content-Length`.
    Length,
    /// Chunked: each piece is a chunk.
    Chunked,
    /// The connection's end.
    Close,
}

/// An answer. Built from left to right: `Answer::ok().piece("data: ...").pause(20).piece("...")`.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<Step>,
    ends: Ends,
    gzip: bool,
    cut_at: Option<usize>,
}

impl Answer {
    /// A 200 whose body is sent in chunks.
    pub fn ok() -> Self {
        Self::status(200)
    }

    /// This status; the body is sent in chunks.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), ends: Ends::Chunked, gzip: false, cut_at: None }
    }

    /// A 200 of server-sent events, one piece each, sent as they are given.
    pub fn events<I: IntoIterator>(events: I) -> Self
    where
        I::Item: AsRef<str>,
    {
        let answer = Self::ok().header("content-type", "text/event-stream");
        events.into_iter().fold(answer, |answer, event| answer.piece(event.as_ref()))
    }

    /// A 200 of JSON values, one a line and piece.
    pub fn lines(values: impl IntoIterator<Item = Value>) -> Self {
        let answer = Self::ok().header("content-type", "application/x-ndjson");
        values.into_iter().fold(answer, |answer, value| answer.piece(format!("{value}\n")))
    }

    /// One JSON value, its length said.
    pub fn json(status: u16, value: &Value) -> Self {
        Self::status(status).header("content-type", "application/json").body(value.to_string())
    }

    /// To another place.
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::status(status).header("location", to).body("")
    }

    /// One more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// One more piece of the body, written at once and apart from the others.
    pub fn piece(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.body.push(Step::Bytes(bytes.as_ref().to_vec()));
        self
    }

    /// The whole body, its length said.
    pub fn body(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.ends = Ends::Length;
        self.body = vec![Step::Bytes(bytes.as_ref().to_vec())];
        self
    }

    /// No length and no chunks: the body ends with the connection.
    pub fn until_close(mut self) -> Self {
        self.ends = Ends::Close;
        self
    }

    /// Silence for so many milliseconds, here. Before the first piece the head waits as well.
    pub fn pause(mut self, milliseconds: u64) -> Self {
        self.body.push(Step::Pause(Duration::from_millis(milliseconds)));
        self
    }

    /// The same after silence for so many milliseconds.
    pub fn slowly(mut self, milliseconds: u64) -> Self {
        self.body.insert(0, Step::Pause(Duration::from_millis(milliseconds)));
        self
    }

    /// Silence from here on; the connection stays open. Before the first piece not even the head is sent; an empty piece
    /// sends the head alone.
    pub fn hang(mut self) -> Self {
        self.body.push(Step::Hang);
        self
    }

    /// The connection is closed here, without the end that the framing asks for.
    pub fn cut(mut self) -> Self {
        self.body.push(Step::Cut);
        self
    }

    /// The connection is closed after so many bytes, those of the head and of the framing included.
    pub fn cut_at(mut self, bytes: usize) -> Self {
        self.cut_at = Some(bytes);
        self
    }

    /// The body is compressed; every piece can be decoded once it has come.
    pub fn gzip(mut self) -> Self {
        self.gzip = true;
        self
    }

    /// The bytes of the whole, head and framing included.
    pub fn length(&self) -> usize {
        let uncut = Self { cut_at: None, ..self.clone() };
        uncut.steps().iter().map(|step| if let Step::Bytes(bytes) = step { bytes.len() } else { 0 }).sum()
    }

    /// Whether the connection ends with it.
    pub(super) fn closes(&self) -> bool {
        self.ends == Ends::Close
    }

    /// What is done on the connection, one after the other.
    pub(super) fn steps(&self) -> Vec<Step> {
        let body = if self.gzip { compressed(&self.body) } else { self.body.clone() };
        let first =
            body.iter().position(|step| matches!(step, Step::Bytes(_) | Step::Cut)).unwrap_or(body.len());
        let (before, body) = body.split_at(first);
        let mut steps = before.to_vec();
        steps.push(Step::Bytes(self.head(body)));
        for step in body {
            steps.push(match step {
                Step::Bytes(bytes) if self.ends == Ends::Chunked => {
                    if bytes.is_empty() {
                        continue;
                    }
                    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
                    chunk.extend_from_slice(bytes);
                    chunk.extend_from_slice(b"\r\n");
                    Step::Bytes(chunk)
                }
                other => other.clone(),
            });
        }
        if self.ends == Ends::Chunked {
            // With the last piece, in one write: a client that has all of the answer has its end as well.
            match steps.last_mut() {
                Some(Step::Bytes(last)) => last.extend_from_slice(b"0\r\n\r\n"),
                _ => steps.push(Step::Bytes(b"0\r\n\r\n".to_vec())),
            }
        }
        match self.cut_at {
            Some(at) => cut(steps, at),
            None => steps,
        }
    }

    fn head(&self, body: &[Step]) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if self.gzip {
            head.push_str("content-encoding: gzip\r\n");
        }
        match self.ends {
            Ends::Length => {
                let length: usize =
                    body.iter().map(|step| if let Step::Bytes(bytes) = step { bytes.len() } else { 0 }).sum();
                let _ = write!(head, "content-length: {length}\r\n");
            }
            Ends::Chunked => head.push_str("transfer-encoding: chunked\r\n"),
            Ends::Close => head.push_str("connection: close\r\n"),
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

fn cut(steps: Vec<Step>, mut at: usize) -> Vec<Step> {
    let mut kept = Vec::new();
    for step in steps {
        if let Step::Bytes(mut bytes) = step {
            if bytes.len() >= at {
                bytes.truncate(at);
                kept.push(Step::Bytes(bytes));
                break;
            }
            at -= bytes.len();
            kept.push(Step::Bytes(bytes));
        } else {
            kept.push(step);
        }
    }
    kept.push(Step::Cut);
    kept
}

/// Each piece flushed by itself, as a server does that compresses a stream.
fn compressed(body: &[Step]) -> Vec<Step> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let mut out: Vec<Step> = body
        .iter()
        .map(|step| {
            if let Step::Bytes(bytes) = step {
                encoder.write_all(bytes).unwrap();
                encoder.flush().unwrap();
                Step::Bytes(std::mem::take(encoder.get_mut()))
            } else {
                step.clone()
            }
        })
        .collect();
    let end = encoder.finish().unwrap();
    match out.last_mut() {
        Some(Step::Bytes(bytes)) => bytes.extend(end),
        _ => out.push(Step::Bytes(end)),
    }
    out
}
