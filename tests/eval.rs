//! `quarry eval` and `quarry tune` on a made-up repository: figures, given samples, the same to the last digit twice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use serde_json::{Value, json};

use common::Home;
use common::answer::Answer;
use common::history::{SUBJECTS, repository};
use common::server::Server;

fn lines(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let output = home.run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'v>(lines: &'v [Value], event: &str, judge: &str) -> &'v Value {
    lines.iter().find(|line| line["event"] == event && line["judge"] == judge).unwrap()
}

#[test]
fn judges_are_measured_with_intervals_against_baselines() {
    let home = repository(40);
    let lines = lines(&home, &["eval", "--json", "--commits", "20", "--k", "1,10"]);
    let result = of(&lines, "result", "embedded");
    assert_eq!(result["commits"], 20);
    let found = result["metrics"]["recall@10"].as_f64().unwrap();
    let [low, high] = [0, 1].map(|at| result["intervals"]["recall@10"][at].as_f64().unwrap());
    assert!(low <= found && found <= high && found > 0.5, "{result}");
    assert!(result["metrics"]["recall@1"].is_f64() && result["metrics"]["all_found@50"].is_f64());
    assert!(result["ece"].as_f64().unwrap() < 0.5);
    assert!(of(&lines, "result", "bm25")["ece"].is_null(), "a score is no probability");
    assert!(of(&lines, "paired", "embedded")["p"].as_f64().unwrap() <= 1.0);
    assert_eq!(of(&lines, "macro", "history")["repositories"], 1);
    let strict = lines.iter().find(|line| line["event"] == "set" && line["set"] == "strict").unwrap();
    assert_eq!(strict["commits"], 0, "every message names its module");
}

#[test]
fn given_samples_are_scored_exactly_and_what_is_wrong_is_told() {
    let home = repository(12);
    let samples = [
        r#"{"sha":"HEAD","query":"the theme refuses","gold":["src/theme.rs"]}"#,
        r#"{"sha":"HEAD~1","query":"the theme refuses","gold":["src/theme.rs","never/there.rs"]}"#,
        r#"{"sha":"0123456789","query":"nothing","gold":["src/theme.rs"]}"#,
    ];
    let file = home.data().join("samples.jsonl");
    std::fs::write(&file, samples.join("\n")).unwrap();
    let arguments = ["eval", "--json", "--judge", "bm25", "--samples", file.to_str().unwrap()];
    let output = home.run(&arguments);
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no commit 0123456789"));
    let first: Value =
        serde_json::from_slice(output.stdout.split(|byte| *byte == b'\n').next().unwrap()).unwrap();
    assert_eq!(first["commits"], 2);
    // The file that is not there counts as not found.
    assert_eq!(first["metrics"]["recall@50"], 0.75);
}

#[test]
fn commits_that_a_revision_reaches_are_left_out() {
    let home = repository(30);
    let lines = lines(&home, &["eval", "--json", "--judge", "bm25", "--since", "HEAD~5"]);
    assert_eq!(of(&lines, "result", "bm25")["commits"], 5);
}

/// Embeds a text as how often it names each module, so that the module that a request speaks of is nearest.
#[test]
fn embeddings_are_a_baseline_by_any_backend_that_offers_them() {
    let server = Server::start();
    server.always("GET /v1/models", Answer::json(200, &json!({ "data": [{ "id": "nomic-embed-text" }] })));
    server.on("POST /v1/embeddings", |request| {
        let texts = request.json()["input"].as_array().unwrap().clone();
        let vector = |text: &Value| -> Vec<f64> {
            let text = text.as_str().unwrap();
            SUBJECTS.iter().map(|subject| text.matches(subject).count() as f64).collect()
        };
        let data: Vec<Value> = texts
            .iter()
            .enumerate()
            .map(|(at, text)| json!({ "index": at, "embedding": vector(text) }))
            .collect();
        Answer::json(200, &json!({ "data": data }))
    });
    let home = repository(12);
    let config = format!("[backend.vectors]\nbase_urls = [\"{}\"]\n", server.url("/v1"));
    std::fs::write(home.config().join("config.toml"), config).unwrap();
    let sample = r#"{"sha":"HEAD","query":"the theme refuses","gold":["src/theme.rs","tests/theme.rs"]}"#;
    let file = home.data().join("samples.jsonl");
    std::fs::write(&file, sample).unwrap();
    let arguments =
        ["eval", "--json", "--k", "2", "--judge", "embedding", "--samples", file.to_str().unwrap()];
    let lines = lines(&home, &arguments);
    assert_eq!(of(&lines, "result", "embedding")["metrics"]["recall@2"], 1.0);
    let texts: usize = server
        .requests_for("/v1/embeddings")
        .iter()
        .map(|request| request.json()["input"].as_array().unwrap().len())
        .sum();
    assert_eq!(texts, 2 * SUBJECTS.len() + 2, "each file once, and the request");
}

