//! `quarry edit` as scripts see it: a diff by default, all or nothing when asked to write, refusals that say why.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use common::Home;
use common::answer::Answer;
use common::server::Server;
use common::shapes::{ALL, calling, route, streamed};
use quarry::config::Protocol;

fn edit(home: &Home, arguments: &[&str], answer: &str) -> Output {
    let mut child = home
        .quarry()
        .args(["edit", "--from", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn tree() -> Home {
    let home = Home::empty();
    home.write("src/a.rs", "fn a() {\n    one();\n    two();\n}\n");
    home.write("b.txt", "b\r\nlast");
    home
}

fn read(home: &Home, path: &str) -> Vec<u8> {
    std::fs::read(home.tree().join(path)).unwrap()
}

const ANSWER: &str = "src/a.rs\n<<<<<<< SEARCH\n    two();\n=======\n    three();\n>>>>>>> REPLACE\n\n\
                      b.txt\n<<<<<<< SEARCH\nlast\n=======\nlast of all\n>>>>>>> REPLACE\n";

#[test]
fn a_diff_is_printed_and_nothing_written() {
    let home = tree();
    let output = edit(&home, &["call three"], ANSWER);
    assert_eq!(output.status.code(), Some(0));
    let diff = String::from_utf8(output.stdout).unwrap();
    assert!(diff.contains("--- a/src/a.rs\n+++ b/src/a.rs\n@@ -1,4 +1,4 @@\n fn a() {\n     one();\n-    two();\n+    three();\n }\n"));
    assert_eq!(read(&home, "b.txt"), b"b\r\nlast");
}

#[test]
fn applying_keeps_every_other_byte() {
    let home = tree();
    let output = edit(&home, &["--apply", "call three"], ANSWER);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(read(&home, "src/a.rs"), b"fn a() {\n    one();\n    three();\n}\n");
    assert_eq!(read(&home, "b.txt"), b"b\r\nlast of all");
}

#[test]
fn git_applies_the_diff_as_quarry_does() {
    let answer = "*** Begin Patch\n*** Update File: src/a.rs\n*** Move to: src/c.rs\n@@\n-    two();\n+    three();\n\
                  *** Update File: b.txt\n@@\n-last\n+last of all\n*** Update File: dos.txt\n@@\n one\n-two\n+2\n three\n\
                  *** Add File: new.txt\n+first\n+second\n*** Delete File: gone.txt\n*** Update File: plain.txt\n\
                  *** Move to: moved.txt\n*** End Patch\n";
    let full = || {
        let home = tree();
        home.write("dos.txt", "one\r\ntwo\r\nthree\r\n");
        home.write("gone.txt", "gone\n");
        home.write("plain.txt", "plain\n");
        home
    };
    let (by_git, by_quarry) = (full(), full());
    let output = edit(&by_git, &["do all of it"], answer);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let diff = by_git.tree().join("it.diff");
    std::fs::write(&diff, &output.stdout).unwrap();
    let applied = std::process::Command::new("git")
        .args(["apply", "--whitespace=nowarn", "it.diff"])
        .current_dir(by_git.tree())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&applied.stderr);
    assert!(applied.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stdout));
    std::fs::remove_file(&diff).unwrap();
    assert_eq!(edit(&by_quarry, &["--apply", "do all of it"], answer).status.code(), Some(0));
    for path in ["src/a.rs", "src/c.rs", "b.txt", "dos.txt", "new.txt", "gone.txt", "plain.txt", "moved.txt"]
    {
        let read = |home: &Home| std::fs::read(home.tree().join(path)).ok();
        assert_eq!(read(&by_git), read(&by_quarry), "{path}");
    }
    assert_eq!(read(&by_git, "dos.txt"), b"one\r\n2\r\nthree\r\n");
}

#[test]
fn one_refusal_keeps_everything_from_being_written() {
    let home = tree();
    let answer = ANSWER.replace("\nlast\n", "\nnot there\n");
    let output = edit(&home, &["--apply", "--json", "call three"], &answer);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> = common::events(&output.stdout);
    let refused = lines.iter().find(|line| line["event"] == "refused").unwrap();
    assert_eq!(refused["path"], "b.txt");
    assert!(refused["why"].as_str().unwrap().contains("not in the file"));
    assert_eq!(lines.last().unwrap()["written"].as_array().unwrap().len(), 0);
    assert_eq!(read(&home, "src/a.rs"), b"fn a() {\n    one();\n    two();\n}\n");
}

#[test]
fn cosmetic_hunks_are_counted_and_left_out() {
    let home = tree();
    let answer = "src/a.rs\n```rust\nfn a()   {\n    one();\n    three();\n}\n```\n";
    let output = edit(&home, &["--apply", "--json", "call three"], answer);
    let lines: Vec<Value> = common::events(&output.stdout);
    assert_eq!(lines.last().unwrap()["cosmetic"], 1);
    assert_eq!(read(&home, "src/a.rs"), b"fn a() {\n    one();\n    three();\n}\n");
    let all = edit(&home, &["--apply", "--all", "call three"], answer);
    assert_eq!(all.status.code(), Some(0));
    assert!(read(&home, "src/a.rs").starts_with(b"fn a()   {"));
}

#[test]
fn lines_bound_what_is_in_scope() {
    let home = tree();
    let answer = "src/a.rs\n```rust\nfn b() {\n    one();\n    three();\n}\n```\n";
    let output = edit(&home, &["--apply", "--lines", "3-3", "call three", "src/a.rs"], answer);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 out of scope hunk left out"));
    assert_eq!(read(&home, "src/a.rs"), b"fn a() {\n    one();\n    three();\n}\n");
}

#[test]
fn files_that_were_not_named_may_not_be_changed() {
    let home = tree();
    let output = edit(&home, &["--apply", "call three", "b.txt"], ANSWER);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("src/a.rs: the model was not shown this file"));
}

