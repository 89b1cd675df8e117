//! The journal of a write that goes on: what a start after a crash needs to put the old bytes back.
//!
//! Its folder holds the old bytes, the plan (names that are about to be made) and, while the write is under way, the list.
//! The list appears whole by one rename and goes by one removal: while it stands the old bytes come back, and afterwards the
//! new ones stay. Invariant: what is put back is what stood there, and never over bytes that somebody else wrote.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ApplyError;
use super::steps::{Act, Plan, stamp};
use crate::edit::disk::{Disk, Found, Like};

/// What was there before; while it stands, the old bytes come back at the next start.
const LIST: &str = "journal.json";

/// The names that are about to be made, written first, so that none is left behind.
const PLAN: &str = "plan.json";

/// Held by the program that writes.
const LOCK: &str = "lock";

/// One step of a journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    act: Act,
    place: PathBuf,
    to: Option<PathBuf>,
    /// Its old bytes are in the journal's folder under this name; `None` where there was no file.
    before: Option<String>,
    /// Its new bytes, likewise, where they are written in place and may come out torn.
    whole: Option<String>,
    /// Its new bytes' fingerprint; `None` where it goes.
    after: Option<u64>,
    /// Where new bytes wait before the swap, and old ones after it.
    staged: Option<PathBuf>,
    /// Its mode; `None` where there was no file.
    mode: Option<u32>,
}

#[derive(Debug, Serialize, Deserialize)]
struct List {
    entries: Vec<Entry>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Names {
    staged: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

/// One write's journal, held as long as it goes on.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    lock: Option<File>,
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Closing is not enough: a child that was just forked has the file, too, until it runs its own program.
        let _ = self.lock.as_ref().map(File::unlock);
    }
}

