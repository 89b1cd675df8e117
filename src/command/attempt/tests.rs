//! Tests of attempts: what streams in, what is asked again, and when that ends.

use super::*;

/// One file in memory.
struct One(&'static str);

impl Files for One {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok((path == "a.rs").then(|| self.0.as_bytes().to_vec()))
    }

    fn shown(&self) -> Option<&[String]> {
        None
    }
}

fn block(old: &str, new: &str) -> String {
    format!("a.rs\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n")
}

fn after(attempt: &mut Attempt<One>) -> String {
    let changed = attempt.changed();
    let [(_, Some(change))] = &changed[..] else { panic!("{changed:?}") };
    String::from_utf8(change.after.clone().expect("bytes")).expect("utf-8")
}

#[test]
fn hunks_appear_as_blocks_are_complete_whatever_the_split() {
    let answer = block("one", "1") + &block("two", "2");
    let mut attempt = Attempt::new(One("one\ntwo\n"), EditFormat::SearchReplace);
    let mut completed = Vec::new();
    for (at, c) in answer.char_indices() {
        if attempt.push(&c.to_string()) {
            completed.push((at, after(&mut attempt)));
        }
    }
    assert_eq!(completed.len(), 2);
    assert_eq!(completed[0].1, "1\ntwo\n");
    assert_eq!(completed[1].1, "1\n2\n");
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(attempt.changed(), [], "nothing new since");
}

#[test]
fn a_refused_part_is_handed_back_with_its_diagnosis_and_taken_when_mended() {
    let mut attempt = Attempt::new(One("one\ntwo\nthree\n"), EditFormat::SearchReplace);
    attempt.push(&(block("one", "1") + &block("two\nthre", "2")));
    let Next::Again { answer, told } = attempt.finish() else { panic!("expected another try") };
    assert!(answer.contains("thre"));
    assert!(told.contains("One of your changes was applied"), "{told}");
    assert!(told.contains("you wrote `thre`, the file has `three`"), "{told}");
    assert_eq!(attempt.retry(), 1);
    attempt.push(&block("two\nthree", "2"));
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(after(&mut attempt), "1\n2\n");
    assert_eq!(attempt.refused().count(), 0);
}

#[test]
fn the_same_failure_is_never_handed_back_twice() {
    let mut attempt = Attempt::new(One("one\n"), EditFormat::SearchReplace);
    attempt.push(&block("nowhere", "1"));
    assert!(matches!(attempt.finish(), Next::Again { .. }));
    attempt.push(&format!("Sorry.\n\n{}", block("nowhere", "2")));
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(attempt.refused().count(), 1);
    assert_eq!(attempt.retry(), 1);
}

#[test]
fn what_was_taken_and_is_sent_again_is_no_failure() {
    let answer = block("one", "1") + &block("nowhere", "2");
    let mut attempt = Attempt::new(One("one\ntwo\n"), EditFormat::SearchReplace);
    attempt.push(&answer);
    assert!(matches!(attempt.finish(), Next::Again { .. }));
    attempt.push(&answer);
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(attempt.refused().map(|refused| refused.wanted.join("")).collect::<Vec<_>>(), ["nowhere"]);
}

#[test]
fn different_failures_are_handed_back_twice_at_most() {
    let mut attempt = Attempt::new(One("one\n"), EditFormat::SearchReplace);
    for (at, wanted) in ["x", "y", "z"].into_iter().enumerate() {
        attempt.push(&block(wanted, "1"));
        assert_eq!(matches!(attempt.finish(), Next::Again { .. }), at < 2, "{wanted}");
    }
    assert_eq!(attempt.refused().map(|refused| refused.wanted.join("")).collect::<Vec<_>>(), ["z"]);
}

#[test]
fn what_was_stopped_keeps_what_is_complete_and_says_what_is_not() {
    let mut attempt = Attempt::new(One("one\ntwo\n"), EditFormat::SearchReplace);
    attempt.push("Both.\n");
    attempt.push(&block("one", "1"));
    attempt.push("a.rs\n<<<<<<< SEARCH\ntwo\n");
    attempt.stop();
    assert_eq!(after(&mut attempt), "1\ntwo\n");
    assert!(attempt.refused().next().expect("a refusal").why.contains("======="));
    assert_eq!(attempt.why(), "Both.");
}

#[test]
fn what_the_model_does_not_answer_again_stays_refused() {
    let mut attempt = Attempt::new(One("one\n"), EditFormat::SearchReplace);
    attempt.push(&block("nowhere", "1"));
    assert!(matches!(attempt.finish(), Next::Again { .. }));
    attempt.push("I cannot find it either.\n");
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(attempt.refused().count(), 1);
}
