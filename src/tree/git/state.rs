//! State: branch, HEAD, operation and dirty files, with paths relative to the root.

use std::path::Path;

use git2::{ErrorCode, Repository, RepositoryState, Status, StatusOptions};

use super::{open, prefix_of};
use crate::domain::{CommitId, DirtyFile, GitOperation, GitState, Notice, RelPath, Severity};

/// More dirty files than this say nothing about what somebody is working on.
const MAX_DIRTY: usize = 20_000;

/// Reads HEAD, branch and operation: what takes no time.
pub(super) fn read_head(root: &Path) -> Result<Option<(Repository, RelPath, GitState)>, Notice> {
    let broken = |error: &git2::Error| trouble(root, "use the repository", error);
    let Some(repo) = open(root).map_err(|error| broken(&error))? else { return Ok(None) };
    if repo.is_bare() {
        let title = format!("{} is a bare repository", root.display());
        let hint = "Branch and history are left out; open a work tree instead.";
        return Err(Notice::new(Severity::Info, title).hint(hint));
    }
    let Some(prefix) = prefix_of(&repo, root) else { return Ok(None) };
    let (branch, head) = branch_and_head(&repo).map_err(|error| broken(&error))?;
    let state = GitState { branch, head, dirty: Vec::new(), operation: operation(repo.state()) };
    Ok(Some((repo, prefix, state)))
}

/// Adds the dirty files, which takes a look at every tracked file.
pub(super) fn read_dirty(root: &Path, repo: &Repository, prefix: &RelPath) -> Result<Vec<DirtyFile>, Notice> {
    dirty_files(repo, prefix).map_err(|error| trouble(root, "see what changed since the last commit", &error))
}

fn trouble(root: &Path, what: &str, error: &git2::Error) -> Notice {
    let title = format!("git: cannot {what} in {}", root.display());
    let hint = if error.code() == ErrorCode::Owner {
        "Somebody else owns it: `git config --global --add safe.directory <path>` trusts it."
    } else {
        "Everything but git works; `git fsck` and `git status` there tell more."
    };
    Notice::new(Severity::Warning, title).cause(error.message()).hint(hint)
}

fn branch_and_head(repo: &Repository) -> Result<(Option<String>, Option<CommitId>), git2::Error> {
    match repo.head() {
        Ok(head) => {
            let branch =
                head.is_branch().then(|| String::from_utf8_lossy(head.shorthand_bytes()).into_owned());
            Ok((branch, Some(commit_id(head.peel_to_commit()?.id()))))
        }
        Err(error) if error.code() == ErrorCode::UnbornBranch => {
            let head = repo.find_reference("HEAD")?;
            let target = head.symbolic_target_bytes().map(String::from_utf8_lossy);
            let name = |target: &str| target.strip_prefix("refs/heads/").unwrap_or(target).to_string();
            Ok((target.map(|target| name(&target)), None))
        }
        Err(error) => Err(error),
    }
}

fn operation(state: RepositoryState) -> Option<GitOperation> {
    match state {
        RepositoryState::Clean => None,
        RepositoryState::Merge => Some(GitOperation::Merge),
        RepositoryState::Rebase | RepositoryState::RebaseInteractive | RepositoryState::RebaseMerge => {
            Some(GitOperation::Rebase)
        }
        RepositoryState::Revert
        | RepositoryState::RevertSequence
        | RepositoryState::CherryPick
        | RepositoryState::CherryPickSequence
        | RepositoryState::Bisect
        | RepositoryState::ApplyMailbox
        | RepositoryState::ApplyMailboxOrRebase => Some(GitOperation::Other),
    }
}

fn dirty_files(repo: &Repository, prefix: &RelPath) -> Result<Vec<DirtyFile>, git2::Error> {
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
    // Asked for by hand: a submodule's own state is not this tree's, and the user's index is never written to.
    options.exclude_submodules(true).update_index(false);
    if !prefix.as_bytes().is_empty() {
        options.pathspec(prefix.as_bytes()).disable_pathspec_match(true);
    }
    let statuses = repo.statuses(Some(&mut options))?;
    let dirty = statuses.iter().filter_map(|entry| {
        let status = entry.status();
        if status.is_ignored() || status == Status::CURRENT {
            return None;
        }
        let path = below(entry.path_bytes(), prefix.as_bytes())?;
        Some(DirtyFile { path: RelPath::from_bytes(path), untracked: status == Status::WT_NEW })
    });
    Ok(dirty.take(MAX_DIRTY).collect())
}

/// The part of a repository's path below a prefix; `None` outside.
pub(super) fn below<'a>(path: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    if prefix.is_empty() {
        return Some(path);
    }
    path.strip_prefix(prefix)?.strip_prefix(b"/")
}

/// An object id as the rest of the program names it.
pub(super) fn commit_id(oid: git2::Oid) -> CommitId {
    let mut bytes = [0; 20];
    let known = oid.as_bytes();
    let len = known.len().min(bytes.len());
    bytes[..len].copy_from_slice(&known[..len]);
    CommitId(bytes)
}
