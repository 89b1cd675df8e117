//! The program ends, or the disk fails, at each of its calls: all files of an edit are written, or none.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use quarry::command::WriteError;
use quarry::edit::{ApplyError, EditFormat, RealDisk};

use crate::disk::{Fault, Faulty};
use crate::files::{CODINGS, Ends, Last, Recipe};
use crate::stage::{Stage, Stands, files, until_crash};

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// More calls than any of these writes makes.
const MOST_CALLS: usize = 200;

fn recipe(number: usize) -> Recipe {
    let last = if number.is_multiple_of(2) { Last::Open } else { Last::Ended };
    let ends = [Ends::Mixed, Ends::CrLf, Ends::Lf][number % 3];
    Recipe { coding: CODINGS[number % CODINGS.len()], ends, last, lines: 12, seed: 7 + number as u64 }
}

/// A tree with a file of every kind.
fn planted(number: usize) -> Stage {
    let stage = Stage::new();
    let recipe = recipe(number);
    for path in ["src/a.txt", "linked.txt", "src/real.txt", "gone.txt", "old.txt", "same.txt", "both.txt"] {
        stage.put(path, &recipe.bytes());
    }
    for (path, other) in [("linked.txt", "other-name.txt"), ("both.txt", "src/both-too.txt")] {
        fs::hard_link(stage.tree.join(path), stage.tree.join(other)).unwrap();
    }
    stage.link("src/real.txt", "link.txt");
    stage.link("src", "in");
    stage.mode("src/a.txt", 0o750);
    stage.mode("gone.txt", 0o604);
    stage.mode("old.txt", 0o711);
    stage
}

/// An answer that updates, adds, moves and deletes.
fn answer(number: usize) -> String {
    let recipe = recipe(number);
    let update = |path: &str| {
        let patch = recipe.answer(EditFormat::ApplyPatch, path);
        let body = patch.strip_prefix("*** Begin Patch\n").unwrap().strip_suffix("*** End Patch\n").unwrap();
        body.to_owned()
    };
    let moved = |path: &str, to: &str| {
        let head = format!("*** Update File: {path}\n");
        update(path).replace(&head, &format!("{head}*** Move to: {to}\n"))
    };
    let parts = [
        update("src/a.txt"),
        "*** Add File: new/deep/n.txt\n+new\n".to_owned(),
        update("linked.txt"),
        update("link.txt"),
        "*** Delete File: gone.txt\n".to_owned(),
        moved("old.txt", "there/old.txt"),
        moved("both.txt", "there/both.txt"),
        "*** Update File: same.txt\n*** Move to: there/same.txt\n".to_owned(),
    ];
    format!("*** Begin Patch\n{}*** End Patch\n", parts.concat())
}

type All = BTreeMap<PathBuf, Stands>;

/// The tree before and after the write.
fn both(number: usize) -> (All, All) {
    let stage = planted(number);
    let before = stage.all();
    let mut draft = stage.accepted(EditFormat::ApplyPatch, &answer(number));
    stage.write(&mut draft, &RealDisk).unwrap();
    whole(&stage);
    (before, stage.all())
}

/// Links of both kinds are what they were.
fn whole(stage: &Stage) {
    let inode = |path: &str| fs::metadata(stage.tree.join(path)).ok().map(|meta| meta.ino());
    assert_eq!(inode("linked.txt"), inode("other-name.txt"));
    assert_eq!(inode("both.txt").or(inode("there/both.txt")), inode("src/both-too.txt"));
    assert_eq!(inode("link.txt"), inode("src/real.txt"));
}

fn crashes() -> [fn() -> Fault; 3] {
    [|| Fault::CrashBefore, || Fault::CrashAfter, || Fault::CrashWithin]
}

fn failures() -> [fn() -> Fault; 5] {
    [
        || Fault::Fails(EIO),
        || Fault::Fails(ENOSPC),
        || Fault::FailsAfter(EIO),
        || Fault::FailsWithin(ENOSPC),
        || Fault::FailsForever(EIO),
    ]
}

#[test]
fn an_edit_of_many_files_keeps_links_modes_and_every_other_byte() {
    for number in 0..CODINGS.len() {
        let (before, after) = both(number);
        let recipe = recipe(number);
        let stands = |all: &All, path: &str| all.get(&PathBuf::from(path)).cloned();
        assert_eq!(stands(&after, "new/deep/n.txt"), Some(Stands::File(b"new\n".to_vec(), 0o644)));
        assert_eq!((stands(&after, "gone.txt"), stands(&after, "old.txt")), (None, None));
        assert_eq!(stands(&after, "there/same.txt"), stands(&before, "same.txt"));
        assert_eq!(stands(&after, "link.txt"), stands(&before, "link.txt"));
        assert_eq!(stands(&after, "linked.txt"), stands(&after, "other-name.txt"));
        let Some(Stands::File(a, mode)) = stands(&after, "src/a.txt") else { panic!("{recipe:?}") };
        let Some(Stands::File(old, moved)) = stands(&after, "there/old.txt") else { panic!("{recipe:?}") };
        assert_eq!((mode, moved, &a), (0o750, 0o711, &old));
        let Some(Stands::File(real, _)) = stands(&after, "src/real.txt") else { panic!("{recipe:?}") };
        assert_eq!(a, real);
    }
}

