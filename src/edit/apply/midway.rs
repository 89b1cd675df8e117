//! Files that git is in the middle of merging or rebasing.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The files with conflicts that git waits for, in whichever repositories these files lie.
pub fn unmerged(places: &[&Path]) -> Vec<PathBuf> {
    let mut folders: Vec<&Path> = places.iter().filter_map(|place| existing(place.parent()?)).collect();
    folders.sort_unstable();
    folders.dedup();
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for folder in folders {
        let Ok(repo) = git2::Repository::discover(folder) else { continue };
        if seen.contains(&repo.path().to_owned()) {
            continue;
        }
        seen.push(repo.path().to_owned());
        found.extend(conflicts(&repo).unwrap_or_default());
    }
    found
}

/// The nearest folder that is there.
fn existing(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| folder.is_dir())
}

fn conflicts(repo: &git2::Repository) -> Option<Vec<PathBuf>> {
    let tree = repo.workdir()?.canonicalize().ok()?;
    let index = repo.index().ok()?;
    let sides = |conflict: git2::IndexConflict| {
        [conflict.our, conflict.their, conflict.ancestor].into_iter().flatten()
    };
    let entries = index.conflicts().ok()?.flatten().flat_map(sides);
    Some(entries.map(|entry| tree.join(OsStr::from_bytes(&entry.path))).collect())
}
