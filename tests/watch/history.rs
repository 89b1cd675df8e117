//! History against the git program, and its cache.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use git2::Repository;
use quarry::domain::{Commit, RelPath};
use quarry::tree::history::{self, ChangeKind};
use tempfile::{TempDir, tempdir};

use crate::fixture::{Watched, commit, git, git_at, write};

const START: i64 = 1_700_000_000;

/// A copy of the generated repository, which is made once for all tests.
fn generated() -> TempDir {
    static ONCE: OnceLock<TempDir> = OnceLock::new();
    let dir = tempdir().unwrap();
    let from = ONCE.get_or_init(generate).path().join(".");
    let copied = Command::new("cp").arg("-a").arg(from).arg(dir.path()).status().unwrap();
    assert!(copied.success());
    dir
}

/// A history with renames, deletions, merges, directories that become files, modes and strange names.
fn generate() -> TempDir {
    let dir = tempdir().unwrap();
    let root = dir.path();
    git(root, &["init", "-q"]);
    for n in 0..40_i64 {
        write(root, &format!("src/m{}/f{}.rs", n % 4, n % 9), format!("{n}\n"));
        if n != 16 {
            write(root, &format!("docs/d{}.md", n % 3), format!("{n}\n"));
        }
        match n {
            10 => fs::rename(root.join("src/m1"), root.join("src/renamed")).unwrap(),
            15 => {
                fs::remove_dir_all(root.join("docs")).unwrap();
                write(root, "docs", "a file now");
            }
            16 => {
                fs::remove_file(root.join("docs")).unwrap();
                write(root, "docs/d.md", "a directory again");
            }
            20 => write(root, "src.rs", "sorts between src and src/"),
            21 => write(root, "src-x/ü ñ.txt", "text"),
            25 => {
                commit(root, START + 25 * 60, "before the branch");
                git_at(root, START + 25 * 60, &["switch", "-q", "-c", "side"]);
                write(root, "side.txt", "x");
                commit(root, START + 25 * 60 + 1, "on the side");
                git_at(root, START + 25 * 60, &["switch", "-q", "main"]);
            }
            30 => {
                commit(root, START + n * 60 - 1, "before the merge");
                git_at(root, START + n * 60, &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
            }
            _ => {}
        }
        commit(root, START + n * 60, &format!("commit {n}\n\nwith a body"));
    }
    git(root, &["update-index", "--chmod=+x", "src.rs"]);
    git_at(root, START + 9999, &["commit", "-q", "-m", "mode"]);
    dir
}

/// Ids and files as the git program tells them, newest first.
fn by_git(root: &Path, limit: usize, below: &str) -> Vec<(String, BTreeSet<String>)> {
    let limit = format!("-n{limit}");
    let arguments = ["log", "--no-merges", "--no-renames", "--name-only", "--format=%x00%H", &limit, "HEAD"];
    let prefix = if below.is_empty() { String::new() } else { format!("{below}/") };
    let text = git(root, &arguments);
    let commits = text.split('\0').skip(1).map(|part| {
        let mut lines = part.lines().filter(|line| !line.is_empty());
        let id = lines.next().unwrap().to_string();
        let files = lines.filter_map(|line| line.trim_matches('"').strip_prefix(&prefix).map(str::to_string));
        (id, files.collect::<BTreeSet<_>>())
    });
    commits.filter(|(_, files)| !files.is_empty()).collect()
}

fn told(commits: &[Commit]) -> Vec<(String, BTreeSet<String>)> {
    let files = |commit: &Commit| commit.files.iter().map(|path| path.to_text().into_owned()).collect();
    commits.iter().map(|commit| (commit.id.to_string(), files(commit))).collect()
}

fn read(root: &Path, limit: usize, below: &str) -> Vec<Commit> {
    let repo = Repository::open(root).unwrap();
    let head = repo.head().unwrap().target().unwrap();
    let mut commits = Vec::new();
    history::read(&repo, head, limit, &RelPath::from(below), &mut |batch| {
        commits.extend(batch);
        ControlFlow::Continue(())
    })
    .unwrap();
    commits
}

#[test]
fn history_is_what_git_log_says() {
    let dir = generated();
    for (limit, below) in [(1000, ""), (7, ""), (1000, "src"), (1000, "src/renamed"), (1000, "docs")] {
        let expected = by_git(dir.path(), limit, below);
        assert!(!expected.is_empty());
        assert_eq!(told(&read(dir.path(), limit, below)), expected, "{limit} {below}");
    }
    let commits = read(dir.path(), 1000, "");
    assert!(commits.iter().all(|commit| &*commit.author == "ann@example.org"));
    assert!(commits.windows(2).all(|pair| pair[0].time >= pair[1].time));
    assert!(commits.iter().any(|commit| &*commit.message == "commit 39\n\nwith a body\n"));
}

#[test]
fn touched_files_tell_how() {
    let dir = tempdir().unwrap();
    git(dir.path(), &["init", "-q"]);
    write(dir.path(), "a/old.txt", "same content");
    write(dir.path(), "b.txt", "b");
    commit(dir.path(), START, "first");
    fs::rename(dir.path().join("a/old.txt"), dir.path().join("a/new.txt")).unwrap();
    write(dir.path(), "b.txt", "changed");
    commit(dir.path(), START + 1, "second");
    let repo = Repository::open(dir.path()).unwrap();
    let head = repo.head().unwrap().peel_to_commit().unwrap();
    let path = |text: &str| RelPath::from(text);
    assert_eq!(
        history::touched(&repo, &head).unwrap(),
        [
            (path("a/new.txt"), ChangeKind::Added),
            (path("a/old.txt"), ChangeKind::Deleted),
            (path("b.txt"), ChangeKind::Modified)
        ]
    );
    let first = history::touched(&repo, &head.parent(0).unwrap()).unwrap();
    assert_eq!(first, [(path("a/old.txt"), ChangeKind::Added), (path("b.txt"), ChangeKind::Added)]);
}

#[test]
fn moved_files_are_known_by_their_content() {
    let dir = tempdir().unwrap();
    let root = dir.path();
    git(root, &["init", "-q"]);
    let text = |name: &str| (0..12).map(|n| format!("{name} line {n}\n")).collect::<Vec<_>>().concat();
    for path in ["src/same.rs", "src/edited.rs", "src/named.rs", "src/other.rs", "src/gone.rs"] {
        write(root, path, text(path));
    }
    write(root, "src/empty.rs", "");
    (0..30).for_each(|n| write(root, &format!("old/part{n}/mod.rs"), text(&format!("part {n}"))));
    commit(root, START, "first");
    fs::rename(root.join("src"), root.join("lib")).unwrap();
    fs::rename(root.join("old"), root.join("new")).unwrap();
    (0..30).for_each(|n| {
        write(root, &format!("new/part{n}/mod.rs"), format!("use new;\n{}", text(&format!("part {n}"))));
    });
    write(root, "lib/edited.rs", format!("{}and\nthree\nmore\n", text("src/edited.rs")));
    fs::rename(root.join("lib/named.rs"), root.join("lib/renamed.rs")).unwrap();
    write(root, "lib/other.rs", text("another"));
    fs::remove_file(root.join("lib/gone.rs")).unwrap();
    commit(root, START + 1, "second");
    let commits = read(root, 10, "");
    let moves: BTreeSet<(String, String)> = commits[0]
        .moves
        .iter()
        .map(|(was, is)| (was.to_text().into_owned(), is.to_text().into_owned()))
        .collect();
    let expected = [
        ("src/same.rs", "lib/same.rs"),
        ("src/edited.rs", "lib/edited.rs"),
        ("src/named.rs", "lib/renamed.rs"),
    ];
    let mut expected: BTreeSet<(String, String)> =
        expected.into_iter().map(|(was, is)| (was.to_owned(), is.to_owned())).collect();
    expected.extend((0..30).map(|n| (format!("old/part{n}/mod.rs"), format!("new/part{n}/mod.rs"))));
    assert_eq!(moves, expected, "not what is empty, nor what only has the same name");
    assert!(commits[1].moves.is_empty());
    let below: Vec<Commit> = read(root, 10, "lib");
    assert!(below[0].moves.is_empty(), "what comes from outside the root is new there");
}

#[test]
fn a_reader_may_stop_early() {
    let dir = generated();
    let repo = Repository::open(dir.path()).unwrap();
    let head = repo.head().unwrap().target().unwrap();
    let mut batches = 0;
    history::read(&repo, head, 1000, &RelPath::from(""), &mut |_| {
        batches += 1;
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(batches, 1);
}

#[test]
fn a_shallow_clone_ends_without_inventing_a_huge_commit() {
    let dir = generated();
    let clones = tempdir().unwrap();
    let clone = clones.path().join("clone");
    let source = format!("file://{}", dir.path().display());
    git(clones.path(), &["clone", "-q", "--depth", "3", &source, clone.to_str().unwrap()]);
    let commits = read(&clone, 1000, "");
    let expected = by_git(dir.path(), 2, "");
    assert_eq!(told(&commits), expected);
}

fn with_cache(root: &Path, cache: &Path) -> Watched {
    let mut tree = Watched::with(root, |options| options.cache_dir = Some(cache.to_path_buf()));
    tree.until("the history", |model| model.complete);
    tree
}

fn cache_file(cache: &Path) -> std::path::PathBuf {
    let mut files: Vec<_> =
        fs::read_dir(cache.join("history")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

/// Objects hidden from git, so that what is told can only come from the cache.
fn hide_trees(root: &Path) -> usize {
    let repo = Repository::open(root).unwrap();
    let mut hidden = 0;
    let mut walk = repo.revwalk().unwrap();
    walk.push_head().unwrap();
    for commit in walk.skip(1) {
        let tree = repo.find_commit(commit.unwrap()).unwrap().tree_id().to_string();
        let object = root.join(".git/objects").join(&tree[..2]).join(&tree[2..]);
        hidden += usize::from(fs::remove_file(object).is_ok());
    }
    hidden
}

#[test]
fn a_second_start_takes_history_from_the_cache() {
    let dir = generated();
    let cache = tempdir().unwrap();
    let expected = by_git(dir.path(), 1000, "");
    drop(with_cache(dir.path(), cache.path()));
    assert!(hide_trees(dir.path()) > 30);
    let tree = with_cache(dir.path(), cache.path());
    assert_eq!(told(&tree.model.commits), expected);
    assert!(tree.model.history.iter().all(|(restart, _, _)| !restart));
}

#[test]
fn new_commits_are_read_on_top_of_the_cache() {
    let dir = generated();
    let cache = tempdir().unwrap();
    drop(with_cache(dir.path(), cache.path()));
    let before = fs::read(cache_file(cache.path())).unwrap();
    for n in 0..3 {
        write(dir.path(), "new.txt", n.to_string());
        commit(dir.path(), START + 20_000 + n, "newer");
    }
    let expected = by_git(dir.path(), 1000, "");
    let mut tree = with_cache(dir.path(), cache.path());
    assert_eq!(told(&tree.model.commits), expected);
    assert_eq!(fs::read(cache_file(cache.path())).unwrap(), before, "three commits are not worth writing");
    // While running, a new commit comes alone, and nothing is forgotten.
    let batches = tree.model.history.len();
    write(dir.path(), "new.txt", "live");
    commit(dir.path(), START + 30_000, "live");
    tree.until("one more", |model| model.commits.len() == expected.len() + 1 && model.complete);
    assert_eq!(tree.model.history[batches..], [(false, 1, true)]);
    assert_eq!(&*tree.model.commits.last().unwrap().message, "live\n");
}

#[test]
fn another_branch_reuses_what_is_known_and_starts_anew() {
    let dir = generated();
    let cache = tempdir().unwrap();
    let mut tree = with_cache(dir.path(), cache.path());
    git(dir.path(), &["reset", "-q", "--hard", "HEAD~5"]);
    write(dir.path(), "other.txt", "x");
    commit(dir.path(), START + 50_000, "after the reset");
    let expected = by_git(dir.path(), 1000, "");
    // The two moves may be seen as one or as two, so only the set of commits is certain.
    let set = |commits: &[(String, BTreeSet<String>)]| commits.iter().cloned().collect::<BTreeSet<_>>();
    let wanted = set(&expected);
    tree.until("the other history", |model| model.complete && set(&told(&model.commits)) == wanted);
    assert!(tree.model.history.iter().any(|(restart, _, _)| *restart));
    drop(tree);
    let tree = with_cache(dir.path(), cache.path());
    assert_eq!(told(&tree.model.commits), expected);
}

#[test]
fn a_broken_cache_is_read_anew_and_an_unwritable_one_is_told_of_once() {
    let dir = generated();
    let cache = tempdir().unwrap();
    let expected = by_git(dir.path(), 1000, "");
    drop(with_cache(dir.path(), cache.path()));
    let file = cache_file(cache.path());
    let whole = fs::read(&file).unwrap();
    for broken in [&b"quarryhist\0\x01"[..], &whole[..whole.len() / 2], b""] {
        fs::write(&file, broken).unwrap();
        let tree = with_cache(dir.path(), cache.path());
        assert_eq!(told(&tree.model.commits), expected);
        drop(tree);
        assert_eq!(fs::read(&file).unwrap(), whole);
    }
    // A file where the directory should be refuses like a full disk does.
    let blocked = tempdir().unwrap();
    write(blocked.path(), "history", "in the way");
    let mut tree = with_cache(dir.path(), blocked.path());
    assert_eq!(told(&tree.model.commits), expected);
    tree.until("the notice", |model| model.notices.len() == 1);
    git(dir.path(), &["reset", "-q", "--hard", "HEAD~5"]);
    tree.until("the other history", |model| model.complete && model.commits.len() < expected.len());
    write(dir.path(), "x.txt", "x");
    tree.until("a change", |model| model.has("x.txt"));
    assert_eq!(tree.model.notices.len(), 1);
}

#[test]
fn a_deep_history_comes_in_batches_of_which_the_first_is_small() {
    let dir = tempdir().unwrap();
    let repo = Repository::init(dir.path()).unwrap();
    let mut parent: Option<git2::Oid> = None;
    for n in 0..1500_i64 {
        let blob = repo.blob(n.to_string().as_bytes()).unwrap();
        let mut tree = repo.treebuilder(None).unwrap();
        tree.insert("count.txt", blob, 0o100_644).unwrap();
        let tree = repo.find_tree(tree.write().unwrap()).unwrap();
        let who = git2::Signature::new("A", "a@b.c", &git2::Time::new(START + n, 0)).unwrap();
        let parents: Vec<_> = parent.iter().map(|id| repo.find_commit(*id).unwrap()).collect();
        let parents: Vec<_> = parents.iter().collect();
        parent = Some(repo.commit(Some("HEAD"), &who, &who, &n.to_string(), &tree, &parents).unwrap());
    }
    let mut tree = Watched::with(dir.path(), |options| options.history_limit = 1300);
    tree.until("the history", |model| model.complete);
    assert_eq!(tree.model.history, [(false, 200, false), (false, 1000, false), (false, 100, true)]);
    assert_eq!(&*tree.model.commits[0].message, "1499");
    assert_eq!(&*tree.model.commits[1299].message, "200");
}

#[test]
fn history_says_whose_commits_are_the_users() {
    let dir = generated();
    let config = Repository::open(dir.path()).unwrap().config();
    config.unwrap().set_str("user.email", "Ann@Example.org").unwrap();
    let cache = tempdir().unwrap();
    for _ in ["read", "out of the cache"] {
        let tree = with_cache(dir.path(), cache.path());
        let asker = tree.model.asker.clone().expect("the address is configured");
        assert!(tree.model.commits.iter().any(|commit| commit.author == asker), "spelt as history has it");
    }
}
