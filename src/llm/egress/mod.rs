//! Egress: what may leave this machine, and what did.
//!
//! [`Guard`] is the [`Gate`](crate::llm::client::Gate) that every client asks. Invariants: no text of a private file
//! and no secret that [`redact`] knows reaches a model of another machine; every attempt over a socket is in the egress
//! log with where to, task, model, bytes and files, never with contents or keys; every call is inside its budgets
//! ([`crate::llm::budget`]). Calls to this machine pass unread and are logged and counted all the same.

mod guard;
mod private;
pub mod redact;
#[cfg(test)]
mod tests;
mod told;

pub use guard::{Guard, GuardOptions};
pub use private::{BUILT_IN, Private};
pub use told::Redaction;
