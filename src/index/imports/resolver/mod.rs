//! The resolver: which file of the tree an import means.
//!
//! Owns tables of paths, kept up to date file by file. Each answer costs a few look-ups: by exact path, or by the last one
//! or two components of a path without its extension. Nothing outside the importer's root is ever answered.

mod families;
mod modules;

use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

use crate::domain::{FileId, Language, RelPath, RootId};

/// Files of one name that are compared; a name that more files share says little.
const MAX_CANDIDATES: usize = 256;

/// Knows every file's path.
#[derive(Debug, Default)]
pub struct Resolver {
    roots: FxHashMap<RootId, Paths>,
    files: FxHashMap<FileId, (RootId, RelPath)>,
}

/// The paths of one root.
#[derive(Debug, Default)]
struct Paths {
    by_path: FxHashMap<RelPath, FileId>,
    /// By a hash of the last one or two components without extension; `index`, `mod` and `__init__` stand for their
    /// directory as well.
    by_end: FxHashMap<u64, Vec<(FileId, RelPath)>>,
    /// Files by their directory.
    by_dir: FxHashMap<Box<[u8]>, Vec<(FileId, RelPath)>>,
    /// Directories by a hash of their last component.
    dirs: FxHashMap<u64, Vec<Box<[u8]>>>,
}

impl Resolver {
    /// Knows no file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Learns a file's path; a path it had before is forgotten.
    pub fn insert(&mut self, file: FileId, root: RootId, path: &RelPath) {
        self.remove(file);
        self.roots.entry(root).or_default().insert(file, path);
        self.files.insert(file, (root, path.clone()));
    }

    /// Forgets a file. Does nothing where it is not known.
    pub fn remove(&mut self, file: FileId) {
        if let Some((root, path)) = self.files.remove(&file)
            && let Some(paths) = self.roots.get_mut(&root)
        {
            paths.remove(file, &path);
        }
    }

    /// The file that an import of `importer` means, if it is in the importer's root. Never the importer itself.
    pub fn resolve(
        &self,
        importer: FileId,
        root: RootId,
        importer_path: &RelPath,
        language: Language,
        raw: &str,
    ) -> Option<FileId> {
        let paths = self.roots.get(&root)?;
        let ask = Ask { paths, from: importer_path.parent(), path: importer_path, language };
        families::resolve(&ask, raw).filter(|found| *found != importer)
    }
}

/// One import to resolve.
#[derive(Debug, Clone, Copy)]
struct Ask<'a> {
    paths: &'a Paths,
    /// The importer's directory.
    from: &'a [u8],
    path: &'a RelPath,
    language: Language,
}

impl Paths {
    fn insert(&mut self, file: FileId, path: &RelPath) {
        self.by_path.insert(path.clone(), file);
        for key in ends(path.as_bytes()) {
            self.by_end.entry(key).or_default().push((file, path.clone()));
        }
        let dir = path.parent();
        if let Some(files) = self.by_dir.get_mut(dir) {
            files.push((file, path.clone()));
        } else {
            self.by_dir.insert(Box::from(dir), vec![(file, path.clone())]);
            self.dirs.entry(key(&[last(dir)])).or_default().push(Box::from(dir));
        }
    }

    fn remove(&mut self, file: FileId, path: &RelPath) {
        if self.by_path.get(path) == Some(&file) {
            self.by_path.remove(path);
        }
        for key in ends(path.as_bytes()) {
            if let Some(files) = self.by_end.get_mut(&key) {
                files.retain(|(known, _)| *known != file);
                if files.is_empty() {
                    self.by_end.remove(&key);
                }
            }
        }
        let dir = path.parent();
        if let Some(files) = self.by_dir.get_mut(dir) {
            files.retain(|(known, _)| *known != file);
            if files.is_empty() {
                self.by_dir.remove(dir);
                if let Some(dirs) = self.dirs.get_mut(&key(&[last(dir)])) {
                    dirs.retain(|known| **known != *dir);
                }
            }
        }
    }

    fn exact(&self, path: &[u8]) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The file at `base` with one of the endings; `""` is `base` itself.
    fn with_endings(&self, base: &[u8], endings: &[&str]) -> Option<FileId> {
        endings.iter().find_map(|ending| self.exact(&[base, ending.as_bytes()].concat()))
    }

