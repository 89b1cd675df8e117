//! Writing: accepted changes reach the disk all together or not at all, and only over the bytes that were reviewed.
//!
//! New bytes are staged beside their files, a journal with the old bytes is synced, then names are swapped. A crash at any
//! point leaves the journal, and [`recover`] puts the old bytes back at the next start.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::proposal::{Change, Files};
use super::root::Root;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A file is not as it was when it was reviewed.
    #[error("{0} changed since it was read")]
    Changed(String),
    /// A rule forbids it.
    #[error("{0}")]
    Forbidden(String),
    /// The disk refused; everything is as it was.
    #[error("{path}: {source}; nothing was written")]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk refused, and putting the old bytes back failed as well; the journal stays for the next start.
    #[error("{path}: {source}; the files may differ until Quarry starts again and puts them back")]
    Torn {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// One file of a journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    /// Where it lies.
    place: PathBuf,
    /// Its old bytes are in the journal's folder under this name; `None` where there was no file.
    before: Option<String>,
    /// Its new bytes; `None` where it goes.
    after: Option<u64>,
    /// Where new bytes wait to be swapped in.
    staged: Option<PathBuf>,
    /// Written in place, because it has other names.
    in_place: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Journal {
    entries: Vec<Entry>,
}

/// A file to be written, with its place.
struct Step<'c> {
    name: &'c str,
    place: PathBuf,
    before: Option<&'c [u8]>,
    after: Option<&'c [u8]>,
    in_place: bool,
    staged: Option<PathBuf>,
}

/// Writes changes below a root; the journal lives in `journals` while it goes on.
///
/// # Errors
/// See [`ApplyError`]; except for [`ApplyError::Torn`], every file is as it was.
pub fn apply(disk: &dyn Disk, root: &Root, changes: &[Change], journals: &Path) -> Result<(), ApplyError> {
    let mut steps = steps(root, changes)?;
    check(root, &steps)?;
    let folder = journals.join(format!("{}-{}", std::process::id(), stamp()));
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ApplyError::Disk { path, source }
    };
    disk.make_directory(&folder).map_err(failed(&folder))?;
    let prepared = stage(disk, &mut steps).and_then(|()| write_journal(disk, &steps, &folder));
    if let Err(error) = prepared {
        unstage(disk, &steps);
        let _ = fs::remove_dir_all(&folder);
        return Err(error);
    }
    if let Err((path, source)) = swap(disk, &steps) {
        return Err(match recover_one(disk, &folder) {
            Ok(()) => ApplyError::Disk { path, source },
            Err(_) => ApplyError::Torn { path, source },
        });
    }
    // Without its list the journal says nothing any more: from here on the new bytes stay.
    let list = folder.join(LIST);
    disk.remove(&list).map_err(failed(&list))?;
    let _ = fs::remove_dir_all(&folder);
    Ok(())
}

const LIST: &str = "journal.json";

fn steps<'c>(root: &Root, changes: &'c [Change]) -> Result<Vec<Step<'c>>, ApplyError> {
    let mut steps: Vec<Step<'c>> = Vec::new();
    for change in changes {
        let place = root.place(&change.path).map_err(ApplyError::Forbidden)?;
        let (before, after) = (change.before.as_deref(), change.after.as_deref());
        let step =
            |name, place, before, after| Step { name, place, before, after, in_place: false, staged: None };
        match &change.moved_to {
            None => steps.push(step(&change.path, place, before, after)),
            Some(to) => {
                let target = root.place(to).map_err(ApplyError::Forbidden)?;
                steps.push(step(to, target, None, after));
                steps.push(step(&change.path, place, before, None));
            }
        }
    }
    for step in &mut steps {
        step.in_place = step.after.is_some() && fs::metadata(&step.place).is_ok_and(|meta| meta.nlink() > 1);
    }
    for (at, step) in steps.iter().enumerate() {
        if steps[..at].iter().any(|other| other.place == step.place) {
            return Err(ApplyError::Forbidden(format!("{} is changed twice", step.name)));
        }
    }
    Ok(steps)
}

