//! What the tree service is started with.

use std::path::PathBuf;

use crate::domain::HISTORY_LIMIT;
#[cfg(doc)]
use crate::domain::RootId;

/// What the tree service is to do.
#[derive(Debug, Clone)]
pub struct TreeOptions {
    /// The roots; a [`RootId`] is a position in this list.
    pub roots: Vec<PathBuf>,
    /// Whether to go on watching after the first walk.
    pub watch: bool,
    /// Whether to read the history of the roots' repositories.
    pub history: bool,
    /// Where history is kept between sessions; `None` keeps nothing.
    pub cache_dir: Option<PathBuf>,
    /// How many commits of history are read, merges not counted.
    pub history_limit: usize,
    /// The most directories that are watched natively in each root; beyond, changes are found by looking.
    pub max_watches: usize,
}

impl Default for TreeOptions {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            watch: true,
            history: true,
            cache_dir: None,
            history_limit: HISTORY_LIMIT,
            max_watches: usize::MAX,
        }
    }
}
