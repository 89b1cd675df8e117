//! Where the indexer's bytes come from.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::domain::{FileStamp, RelPath, RootId, SkipReason};

/// Files over this size are skipped, not read.
const MAX_BYTES: u64 = 1 << 20;

/// Times that a file which changes under the reading is read again.
const ATTEMPTS: u32 = 3;

/// The bytes of a file.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// All of them.
    pub bytes: Vec<u8>,
    /// The stamp of the version that was read.
    pub stamp: FileStamp,
    /// It was written to while it was read, again and again; the bytes may be of two versions.
    pub moving: bool,
    /// Set when the bytes tell that it is not judged.
    pub skip: Option<SkipReason>,
}

/// Why there are no bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// It is not there any more.
    Gone,
    /// It turned into something that is not read.
    Skipped(SkipReason, FileStamp),
    /// It could not be read.
    Failed {
        /// What happened, for people.
        why: String,
        /// Whether trying again can help.
        retryable: bool,
    },
}

/// Someone who can read files of the tree.
pub trait Reader: Send + Sync {
    /// Reads a whole file.
    ///
    /// # Errors
    /// Where the file is gone, is not to be read, or cannot be.
    fn read(&self, root: RootId, path: &RelPath) -> Result<Content, ReadError>;
}

/// Reads from the disk, below the given roots.
#[derive(Debug, Clone)]
pub struct Disk {
    roots: Vec<PathBuf>,
}

impl Disk {
    /// A reader below these roots, in the order of their ids.
    pub const fn new(roots: Vec<PathBuf>) -> Self {
        Self { roots }
    }
}

impl Reader for Disk {
    fn read(&self, root: RootId, path: &RelPath) -> Result<Content, ReadError> {
        let Some(base) = self.roots.get(usize::from(root.0)) else { return Err(ReadError::Gone) };
        let full = base.join(path.as_path());
        for _ in 0..ATTEMPTS {
            match read_stamped(&full) {
                Ok((stamp, bytes)) => {
                    let skip = classify(path, &bytes);
                    return Ok(Content { bytes, stamp, moving: false, skip });
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(reason(&full, &error)),
            }
        }
        Err(ReadError::Failed { why: "it keeps changing while it is read".into(), retryable: true })
    }
}

fn reason(path: &std::path::Path, error: &io::Error) -> ReadError {
    let stamp = || path.symlink_metadata().map(|meta| stamp(&meta)).unwrap_or_default();
    let is = |kind| error.kind() == kind;
    if is(io::ErrorKind::NotFound) || is(io::ErrorKind::NotADirectory) {
        ReadError::Gone
    } else if is(io::ErrorKind::FileTooLarge) {
        let stamp = stamp();
        ReadError::Skipped(SkipReason::TooLarge(stamp.size), stamp)
    } else if path.is_symlink() {
        ReadError::Skipped(SkipReason::Symlink, stamp())
    } else if is(io::ErrorKind::InvalidInput) {
        ReadError::Skipped(SkipReason::NotAFile, stamp())
    } else if is(io::ErrorKind::PermissionDenied) {
        ReadError::Failed { why: "permission denied".into(), retryable: true }
    } else {
        ReadError::Failed { why: format!("cannot read it: {error}"), retryable: true }
    }
}

fn read_stamped(path: &std::path::Path) -> io::Result<(FileStamp, Vec<u8>)> {
    let file = File::open(path)?;
    let meta = file.metadata()?;
    let mut bytes = Vec::new();
    (&file).take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 1 MiB"));
    }
    Ok((stamp(&meta), bytes))
}

fn stamp(meta: &std::fs::Metadata) -> FileStamp {
    let ns = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    FileStamp {
        size: meta.len(),
        mtime_ns: ns(meta.mtime(), meta.mtime_nsec()),
        ctime_ns: ns(meta.ctime(), meta.ctime_nsec()),
        inode: meta.ino(),
    }
}

fn classify(_path: &RelPath, bytes: &[u8]) -> Option<SkipReason> {
    if bytes.is_empty() {
        return Some(SkipReason::Empty);
    }
    bytes.iter().take(8192).any(|byte| *byte == 0).then_some(SkipReason::Binary)
}
