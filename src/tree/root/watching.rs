//! How a root's changes become known: natively where the kernel lets us, by looking where it does not.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashSet;

use super::{POLL_AT_MOST, Root};
use crate::domain::{RelPath, WatchState};
use crate::tree::git::Places;
use crate::tree::watch::Native;

/// The most often a tree is walked when it must be polled.
const POLL_AT_LEAST: Duration = Duration::from_secs(2);

/// Polling may take one part in so many of a core.
const POLL_SHARE: u32 = 20;

impl Root {
    /// Starts the native watcher, with git's own directories first.
    pub(super) fn start_native(&mut self) {
        match Native::new(Arc::clone(&self.inbox), self.options.max_watches) {
            Ok(native) => self.native = Some(native),
            Err(why) => self.why_polling = Some(why),
        }
        self.watch_places();
    }

    /// Watches the whole tree, and looks for what changed since it was walked.
    pub(super) fn start_watching(&mut self) {
        // What changed between the first walk and the watches is found by walking once more.
        if !self.lost && self.watch_known_dirs() > 0 {
            let changes = self.walk_again();
            self.send_changes(changes);
        }
        self.tell_watching();
    }

    /// Watches git's own directories.
    pub(super) fn watch_places(&mut self) {
        let Some(native) = &mut self.native else { return };
        for dir in self.places.iter().flat_map(Places::watched_dirs) {
            native.watch(&dir);
        }
    }

    /// Watches every known directory and git's own; returns how many are new.
    pub(super) fn watch_known_dirs(&mut self) -> usize {
        // Git's first: there are few, and a branch that moved matters more than one directory in a huge tree.
        self.watch_places();
        let Some(native) = &mut self.native else { return 0 };
        let mut new = 0;
        for dir in self.snapshot.dirs() {
            if self.outlet.stopped() {
                return 0;
            }
            new += usize::from(native.watch(&self.path.join(dir.as_path())));
        }
        new
    }

    /// Tells how changes become known.
    pub(super) fn tell_watching(&mut self) {
        let Some(native) = self.native.as_ref().filter(|_| self.options.watch) else {
            return self.tell_polling();
        };
        if let Some(why) = native.refused() {
            self.why_polling = Some(why.into());
        }
        match self.why_polling {
            Some(_) => self.tell_polling(),
            None => self.outlet.watching(self.id, WatchState::Native { directories: native.len() }),
        }
    }

    fn tell_polling(&self) {
        if let Some(why) = self.why_polling.clone() {
            self.outlet.watching(self.id, WatchState::Polling { why, every: self.poll_every() });
        }
    }

    /// Whole seconds, so that a walk that took a little longer is not a new state to show.
    pub(super) fn poll_every(&self) -> Duration {
        let every = (self.walk_time * POLL_SHARE).clamp(POLL_AT_LEAST, POLL_AT_MOST);
        Duration::from_secs(every.as_secs())
    }

    /// The kernel watches directories, not names: those that were replaced must be watched anew.
    pub(super) fn forget_watches_of(&mut self, moved: &FxHashSet<PathBuf>) {
        let Some(native) = &mut self.native else { return };
        for path in moved {
            let Ok(below) = path.strip_prefix(&self.path) else { continue };
            if self.snapshot.dir(RelPath::from_path(below).as_bytes()).is_some() {
                native.retain(|dir| !dir.starts_with(path));
            }
        }
    }

    /// Drops all watches; the walk that follows sets them anew.
    pub(super) fn rewatch_everything(&mut self) {
        if let Some(native) = &mut self.native {
            native.retain(|_| false);
        }
    }
}
