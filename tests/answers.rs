//! Answers as models write them, each with what must come out of it or why it is refused: the cases are data in
//! `tests/answers/`, and `tests/answers/README.md` says how they are written down.
//!
//! Every case goes through the code of `quarry edit --from`, whole and in pieces of many sizes; a sample goes through the
//! binary as well.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

#[path = "answers/case.rs"]
mod case;
mod common;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;
use std::sync::Arc;

use case::{Case, Expected, Tree};
use common::Home;
use quarry::command::{Attempt, Snapshot};
use quarry::edit::{Refused, Roots};

/// What an answer came to: the tree as it would be, and what was refused.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    tree: Tree,
    refused: Vec<Refused>,
}

/// Where an answer is cut into pieces.
enum Pieces {
    Whole,
    Characters,
    /// Of one to forty bytes, by a seed.
    Uneven(u64),
}

impl Pieces {
    fn of<'a>(&self, answer: &'a str) -> Vec<&'a str> {
        let mut seed = match self {
            Self::Whole => return vec![answer],
            Self::Characters => 0,
            Self::Uneven(seed) => *seed,
        };
        let mut pieces = Vec::new();
        let mut rest = answer;
        while !rest.is_empty() {
            // A linear congruential generator (Knuth, MMIX): the same pieces on every machine.
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let most = if matches!(self, Self::Characters) { 1 } else { 1 + (seed >> 33) as usize % 40 };
            let (piece, after) = rest.split_at(rest.ceil_char_boundary(most.min(rest.len())));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}

fn home(case: &Case) -> Home {
    let home = Home::empty();
    for (path, bytes) in &case.files {
        home.write(path, bytes);
    }
    home
}

fn outcome(case: &Case, home: &Home, pieces: &Pieces) -> Outcome {
    let roots = Arc::new(Roots::new(&[home.tree()], Vec::new()).unwrap());
    let mut attempt = Attempt::new(Snapshot::new(roots, case.shown.clone()), case.format);
    let mut changes = BTreeMap::new();
    let answer = String::from_utf8_lossy(&case.answer);
    for piece in pieces.of(&answer) {
        attempt.push(piece);
        // As on the screen: what is complete is taken while the rest still comes.
        changes.extend(attempt.changed());
    }
    attempt.stop();
    changes.extend(attempt.changed());
    let mut tree = case.files.clone();
    for change in changes.into_values().flatten() {
        assert_eq!(change.before.as_ref(), case.files.get(&change.path), "{}: what it was", case.name);
        tree.remove(&change.path);
        if let Some(after) = change.after {
            tree.insert(change.moved_to.unwrap_or(change.path), after);
        }
    }
    Outcome { tree, refused: attempt.refused().cloned().collect() }
}

/// What is wrong with an outcome, in words.
fn complaint(case: &Case, outcome: &Outcome) -> Option<String> {
    let shown = |tree: &Tree| {
        tree.iter().fold(String::new(), |text, (path, bytes)| {
            format!("{text}  {path}: {:?}\n", String::from_utf8_lossy(bytes))
        })
    };
    let told: Vec<&str> = outcome.refused.iter().map(|refused| refused.why.as_str()).collect();
    if outcome.tree != case.tree() {
        let (is, wanted) = (shown(&outcome.tree), shown(&case.tree()));
        return Some(format!("the tree is\n{is} and should be\n{wanted} refused: {told:?}"));
    }
    let wanted = case.refusals();
    if told.len() != wanted.len() {
        return Some(format!("refused {told:?}, and should be {wanted:?}"));
    }
    wanted.iter().zip(&outcome.refused).find_map(|(wanted, refused)| match wanted {
        Expected { why, .. } if !refused.why.contains(why) => {
            Some(format!("refused for {:?}, and should be for {why:?}", refused.why))
        }
        Expected { path: Some(path), .. } if refused.path.as_ref() != Some(path) => {
            Some(format!("refused for {:?}, and should be for {path}", refused.path))
        }
        Expected { near: Some(near), .. } => {
            let is = refused
                .nearest
                .as_ref()
                .map(|nearest| (nearest.line, nearest.differs.0.clone(), nearest.differs.1.clone()));
            (is.as_ref() != Some(near)).then(|| format!("nearest is {is:?}, and should be {near:?}"))
        }
        Expected { places, .. } if !places.is_empty() && *places != refused.places => {
            Some(format!("the places are {:?}, and should be {places:?}", refused.places))
        }
        Expected { .. } => None,
    })
}

fn report(wrong: &[String], of: usize) {
    assert!(wrong.is_empty(), "{} of {of} cases are wrong:\n\n{}\n", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_answer_comes_to_what_is_written_down_for_it() {
    let cases = case::all();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let home = home(case);
            let whole = outcome(case, &home, &Pieces::Whole);
            let told = complaint(case, &whole)?;
            Some(format!("{}:{}: {}\n {told}", case.file, case.line, case.name))
        })
        .collect();
    report(&wrong, cases.len());
}

#[test]
fn how_an_answer_is_split_does_not_change_what_it_comes_to() {
    let cases = case::all();
    for case in &cases {
        let home = home(case);
        let whole = outcome(case, &home, &Pieces::Whole);
        for pieces in [Pieces::Characters, Pieces::Uneven(1), Pieces::Uneven(2), Pieces::Uneven(3)] {
            assert_eq!(outcome(case, &home, &pieces), whole, "{}:{}: {}", case.file, case.line, case.name);
        }
    }
}

#[test]
fn there_are_hundreds_of_cases_and_each_has_a_name_of_its_own() {
    let cases = case::all();
    assert!(cases.len() >= 300, "only {}", cases.len());
    let mut names = std::collections::BTreeSet::new();
    let mut bodies = std::collections::BTreeSet::new();
    for case in &cases {
        assert!(names.insert(&case.name), "{}:{}: {} is there twice", case.file, case.line, case.name);
        assert!(
            bodies.insert((&case.answer, &case.files, case.format.name(), &case.shown)),
            "{}: {} has the answer and the files of another case",
            case.file,
            case.name
        );
    }
}

/// Which cases go through the binary.
const EVERY: usize = 7;

#[test]
fn the_binary_writes_what_came_out_and_nothing_where_anything_was_refused() {
    let cases = case::all();
    for case in cases.iter().step_by(EVERY) {
        let home = home(case);
        let format = ["--format", case.format.name()];
        let mut child = home
            .quarry()
            .args(["edit", "--from", "-", "--apply", "--all", "do it"])
            .args(format)
            .args(case.shown.iter().flatten())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&case.answer).unwrap();
        let output = child.wait_with_output().unwrap();
        let told = format!("{}: {}", case.name, String::from_utf8_lossy(&output.stderr));
        let (tree, code) = match (case.refusals().is_empty(), case.tree() == case.files) {
            (false, _) => (case.files.clone(), 1),
            (true, true) => (case.files.clone(), 3),
            (true, false) => (case.tree(), 0),
        };
        assert_eq!(output.status.code(), Some(code), "{told}");
        for path in tree.keys().chain(case.files.keys()) {
            let is = std::fs::read(home.tree().join(path)).ok();
            assert_eq!(is.as_ref(), tree.get(path), "{path} of {told}");
        }
    }
}
