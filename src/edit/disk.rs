//! The system calls that writing makes, so that tests can fail at each of them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Whose mode and owner a new file takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Like<'p> {
    /// Those that the system gives.
    New,
    /// Those of this file.
    File(&'p Path),
    /// This mode, and the owner that the system gives.
    Mode(u32),
    /// Readable by the person alone: it may hold what other files keep from others.
    Private,
}

/// What writing needs of the disk.
pub trait Disk: Send + Sync {
    /// Makes a file that is not there yet, whole and synced, with the mode and owner of `like`.
    ///
    /// # Errors
    /// What the system says.
    fn create(&self, path: &Path, bytes: &[u8], like: Like<'_>) -> io::Result<()>;

    /// Writes a file in place, synced; for files that have other names (hard links).
    ///
    /// # Errors
    /// What the system says.
    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Renames over whatever is there, and syncs the directory.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file, and syncs the directory.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes a directory with those above it.
    ///
    /// # Errors
    /// What the system says.
    fn make_directory(&self, path: &Path) -> io::Result<()>;
}

/// The disk itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path, bytes: &[u8], like: Like<'_>) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if like == Like::Private {
            options.mode(0o600);
        }
        let mut file = options.open(path)?;
        file.write_all(bytes)?;
        match like {
            Like::New | Like::Private => {}
            Like::Mode(mode) => file.set_permissions(fs::Permissions::from_mode(mode & 0o7777))?,
            Like::File(other) => {
                let meta = fs::metadata(other)?;
                // Another owner can be kept only by the superuser; for everybody else the file becomes theirs.
                let _ = std::os::unix::fs::fchown(&file, Some(meta.uid()), Some(meta.gid()));
                file.set_permissions(fs::Permissions::from_mode(meta.mode() & 0o7777))?;
            }
        }
        file.sync_all()
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).truncate(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)?;
        sync_directory(to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)?;
        sync_directory(path)
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)?;
        sync_directory(path)
    }
}

fn sync_directory(of: &Path) -> io::Result<()> {
    match of.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}
