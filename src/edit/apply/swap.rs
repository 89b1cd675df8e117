//! Swapping: every step compares what it takes away with what was reviewed, after it took it and before that is lost.

use std::io;
use std::path::{Path, PathBuf};

use super::steps::{Act, Step};
use crate::edit::disk::Disk;

/// Why the steps stopped.
#[derive(Debug)]
pub enum Stop {
    /// This file is not as it was reviewed; it stands as whoever changed it left it.
    Changed(String),
    /// The disk refused.
    Disk(PathBuf, io::Error),
}

/// Takes the steps in order.
///
/// # Errors
/// Where it stopped; what was done before stays for the journal to take back.
pub fn swap(disk: &dyn Disk, steps: &[Step<'_>]) -> Result<(), Stop> {
    for step in steps {
        let refused = |source| Stop::Disk(step.place.clone(), source);
        let taken = take(disk, step).map_err(refused)?;
        if taken == Taken::Changed {
            return Err(Stop::Changed(step.name.to_owned()));
        }
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Done,
    Changed,
}

fn take(disk: &dyn Disk, step: &Step<'_>) -> io::Result<Taken> {
    if !disk.look(&step.place)?.is(step.before) {
        return Ok(Taken::Changed);
    }
    match (step.act, &step.staged, &step.to) {
        (Act::Create, Some(staged), _) => settle(disk, staged, &step.place),
        (Act::Replace, Some(staged), _) => replace(disk, staged, step),
        (Act::Remove, Some(aside), _) => put_aside(disk, &step.place, aside, step.before),
        (Act::Move, _, Some(to)) => put_aside(disk, &step.place, to, step.before),
        (Act::Overwrite, _, _) => {
            disk.overwrite(&step.place, step.after.unwrap_or_default()).map(|()| Taken::Done)
        }
        (Act::Create | Act::Replace | Act::Remove | Act::Move, _, _) => {
            Err(io::Error::other("a step without its second name"))
        }
    }
}

/// A name that somebody took meanwhile is theirs.
fn settle(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<Taken> {
    match disk.settle(from, to) {
        Ok(()) => Ok(Taken::Done),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Taken::Changed),
        Err(error) => Err(error),
    }
}

fn replace(disk: &dyn Disk, staged: &Path, step: &Step<'_>) -> io::Result<Taken> {
    match disk.exchange(staged, &step.place) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            // The last look was a moment ago; the file system has nothing better.
            return disk.rename(staged, &step.place).map(|()| Taken::Done);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Taken::Changed),
        Err(error) => return Err(error),
    }
    if disk.look(staged)?.is(step.before) {
        return Ok(Taken::Done);
    }
    disk.exchange(staged, &step.place)?;
    Ok(Taken::Changed)
}

fn put_aside(disk: &dyn Disk, place: &Path, to: &Path, before: Option<&[u8]>) -> io::Result<Taken> {
    match settle(disk, place, to) {
        Ok(Taken::Done) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Taken::Changed),
        other => return other,
    }
    if disk.look(to)?.is(before) {
        return Ok(Taken::Done);
    }
    disk.settle(to, place)?;
    Ok(Taken::Changed)
}
