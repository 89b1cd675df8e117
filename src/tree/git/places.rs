//! Places: where a repository keeps what tells that its state changed.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::open;
use crate::tree::watch::Names;

/// Directories of branches that are watched; beyond, the log of HEAD still tells.
const MAX_REF_DIRS: usize = 128;

/// Entries of the git directory that are about the state shown.
const STATE: [&str; 11] = [
    "BISECT_LOG",
    "CHERRY_PICK_HEAD",
    "HEAD",
    "MERGE_HEAD",
    "REVERT_HEAD",
    "index",
    "packed-refs",
    "rebase-apply",
    "rebase-merge",
    "sequencer",
    "config",
];

/// The directories of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tree) struct Places {
    /// Holds HEAD and the index of this work tree.
    git: PathBuf,
    /// Holds refs and objects; the same but for linked work trees.
    common: PathBuf,
}

impl Places {
    /// Finds them for a root; `None` without a repository, or with a broken one.
    pub fn find(root: &Path) -> Option<Self> {
        let repo = open(root).ok().flatten().filter(|repo| !repo.is_bare())?;
        let canonical = |path: &Path| fs::canonicalize(path).ok();
        Some(Self { git: canonical(repo.path())?, common: canonical(repo.commondir())? })
    }

    /// The directories to watch.
    pub fn watched_dirs(&self) -> Vec<PathBuf> {
        let mut dirs = vec![self.git.clone(), self.git.join("logs"), self.common.clone()];
        dirs.push(self.common.join("info"));
        let heads = dirs.len();
        dirs.push(self.common.join("refs/heads"));
        let mut at = heads;
        while at < dirs.len() && dirs.len() < heads + MAX_REF_DIRS {
            let entries = fs::read_dir(&dirs[at]).into_iter().flatten().flatten();
            let below = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
            let below: Vec<_> = below.map(|entry| entry.path()).collect();
            dirs.extend(below);
            at += 1;
        }
        dirs.retain(|dir| dir.is_dir());
        dirs.dedup();
        dirs
    }

    /// Whether a directory is one of git's own.
    pub fn holds(&self, dir: &Path) -> bool {
        dir.starts_with(&self.git) || dir.starts_with(&self.common)
    }

    /// Whether what was touched there is about branch, HEAD, index or operation.
    pub fn matters(&self, dir: &Path, names: &Names) -> bool {
        let matters = |name: &OsStr| {
            if dir == self.git || dir == self.common {
                STATE.iter().any(|known| name == *known)
            } else {
                Path::new(name).extension() != Some(OsStr::new("lock"))
            }
        };
        any(names, matters)
    }

    /// Whether the repository's own ignore rules were touched.
    pub fn holds_rules(&self, dir: &Path, names: &Names) -> bool {
        dir == self.common.join("info") && any(names, |name| name == "exclude")
    }
}

fn any(names: &Names, matters: impl Fn(&OsStr) -> bool) -> bool {
    match names {
        Names::All => true,
        Names::Some(names) => names.iter().any(|name| matters(name)),
    }
}
