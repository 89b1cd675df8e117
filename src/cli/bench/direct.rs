//! The real client as a caller, straight to the made-up servers of the figures.

use std::sync::Arc;

use anyhow::Context;
use futures::future::BoxFuture;

use super::loopback::Server;
use crate::config::Protocol;
use crate::domain::{Locality, Measured, ModelRef, Price};
use crate::llm::client::{BackendSpec, Client, ClientOptions, OpenGate, Patience, Reach, Url};
use crate::llm::protocols;
use crate::llm::wire::Traits;
use crate::llm::{Call, LlmError, Reply};
use crate::query::judges::model::{Caller, Facts};

/// Calls beyond its slots that a server takes: one is kept for whoever is not judging, so that judging fills every slot
/// and waits in no queue.
pub const QUEUED: usize = 1;

/// The real client as a caller.
pub struct Direct {
    client: Client,
    model: ModelRef,
    slots: usize,
}

impl Direct {
    /// Asks these servers, which have so many slots together. Called inside a runtime.
    ///
    /// # Errors
    /// A client that cannot be made.
    pub fn new(servers: &[Server], slots: usize) -> anyhow::Result<Self> {
        let endpoints: Vec<Url> =
            servers.iter().map(|server| Url::parse(&server.url)).collect::<Result<_, _>>()?;
        let spec = BackendSpec {
            name: "bench".into(),
            protocol: Protocol::OpenAi,
            endpoints,
            key: None,
            locality: Locality::Loopback,
            max_in_flight: None,
            models: vec!["judge".into()],
            origin: "bench".into(),
        };
        let options = ClientOptions {
            gate: Arc::new(OpenGate),
            reach: Reach::LoopbackOnly,
            runtime: tokio::runtime::Handle::current(),
            patience: Patience::default(),
        };
        let wire = protocols::wire_for(Protocol::OpenAi).context("no such protocol")?;
        let client = Client::new(spec, wire, options)?;
        client.set_capacity(Some(((slots + servers.len() * QUEUED) / servers.len()) as u32));
        Ok(Self { client, model: ModelRef::new("bench", "judge"), slots })
    }

    /// The model's name.
    pub const fn model(&self) -> &ModelRef {
        &self.model
    }
}

impl Caller for Direct {
    fn facts(&self) -> Facts {
        Facts {
            window: Some(32_768),
            price: Some(Price::FREE),
            locality: Locality::Loopback,
            in_flight: self.slots + QUEUED - 1,
            logprobs: Some(true),
            reasons: false,
            prompt_order: None,
            measured: Measured::default(),
        }
    }

    fn call(&self, call: Call) -> BoxFuture<'static, Result<Reply, LlmError>> {
        let answer = self.client.whole(&self.model, &Traits::default(), call);
        Box::pin(answer.collect())
    }
}
