//! A disk on which something happens at one call: it fails, the program ends, or somebody else gets in between.

use std::io;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use quarry::edit::{Disk, Found, Like, RealDisk};

/// What happens at the call.
pub enum Fault {
    /// The program ends before it.
    CrashBefore,
    /// The program ends after it.
    CrashAfter,
    /// The program ends in the middle of it, where that can be.
    CrashWithin,
    /// The call fails, this once.
    Fails(i32),
    /// The call does what it should and says that it failed, this once.
    FailsAfter(i32),
    /// The call does half of it and fails, this once.
    FailsWithin(i32),
    /// From this call on every one fails.
    FailsForever(i32),
    /// Somebody else does something just before it.
    Meanwhile(Box<dyn Fn() + Send + Sync>),
}

/// The end of the program, as far as the code under test can tell.
pub struct Crash;

/// The disk.
pub struct Faulty {
    at: usize,
    fault: Fault,
    calls: AtomicUsize,
}

impl Faulty {
    pub fn new(at: usize, fault: Fault) -> Self {
        Self { at, fault, calls: AtomicUsize::new(0) }
    }

    /// Whether it came so far that something happened.
    pub fn happened(&self) -> bool {
        self.calls.load(Ordering::Relaxed) > self.at
    }

    fn call<T>(&self, half: impl FnOnce(), whole: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let now = self.calls.fetch_add(1, Ordering::Relaxed);
        let failed = |code: &i32| Err(io::Error::from_raw_os_error(*code));
        match &self.fault {
            Fault::FailsForever(code) if now >= self.at => failed(code),
            _ if now != self.at => whole(),
            Fault::CrashBefore => resume_unwind(Box::new(Crash)),
            Fault::CrashAfter => {
                let _ = whole();
                resume_unwind(Box::new(Crash))
            }
            Fault::CrashWithin => {
                half();
                resume_unwind(Box::new(Crash))
            }
            Fault::Fails(code) | Fault::FailsForever(code) => failed(code),
            Fault::FailsAfter(code) => {
                let _ = whole();
                failed(code)
            }
            Fault::FailsWithin(code) => {
                half();
                failed(code)
            }
            Fault::Meanwhile(act) => {
                act();
                whole()
            }
        }
    }
}

impl Disk for Faulty {
    fn look(&self, path: &Path) -> io::Result<Found> {
        self.call(|| {}, || RealDisk.look(path))
    }

    fn create(&self, path: &Path, bytes: &[u8], like: Like<'_>) -> io::Result<()> {
        let half = || drop(RealDisk.create(path, &bytes[..bytes.len() / 2], Like::Private));
        self.call(half, || RealDisk.create(path, bytes, like))
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let half = || drop(RealDisk.overwrite(path, &bytes[..bytes.len() / 2]));
        self.call(half, || RealDisk.overwrite(path, bytes))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(|| {}, || RealDisk.rename(from, to))
    }

    fn settle(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(|| {}, || RealDisk.settle(from, to))
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.call(|| {}, || RealDisk.exchange(one, other))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call(|| {}, || RealDisk.remove(path))
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        let half = || drop(path.parent().map(|parent| RealDisk.make_directory(parent)));
        self.call(half, || RealDisk.make_directory(path))
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.call(|| {}, || RealDisk.remove_directory(path))
    }
}
