//! Walks over real directories.

use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;

use super::*;
use crate::domain::SkipReason;

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn list(root: &Path) -> Vec<(String, Option<SkipReason>)> {
    let mut found = Vec::new();
    let report = walk(root, RootId(0), &mut |batch| {
        found.extend(batch.into_iter().map(|meta| (meta.path.to_text().into_owned(), meta.skip)));
    });
    assert_eq!(report.files, found.len());
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn names(root: &Path) -> Vec<String> {
    list(root).into_iter().map(|(path, _)| path).collect()
}

#[test]
fn ignore_rules_hold_inside_and_outside_of_a_repository() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    for path in ["a.rs", "a.log", "b.tmp", "c.x", "target/o", "sub/d.log", "sub/keep.log", ".github/ci.yml"] {
        write(root, path, "text");
    }
    write(root, ".gitignore", "*.log\n/target/\n");
    write(root, ".ignore", "*.tmp\n");
    write(root, ".quarryignore", "*.x\n");
    write(root, "sub/.gitignore", "!keep.log\n");
    let expected = [
        ".github/ci.yml",
        ".gitignore",
        ".ignore",
        ".quarryignore",
        "a.rs",
        "sub/.gitignore",
        "sub/keep.log",
    ];
    assert_eq!(names(root), expected);
    write(root, ".git/HEAD", "ref: refs/heads/main\n");
    write(root, ".git/info/exclude", "a.rs\n");
    assert_eq!(names(root), expected.into_iter().filter(|path| *path != "a.rs").collect::<Vec<_>>());
}

#[test]
fn rules_of_strangers_above_do_not_count_and_those_of_the_repository_do() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    write(root, ".gitignore", "*\n");
    write(root, "project/a.rs", "x");
    assert_eq!(names(&root.join("project")), ["a.rs"]);
    write(root, ".gitignore", "*.log\n");
    write(root, ".git/HEAD", "ref: refs/heads/main\n");
    write(root, "project/a.log", "x");
    assert_eq!(names(&root.join("project")), ["a.rs"]);
}

#[test]
fn links_are_listed_and_never_followed() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret/key", "k");
    write(dir.path(), "real/a", "a");
    symlink(outside.path().join("secret"), dir.path().join("dir")).unwrap();
    symlink(outside.path().join("secret/key"), dir.path().join("file")).unwrap();
    symlink("../real", dir.path().join("real/loop")).unwrap();
    let link = || Some(SkipReason::Symlink);
    let expected = [("dir", link()), ("file", link()), ("real/a", None), ("real/loop", link())];
    assert_eq!(list(dir.path()), expected.map(|(path, skip)| (path.to_string(), skip)));
}

#[test]
fn names_need_not_be_unicode() {
    let dir = tempfile::tempdir().unwrap();
    let name = std::ffi::OsString::from_vec(b"caf\xe9.txt".to_vec());
    fs::write(dir.path().join(&name), "x").unwrap();
    let mut found = Vec::new();
    walk(dir.path(), RootId(3), &mut |batch| found.extend(batch));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path.as_bytes(), b"caf\xe9.txt");
    assert_eq!((found[0].root, found[0].stamp.size), (RootId(3), 1));
}

#[test]
fn a_root_that_is_gone_is_in_the_report() {
    let dir = tempfile::tempdir().unwrap();
    let report = walk(&dir.path().join("gone"), RootId(0), &mut |_| panic!("nothing to find"));
    assert_eq!(report.files, 0);
    assert_eq!(report.unreadable.len(), 1);
    assert!(report.notice().is_some());
}

#[test]
fn every_file_of_a_wide_tree_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..2500 {
        write(dir.path(), &format!("d{}/f{n}", n % 50), "");
    }
    let found = names(dir.path());
    assert_eq!(found.len(), 2500);
    assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn single_paths_are_ignored_as_the_walk_ignores_them() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), ".gitignore", "*.log\nout/\n");
    let mut matcher = Rules::new(dir.path()).matcher();
    for (path, is_dir, ignored) in [
        ("a.log", false, true),
        ("out", true, true),
        ("out/deep/a", false, true),
        ("a", false, false),
        (".git/x", false, true),
    ] {
        assert_eq!(matcher.ignored(&RelPath::from(path), is_dir), ignored, "{path}");
    }
}

#[test]
fn our_own_cache_is_no_part_of_the_tree() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.rs", "x");
    write(dir.path(), "cache/history/x.bin", "x");
    write(dir.path(), "cached.rs", "x");
    let root = fs::canonicalize(dir.path()).unwrap();
    let rules = Rules::new(&root).except(Some(&root.join("cache")));
    let mut found = Vec::new();
    rules.walk(RootId(0), &AtomicBool::new(false), &mut |batch| found.extend(batch.files));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert_eq!(found.iter().map(|meta| meta.path.to_text()).collect::<Vec<_>>(), ["a.rs", "cached.rs"]);
    let mut matcher = rules.matcher();
    assert!(matcher.ignored(&"cache/history/x.bin".into(), false));
    assert!(!matcher.ignored(&"cached.rs".into(), false));
}

#[test]
fn a_walk_that_is_stopped_ends() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.rs", "x");
    let report = Rules::new(dir.path()).walk(RootId(0), &AtomicBool::new(true), &mut |_| {});
    assert_eq!(report.files, 0);
}

#[test]
fn what_cannot_be_read_is_told_with_its_reason() {
    let mut report = WalkReport::default();
    assert_eq!(report.notice(), None);
    report.unreadable.push(("/r/a".into(), "Permission denied".into()));
    let notice = report.notice().unwrap();
    assert_eq!(notice.title, "Cannot read /r/a");
    assert_eq!(notice.cause.as_deref(), Some("Permission denied"));
    report.unreadable.push(("/r/b".into(), "Permission denied".into()));
    assert_eq!(report.notice().unwrap().title, "Cannot read 2 directories, /r/a among them");
}