    /// The file whose path without extension ends in these components, nearest to `from` first.
    fn by_suffix(&self, components: &[&[u8]], from: &[u8], fits: impl Fn(&[u8]) -> bool) -> Option<FileId> {
        let count = components.len();
        let key = key(&components[count.saturating_sub(2)..]);
        let files = self.by_end.get(&key)?;
        let matching = files.iter().take(MAX_CANDIDATES).filter(|(_, path)| {
            let path = path.as_bytes();
            fits(path)
                && (ends_with(without_extension(path), components) || ends_with(module(path), components))
        });
        nearest(matching, from)
    }

    /// Files of a directory.
    fn in_dir(&self, dir: &[u8]) -> &[(FileId, RelPath)] {
        self.by_dir.get(dir).map_or(&[], Vec::as_slice)
    }

    /// Directories that hold files and whose last component is `name`, nearest first, then shortest.
    fn dirs_named(&self, name: &[u8], from: &[u8]) -> Vec<&[u8]> {
        let known = self.dirs.get(&key(&[name])).map_or(&[][..], Vec::as_slice);
        let mut dirs: Vec<&[u8]> = known.iter().take(MAX_CANDIDATES).map(AsRef::as_ref).collect();
        dirs.retain(|dir| last(dir) == name);
        dirs.sort_by_key(|dir| (std::cmp::Reverse(shared(dir, from)), dir.len(), *dir));
        dirs
    }
}

fn nearest<'a>(files: impl Iterator<Item = &'a (FileId, RelPath)>, from: &[u8]) -> Option<FileId> {
    let rank = |path: &RelPath| (std::cmp::Reverse(shared(path.as_bytes(), from)), path.as_bytes().len());
    files.min_by(|a, b| rank(&a.1).cmp(&rank(&b.1)).then_with(|| a.1.cmp(&b.1))).map(|(file, _)| *file)
}

/// Leading components that two paths share.
fn shared(path: &[u8], dir: &[u8]) -> usize {
    let mut ours = path.split(|byte| *byte == b'/');
    dir.split(|byte| *byte == b'/').take_while(|part| !part.is_empty() && ours.next() == Some(*part)).count()
}

fn last(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

fn dir_of(path: &[u8]) -> &[u8] {
    path.iter().rposition(|byte| *byte == b'/').map_or(&[], |at| &path[..at])
}

fn components(path: &[u8]) -> Vec<&[u8]> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".").collect()
}

fn without_extension(path: &[u8]) -> &[u8] {
    let name = path.len() - last(path).len();
    let dot = path[name..].iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > 0);
    dot.map_or(path, |dot| &path[..name + dot])
}

/// The path that names the module a file is: its directory for `index.ts`, `mod.rs`, `__init__.py`, `init.lua`.
fn module(path: &[u8]) -> &[u8] {
    let bare = without_extension(path);
    let stands_for_dir = matches!(last(bare), b"index" | b"mod" | b"__init__" | b"init");
    if stands_for_dir { dir_of(path) } else { bare }
}

fn ends_with(path: &[u8], components: &[&[u8]]) -> bool {
    let mut ours = path.rsplit(|byte| *byte == b'/');
    components.iter().rev().all(|part| ours.next() == Some(*part))
}

fn key(components: &[&[u8]]) -> u64 {
    let mut hasher = FxHasher::default();
    for part in components {
        hasher.write(part);
        hasher.write_u8(b'/');
    }
    hasher.finish()
}

/// The keys under which a path is found: its end of one and of two components, as a file and as a module.
fn ends(path: &[u8]) -> Vec<u64> {
    let mut keys = Vec::with_capacity(4);
    for form in [without_extension(path), module(path)] {
        let parts = components(form);
        for count in [1, 2] {
            if let Some(at) = parts.len().checked_sub(count) {
                keys.push(key(&parts[at..]));
            }
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Joins a relative path to a directory; `None` where it leaves the root.
fn join(dir: &[u8], relative: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> = dir.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
    for part in relative.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join(&b'/'))
}
