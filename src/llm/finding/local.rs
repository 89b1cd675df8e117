//! Local: model servers on the usual ports of this machine, known by what they answer.
//!
//! Invariant: connections go to 127.0.0.1 only. A port where something else answers is asked once and then left alone
//! until nothing listened there for a while: a program that is being written must not find our questions in its log.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Planned;
use crate::config::Protocol;
use crate::domain::Locality;
use crate::llm::client::BackendSpec;
use crate::llm::wire::Dialect;

/// The ports that model servers come with: Ollama, llama-server and others, LM Studio, vLLM, `SGLang`, `KoboldCpp`, and where llama-server says
/// that it moves to.
pub const USUAL_PORTS: [u16; 7] = [11434, 8080, 1234, 8000, 30000, 5001, 9931];

/// The names that servers get.
pub const NAMES: [&str; 7] = ["ollama", "llama-server", "lm-studio", "vllm", "sglang", "koboldcpp", "local"];

/// How long a port has to answer. Nothing on this machine that is not busy takes longer.
const PATIENCE: Duration = Duration::from_millis(200);

/// Bytes read of an answer; lists of models are far smaller.
const LONGEST: u64 = 1 << 20;

/// A model server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    /// Where it listens.
    pub port: u16,
    /// Its name, and that of its backend.
    pub name: &'static str,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Which server it is, where that makes a difference.
    pub dialect: Option<Dialect>,
}

/// What stood at each port when it was looked at last.
#[derive(Debug, Default)]
pub struct Landscape {
    seen: HashMap<u16, Seen>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nothing,
    /// It listens, but answered nothing in time or is still loading: asked again.
    Busy,
    Stranger,
    Known(Server),
}

impl Landscape {
    /// Looks at all ports at the same time and tells which servers there are now, in the order of the ports.
    pub async fn look(&mut self, ports: &[u16]) -> Vec<Server> {
        let looks = ports.iter().map(|port| look(*port, self.seen.get(port).copied()));
        let seen = join_all(looks).await;
        self.seen = ports.iter().copied().zip(seen).collect();
        let known = ports.iter().filter_map(|port| match self.seen.get(port) {
            Some(Seen::Known(server)) => Some(*server),
            Some(Seen::Nothing | Seen::Busy | Seen::Stranger) | None => None,
        });
        known.collect()
    }

    /// Asks strangers once more: a person wants it.
    pub fn forget_strangers(&mut self) {
        self.seen.retain(|_, seen| *seen != Seen::Stranger);
    }
}

impl Server {
    /// The backend to talk to; two servers of one kind get their port into the name.
    pub fn planned(&self, taken: &dyn Fn(&str) -> bool) -> Planned {
        let Self { port, name, protocol, dialect } = *self;
        let name = if taken(name) { format!("{name}-{port}") } else { name.to_owned() };
        let path = match protocol {
            Protocol::OpenAi | Protocol::Responses => "/v1",
            Protocol::Anthropic
            | Protocol::Gemini
            | Protocol::Ollama
            | Protocol::LlamaCpp
            | Protocol::Gguf => "",
        };
        let endpoints = format!("http://127.0.0.1:{port}{path}").parse().into_iter().collect();
        let spec = BackendSpec {
            name: name.into(),
            protocol,
            endpoints,
            key: None,
            locality: Locality::Loopback,
            max_in_flight: None,
            models: Vec::new(),
            origin: format!("found on 127.0.0.1:{port}"),
        };
        Planned { spec, key_command: None, dialect }
    }
}

async fn look(port: u16, before: Option<Seen>) -> Seen {
    let Some(stream) = connect(port).await else { return Seen::Nothing };
    if let Some(seen @ (Seen::Stranger | Seen::Known(_))) = before {
        return seen;
    }
    // Ollama is the one server whose own list says more than the common one.
    let first = if port == 11434 { "/api/version" } else { "/v1/models" };
    let Some(answer) = ask(stream, port, first).await else { return Seen::Busy };
    if port != 11434 {
        return answer.read(port);
    }
    if answer.json.as_ref().is_some_and(|json| json["version"].is_string()) {
        return Seen::Known(Server {
            port,
            name: "ollama",
            protocol: Protocol::Ollama,
            dialect: Some(Dialect::Ollama),
        });
    }
    let Some(stream) = connect(port).await else { return Seen::Nothing };
    ask(stream, port, "/v1/models").await.map_or(Seen::Busy, |answer| answer.read(port))
}

async fn connect(port: u16) -> Option<TcpStream> {
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await.ok()?.ok()
}

struct Answer {
    status: u16,
    /// Its `Server` header, in lower case.
    server: String,
    json: Option<Value>,
}

/// One question in HTTP/1.0, which no server answers in chunks, nor keeps the connection for.
async fn ask(mut stream: TcpStream, port: u16, path: &str) -> Option<Answer> {
    let question = format!(
        "GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\nUser-Agent: quarry\r\n\r\n"
    );
    let mut bytes = Vec::new();
    let talk = async {
        stream.write_all(question.as_bytes()).await?;
        (&mut stream).take(LONGEST).read_to_end(&mut bytes).await
    };
    // A server that keeps the connection open has answered all the same.
    let _ = tokio::time::timeout(PATIENCE, talk).await;
    Answer::parse(&bytes)
}

impl Answer {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let status = head.strip_prefix("http/1.")?.get(2..5)?.parse().ok()?;
        let server = head.lines().find_map(|line| line.strip_prefix("server:")).unwrap_or_default().trim();
        let body = &bytes[end + 4..];
        // Even in chunks a small body lies between its first and its last brace.
        let (from, to) =
            (body.iter().position(|byte| *byte == b'{'), body.iter().rposition(|byte| *byte == b'}'));
        let json = from.zip(to).and_then(|(from, to)| serde_json::from_slice(body.get(from..=to)?).ok());
        Some(Self { status, server: server.to_owned(), json })
    }

    fn read(&self, port: u16) -> Seen {
        let Some(json) = &self.json else { return Seen::Stranger };
        let llama = json["error"]["type"] == "unavailable_error" || self.server.contains("llama.cpp");
        if self.status == 503 && llama {
            // Its model is loading.
            return Seen::Busy;
        }
        let (200, Some(models)) = (self.status, json["data"].as_array()) else { return Seen::Stranger };
        let owner = |name: &str| models.iter().any(|model| model["owned_by"] == name);
        let known = |name, protocol, dialect| Seen::Known(Server { port, name, protocol, dialect });
        if owner("llamacpp") || self.server.contains("llama.cpp") {
            known("llama-server", Protocol::LlamaCpp, Some(Dialect::LlamaCpp))
        } else if owner("vllm") {
            known("vllm", Protocol::OpenAi, Some(Dialect::Vllm))
        } else if owner("sglang") {
            known("sglang", Protocol::OpenAi, Some(Dialect::Sglang))
        } else if owner("organization_owner") {
            known("lm-studio", Protocol::OpenAi, Some(Dialect::LmStudio))
        } else if owner("koboldcpp") {
            known("koboldcpp", Protocol::OpenAi, None)
        } else if owner("library") {
            known("ollama", Protocol::Ollama, Some(Dialect::Ollama))
        } else if json["object"] == "list" && models.iter().all(|model| model["id"].is_string()) {
            known("local", Protocol::OpenAi, None)
        } else {
            Seen::Stranger
        }
    }
}

#[cfg(test)]
mod tests;
