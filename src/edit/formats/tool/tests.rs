//! Tests of calls: as they stream, as services write them down, and what cannot be read.

use proptest::prelude::*;
use serde_json::json;

use super::super::{EditFormat, read};
use super::*;
use crate::edit::directive::{Directive, Everywhere, Novelty};

fn within(path: &str, old: &str, new: &str) -> Directive {
    let (path, old, new) = (path.to_owned(), old.to_owned(), new.to_owned());
    Directive::Within { path, old, new, places: Everywhere::Once }
}

fn change(name: &str, arguments: &Value) -> Vec<Found> {
    match meaning(name, &arguments.to_string()) {
        Meaning::Change(found) => found,
        Meaning::Finish(why) => panic!("finished: {why}"),
    }
}

fn why(found: &[Found]) -> &str {
    let [Err(malformed)] = found else { panic!("{found:?}") };
    &malformed.why
}

#[test]
fn each_tool_is_one_directive() {
    assert_eq!(
        change("edit_file", &json!({"path": "a.rs", "old_string": "x\r\ny", "new_string": "z"})),
        [Ok(within("a.rs", "x\ny", "z"))]
    );
    let all = json!({"path": "./a.rs", "old_string": "x", "new_string": "y", "replace_all": true});
    let everywhere =
        Directive::Within { path: "a.rs".into(), old: "x".into(), new: "y".into(), places: Everywhere::Yes };
    assert_eq!(change("edit_file", &all), [Ok(everywhere)]);
    let lines = vec!["one".to_owned(), String::new(), "two".to_owned()];
    let write = Directive::Write { path: Some("n.rs".into()), lines, ends: true, new: Novelty::New };
    assert_eq!(change("create_file", &json!({"path": "n.rs", "content": "one\n\ntwo"})), [Ok(write)]);
    assert_eq!(
        change("delete_file", &json!({"path": "a.rs"})),
        [Ok(Directive::Delete { path: "a.rs".into() })]
    );
    let moved =
        Directive::Patch { path: Some("a.rs".into()), moved_to: Some("b.rs".into()), hunks: Vec::new() };
    assert_eq!(change("move_file", &json!({"path": "a.rs", "new_path": "b.rs"})), [Ok(moved)]);
    assert_eq!(meaning("finish", "{\"why\":\"so\"}"), Meaning::Finish("so".into()));
    assert_eq!(meaning("finish", ""), Meaning::Finish(String::new()), "a reason may be left out");
}

#[test]
fn what_other_harnesses_call_the_same_is_understood() {
    let expected = [Ok(within("a.rs", "x", "y"))];
    for (name, arguments) in [
        (
            "str_replace_based_edit_tool",
            json!({"command": "str_replace", "path": "a.rs", "old_str": "x", "new_str": "y"}),
        ),
        ("Edit", json!({"file_path": "a.rs", "old_string": "x", "new_string": "y"})),
        ("functions.replace", json!({"file_path": "a.rs", "old_string": "x", "new_string": "y"})),
        ("MultiEdit", json!({"file_path": "a.rs", "edits": [{"old_string": "x", "new_string": "y"}]})),
        ("edit_file", json!(json!({"path": "a.rs", "old": "x", "new": "y"}).to_string())),
    ] {
        assert_eq!(change(name, &arguments), expected, "{name}");
    }
    let written = change("write_file", &json!({"path": "a.rs", "content": ""}));
    assert!(matches!(&written[..], [Ok(Directive::Write { new: Novelty::Either, .. })]), "{written:?}");
    let patch = "*** Begin Patch\n*** Delete File: a.rs\n*** End Patch";
    let deleted = [Ok(Directive::Delete { path: "a.rs".into() })];
    assert_eq!(change("apply_patch", &json!({"input": patch})), deleted);
}

#[test]
fn what_cannot_be_read_is_refused_and_says_why() {
    let cut = meaning("edit_file", "{\"path\": \"a.rs\", \"old_str");
    let Meaning::Change(cut) = cut else { panic!("{cut:?}") };
    assert_eq!(why(&cut), "the arguments of `edit_file` cannot be read: EOF while parsing a string");
    assert_eq!(
        why(&change("edit_file", &json!({"path": "a.rs", "old_string": "x"}))),
        "a call of `edit_file` has no text `new_string`"
    );
    assert!(why(&change("edit_file", &json!({"old_string": "x", "new_string": "y"}))).contains("`path`"));
    assert!(why(&change("edit_file", &json!(["a"]))).contains("no JSON object"));
    assert_eq!(
        why(&change("run_shell", &json!({"command": "rm"}))),
        "there is no tool `run_shell`; there are edit_file, create_file, delete_file, move_file, finish"
    );
    assert!(why(&change("", &json!({}))).starts_with("a call names no tool"));
    let view = change("str_replace_based_edit_tool", &json!({"command": "view", "path": "a.rs"}));
    assert!(why(&view).contains("not with view"), "{view:?}");
    let [Err(malformed)] = &view[..] else { panic!("{view:?}") };
    assert_eq!(malformed.to_string(), malformed.why, "a call has no line");
}

