//! Places: where a repository keeps what tells that its state changed.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::open;
use crate::tree::walk::is_rule_file;
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
    /// Directories from the top of the work tree down to the root, without it: their ignore rules hold in it.
    above: Vec<PathBuf>,
}

impl Places {
    /// Finds them for a root; `None` without a repository.
    ///
    /// One that cannot be opened may be in the making or be repaired, so its directory is watched too.
    pub fn find(root: &Path) -> Option<Self> {
        let Some(repo) = open(root).ok().flatten().filter(|repo| !repo.is_bare()) else {
            let git = root.join(".git");
            return git.is_dir().then(|| Self { common: git.clone(), git, above: Vec::new() });
        };
        let canonical = |path: &Path| fs::canonicalize(path).ok();
        let top = repo.workdir().and_then(canonical)?;
        let above = root.ancestors().skip(1).take_while(|dir| dir.starts_with(&top)).map(Path::to_path_buf);
        Some(Self {
            git: canonical(repo.path())?,
            common: canonical(repo.commondir())?,
            above: above.collect(),
        })
    }

    /// The directories to watch.
    pub fn watched_dirs(&self) -> Vec<PathBuf> {
        let mut dirs = vec![self.git.clone(), self.git.join("logs"), self.common.clone()];
        dirs.push(self.common.join("info"));
        dirs.extend(self.above.iter().cloned());
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

    /// Whether a directory is one of these rather than one of the tree.
    pub fn holds(&self, dir: &Path) -> bool {
        self.is_gits(dir) || self.above.iter().any(|above| above == dir)
    }

    fn is_gits(&self, dir: &Path) -> bool {
        dir.starts_with(&self.git) || dir.starts_with(&self.common)
    }

    /// Whether what was touched there is about branch, HEAD, index or operation.
    pub fn matters(&self, dir: &Path, names: &Names) -> bool {
        let matters = |name: &OsStr| {
            if !self.is_gits(dir) {
                false
            } else if dir == self.git || dir == self.common {
                STATE.iter().any(|known| name == *known)
            } else {
                Path::new(name).extension() != Some(OsStr::new("lock"))
            }
        };
        any(names, matters)
    }

    /// Whether ignore rules outside of the root were touched.
    pub fn holds_rules(&self, dir: &Path, names: &Names) -> bool {
        if self.is_gits(dir) {
            dir == self.common.join("info") && any(names, |name| name == "exclude")
        } else {
            any(names, is_rule_file)
        }
    }
}

fn any(names: &Names, matters: impl Fn(&OsStr) -> bool) -> bool {
    match names {
        Names::All => true,
        Names::Some(names) => names.iter().any(|name| matters(name)),
    }
}
