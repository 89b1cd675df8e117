//! The egress log and the policy as a person reads them, and the store under several processes and a crash.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use quarry::domain::{ModelRef, TaskKind, Usage};
use quarry::store::{EgressEnded, EgressSent, Outcome, SpendRow, Spent, Store};
use serde_json::Value;

use common::Home;

const PATIENCE: Duration = Duration::from_mins(1);

fn model() -> ModelRef {
    ModelRef::new("cloud", "large\u{1b}[31m")
}

fn sent(call: u64, at_ms: i64) -> EgressSent {
    EgressSent {
        call,
        at_ms,
        endpoint: "https://api.cloud.example:443".into(),
        leaves: true,
        task: TaskKind::Judge,
        model: model(),
        bytes: 2_048,
        files: ["src/a.rs", "src/b.rs", "c", "d", "e"].map(Into::into).to_vec(),
        redacted: 2,
        session: 0,
    }
}

fn ended(call: u64) -> EgressEnded {
    EgressEnded {
        call,
        outcome: Outcome::Answered,
        tokens_in: Some(1_500),
        tokens_out: Some(1),
        usd: Some(0.25),
        session: 0,
    }
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn out(home: &Home, arguments: &[&str]) -> String {
    let output = home.run(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn store(home: &Home) -> Store {
    Store::at(home.data().join("quarry.db"))
}

#[test]
fn a_machine_that_nothing_left_says_so_and_a_look_writes_nothing() {
    let home = Home::with_repository();
    assert!(out(&home, &["doctor", "--egress"]).contains("Nothing has ever left this machine."));
    let last: Value = serde_json::from_str(&out(&home, &["doctor", "--egress", "--json"])).unwrap();
    assert_eq!((&last["event"], &last["ever_left"]), (&Value::from("sums"), &Value::from(false)));
    assert!(!home.data().join("quarry.db").exists());
}

#[test]
fn what_left_is_listed_with_its_files_and_summed_per_host() {
    let home = Home::with_repository();
    let log = store(&home);
    let day = 24 * 60 * 60 * 1_000;
    log.log_sent(sent(1, now_ms() - 3 * day));
    log.log_ended(ended(1));
    log.log_sent(sent(2, now_ms() - 1_000));
    log.log_ended(ended(2));
    log.log_sent(EgressSent { endpoint: "http://127.0.0.1:8080".into(), leaves: false, ..sent(3, now_ms()) });
    drop(log);

    let text = out(&home, &["doctor", "--egress"]);
    for part in [
        "https://api.cloud.example:443",
        "judge",
        "cloud/large",
        "2.0 KiB",
        "1,500 in, 1 out",
        "$0.25",
        "src/a.rs src/b.rs c and 2 more",
        "answered, 2 redacted",
        "2 calls",
        "$0.50",
        "Stayed on this machine",
        "http://127.0.0.1:8080",
        "quarry.db",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "names from the file cannot steer the terminal");

    let recent = out(&home, &["doctor", "--egress", "--since", "24h", "--json"]);
    let events: Vec<Value> = recent.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), 3, "two calls of the last day, and the sums");
    assert_eq!((&events[1]["left"], &events[1]["outcome"]), (&Value::from(true), &Value::from("answered")));
    assert_eq!(events[0]["outcome"], Value::Null, "a call whose end was not logged");
    assert_eq!(events[2]["hosts"][0]["calls"], 1);

    fs::remove_file(home.data().join("quarry.db")).unwrap();
    let log = store(&home);
    log.log_sent(sent(1, now_ms() - 3 * day));
    drop(log);
    let text = out(&home, &["doctor", "--egress", "--since", "2d"]);
    assert!(text.contains("Nothing left this machine in the last 2d; it did before."), "{text}");
}

#[test]
fn a_time_that_is_none_is_refused_with_an_example() {
    let home = Home::empty();
    for arguments in [&["doctor", "--egress", "--since", "yesterday"][..], &["doctor", "--since", "24h"]] {
        let output = home.run(arguments);
        assert_eq!(output.status.code(), Some(2));
    }
    let output = home.run(&["doctor", "--egress", "--since", "5x"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("such as 24h"));
}

#[test]
fn doctor_tells_what_models_may_see_and_spend() {
    let home = Home::with_repository();
    let text =
        "private = [\"customers/**\"]\n[budget]\nday_usd = 2.5\n[task.judge]\nbudget = { tokens = 1000 }\n";
    fs::write(home.config().join("config.toml"), text).unwrap();
    home.write(".quarryignore", "notes/\n");
    let log = store(&home);
    let usage = Usage { tokens_in: 1_200, tokens_out: 34, usd: 0.5 };
    let spent = Spent { calls: 7, usage, unpriced: 0 };
    let day = jiff::Zoned::now().date().to_string();
    log.put_spend(SpendRow { day: day.as_str().into(), session: 0, model: model(), spent });
    drop(log);
    let report: Value = serde_json::from_str(&out(&home, &["doctor", "--json"])).unwrap();
    let policy = &report["policy"];
    assert_eq!(policy["local_only"], false);
    assert_eq!(policy["budgets"], serde_json::json!(["$2.5 a day", "1,000 tokens a query of judge"]));
    assert_eq!(policy["spent today"], "$0.5000, 1,234 tokens in 7 calls");
    let private = policy["private files"].to_string();
    assert!(private.contains("customers/**") && private.contains(".quarryignore"), "{private}");
    assert!(policy["egress log"].as_str().unwrap().contains("quarry doctor --egress"));
}

#[test]
fn a_damaged_log_is_told_of_with_what_mends_it() {
    let home = Home::with_repository();
    fs::create_dir_all(home.data()).unwrap();
    fs::write(home.data().join("quarry.db"), "no database ".repeat(500)).unwrap();
    let output = home.run(&["doctor", "--egress"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("damaged") && said.contains("mv "), "{said}");
    let report: Value = serde_json::from_str(&out(&home, &["doctor", "--json"])).unwrap();
    assert!(report["policy"]["egress log"].as_str().unwrap().contains("quarry.db"));
}

/// In a child of one of the tests below: the file to write to, and for how long.
const CHILD: &str = "QUARRY_TEST_STORE";

fn child(test: &str, home: &Home) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test]).env(CHILD, home.data().join("quarry.db")).stdout(Stdio::null());
    command
}

