//! Edits by calls of tools: as they stream, refused and retried, one by one, and by models that take no tools.

use serde_json::{Value, json};

use super::common::answer::Answer;
use super::common::shapes::{calling, event, streamed};
use super::*;

type Call = (&'static str, Value);

fn replace(old: &str, new: &str) -> Call {
    ("edit_file", json!({"path": "src/a.rs", "old_string": old, "new_string": new}))
}

fn finish(why: &str) -> Call {
    ("finish", json!({"why": why}))
}

fn stage(answers: &[&[Call]]) -> Stage {
    let stage = Stage::in_form("tool", "");
    let answers: Vec<Answer> = answers.iter().map(|calls| calling(Protocol::OpenAi, calls)).collect();
    stage.server.script("POST /v1/chat/completions", answers);
    stage
}

fn asked(stage: &Stage) -> Vec<Value> {
    let posts = stage.server.requests().into_iter().filter(|request| request.method == "POST");
    posts.map(|request| request.json()).collect()
}

#[test]
fn hunks_appear_as_calls_are_complete() {
    let stage = Stage::in_form("tool", "");
    let call = |nth: u32, begin: &str| {
        let piece = json!({"index": nth, "id": format!("c{nth}"), "function": {"name": "edit_file", "arguments": begin}});
        event(
            "",
            &json!({"choices": [{"index": 0, "delta": {"tool_calls": [piece]}, "finish_reason": null}]})
                .to_string(),
            "\n",
        )
    };
    let whole = replace("    1;", "    10;").1.to_string();
    stage
        .server
        .always("POST /v1/chat/completions", Answer::events([call(0, &whole), call(1, &whole[..20])]).hang());
    stage.send(EditCommand::Ask(instruction("ten times")));
    let edit = stage.edit("first hunk", |edit| !edit.files.is_empty());
    assert_eq!((&edit.state, &*hunks(&edit)[0].new[0]), (&EditState::Streaming, "    10;"));
    stage.send(EditCommand::Cancel);
    let edit = stage.proposed();
    assert_eq!(hunks(&edit).len(), 1);
    let told: Vec<_> = edit.refused.iter().map(|part| (&*part.why, part.broke_off)).collect();
    assert_eq!(told, [("the answer was stopped here: what it had still to say is missing", true)]);
}

#[test]
fn files_are_made_moved_and_deleted_and_the_reason_is_kept() {
    let stage = stage(&[&[
        ("move_file", json!({"path": "src/a.rs", "new_path": "src/z.rs"})),
        ("edit_file", json!({"path": "src/z.rs", "old_string": "2", "new_string": "20"})),
        ("create_file", json!({"path": "src/new.rs", "content": "pub fn new() {}"})),
        finish("It is clearer so."),
    ]]);
    stage.send(EditCommand::Ask(instruction("tidy up")));
    let edit = stage.proposed();
    assert_eq!((edit.refused.len(), &*edit.why), (0, "It is clearer so."));
    stage.accept_all(edit.id);
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    assert_eq!(stage.read("src/z.rs"), FILE.replace("    2;", "    20;"));
    assert_eq!(stage.read("src/new.rs"), "pub fn new() {}\n");
    assert!(!stage.place("src/a.rs").exists());
    assert_eq!(asked(&stage).len(), 1, "a model that is done is not asked again");
}

#[test]
fn a_refused_call_gets_its_diagnosis_as_its_result() {
    let wrong = &[replace("    1;", "    10;"), replace("    two;", "    20;"), finish("")][..];
    let stage = stage(&[wrong, &[replace("    2;", "    20;")]]);
    stage.send(EditCommand::Ask(instruction("ten times")));
    let edit = stage.proposed();
    assert_eq!((hunks(&edit).len(), edit.refused.len()), (2, 0));
    let sent = asked(&stage).pop().unwrap();
    let messages = sent["messages"].as_array().unwrap();
    assert_eq!(messages[2]["tool_calls"][1]["id"], "call_1");
    let results: Vec<(&str, &str)> = messages[3..]
        .iter()
        .map(|message| (message["tool_call_id"].as_str().unwrap(), message["content"].as_str().unwrap()))
        .collect();
    assert_eq!((results.len(), results[0]), (3, ("call_0", "Taken.")));
    assert!(results[1].1.contains("the lines to replace are not in the file"), "{results:?}");
}

#[test]
fn the_same_failure_of_a_call_is_not_handed_back_twice() {
    let wrong = &[replace("nowhere", "x"), replace("    1;", "    10;"), finish("")][..];
    let stage = stage(&[wrong, wrong, wrong, wrong]);
    stage.send(EditCommand::Ask(instruction("ten times")));
    let edit = stage.proposed();
    assert_eq!((hunks(&edit).len(), edit.refused.len(), asked(&stage).len()), (1, 1, 2));
}

#[test]
fn arguments_that_are_no_json_are_refused_and_asked_for_again() {
    let stage = Stage::in_form("tool", "");
    let garbled = json!({"index": 0, "id": "c", "function": {"name": "edit_file", "arguments": "{\"path\": src/a.rs}"}});
    let garbled =
        json!({"choices": [{"index": 0, "delta": {"tool_calls": [garbled]}, "finish_reason": "tool_calls"}]});
    let garbled = Answer::events([event("", &garbled.to_string(), "\n"), "data: [DONE]\n\n".to_owned()]);
    let right = calling(Protocol::OpenAi, &[replace("    2;", "    20;"), finish("")]);
    stage.server.script("POST /v1/chat/completions", [garbled, right]);
    stage.send(EditCommand::Ask(instruction("ten times")));
    let edit = stage.proposed();
    assert_eq!((hunks(&edit).len(), edit.refused.len()), (1, 0));
    let sent = asked(&stage).pop().unwrap();
    let told = sent["messages"][3]["content"].as_str().unwrap();
    assert!(told.contains("cannot be read: expected value"), "{told}");
}

#[test]
fn a_model_that_makes_its_calls_one_by_one_is_let_go_on() {
    let one_by_one: [&[Call]; 2] = [&[replace("    1;", "    10;")], &[replace("    2;", "    20;")]];
    let stage = stage(&one_by_one);
    let mut answers: Vec<Answer> = one_by_one.iter().map(|calls| calling(Protocol::OpenAi, calls)).collect();
    answers.push(streamed(Protocol::OpenAi, &["Both are done."]));
    stage.server.script("POST /v1/chat/completions", answers);
    stage.send(EditCommand::Ask(instruction("ten times")));
    let edit = stage.proposed();
    assert_eq!((hunks(&edit).len(), &*edit.why, asked(&stage).len()), (2, "Both are done.", 3));
}

#[test]
fn a_file_that_was_not_shown_may_not_be_changed_by_a_call() {
    let other = ("edit_file", json!({"path": "src/b.rs", "old_string": "b", "new_string": "c"}));
    let outside = ("create_file", json!({"path": "../x.rs", "content": "x"}));
    let stage = stage(&[&[other, outside, finish("")], &[finish("")]]);
    stage.home.write("src/b.rs", "b\n");
    stage.send(EditCommand::Ask(instruction("change b")));
    let edit = stage.edit("the end", |edit| matches!(edit.state, EditState::Failed(_)));
    let whys: Vec<&str> = edit.refused.iter().map(|part| &*part.why).collect();
    assert_eq!(whys.len(), 2, "{whys:?}");
    assert!(whys[0].contains("was not shown this file"), "{whys:?}");
}

#[test]
fn a_model_that_takes_no_tools_is_asked_in_another_form_from_then_on() {
    let stage = Stage::in_form("tool", "");
    let refusal = json!({"error": {"message": "m does not support tools", "type": "invalid_request_error"}});
    // Nothing is known of the model by its name, so that it is asked for whole files.
    let whole = |text: &str| streamed(Protocol::OpenAi, &[&format!("src/a.rs\n````\n{text}````\n")]);
    let answers =
        [Answer::json(400, &refusal), whole(&FILE.replace("2;", "20;")), whole(&FILE.replace("3;", "30;"))];
    stage.server.script("POST /v1/chat/completions", answers);
    stage.send(EditCommand::Ask(instruction("ten times")));
    let notice = stage.notice("lab/m takes no tools");
    assert_eq!(notice.cause.as_deref(), Some("m does not support tools"));
    assert!(notice.hint.unwrap().contains("format = \"whole\""));
    let edit = stage.proposed();
    assert_eq!(&*hunks(&edit)[0].new[0], "    20;");
    assert_eq!(edit.form, Some(AskedForm { name: "whole", chosen: FormChoice::NoTools }));
    stage.send(EditCommand::Ask(instruction("thirty")));
    assert_eq!(&*hunks(&stage.proposed())[0].new[0], "    30;");
    let tools: Vec<bool> = asked(&stage).iter().map(|call| !call["tools"].is_null()).collect();
    assert_eq!(tools, [true, false, false]);
}
