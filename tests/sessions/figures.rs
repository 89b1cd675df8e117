//! `quarry stats` as scripts and people see it.

use std::time::Duration;

use jiff::Timestamp;
use quarry::domain::{EditId, ModelRef, TaskKind};
use quarry::store::{EditFate, EgressEnded, EgressSent, Latency, Outcome, Store};

use super::common::{Home, events};

fn home() -> Home {
    let home = Home::empty();
    let store = Store::at(home.data().join("quarry.db"));
    let now = Timestamp::now().as_millisecond();
    let model = ModelRef::new("lab", "qwen\u{1b}[31m");
    for call in 0..4 {
        store.log_sent(EgressSent {
            call,
            at_ms: now,
            endpoint: "https://lab.example".into(),
            leaves: true,
            task: TaskKind::Chat,
            model: model.clone(),
            bytes: 10,
            files: Vec::new(),
            redacted: 0,
            session: 0,
        });
        store.log_ended(EgressEnded {
            call,
            outcome: Outcome::Answered,
            tokens_in: Some(1_000),
            tokens_out: Some(200),
            usd: Some(0.25),
            session: 0,
        });
        store.put_latency(Latency {
            model: model.clone(),
            task: TaskKind::Chat,
            at_ms: now,
            first_token: Some(Duration::from_millis(400)),
            total: Duration::from_secs(4),
            tokens_out: 200,
        });
    }
    store.put_edit_fate(EditFate {
        edit: EditId(1),
        at_ms: now,
        task: TaskKind::Command,
        model: Some(model),
        hunks: 4,
        accepted: 3,
        characters: 1_000,
        standing: Some(900),
    });
    home
}

#[test]
fn figures_are_told_per_task_and_model_and_by_day() {
    let home = home();
    let told = events(&home.run(&["stats", "--json", "--days", "7"]).stdout);
    assert_eq!(told.iter().filter(|event| event["event"] == "day").count(), 7);
    let chat = told.iter().find(|event| event["task"] == "chat").unwrap();
    assert_eq!((&chat["answers"], &chat["usd"], &chat["tokens_in"]), (&4.into(), &1.0.into(), &4_000.into()));
    let first = chat["first_token_ms"]["p95"].as_u64().unwrap();
    assert!((380..=420).contains(&first), "{first}");
    assert_eq!(chat["daily"], serde_json::json!([0, 0, 0, 0, 0, 0, 4]));
    let edits = told.iter().find(|event| event["task"] == "command").unwrap();
    assert_eq!((&edits["accepted"], &edits["standing"]), (&3.into(), &900.into()));
    let last = told.last().unwrap();
    assert_eq!((&last["event"], &last["models"]), (&"done".into(), &2.into()));
}

#[test]
fn people_get_a_table_and_charts_that_fit_a_hundred_cells() {
    let output = home().run(&["stats"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!text.contains('\u{1b}'), "{text:?}");
    assert!(text.contains("lab/qwen") && text.contains("3/4 75%") && text.contains("90%"), "{text}");
    assert!(text.contains('█') && text.contains("$1.00"), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn without_figures_nothing_is_found_and_no_store_is_made() {
    let home = Home::empty();
    let output = home.run(&["stats"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0));
    assert_eq!(std::fs::read_dir(home.data()).unwrap().count(), 0);
    assert_eq!(home.run(&["stats", "--days", "0"]).status.code(), Some(2));
}
