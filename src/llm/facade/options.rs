//! Options: what the models are started with.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{Config, Dirs};
use crate::llm::finding::Environment;
use crate::store::Store;

/// What the models are started with.
#[derive(Clone)]
pub struct LlmOptions {
    /// Backends, tasks, policy.
    pub config: Arc<Config>,
    /// The roots, for rules about files that stay on this machine.
    pub roots: Vec<PathBuf>,
    /// Where keys come from.
    pub environment: Environment,
    /// Where measures are kept from one run to the next.
    pub store: Store,
}

impl LlmOptions {
    /// With the environment of the process and without roots.
    pub fn new(config: Arc<Config>, dirs: &Dirs) -> Self {
        Self { config, roots: Vec::new(), environment: Environment::process(), store: Store::in_dirs(dirs) }
    }
}

impl fmt::Debug for LlmOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmOptions").field("roots", &self.roots).finish_non_exhaustive()
    }
}
