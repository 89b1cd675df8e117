//! Real git operations under watch.

use std::fs;
use std::path::Path;

use quarry::domain::{GitOperation, GitState};
use tempfile::{TempDir, tempdir};

use crate::fixture::{Watched, commit, git, write};

fn repository() -> TempDir {
    let dir = tempdir().unwrap();
    git(dir.path(), &["init", "-q"]);
    dir
}

#[test]
fn branch_head_and_dirty_files_are_followed() {
    let dir = repository();
    let mut tree = Watched::new(dir.path()).ready();
    tree.until("the unborn branch", |model| model.branch().as_deref() == Some("main"));
    assert_eq!(tree.model.state().head, None);
    write(dir.path(), "a.txt", "one\n");
    tree.until("an untracked file", |model| model.dirty() == ["a.txt"]);
    assert!(tree.model.state().dirty[0].untracked);
    commit(dir.path(), 1_700_000_000, "first");
    tree.until("a clean commit", |model| model.state().head.is_some() && model.dirty().is_empty());
    write(dir.path(), "a.txt", "two\n");
    tree.until("a change", |model| model.dirty() == ["a.txt"]);
    assert!(!tree.model.state().dirty[0].untracked);
    git(dir.path(), &["switch", "-q", "-c", "topic/deep/name"]);
    tree.until("the branch", |model| model.branch().as_deref() == Some("topic/deep/name"));
    git(dir.path(), &["commit", "-q", "-a", "-m", "second"]);
    tree.until("clean again", |model| model.dirty().is_empty());
    let head = git(dir.path(), &["rev-parse", "HEAD"]);
    tree.until("its head", |model| model.state().head.is_some_and(|id| id.to_string() == head.trim()));
    git(dir.path(), &["checkout", "-q", "--detach"]);
    tree.until("no branch", |model| model.branch().is_none());
}

#[test]
fn a_checkout_between_branches_with_many_files_comes_in_few_batches() {
    let dir = repository();
    write(dir.path(), "common.txt", "x");
    commit(dir.path(), 1_700_000_000, "base");
    git(dir.path(), &["switch", "-q", "-c", "big"]);
    for n in 0..1500 {
        write(dir.path(), &format!("d{}/e{}/f{n}.txt", n % 10, n % 50), "x");
    }
    commit(dir.path(), 1_700_000_100, "many");
    let mut tree = Watched::new(dir.path()).ready();
    tree.until("all files", |model| model.files.len() == 1501);
    git(dir.path(), &["switch", "-q", "main"]);
    tree.until("the small branch", |model| model.paths() == ["common.txt"]);
    git(dir.path(), &["switch", "-q", "big"]);
    tree.until("the big branch", |model| model.files.len() == 1501);
    tree.until("its name", |model| model.branch().as_deref() == Some("big") && model.dirty().is_empty());
    tree.until_true();
    assert!(tree.model.batches <= 300, "{} batches for 3000 changes", tree.model.batches);
}

#[test]
fn a_rebase_ends_in_the_truth_with_its_history() {
    let dir = repository();
    write(dir.path(), "base.txt", "x");
    commit(dir.path(), 1_700_000_000, "base");
    git(dir.path(), &["switch", "-q", "-c", "topic"]);
    for n in 0..20 {
        write(dir.path(), &format!("topic{n}.txt"), "x");
        commit(dir.path(), 1_700_000_100 + n, &format!("topic {n}"));
    }
    git(dir.path(), &["switch", "-q", "main"]);
    write(dir.path(), "main.txt", "x");
    commit(dir.path(), 1_700_000_050, "on main");
    git(dir.path(), &["switch", "-q", "topic"]);
    let mut tree = Watched::new(dir.path()).ready();
    tree.until("the history before", |model| model.complete && model.commits.len() == 21);
    git(dir.path(), &["rebase", "-q", "main"]);
    tree.until("the history after", |model| model.complete && model.commits.len() == 22);
    assert!(tree.model.history.iter().any(|(restart, _, _)| *restart));
    tree.until("the branch after", |model| {
        model.branch().as_deref() == Some("topic") && model.state().operation.is_none()
    });
    tree.until_true();
}

#[test]
fn a_conflict_is_an_operation_until_it_is_ended() {
    let dir = repository();
    write(dir.path(), "a.txt", "base\n");
    commit(dir.path(), 1_700_000_000, "base");
    git(dir.path(), &["switch", "-q", "-c", "other"]);
    write(dir.path(), "a.txt", "other\n");
    commit(dir.path(), 1_700_000_001, "other");
    git(dir.path(), &["switch", "-q", "main"]);
    write(dir.path(), "a.txt", "main\n");
    commit(dir.path(), 1_700_000_002, "main");
    let mut tree = Watched::new(dir.path()).ready();
    let merge =
        std::process::Command::new("git").current_dir(dir.path()).args(["merge", "-q", "other"]).output();
    assert!(!merge.unwrap().status.success());
    tree.until("the merge", |model| model.state().operation == Some(GitOperation::Merge));
    tree.until("the conflict", |model| model.dirty() == ["a.txt"]);
    git(dir.path(), &["merge", "--abort"]);
    tree.until("its end", |model| model.state().operation.is_none() && model.dirty().is_empty());
}

