//! Commits where hooks or signing are set up: git itself makes them, from an index that holds what is committed and nothing else.

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use git2::{Index, Oid, Repository, Tree};

use super::CommitError;

/// Hooks that have a say in a commit.
const HOOKS: [&str; 4] = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"];

/// Whether a commit has to be made by git itself.
pub fn wanted(repo: &Repository) -> bool {
    let signs = repo.config().is_ok_and(|config| config.get_bool("commit.gpgsign").unwrap_or(false));
    let folder = folder(repo);
    let runs = |name: &&'static str| {
        std::fs::metadata(folder.join(name)).is_ok_and(|meta| meta.is_file() && meta.mode() & 0o111 != 0)
    };
    signs || HOOKS.iter().any(runs)
}

fn folder(repo: &Repository) -> PathBuf {
    let set = repo.config().and_then(|config| config.get_path("core.hooksPath"));
    match (set, repo.workdir()) {
        (Ok(path), Some(tree)) => tree.join(path),
        _ => repo.commondir().join("hooks"),
    }
}

/// Has git make the commit.
///
/// # Errors
/// What git or a hook said.
pub fn commit(repo: &Repository, tree: &Tree<'_>, message: &str) -> Result<Oid, CommitError> {
    let file = repo.path().join(format!("quarry-index-{}", std::process::id()));
    let done = by_git(repo, tree, message, &file);
    let _ = std::fs::remove_file(&file);
    done
}

fn by_git(repo: &Repository, tree: &Tree<'_>, message: &str, file: &PathBuf) -> Result<Oid, CommitError> {
    let mut index = Index::open(file)?;
    index.read_tree(tree)?;
    index.write()?;
    let place = repo.workdir().unwrap_or(repo.path());
    let mut child = Command::new("git")
        .args(["commit", "--quiet", "--file=-"])
        .current_dir(place)
        .env("GIT_INDEX_FILE", file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(message.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let said =
            if said.is_empty() { String::from_utf8_lossy(&output.stdout).trim().to_owned() } else { said };
        return Err(CommitError::Refused(format!("git commit said: {said}")));
    }
    Ok(repo.head()?.peel_to_commit()?.id())
}