#[test]
fn the_order_of_asking_is_measured_against_a_model_that_knows() {
    let home = repository(20);
    let lines = lines(&home, &["bench", "--funnel", "--commits", "6", "--json", "."]);
    let calls: Vec<u64> = lines.iter().map(|line| line["calls"].as_u64().unwrap()).collect();
    // 17 files: one, two, four, nine, and all of them.
    assert_eq!(calls, [0, 6, 12, 24, 54, 102], "{lines:?}");
    let all = &lines[5];
    assert_eq!(all["asked"], "all files");
    assert!(all["metrics"]["recall@10"].as_f64().unwrap() > 0.8, "{all}");
}

#[test]
fn a_page_of_charts_stands_alone() {
    let home = repository(20);
    let page = home.data().join("page.html");
    lines(&home, &["eval", "--json", "--commits", "6", "--html", page.to_str().unwrap()]);
    let text = std::fs::read_to_string(page).unwrap();
    assert!(text.contains("\"judge\":\"embedded\"") && !text.contains("/*DATA*/"));
    for outside in ["src=", "href=", "@import", "fetch("] {
        assert!(!text.contains(outside), "{outside}");
    }
}

#[test]
fn two_runs_give_the_same_weights_and_figures_to_the_last_digit() {
    let home = repository(40);
    let run = |name: &str| {
        let weights = home.data().join(name);
        let fitted = home.run(&["eval", "--fit", weights.to_str().unwrap(), "--commits", "30", "."]);
        assert!(fitted.status.success());
        let mut figures =
            lines(&home, &["eval", "--json", "--weights", weights.to_str().unwrap(), "--judge", "embedded"]);
        for line in &mut figures {
            line.as_object_mut().unwrap().remove("ms");
        }
        let lexicon = std::fs::read(weights.with_extension("lexicon")).unwrap();
        (std::fs::read_to_string(weights).unwrap(), lexicon, figures)
    };
    assert_eq!(run("first.json"), run("second.json"));
}

#[test]
fn weights_whose_ranking_was_fitted_anew_are_read_again() {
    let home = repository(40);
    let weights = home.data().join("ranking.json");
    let fitted = home.run(&["eval", "--fit-ranking", weights.to_str().unwrap(), "--commits", "10", "."]);
    assert!(fitted.status.success(), "{}", String::from_utf8_lossy(&fitted.stderr));
    let figures =
        lines(&home, &["eval", "--json", "--weights", weights.to_str().unwrap(), "--judge", "embedded"]);
    assert_eq!(figures[0]["judge"], "embedded");
}

#[test]
fn tuning_says_what_it_is_worth_and_is_forgotten_on_request() {
    let home = repository(90);
    let line = lines(&home, &["tune", "--json"]).remove(0);
    assert_eq!(line["kept"], line["worth_keeping"]);
    assert_eq!(line["fitted_on"].as_u64().unwrap() + line["tested_on"].as_u64().unwrap(), 89);
    let forgotten = home.run(&["tune", "--forget"]);
    let said = String::from_utf8(forgotten.stdout).unwrap();
    let expected = if line["kept"] == true { "as it ships" } else { "no tuning" };
    assert!(said.contains(expected), "{said}");
    let few = repository(10).run(&["tune"]);
    assert_eq!(few.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&few.stderr).contains("tuning needs 60"));
}

/// Says no to every file, so that the order stays the embedded judge's.
#[test]
fn who_judges_is_picked_by_what_was_measured_here_and_the_reason_says_so() {
    let server = Server::start();
    server.always("GET /v1/models", Answer::json(200, &json!({ "data": [{ "id": "judge-1" }] })));
    server.on("POST /v1/chat/completions", |_| {
        let top = json!([{ "token": "No", "logprob": -0.1 }, { "token": "Yes", "logprob": -2.3 }]);
        let content = json!([{ "token": "No", "logprob": -0.1, "top_logprobs": top }]);
        let choice = json!({ "index": 0, "finish_reason": "stop", "logprobs": { "content": content },
            "message": { "role": "assistant", "content": "No" } });
        Answer::json(
            200,
            &json!({ "choices": [choice], "usage": { "prompt_tokens": 9, "completion_tokens": 1 } }),
        )
    });
    let home = repository(40);
    let config = format!("[backend.lab]\nbase_urls = [\"{}\"]\n", server.url("/v1"));
    std::fs::write(home.config().join("config.toml"), config).unwrap();
    let judges = ["--judge", "embedded", "--judge", "lab/judge-1"];
    lines(&home, &[&["eval", "--json", "--commits", "20"], &judges[..]].concat());
    let routes = lines(&home, &["models", "--json"]);
    let judge = routes.iter().find(|line| line["event"] == "route" && line["task"] == "judge").unwrap();
    assert_eq!(judge["choice"], "embedded");
    let why = judge["why"].as_str().unwrap();
    assert!(why.contains("lab/judge-1 found no more beyond the noise on 20 of your commits"), "{why}");
}
