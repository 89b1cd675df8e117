//! The tree service over real directories: what its events add up to must be what lies on disk.

#![allow(clippy::unwrap_used)] // allowed in tests, and fixtures are test code outside of them

#[path = "watch/fixture.rs"]
mod fixture;
#[path = "watch/history.rs"]
mod history;
#[path = "watch/repository.rs"]
mod repository;

use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::time::Duration;

use fixture::{Watched, write};
use quarry::domain::{RelPath, SkipReason, WatchState};
use tempfile::tempdir;

#[test]
fn creating_writing_renaming_and_deleting_are_seen() {
    let dir = tempdir().unwrap();
    write(dir.path(), "a.txt", "one");
    let mut tree = Watched::new(dir.path()).ready();
    tree.until_files(&["a.txt"]);
    write(dir.path(), "b.txt", "two");
    tree.until_files(&["a.txt", "b.txt"]);
    write(dir.path(), "a.txt", "longer");
    tree.until("the new size", |model| model.files[&RelPath::from("a.txt")].stamp.size == 6);
    fs::rename(dir.path().join("b.txt"), dir.path().join("c.txt")).unwrap();
    tree.until_files(&["a.txt", "c.txt"]);
    fs::rename(dir.path().join("c.txt"), dir.path().join("C.txt")).unwrap();
    tree.until_files(&["C.txt", "a.txt"]);
    fs::remove_file(dir.path().join("a.txt")).unwrap();
    tree.until_files(&["C.txt"]);
    assert_eq!(tree.model.walked, 1);
}

#[test]
fn an_editor_that_saves_by_renaming_is_one_change_of_one_file() {
    let dir = tempdir().unwrap();
    write(dir.path(), "main.rs", "old");
    let mut tree = Watched::new(dir.path()).ready();
    write(dir.path(), ".main.rs.tmp", "brand new");
    fs::rename(dir.path().join(".main.rs.tmp"), dir.path().join("main.rs")).unwrap();
    tree.until("the new size", |model| model.files[&RelPath::from("main.rs")].stamp.size == 9);
    tree.until_files(&["main.rs"]);
}

#[test]
fn new_nested_directories_are_walked_and_watched() {
    let dir = tempdir().unwrap();
    let mut tree = Watched::new(dir.path()).ready();
    write(dir.path(), "a/b/c/d.txt", "x");
    tree.until_files(&["a/b/c/d.txt"]);
    write(dir.path(), "a/b/c/e.txt", "y");
    tree.until_files(&["a/b/c/d.txt", "a/b/c/e.txt"]);
    fs::rename(dir.path().join("a/b"), dir.path().join("moved")).unwrap();
    tree.until_files(&["moved/c/d.txt", "moved/c/e.txt"]);
    write(dir.path(), "moved/c/f.txt", "z");
    tree.until_files(&["moved/c/d.txt", "moved/c/e.txt", "moved/c/f.txt"]);
    fs::remove_dir_all(dir.path().join("moved")).unwrap();
    tree.until_files(&[]);
    write(dir.path(), "moved/g.txt", "again");
    tree.until_files(&["moved/g.txt"]);
    write(dir.path(), "moved/h.txt", "still watched");
    tree.until_files(&["moved/g.txt", "moved/h.txt"]);
}

#[test]
fn directories_that_trade_places_are_known_by_what_is_in_them() {
    let dir = tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    write(dir.path(), "left/l.txt", "l");
    write(dir.path(), "right/deep/r.txt", "r");
    let mut tree = Watched::new(dir.path()).ready();
    fs::rename(at("left"), at("between")).unwrap();
    fs::rename(at("right"), at("left")).unwrap();
    fs::rename(at("between"), at("right")).unwrap();
    tree.until_files(&["left/deep/r.txt", "right/l.txt"]);
    write(dir.path(), "left/deep/new.txt", "watched under its new name");
    tree.until_files(&["left/deep/new.txt", "left/deep/r.txt", "right/l.txt"]);
}

