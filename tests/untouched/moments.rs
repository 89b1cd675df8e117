//! Somebody else changes a file meanwhile: before the answer, before review, before the write, and at each call of the write.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;
use quarry::command::{Draft, WriteError};
use quarry::domain::{Decision, Hunks};
use quarry::edit::{ApplyError, EditFormat, RealDisk};

use crate::disk::{Fault, Faulty};
use crate::files::{CODINGS, Dice, Ends, Last, Recipe};
use crate::stage::{Stage, accept_all, scan, until_crash};
use crate::{FORMATS, cases, recipes};

/// When it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Answer,
    Review,
    Write,
}

fn resolve(draft: &mut Draft, decision: Decision) {
    let conflicts: Vec<u32> =
        draft.hunks().filter(|hunk| hunk.conflict.is_some()).map(|hunk| hunk.id).collect();
    for id in conflicts {
        draft.decide(&Hunks::One(quarry::domain::HunkId(id)), decision);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(120)) })]

    #[test]
    fn nothing_is_written_over_what_somebody_else_wrote(
        recipe in recipes(),
        format in 0..FORMATS.len(),
        moment in prop_oneof![Just(Moment::Answer), Just(Moment::Review), Just(Moment::Write)],
        seed in any::<u64>(),
    ) {
        let (before, format) = (recipe.bytes(), FORMATS[format]);
        let mut dice = Dice::new(seed);
        let theirs = match dice.below(4) {
            0 => recipe.longer(),
            _ => recipe.changed(dice.below(recipe.lines)),
        };
        let stage = Stage::with("a.txt", &before);
        let change = |now: Moment| {
            if now == moment {
                stage.put("a.txt", &theirs);
            }
        };
        change(Moment::Answer);
        let answer = recipe.answer(format, "a.txt");
        let mut draft = stage.propose_as_read(format, &answer, &[("a.txt", &before)]);
        prop_assert_eq!(&draft.refused, &[]);
        change(Moment::Review);
        accept_all(&mut draft);
        change(Moment::Write);
        match stage.write(&mut draft, &RealDisk) {
            Err(WriteError::Moved { .. }) => {}
            Err(WriteError::Nothing) => return Ok(()),
            other => panic!("{other:?}"),
        }
        prop_assert_eq!(&stage.bytes("a.txt"), &theirs, "it is shown again before anything is written");
        if draft.hunks().any(|hunk| hunk.conflict.is_some()) {
            let undecided = matches!(stage.write(&mut draft, &RealDisk), Err(WriteError::Undecided { .. }));
            prop_assert!(undecided);
            prop_assert_eq!(&stage.bytes("a.txt"), &theirs);
            resolve(&mut draft, if dice.below(2) == 0 { Decision::Accepted } else { Decision::Rejected });
        }
        let shown = draft.proposed();
        match stage.write(&mut draft, &RealDisk) {
            Ok(_) => {}
            Err(WriteError::Nothing) => {
                prop_assert_eq!(&stage.bytes("a.txt"), &theirs);
                return Ok(());
            }
            Err(error) => panic!("{error}"),
        }
        let now = stage.bytes("a.txt");
        if let Err(why) = recipe.untouched(&theirs, &shown, &now) {
            panic!("{why}\ntheirs {theirs:x?}\nnow    {now:x?}\n{shown:#?}");
        }
        stage.undo();
        prop_assert_eq!(stage.bytes("a.txt"), theirs);
        stage.redo();
        prop_assert_eq!(stage.bytes("a.txt"), now);
    }
}

fn recipe(number: usize) -> Recipe {
    Recipe {
        coding: CODINGS[number % CODINGS.len()],
        ends: [Ends::Lf, Ends::Mixed, Ends::CrLf][number % 3],
        last: Last::Open,
        lines: 16,
        seed: 3 + number as u64,
    }
}

/// How somebody else writes.
type Writes = fn(&PathBuf, &[u8]);

const WAYS: [Writes; 3] = [
    // In place.
    |path, bytes| fs::write(path, bytes).unwrap(),
    // By a rename, as editors do.
    |path, bytes| {
        let fresh = path.with_file_name("theirs.tmp");
        fs::write(&fresh, bytes).unwrap();
        fs::rename(fresh, path).unwrap();
    },
    // After removing it.
    |path, bytes| {
        let _ = fs::remove_file(path);
        fs::write(path, bytes).unwrap();
    },
];

