//! Tests of attempts: what streams in, what is asked again, and when that ends.

use super::*;
use crate::llm::ToolPiece;

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
fn a_model_that_was_asked_for_whole_files_may_answer_by_what_differs() {
    let fenced = format!("Here:\n\n```\n{}```\n", block("one", "1"));
    for answer in [block("one", "1"), fenced, "--- a/a.rs\n+++ b/a.rs\n@@ -1 +1 @@\n-one\n+1\n".to_owned()] {
        let mut attempt = Attempt::asked_for(One("one\ntwo\n"), EditFormat::Whole);
        attempt.push(&answer);
        assert_eq!(attempt.finish(), Next::Done, "{answer}");
        assert_eq!(after(&mut attempt), "1\ntwo\n", "{answer}");
        assert_eq!(attempt.refused().count(), 0);
    }
    let mut attempt = Attempt::asked_for(One("one\ntwo\n"), EditFormat::Whole);
    attempt.push("a.rs\n```\n<<<<<<< SEARCH\none\n```\n");
    attempt.finish();
    assert_eq!(after(&mut attempt), "<<<<<<< SEARCH\none\n", "a whole file is one, whatever it says");
}

#[test]
fn what_a_limit_cut_is_refused_and_asked_for_again() {
    let diff = "--- a/a.rs\n+++ b/a.rs\n@@ -1,2 +1,2 @@\n-one\n-two\n+1\n";
    let mut attempt = Attempt::asked_for(One("one\ntwo\n"), EditFormat::Udiff);
    attempt.push(diff);
    attempt.cut(Cut::Limit);
    let Next::Again { told, .. } = attempt.finish() else { panic!("expected another try") };
    assert!(told.text.contains("what it had still to say is missing"), "{}", told.text);
    assert_eq!(attempt.changed(), [], "half a diff would delete a line");
    attempt.push(&format!("{diff}+2\n"));
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(after(&mut attempt), "1\n2\n");
    assert_eq!(attempt.refused().count(), 0);
}

#[test]
fn blocks_that_were_complete_before_the_cut_are_kept_and_the_cut_is_told() {
    let mut attempt = Attempt::asked_for(One("one\ntwo\n"), EditFormat::SearchReplace);
    attempt.push(&block("one", "1"));
    attempt.cut(Cut::Limit);
    assert!(matches!(attempt.finish(), Next::Again { .. }));
    attempt.push("That was all.");
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(after(&mut attempt), "1\ntwo\n");
    let told: Vec<(String, bool)> =
        attempt.refused().map(|part| (part.why.clone(), part.broke_off)).collect();
    assert_eq!(told, [(Cut::Limit.why(), true)], "nobody knows what is missing");
}

#[test]
fn what_found_no_place_before_the_cut_is_told_from_what_was_cut() {
    let mut attempt = Attempt::new(One("one\ntwo\n"), EditFormat::SearchReplace);
    attempt.push(&(block("nowhere", "1") + &block("one", "1") + "a.rs\n<<<<<<< SEARCH\ntwo\n=======\n2"));
    attempt.cut(Cut::Lost("connection reset".into()));
    attempt.stop();
    assert_eq!(after(&mut attempt), "1\ntwo\n", "half a block is never taken");
    let told: Vec<_> = attempt.refused().map(|part| (part.wanted.join(""), part.broke_off)).collect();
    assert_eq!(told, [("nowhere".into(), false), (String::new(), true)]);
    assert!(attempt.refused().last().expect("a part").why.contains("(connection reset)"));
}

