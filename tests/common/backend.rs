//! A client of one backend, as tests need it, and calls to give it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use quarry::config::Protocol;
use quarry::domain::{Locality, ModelRef, TaskKind};
use quarry::llm::client::{BackendSpec, Client, ClientOptions, OpenGate, Patience, Reach, Secret, Url};
use quarry::llm::protocols::wire_for;
use quarry::llm::{Call, LlmError, Message, Reply, Role};
use tokio::runtime::Runtime;

/// The key that every client here has.
pub const KEY: &str = "sk-the-key-of-the-test";

/// Where calls of clients run, and the tests that wait for them.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
    })
}

/// The model `m` of the backend `lab`.
pub fn model() -> ModelRef {
    ModelRef::new("lab", "m")
}

/// The backend `lab` with these endpoints.
pub fn spec(protocol: Protocol, endpoints: &[String]) -> BackendSpec {
    BackendSpec {
        name: "lab".into(),
        protocol,
        endpoints: endpoints.iter().map(|endpoint| Url::parse(endpoint).unwrap()).collect(),
        key: Some(Secret::new(KEY)),
        locality: Locality::Loopback,
        max_in_flight: None,
        models: vec!["m".to_owned()],
        origin: "test".to_owned(),
    }
}

/// Options without a gate; patience in seconds rather than minutes.
pub fn options(reach: Reach) -> ClientOptions {
    ClientOptions {
        gate: Arc::new(OpenGate),
        reach,
        runtime: runtime().handle().clone(),
        patience: Patience {
            connect: Duration::from_secs(5),
            first_token: Duration::from_secs(20),
            idle: Duration::from_secs(20),
            listing: Duration::from_secs(5),
        },
    }
}

/// A client of one endpoint.
pub fn client(protocol: Protocol, endpoint: &str) -> Client {
    client_of(spec(protocol, &[endpoint.to_owned()]), options(Reach::Anywhere))
}

/// A client of this backend.
pub fn client_of(spec: BackendSpec, options: ClientOptions) -> Client {
    let wire = wire_for(spec.protocol).unwrap();
    Client::new(spec, wire, options).unwrap()
}

/// A question in one turn.
pub fn question(text: &str) -> Call {
    Call::chat(TaskKind::Chat, vec![Message::text(Role::User, text)], 64)
}

/// Asks by a stream and waits for all of it.
pub fn ask(client: &Client, call: Call) -> Result<Reply, LlmError> {
    runtime().block_on(client.stream(&model(), &quarry::llm::wire::Traits::default(), call).collect())
}

/// Asks for a whole answer and waits for it.
pub fn ask_whole(client: &Client, call: Call) -> Result<Reply, LlmError> {
    runtime().block_on(client.whole(&model(), &quarry::llm::wire::Traits::default(), call).collect())
}