/// Writes an edit of two files, of which somebody else writes one just before a call. True where it came so far.
fn meanwhile(number: usize, at: usize, answer: &str, path: &str) -> bool {
    let recipe = recipe(number);
    let stage = Stage::with("a.txt", &recipe.bytes());
    stage.put("b.txt", &recipe.bytes());
    let others = stage.all();
    let mut draft = stage.accepted(EditFormat::ApplyPatch, answer);
    let theirs = recipe.changed(9);
    let (place, bytes, writes) = (stage.tree.join(path), theirs.clone(), WAYS[(number + at) % WAYS.len()]);
    let disk = Faulty::new(at, Fault::Meanwhile(Box::new(move || writes(&place, &bytes))));
    let result = stage.write(&mut draft, &disk);
    stage.start();
    if !disk.happened() {
        assert!(result.is_ok(), "{result:?}");
        return false;
    }
    // Who writes to the new name of a file that is being moved, in that very moment, finds it under its old one again.
    let lies = |path: &str| fs::read(stage.tree.join(path)).is_ok_and(|bytes| bytes == theirs);
    assert!(lies(path) || path == "c.txt" && lies("a.txt"), "call {at}: {result:?} {:?}", stage.all());
    let told = match &result {
        Ok(_) => true,
        Err(error) => error.to_string().contains("changed"),
    };
    assert!(told, "{result:?}");
    if result.is_err() {
        let kept = |all: std::collections::BTreeMap<PathBuf, crate::stage::Stands>| {
            let theirs = |other: &PathBuf| [path, "a.txt"].iter().any(|theirs| other.as_os_str() == *theirs);
            all.into_iter().filter(|(other, _)| !theirs(other)).collect::<Vec<_>>()
        };
        assert_eq!(kept(stage.all()), kept(others), "call {at}: all or nothing");
    }
    true
}

#[test]
fn whoever_writes_at_any_call_of_a_write_loses_nothing() {
    for number in 0..CODINGS.len() {
        let patch = recipe(number).answer(EditFormat::ApplyPatch, "a.txt");
        let patch = patch.strip_suffix("*** End Patch\n").unwrap();
        let other = recipe(number).answer(EditFormat::ApplyPatch, "b.txt");
        let answer = patch.to_owned() + other.strip_prefix("*** Begin Patch\n").unwrap();
        let calls = (0..120).find(|at| !meanwhile(number, *at, &answer, "a.txt")).unwrap();
        assert!(calls > 15, "{calls}");
    }
}

#[test]
fn whoever_writes_a_file_that_is_made_moved_or_deleted_loses_nothing() {
    let add = "*** Begin Patch\n*** Add File: new.txt\n+new\n*** Delete File: b.txt\n*** End Patch\n";
    let delete = "*** Begin Patch\n*** Delete File: a.txt\n*** Delete File: b.txt\n*** End Patch\n";
    let moved = "*** Begin Patch\n*** Update File: a.txt\n*** Move to: c.txt\n*** Delete File: b.txt\n*** End Patch\n";
    for (number, (answer, path)) in
        [(add, "new.txt"), (delete, "a.txt"), (moved, "a.txt"), (moved, "c.txt")].iter().enumerate()
    {
        assert!((0..80).find(|at| !meanwhile(number, *at, answer, path)).unwrap() > 8, "{answer}");
    }
}

#[test]
fn what_somebody_else_writes_between_a_crash_and_the_next_start_stays() {
    for at in 0..60 {
        let recipe = recipe(at);
        let stage = Stage::with("a.txt", &recipe.bytes());
        let answer = recipe.answer(EditFormat::Udiff, "a.txt");
        let mut draft = stage.accepted(EditFormat::Udiff, &answer);
        let crash = if at % 2 == 0 { Fault::CrashBefore } else { Fault::CrashAfter };
        let disk = Faulty::new(at / 2, crash);
        if until_crash(|| stage.write(&mut draft, &disk)).is_some() {
            return;
        }
        stage.put("a.txt", &recipe.changed(2));
        stage.start();
        assert_eq!(stage.bytes("a.txt"), recipe.changed(2), "call {at}");
    }
    panic!("so many calls are enough");
}

#[test]
fn a_link_that_is_put_in_the_way_at_any_call_leads_nowhere() {
    for at in 0..80 {
        let recipe = recipe(at);
        let stage = Stage::with("sub/a.txt", &recipe.bytes());
        let outside = stage.folder.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("a.txt"), recipe.bytes()).unwrap();
        let (before, secrets) = (stage.all(), scan(&outside));
        let patch = recipe.answer(EditFormat::ApplyPatch, "sub/a.txt");
        let answer = patch.replace("*** End Patch\n", "*** Add File: sub/new/n.txt\n+new\n*** End Patch\n");
        let mut draft = stage.accepted(EditFormat::ApplyPatch, &answer);
        let (tree, target) = (stage.tree.clone(), outside.clone());
        let swap = Arc::new(move || {
            fs::rename(tree.join("sub"), tree.join("aside")).unwrap();
            std::os::unix::fs::symlink(&target, tree.join("sub")).unwrap();
        });
        let disk = Faulty::new(at, Fault::Meanwhile(Box::new(move || swap())));
        let result = stage.write(&mut draft, &disk);
        assert_eq!(scan(&outside), secrets, "call {at}: {result:?}");
        if !disk.happened() {
            assert!(result.is_ok());
            return;
        }
        fs::remove_file(stage.tree.join("sub")).unwrap();
        fs::rename(stage.tree.join("aside"), stage.tree.join("sub")).unwrap();
        stage.start();
        let refused = matches!(
            result,
            Err(WriteError::Apply(
                ApplyError::Disk { .. }
                    | ApplyError::Torn { .. }
                    | ApplyError::Changed(_)
                    | ApplyError::Forbidden(_)
            ))
        );
        assert!(result.is_ok() || refused, "{result:?}");
        assert!(result.is_ok() || stage.all() == before, "call {at}: {result:?}");
    }
    panic!("so many calls are enough");
}
