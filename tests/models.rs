//! Models as scripts and people see them on the command line: what is found, who does what and why, trust, and that no
//! key is ever printed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::fs;
use std::process::Output;

use common::Home;

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const PROJECT: &str = "\
theme = \"quarry-light\"
verify = \"touch /tmp/never\"

[backend.lab]
base_urls = [\"http://lab.example/v1\"]
";

#[test]
fn a_project_is_trusted_by_a_command_that_says_what_it_allows_and_takes_it_back() {
    let home = Home::empty();
    assert_eq!(home.run(&["trust"]).status.code(), Some(3), "there is no file to trust");

    home.write(".quarry.toml", PROJECT);
    let before = home.run(&["query", "anything"]);
    assert!(stderr(&before).contains("quarry trust"), "{}", stderr(&before));

    let trusted = home.run(&["trust"]);
    assert_eq!(trusted.status.code(), Some(0), "{}", stderr(&trusted));
    let said = stdout(&trusted);
    assert!(said.contains("verify\n    2: verify = \"touch /tmp/never\""), "{said}");
    assert!(said.contains("backend.lab.base_urls\n    5: ") && !said.contains("quarry-light"), "{said}");
    assert!(!stderr(&home.run(&["query", "anything"])).contains("quarry trust"));

    fs::write(home.tree().join(".quarry.toml"), PROJECT.replace("lab.example", "evil.example")).unwrap();
    let changed = stderr(&home.run(&["query", "anything"]));
    assert!(changed.contains("has changed since you trusted it"), "{changed}");

    assert_eq!(home.run(&["trust", "--revoke"]).status.code(), Some(0));
    assert_eq!(home.run(&["trust", "--revoke"]).status.code(), Some(3));
}
