//! Bytes that nobody accepted a change of: they stay, whatever the file is like, whatever is decided, wherever the program
//! ends and whoever else writes meanwhile.
//!
//! Every case goes the whole way: a model's answer, its proposal, decisions on hunks, the write, taking it back and writing
//! it again. `PROPTEST_CASES` makes it look longer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

#[path = "untouched/crashes.rs"]
mod crashes;
#[path = "untouched/disk.rs"]
mod disk;
#[path = "untouched/files.rs"]
mod files;
#[path = "untouched/moments.rs"]
mod moments;
#[path = "untouched/refusals.rs"]
mod refusals;
#[path = "untouched/service.rs"]
mod service;
#[path = "untouched/stage.rs"]
mod stage;

use proptest::prelude::*;
use quarry::command::{Draft, WriteError};
use quarry::domain::{Decision, HunkId, Hunks};
use quarry::edit::{EditFormat, RealDisk};

use files::{CODINGS, Dice, ENDS, Last, Recipe};
use stage::{Stage, accept_all};

const FORMATS: [EditFormat; 5] = [
    EditFormat::SearchReplace,
    EditFormat::ApplyPatch,
    EditFormat::Udiff,
    EditFormat::Whole,
    EditFormat::Tool,
];

fn recipes() -> impl Strategy<Value = Recipe> {
    let last = prop_oneof![Just(Last::Ended), Just(Last::Open)];
    (0..CODINGS.len(), 0..ENDS.len(), last, 2_usize..30, any::<u64>()).prop_map(
        |(coding, ends, last, lines, seed)| Recipe {
            coding: CODINGS[coding],
            ends: ENDS[ends],
            last,
            lines,
            seed,
        },
    )
}

/// Accepts some hunks, rejects others and leaves the rest, as the dice fall; cuts one in two now and then.
fn decide(draft: &mut Draft, dice: &mut Dice) {
    let long = draft.hunks().find(|hunk| hunk.hunk.old.len() + hunk.hunk.new.len() > 2).map(|hunk| hunk.id);
    if let Some(id) = long.filter(|_| dice.below(2) == 0) {
        let line = dice.below(3);
        let (file, names) = draft.holder(HunkId(id)).unwrap();
        let _ = file.split(id, line + 1, names);
    }
    let ids: Vec<u32> = draft.hunks().map(|hunk| hunk.id).collect();
    for id in ids {
        let decision =
            [Decision::Accepted, Decision::Accepted, Decision::Rejected, Decision::Undecided][dice.below(4)];
        draft.decide(&Hunks::One(HunkId(id)), decision);
    }
}

fn any_accepted(draft: &Draft) -> bool {
    draft.hunks().any(|hunk| hunk.decision == Decision::Accepted)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        max_global_rejects: cases(160).max(1_024),
        ..ProptestConfig::with_cases(cases(160))
    })]

    #[test]
    fn bytes_outside_of_accepted_hunks_are_identical(recipe in recipes(), format in 0..FORMATS.len(), seed in any::<u64>()) {
        let before = recipe.bytes();
        let stage = Stage::with("src/a.txt", &before);
        let mut draft = stage.propose(FORMATS[format], &recipe.answer(FORMATS[format], "src/a.txt"));
        prop_assert_eq!(&draft.refused, &[]);
        let mut dice = Dice::new(seed);
        decide(&mut draft, &mut dice);
        prop_assume!(any_accepted(&draft));
        let shown = draft.proposed();
        match stage.write(&mut draft, &RealDisk) {
            Ok(_) => {}
            // Pieces of a hunk that was cut may add up to what stands there.
            Err(WriteError::Nothing) => return Ok(()),
            Err(error) => panic!("{error}"),
        }
        let written = stage.bytes("src/a.txt");
        if let Err(why) = recipe.untouched(&before, &shown, &written) {
            panic!("{why}\nbefore {before:x?}\nnow    {written:x?}\n{shown:#?}");
        }
        stage.undo();
        prop_assert_eq!(stage.bytes("src/a.txt"), before.clone());
        stage.redo();
        prop_assert_eq!(stage.bytes("src/a.txt"), written.clone());
        // What is left of the edit stands on the new bytes, by the same rule.
        accept_all(&mut draft);
        let rest = draft.proposed();
        if any_accepted(&draft) && stage.write(&mut draft, &RealDisk).is_ok() {
            let more = stage.bytes("src/a.txt");
            if let Err(why) = recipe.untouched(&written, &rest, &more) {
                panic!("{why}\nbefore {written:x?}\nnow    {more:x?}\n{rest:#?}");
            }
            stage.undo();
            prop_assert_eq!(stage.bytes("src/a.txt"), written);
            stage.undo();
            prop_assert_eq!(stage.bytes("src/a.txt"), before);
        }
    }

    #[test]
    fn what_is_rejected_or_undecided_writes_nothing(recipe in recipes(), format in 0..FORMATS.len()) {
        let before = recipe.bytes();
        let stage = Stage::with("a.txt", &before);
        let mut draft = stage.propose(FORMATS[format], &recipe.answer(FORMATS[format], "a.txt"));
        prop_assert!(matches!(stage.write(&mut draft, &RealDisk), Err(WriteError::Nothing)));
        draft.decide(&Hunks::All, Decision::Rejected);
        prop_assert!(matches!(stage.write(&mut draft, &RealDisk), Err(WriteError::Nothing)));
        prop_assert_eq!(stage.bytes("a.txt"), before);
        prop_assert_eq!(stage.history.next(), (None, None));
    }
}

/// So many cases, unless the environment says how many.
fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}
