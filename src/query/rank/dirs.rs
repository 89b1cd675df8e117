//! The tree of directories, and how close each lies to what is active.
//!
//! Invariant: a directory's parent has a smaller id, so that one pass down the ids visits children before parents.

use rustc_hash::FxHashMap;

use crate::domain::{FileId, RootId};

/// What one step up or down the directories keeps of a file's activity.
const STEP: f32 = 0.5;

/// Names a directory within a [`DirTree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DirId(u32);

/// The directories of all roots.
#[derive(Debug, Default)]
pub struct DirTree {
    ids: FxHashMap<(RootId, Box<[u8]>), DirId>,
    parents: Vec<Option<DirId>>,
}

/// How close a directory is to the nearest active file, and which file that is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Closeness {
    /// 0 (nothing active near) to 1 (in the same directory).
    pub value: f32,
    /// The active file that gives the value.
    pub nearest: Option<FileId>,
}

impl DirTree {
    /// The id of a directory (`/`-separated below its root, empty for the root itself), its parents included.
    pub fn add(&mut self, root: RootId, path: &[u8]) -> DirId {
        if let Some(id) = self.ids.get(&(root, Box::from(path))) {
            return *id;
        }
        let parent = (!path.is_empty()).then(|| {
            let cut = path.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
            self.add(root, &path[..cut])
        });
        let id = DirId(self.parents.len() as u32);
        self.parents.push(parent);
        self.ids.insert((root, Box::from(path)), id);
        id
    }

    /// For each directory, by id, how close it lies to the active files given with their strength (0 to 1).
    ///
    /// Halves with each step; the root of a tree relates nothing, for all files lie below it.
    pub fn closeness(&self, active: impl IntoIterator<Item = (FileId, DirId, f32)>) -> Vec<Closeness> {
        let mut best = vec![Closeness::default(); self.parents.len()];
        for (file, dir, strength) in active {
            raise(&mut best, dir, Closeness { value: strength, nearest: Some(file) });
        }
        for at in (0..best.len()).rev() {
            if let Some(parent) = self.related(at) {
                let faded = faded(best[at]);
                raise(&mut best, parent, faded);
            }
        }
        for at in 0..best.len() {
            if let Some(parent) = self.related(at) {
                let faded = faded(best[parent.0 as usize]);
                raise(&mut best, DirId(at as u32), faded);
            }
        }
        best
    }

    /// The parent, unless it is the root.
    fn related(&self, at: usize) -> Option<DirId> {
        self.parents[at].filter(|parent| self.parents[parent.0 as usize].is_some())
    }
}

impl DirId {
    /// The id as an index into the vector of [`DirTree::closeness`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

fn faded(from: Closeness) -> Closeness {
    Closeness { value: from.value * STEP, nearest: from.nearest }
}

fn raise(best: &mut [Closeness], dir: DirId, candidate: Closeness) {
    let slot = &mut best[dir.index()];
    if candidate.value > slot.value {
        *slot = candidate;
    }
}
