//! Walking: lists every file that no ignore rule excludes, in batches, on two threads.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use ignore::{DirEntry, IncrementalIgnore, WalkBuilder, WalkState};

use super::classify::classify;
use super::read::{EntryKind, kind_of, stamp_of};
use crate::domain::{FileMeta, Notice, RelPath, RootId, Severity};

/// Files in one batch: large enough to make the channel free, small enough to show progress.
const BATCH: usize = 1000;

/// More threads than this did not make a walk of 100,000 files faster.
const THREADS: usize = 2;

/// Where version control keeps its own data; never walked.
const VERSION_CONTROL: [&str; 6] = [".git", ".hg", ".svn", ".jj", ".sl", ".bzr"];

/// Files whose change means that the ignore rules changed.
const RULE_FILES: [&str; 3] = [".gitignore", ".ignore", ".quarryignore"];

/// What a walk came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WalkReport {
    /// Files listed.
    pub files: usize,
    /// Directories that could not be read, with the reason.
    pub unreadable: Vec<(PathBuf, String)>,
}

impl WalkReport {
    /// A notice about what could not be read, if anything.
    pub fn notice(&self) -> Option<Notice> {
        let (path, why) = self.unreadable.first()?;
        let title = match self.unreadable.len() {
            1 => format!("Cannot read {}", path.display()),
            more => format!("Cannot read {more} directories, {} among them", path.display()),
        };
        let hint = "Everything else is listed; allow reading, or name it in .quarryignore.";
        Some(Notice::new(Severity::Warning, title).cause(why.clone()).hint(hint))
    }
}

/// Lists the files below a root, in no particular order, each once; `found` gets them in batches.
///
/// Symbolic links are listed, never followed. Directories that cannot be read are in the report, and the rest is
/// still listed; a root that cannot be read gives an empty report with the root in it.
pub fn walk(root: &Path, id: RootId, found: &mut dyn FnMut(Vec<FileMeta>)) -> WalkReport {
    let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    Rules::new(&root).walk(id, &AtomicBool::new(false), &mut |batch| {
        if !batch.files.is_empty() {
            found(batch.files);
        }
    })
}

/// A batch of a walk.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Files found.
    pub files: Vec<FileMeta>,
    /// Directories entered, with their inode numbers; the root is the empty path.
    pub dirs: Vec<(RelPath, u64)>,
}

/// The ignore rules of one root.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    root: PathBuf,
    repository: Option<PathBuf>,
    except: Option<PathBuf>,
}

impl Rules {
    /// Takes the rules in force at `root`, which must be canonical.
    pub fn new(root: &Path) -> Self {
        let marker = |dir: &&Path| dir.join(".git").exists() || dir.join(".jj").exists();
        let repository = root.ancestors().find(marker).map(Path::to_path_buf);
        Self { root: root.to_path_buf(), repository, except: None }
    }

    /// Leaves out one more directory: our own cache, whose writing must not look like work on the tree.
    pub fn except(mut self, dir: Option<&Path>) -> Self {
        self.except = dir.and_then(|dir| std::fs::canonicalize(dir).ok()).filter(|dir| *dir != self.root);
        self
    }

    fn builder(&self) -> WalkBuilder {
        let mut builder = WalkBuilder::new(&self.root);
        // Outside a repository the rules of directories above the root belong to somebody else (a `*` in ~/.gitignore
        // would empty every tree), and inside one, git's own boundaries hold, also those of submodules.
        let inside = self.repository.is_some();
        builder.hidden(false).require_git(inside).parents(inside).follow_links(false).threads(THREADS);
        builder.add_custom_ignore_filename(".quarryignore");
        builder.current_dir(self.repository.as_deref().unwrap_or(&self.root));
        let except = self.except.clone();
        builder.filter_entry(move |entry| {
            let left_out = is_version_control(entry.file_name()) || except.as_deref() == Some(entry.path());
            entry.depth() == 0 || !left_out
        });
        builder
    }

    /// A matcher for single paths; it holds the rules as they are when first asked.
    pub fn matcher(&self) -> Matcher {
        let except = self.except.as_ref().and_then(|dir| dir.strip_prefix(&self.root).ok());
        Matcher { rules: self.builder().build_matchers().pop(), except: except.map(Path::to_path_buf) }
    }

