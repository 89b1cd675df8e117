//! Where the indexer's bytes come from.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::{FileStamp, RelPath, RootId, SkipReason};
use crate::tree::{classify_content, read_stamped, stamp_at};

/// Times that a file which changes under the reading is read again.
const ATTEMPTS: u32 = 3;

/// The bytes of a file.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// All of them.
    pub bytes: Vec<u8>,
    /// The stamp of the version that was read.
    pub stamp: FileStamp,
    /// Set when the bytes tell that it is not judged.
    pub skip: Option<SkipReason>,
}

/// Why there are no bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// It is not there any more.
    Gone,
    /// It turned into something that is not read.
    Skipped(SkipReason),
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

    /// What tells the version that is there now from another without reading it; `None` where there is no file, or where
    /// this reader cannot tell.
    fn stamp(&self, _root: RootId, _path: &RelPath) -> Option<FileStamp> {
        None
    }
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
                    let skip = classify_content(path, &bytes);
                    return Ok(Content { bytes, stamp, skip });
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(reason(&full, &error)),
            }
        }
        Err(ReadError::Failed { why: "it keeps changing while it is read".into(), retryable: true })
    }

    fn stamp(&self, root: RootId, path: &RelPath) -> Option<FileStamp> {
        stamp_at(&self.roots.get(usize::from(root.0))?.join(path.as_path()))
    }
}

fn reason(path: &Path, error: &io::Error) -> ReadError {
    let is = |kind| error.kind() == kind;
    if is(io::ErrorKind::NotFound) || is(io::ErrorKind::NotADirectory) {
        ReadError::Gone
    } else if is(io::ErrorKind::FileTooLarge) {
        let size = path.symlink_metadata().map_or(0, |meta| meta.len());
        ReadError::Skipped(SkipReason::TooLarge(size))
    } else if path.is_symlink() {
        ReadError::Skipped(SkipReason::Symlink)
    } else if is(io::ErrorKind::InvalidInput) {
        ReadError::Skipped(SkipReason::NotAFile)
    } else if is(io::ErrorKind::PermissionDenied) {
        ReadError::Failed { why: "permission denied".into(), retryable: true }
    } else {
        ReadError::Failed { why: format!("cannot read it: {error}"), retryable: true }
    }
}
