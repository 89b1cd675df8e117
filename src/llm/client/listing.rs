//! Questions besides calls: which models there are, and whether a server is there at all.
//!
//! They hold no permit, so a server that is busy still shows what it has, and they carry no text of anybody.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::Client;
use super::send::{Unsent, body, head};
use crate::domain::ModelRef;
use crate::llm::LlmError;
use crate::llm::wire::{Dialect, Listed, WireRequest};

/// Bytes of a list of models; the largest public one has four megabytes.
const MOST: usize = 16 << 20;

impl Client {
    /// Asks the server for its models; the first endpoint that answers speaks for all.
    ///
    /// # Errors
    /// Why no endpoint told.
    pub async fn list(&self, dialect: Option<Dialect>) -> Result<Vec<Listed>, LlmError> {
        let mut known = Vec::new();
        for (nth, request) in self.inner.wire.list(dialect).iter().enumerate() {
            let read = match self.ask_any(request).await {
                Ok(body) => {
                    let read = self.inner.wire.listed(nth, &body, &mut known);
                    read.map_err(|why| LlmError::Garbled { model: self.all(), why })
                }
                Err(error) => Err(error),
            };
            if nth == 0 {
                read?;
            }
        }
        self.inner.learn(&known);
        Ok(known)
    }

    /// Asks for what the list does not tell of one model; what the server does not tell stays as it is.
    ///
    /// # Errors
    /// Why no endpoint told.
    pub async fn describe(&self, known: &mut Listed) -> Result<(), LlmError> {
        let Some(request) = self.inner.wire.describe(&known.name) else { return Ok(()) };
        let body = self.ask_any(&request).await?;
        let read = self.inner.wire.described(&body, known);
        read.map_err(|why| LlmError::Garbled { model: self.all(), why })?;
        self.inner.learn(std::slice::from_ref(known));
        Ok(())
    }

    /// Looks whether the endpoints are there, all at once, and tells their breakers; the time of the fastest.
    ///
    /// # Errors
    /// Why the last one is not, where none is; [`LlmError::Auth`] where the key is refused.
    pub async fn probe(&self) -> Result<Duration, LlmError> {
        let Some(request) = self.inner.wire.list(None).into_iter().next() else { return Ok(Duration::ZERO) };
        let looks = (0..self.inner.sites.len()).map(|at| self.look(at, &request));
        let mut result: Result<Duration, LlmError> = Err(self.no_address());
        for look in futures::future::join_all(looks).await {
            result = match (result, look) {
                (Ok(known), Ok(took)) => Ok(known.min(took)),
                (Ok(known), Err(_)) => Ok(known),
                (Err(_), look) => look,
            };
        }
        result
    }

    async fn look(&self, endpoint: usize, request: &WireRequest) -> Result<Duration, LlmError> {
        let begun = Instant::now();
        let asked = self.ask(endpoint, request).await;
        match &asked {
            Err(error) if error.is_retryable() => {
                self.inner.permits.looked(endpoint, Err(&error.to_string()));
            }
            // It answers, whatever it says to this.
            Ok(_) | Err(_) => self.inner.permits.looked(endpoint, Ok(())),
        }
        asked.map(|_| begun.elapsed())
    }

    async fn ask_any(&self, request: &WireRequest) -> Result<Value, LlmError> {
        let mut last = self.no_address();
        for endpoint in 0..self.inner.sites.len() {
            match self.ask(endpoint, request).await {
                Ok(body) => return Ok(body),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn ask(&self, endpoint: usize, request: &WireRequest) -> Result<Value, LlmError> {
        let patience = self.inner.options.patience.listing;
        let asking = Box::pin(self.ask_without_end(endpoint, request));
        let asked = timeout(patience, asking).await;
        let answer = asked.unwrap_or_else(|_| Err(LlmError::Timeout { model: self.all(), after: patience }));
        self.inner.contact(answer.as_ref().err());
        answer
    }

    async fn ask_without_end(&self, endpoint: usize, request: &WireRequest) -> Result<Value, LlmError> {
        let inner = &self.inner;
        let model = self.all();
        let prepared = inner.prepare(&model, request)?;
        let sent = prepared.send(&inner.dialer, &inner.sites[endpoint]).await;
        let mut response = sent.map_err(|unsent| match unsent {
            Unsent::Forbidden(why) | Unsent::Elsewhere(why) => {
                LlmError::Forbidden { model: model.clone(), why }
            }
            Unsent::NoConnection(why) | Unsent::Broken(why) => {
                LlmError::Network { model: model.clone(), why }
            }
        })?;
        let head = head(&response);
        let body = body(&mut response, MOST).await;
        if !(200..300).contains(&head.status) {
            return Err(inner.without_key(inner.wire.failure(&model, &head, &body)));
        }
        serde_json::from_slice(&body).map_err(|error| LlmError::Garbled { model, why: error.to_string() })
    }

    fn no_address(&self) -> LlmError {
        LlmError::Unavailable { model: self.all(), why: "it has no address".to_owned() }
    }

    /// The name under which errors are told that concern no single model.
    fn all(&self) -> ModelRef {
        ModelRef::new(self.inner.spec.name.clone(), "*")
    }
}