    /// Walks everything; stops early once `stop` is set.
    pub fn walk(&self, id: RootId, stop: &AtomicBool, found: &mut dyn FnMut(Batch)) -> WalkReport {
        let mut report = WalkReport::default();
        let (sender, receiver) = sync_channel(16);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // The sender moves in, so that the channel ends with the walk.
                let sender = sender;
                self.builder().build_parallel().run(|| {
                    let mut visit = Visit::new(&self.root, id, &sender);
                    Box::new(move |entry| {
                        if stop.load(Ordering::Relaxed) {
                            return WalkState::Quit;
                        }
                        visit.entry(entry)
                    })
                });
            });
            for (batch, unreadable) in receiver {
                report.files += batch.files.len();
                report.unreadable.extend(unreadable);
                found(batch);
            }
        });
        report
    }
}

/// Tells whether single paths are ignored.
#[derive(Debug)]
pub(super) struct Matcher {
    rules: Option<IncrementalIgnore>,
    except: Option<PathBuf>,
}

impl Matcher {
    /// Whether a path below the root is excluded by a rule, or by one of a directory above it.
    pub fn ignored(&mut self, path: &RelPath, is_dir: bool) -> bool {
        path.as_bytes().split(|byte| *byte == b'/').any(|name| is_version_control(OsStr::from_bytes(name)))
            || self.except.as_ref().is_some_and(|except| path.as_path().starts_with(except))
            || self.rules.as_mut().is_some_and(|rules| rules.matched(path.as_path(), is_dir).is_ignore())
    }
}

/// Whether a file of this name holds ignore rules.
pub(super) fn is_rule_file(name: &OsStr) -> bool {
    RULE_FILES.iter().any(|rule| name == *rule)
}

fn is_version_control(name: &OsStr) -> bool {
    VERSION_CONTROL.iter().any(|known| name == *known)
}

type Message = (Batch, Vec<(PathBuf, String)>);

/// What one walking thread has gathered; the rest is sent when it ends.
struct Visit<'a> {
    root: &'a Path,
    id: RootId,
    sender: &'a SyncSender<Message>,
    batch: Batch,
    unreadable: Vec<(PathBuf, String)>,
}

impl<'a> Visit<'a> {
    fn new(root: &'a Path, id: RootId, sender: &'a SyncSender<Message>) -> Self {
        Self { root, id, sender, batch: Batch::default(), unreadable: Vec::new() }
    }

    fn entry(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.found(&entry),
            Err(error) => self.failed(&error),
        }
        if self.batch.files.len() >= BATCH { self.flush() } else { WalkState::Continue }
    }

    fn found(&mut self, entry: &DirEntry) {
        let Ok(below) = entry.path().strip_prefix(self.root) else { return };
        let path = RelPath::from_path(below);
        match entry.metadata() {
            // The walker looks through a link only at the root, and there it is meant.
            Ok(meta) if kind_of(&meta) == EntryKind::Directory => {
                self.batch.dirs.push((path, stamp_of(&meta).inode));
            }
            Ok(meta) if entry.depth() > 0 => self.batch.files.push(file_meta(self.id, path, &meta)),
            Ok(_) => self.unreadable.push((self.root.to_path_buf(), "not a directory".into())),
            Err(error) => self.failed(&error),
        }
    }

    fn failed(&mut self, error: &ignore::Error) {
        let vanished = error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
        let path = path_of(error).unwrap_or(self.root);
        if !vanished || path == self.root {
            let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
            self.unreadable.push((path.to_path_buf(), why));
        }
    }

    fn flush(&mut self) -> WalkState {
        let message = (std::mem::take(&mut self.batch), std::mem::take(&mut self.unreadable));
        if self.sender.send(message).is_ok() { WalkState::Continue } else { WalkState::Quit }
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Describes a file as events carry it; `meta` must come from `lstat`.
pub(super) fn file_meta(root: RootId, path: RelPath, meta: &std::fs::Metadata) -> FileMeta {
    let skip = classify(&path, kind_of(meta), meta.len());
    FileMeta { root, path, stamp: stamp_of(meta), skip }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithLineNumber { err, .. } | ignore::Error::WithDepth { err, .. } => path_of(err),
        ignore::Error::Partial(_)
        | ignore::Error::Loop { .. }
        | ignore::Error::Io(_)
        | ignore::Error::Glob { .. }
        | ignore::Error::UnrecognizedFileType(_)
        | ignore::Error::InvalidDefinition => None,
    }
}

#[cfg(test)]
mod tests;
