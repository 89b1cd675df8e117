//! Snapshots: every listed file of one root with its stamp, by directory, so that two moments can be compared.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::{Change, FileMeta, FileStamp, RelPath, RootId};

type Name = Box<[u8]>;

/// What is known of one directory.
#[derive(Debug, Default)]
pub(super) struct Dir {
    /// Its inode number; another one under the same name is another directory.
    pub inode: u64,
    /// Its files.
    pub files: FxHashMap<Name, FileStamp>,
    /// The names of its directories.
    pub dirs: FxHashSet<Name>,
}

/// The files of one root, as they were last reported.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    dirs: FxHashMap<RelPath, Dir>,
}

impl Snapshot {
    /// Directories known, the root (the empty path) among them.
    pub fn dirs(&self) -> impl Iterator<Item = &RelPath> {
        self.dirs.keys()
    }

    /// The directory of this path, if it is known.
    pub fn dir(&self, path: &[u8]) -> Option<&Dir> {
        self.dirs.get(path)
    }

    /// Takes note of a directory.
    pub fn add_dir(&mut self, path: &RelPath, inode: u64) {
        if let Some(dir) = self.dirs.get_mut(path) {
            dir.inode = inode;
            return;
        }
        self.dirs.insert(path.clone(), Dir { inode, ..Dir::default() });
        if !path.as_bytes().is_empty() {
            self.dir_mut(path.parent()).dirs.insert(Box::from(path.file_name()));
        }
    }

    /// Takes note of a file, and returns the stamp that was known before.
    pub fn upsert(&mut self, path: &RelPath, stamp: FileStamp) -> Option<FileStamp> {
        let dir = self.dir_mut(path.parent());
        if let Some(known) = dir.files.get_mut(path.file_name()) {
            return Some(std::mem::replace(known, stamp));
        }
        dir.files.insert(Box::from(path.file_name()), stamp)
    }

    /// Forgets a file, and returns its stamp if it was known.
    pub fn remove(&mut self, path: &RelPath) -> Option<FileStamp> {
        self.dirs.get_mut(path.parent())?.files.remove(path.file_name())
    }

    /// Forgets a directory with everything below it, and returns the directories and files that were there.
    pub fn remove_dir(&mut self, path: &RelPath) -> (Vec<RelPath>, Vec<(RelPath, FileStamp)>) {
        let (mut dirs, mut files) = (Vec::new(), Vec::new());
        if let Some(parent) = self.dirs.get_mut(path.parent()) {
            parent.dirs.remove(path.file_name());
        }
        let mut left = vec![path.clone()];
        while let Some(path) = left.pop() {
            let Some(dir) = self.dirs.remove(&path) else { continue };
            files.extend(dir.files.iter().map(|(name, stamp)| (join(&path, name), *stamp)));
            left.extend(dir.dirs.iter().map(|name| join(&path, name)));
            dirs.push(path);
        }
        (dirs, files)
    }

    /// The stamp known of a file.
    pub fn stamp(&self, path: &RelPath) -> Option<FileStamp> {
        self.dirs.get(path.parent())?.files.get(path.file_name()).copied()
    }

    fn dir_mut(&mut self, path: &[u8]) -> &mut Dir {
        if !self.dirs.contains_key(path) {
            // A parallel walk may tell of a file before it tells of the directory.
            self.add_dir(&RelPath::from_bytes(path), 0);
        }
        self.dirs.entry(RelPath::from_bytes(path)).or_default()
    }
}

/// Joins a name to a directory; the root is the empty path.
pub(super) fn join(dir: &RelPath, name: &[u8]) -> RelPath {
    if dir.as_bytes().is_empty() {
        return RelPath::from_bytes(name);
    }
    RelPath::from_bytes(&[dir.as_bytes(), b"/", name].concat())
}

/// Compares a fresh walk with what is known: what is new or differs, and in the end what is gone.
#[derive(Debug, Default)]
pub(super) struct Diff {
    fresh: Snapshot,
    changes: Vec<Change>,
}

impl Diff {
    /// Takes in a batch of the walk.
    pub fn add(&mut self, old: &Snapshot, files: Vec<FileMeta>, dirs: &[(RelPath, u64)]) {
        for (path, inode) in dirs {
            self.fresh.add_dir(path, *inode);
        }
        for meta in files {
            self.fresh.upsert(&meta.path, meta.stamp);
            if old.stamp(&meta.path) != Some(meta.stamp) {
                self.changes.push(Change::Upsert(meta));
            }
        }
    }