impl Journal {
    /// A new journal.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(disk: &dyn Disk, journals: &Path) -> io::Result<Self> {
        let folder = real(journals)?.join(format!("{}-{}", std::process::id(), stamp()));
        disk.make_directory(&folder)?;
        let lock = lock_file(&folder).ok().filter(|lock| lock.try_lock().is_ok());
        Ok(Self { folder, lock })
    }

    /// Notes the names that are about to be made.
    ///
    /// # Errors
    /// What the system says.
    pub fn plan(&self, disk: &dyn Disk, plan: &Plan<'_>) -> io::Result<()> {
        let staged = plan.steps.iter().filter_map(|step| step.staged.clone()).collect();
        let text = serde_json::to_vec(&Names { staged, folders: plan.folders.clone() })?;
        disk.create(&self.folder.join(PLAN), &text, Like::Private)
    }

    /// Notes what stands there now: from here on a crash is taken back.
    ///
    /// # Errors
    /// What the system says.
    pub fn begin(&self, disk: &dyn Disk, plan: &Plan<'_>) -> io::Result<()> {
        let keep = |name: String, bytes: Option<&[u8]>| -> io::Result<Option<String>> {
            let Some(bytes) = bytes else { return Ok(None) };
            disk.create(&self.folder.join(&name), bytes, Like::Private)?;
            Ok(Some(name))
        };
        let mut entries = Vec::new();
        for (number, step) in plan.steps.iter().enumerate() {
            let torn = step.act == Act::Overwrite;
            entries.push(Entry {
                act: step.act,
                place: step.place.clone(),
                to: step.to.clone(),
                before: keep(format!("{number}.before"), step.before)?,
                whole: keep(format!("{number}.after"), step.after.filter(|_| torn))?,
                after: step.after.map(fingerprint),
                staged: step.staged.clone(),
                mode: step.before.and(step.mode),
            });
        }
        let fresh = self.folder.join("journal.new");
        disk.create(&fresh, &serde_json::to_vec(&List { entries })?, Like::Private)?;
        disk.rename(&fresh, &self.folder.join(LIST))
    }

    /// All steps were taken: from here on the new bytes stay.
    ///
    /// # Errors
    /// What the system says; the list then still stands.
    pub fn commit(&self, disk: &dyn Disk) -> io::Result<()> {
        let list = self.folder.join(LIST);
        match disk.remove(&list) {
            // It is gone, even if nobody vouches for the disk having noted that.
            Err(_) if !list.exists() => Ok(()),
            done => done,
        }
    }

    /// Puts everything back as it was, where the list stands, and removes what was staged; returns the files that were put
    /// back. Doing it again after it failed half-way does the rest.
    ///
    /// # Errors
    /// What the system says; the journal then stays.
    pub fn take_back(&self, disk: &dyn Disk) -> io::Result<Vec<PathBuf>> {
        let mut back = Vec::new();
        if let Some(entries) = self.entries()? {
            for (number, entry) in entries.iter().enumerate().rev() {
                if self.put_back(disk, number, entry)? == Put::Back {
                    back.push(entry.place.clone());
                }
            }
        }
        let names = read_or(&self.folder.join(PLAN))?;
        let Names { staged, folders } =
            names.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        for staged in staged.iter().filter(|staged| is_ours(staged)) {
            discard(disk, staged)?;
        }
        for folder in folders.iter().rev().filter(|folder| folder.is_dir()) {
            // What holds a file by now stays.
            let _ = disk.remove_directory(folder);
        }
        fs::remove_dir_all(&self.folder)?;
        Ok(back)
    }

    fn entries(&self) -> io::Result<Option<Vec<Entry>>> {
        let Some(text) = read_or(&self.folder.join(LIST))? else { return Ok(None) };
        Ok(Some(serde_json::from_slice::<List>(&text)?.entries))
    }

    fn kept(&self, name: Option<&String>) -> io::Result<Option<Vec<u8>>> {
        name.map(|name| fs::read(self.folder.join(name))).transpose()
    }

    fn put_back(&self, disk: &dyn Disk, number: usize, entry: &Entry) -> io::Result<Put> {
        let now = disk.look(&entry.place)?;
        let before = self.kept(entry.before.as_ref())?;
        let ours = entry
            .after
            .is_some_and(|after| matches!(&now, Found::File(bytes) if fingerprint(bytes) == after));
        match (entry.act, &entry.staged, &entry.to) {
            (Act::Create, Some(staged), _) => {
                // As long as it is staged, what stands there is somebody else's.
                if ours && !there(disk, staged)? {
                    disk.remove(&entry.place)?;
                    return Ok(Put::Back);
                }
            }
            (Act::Replace, Some(staged), _) => {
                if ours && !now.is(before.as_deref()) {
                    self.restore(disk, number, entry, staged)?;
                    return Ok(Put::Back);
                }
            }
            (Act::Overwrite, _, _) => {
                let whole = self.kept(entry.whole.as_ref())?.unwrap_or_default();
                let before = before.unwrap_or_default();
                if let Found::File(bytes) = &now
                    && *bytes != before
                    && (is_torn(bytes, &whole) || is_torn(bytes, &before))
                {
                    disk.overwrite(&entry.place, &before)?;
                    return Ok(Put::Back);
                }
            }
            (Act::Remove, Some(aside), _) => return free(disk, aside, entry),
            (Act::Move, _, Some(to)) => {
                let moved =
                    matches!(disk.look(to)?, Found::File(bytes) if Some(fingerprint(&bytes)) == entry.after);
                if moved {
                    return free(disk, to, entry);
                }
            }
            (Act::Create | Act::Replace | Act::Remove | Act::Move, _, _) => {}
        }
        Ok(Put::Nothing)
    }

    /// Gives the old file its name again: itself where it is still there, else a new one of its bytes.
    fn restore(&self, disk: &dyn Disk, number: usize, entry: &Entry, staged: &Path) -> io::Result<()> {
        if there(disk, staged)? {
            return match disk.exchange(staged, &entry.place) {
                Err(error) if error.kind() == io::ErrorKind::Unsupported => disk.rename(staged, &entry.place),
                done => done,
            };
        }
        let name = self.folder.file_name().unwrap_or_default().to_string_lossy();
        // The same name at every try, so that one that was cut short leaves nothing.
        let fresh = entry.place.with_file_name(format!(".quarry-back-{name}-{number}"));
        discard(disk, &fresh)?;
        let bytes = self.kept(entry.before.as_ref())?.unwrap_or_default();
        disk.create(&fresh, &bytes, Like::File(&entry.place))?;
        disk.rename(&fresh, &entry.place)
    }
}