#[test]
fn a_storm_of_renames_ends_in_the_truth() {
    let dir = tempdir().unwrap();
    let at = |name: String| dir.path().join(name);
    for n in 0..100 {
        write(dir.path(), &format!("d{}/f{n}.txt", n % 7), n.to_string());
    }
    let mut tree = Watched::new(dir.path()).ready();
    for round in 0..5 {
        for n in 0..7 {
            fs::rename(at(format!("d{n}")), at(format!("r{round}-{n}"))).unwrap();
            fs::rename(at(format!("r{round}-{n}")), at(format!("d{n}"))).unwrap();
        }
        for n in (0..100).filter(|n| n % 3 == round % 3) {
            let home = format!("d{}/f{n}.txt", n % 7);
            let away = format!("d{}/F{n}-{round}.txt", (n + 1) % 7);
            fs::rename(at(home.clone()), at(away.clone())).unwrap();
            if round % 2 == 0 {
                fs::rename(at(away), at(home)).unwrap();
            } else {
                fs::remove_file(at(away)).unwrap();
                fs::write(at(home), "rewritten").unwrap();
            }
        }
    }
    tree.until_true();
    assert_eq!(tree.model.files.len(), 100);
}

#[test]
fn ignored_files_stay_unknown_and_edited_rules_hold_at_once() {
    let dir = tempdir().unwrap();
    write(dir.path(), ".gitignore", "*.log\nout/\n");
    write(dir.path(), "a.rs", "x");
    write(dir.path(), "note.tmp", "x");
    let mut tree = Watched::new(dir.path()).ready();
    write(dir.path(), "a.log", "x");
    write(dir.path(), "out/b.rs", "x");
    tree.settle();
    tree.until_files(&[".gitignore", "a.rs", "note.tmp"]);
    write(dir.path(), ".quarryignore", "*.tmp\n");
    tree.until_files(&[".gitignore", ".quarryignore", "a.rs"]);
    write(dir.path(), ".gitignore", "*.log\n");
    tree.until_files(&[".gitignore", ".quarryignore", "a.rs", "out/b.rs"]);
    write(dir.path(), "out/c.rs", "watched by now");
    tree.until_files(&[".gitignore", ".quarryignore", "a.rs", "out/b.rs", "out/c.rs"]);
    fs::remove_file(dir.path().join(".gitignore")).unwrap();
    tree.until_files(&[".quarryignore", "a.log", "a.rs", "out/b.rs", "out/c.rs"]);
}

#[test]
fn a_formatter_over_many_files_comes_in_few_batches() {
    let dir = tempdir().unwrap();
    for n in 0..2000 {
        write(dir.path(), &format!("src/m{}/f{n}.rs", n % 20), "fn a(){}");
    }
    let mut tree = Watched::new(dir.path()).ready();
    assert_eq!(tree.model.files.len(), 2000);
    for n in 0..2000 {
        write(dir.path(), &format!("src/m{}/f{n}.rs", n % 20), "fn a() {}\n");
    }
    tree.until("all rewritten", |model| model.files.values().all(|meta| meta.stamp.size == 10));
    assert!(tree.model.batches <= 200, "{} batches for 2000 files", tree.model.batches);
    tree.until_true();
}

#[test]
fn links_out_of_the_root_are_listed_and_never_entered() {
    let outside = tempdir().unwrap();
    write(outside.path(), "secret.txt", "s");
    let dir = tempdir().unwrap();
    let mut tree = Watched::new(dir.path()).ready();
    symlink(outside.path(), dir.path().join("away")).unwrap();
    symlink(outside.path().join("secret.txt"), dir.path().join("link.txt")).unwrap();
    tree.until_files(&["away", "link.txt"]);
    assert!(tree.model.files.values().all(|meta| meta.skip == Some(SkipReason::Symlink)));
    fs::remove_file(dir.path().join("link.txt")).unwrap();
    write(dir.path(), "link.txt", "a file now");
    tree.until("a regular file", |model| model.files[&RelPath::from("link.txt")].skip.is_none());
}