#[test]
fn a_refused_part_is_handed_back_with_its_diagnosis_and_taken_when_mended() {
    let mut attempt = Attempt::new(One("one\ntwo\nthree\n"), EditFormat::SearchReplace);
    attempt.push(&(block("one", "1") + &block("two\nthre", "2")));
    let Next::Again { answer, told } = attempt.finish() else { panic!("expected another try") };
    assert!(answer.text.contains("thre"));
    let told = told.text;
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
    attempt.cut(Cut::Stopped);
    attempt.stop();
    assert_eq!(after(&mut attempt), "1\ntwo\n");
    let told: Vec<_> = attempt.refused().map(|part| (part.path.as_deref(), part.broke_off)).collect();
    assert_eq!(told, [(Some("a.rs"), true)], "the file in which it broke off is known");
    assert_eq!(attempt.refused().next().map(|part| part.why.as_str()), Some(&*Cut::Stopped.why()));
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

/// One call in two pieces, as protocols stream them.
fn call(attempt: &mut Attempt<One>, nth: u32, name: &str, arguments: &serde_json::Value) -> bool {
    let text = arguments.to_string();
    let (begin, rest) = text.split_at(text.len() / 2);
    let id = format!("c{nth}");
    let begun = ToolPiece { nth, id, name: name.into(), arguments: begin.into(), signature: None };
    assert!(!attempt.call(begun), "half of it is nothing");
    attempt.call(ToolPiece { nth, arguments: rest.into(), ..ToolPiece::default() })
}

fn edit(attempt: &mut Attempt<One>, nth: u32, old: &str, new: &str) -> bool {
    let arguments = serde_json::json!({"path": "a.rs", "old_string": old, "new_string": new});
    call(attempt, nth, "edit_file", &arguments)
}

#[test]
fn hunks_appear_as_calls_are_complete_and_the_end_says_why() {
    let mut attempt = Attempt::calling(One("one\ntwo\n"));
    assert!(!attempt.push("I change both.\n```rust\nlet an = example;\n```\n"), "talk");
    assert!(edit(&mut attempt, 0, "one", "1"));
    assert_eq!(after(&mut attempt), "1\ntwo\n");
    assert!(edit(&mut attempt, 1, "two", "2"));
    assert_eq!(after(&mut attempt), "1\n2\n");
    call(&mut attempt, 2, "finish", &serde_json::json!({"why": "Figures are shorter."}));
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(attempt.refused().count(), 0);
    assert!(attempt.why().contains("Figures are shorter.") && attempt.why().contains("I change both."));
}

#[test]
fn every_call_gets_its_result_and_a_refused_one_its_diagnosis() {
    let mut attempt = Attempt::calling(One("one\ntwo\nthree\n"));
    edit(&mut attempt, 0, "one", "1");
    edit(&mut attempt, 1, "two\nthre!", "2");
    call(&mut attempt, 2, "finish", &serde_json::json!({}));
    let Next::Again { answer, told } = attempt.finish() else { panic!("expected another try") };
    assert_eq!(answer.calls.iter().map(|call| &*call.id).collect::<Vec<_>>(), ["c0", "c1", "c2"]);
    let texts: Vec<&str> = told.results.iter().map(|result| &*result.text).collect();
    assert_eq!((texts[0], texts[2], told.text.as_str()), ("Taken.", "Taken.", ""));
    assert!(texts[1].contains("you wrote `thre!`, the file has `three`"), "{texts:?}");
    assert!(texts[1].contains("Make this call again"), "{texts:?}");
    edit(&mut attempt, 0, "two\nthree", "2");
    assert_eq!(attempt.finish(), Next::Done, "it had finished");
    assert_eq!(after(&mut attempt), "1\n2\n");
    assert_eq!(attempt.refused().count(), 0);
}

#[test]
fn a_model_that_calls_one_by_one_is_let_go_on_until_it_is_done() {
    let mut attempt = Attempt::calling(One("one\ntwo\n"));
    edit(&mut attempt, 0, "one", "1");
    let Next::More { told, .. } = attempt.finish() else { panic!("expected more") };
    assert_eq!(&*told.results[0].text, "Taken.");
    edit(&mut attempt, 0, "two", "2");
    assert!(matches!(attempt.finish(), Next::More { .. }));
    attempt.push("All done.");
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(after(&mut attempt), "1\n2\n");
    assert_eq!(attempt.retry(), 0, "going on is no retry");
}

#[test]
fn a_call_that_fails_the_same_way_again_ends_it() {
    let mut attempt = Attempt::calling(One("one\n"));
    for expected in [true, false] {
        edit(&mut attempt, 0, "nowhere", "1");
        assert_eq!(matches!(attempt.finish(), Next::Again { .. }), expected);
    }
    assert_eq!((attempt.refused().count(), attempt.retry()), (1, 1));

    let mut attempt = Attempt::calling(One("one\n"));
    for expected in [true, false] {
        attempt.call(ToolPiece {
            id: "c".into(),
            name: "edit_file".into(),
            arguments: "{\"path\": \"a.rs\", ".into(),
            ..ToolPiece::default()
        });
        let next = attempt.finish();
        assert_eq!(matches!(next, Next::Again { .. }), expected, "{next:?}");
    }
    assert_eq!(attempt.refused().count(), 1);
}

#[test]
fn a_model_that_writes_its_changes_down_after_all_is_understood() {
    let mut attempt = Attempt::calling(One("one\n"));
    attempt.push(&block("one", "1"));
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(after(&mut attempt), "1\n");
    let mut attempt = Attempt::calling(One("one\n"));
    attempt.push("<tool_call>\n{\"name\": \"edit_file\", \"arguments\": {\"path\": \"a.rs\", \"old_string\": \"one\", \"new_string\": \"1\"}}\n</tool_call>\n");
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(after(&mut attempt), "1\n");
    let mut attempt = Attempt::calling(One("one\n"));
    attempt.push("Nothing to do; see:\n```rust\none\n```\n");
    assert_eq!(attempt.finish(), Next::Done);
    assert_eq!(attempt.changed(), []);
}
