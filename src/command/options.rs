//! Options: what the edit service is started with.

use std::path::PathBuf;
use std::sync::Arc;

use crate::chat::context::Parts;
use crate::config::Config;
use crate::edit::{Disk, RealDisk};
use crate::llm::Llm;
use crate::store::Store;

/// What the service is started with.
pub struct CommanderOptions {
    /// The root directories, absolute, in the order of their ids.
    pub roots: Vec<PathBuf>,
    /// Where undecided edits, journals and the history of writes are kept.
    pub data_dir: PathBuf,
    /// The format of edits and the check command.
    pub config: Arc<Config>,
    /// What context is put together with; `None` finds files on disk by their names alone.
    pub context: Option<Parts>,
    /// The models; without them only text that is there already is taken.
    pub llm: Option<Llm>,
    /// Where it is remembered what became of edits; `None` forgets it.
    pub store: Option<Store>,
    /// The disk; tests break it.
    pub disk: Arc<dyn Disk>,
}

impl CommanderOptions {
    /// With the real disk, and without a store.
    pub fn new(roots: Vec<PathBuf>, data_dir: PathBuf, config: Arc<Config>, llm: Option<Llm>) -> Self {
        Self { roots, data_dir, config, context: None, llm, store: None, disk: Arc::new(RealDisk) }
    }
}
