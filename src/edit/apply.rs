//! Writing: accepted changes reach the disk all together or not at all, and only over the bytes that were reviewed.
//!
//! New bytes are staged beside their files, a journal with the old bytes is synced, then names are swapped. A crash at any
//! point leaves the journal, and [`recover`] puts the old bytes back at the next start.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::{Disk, Like};
use super::proposal::{Change, Files};
use super::root::Roots;

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
    #[error("{}: {source}; nothing was written", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk refused, and putting the old bytes back failed as well; the journal stays for the next start.
    #[error("{}: {source}; the files may differ until Quarry starts again and puts them back", path.display())]
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
    /// Its mode; `None` where there was no file.
    #[serde(default)]
    mode: Option<u32>,
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
    /// The mode of the file that stands there, or that moves here.
    mode: Option<u32>,
    /// The file whose mode and owner the new bytes take.
    like: Option<PathBuf>,
}

/// Writes changes below the roots; the journal lives in `journals` while it goes on.
///
/// # Errors
/// See [`ApplyError`]; except for [`ApplyError::Torn`], every file is as it was.
pub fn apply(disk: &dyn Disk, roots: &Roots, changes: &[Change], journals: &Path) -> Result<(), ApplyError> {
    let mut steps = steps(roots, changes)?;
    check(roots, &steps)?;
    let folder = journals.join(format!("{}-{}", std::process::id(), stamp()));
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ApplyError::Disk { path, source }
    };
    disk.make_directory(&folder).map_err(failed(&folder))?;
    plan(&mut steps);
    let prepared = write_plan(disk, &steps, &folder)
        .and_then(|()| stage(disk, &steps))
        .and_then(|()| write_journal(disk, &steps, &folder));
    if let Err(error) = prepared {
        // Where even this fails, the plan or the journal stays for the next start.
        let _ = recover_one(disk, &folder);
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

/// What was there before; while it stands, the old bytes come back at the next start.
const LIST: &str = "journal.json";

/// The files that are about to be staged, written first, so that none is left behind.
const PLAN: &str = "plan.json";

fn steps<'c>(roots: &Roots, changes: &'c [Change]) -> Result<Vec<Step<'c>>, ApplyError> {
    let mut steps: Vec<Step<'c>> = Vec::new();
    for change in changes {
        let place = roots.place(&change.path).map_err(ApplyError::Forbidden)?;
        let (before, after) = (change.before.as_deref(), change.after.as_deref());
        let mode = fs::metadata(&place).ok().map(|meta| meta.mode());
        let like = before.and(Some(place.clone()));
        let step = |name, place, before, after| Step {
            name,
            place,
            before,
            after,
            in_place: false,
            staged: None,
            mode: None,
            like: None,
        };
        if (after.is_none() || change.moved_to.is_some()) && roots.is_link(&change.path) {
            return Err(ApplyError::Forbidden(format!("{} is a link; name what it leads to", change.path)));
        }
        match &change.moved_to {
            None => {
                let kept = mode.or(change.mode);
                steps.push(Step { mode: kept, like, ..step(&change.path, place, before, after) });
            }
            Some(to) => {
                let target = roots.place(to).map_err(ApplyError::Forbidden)?;
                steps.push(Step { like, ..step(to, target, None, after) });
                steps.push(Step { mode, ..step(&change.path, place, before, None) });
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
fn check(roots: &Roots, steps: &[Step<'_>]) -> Result<(), ApplyError> {
    let unmerged = unmerged(steps);
    for step in steps {
        let now = roots.read(step.name).map_err(ApplyError::Forbidden)?;
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

/// The files that git is in the middle of merging or rebasing, in whichever repositories the steps lie.
fn unmerged(steps: &[Step<'_>]) -> Vec<PathBuf> {
    let mut folders: Vec<&Path> = steps.iter().filter_map(|step| existing(step.place.parent()?)).collect();
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

/// Chooses where new bytes wait to be swapped in: beside their files, so that a rename suffices.
fn plan(steps: &mut [Step<'_>]) {
    for (number, step) in steps.iter_mut().enumerate() {
        if step.after.is_some() && !step.in_place {
            let name = format!(".quarry-{}-{}-{number}", std::process::id(), stamp());
            step.staged = step.place.parent().map(|parent| parent.join(name));
        }
    }
}

fn write_plan(disk: &dyn Disk, steps: &[Step<'_>], folder: &Path) -> Result<(), ApplyError> {
    let failed = |source| ApplyError::Disk { path: folder.to_owned(), source };
    let staged: Vec<&PathBuf> = steps.iter().filter_map(|step| step.staged.as_ref()).collect();
    let text = serde_json::to_vec(&staged).map_err(|error| failed(error.into()))?;
    disk.create(&folder.join(PLAN), &text, Like::Private).map_err(failed)
}

fn stage(disk: &dyn Disk, steps: &[Step<'_>]) -> Result<(), ApplyError> {
    for step in steps {
        let (Some(after), Some(staged)) = (step.after, &step.staged) else { continue };
        let Some(parent) = step.place.parent() else { continue };
        let failed = |source| ApplyError::Disk { path: step.place.clone(), source };
        if !parent.is_dir() {
            disk.make_directory(parent).map_err(failed)?;
        }
        let like = match (&step.like, step.mode) {
            (Some(file), _) => Like::File(file),
            (None, Some(mode)) => Like::Mode(mode),
            (None, None) => Like::New,
        };
        disk.create(staged, after, like).map_err(failed)?;
    }
    Ok(())
}

fn write_journal(disk: &dyn Disk, steps: &[Step<'_>], folder: &Path) -> Result<(), ApplyError> {
    let failed = |source| ApplyError::Disk { path: folder.to_owned(), source };
    let mut entries = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let before = match step.before {
            Some(bytes) => {
                let name = format!("{number}.before");
                disk.create(&folder.join(&name), bytes, Like::Private).map_err(failed)?;
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
            mode: step.before.and(step.mode),
        });
    }
    let text = serde_json::to_vec(&Journal { entries }).map_err(|error| failed(error.into()))?;
    let fresh = folder.join("journal.new");
    disk.create(&fresh, &text, Like::Private).map_err(failed)?;
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
    if !folder.join(LIST).exists() {
        // The journal does not hold yet, or no more: no file was touched, or all were.
        let plan = fs::read(folder.join(PLAN)).unwrap_or_default();
        for staged in serde_json::from_slice::<Vec<PathBuf>>(&plan).unwrap_or_default() {
            if is_ours(&staged) && staged.exists() {
                disk.remove(&staged)?;
            }
        }
        return fs::remove_dir_all(folder);
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    for (number, entry) in read_journal(folder).unwrap_or_default().into_iter().enumerate() {
        // The same name at every try, so that one that was cut short leaves nothing.
        let staged = entry.place.with_file_name(format!(".quarry-back-{name}-{number}"));
        if staged.exists() {
            disk.remove(&staged)?;
        }
        let before = entry.before.as_ref().map(|name| fs::read(folder.join(name))).transpose()?;
        put_back(disk, &entry, before.as_deref(), &staged)?;
        if let Some(staged) = entry.staged.filter(|staged| staged.exists()) {
            disk.remove(&staged)?;
        }
    }
    fs::remove_dir_all(folder)
}

/// Whether a name is one that [`plan`] gives.
fn is_ours(staged: &Path) -> bool {
    staged.file_name().is_some_and(|name| name.as_bytes().starts_with(b".quarry-"))
}

fn put_back(disk: &dyn Disk, entry: &Entry, before: Option<&[u8]>, staged: &Path) -> io::Result<()> {
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
            let like = match entry.mode {
                _ if entry.place.exists() => Like::File(&entry.place),
                Some(mode) => Like::Mode(mode),
                None => Like::New,
            };
            disk.create(staged, bytes, like)?;
            disk.rename(staged, &entry.place)
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
