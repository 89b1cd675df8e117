//! Native watching: one non-recursive watch on each directory that the walk entered, and nothing else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::{ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};
use rustc_hash::FxHashSet;

use super::Inbox;

/// The kernel's notices for one root.
#[derive(Debug)]
pub(in crate::tree) struct Native {
    watcher: RecommendedWatcher,
    watched: FxHashSet<PathBuf>,
    limit: usize,
    refused: Option<String>,
}

impl Native {
    /// Starts without any directory; at most `limit` are watched.
    ///
    /// # Errors
    /// What the kernel says, such as the limit of watchers of one user being reached.
    pub fn new(inbox: Arc<Inbox>, limit: usize) -> Result<Self, String> {
        let watcher = notify::recommended_watcher(move |notice| inbox.take_in(notice));
        let watcher = watcher.map_err(|error| error.to_string())?;
        Ok(Self { watcher, watched: FxHashSet::default(), limit, refused: None })
    }

    /// Watched directories.
    pub fn len(&self) -> usize {
        self.watched.len()
    }

    /// Why some directories are not watched, if any were refused.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// Watches a directory, unless it is already or the limit was reached; true when it is new.
    ///
    /// One that vanished or may not be read is no failure: the walk says so.
    pub fn watch(&mut self, dir: &Path) -> bool {
        if self.refused.is_some() || self.watched.contains(dir) {
            return false;
        }
        if self.watched.len() >= self.limit {
            self.refused = Some(format!("at most {} directories may be watched", self.limit));
            return false;
        }
        match self.watcher.watch(dir, RecursiveMode::NonRecursive) {
            Ok(()) => self.watched.insert(dir.to_path_buf()),
            Err(error) => {
                if matches!(error.kind, ErrorKind::MaxFilesWatch) {
                    self.refused = Some("the system's limit of watched directories is reached".into());
                }
                false
            }
        }
    }

    /// Stops watching a directory.
    pub fn unwatch(&mut self, dir: &Path) {
        if self.watched.remove(dir) {
            // The kernel has dropped the watch already where the directory is gone.
            let _ = self.watcher.unwatch(dir);
        }
    }

    /// Stops watching whatever `keep` does not name.
    pub fn retain(&mut self, keep: impl Fn(&Path) -> bool) {
        let gone: Vec<_> = self.watched.iter().filter(|dir| !keep(dir)).cloned().collect();
        for dir in gone {
            self.unwatch(&dir);
        }
    }
}