#[test]
fn a_crash_at_any_call_of_a_write_leaves_all_or_nothing() {
    for (number, crash) in crashes().into_iter().enumerate() {
        let (before, after) = both(number);
        let mut wholes = 0;
        for at in 0..MOST_CALLS {
            let stage = planted(number);
            let mut draft = stage.accepted(EditFormat::ApplyPatch, &answer(number));
            let disk = Faulty::new(at, crash());
            let done = until_crash(|| stage.write(&mut draft, &disk).unwrap());
            stage.start();
            whole(&stage);
            let now = stage.all();
            let written = now == after;
            assert!(written || now == before, "call {at} of {number}: {:#?}", difference(&now, &before));
            assert_eq!(
                stage.history.next().0.is_some(),
                written,
                "what is undone is what was written, call {at}"
            );
            if written {
                wholes += 1;
                stage.undo();
                assert_eq!(files(&stage.all()), files(&before), "call {at} of {number}");
                stage.redo();
                assert_eq!(files(&stage.all()), files(&after), "call {at} of {number}");
                whole(&stage);
            }
            if done.is_some() {
                assert!(!disk.happened() && wholes > 1 && at > 40, "{at} calls");
                break;
            }
        }
    }
}

#[test]
fn a_crash_at_any_call_of_taking_back_leaves_all_or_nothing() {
    for (number, crash) in crashes().into_iter().enumerate() {
        let (before, after) = both(number + 3);
        for at in 0..MOST_CALLS {
            let stage = planted(number + 3);
            let mut draft = stage.accepted(EditFormat::ApplyPatch, &answer(number + 3));
            stage.write(&mut draft, &RealDisk).unwrap();
            let disk = Faulty::new(at, crash());
            let done = until_crash(|| stage.history.undo(&disk, &stage.roots).unwrap());
            stage.start();
            let now = files(&stage.all());
            assert!(
                now == files(&before) || now == files(&after),
                "call {at}: {:#?}",
                difference(&now, &before)
            );
            // Whatever came of it, taking back goes on from there, and back again.
            if done.is_none() {
                stage.undo();
            }
            assert_eq!(files(&stage.all()), files(&before), "call {at}");
            whole(&stage);
            let again = Faulty::new(at, crash());
            let redone = until_crash(|| stage.history.redo(&again, &stage.roots).unwrap());
            stage.start();
            if redone.is_none() {
                stage.redo();
            }
            assert_eq!(files(&stage.all()), files(&after), "call {at}");
            if done.is_some() {
                break;
            }
        }
    }
}

#[test]
fn a_disk_that_fails_at_any_call_leaves_everything_as_it_was() {
    for (number, fault) in failures().into_iter().enumerate() {
        let (before, after) = both(number + 4);
        for at in 0..MOST_CALLS {
            let stage = planted(number + 4);
            let mut draft = stage.accepted(EditFormat::ApplyPatch, &answer(number + 4));
            let disk = Faulty::new(at, fault());
            let result = stage.write(&mut draft, &disk);
            match &result {
                Ok(_) => assert_eq!(files_of_theirs(&stage), after, "call {at} of {number}"),
                // The disk fails for good: the next start does the rest.
                Err(WriteError::Apply(ApplyError::Torn { .. })) => {}
                Err(error) => {
                    assert!(error.to_string().contains("nothing was written"), "call {at}: {error}");
                    assert_eq!(
                        files(&files_of_theirs(&stage)),
                        files(&before),
                        "call {at} of {number}: {error}"
                    );
                }
            }
            stage.start();
            whole(&stage);
            let expected = if result.is_ok() { &after } else { &before };
            let now = stage.all();
            assert!(now == *expected, "call {at} of {number}: {result:?} {:#?}", difference(&now, expected));
            if result.is_ok() && !disk.happened() {
                break;
            }
        }
    }
}

/// Everything but what waits to be removed at the next start.
fn files_of_theirs(stage: &Stage) -> All {
    stage.all().into_iter().filter(|(path, _)| !path.to_string_lossy().contains(".quarry-")).collect()
}

fn difference(now: &All, then: &All) -> Vec<(PathBuf, Option<Stands>, Option<Stands>)> {
    let paths = now.keys().chain(then.keys()).filter(|path| now.get(*path) != then.get(*path));
    paths.map(|path| (path.clone(), now.get(path).cloned(), then.get(path).cloned())).collect()
}