#[test]
fn nothing_outside_the_root_is_written() {
    let home = tree();
    std::os::unix::fs::symlink(home.data(), home.tree().join("out")).unwrap();
    for path in ["../x.txt", "/tmp/quarry-must-not-write-this", ".git/hooks/pre-commit", "out/x.txt"] {
        let answer = format!("*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n");
        let output = edit(&home, &["--apply", "add it"], &answer);
        assert_eq!(output.status.code(), Some(1), "{path}");
    }
    assert!(!home.data().join("x.txt").exists());
}

#[test]
fn an_answer_without_an_edit_is_told() {
    let output = edit(&tree(), &["--apply", "call three"], "Nothing needs to change.\n");
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("changes nothing"));
}

#[test]
fn without_a_model_the_error_names_the_next_step() {
    let home = tree();
    let output = home.run(&["edit", "call three", "src/a.rs"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("hint:"));
    let output = home.run(&["edit", "--model", "nonsense", "call three", "src/a.rs"]);
    assert_eq!(output.status.code(), Some(2));
}

/// A scripted model that edits go to, and another that they do not.
fn model(home: &Home, answers: &[&str]) -> Server {
    let server = Server::start();
    let config = format!(
        "discover = false\n[backend.lab]\nprotocol = \"openai\"\nbase_urls = [\"{}\"]\nmodels = [\"m\", \"other\"]\n\
         [task.command]\nuse = [\"lab/m\"]\nformat = \"search-replace\"\n",
        server.url("/v1")
    );
    std::fs::write(home.config().join("config.toml"), config).unwrap();
    let answers: Vec<_> = answers.iter().map(|text| streamed(Protocol::OpenAi, &[text])).collect();
    server.script("POST /v1/chat/completions", answers);
    server
}

/// A scripted model of this protocol that edits by calls of tools.
fn caller(home: &Home, protocol: Protocol, answers: Vec<Answer>) -> Server {
    let server = Server::start();
    let config = format!(
        "discover = false\n[backend.lab]\nprotocol = \"{}\"\nbase_urls = [\"{}\"]\nmodels = [\"m\"]\n\
         [task.command]\nuse = [\"lab/m\"]\nformat = \"tool\"\n",
        name(protocol),
        server.url("")
    );
    std::fs::write(home.config().join("config.toml"), config).unwrap();
    server.script(route(protocol), answers);
    server
}

const fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::OpenAi => "openai",
        Protocol::Responses => "responses",
        Protocol::Anthropic => "anthropic",
        Protocol::Gemini => "gemini",
        Protocol::Ollama => "ollama",
        Protocol::LlamaCpp => "llamacpp",
        Protocol::Gguf => "gguf",
    }
}

fn replacement(old: &str, new: &str) -> (&'static str, Value) {
    ("edit_file", json!({"path": "src/a.rs", "old_string": old, "new_string": new}))
}