/// Whether something was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Put {
    Back,
    Nothing,
}

/// Gives a file that was put aside its name again, where nobody took that.
fn free(disk: &dyn Disk, aside: &Path, entry: &Entry) -> io::Result<Put> {
    if !there(disk, aside)? {
        return Ok(Put::Nothing);
    }
    match disk.settle(aside, &entry.place) {
        Ok(()) => Ok(Put::Back),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Put::Nothing),
        Err(error) => Err(error),
    }
}

/// Puts back what a crash left half-written; returns the files that were put back.
///
/// # Errors
/// A journal that cannot be read, or a file that cannot be put back; other journals are still tried.
pub fn recover(disk: &dyn Disk, journals: &Path) -> Result<Vec<PathBuf>, ApplyError> {
    let mut back = Vec::new();
    let mut first = None;
    let Ok(journals) = journals.canonicalize() else { return Ok(back) };
    let Ok(folders) = fs::read_dir(journals) else { return Ok(back) };
    for folder in folders.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        let Holder::Nobody(lock) = Holder::of(&folder) else { continue };
        match (Journal { folder: folder.clone(), lock }).take_back(disk) {
            Ok(files) => back.extend(files),
            Err(source) => first = first.or(Some(ApplyError::Disk { path: folder, source })),
        }
    }
    first.map_or(Ok(back), Err)
}

/// Who holds a journal.
enum Holder {
    /// Nobody that runs; its lock is taken now, where the file system has locks.
    Nobody(Option<File>),
    /// A program that may be in the middle of it.
    Running,
}

impl Holder {
    fn of(folder: &Path) -> Self {
        // A file system without locks says who made it at least.
        let by_name = || if writer_lives(folder) { Self::Running } else { Self::Nobody(None) };
        let Ok(lock) = lock_file(folder) else { return by_name() };
        match lock.try_lock() {
            Ok(()) => Self::Nobody(Some(lock)),
            Err(TryLockError::WouldBlock) => Self::Running,
            Err(TryLockError::Error(_)) => by_name(),
        }
    }
}

fn lock_file(folder: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(LOCK))
}

/// Whether the program that the journal is named after still runs.
fn writer_lives(folder: &Path) -> bool {
    let pid = folder.file_name().and_then(|name| name.to_str()?.split('-').next()?.parse::<i32>().ok());
    let Some(pid) = pid.filter(|pid| *pid as u32 != std::process::id()) else { return false };
    rustix::process::Pid::from_raw(pid)
        .is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

/// The folder without links; one that is not there yet is made.
fn real(journals: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(journals)?;
    journals.canonicalize()
}

fn read_or(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn there(disk: &dyn Disk, path: &Path) -> io::Result<bool> {
    disk.look(path).map(|found| found != Found::Nothing)
}

fn discard(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    if there(disk, path)? { disk.remove(path) } else { Ok(()) }
}

/// Whether a name is one that a plan gives.
fn is_ours(staged: &Path) -> bool {
    staged.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".quarry-"))
}

/// Whether bytes are the beginning of a write that was cut short, or all of it: what follows may be zeros, where the system
/// noted the length before the bytes.
fn is_torn(bytes: &[u8], whole: &[u8]) -> bool {
    let same = bytes.iter().zip(whole).take_while(|(a, b)| a == b).count();
    bytes.len() <= whole.len() && bytes[same..].iter().all(|byte| *byte == 0)
}

fn fingerprint(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default())
}
