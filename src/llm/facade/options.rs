//! Options: what the models are started with.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{Config, Dirs};

/// The environment: [`std::env::var`], or a stand-in for tests. Never printed, it holds keys.
#[derive(Clone)]
pub struct Environment(Arc<Read>);

type Read = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// The environment of the process.
    pub fn process() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// A stand-in.
    pub fn of(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// A variable that is set and not blank.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

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