#[test]
fn names_that_are_not_unicode_are_watched() {
    let dir = tempdir().unwrap();
    let mut tree = Watched::new(dir.path()).ready();
    let name = std::ffi::OsString::from_vec(b"d\xe9j\xe0/vu.txt".to_vec());
    let path = dir.path().join(&name);
    fs::create_dir(path.parent().unwrap()).unwrap();
    fs::write(&path, "x").unwrap();
    let expected = RelPath::from_path(name.as_ref());
    tree.until("the name", |model| model.files.contains_key(&expected));
    fs::write(&path, "xyz").unwrap();
    tree.until("the new size", |model| model.files[&expected].stamp.size == 3);
}

#[test]
fn a_root_that_vanishes_is_lost_and_found_again() {
    let dir = tempdir().unwrap();
    let root = dir.path().join("root");
    write(&root, "a/b.txt", "x");
    let mut tree = Watched::new(&root).ready();
    fs::remove_dir_all(&root).unwrap();
    tree.until("the loss", |model| model.lost == [true] && model.files.is_empty());
    write(&root, "c.txt", "new");
    tree.until("the return", |model| model.lost == [true, false]);
    tree.until_files(&["c.txt"]);
    write(&root, "d.txt", "watched");
    tree.until_files(&["c.txt", "d.txt"]);
    fs::rename(&root, dir.path().join("elsewhere")).unwrap();
    tree.until("the second loss", |model| model.lost == [true, false, true] && model.files.is_empty());
}

#[test]
fn a_root_that_is_not_there_yet_is_waited_for() {
    let dir = tempdir().unwrap();
    let root = dir.path().join("later");
    let mut tree = Watched::new(&root);
    tree.until("the loss", |model| model.lost == [true] && model.walked == 1);
    write(&root, "a.txt", "x");
    tree.until_files(&["a.txt"]);
    assert_eq!(tree.model.lost, [true, false]);
}

#[test]
fn beyond_the_limit_of_watches_changes_are_found_by_looking() {
    let dir = tempdir().unwrap();
    for n in 0..10 {
        write(dir.path(), &format!("d{n}/a.txt"), "x");
    }
    let mut tree = Watched::with(dir.path(), |options| options.max_watches = 3).ready();
    let WatchState::Polling { why, every } = &tree.model.watch else { panic!("{:?}", tree.model.watch) };
    assert!(why.contains("at most 3"), "{why}");
    assert_eq!(*every, Duration::from_secs(2));
    for n in 0..10 {
        write(dir.path(), &format!("d{n}/b.txt"), "y");
        fs::remove_file(dir.path().join(format!("d{n}/a.txt"))).unwrap();
    }
    tree.until_true();
    assert_eq!(tree.model.files.len(), 10);
}

#[test]
fn without_watching_a_rescan_tells_the_difference() {
    let dir = tempdir().unwrap();
    write(dir.path(), "a.txt", "x");
    let mut tree = Watched::with(dir.path(), |options| options.watch = false).ready();
    assert!(matches!(tree.model.watch, WatchState::Off { .. }));
    write(dir.path(), "b/c.txt", "y");
    fs::remove_file(dir.path().join("a.txt")).unwrap();
    tree.handle.rescan();
    tree.until_files(&["b/c.txt"]);
    assert_eq!(tree.model.batches, 1);
}

#[test]
fn two_roots_may_overlap() {
    let dir = tempdir().unwrap();
    write(dir.path(), "inner/a.txt", "x");
    let inner = dir.path().join("inner");
    let mut outer = Watched::new(dir.path()).ready();
    let mut tree = Watched::new(&inner).ready();
    write(&inner, "b.txt", "y");
    tree.until_files(&["a.txt", "b.txt"]);
    outer.until_files(&["inner/a.txt", "inner/b.txt"]);
}