#[test]
fn a_call_is_read_as_soon_as_its_arguments_are_complete_whatever_the_split() {
    let first = json!({"path": "a.rs", "old_string": "\"}{[\\", "new_string": "\u{e9}\n"}).to_string();
    for size in 1..first.len() {
        let mut calls = Calls::default();
        let bytes: Vec<char> = first.chars().collect();
        let pieces: Vec<String> = bytes.chunks(size).map(|piece| piece.iter().collect()).collect();
        for (at, piece) in pieces.iter().enumerate() {
            let name = if at == 0 { "edit_file" } else { "" };
            let found = calls.push(0, name, piece);
            let last = at + 1 == pieces.len();
            assert_eq!(found, last.then(|| vec![Ok(within("a.rs", "\"}{[\\", "\u{e9}\n"))]), "{size}");
        }
        assert_eq!(calls.finish(), [], "it was read already");
    }
}

#[test]
fn calls_that_take_turns_are_kept_apart_and_a_cut_one_is_refused() {
    let mut calls = Calls::default();
    assert_eq!(calls.push(0, "delete_file", "{\"path\""), None);
    assert_eq!(calls.push(1, "finish", "{\"why\":\"done\"}"), Some(Vec::new()));
    assert_eq!(calls.finished(), Some("done"));
    assert_eq!(calls.push(2, "delete_file", "{\"path\":"), None);
    assert_eq!(calls.push(0, "", ":\"a\"}"), Some(vec![Ok(Directive::Delete { path: "a".into() })]));
    let rest = calls.finish();
    let [(2, found)] = &rest[..] else { panic!("{rest:?}") };
    assert!(why(found).contains("cannot be read"));
}

#[test]
fn calls_are_read_as_services_write_them_down() {
    let arguments = json!({"path": "a.rs", "old_string": "x", "new_string": "y"});
    let text = arguments.to_string();
    for transcript in [
        json!({"name": "edit_file", "arguments": arguments}),
        json!([{"name": "edit_file", "arguments": arguments}]),
        json!({"choices": [{"message": {"role": "assistant", "content": "Now:", "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "edit_file", "arguments": text}}]}}]}),
        json!({"role": "assistant", "content": [{"type": "text", "text": "Now:"},
            {"type": "tool_use", "id": "t", "name": "edit_file", "input": arguments}]}),
        json!({"candidates": [{"content": {"parts": [{"functionCall": {"name": "edit_file", "args": arguments}}]}}]}),
        json!({"output": [{"type": "function_call", "call_id": "c", "name": "edit_file", "arguments": text}]}),
    ] {
        for text in [transcript.to_string(), format!("{transcript:#}")] {
            assert_eq!(read(EditFormat::Tool, &text), [Ok(within("a.rs", "x", "y"))], "{text}");
        }
    }
    let call = json!({"name": "edit_file", "arguments": arguments});
    let tagged =
        format!("First this.\n<tool_call>\n{call}\n</tool_call>\n<tool_call>{call}</tool_call>\nDone.");
    let twice = [Ok(within("a.rs", "x", "y")), Ok(within("a.rs", "x", "y"))];
    assert_eq!(read(EditFormat::Tool, &tagged), twice);
    assert_eq!(read(EditFormat::Auto, &tagged), twice, "it is recognised");
    assert_eq!(read(EditFormat::Auto, &format!("{call}\n{call}\n")), twice);
    assert_eq!(read(EditFormat::Tool, "{\"note\": 1}\n{ x }\n"), [], "talk");
    let cut = read(EditFormat::Tool, &call.to_string()[..40]);
    assert!(why(&cut).contains("cut"), "{cut:?}");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_the_split_does_not_matter(
        text in "[{}\\[\\]\":,\\\\a-c\n <>/_]{0,80}",
        at in 0_usize..80,
    ) {
        let whole = read(EditFormat::Tool, &text);
        let at = text.floor_char_boundary(at.min(text.len()));
        let mut stream = super::super::Stream::new(EditFormat::Tool);
        let mut found = stream.push(&text[..at]);
        found.extend(stream.push(&text[at..]));
        found.extend(stream.finish());
        prop_assert_eq!(found, whole);
        let mut calls = Calls::default();
        calls.push(0, "edit_file", &text);
        calls.finish();
    }
}
