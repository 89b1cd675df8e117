//! The catalog: which file has which id, and how the paths sort.
//!
//! Invariant: an id names one (root, path) for ever; a file that comes back after a deletion gets its old id back.

use std::path::{Component, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::rank::{DirId, DirTree};
use crate::domain::{FileId, RelPath, RootId};

#[cfg(test)]
mod tests;

/// Where files lie, readable from any thread while the catalog grows.
#[derive(Debug, Clone, Default)]
pub struct Places(Arc<RwLock<Vec<(RootId, RelPath)>>>);

impl Places {
    /// The root and the raw path of a file, also of one that is gone by now; `None` for an id never given.
    pub fn get(&self, file: FileId) -> Option<(RootId, RelPath)> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(file.index()).cloned()
    }

    fn push(&self, root: RootId, path: RelPath) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push((root, path));
    }
}

/// What the catalog knows of one file.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its root.
    pub root: RootId,
    /// Its path below the root.
    pub path: RelPath,
    /// The path, ready to show.
    pub shown: Arc<str>,
    /// Its directory in [`Catalog::dirs`].
    pub dir: DirId,
}

/// All files ever seen, by id and by path.
#[derive(Debug, Default)]
pub struct Catalog {
    names: Vec<String>,
    ids: FxHashMap<(RootId, RelPath), FileId>,
    entries: Vec<Entry>,
    dirs: DirTree,
    places: Places,
    sorted: Vec<FileId>,
    ranks: Vec<u32>,
}

impl Catalog {
    /// A catalog of files below these directories. With more than one, paths are shown below the root's name, so
    /// that equal paths are told apart.
    pub fn of(roots: &[PathBuf]) -> Self {
        Self { names: root_names(roots), ..Self::default() }
    }

    /// The id of a path, given now if it never had one.
    pub fn intern(&mut self, root: RootId, path: &RelPath) -> FileId {
        if let Some(id) = self.ids.get(&(root, path.clone())) {
            return *id;
        }
        let id = FileId(self.entries.len() as u32);
        let dir = self.dirs.add(root, path.parent());
        let shown = match self.names.get(usize::from(root.0)) {
            Some(name) => format!("{name}/{}", shown(path)).into(),
            None => shown(path),
        };
        self.entries.push(Entry { root, path: path.clone(), shown, dir });
        self.places.push(root, path.clone());
        self.ids.insert((root, path.clone()), id);
        id
    }

    /// The id of a path, if it has one.
    pub fn find(&self, root: RootId, path: &RelPath) -> Option<FileId> {
        self.ids.get(&(root, path.clone())).copied()
    }

    /// What is known of a file.
    pub fn get(&self, file: FileId) -> Option<&Entry> {
        self.entries.get(file.index())
    }

    /// Number of ids given so far.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no id was given yet.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every entry, by id.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The directories of all files.
    pub fn dirs(&self) -> &DirTree {
        &self.dirs
    }

    /// The places of all files, for other threads.
    pub fn places(&self) -> Places {
        self.places.clone()
    }

    /// Files in the order of root and path, and for each file its place in that order.
    ///
    /// Costs one merge of the files that are new since the last call.
    pub fn order(&mut self) -> (&[FileId], &[u32]) {
        let known = self.sorted.len();
        if known < self.entries.len() {
            let entries = &self.entries;
            let key = |id: &FileId| (entries[id.index()].root, &entries[id.index()].path);
            let mut fresh: Vec<FileId> = (known..entries.len()).map(|at| FileId(at as u32)).collect();
            fresh.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
            let mut merged = Vec::with_capacity(entries.len());
            let mut old = self.sorted.drain(..).peekable();
            for id in fresh {
                while let Some(before) = old.next_if(|old| key(old) < key(&id)) {
                    merged.push(before);
                }
                merged.push(id);
            }
            merged.extend(old);
            self.sorted = merged;
            self.ranks.resize(entries.len(), 0);
            for (rank, id) in self.sorted.iter().enumerate() {
                self.ranks[id.index()] = rank as u32;
            }
        }
        (&self.sorted, &self.ranks)
    }
}

/// The name that stands before paths of each root: its last components, as many as tell all apart; none at all for
/// a single root.
pub fn root_names(roots: &[PathBuf]) -> Vec<String> {
    if roots.len() < 2 {
        return Vec::new();
    }
    let parts = |root: &PathBuf| -> Vec<String> {
        root.components()
            .filter_map(|part| match part {
                Component::Normal(name) => Some(name.to_string_lossy().chars().map(safe).collect()),
                Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
            })
            .collect()
    };
    let all: Vec<Vec<String>> = roots.iter().map(parts).collect();
    let deepest = all.iter().map(Vec::len).max().unwrap_or(0);
    let named = |depth: usize| -> Vec<String> {
        all.iter().map(|parts| parts[parts.len().saturating_sub(depth)..].join("/")).collect()
    };
    let are_apart = |names: &Vec<String>| {
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.windows(2).all(|pair| pair[0] != pair[1])
    };
    (1..=deepest).map(named).find(are_apart).unwrap_or_else(|| named(deepest))
}

const fn safe(letter: char) -> char {
    if is_unsafe(letter) { '\u{fffd}' } else { letter }
}

/// The path as text without anything that could move a cursor or fool a reader.
fn shown(path: &RelPath) -> Arc<str> {
    let text = path.to_text();
    if text.chars().any(is_unsafe) { text.chars().map(safe).collect::<String>().into() } else { text.into() }
}

/// Control characters, and the marks that reorder or hide text.
const fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{061c}')
}
