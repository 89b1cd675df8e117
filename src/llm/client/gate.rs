//! What stands between a call and the wire: redaction, policy, budgets and the egress log plug in here.
//!
//! Invariant kept by the client: every [`Pass`] that [`Gate::admit`] gave out is settled exactly once, also when the
//! answer is dropped half-way.

use std::any::Any;
use std::fmt;

use crate::domain::{Locality, ModelRef};
use crate::llm::{Call, Counted, LlmError};

/// Asked before a call is sent and told what became of it.
pub trait Gate: Send + Sync {
    /// Called once per call before its first byte is sent: may redact texts in place, refuse, and reserves budget.
    ///
    /// # Errors
    /// [`LlmError::Forbidden`] or [`LlmError::OverBudget`]; nothing was sent then.
    fn admit(&self, model: &ModelRef, locality: Locality, call: &mut Call) -> Result<Pass, LlmError>;

    /// Called once per attempt that was really sent: scheme, host and port, and bytes of the body.
    fn sent(&self, pass: &Pass, endpoint: &str, bytes: u64);

    /// Called once when the call ended: what it cost; releases the reservation. An answer that was dropped before its
    /// end counts as [`LlmError::Cut`].
    fn settle(&self, pass: Pass, counted: &Counted, outcome: Result<(), &LlmError>);
}

/// A call's way through the gate; holds what the gate wants to know again when the call is settled.
pub struct Pass(Box<dyn Any + Send + Sync>);

impl Pass {
    /// A pass that carries the gate's own state of the call.
    pub fn new(state: impl Any + Send + Sync) -> Self {
        Self(Box::new(state))
    }

    /// That state, where it is a `T`.
    pub fn state<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }

    /// That state taken out, where it is a `T`.
    pub fn into_state<T: Any>(self) -> Option<T> {
        self.0.downcast().ok().map(|state| *state)
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass")
    }
}

/// Lets every call through as it is and remembers nothing: for tests and benches, where nothing leaves the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenGate;

impl Gate for OpenGate {
    fn admit(&self, _: &ModelRef, _: Locality, _: &mut Call) -> Result<Pass, LlmError> {
        Ok(Pass::new(()))
    }

    fn sent(&self, _: &Pass, _: &str, _: u64) {}

    fn settle(&self, _: Pass, _: &Counted, _: Result<(), &LlmError>) {}
}
