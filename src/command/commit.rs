//! Commits of what an edit wrote and nothing else: other staged and unstaged changes stay where they are.
//!
//! The hunks of the edit are merged onto what the last commit has, and onto what is staged. Where either cannot be told apart
//! from changes of others, nothing is committed.

mod hooks;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use git2::build::TreeUpdateBuilder;
use git2::{DiffFormat, FileMode, Index, IndexEntry, IndexTime, Oid, Repository, RepositoryState, Tree};

use crate::domain::{Notice, Severity};
use crate::edit::{Change, Roots, Text, merge};

/// Subjects of the last commits, from which a message takes its style.
const RECENT: usize = 8;

/// Why nothing is committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The edit wrote nothing, or all of it is committed.
    #[error("this edit has written nothing that is not committed")]
    Nothing,
    /// No repository, or files of several.
    #[error("{0}")]
    Place(String),
    /// Git is in the middle of something.
    #[error("git is in the middle of {0}")]
    Busy(&'static str),
    /// What the edit wrote cannot be told from changes of others.
    #[error("{path}: {why}")]
    Tangled {
        /// The file, below the work tree.
        path: String,
        /// Why.
        why: &'static str,
    },
    /// There is no message.
    #[error("a commit needs a message")]
    NoMessage,
    /// Git said no.
    #[error("git: {0}")]
    Git(#[from] git2::Error),
    /// A hook, or signing, said no.
    #[error("{0}")]
    Refused(String),
    /// The disk said no.
    #[error(transparent)]
    Disk(#[from] std::io::Error),
}

impl CommitError {
    /// For people.
    pub fn notice(&self) -> Notice {
        let notice = Notice::new(Severity::Warning, "Nothing was committed").cause(self.to_string());
        match self {
            Self::Tangled { .. } => notice.hint("Commit by hand with `git add -p`"),
            Self::Busy(_) => notice.hint("Finish that first"),
            Self::NoMessage => notice.hint("Write a message"),
            Self::Git(error) if error.class() == git2::ErrorClass::Config => {
                notice.hint("Set user.name and user.email: `git config --global user.name NAME`")
            }
            Self::Nothing | Self::Place(_) | Self::Git(_) | Self::Refused(_) | Self::Disk(_) => notice,
        }
    }
}

/// A commit that may be made.
pub struct Planned {
    repo: Repository,
    tree: Oid,
    parent: Option<Oid>,
    /// What is staged then, path by path below the work tree; `None` takes it out.
    staged: Staged,
}

/// Contents of files below the work tree, as far as they were looked at.
type Contents = BTreeMap<String, Option<Vec<u8>>>;

/// Plans the commit of changes, oldest first.
///
/// # Errors
/// Why it cannot be made.
pub fn plan(changes: &[Change], roots: &Roots) -> Result<Planned, CommitError> {
    let (repo, changes) = place(changes, roots)?;
    let busy = match repo.state() {
        RepositoryState::Clean => None,
        RepositoryState::Merge => Some("a merge"),
        RepositoryState::Rebase | RepositoryState::RebaseInteractive | RepositoryState::RebaseMerge => {
            Some("a rebase")
        }
        RepositoryState::Revert
        | RepositoryState::RevertSequence
        | RepositoryState::CherryPick
        | RepositoryState::CherryPickSequence
        | RepositoryState::Bisect
        | RepositoryState::ApplyMailbox
        | RepositoryState::ApplyMailboxOrRebase => Some("another operation"),
    };
    if let Some(what) = busy {
        return Err(CommitError::Busy(what));
    }
    let (tree, parent, staged) = contents(&repo, &changes)?;
    Ok(Planned { repo, tree, parent, staged })
}

/// Paths below the work tree with what is staged of them; `None` takes a path out.
type Staged = Vec<(String, Option<(Oid, u32)>)>;

/// The tree to commit, the commit that it follows, and what is staged then.
fn contents(
    repo: &Repository,
    changes: &[(String, String, Change)],
) -> Result<(Oid, Option<Oid>, Staged), CommitError> {
    let parent = repo.head().ok().and_then(|head| head.peel_to_commit().ok());
    let base = parent.as_ref().map(git2::Commit::tree).transpose()?;
    let index = repo.index()?;
    let (mut committed, mut staged) = (Contents::new(), Contents::new());
    for (path, to, change) in changes {
        if repo.get_attr(Path::new(path), "filter", git2::AttrCheckFlags::default())?.is_some() {
            return Err(tangled(path, "git filters it, so its bytes on disk are not those that it commits"));
        }
        let was = content(&mut committed, path, |path| of_tree(repo, base.as_ref(), path))?;
        let now = applied(path, change, was, "what is in the last commit differs in the same lines")?;
        let stage = content(&mut staged, path, |path| of_index(repo, &index, path))?;
        let then = applied(path, change, stage, "other changes of the same lines are staged")?;
        if path != to {
            committed.insert(path.clone(), None);
            staged.insert(path.clone(), None);
        }
        committed.insert(to.clone(), now);
        staged.insert(to.clone(), then);
    }
    let modes = |path: &str| mode(repo, base.as_ref(), path);
    let mut update = TreeUpdateBuilder::new();
    for (path, bytes) in &committed {
        match bytes {
            Some(bytes) => {
                let kind = if modes(path) == 0o100_755 { FileMode::BlobExecutable } else { FileMode::Blob };
                update.upsert(path.as_str(), repo.blob(bytes)?, kind);
            }
            None if of_tree(repo, base.as_ref(), path)?.is_some() => {
                update.remove(path.as_str());
            }
            None => {}
        }
    }
    let empty = repo.find_tree(repo.treebuilder(None)?.write()?)?;
    let tree = update.create_updated(repo, base.as_ref().unwrap_or(&empty))?;
    if base.as_ref().map_or_else(|| empty.id(), Tree::id) == tree {
        return Err(CommitError::Nothing);
    }
    let entry = |(path, bytes): (String, Option<Vec<u8>>)| -> Result<_, CommitError> {
        let entry =
            bytes.map(|bytes| Ok::<_, git2::Error>((repo.blob(&bytes)?, modes(&path)))).transpose()?;
        Ok((path, entry))
    };
    let staged = staged.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    Ok((tree, parent.as_ref().map(git2::Commit::id), staged))
}

/// The repository that holds all files, and each change with its paths below the work tree, before and after.
#[expect(clippy::type_complexity, reason = "named by its documentation")]
fn place(
    changes: &[Change],
    roots: &Roots,
) -> Result<(Repository, Vec<(String, String, Change)>), CommitError> {
    let first = changes.first().ok_or(CommitError::Nothing)?;
    let on_disk = |path: &str| roots.place(path).map_err(CommitError::Place);
    let start = on_disk(&first.path)?;
    let folder = start.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(&start);
    let repo = Repository::discover(folder)
        .map_err(|_| CommitError::Place("the files lie in no git repository".to_owned()))?;
    let tree = repo.workdir().and_then(|tree| tree.canonicalize().ok());
    let tree = tree.ok_or_else(|| CommitError::Place("the repository has no work tree".to_owned()))?;
    let below = |path: &str| -> Result<String, CommitError> {
        let place = on_disk(path)?;
        let inside = place.strip_prefix(&tree).ok().and_then(Path::to_str).map(str::to_owned);
        inside.ok_or_else(|| CommitError::Place(format!("{path} lies in another repository")))
    };
    let mut out = Vec::new();
    for change in changes {
        let path = below(&change.path)?;
        let to = change.moved_to.as_deref().map_or_else(|| Ok(path.clone()), below)?;
        out.push((path, to, change.clone()));
    }
    Ok((repo, out))
}

fn content(
    known: &mut Contents,
    path: &str,
    read: impl FnOnce(&str) -> Result<Option<Vec<u8>>, git2::Error>,
) -> Result<Option<Vec<u8>>, git2::Error> {
    if let Some(bytes) = known.get(path) {
        return Ok(bytes.clone());
    }
    read(path)
}

fn of_tree(repo: &Repository, tree: Option<&Tree<'_>>, path: &str) -> Result<Option<Vec<u8>>, git2::Error> {
    let Some(entry) = tree.and_then(|tree| tree.get_path(Path::new(path)).ok()) else { return Ok(None) };
    Ok(Some(repo.find_blob(entry.id())?.content().to_vec()))
}

fn of_index(repo: &Repository, index: &Index, path: &str) -> Result<Option<Vec<u8>>, git2::Error> {
    let Some(entry) = index.get_path(Path::new(path), 0) else { return Ok(None) };
    Ok(Some(repo.find_blob(entry.id)?.content().to_vec()))
}

fn tangled(path: &str, why: &'static str) -> CommitError {
    CommitError::Tangled { path: path.to_owned(), why }
}

/// What a version of a file says with the change of the edit.
fn applied(
    path: &str,
    change: &Change,
    was: Option<Vec<u8>>,
    why: &'static str,
) -> Result<Option<Vec<u8>>, CommitError> {
    let unix = was.as_deref().is_none_or(|was| !was.windows(2).any(|pair| pair == b"\r\n"));
    let side = |bytes: &Option<Vec<u8>>| {
        bytes.as_deref().map(|bytes| if unix { lines(bytes) } else { bytes.to_vec() })
    };
    let exact = was == change.before || was == change.after;
    let (before, after) = if exact {
        (change.before.clone(), change.after.clone())
    } else {
        (side(&change.before), side(&change.after))
    };
    match (before, after, was) {
        (before, after, was) if was == before || was == after => Ok(after),
        (Some(before), Some(after), Some(was)) => {
            let no_text = |_| tangled(path, "it is no text");
            let base = Text::read(&before).map_err(no_text)?;
            let ours = base.like(&after).map_err(no_text)?;
            let theirs = Text::read(&was).map_err(no_text)?;
            let merged = merge(&base, &ours, &theirs).map_err(|_| tangled(path, why))?;
            Ok(Some(merged.bytes().map_err(|_| tangled(path, why))?))
        }
        (Some(_), Some(_), None) => {
            Err(tangled(path, "git does not track it yet, so the rest of it would be committed as well"))
        }
        (_, _, _) => Err(tangled(path, why)),
    }
}

/// The bytes with line ends as git keeps them.
fn lines(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

/// The mode of a file in git: as it is committed, else as it is on disk.
fn mode(repo: &Repository, tree: Option<&Tree<'_>>, path: &str) -> u32 {
    if let Some(entry) = tree.and_then(|tree| tree.get_path(Path::new(path)).ok()) {
        return entry.filemode() as u32;
    }
    let meta = repo.workdir().and_then(|tree| fs::metadata(tree.join(path)).ok());
    if meta.is_some_and(|meta| meta.mode() & 0o111 != 0) { 0o100_755 } else { 0o100_644 }
}

impl Planned {
    /// What would be committed, as a diff.
    pub fn diff(&self) -> Option<String> {
        let parent = self.parent.and_then(|parent| self.repo.find_commit(parent).ok()?.tree().ok());
        let tree = self.repo.find_tree(self.tree).ok()?;
        let diff = self.repo.diff_tree_to_tree(parent.as_ref(), Some(&tree), None).ok()?;
        let mut text = String::new();
        let printed = diff.print(DiffFormat::Patch, |_, _, line| {
            if matches!(line.origin(), ' ' | '+' | '-') {
                text.push(line.origin());
            }
            text.push_str(&String::from_utf8_lossy(line.content()));
            true
        });
        printed.ok().map(|()| text)
    }

    /// The files that would be committed, below the work tree.
    pub fn paths(&self) -> Vec<String> {
        self.staged.iter().map(|(path, _)| path.clone()).collect()
    }

    /// The subjects of the last commits.
    pub fn recent(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut next = self.parent.and_then(|parent| self.repo.find_commit(parent).ok());
        while let Some(commit) = next.take().filter(|_| found.len() < RECENT) {
            found.extend(commit.summary().ok().flatten().map(str::to_owned));
            next = commit.parent(0).ok();
        }
        found
    }
}

/// Makes the commit; returns its short name and subject.
///
/// # Errors
/// Why it was not made.
pub fn commit(planned: Planned, message: &str) -> Result<(String, String), CommitError> {
    let message = message.trim();
    if message.is_empty() {
        return Err(CommitError::NoMessage);
    }
    let Planned { repo, tree, parent, staged } = planned;
    if repo.path().join("index.lock").exists() {
        return Err(CommitError::Busy("another command, which holds index.lock"));
    }
    let tree = repo.find_tree(tree)?;
    let parent = parent.map(|parent| repo.find_commit(parent)).transpose()?;
    let made = if hooks::wanted(&repo) {
        hooks::commit(&repo, &tree, message)?
    } else {
        let who = repo.signature()?;
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        repo.commit(Some("HEAD"), &who, &who, &format!("{message}\n"), &tree, &parents)?
    };
    stage(&repo, staged)?;
    let commit = repo.find_commit(made)?;
    let name = commit.as_object().short_id()?.as_str().unwrap_or_default().to_owned();
    Ok((name, message.lines().next().unwrap_or_default().to_owned()))
}

/// Brings the entries of the committed files up to date; all others stay as they were staged.
fn stage(repo: &Repository, staged: Staged) -> Result<(), CommitError> {
    let mut index = repo.index()?;
    index.read(true)?;
    for (path, entry) in staged {
        match entry {
            Some((id, mode)) => index.add(&entry_of(path, id, mode))?,
            None if index.get_path(Path::new(&path), 0).is_some() => {
                index.remove_path(&PathBuf::from(path))?;
            }
            None => {}
        }
    }
    Ok(index.write()?)
}

fn entry_of(path: String, id: Oid, mode: u32) -> IndexEntry {
    let never = IndexTime::new(0, 0);
    IndexEntry {
        ctime: never,
        mtime: never,
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.into_bytes(),
    }
}

#[cfg(test)]
mod tests;