#[test]
fn a_root_below_the_top_sees_only_its_own() {
    let dir = repository();
    write(dir.path(), "outside.txt", "x");
    write(dir.path(), "sub/inside.txt", "x");
    write(dir.path(), ".gitignore", "*.log\n");
    commit(dir.path(), 1_700_000_000, "base");
    let mut tree = Watched::new(&dir.path().join("sub")).ready();
    tree.until_files(&["inside.txt"]);
    write(dir.path(), "outside.txt", "changed");
    write(dir.path(), "sub/inside.txt", "changed");
    write(dir.path(), "sub/ignored.log", "x");
    write(dir.path(), "subway.txt", "not below");
    tree.until("its own dirty file", |model| model.dirty() == ["inside.txt"]);
    git(dir.path(), &["switch", "-q", "-c", "elsewhere"]);
    tree.until("the branch", |model| model.branch().as_deref() == Some("elsewhere"));
    assert_eq!(tree.model.paths(), ["inside.txt"]);
}

#[test]
fn a_linked_work_tree_has_its_own_state() {
    let dir = repository();
    write(dir.path(), "main/a.txt", "x");
    commit(dir.path(), 1_700_000_000, "base");
    let other = tempdir().unwrap();
    let linked = other.path().join("linked");
    git(dir.path(), &["worktree", "add", "-q", "-b", "side", linked.to_str().unwrap()]);
    let mut tree = Watched::new(&linked).ready();
    tree.until("its branch", |model| model.branch().as_deref() == Some("side") && model.complete);
    assert_eq!(tree.model.paths(), ["main/a.txt"]);
    write(&linked, "b.txt", "x");
    commit(&linked, 1_700_000_001, "more");
    tree.until("its commit", |model| model.commits.len() == 2 && model.dirty().is_empty());
}

#[test]
fn a_repository_may_begin_and_end_under_watch() {
    let dir = tempdir().unwrap();
    write(dir.path(), "a.txt", "x");
    let mut tree = Watched::new(dir.path()).ready();
    assert_eq!(tree.model.git.last(), Some(&None));
    git(dir.path(), &["init", "-q"]);
    tree.until("the repository", |model| model.branch().as_deref() == Some("main"));
    commit(dir.path(), 1_700_000_000, "first");
    tree.until("its commit", |model| model.commits.len() == 1);
    fs::remove_dir_all(dir.path().join(".git")).unwrap();
    tree.until("its end", |model| model.git.last() == Some(&None) && model.commits.is_empty());
    tree.until_files(&["a.txt"]);
}

fn with_trouble(break_it: impl FnOnce(&Path)) -> Watched {
    let dir = repository();
    write(dir.path(), "a.txt", "x");
    commit(dir.path(), 1_700_000_000, "base");
    break_it(dir.path());
    let root = dir.keep();
    let mut tree = Watched::new(&root).ready();
    tree.until("a notice", |model| !model.notices.is_empty());
    write(&root, "b.txt", "x");
    tree.until("work as usual", |model| model.has("a.txt") && model.has("b.txt"));
    fs::remove_dir_all(root).unwrap();
    tree
}

#[test]
fn broken_repositories_are_told_of_and_leave_the_rest_at_work() {
    let tree = with_trouble(|root| write(root, ".git/index", "DIRC garbage, not an index"));
    assert!(tree.model.notices[0].title.contains("changed since"), "{:?}", tree.model.notices);
    let tree = with_trouble(|root| write(root, ".git/HEAD", "\0\0nonsense"));
    assert_eq!(tree.model.git.last(), Some(&None));
    let tree = with_trouble(|root| fs::remove_file(root.join(".git/HEAD")).unwrap());
    assert_eq!(tree.model.git.last(), Some(&None));
    let tree = with_trouble(|root| {
        fs::remove_dir_all(root.join(".git")).unwrap();
        write(root, ".git", "gitdir: /nowhere/at/all\n");
    });
    assert_eq!(tree.model.git.last(), Some(&None));
}

#[test]
fn a_bare_repository_is_a_tree_without_git() {
    let dir = tempdir().unwrap();
    git(dir.path(), &["init", "-q", "--bare"]);
    let mut tree = Watched::new(dir.path()).ready();
    tree.until("the notice", |model| model.notices.iter().any(|notice| notice.title.contains("bare")));
    assert_eq!(tree.model.state(), GitState::default());
    assert!(tree.model.has("HEAD"));
}

#[test]
fn rules_above_the_root_and_those_kept_in_git_are_followed() {
    let dir = repository();
    write(dir.path(), "sub/a.txt", "x");
    write(dir.path(), "sub/b.log", "x");
    commit(dir.path(), 1_700_000_000, "base");
    let mut tree = Watched::new(&dir.path().join("sub")).ready();
    tree.until_files(&["a.txt", "b.log"]);
    write(dir.path(), ".gitignore", "*.log\n");
    tree.until_files(&["a.txt"]);
    write(dir.path(), ".git/info/exclude", "a.txt\n");
    tree.until_files(&[]);
    fs::remove_file(dir.path().join(".gitignore")).unwrap();
    tree.until_files(&["b.log"]);
}
