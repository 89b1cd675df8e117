//! Ranking signals of all files, kept as one number a file, and made anew only when what they rest on changed.

use crate::domain::FileId;
use crate::query::rank::{Closeness, RankFeatures, recency};

use super::Workspace;

/// The signals' log-odds for every file.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// Log-odds that all signals add, by file.
    pub boosts: Vec<f32>,
    /// How close each directory is to what is active.
    pub near: Vec<Closeness>,
    /// How recently history touched each file.
    pub recent: Vec<f32>,
    /// How each file fits the task.
    pub task: Vec<f32>,
    fresh: bool,
    recent_fresh: bool,
}

impl Signals {
    /// What is active changed.
    pub fn invalidate(&mut self) {
        self.fresh = false;
    }

    /// History or the set of files changed.
    pub fn invalidate_history(&mut self) {
        self.fresh = false;
        self.recent_fresh = false;
    }
}

impl Workspace {
    /// The ranking features of a file, from signals that are up to date.
    pub(super) fn features(&self, file: FileId) -> RankFeatures {
        let at = file.index();
        let dir = self.catalog.get(file).map(|entry| entry.dir.index());
        RankFeatures {
            neighbour: dir.and_then(|dir| self.signals.near.get(dir)).map_or(0.0, |near| near.value),
            recent: self.signals.recent.get(at).copied().unwrap_or_default(),
            task: self.signals.task.get(at).copied().unwrap_or_default(),
            ..self.activity.features(file)
        }
    }

    /// Brings the signals up to date.
    pub(super) fn refresh_signals(&mut self) {
        let files = self.catalog.len();
        if self.signals.fresh && self.signals.boosts.len() == files {
            return;
        }
        let mut dirty = Vec::new();
        for (number, root) in self.roots.iter().enumerate() {
            let root_id = crate::domain::RootId(number as u16);
            dirty.extend(root.dirty.iter().filter_map(|path| self.catalog.find(root_id, path)));
        }
        self.activity.set_dirty(dirty);
        let mut active = self.activity.active();
        // Dirty, saved, pinned or looked at: nobody is at a deleted file any more.
        active.retain(|(file, _)| self.is_present(*file));
        let placed = active.iter().filter_map(|(file, strength)| {
            self.catalog.get(*file).map(|entry| (*file, entry.dir, *strength))
        });
        self.signals.near = self.catalog.dirs().closeness(placed);
        if !self.signals.recent_fresh || self.signals.recent.len() != files {
            let index = &self.index;
            self.signals.recent =
                (0..files as u32).map(|file| recency(index.last_touch(FileId(file)))).collect();
            self.signals.recent_fresh = true;
        }
        let weights = self.options.weights;
        let signals = &mut self.signals;
        signals.boosts.clear();
        signals.boosts.extend(self.catalog.entries().iter().enumerate().map(|(at, entry)| {
            weights.boost(&RankFeatures {
                neighbour: signals.near[entry.dir.index()].value,
                recent: signals.recent[at],
                task: signals.task.get(at).copied().unwrap_or_default(),
                ..RankFeatures::default()
            })
        }));
        for (file, _) in active {
            let boost = weights.boost(&self.features(file));
            if let Some(slot) = self.signals.boosts.get_mut(file.index()) {
                *slot = boost;
            }
        }
        self.signals.fresh = true;
    }
}
