//! Source: what a backend's calls go through, a client of servers or model files in this process.

use std::time::Duration;

use crate::domain::{Measured, ModelRef};
use crate::llm::client::{Answer, Client, ClientStatus};
#[cfg(feature = "gguf")]
use crate::llm::gguf::Files;
use crate::llm::wire::{Dialect, Listed, Traits};
use crate::llm::{Call, LlmError};

/// What a backend's calls go through. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// Servers.
    Servers(Client),
    /// Model files.
    #[cfg(feature = "gguf")]
    Files(Files),
}

impl Source {
    pub(super) fn stream(&self, model: &ModelRef, traits: &Traits, call: Call) -> Answer {
        match self {
            Self::Servers(client) => client.stream(model, traits, call),
            #[cfg(feature = "gguf")]
            Self::Files(files) => files.stream(model, call),
        }
    }

    /// The chunks come once all are there.
    pub(super) fn whole(&self, model: &ModelRef, traits: &Traits, call: Call) -> Answer {
        match self {
            Self::Servers(client) => client.whole(model, traits, call),
            #[cfg(feature = "gguf")]
            Self::Files(files) => files.stream(model, call),
        }
    }

    pub(super) async fn list(&self, dialect: Option<Dialect>) -> Result<Vec<Listed>, LlmError> {
        match self {
            Self::Servers(client) => client.list(dialect).await,
            #[cfg(feature = "gguf")]
            Self::Files(files) => Ok(files.listed()),
        }
    }

    pub(super) async fn describe(&self, known: &mut Listed) -> Result<(), LlmError> {
        match self {
            Self::Servers(client) => client.describe(known).await,
            #[cfg(feature = "gguf")]
            Self::Files(_) => Ok(()),
        }
    }

    pub(super) async fn probe(&self) -> Result<Duration, LlmError> {
        match self {
            Self::Servers(client) => client.probe().await,
            #[cfg(feature = "gguf")]
            Self::Files(_) => Ok(Duration::ZERO),
        }
    }

    pub(super) fn set_capacity(&self, most: Option<u32>) {
        match self {
            Self::Servers(client) => client.set_capacity(most),
            #[cfg(feature = "gguf")]
            Self::Files(_) => {}
        }
    }

    pub(super) fn status(&self) -> ClientStatus {
        match self {
            Self::Servers(client) => client.status(),
            #[cfg(feature = "gguf")]
            Self::Files(files) => files.status(),
        }
    }

    pub(super) fn measured(&self, model: &ModelRef) -> Measured {
        match self {
            Self::Servers(client) => client.measured(model),
            #[cfg(feature = "gguf")]
            Self::Files(_) => Measured::default(),
        }
    }
}
