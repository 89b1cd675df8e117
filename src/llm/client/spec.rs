//! What a client is told of its backend, and keys that cannot be printed by accident.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use reqwest::Url;
use tokio::runtime::Handle;

use super::gate::Gate;
use crate::config::Protocol;
use crate::domain::Locality;

/// One backend: where it is, how it is spoken to, and what bounds its use.
#[derive(Debug, Clone, PartialEq)]
pub struct BackendSpec {
    /// The name in the configuration, and the first half of each of its models' names.
    pub name: Arc<str>,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Base URLs; several are replicas of one server. A path stays in front of every request's path.
    pub endpoints: Vec<Url>,
    /// What opens it; sent to these endpoints only.
    pub key: Option<Secret>,
    /// Where it runs.
    pub locality: Locality,
    /// An upper bound of calls in flight over all endpoints; the server's own limit is found below it.
    pub max_in_flight: Option<u32>,
    /// Its models by the server's names; empty means that the server is asked.
    pub models: Vec<String>,
    /// How it became known, for people: `config.toml:12`, `$OPENAI_API_KEY`, `found on 127.0.0.1:11434`.
    pub origin: String,
}

/// A key. `Debug` and `Display` hide it; only [`Secret::expose`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps a key; white space around it, as commands print it, is no part of it.
    pub fn new(key: &str) -> Self {
        Self(Arc::from(key.trim()))
    }

    /// A text without the key, which some servers repeat in what they complain about. Keys shorter than any real one
    /// are left: they would tear holes into ordinary words.
    pub fn hidden_in(&self, text: &str) -> String {
        const SHORTEST: usize = 6;
        if self.0.len() < SHORTEST { text.to_owned() } else { text.replace(&*self.0, "(key)") }
    }

    /// The key itself, for the header that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// How far connections may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To any address, through the system's proxy where one is set.
    Anywhere,
    /// To loopback addresses only, and through no proxy: `local_only = true`.
    LoopbackOnly,
}

/// How long a client waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For the first token, keep-alive comments or not. Long: a local model may read a long prompt for minutes.
    pub first_token: Duration,
    /// Between bytes, once the first token is there.
    pub idle: Duration,
    /// For the whole answer to a listing or a probe.
    pub listing: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_token: Duration::from_mins(10),
            idle: Duration::from_mins(1),
            listing: Duration::from_secs(5),
        }
    }
}

/// What every client of a program shares.
#[derive(Clone)]
pub struct ClientOptions {
    /// What stands between a call and the wire.
    pub gate: Arc<dyn Gate>,
    /// How far connections may reach.
    pub reach: Reach,
    /// Where calls run; an [`Answer`](super::Answer) can be read from any thread and any runtime.
    pub runtime: Handle,
    /// How long to wait for what.
    pub patience: Patience,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_printed() {
        let secret = Secret::new("sk-very-secret\n");
        assert_eq!(secret.expose(), "sk-very-secret");
        let spec = BackendSpec {
            name: "lab".into(),
            protocol: Protocol::OpenAi,
            endpoints: Vec::new(),
            key: Some(secret.clone()),
            locality: Locality::Remote,
            max_in_flight: None,
            models: Vec::new(),
            origin: String::new(),
        };
        assert!(!format!("{secret} {secret:?} {spec:?} {spec:#?}").contains("very"));
    }
}
