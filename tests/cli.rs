//! The command line as scripts see it: JSON events, exit codes, and what is said about bad input.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Output, Stdio};

use serde_json::Value;

use common::Home;

fn name<'a>(event: &'a Value, field: &str) -> &'a str {
    event[field].as_str().unwrap_or_else(|| panic!("no {field} in {event}"))
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Files by path, with the event that told of each.
fn by_path(events: &[Value]) -> BTreeMap<String, Value> {
    let mut files = BTreeMap::new();
    for event in &events[1..events.len() - 1] {
        let path = name(event, "path").to_owned();
        assert!(files.insert(path.clone(), event.clone()).is_none(), "{path} was told of twice");
    }
    files
}

#[test]
fn every_file_is_told_of_once_and_the_counts_sum_to_the_plan() {
    let home = Home::with_repository();
    home.write("Cargo.lock", "version = 3\n");
    home.write("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0");
    home.write("app.min.js", "var a=1;".repeat(2_000));
    home.write("empty.txt", "");
    let events = home.events(&["where does a login session expire?"]);
    let (plan, done) = (&events[0], events.last().unwrap());
    assert_eq!(name(plan, "event"), "plan");
    assert_eq!(name(plan, "query"), "where does a login session expire?");
    assert_eq!(name(plan, "judge"), "embedded");
    assert_eq!(name(done, "event"), "done");
    let files = by_path(&events);
    assert_eq!(plan["files"].as_u64().unwrap(), files.len() as u64);
    let counts: u64 = done["counts"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(counts, files.len() as u64);
    let judged = files.values().filter(|event| name(event, "event") == "judged").count();
    assert_eq!(done["ranking"].as_array().unwrap().len(), judged);
    assert!(done["elapsed_ms"].is_u64());
    for (path, part) in
        [("Cargo.lock", "lock"), ("logo.png", "binary"), ("app.min.js", "minified"), ("empty.txt", "empty")]
    {
        assert_eq!(name(&files[path], "event"), "skipped", "{path}");
        assert!(name(&files[path], "why").contains(part), "{}", files[path]);
    }
}

#[test]
fn judged_files_carry_verdict_reason_spans_and_signals() {
    let home = Home::with_repository();
    let events = home.events(&["where does a login session expire?"]);
    let done = events.last().unwrap();
    let ranking = done["ranking"].as_array().unwrap();
    assert_eq!(name(&ranking[0], "path"), "src/session.rs");
    let scores: Vec<f64> = ranking.iter().map(|row| row["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    let files = by_path(&events);
    let best = &files["src/session.rs"];
    assert!(!name(best, "reason").is_empty());
    assert_eq!(name(best, "source"), "judge");
    for event in files.values().filter(|event| name(event, "event") == "judged") {
        assert!(matches!(name(event, "verdict"), "yes" | "no"));
        assert!((0.0..=1.0).contains(&event["probability"].as_f64().unwrap()));
        for span in event["spans"].as_array().unwrap() {
            let (first, last) = (span[0].as_u64().unwrap(), span[1].as_u64().unwrap());
            assert!(1 <= first && first <= last, "{event}");
        }
        let shares: f64 =
            event["signals"].as_object().unwrap().values().map(|s| s.as_f64().unwrap().abs()).sum();
        assert!(shares == 0.0 || (shares - 1.0).abs() < 0.001, "{event}");
    }
}

#[test]
fn a_name_that_is_not_utf8_is_judged_like_any_other() {
    let home = Home::with_repository();
    home.write(OsStr::from_bytes(b"src/caf\xe9.rs"), "/// Brews coffee.\npub fn brew() {}\n");
    let files = by_path(&home.events(&["brew coffee"]));
    assert_eq!(name(&files["src/caf\u{fffd}.rs"], "event"), "judged");
}

#[test]
fn control_characters_in_names_reach_no_terminal() {
    let home = Home::with_repository();
    home.write("src/a\u{1b}[31m\u{202e}b.rs", "/// Brews coffee.\npub fn brew() {}\n");
    let output = home.run(&["query", "brew coffee"]);
    assert!(!output.stdout.contains(&0x1b));
    assert!(!String::from_utf8_lossy(&output.stdout).contains('\u{202e}'));
    assert!(String::from_utf8_lossy(&output.stdout).contains("src/a"));
}

#[test]
fn without_a_repository_files_are_judged_all_the_same() {
    let home = Home::empty();
    home.write("notes.txt", "how to brew coffee\n");
    let events = home.events(&["brew coffee"]);
    assert_eq!(by_path(&events).len(), 1);
    assert_eq!(name(&events.last().unwrap()["ranking"][0], "path"), "notes.txt");
}

#[test]
fn an_empty_tree_is_nothing_found() {
    let home = Home::empty();
    let output = home.run(&["query", "--json", "anything"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let events = common::events(&output.stdout);
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!(events[0]["files"], 0);
    assert_eq!(events[1]["ranking"].as_array().unwrap().len(), 0);
    assert_eq!(home.run(&["query", "anything"]).status.code(), Some(3));
}

#[test]
fn an_empty_request_is_a_usage_error_that_says_what_to_do() {
    let home = Home::with_repository();
    for arguments in [&["query", ""][..], &["query", "  "], &["query"]] {
        let output = home.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }
    assert!(stderr(&home.run(&["query", ""])).contains("hint: say what you look for"));
}

#[test]
fn a_dash_reads_the_request_from_standard_input() {
    let home = Home::with_repository();
    let mut child = home
        .quarry()
        .args(["query", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"where is the card\ncharged?\n").unwrap();
    let events = common::events(&child.wait_with_output().unwrap().stdout);
    assert_eq!(name(&events[0], "query"), "where is the card\ncharged?");
    assert_eq!(name(&events.last().unwrap()["ranking"][0], "path"), "src/checkout.rs");
}

#[test]
fn misspelt_names_are_answered_with_the_nearest() {
    let home = Home::with_repository();
    for (arguments, near) in [
        (&["query", "--judge", "embeded", "x"][..], "embedded"),
        (&["query", "--theme", "quary-dark", "x"], "quarry-dark"),
        (&["query", "--jsn", "x"], "--json"),
        (&["qeury"], "`quarry query`"),
    ] {
        let output = home.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(near), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_root_that_is_not_there_is_named() {
    let home = Home::with_repository();
    let output = home.run(&["query", "--root", "nowhere", "x"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nowhere"), "{}", stderr(&output));
    let output = home.run(&["query", "--root", "README.md", "x"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("README.md is not a directory"), "{}", stderr(&output));
}

#[test]
fn several_roots_are_judged_together() {
    let (one, two) = (Home::with_repository(), Home::empty());
    two.write("kitchen.txt", "how to brew coffee\n");
    two.write("src/cart.rs", "// A tea trolley.\n");
    let root = two.tree();
    let arguments = ["--root", ".", "--root", root.to_str().unwrap(), "brew coffee"];
    let events = one.events(&arguments);
    let place = |event: &Value| (name(event, "root").to_owned(), name(event, "path").to_owned());
    let told: Vec<_> = events.iter().filter(|event| event["event"] == "judged").map(place).collect();
    let (one_root, two_root) = (one.tree().canonicalize().unwrap(), root.canonicalize().unwrap());
    for (root, path) in [(&one_root, "src/cart.rs"), (&two_root, "src/cart.rs"), (&two_root, "kitchen.txt")] {
        let told_once =
            told.iter().filter(|told| **told == (root.display().to_string(), path.into())).count();
        assert_eq!(told_once, 1, "{path}: {told:?}");
    }
    let ranking = events.last().unwrap()["ranking"].as_array().unwrap();
    assert_eq!(ranking.iter().map(place).collect::<HashSet<_>>(), told.into_iter().collect());
    assert!(by_path(&one.events(&["brew coffee"])).values().all(|event| event.get("root").is_none()));
    let list = one.run(&[&["query"], &arguments[..]].concat());
    assert!(String::from_utf8_lossy(&list.stdout).contains("tree/kitchen.txt"));
}

#[test]
fn a_bad_configuration_is_said_and_the_rest_holds() {
    let home = Home::with_repository();
    let config = "query.top = 1\nthem = \"quarry-dark\"\nmotion = 3\n";
    fs::write(home.config().join("config.toml"), config).unwrap();
    let output = home.run(&["query", "session"]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("config.toml:2") && said.contains("theme"), "{said}");
    assert!(said.contains("config.toml:3") && said.contains("true or false"), "{said}");
    assert_eq!(output.stdout.split(|byte| *byte == b'\n').count() - 1, 1, "query.top still counts");
}

#[test]
fn configured_globs_are_skipped_as_excluded() {
    let home = Home::with_repository();
    fs::write(home.config().join("config.toml"), "exclude = [\"src/cart.rs\"]\n").unwrap();
    let files = by_path(&home.events(&["cart"]));
    assert_eq!(name(&files["src/cart.rs"], "event"), "skipped");
    assert!(name(&files["src/cart.rs"], "why").contains("excluded"));
}

#[test]
fn the_list_has_a_row_for_each_of_the_best_and_no_colours_in_a_pipe() {
    let home = Home::with_repository();
    let output = home.run(&["query", "--top", "2", "--explain", "where does a session expire?"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let first = text.lines().next().unwrap();
    assert!(first.starts_with("1 ") && first.contains("src/session.rs"), "{text}");
    assert!(
        text.lines().any(|line| line.starts_with("2 ")) && !text.lines().any(|line| line.starts_with("3 "))
    );
    assert!(text.contains('%'), "shares are shown: {text}");
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn watching_tells_of_the_saved_file_and_ends_when_interrupted() {
    let home = Home::with_repository();
    let mut child = home
        .quarry()
        .args(["query", "--json", "--watch", "refund a payment"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    while name(&next(), "event") != "done" {}
    home.write("src/refund.rs", "/// Refunds a payment to the card.\npub fn refund() {}\n");
    let judged = next();
    assert_eq!((name(&judged, "event"), name(&judged, "path")), ("judged", "src/refund.rs"));
    assert!(name(&judged, "reason").contains("refund"), "words that the save brought count: {judged}");
    let done = next();
    assert_eq!(name(&done, "event"), "done");
    assert!(done["ranking"].as_array().unwrap().iter().any(|row| row["path"] == "src/refund.rs"), "{done}");
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let home = Home::with_repository();
    for at in 0..200 {
        home.write(format!("src/part{at}.rs"), format!("pub fn part{at}() {{}}\n"));
    }
    let mut child = home
        .quarry()
        .args(["query", "--json", "part"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!stderr(&output).contains("anic"), "{}", stderr(&output));
}

#[test]
fn the_screen_needs_a_terminal_and_says_what_works_without() {
    let home = Home::with_repository();
    let output = home.quarry().stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("quarry query"), "{}", stderr(&output));
}

#[test]
fn doctor_tells_where_each_key_came_from() {
    let home = Home::with_repository();
    fs::write(home.config().join("config.toml"), "\ntheme = \"quarry-lihgt\"\nmouse = false\n").unwrap();
    let output = home.run(&["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let from = report["configuration"]["mouse"]["from"].as_str().unwrap();
    assert!(from.ends_with("config.toml:3"), "{from}");
    assert_eq!(report["configuration"]["motion"]["from"], "default");
    let problem = report["problems"]["1"].as_str().unwrap();
    assert!(problem.contains("config.toml:2") && problem.contains("quarry-light"), "{problem}");
    assert_eq!(report["git"]["branch"], "main");
    assert!(report["quarry"]["languages"].as_u64().unwrap() >= 70);
    let text = String::from_utf8(home.run(&["doctor"]).stdout).unwrap();
    assert!(text.contains("max_user_watches") && text.contains("cache size"), "{text}");
}

#[test]
fn completions_are_made_for_each_shell() {
    let home = Home::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = home.run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("explain"), "{shell}");
    }
}

/// Root may read everything, so there is nothing to see then.
#[test]
fn an_unreadable_file_is_failed_and_not_a_no() {
    let home = Home::with_repository();
    home.write("secret.txt", "brew coffee\n");
    let path = home.tree().join("secret.txt");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0);
    fs::set_permissions(&path, permissions).unwrap();
    let readable = fs::read(&path).is_ok();
    let files = by_path(&home.events(&["brew coffee"]));
    let expected = if readable { "judged" } else { "failed" };
    assert_eq!(name(&files["secret.txt"], "event"), expected);
}
