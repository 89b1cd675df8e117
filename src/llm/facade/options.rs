//! Options: what the models are started with.

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{Config, Dirs};
use crate::llm::finding::Environment;

/// What the models are started with.
#[derive(Debug, Clone)]
pub struct LlmOptions {
    /// Backends, tasks, policy.
    pub config: Arc<Config>,
    /// Where measures, budgets and the egress log are kept.
    pub dirs: Dirs,
    /// The roots, for rules about files that stay on this machine.
    pub roots: Vec<PathBuf>,
    /// Where keys come from.
    pub environment: Environment,
}

impl LlmOptions {
    /// With the environment of the process and without roots.
    pub fn new(config: Arc<Config>, dirs: Dirs) -> Self {
        Self { config, dirs, roots: Vec::new(), environment: Environment::process() }
    }
}
