//! Tests of the disk: links are never followed, and names that are taken are not taken over.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::*;

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("a path");
    (folder, path)
}

#[test]
fn no_call_follows_a_link_that_was_put_in_the_way() {
    let (_kept, path) = folder();
    fs::create_dir(path.join("outside")).expect("made");
    fs::write(path.join("outside/a"), "outside").expect("written");
    fs::write(path.join("b"), "b").expect("written");
    symlink(path.join("outside"), path.join("in")).expect("linked");
    symlink(path.join("outside/a"), path.join("end")).expect("linked");
    let (inside, end) = (path.join("in/a"), path.join("end"));
    assert!(RealDisk.create(&path.join("in/new"), b"x", Like::New).is_err());
    assert!(RealDisk.overwrite(&inside, b"x").is_err());
    assert!(RealDisk.overwrite(&end, b"x").is_err());
    assert!(RealDisk.rename(&path.join("b"), &inside).is_err());
    assert!(RealDisk.settle(&path.join("b"), &path.join("in/new")).is_err());
    assert!(RealDisk.exchange(&path.join("b"), &inside).is_err());
    assert!(RealDisk.remove(&inside).is_err());
    assert!(RealDisk.make_directory(&path.join("in/new")).is_err());
    assert!(RealDisk.look(&inside).is_err());
    assert_eq!(RealDisk.look(&end).expect("looked"), Found::Other);
    let left: Vec<_> = fs::read_dir(path.join("outside")).expect("listed").flatten().collect();
    assert_eq!((left.len(), fs::read(path.join("outside/a")).expect("read")), (1, b"outside".to_vec()));
    assert_eq!(fs::read(path.join("b")).expect("read"), b"b");
}

#[test]
fn a_name_that_is_taken_is_not_taken_over() {
    let (_kept, path) = folder();
    let (a, b) = (path.join("a"), path.join("b"));
    fs::write(&a, "a").expect("written");
    fs::write(&b, "b").expect("written");
    let error = RealDisk.settle(&a, &b).expect_err("taken");
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    RealDisk.settle(&a, &path.join("c")).expect("free");
    assert_eq!(RealDisk.look(&a).expect("looked"), Found::Nothing);
    assert_eq!(RealDisk.look(&path.join("c")).expect("looked"), Found::File(b"a".to_vec()));
}

#[test]
fn files_change_places_and_directories_are_made_one_below_the_other() {
    let (_kept, path) = folder();
    RealDisk.make_directory(&path.join("one/two")).expect("made");
    let (a, b) = (path.join("one/two/a"), path.join("one/two/b"));
    RealDisk.create(&a, b"a", Like::Private).expect("made");
    RealDisk.create(&b, b"b", Like::File(&a)).expect("made");
    RealDisk.exchange(&a, &b).expect("exchanged");
    assert_eq!(fs::read(&a).expect("read"), b"b");
    assert_eq!(fs::metadata(&a).expect("there").permissions().mode() & 0o777, 0o600);
    assert!(RealDisk.remove_directory(&path.join("one/two")).is_err(), "it is not empty");
}

#[test]
fn a_name_that_is_too_long_has_nothing() {
    let (_kept, path) = folder();
    assert_eq!(RealDisk.look(&path.join("n".repeat(300))).expect("looked"), Found::Nothing);
}