#[test]
fn edits_come_by_calls_of_tools_in_every_protocol() {
    for protocol in ALL {
        let home = tree();
        let done = ("finish", json!({"why": "It is asked for."}));
        let first =
            calling(protocol, &[replacement("two();", "three();"), replacement("fn b", "fn c"), done]);
        let again = calling(protocol, &[replacement("one();", "four();")]);
        let server = caller(&home, protocol, vec![first, again]);
        let output = home.run(&["edit", "--apply", "--json", "call three", "src/a.rs"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{protocol:?}: {said}");
        assert_eq!(read(&home, "src/a.rs"), b"fn a() {\n    four();\n    three();\n}\n", "{protocol:?}");
        let asked = asked(&server);
        let asked: Vec<&Value> = asked.iter().filter(|call| !call["tools"].is_null()).collect();
        let [first, second] = asked[..] else { panic!("{protocol:?}: {asked:?}") };
        assert!(first["tools"].to_string().contains("edit_file"), "{first}");
        let told = second.to_string();
        assert!(
            told.contains("Taken.") && told.contains("the lines to replace are not in the file"),
            "{told}"
        );
    }
}

#[test]
fn a_model_that_takes_no_tools_is_asked_in_another_form() {
    let home = tree();
    let refusal = Answer::json(
        400,
        &json!({"error": {"message": "m does not support tools", "type": "invalid_request_error"}}),
    );
    // By its name nothing is known of it, so that it is asked for whole files.
    let whole = "src/a.rs\n````\nfn a() {\n    one();\n    three();\n}\n````\n";
    let server = caller(&home, Protocol::OpenAi, vec![refusal, streamed(Protocol::OpenAi, &[whole])]);
    let output = home.run(&["edit", "--apply", "call three", "src/a.rs"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.contains("lab/m takes no tools (m does not support tools); asking for whole instead"),
        "{said}"
    );
    assert_eq!(read(&home, "src/a.rs"), b"fn a() {\n    one();\n    three();\n}\n");
    assert!(asked(&server).pop().unwrap()["tools"].is_null());
}

#[test]
fn calls_that_are_written_down_are_taken_from_a_file() {
    let home = tree();
    let (name, arguments) = replacement("two();", "three();");
    let calls = json!([{"name": name, "arguments": arguments}, {"name": "create_file", "input": {"path": "n.txt", "content": "new"}}]);
    for (text, format) in [(format!("{calls:#}"), "tool"), (calls.to_string(), "auto")] {
        let output = edit(&home, &["--json", "--format", format, "call three", "src/a.rs"], &text);
        let lines: Vec<Value> = common::events(&output.stdout);
        let paths: Vec<&Value> =
            lines.iter().filter(|line| line["event"] == "hunk").map(|line| &line["path"]).collect();
        assert_eq!(paths, ["src/a.rs", "n.txt"], "{format}: {lines:?}");
    }
    let cut = &calls.to_string()[..60];
    let output = edit(&home, &["--json", "--format", "tool", "call three", "src/a.rs"], cut);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("the calls that begin here are cut"));
}

fn asked(server: &Server) -> Vec<Value> {
    let posts = server.requests().into_iter().filter(|request| request.method == "POST");
    posts.map(|request| request.json()).collect()
}

#[test]
fn a_model_is_asked_again_for_what_could_not_be_placed() {
    let home = tree();
    let wrong = "src/a.rs\n<<<<<<< SEARCH\n    to();\n=======\n    three();\n>>>>>>> REPLACE\n";
    let right = wrong.replace("to()", "two()");
    let server = model(&home, &[wrong, &right]);
    let output = home.run(&["edit", "--apply", "--json", "call three", "src/a.rs"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(read(&home, "src/a.rs"), b"fn a() {\n    one();\n    three();\n}\n");
    let lines: Vec<Value> = common::events(&output.stdout);
    assert_eq!(lines[0]["symbol"], "fn a");
    assert_eq!(lines.last().unwrap()["written"][0], "src/a.rs");
    assert_eq!(asked(&server).len(), 2);
}

#[test]
fn a_model_that_is_named_is_asked_and_no_other() {
    let home = tree();
    let server = model(&home, &[ANSWER]);
    let output = home.run(&["edit", "--model", "lab/other", "call three", "src/a.rs", "b.txt"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(asked(&server).iter().all(|call| call["model"] == "other"));
    let output = home.run(&["edit", "--model", "lab/othre", "call three", "src/a.rs"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `lab/other`?"));
    server.always("POST /v1/chat/completions", Answer::status(400).body("{}"));
    let output = home.run(&["edit", "--model", "lab/other", "call three", "src/a.rs"]);
    assert_eq!(output.status.code(), Some(1), "no fallback to the model of the task");
    assert!(asked(&server).iter().all(|call| call["model"] == "other"));
}

#[test]
fn without_a_path_the_files_that_help_are_found() {
    let home = Home::with_repository();
    let answer = "src/cart.rs\n<<<<<<< SEARCH\nno such line\n=======\nx\n>>>>>>> REPLACE\n";
    let server = model(&home, &[answer]);
    let output = home.run(&["edit", "--json", "add a discount to the cart"]);
    assert_eq!(output.status.code(), Some(1));
    let prompt = asked(&server)[0]["messages"][1]["content"].as_str().unwrap().to_owned();
    assert!(prompt.contains("path=\"src/cart.rs\""), "{prompt}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("about: src/cart.rs"));
}
