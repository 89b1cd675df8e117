//! Looking again at what a burst touched: entries are stat-ed, directories re-listed, and only real changes are told.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{MANY_NEW_DIRS, Root};
use crate::domain::{Change, RelPath};
use crate::tree::read::{EntryKind, kind_of, stamp_of};
use crate::tree::snapshot::{Journal, join};
use crate::tree::walk::{file_meta, is_rule_file};
use crate::tree::watch::Names;

/// A burst, sorted by whom it concerns.
pub(super) struct Sorted {
    /// Known directories of the tree, with the entries to look at.
    pub dirs: Vec<(RelPath, Names)>,
    /// Whether git's own files changed.
    pub git: bool,
    /// Whether ignore rules changed.
    pub rules: bool,
}

/// What is going on while one burst is looked at.
struct Look<'a> {
    journal: Journal,
    moved: &'a FxHashSet<PathBuf>,
    /// Directories still to be listed.
    left: Vec<RelPath>,
    entered: usize,
}

impl Root {
    /// Sorts touched directories into those of the tree and those of git.
    pub(super) fn sort_out(&self, dirs: FxHashMap<PathBuf, Names>) -> Sorted {
        let mut sorted = Sorted { dirs: Vec::new(), git: false, rules: false };
        for (dir, names) in dirs {
            if let Some(places) = self.places.as_ref().filter(|places| places.holds(&dir)) {
                sorted.git |= places.matters(&dir, &names);
                sorted.rules |= places.holds_rules(&dir, &names);
                continue;
            }
            let Ok(below) = dir.strip_prefix(&self.path) else { continue };
            let path = RelPath::from_path(below);
            if self.snapshot.dir(path.as_bytes()).is_none() {
                continue;
            }
            match &names {
                Names::Some(names) => {
                    sorted.git |= names.iter().any(|name| name == ".git");
                    sorted.rules |= names.iter().any(|name| is_rule_file(name) || name == ".git");
                }
                Names::All => sorted.rules = true,
            }
            sorted.dirs.push((path, names));
        }
        sorted
    }

    /// Looks at what was touched. The second value says that so much is new that a walk must do the rest.
    pub(super) fn look_at(
        &mut self,
        mut dirs: Vec<(RelPath, Names)>,
        moved: &FxHashSet<PathBuf>,
    ) -> (Vec<Change>, bool) {
        let mut look = Look { journal: Journal::default(), moved, left: Vec::new(), entered: 0 };
        // Upper directories first: what they lose need not be looked at below.
        dirs.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (dir, names) in dirs {
            match names {
                Names::Some(names) if !differ_by_case_only(&names) => {
                    for name in names {
                        self.look_at_entry(&mut look, &dir, name);
                    }
                }
                Names::Some(_) | Names::All => self.list(&mut look, &dir),
            }
            while let Some(new) = look.left.pop() {
                self.list(&mut look, &new);
            }
        }
        let walk = look.entered > MANY_NEW_DIRS;
        (look.journal.finish(self.id), walk)
    }

    fn look_at_entry(&mut self, look: &mut Look<'_>, dir: &RelPath, name: OsString) {
        let path = join(dir, &name.into_vec());
        match fs::symlink_metadata(self.path.join(path.as_path())) {
            Ok(meta) => self.seen(look, path, &meta, Listed::Touched),
            Err(_) => self.gone(look, &path),
        }
    }

    /// Lists a directory again, and compares.
    fn list(&mut self, look: &mut Look<'_>, dir: &RelPath) {
        let Some(known) = self.snapshot.dir(dir.as_bytes()) else { return };
        let mut missing: FxHashSet<RelPath> =
            known.files.keys().chain(&known.dirs).map(|name| join(dir, name)).collect();
        let at = self.path.join(dir.as_path());
        match fs::read_dir(&at) {
            Ok(entries) => {
                for entry in entries.flatten() {
                    let path = join(dir, entry.file_name().as_bytes());
                    let Ok(meta) = entry.metadata() else { continue };
                    missing.remove(&path);
                    self.seen(look, path, &meta, Listed::InPassing);
                }
            }
            Err(error) if vanished(&error) => {
                if !dir.as_bytes().is_empty() {
                    self.gone(look, dir);
                }
                return;
            }
            Err(error) => {
                if self.unreadable.insert(at.clone()) {
                    self.warn(format!("Cannot read {}", at.display()), error.to_string());
                }
            }
        }
        for path in missing {
            self.gone(look, &path);
        }
    }

    /// Takes in an entry that is there.
    fn seen(&mut self, look: &mut Look<'_>, path: RelPath, meta: &Metadata, listed: Listed) {
        let is_dir = kind_of(meta) == EntryKind::Directory;
        if self.matcher.ignored(&path, is_dir) {
            self.gone(look, &path);
        } else if is_dir {
            self.seen_dir(look, &path, meta, listed);
        } else {
            self.forget_dir(look, &path);
            let meta = file_meta(self.id, path, meta);
            let before = self.snapshot.upsert(&meta.path, meta.stamp);
            if before != Some(meta.stamp) {
                look.journal.upserted(meta, before);
            }
        }
    }

    fn seen_dir(&mut self, look: &mut Look<'_>, path: &RelPath, meta: &Metadata, listed: Listed) {
        let inode = stamp_of(meta).inode;
        let at = self.path.join(path.as_path());
        let known = self.snapshot.dir(path.as_bytes()).map(|dir| dir.inode);
        if known == Some(inode) && !look.moved.contains(&at) {
            if listed == Listed::Touched {
                // Its rights may have changed, and with them what can be seen inside.
                look.left.push(path.clone());
            }
            return;
        }
        self.gone(look, path);
        look.entered += 1;
        self.snapshot.add_dir(path, inode);
        // Watched before it is listed, so that nothing can come in between.
        if let Some(native) = &mut self.native {
            native.watch(&at);
        }
        look.left.push(path.clone());
    }

    /// Takes in that there is no such entry, or that it is ignored.
    fn gone(&mut self, look: &mut Look<'_>, path: &RelPath) {
        if let Some(before) = self.snapshot.remove(path) {
            look.journal.removed(path.clone(), before);
        }
        self.forget_dir(look, path);
    }

    fn forget_dir(&mut self, look: &mut Look<'_>, path: &RelPath) {
        if self.snapshot.dir(path.as_bytes()).is_none() {
            return;
        }
        let (dirs, files) = self.snapshot.remove_dir(path);
        if let Some(native) = &mut self.native {
            for dir in &dirs {
                native.unwatch(&self.path.join(dir.as_path()));
            }
        }
        for (file, before) in files {
            look.journal.removed(file, before);
        }
    }
}

/// How an entry came to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    /// A notice named it.
    Touched,
    /// Its directory was listed.
    InPassing,
}

fn vanished(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Where case does not matter, both names of such a rename seem to be there; only a listing tells.
fn differ_by_case_only(names: &FxHashSet<OsString>) -> bool {
    let mut folded = FxHashSet::default();
    names.len() > 1 && !names.iter().all(|name| folded.insert(name.to_string_lossy().to_lowercase()))
}