#[test]
fn several_processes_at_once_lose_nothing() {
    if let Some(file) = std::env::var_os(CHILD) {
        let store = Store::at(file);
        for call in 0..300 {
            store.log_sent(sent(call, call as i64));
            store.log_ended(ended(call));
        }
        let spent = Spent { calls: 300, ..Spent::default() };
        store.put_spend(SpendRow { day: "2026-11-21".into(), session: 0, model: model(), spent });
        drop(store);
        return;
    }
    let home = Home::empty();
    let children: Vec<_> =
        (0..3).map(|_| child("several_processes_at_once_lose_nothing", &home).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let store = store(&home);
    let rows = store.egress_since(0, 10_000).unwrap();
    assert_eq!(rows.len(), 900);
    assert!(rows.iter().all(|row| row.outcome.as_deref() == Some("answered")));
    assert_eq!(store.spent_by_others("2026-11-21", PATIENCE).unwrap().calls, 900);
    assert_eq!(store.take_notice(), None);
}

#[test]
fn a_process_killed_while_it_writes_leaves_a_whole_file() {
    if let Some(file) = std::env::var_os(CHILD) {
        let (store, start) = (Store::at(file), Instant::now());
        let mut call = 0;
        while start.elapsed() < PATIENCE {
            store.log_sent(sent(call, call as i64));
            call += 1;
            if call % 100 == 0 {
                store.flush(PATIENCE);
            }
        }
        return;
    }
    let home = Home::empty();
    let mut child = child("a_process_killed_while_it_writes_leaves_a_whole_file", &home).spawn().unwrap();
    let store = store(&home);
    let start = Instant::now();
    let written = || store.egress_since(0, 1_000_000).unwrap().len();
    while written() < 500 {
        assert!(start.elapsed() < PATIENCE, "nothing was written");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = written();
    store.log_sent(sent(0, i64::from(i32::MAX)));
    assert_eq!(written(), before + 1);
    assert!(!store.is_degraded());
    assert!(out(&home, &["doctor", "--egress"]).contains("no end was logged"));
}
