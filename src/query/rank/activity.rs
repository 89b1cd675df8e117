//! Activity: which files the user is at, and how strongly.
//!
//! Time is counted in saves and commits, not in seconds: a night away changes nothing.

use rustc_hash::{FxHashMap, FxHashSet};

use super::RankFeatures;
use crate::domain::FileId;

/// What each later save keeps of an earlier one.
const FADE: f32 = 0.8;

/// Saves older than this many count for nothing.
const MEMORY: u64 = 24;

/// So many dirty or saved files count in full; of more, each counts for its part (a rebase is not attention).
const CROWD: usize = 12;

/// Commits after which a touch counts for 1/e.
const COMMITS: f32 = 60.0;

/// How recent the last touch is, 0 to 1, from how many commits ago it was.
pub fn recency(last_touch: Option<u32>) -> f32 {
    last_touch.map_or(0.0, |commits| (-(commits as f32) / COMMITS).exp())
}

/// What the user is at.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    dirty: FxHashSet<FileId>,
    pinned: FxHashSet<FileId>,
    previewed: Option<FileId>,
    saved: FxHashMap<FileId, Save>,
    saves: u64,
}

#[derive(Debug, Clone, Copy)]
struct Save {
    at: u64,
    strength: f32,
}

impl Activity {
    /// Sets the files that differ from HEAD.
    pub fn set_dirty(&mut self, files: impl IntoIterator<Item = FileId>) {
        self.dirty = files.into_iter().collect();
    }

    /// Notes one burst of saves.
    pub fn save(&mut self, files: &[FileId]) {
        if files.is_empty() {
            return;
        }
        self.saves += 1;
        let strength = crowded(files.len());
        self.saved.extend(files.iter().map(|file| (*file, Save { at: self.saves, strength })));
        let oldest = self.saves.saturating_sub(MEMORY);
        self.saved.retain(|_, save| save.at > oldest);
    }

    /// Sets the file open in the preview.
    pub fn preview(&mut self, file: Option<FileId>) {
        self.previewed = file;
    }

    /// Pins a file.
    pub fn pin(&mut self, file: FileId) {
        self.pinned.insert(file);
    }

    /// Takes a pin back.
    pub fn unpin(&mut self, file: FileId) {
        self.pinned.remove(&file);
    }

    /// Every pinned file, in no particular order.
    pub fn pinned(&self) -> impl Iterator<Item = FileId> {
        self.pinned.iter().copied()
    }

    /// Whether a file is pinned.
    pub fn is_pinned(&self, file: FileId) -> bool {
        self.pinned.contains(&file)
    }

    /// Forgets a deleted file's save; pins stay, for the file may come back.
    pub fn forget(&mut self, file: FileId) {
        self.saved.remove(&file);
    }

    /// The features of a file that activity alone decides.
    pub fn features(&self, file: FileId) -> RankFeatures {
        let flag = |set: bool| f32::from(u8::from(set));
        RankFeatures {
            dirty: if self.dirty.contains(&file) { crowded(self.dirty.len()) } else { 0.0 },
            saved: self.saved.get(&file).map_or(0.0, |save| self.faded(*save)),
            previewed: flag(self.previewed == Some(file)),
            pinned: flag(self.is_pinned(file)),
            ..RankFeatures::default()
        }
    }

    /// Every active file with its strength, 0 to 1.
    pub fn active(&self) -> Vec<(FileId, f32)> {
        let dirty = crowded(self.dirty.len());
        let mut all: Vec<_> = self.dirty.iter().map(|file| (*file, dirty)).collect();
        all.extend(self.saved.iter().map(|(file, save)| (*file, self.faded(*save))));
        all.extend(self.pinned.iter().chain(&self.previewed).map(|file| (*file, 1.0)));
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        all.dedup_by_key(|(file, _)| *file);
        all
    }

    fn faded(&self, save: Save) -> f32 {
        save.strength * FADE.powi((self.saves - save.at) as i32)
    }
}

/// The strength of each of so many files.
fn crowded(files: usize) -> f32 {
    if files <= CROWD { 1.0 } else { CROWD as f32 / files as f32 }
}
