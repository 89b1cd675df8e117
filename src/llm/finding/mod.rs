//! Finding: which backends there are: configured ones, keys in the environment, and servers on this machine.
//!
//! Gives [`Planned`] backends and soft problems. Opens no connection but to loopback addresses, and none at all where
//! looking is turned off. Keys go into a [`Secret`](super::client::Secret) at once and are never printed.

mod address;
mod configured;
mod environment;
mod hosted;
mod key_command;
mod local;
mod switch;
mod tasks;

use super::client::BackendSpec;
use super::wire::Dialect;

pub use address::locality;
pub use configured::configured;
pub use environment::{Environment, from_environment};
pub use hosted::{HOSTED, Hosted, hosted_by_host, hosted_by_name};
pub use key_command::{PATIENCE as KEY_PATIENCE, run_key_command};
pub use local::{Landscape, Server, USUAL_PORTS};
pub use switch::Looking;
pub use tasks::{Named, named_candidates};

/// Every name that a backend may get by being found, now or later.
pub fn known_names() -> impl Iterator<Item = &'static str> {
    HOSTED.iter().map(|hosted| hosted.name).chain(local::NAMES)
}

/// A backend that is to be talked to.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// What its client is told.
    pub spec: BackendSpec,
    /// The command that prints its key, to be run before the client starts.
    pub key_command: Option<String>,
    /// Which server it is, where that is known already.
    pub dialect: Option<Dialect>,
}
