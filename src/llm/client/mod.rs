//! One client per backend: connections, permits, endpoints, retries, deadlines and meters.
//!
//! Owns everything between a [`Call`](super::Call) and bytes on a socket. Knows no wire format: a
//! [`Wire`](super::wire::Wire) writes requests and reads answers.

mod answer;
mod gate;
mod spec;

pub use answer::{Answer, AnswerSender, NobodyReads};
pub use gate::{Gate, OpenGate, Pass};
pub use spec::{BackendSpec, ClientOptions, Patience, Reach, Secret, Url};
