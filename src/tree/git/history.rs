//! History: commits with their touched files, newest first, in batches of which the first is small.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use git2::{Oid, Repository, Sort};
use rustc_hash::{FxHashMap, FxHashSet};

use super::moves::{Changes, changes};
use super::state::commit_id;
pub use super::touched::{ChangeKind, touched};
use crate::domain::{Commit, CommitId, RelPath};

/// Commits in the first batch: enough to be useful, read in some ten milliseconds.
const FIRST_BATCH: usize = 200;

/// Commits in the batches after it.
const BATCH: usize = 1000;

/// Longer messages are cut here; what follows is a log that was pasted.
const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// libgit2 keeps what it read; a fresh handle after so many commits bounds that.
const COMMITS_PER_HANDLE: usize = 500;

/// Reads up to `limit` commits that are reachable from `from`, newest first by commit time, merges left out.
///
/// Only files below `prefix` (empty for all) count, with paths relative to it; commits that touch none of them are
/// counted, but left out. Commits whose trees are missing, as at the end of a shallow clone, are left out too.
/// `sink` gets batches and may end the reading.
///
/// # Errors
/// When `from` or what it leads to cannot be read; the batches before still hold.
pub fn read(
    repo: &Repository,
    from: Oid,
    limit: usize,
    prefix: &RelPath,
    sink: &mut dyn FnMut(Vec<Commit>) -> ControlFlow<()>,
) -> Result<(), git2::Error> {
    let range = Range { from, hide: None, limit };
    let mut walk = Walk::new(repo, prefix, FxHashMap::default());
    walk.run(&range, &mut |mut batch, _| {
        batch.retain(|commit| !commit.files.is_empty());
        sink(batch)
    })
}

/// What is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    /// Where the walk starts.
    pub from: Oid,
    /// Commits reachable from here are known already.
    pub hide: Option<Oid>,
    /// The most commits, merges not counted.
    pub limit: usize,
}

/// A walk over history that reuses what is known and shares equal strings.
pub(super) struct Walk<'a> {
    repo: &'a Repository,
    prefix: &'a RelPath,
    known: FxHashMap<CommitId, Commit>,
    paths: FxHashSet<RelPath>,
    authors: FxHashSet<Arc<str>>,
    roots: HashSet<Oid>,
    handle: Option<Repository>,
    read: usize,
}

impl<'a> Walk<'a> {
    /// A walk that takes commits from `known` where it can.
    pub fn new(repo: &'a Repository, prefix: &'a RelPath, known: FxHashMap<CommitId, Commit>) -> Self {
        let paths = known.values().flat_map(|commit| commit.files.iter().cloned()).collect();
        let authors = known.values().map(|commit| Arc::clone(&commit.author)).collect();
        let roots = shallow_roots(&repo.commondir().join("shallow"));
        Self { repo, prefix, known, paths, authors, roots, handle: None, read: 0 }
    }

    /// Walks; `sink` gets all commits that are no merges, also those without files, and whether the batch is the last.
    pub fn run(
        &mut self,
        range: &Range,
        sink: &mut dyn FnMut(Vec<Commit>, bool) -> ControlFlow<()>,
    ) -> Result<(), git2::Error> {
        let repo = self.repo;
        let mut walk = repo.revwalk()?;
        // Without a sorting libgit2 goes by time as git does, and need not see the whole history first.
        walk.set_sorting(Sort::NONE)?;
        walk.push(range.from)?;
        if let Some(hide) = range.hide {
            walk.hide(hide)?;
        }
        let (mut batch, mut size, mut left) = (Vec::new(), FIRST_BATCH, range.limit);
        for oid in walk {
            if left == 0 {
                break;
            }
            let Some(commit) = self.commit(oid?)? else { continue };
            left -= 1;
            batch.push(commit);
            if batch.len() >= size {
                size = BATCH;
                if sink(std::mem::take(&mut batch), false).is_break() {
                    return Ok(());
                }
            }
        }
        let _ = sink(batch, true);
        Ok(())
    }

    /// One commit; `None` for a merge.
    fn commit(&mut self, oid: Oid) -> Result<Option<Commit>, git2::Error> {
        let id = commit_id(oid);
        if let Some(known) = self.known.get(&id) {
            return Ok(Some(known.clone()));
        }
        if self.read.is_multiple_of(COMMITS_PER_HANDLE) {
            self.handle = None;
        }
        self.read += 1;
        let repo = match self.handle.take() {
            Some(handle) => handle,
            None => Repository::open(self.repo.path())?,
        };
        let commit = self.read_commit(&repo, oid, id);
        self.handle = Some(repo);
        commit
    }

    fn read_commit(
        &mut self,
        repo: &Repository,
        oid: Oid,
        id: CommitId,
    ) -> Result<Option<Commit>, git2::Error> {
        let commit = repo.find_commit(oid)?;
        if commit.parent_count() > 1 {
            return Ok(None);
        }
        // The last commits of a shallow clone seem to add every file; what they really did is not known.
        let changes = if self.roots.contains(&oid) {
            Changes::default()
        } else {
            changes(repo, &commit, self.prefix).unwrap_or_default()
        };
        let mut interned = |path| interned(&mut self.paths, path);
        let files = changes.files.into_iter().map(&mut interned).collect();
        let moves = changes.moves.into_iter().map(|(was, is)| (interned(was), interned(is))).collect();
        let author = commit.author();
        Ok(Some(Commit {
            id,
            time: commit.time().seconds(),
            author: self.author(&String::from_utf8_lossy(author.email_bytes()).to_lowercase()),
            message: message(&commit),
            files,
            moves,
        }))
    }

    fn author(&mut self, address: &str) -> Arc<str> {
        if let Some(known) = self.authors.get(address) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(address);
        self.authors.insert(Arc::clone(&new));
        new
    }
}

fn interned(paths: &mut FxHashSet<RelPath>, path: RelPath) -> RelPath {
    if let Some(known) = paths.get(&path) {
        return known.clone();
    }
    paths.insert(path.clone());
    path
}

fn message(commit: &git2::Commit<'_>) -> Arc<str> {
    let bytes = commit.message_bytes();
    let bytes = &bytes[..bytes.len().min(MAX_MESSAGE_BYTES)];
    let latin = commit.message_encoding().ok().flatten();
    match latin {
        Some(name) if name.eq_ignore_ascii_case("iso-8859-1") || name.eq_ignore_ascii_case("latin1") => {
            bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into()
        }
        Some(_) | None => String::from_utf8_lossy(bytes).into(),
    }
}

/// The commits at which a shallow clone was cut off.
fn shallow_roots(list: &Path) -> HashSet<Oid> {
    let text = std::fs::read_to_string(list).unwrap_or_default();
    text.lines().filter_map(|line| Oid::from_str(line.trim()).ok()).collect()
}

/// Whether `new` has `old` among its ancestors, so that only what is between them is new.
pub(super) fn is_forward(repo: &Repository, old: CommitId, new: Oid) -> bool {
    Oid::from_bytes(&old.0).is_ok_and(|old| repo.graph_descendant_of(new, old).unwrap_or(false))
}

/// Where the history of one root of one repository is kept below a cache directory.
pub(super) fn cache_file(cache_dir: &Path, repo: &Repository, prefix: &RelPath) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    let common = std::fs::canonicalize(repo.commondir()).unwrap_or_else(|_| repo.commondir().to_path_buf());
    let key = [common.as_os_str().as_bytes(), b"\0", prefix.as_bytes()].concat();
    cache_dir.join("history").join(format!("{}.bin", &blake3::hash(&key).to_hex()[..32]))
}
