//! The system calls that writing makes, so that tests can fail at each of them.
//!
//! Invariant of [`RealDisk`]: no call follows a link, neither at the end of a path nor on the way to it. Paths are absolute and
//! without links when they are checked; a link that is put in the way later makes the call fail.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};

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

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A regular file with these bytes.
    File(Vec<u8>),
    /// A directory, a link, or something else that is no file.
    Other,
}

impl Found {
    /// Whether this is what is expected: these bytes, or nothing.
    pub fn is(&self, expected: Option<&[u8]>) -> bool {
        match self {
            Self::Nothing => expected.is_none(),
            Self::File(bytes) => expected == Some(bytes),
            Self::Other => false,
        }
    }
}

/// What writing needs of the disk.
pub trait Disk: Send + Sync {
    /// Looks what stands at a path.
    ///
    /// # Errors
    /// What the system says.
    fn look(&self, path: &Path) -> io::Result<Found>;

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

    /// Renames to a name that nothing has, and syncs the directories.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] where something has it; else what the system says.
    fn settle(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Gives each of two files the other's name at once, and syncs the directory.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] where the file system cannot; else what the system says.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()>;

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

    /// Removes a directory that is empty.
    ///
    /// # Errors
    /// What the system says.
    fn remove_directory(&self, path: &Path) -> io::Result<()>;
}

/// The disk itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn look(&self, path: &Path) -> io::Result<Found> {
        let opened = parent(path).and_then(|(folder, name)| {
            let meta = rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
            if FileType::from_raw_mode(meta.st_mode) != FileType::RegularFile {
                return Ok(None);
            }
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            Ok(Some(File::from(rustix::fs::openat(&folder, name, flags, Mode::empty())?)))
        });
        match opened {
            Ok(None) => Ok(Found::Other),
            // A name that cannot be has nothing either; looking must not fail where a write did.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename) =>
            {
                Ok(Found::Nothing)
            }
            Err(error) => Err(error),
            Ok(Some(mut file)) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)?;
                Ok(Found::File(bytes))
            }
        }
    }

    fn create(&self, path: &Path, bytes: &[u8], like: Like<'_>) -> io::Result<()> {
        let (folder, name) = parent(path)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // What is like a file that is kept from others is kept from them from the beginning.
        let first = if like == Like::New { 0o666 } else { 0o600 };
        let mut file = File::from(rustix::fs::openat(&folder, name, flags, Mode::from_raw_mode(first))?);
        file.write_all(bytes)?;
        match like {
            Like::New | Like::Private => {}
            Like::Mode(mode) => file.set_permissions(Permissions::from_mode(mode & 0o7777))?,
            Like::File(other) => {
                let (folder, name) = parent(other)?;
                let meta = rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
                // Another owner can be kept only by the superuser; for everybody else the file becomes theirs.
                let _ = std::os::unix::fs::fchown(&file, Some(meta.st_uid), Some(meta.st_gid));
                rustix::fs::fchmod(&file, Mode::from_raw_mode(meta.st_mode))?;
            }
        }
        file.sync_all()
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let (folder, name) = parent(path)?;
        let flags = OFlags::WRONLY | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::openat(&folder, name, flags, Mode::empty())?);
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let ((source, old), (target, new)) = (parent(from)?, parent(to)?);
        rustix::fs::renameat(&source, old, &target, new)?;
        sync(&target)
    }

    fn settle(&self, from: &Path, to: &Path) -> io::Result<()> {
        let ((source, old), (target, new)) = (parent(from)?, parent(to)?);
        match flagged(&source, old, &target, new, Flag::Fresh) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                rustix::fs::linkat(&source, old, &target, new, AtFlags::empty())?;
                rustix::fs::unlinkat(&source, old, AtFlags::empty())?;
            }
            done => done?,
        }
        sync(&target)?;
        sync(&source)
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        let ((source, old), (target, new)) = (parent(one)?, parent(other)?);
        flagged(&source, old, &target, new, Flag::Exchange)?;
        sync(&target)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let (folder, name) = parent(path)?;
        rustix::fs::unlinkat(&folder, name, AtFlags::empty())?;
        sync(&folder)
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        let mut folder = open_root()?;
        for component in path.components() {
            let Some(name) = named(component)? else { continue };
            folder = match step(&folder, name) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    match rustix::fs::mkdirat(&folder, name, Mode::from_raw_mode(0o777)) {
                        Ok(()) | Err(rustix::io::Errno::EXIST) => {}
                        Err(error) => return Err(error.into()),
                    }
                    sync(&folder)?;
                    step(&folder, name)?
                }
                found => found?,
            };
        }
        Ok(())
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        let (folder, name) = parent(path)?;
        rustix::fs::unlinkat(&folder, name, AtFlags::REMOVEDIR)?;
        sync(&folder)
    }
}

/// How a directory on the way is opened: only to go on from it, where the system can do that without reading it.
#[cfg(target_os = "linux")]
const WAY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const WAY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

fn open_root() -> io::Result<OwnedFd> {
    Ok(rustix::fs::open("/", WAY, Mode::empty())?)
}

fn step(folder: &OwnedFd, name: &OsStr) -> io::Result<OwnedFd> {
    Ok(rustix::fs::openat(folder, name, WAY, Mode::empty())?)
}

/// The name of a part of an absolute path; `None` for the root itself.
fn named(component: Component<'_>) -> io::Result<Option<&OsStr>> {
    match component {
        Component::RootDir => Ok(None),
        Component::Normal(name) => Ok(Some(name)),
        Component::Prefix(_) | Component::CurDir | Component::ParentDir => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "no absolute path"))
        }
    }
}

/// The directory of a file, reached through no link, and the file's name in it.
fn parent(path: &Path) -> io::Result<(OwnedFd, &OsStr)> {
    let (Some(folders), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it names no file"));
    };
    if !path.is_absolute() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no absolute path"));
    }
    let mut folder = open_root()?;
    for component in folders.components() {
        if let Some(name) = named(component)? {
            folder = step(&folder, name)?;
        }
    }
    Ok((folder, name))
}

fn sync(folder: &OwnedFd) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    File::from(rustix::fs::openat(folder, ".", flags, Mode::empty())?).sync_all()
}

/// What a rename does besides.
#[derive(Clone, Copy)]
enum Flag {
    /// It fails where the new name is taken.
    Fresh,
    /// Both names change places.
    Exchange,
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn flagged(source: &OwnedFd, old: &OsStr, target: &OwnedFd, new: &OsStr, flag: Flag) -> io::Result<()> {
    use rustix::fs::RenameFlags;
    use rustix::io::Errno;
    let flags = match flag {
        Flag::Fresh => RenameFlags::NOREPLACE,
        Flag::Exchange => RenameFlags::EXCHANGE,
    };
    match rustix::fs::renameat_with(source, old, target, new, flags) {
        Ok(()) => Ok(()),
        // What file systems say that cannot do it.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Err(io::ErrorKind::Unsupported.into()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn flagged(_: &OwnedFd, _: &OsStr, _: &OwnedFd, _: &OsStr, _: Flag) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests;
