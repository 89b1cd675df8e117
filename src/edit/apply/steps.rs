//! Steps: what a set of changes does to which names, and the rules that forbid it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ApplyError;
use super::midway::unmerged;
use crate::domain::unix_ns;
use crate::edit::proposal::{Change, Files};
use crate::edit::root::Roots;

/// What is done to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// A staged file takes a name that nothing has.
    Create,
    /// A staged file changes places with the one that stands there.
    Replace,
    /// The file is written in place, because it has other names or another owner.
    Overwrite,
    /// The file is put aside, and removed when all is done.
    Remove,
    /// The file gets another name, its bytes stay.
    Move,
}

/// One thing to do.
#[derive(Debug)]
pub struct Step<'c> {
    /// The file as shown.
    pub name: &'c str,
    /// Where it lies.
    pub place: PathBuf,
    /// Where it moves to.
    pub to: Option<PathBuf>,
    /// What is done.
    pub act: Act,
    /// The bytes that must stand there; `None` for nothing.
    pub before: Option<&'c [u8]>,
    /// The bytes that stand there afterwards; `None` for nothing.
    pub after: Option<&'c [u8]>,
    /// Where new bytes wait before the swap, and old ones after it.
    pub staged: Option<PathBuf>,
    /// The mode of the file that stands there, or that comes back.
    pub mode: Option<u32>,
    /// The file whose mode and owner the new bytes take.
    pub like: Option<PathBuf>,
}

impl Step<'_> {
    /// The name that there is afterwards.
    pub fn target(&self) -> &Path {
        self.to.as_ref().unwrap_or(&self.place)
    }
}

/// What must stand where for the steps to be taken.
#[derive(Debug)]
struct Expected<'c> {
    name: &'c str,
    place: PathBuf,
    bytes: Option<&'c [u8]>,
}

/// All that a set of changes does, in order.
#[derive(Debug, Default)]
pub struct Plan<'c> {
    /// What is done.
    pub steps: Vec<Step<'c>>,
    /// Directories that have to be made, outermost first.
    pub folders: Vec<PathBuf>,
    expected: Vec<Expected<'c>>,
}

impl<'c> Plan<'c> {
    /// The steps of changes.
    ///
    /// # Errors
    /// [`ApplyError::Forbidden`] for a path that breaks a rule.
    pub fn new(roots: &Roots, changes: &'c [Change]) -> Result<Self, ApplyError> {
        let mut plan = Self::default();
        for change in changes {
            plan.add(roots, change)?;
        }
        for at in 0..plan.steps.len() {
            let step = &mut plan.steps[at];
            if matches!(step.act, Act::Create | Act::Replace | Act::Remove) {
                let name = format!(".quarry-{}-{}-{at}", std::process::id(), stamp());
                step.staged = step.place.parent().map(|parent| parent.join(name));
            }
            let mut missing: Vec<PathBuf> = Vec::new();
            for folder in plan.steps[at].target().ancestors().skip(1).take_while(|folder| !folder.exists()) {
                missing.push(folder.to_owned());
            }
            missing.retain(|folder| !plan.folders.contains(folder));
            plan.folders.extend(missing.into_iter().rev());
        }
        Ok(plan)
    }

    fn add(&mut self, roots: &Roots, change: &'c Change) -> Result<(), ApplyError> {
        let place = roots.place(&change.path).map_err(ApplyError::Forbidden)?;
        let (before, after) = (change.before.as_deref(), change.after.as_deref());
        if (after.is_none() || change.moved_to.is_some()) && roots.is_link(&change.path) {
            return Err(ApplyError::Forbidden(format!("{} is a link; name what it leads to", change.path)));
        }
        let meta = fs::metadata(&place).ok();
        let in_place = meta.as_ref().is_some_and(|meta| meta.nlink() > 1 || is_foreign(meta));
        let mode = meta.map(|meta| meta.mode()).or(change.mode);
        let like = before.and(Some(place.clone()));
        self.expected.push(Expected { name: &change.path, place: place.clone(), bytes: before });
        let step = Step {
            name: &change.path,
            place: place.clone(),
            to: None,
            act: Act::Replace,
            before,
            after,
            staged: None,
            mode,
            like: like.clone(),
        };
        let Some(to) = change.moved_to.as_ref().filter(|_| after.is_some()) else {
            let act = match (before, after) {
                (None, None) => return Ok(()),
                (None, Some(_)) => Act::Create,
                (Some(_), None) => Act::Remove,
                (Some(_), Some(_)) if in_place => Act::Overwrite,
                (Some(_), Some(_)) => Act::Replace,
            };
            self.steps.push(Step { act, ..step });
            return Ok(());
        };
        let target = roots.place(to).map_err(ApplyError::Forbidden)?;
        self.expected.push(Expected { name: to, place: target.clone(), bytes: None });
        if before == after || in_place {
            // The same file under another name, so that it keeps its other names and its owner.
            if before != after {
                self.steps.push(Step { act: Act::Overwrite, ..step });
            }
            let moved =
                Step { name: &change.path, place, before: after, to: Some(target), like, ..blank(to) };
            self.steps.push(Step { act: Act::Move, after, mode, ..moved });
        } else {
            self.steps.push(Step { act: Act::Create, place: target, after, like, ..blank(to) });
            self.steps.push(Step { act: Act::Remove, after: None, ..step });
        }
        Ok(())
    }

    /// Compare and swap begins with comparing.
    ///
    /// # Errors
    /// What is not as it was, or is forbidden.
    pub fn check(&self, roots: &Roots) -> Result<(), ApplyError> {
        let forbidden = |why: String| Err(ApplyError::Forbidden(why));
        let places: Vec<&Path> = self.expected.iter().map(|expected| expected.place.as_path()).collect();
        let unmerged = unmerged(&places);
        let mut files = Vec::new();
        for (at, Expected { name, place, bytes }) in self.expected.iter().enumerate() {
            if places[..at].contains(&place.as_path()) {
                return forbidden(format!("{name} is changed twice"));
            }
            let now = roots.read(name).map_err(ApplyError::Forbidden)?;
            if now.as_deref() != *bytes {
                return Err(ApplyError::Changed((*name).to_owned()));
            }
            if let Some(meta) = bytes.and_then(|_| fs::metadata(place).ok()) {
                if meta.mode() & 0o222 == 0 {
                    return forbidden(format!("{name} is read-only"));
                }
                let this = (meta.dev(), meta.ino());
                if let Some((_, other)) = files.iter().find(|(known, _)| *known == this) {
                    return forbidden(format!(
                        "{name} and {other} are two names of one file; change one of them"
                    ));
                }
                files.push((this, *name));
            }
            if unmerged.contains(place) {
                return forbidden(format!("{name} has conflicts that git waits for you to resolve"));
            }
        }
        Ok(())
    }
}

/// A step that says nothing yet.
const fn blank(name: &str) -> Step<'_> {
    Step {
        name,
        place: PathBuf::new(),
        to: None,
        act: Act::Create,
        before: None,
        after: None,
        staged: None,
        mode: None,
        like: None,
    }
}

/// Whether a file would change its owner if it were made anew.
fn is_foreign(meta: &fs::Metadata) -> bool {
    let me = rustix::process::geteuid();
    !me.is_root() && meta.uid() != me.as_raw()
}

/// A number that differs from call to call.
pub fn stamp() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = unix_ns(std::time::SystemTime::now()) as u64;
    now.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed))
}
