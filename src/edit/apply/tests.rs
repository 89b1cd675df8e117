//! Tests of writing: all or none at every system call, compare and swap, and what is refused.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::edit::disk::{Found, RealDisk};
use crate::edit::proposal::Files;

/// A disk that stops working for good after so many calls.
struct Failing {
    left: AtomicUsize,
    torn: bool,
    /// It cannot exchange files.
    plain: bool,
}

impl Failing {
    fn spend(&self) -> io::Result<()> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::Error::other("pulled the plug"));
        }
        self.left.store(left - 1, Ordering::Relaxed);
        Ok(())
    }
}

impl Disk for Failing {
    fn create(&self, path: &Path, bytes: &[u8], like: Like<'_>) -> io::Result<()> {
        self.spend().inspect_err(|_| {
            if self.torn {
                let _ = fs::write(path, &bytes[..bytes.len() / 2]);
            }
        })?;
        RealDisk.create(path, bytes, like)
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.spend().inspect_err(|_| {
            if self.torn {
                let _ = fs::write(path, &bytes[..bytes.len() / 2]);
            }
        })?;
        RealDisk.overwrite(path, bytes)
    }

    fn look(&self, path: &Path) -> io::Result<Found> {
        self.spend()?;
        RealDisk.look(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.spend()?;
        RealDisk.rename(from, to)
    }

    fn settle(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.spend()?;
        RealDisk.settle(from, to)
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.spend()?;
        if self.plain { Err(io::ErrorKind::Unsupported.into()) } else { RealDisk.exchange(one, other) }
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.spend()?;
        RealDisk.remove_directory(path)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.spend()?;
        RealDisk.remove(path)
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        self.spend()?;
        RealDisk.make_directory(path)
    }
}

struct Place {
    folder: tempfile::TempDir,
    root: Roots,
    tree: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let tree = folder.path().join("tree");
        fs::create_dir_all(tree.join("src")).expect("made");
        fs::write(tree.join("src/a.rs"), "a\r\nb").expect("written");
        fs::write(tree.join("gone.rs"), "gone\n").expect("written");
        fs::write(tree.join("old.rs"), "old\n").expect("written");
        fs::write(tree.join("linked.rs"), "one\n").expect("written");
        fs::hard_link(tree.join("linked.rs"), tree.join("other-name.rs")).expect("linked");
        fs::set_permissions(tree.join("src/a.rs"), fs::Permissions::from_mode(0o750)).expect("set");
        let root = Roots::new(std::slice::from_ref(&tree), Vec::new()).expect("a root");
        Self { folder, root, tree }
    }

    fn journals(&self) -> PathBuf {
        self.folder.path().join("journals")
    }

    /// Every file with its bytes, staged files included.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut open = vec![self.tree.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).expect("listed").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    files.push((path.clone(), fs::read(path).expect("read")));
                }
            }
        }
        files.sort();
        files
    }
}

fn changes() -> Vec<Change> {
    let change = |path: &str, before: Option<&str>, after: Option<&str>, to: Option<&str>| Change {
        path: path.to_owned(),
        moved_to: to.map(str::to_owned),
        before: before.map(|text| text.as_bytes().to_vec()),
        after: after.map(|text| text.as_bytes().to_vec()),
        mode: None,
    };
    vec![
        change("src/a.rs", Some("a\r\nb"), Some("a\r\nc"), None),
        change("new/deep/n.rs", None, Some("new\n"), None),
        change("gone.rs", Some("gone\n"), None, None),
        change("old.rs", Some("old\n"), Some("moved\n"), Some("moved.rs")),
        change("linked.rs", Some("one\n"), Some("two, and longer\n"), None),
    ]
}

#[test]
fn everything_is_written_with_modes_and_links_kept() {
    let place = Place::new();
    apply(&RealDisk, &place.root, &changes(), &place.journals()).expect("written");
    let read = |path: &str| place.root.read(path).expect("allowed");
    assert_eq!(read("src/a.rs").as_deref(), Some(&b"a\r\nc"[..]));
    assert_eq!(read("new/deep/n.rs").as_deref(), Some(&b"new\n"[..]));
    assert_eq!((read("gone.rs"), read("old.rs")), (None, None));
    assert_eq!(read("moved.rs").as_deref(), Some(&b"moved\n"[..]));
    assert_eq!(read("other-name.rs").as_deref(), Some(&b"two, and longer\n"[..]), "the other name sees it");
    let mode = fs::metadata(place.tree.join("src/a.rs")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o750);
    assert_eq!(fs::read_dir(place.journals()).expect("listed").count(), 0);
    assert!(place.files().iter().all(|(path, _)| !path.to_string_lossy().contains(".quarry-")));
}

