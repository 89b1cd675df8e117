//! Reading: opens one file of the tree with bounds, never through a symbolic link, never a pipe or device.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::MAX_FILE_BYTES;
use crate::domain::FileStamp;

/// Reads a whole regular file of at most [`MAX_FILE_BYTES`].
///
/// # Errors
/// `FileTooLarge` above the limit (nothing is read then), `InvalidInput` for anything but a regular file, and what
/// opening or reading gives; a symbolic link as last component is refused by the system (`ELOOP`).
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    read_stamped(path).map(|(_, bytes)| bytes)
}

/// Reads like [`read_file`], and tells the stamp of the very version that was read.
///
/// # Errors
/// As [`read_file`]; `Interrupted` when the file was written to while it was read (try again).
pub fn read_stamped(path: &Path) -> io::Result<(FileStamp, Vec<u8>)> {
    // Non-blocking, because opening a pipe would otherwise wait for its writer.
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)?;
    let before = regular(&file)?;
    let mut bytes = Vec::with_capacity(before.len() as usize + 1);
    (&file).take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    let after = regular(&file)?;
    if stamp_of(&before) != stamp_of(&after) || bytes.len() as u64 != after.len() {
        return Err(io::Error::new(io::ErrorKind::Interrupted, "written to while it was read"));
    }
    Ok((stamp_of(&after), bytes))
}

fn regular(file: &File) -> io::Result<Metadata> {
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    if meta.len() > MAX_FILE_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 1 MiB"));
    }
    Ok(meta)
}

/// What kind of thing a directory entry is, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, wherever it points.
    Symlink,
    /// A socket, pipe or device.
    Special,
}

/// The stamp of what lies at a path, links not followed; `None` where there is nothing.
pub fn stamp_at(path: &Path) -> Option<FileStamp> {
    path.symlink_metadata().ok().map(|meta| stamp_of(&meta))
}

/// The kind of an entry from its metadata, which must come from `lstat`.
pub(super) fn kind_of(meta: &Metadata) -> EntryKind {
    let kind = meta.file_type();
    if kind.is_symlink() {
        EntryKind::Symlink
    } else if kind.is_dir() {
        EntryKind::Directory
    } else if kind.is_fifo() || kind.is_socket() || kind.is_block_device() || kind.is_char_device() {
        EntryKind::Special
    } else {
        EntryKind::File
    }
}

/// The stamp of a file from its metadata.
pub(super) fn stamp_of(meta: &Metadata) -> FileStamp {
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    FileStamp {
        size: meta.len(),
        mtime_ns: nanoseconds(meta.mtime(), meta.mtime_nsec()),
        ctime_ns: nanoseconds(meta.ctime(), meta.ctime_nsec()),
        inode: meta.ino(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn reads_a_regular_file_with_its_stamp() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "hello").unwrap();
        let (stamp, bytes) = read_stamped(&path).unwrap();
        assert_eq!(bytes, b"hello");
        assert_eq!(stamp, stamp_of(&fs::symlink_metadata(&path).unwrap()));
    }

    #[test]
    fn refuses_links_directories_pipes_and_large_files() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("target"), "x").unwrap();
        symlink(at("target"), at("link")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        assert!(made.success());
        File::create(at("big")).unwrap().set_len(200 * 1024 * 1024).unwrap();
        assert!(read_file(&at("link")).is_err());
        assert_eq!(read_file(&at("pipe")).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert_eq!(read_file(dir.path()).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert_eq!(read_file(&at("big")).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read_file(&at("gone")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