/// Compare and swap begins with comparing.
fn check(root: &Root, steps: &[Step<'_>]) -> Result<(), ApplyError> {
    let unmerged = unmerged(root.path());
    for step in steps {
        let now = root.read(step.name).map_err(ApplyError::Forbidden)?;
        if now.as_deref() != step.before {
            return Err(ApplyError::Changed(step.name.to_owned()));
        }
        if step.before.is_some() && fs::metadata(&step.place).is_ok_and(|meta| meta.mode() & 0o222 == 0) {
            return Err(ApplyError::Forbidden(format!("{} is read-only", step.name)));
        }
        if unmerged.contains(&step.place) {
            return Err(ApplyError::Forbidden(format!(
                "{} has conflicts that git waits for you to resolve",
                step.name
            )));
        }
    }
    Ok(())
}

/// The files that git is in the middle of merging or rebasing.
fn unmerged(root: &Path) -> Vec<PathBuf> {
    let Ok(repo) = git2::Repository::discover(root) else { return Vec::new() };
    let (Some(tree), Ok(index)) = (repo.workdir(), repo.index()) else { return Vec::new() };
    let Ok(tree) = tree.canonicalize() else { return Vec::new() };
    let Ok(conflicts) = index.conflicts() else { return Vec::new() };
    let sides = |conflict: git2::IndexConflict| conflict.our.or(conflict.their).or(conflict.ancestor);
    conflicts
        .flatten()
        .filter_map(sides)
        .map(|entry| tree.join(String::from_utf8_lossy(&entry.path).as_ref()))
        .collect()
}

fn stage(disk: &dyn Disk, steps: &mut [Step<'_>]) -> Result<(), ApplyError> {
    for (number, step) in steps.iter_mut().enumerate() {
        let (Some(after), false) = (step.after, step.in_place) else { continue };
        let Some(parent) = step.place.parent() else { continue };
        let failed = |source| ApplyError::Disk { path: step.place.clone(), source };
        disk.make_directory(parent).map_err(failed)?;
        let staged = parent.join(format!(".quarry-{}-{}-{number}", std::process::id(), stamp()));
        step.staged = Some(staged.clone());
        disk.create(&staged, after, Some(&step.place)).map_err(failed)?;
    }
    Ok(())
}

fn unstage(disk: &dyn Disk, steps: &[Step<'_>]) {
    for staged in steps.iter().filter_map(|step| step.staged.as_ref()) {
        let _ = disk.remove(staged);
    }
}

fn write_journal(disk: &dyn Disk, steps: &[Step<'_>], folder: &Path) -> Result<(), ApplyError> {
    let failed = |source| ApplyError::Disk { path: folder.to_owned(), source };
    let mut entries = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let before = match step.before {
            Some(bytes) => {
                let name = format!("{number}.before");
                disk.create(&folder.join(&name), bytes, None).map_err(failed)?;
                Some(name)
            }
            None => None,
        };
        entries.push(Entry {
            place: step.place.clone(),
            before,
            after: step.after.map(fingerprint),
            staged: step.staged.clone(),
            in_place: step.in_place,
        });
    }
    let text = serde_json::to_vec(&Journal { entries }).map_err(|error| failed(error.into()))?;
    let fresh = folder.join("journal.new");
    disk.create(&fresh, &text, None).map_err(failed)?;
    // The journal holds from this rename on, whole.
    disk.rename(&fresh, &folder.join(LIST)).map_err(failed)
}

fn swap(disk: &dyn Disk, steps: &[Step<'_>]) -> Result<(), (PathBuf, io::Error)> {
    for step in steps {
        let done = match (step.after, &step.staged) {
            (None, _) => disk.remove(&step.place),
            (Some(_), Some(staged)) => disk.rename(staged, &step.place),
            (Some(after), None) => disk.overwrite(&step.place, after),
        };
        done.map_err(|source| (step.place.clone(), source))?;
    }
    Ok(())
}

/// Puts back what a crash left half-written; returns the files that were put back.
///
/// # Errors
/// A journal that cannot be read, or a file that cannot be put back; other journals are still tried.
pub fn recover(disk: &dyn Disk, journals: &Path) -> Result<Vec<PathBuf>, ApplyError> {
    let mut back = Vec::new();
    let mut first = None;
    let Ok(folders) = fs::read_dir(journals) else { return Ok(back) };
    for folder in folders.flatten().map(|entry| entry.path()) {
        if writer_lives(&folder) {
            continue;
        }
        back.extend(read_journal(&folder).into_iter().flatten().map(|entry| entry.place));
        if let Err(source) = recover_one(disk, &folder) {
            first = first.or(Some(ApplyError::Disk { path: folder, source }));
        }
    }
    first.map_or(Ok(back), Err)
}

/// Whether the program that writes this journal still runs: it may be in the middle of it.
fn writer_lives(folder: &Path) -> bool {
    let pid = folder.file_name().and_then(|name| name.to_str()?.split('-').next()?.parse::<i32>().ok());
    let Some(pid) = pid.filter(|pid| *pid as u32 != std::process::id()) else { return false };
    rustix::process::Pid::from_raw(pid)
        .is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

fn read_journal(folder: &Path) -> Option<Vec<Entry>> {
    let text = fs::read(folder.join(LIST)).ok()?;
    serde_json::from_slice::<Journal>(&text).ok().map(|journal| journal.entries)
}

fn recover_one(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    for entry in read_journal(folder).unwrap_or_default() {
        let before = entry.before.as_ref().map(|name| fs::read(folder.join(name))).transpose()?;
        put_back(disk, &entry, before.as_deref())?;
        if let Some(staged) = entry.staged.filter(|staged| staged.exists()) {
            disk.remove(&staged)?;
        }
    }
    fs::remove_dir_all(folder)
}

fn put_back(disk: &dyn Disk, entry: &Entry, before: Option<&[u8]>) -> io::Result<()> {
    let now = fs::read(&entry.place).ok();
    if now.as_deref() == before {
        return Ok(());
    }
    let ours = now.as_deref().map(fingerprint) == entry.after;
    if !ours && !entry.in_place {
        // Somebody else wrote it since: theirs stays.
        return Ok(());
    }
    match before {
        None => disk.remove(&entry.place),
        Some(bytes) if entry.in_place => disk.overwrite(&entry.place, bytes),
        Some(bytes) => {
            let staged = entry.place.with_file_name(format!(".quarry-back-{}", stamp()));
            disk.create(&staged, bytes, Some(&entry.place))?;
            disk.rename(&staged, &entry.place)
        }
    }
}

fn fingerprint(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default())
}

/// A number that differs from call to call.
fn stamp() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| since.as_nanos() as u64).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests;