    /// Ends the walk: what was known and was not seen is gone. Returns the new snapshot and the changes.
    pub fn finish(mut self, root: RootId, old: &Snapshot) -> (Snapshot, Vec<Change>) {
        for (path, dir) in &old.dirs {
            let seen = self.fresh.dirs.get(path);
            let gone =
                dir.files.keys().filter(|name| seen.is_none_or(|seen| !seen.files.contains_key(*name)));
            self.changes.extend(gone.map(|name| Change::Removed(root, join(path, name))));
        }
        (self.fresh, self.changes)
    }
}

/// What one burst did to files: the state before it and the last one seen, so that there and back is no change.
#[derive(Debug, Default)]
pub(super) struct Journal(FxHashMap<RelPath, (Option<FileStamp>, Option<FileMeta>)>);

impl Journal {
    /// A file is there; `before` is what was known of it until now.
    pub fn upserted(&mut self, meta: FileMeta, before: Option<FileStamp>) {
        let path = meta.path.clone();
        self.0.entry(path).or_insert((before, None)).1 = Some(meta);
    }

    /// A file that was known is gone.
    pub fn removed(&mut self, path: RelPath, before: FileStamp) {
        self.0.entry(path).or_insert((Some(before), None)).1 = None;
    }

    /// What changed in the end.
    pub fn finish(self, root: RootId) -> Vec<Change> {
        let change = |(path, (before, after)): (RelPath, (Option<FileStamp>, Option<FileMeta>))| match after {
            Some(meta) => (before != Some(meta.stamp)).then_some(Change::Upsert(meta)),
            None => before.map(|_| Change::Removed(root, path)),
        };
        self.0.into_iter().filter_map(change).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: RootId = RootId(1);

    fn meta(path: &str, size: u64) -> FileMeta {
        let stamp = FileStamp { size, ..FileStamp::default() };
        FileMeta { root: ROOT, path: path.into(), stamp, skip: None }
    }

    fn snapshot(files: &[(&str, u64)]) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for (path, size) in files {
            let meta = meta(path, *size);
            snapshot.upsert(&meta.path, meta.stamp);
        }
        snapshot
    }

    fn sorted(mut changes: Vec<Change>) -> Vec<Change> {
        let key = |change: &Change| match change {
            Change::Upsert(meta) => meta.path.clone(),
            Change::Removed(_, path) => path.clone(),
        };
        changes.sort_by_key(key);
        changes
    }

    #[test]
    fn a_walk_differs_by_what_is_new_changed_and_gone() {
        let old = snapshot(&[("a", 1), ("d/b", 2), ("d/e/c", 3)]);
        let mut diff = Diff::default();
        diff.add(&old, vec![meta("a", 1), meta("d/b", 9)], &[("d".into(), 7)]);
        diff.add(&old, vec![meta("new", 4)], &[]);
        let (fresh, changes) = diff.finish(ROOT, &old);
        let expected = vec![
            Change::Upsert(meta("d/b", 9)),
            Change::Removed(ROOT, "d/e/c".into()),
            Change::Upsert(meta("new", 4)),
        ];
        assert_eq!(sorted(changes), expected);
        assert_eq!(fresh.dir(b"d").unwrap().inode, 7);
        assert!(fresh.dir(b"d/e").is_none());
    }

    #[test]
    fn forgetting_a_directory_forgets_all_below_it_and_nothing_beside_it() {
        let mut snapshot = snapshot(&[("d/a", 1), ("d/e/f/b", 2), ("d-x/c", 3), ("dd", 4)]);
        let (mut dirs, mut files) = snapshot.remove_dir(&"d".into());
        dirs.sort();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(dirs, ["d", "d/e", "d/e/f"].map(RelPath::from));
        assert_eq!(files.iter().map(|(path, _)| path.to_text()).collect::<Vec<_>>(), ["d/a", "d/e/f/b"]);
        assert!(snapshot.stamp(&"d-x/c".into()).is_some() && snapshot.stamp(&"dd".into()).is_some());
        assert!(!snapshot.dir(b"").unwrap().dirs.contains(&b"d"[..]));
    }

    #[test]
    fn there_and_back_is_no_change() {
        let mut journal = Journal::default();
        let stamp = meta("a", 1).stamp;
        journal.removed("a".into(), stamp);
        journal.upserted(meta("a", 1), None);
        journal.upserted(meta("passing", 1), None);
        journal.removed("passing".into(), stamp);
        journal.removed("gone".into(), stamp);
        journal.upserted(meta("b", 2), Some(stamp));
        journal.upserted(meta("b", 3), Some(meta("b", 2).stamp));
        let expected = vec![Change::Upsert(meta("b", 3)), Change::Removed(ROOT, "gone".into())];
        assert_eq!(sorted(journal.finish(ROOT)), expected);
    }
}