#[test]
fn a_crash_at_any_system_call_leaves_all_or_nothing() {
    let done = {
        let place = Place::new();
        apply(&RealDisk, &place.root, &changes(), &place.journals()).expect("written");
        place.files().into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>()
    };
    let mut finished = false;
    for (torn, plain) in [(false, false), (true, false), (true, true)] {
        for calls in 0..80 {
            let place = Place::new();
            let before = place.files();
            let disk = Failing { left: AtomicUsize::new(calls), torn, plain };
            let result = apply(&disk, &place.root, &changes(), &place.journals());
            recover(&RealDisk, &place.journals()).expect("recovered");
            let after = place.files();
            let whole = after.iter().map(|(_, bytes)| bytes.clone()).collect::<Vec<_>>() == done;
            assert!(whole || after == before, "{calls} calls, torn {torn}, plain {plain}: {after:?}");
            finished |= result.is_ok();
        }
    }
    assert!(finished, "so many calls are enough for the whole");
}

#[test]
fn a_file_that_changed_meanwhile_is_not_overwritten() {
    let place = Place::new();
    fs::write(place.tree.join("src/a.rs"), "theirs").expect("written");
    let before = place.files();
    let result = apply(&RealDisk, &place.root, &changes(), &place.journals());
    assert!(matches!(result, Err(ApplyError::Changed(path)) if path == "src/a.rs"));
    assert_eq!(place.files(), before);
}

#[test]
fn read_only_files_and_files_in_conflict_are_refused() {
    let place = Place::new();
    let path = place.tree.join("src/a.rs");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("set");
    let result = apply(&RealDisk, &place.root, &changes(), &place.journals());
    assert!(matches!(result, Err(ApplyError::Forbidden(why)) if why.contains("read-only")));
}

#[test]
fn what_somebody_else_wrote_after_a_crash_stays() {
    let place = Place::new();
    // Fails in the middle of the swaps, and so does putting back.
    let calls = (0..80).find(|calls| {
        let place = Place::new();
        let disk = Failing { left: AtomicUsize::new(*calls), torn: false, plain: false };
        matches!(apply(&disk, &place.root, &changes(), &place.journals()), Err(ApplyError::Torn { .. }))
    });
    let disk = Failing { left: AtomicUsize::new(calls.expect("some call tears")), torn: false, plain: false };
    let result = apply(&disk, &place.root, &changes(), &place.journals());
    assert!(matches!(result, Err(ApplyError::Torn { .. })));
    fs::write(place.tree.join("src/a.rs"), "theirs").expect("written");
    recover(&RealDisk, &place.journals()).expect("recovered");
    assert_eq!(fs::read(place.tree.join("src/a.rs")).expect("read"), b"theirs");
}

#[test]
fn folders_that_were_made_for_nothing_are_gone_again() {
    let place = Place::new();
    for calls in 0..12 {
        let disk = Failing { left: AtomicUsize::new(calls), torn: false, plain: false };
        let _ = apply(&disk, &place.root, &changes(), &place.journals());
        recover(&RealDisk, &place.journals()).expect("recovered");
        assert!(!place.tree.join("new").exists(), "after {calls} calls");
    }
}

#[test]
fn a_file_that_moves_keeps_its_other_names() {
    let place = Place::new();
    let change = |after: &str| Change {
        path: "linked.rs".into(),
        moved_to: Some("there.rs".into()),
        before: Some(b"one\n".to_vec()),
        after: Some(after.into()),
        mode: None,
    };
    apply(&RealDisk, &place.root, &[change("two\n")], &place.journals()).expect("written");
    assert_eq!(fs::read(place.tree.join("other-name.rs")).expect("read"), b"two\n");
    let inode = |name: &str| fs::metadata(place.tree.join(name)).expect("there").ino();
    assert_eq!(inode("there.rs"), inode("other-name.rs"));
}

#[test]
fn two_names_of_one_file_are_not_both_changed() {
    let place = Place::new();
    let change = |path: &str, after: &str| Change {
        path: path.into(),
        moved_to: None,
        before: Some(b"one\n".to_vec()),
        after: Some(after.into()),
        mode: None,
    };
    let both = [change("linked.rs", "two\n"), change("other-name.rs", "three\n")];
    let result = apply(&RealDisk, &place.root, &both, &place.journals());
    assert!(matches!(result, Err(ApplyError::Forbidden(why)) if why.contains("two names of one file")));
    assert_eq!(fs::read(place.tree.join("linked.rs")).expect("read"), b"one\n");
}

#[test]
fn an_earlier_write_that_is_half_done_is_taken_back_before_the_next() {
    let place = Place::new();
    let before = place.files();
    let torn = (0..80).any(|calls| {
        let disk = Failing { left: AtomicUsize::new(calls), torn: true, plain: false };
        matches!(apply(&disk, &place.root, &changes(), &place.journals()), Err(ApplyError::Torn { .. }))
    });
    assert!(torn && place.files() != before);
    let one = Change {
        path: "gone.rs".into(),
        moved_to: None,
        before: Some(b"gone\n".to_vec()),
        after: Some(b"stays\n".to_vec()),
        mode: None,
    };
    apply(&RealDisk, &place.root, &[one], &place.journals()).expect("written");
    assert_eq!(fs::read(place.tree.join("src/a.rs")).expect("read"), b"a\r\nb");
    assert_eq!(fs::read(place.tree.join("gone.rs")).expect("read"), b"stays\n");
    assert_eq!(fs::read_dir(place.journals()).expect("listed").count(), 0);
}
