//! What passes the guard, in what form, and what is kept of it.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::config::Config;
use crate::domain::{Locality, ModelRef, Price, TaskKind};
use crate::llm::client::Gate;
use crate::llm::{Ask, Call, Counted, Fill, LlmError, Message, Part, Role};
use crate::store::{EgressRow, Store};

const KEY: &str = "Zk3vR8qLw1Tn5Yb7Xc2D";
const ENDPOINT: &str = "https://api.lab.example:443";

fn model() -> ModelRef {
    ModelRef::new("cloud", "large")
}

fn guard_in(config: &str, roots: &[PathBuf]) -> Arc<Guard> {
    let (config, problems) = Config::from_text(config);
    assert_eq!(problems, []);
    Guard::new(GuardOptions::new(&config, roots, Store::in_memory()))
}

fn guard(config: &str) -> Arc<Guard> {
    guard_in(config, &[])
}

fn ask(text: &str, files: &[&str]) -> Call {
    let files = files.iter().map(|file| Arc::from(*file)).collect();
    Call { files, ..Call::chat(TaskKind::Judge, vec![Message::text(Role::User, text)], 4) }
}

fn text_of(call: &Call) -> &str {
    match &call.ask {
        Ask::Chat(messages) => match &messages[0].parts[0] {
            Part::Text(text) => text,
            Part::Image { .. } | Part::Called(_) | Part::Returned(_) => panic!("no text"),
        },
        Ask::Embed(texts) => &texts[0],
        Ask::Fill(fill) => &fill.prefix,
    }
}

fn forbidden(guard: &Guard, files: &[&str]) -> Option<String> {
    match guard.admit(&model(), Locality::Remote, &mut ask("text", files)) {
        Ok(_) => None,
        Err(LlmError::Forbidden { why, .. }) => Some(why),
        Err(other) => panic!("{other}"),
    }
}

/// Sends a call as a client does.
fn send(guard: &Guard, locality: Locality, mut call: Call, counted: Counted) {
    let pass = guard.admit(&model(), locality, &mut call).expect("a pass");
    guard.sent(&pass, ENDPOINT, 1_234);
    guard.settle(pass, &counted, Ok(()));
}

fn log(guard: &Guard) -> Vec<EgressRow> {
    guard.store().egress_since(0, 100).unwrap()
}

#[test]
fn secrets_are_taken_out_of_calls_that_leave_and_of_no_others() {
    let guard = guard("");
    let text = format!("fn a() {{}}\nlet api_key = \"{KEY}\";\n");
    for (locality, redacted) in
        [(Locality::Remote, true), (Locality::Loopback, false), (Locality::InProcess, false)]
    {
        let mut call = ask(&text, &["src/a.rs"]);
        guard.admit(&model(), locality, &mut call).unwrap();
        assert_eq!(text_of(&call).contains("[redacted: api key]"), redacted, "{locality:?}");
        assert_eq!(text_of(&call).contains(KEY), !redacted);
    }
}

#[test]
fn a_fill_is_redacted_in_all_of_its_texts() {
    let guard = guard("");
    let secret: Arc<str> = format!("token = \"{KEY}\"").into();
    let extra = vec![(Arc::from("src/b.py"), Arc::clone(&secret))];
    let fill = Fill { prefix: Arc::clone(&secret), suffix: Arc::clone(&secret), extra };
    let mut call = Call { ask: Ask::Fill(fill), ..ask("", &["src/a.py"]) };
    guard.admit(&model(), Locality::Remote, &mut call).unwrap();
    assert!(!format!("{call:?}").contains(KEY));
    let told = guard.take_redactions();
    assert!(told.contains(&Redaction { kind: "token", file: Some("src/b.py".into()), line: Some(1) }));
}

#[test]
fn redactions_are_told_once_with_their_file() {
    let guard = guard("");
    let text =
        format!("src/a.rs\n```\nlet x = 1;\n```\nsrc/b.rs\n```\npassword = \"k3ep0ut!!\"\nkey: {KEY}\n```\n");
    for _ in 0..3 {
        guard.admit(&model(), Locality::Remote, &mut ask(&text, &["src/a.rs", "src/b.rs"])).unwrap();
    }
    let notices = guard.take_notices();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].title, "1 secret redacted before it left this machine");
    assert_eq!(notices[0].cause.as_deref(), Some("password in src/b.rs"));
    assert_eq!(guard.take_notices(), []);
}

#[test]
fn a_file_redacted_as_a_whole_tells_its_lines() {
    let guard = guard("");
    let text = format!("a\nb\nauth_token = '{KEY}'\n");
    let clean = guard.redact_file(&"src/a.py".into(), &text).unwrap();
    assert_eq!(clean, "a\nb\nauth_token = '[redacted: token]'\n");
    assert_eq!(guard.redact_file(&"src/a.py".into(), &clean), None);
    assert_eq!(
        guard.take_redactions(),
        [Redaction { kind: "token", file: Some("src/a.py".into()), line: Some(3) }]
    );
}

#[test]
fn usual_holders_of_secrets_never_leave_and_their_examples_may() {
    let guard = guard("");
    for path in [
        ".env",
        "app/.env",
        ".env.production",
        ".ENV",
        "prod.env",
        "certs/server.pem",
        "deploy/id_rsa",
        "deploy/id_ed25519_work",
        ".ssh/config",
        "home/.aws/credentials",
        "infra/terraform.tfstate",
        ".npmrc",
        "/home/me/tree/.env",
    ] {
        let why = forbidden(&guard, &["src/a.rs", path]).unwrap_or_else(|| panic!("{path} left"));
        assert!(why.contains(path) && why.contains("never leaves this machine"), "{why}");
    }
    for path in
        [".env.example", "src/env.rs", "src/environment.ts", "deploy/id_rsa.pub", "src/key.rs", "keys/mod.rs"]
    {
        assert_eq!(forbidden(&guard, &[path]), None, "{path}");
    }
}

#[test]
fn private_files_go_to_models_of_this_machine() {
    let guard = guard("private = [\"secrets/**\"]\n");
    for locality in [Locality::Loopback, Locality::InProcess] {
        assert!(guard.admit(&model(), locality, &mut ask("x", &[".env", "secrets/a.txt"])).is_ok());
    }
    assert!(forbidden(&guard, &["secrets/deep/a.txt"]).unwrap().contains("`secrets/**`"));
    assert_eq!(forbidden(&guard, &["src/secrets.rs"]), None);
}

#[test]
fn the_user_may_open_what_is_private_by_itself_and_a_project_may_not() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(".quarryignore"), "!.npmrc\n!*.pem\ncustomers/\n!customers/readme.md\n")
        .unwrap();
    let guard = guard_in("private = [\"!.npmrc\"]\n", &[root.path().to_owned()]);
    assert_eq!(forbidden(&guard, &[".npmrc"]), None);
    assert!(forbidden(&guard, &["a.pem"]).is_some(), "a project's file opens nothing");
    assert!(forbidden(&guard, &["customers/list.csv"]).is_some());
}

#[test]
fn each_root_has_its_own_rules_by_every_name_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one/app"), folder.path().join("two/app"));
    for root in [&one, &two] {
        fs::create_dir_all(root).unwrap();
    }
    fs::write(one.join(".quarryignore"), "# ours\n/data/*.csv\n").unwrap();
    let guard = guard_in("", &[one.clone(), two]);
    let absolute = one.join("data/x.csv");
    for path in ["data/x.csv", "app/data/x.csv", "one/app/data/x.csv", absolute.to_str().unwrap()] {
        assert!(forbidden(&guard, &[path]).is_some(), "{path}");
    }
    assert_eq!(forbidden(&guard, &["two/app/src/x.csv"]), None);
}

#[test]
fn rules_that_change_hold_from_the_next_call_on_and_unreadable_ones_close_the_root() {
    let root = tempfile::tempdir().unwrap();
    let guard = guard_in("", &[root.path().to_owned()]);
    assert_eq!(forbidden(&guard, &["notes/a.md"]), None);
    let file = root.path().join(".quarryignore");
    fs::write(&file, "notes/\n").unwrap();
    assert!(forbidden(&guard, &["notes/a.md"]).is_some());
    fs::remove_file(&file).unwrap();
    assert_eq!(forbidden(&guard, &["notes/a.md"]), None);
    fs::create_dir(&file).unwrap();
    assert!(forbidden(&guard, &["notes/a.md"]).unwrap().contains("cannot be read"));
}

#[test]
fn local_only_refuses_what_would_leave_also_when_it_is_turned_on_later() {
    let guard = guard("");
    assert_eq!(forbidden(&guard, &["a.rs"]), None);
    guard.configure(&Config::from_text("local_only = true\n").0);
    assert!(forbidden(&guard, &["a.rs"]).unwrap().contains("local_only"));
    assert!(guard.admit(&model(), Locality::Loopback, &mut ask("x", &[])).is_ok());
}

#[test]
fn the_log_tells_where_to_and_which_files_and_nothing_of_what_was_said() {
    let guard = guard("");
    guard.price_by(|_| Some(Price { input: 10.0, cached_input: 1.0, output: 20.0 }));
    let counted = Counted { prompt: Some(1_000), output: Some(50), ..Counted::default() };
    send(
        &guard,
        Locality::Remote,
        ask(&format!("the question of the day: token = '{KEY}'"), &["src/a.rs"]),
        counted,
    );
    let rows = log(&guard);
    let row = &rows[0];
    assert_eq!((row.endpoint.as_str(), row.leaves, row.bytes, row.redacted), (ENDPOINT, true, 1_234, 1));
    assert_eq!((row.task.as_str(), row.backend.as_str(), row.model.as_str()), ("judge", "cloud", "large"));
    assert_eq!(
        (row.files.as_slice(), row.outcome.as_deref()),
        (&["src/a.rs".to_owned()][..], Some("answered"))
    );
    assert_eq!((row.tokens_in, row.tokens_out), (Some(1_000), Some(50)));
    assert!((row.usd.unwrap() - 0.011).abs() < 1e-9);
    let all = format!("{rows:?}");
    assert!(!all.contains("question") && !all.contains(KEY));
}

#[test]
fn each_attempt_is_logged_and_a_call_that_was_never_sent_is_neither_logged_nor_charged() {
    let guard = guard("");
    let pass = guard.admit(&model(), Locality::Remote, &mut ask("x", &[])).unwrap();
    guard.sent(&pass, "https://one.example:443", 10);
    guard.sent(&pass, "https://two.example:443", 10);
    guard.settle(pass, &Counted::default(), Err(&LlmError::Cut { model: model() }));
    let unsent = guard.admit(&model(), Locality::Remote, &mut ask("x", &[])).unwrap();
    guard.settle(unsent, &Counted::default(), Err(&LlmError::Cut { model: model() }));
    let brief: Vec<_> = log(&guard).into_iter().map(|row| (row.endpoint, row.outcome.unwrap())).collect();
    assert_eq!(
        brief,
        [
            ("https://two.example:443".to_owned(), "cut".to_owned()),
            ("https://one.example:443".to_owned(), "retried".to_owned())
        ]
    );
    assert_eq!(guard.spent().0.calls, 1);
}

#[test]
fn calls_to_this_machine_are_logged_as_staying_and_cost_nothing() {
    let guard = guard("budget.session_usd = 0.0\n");
    let counted = Counted { prompt: Some(100), output: Some(5), ..Counted::default() };
    send(&guard, Locality::Loopback, ask("x", &[".env"]), counted);
    let rows = log(&guard);
    assert_eq!((rows[0].leaves, rows[0].usd), (false, Some(0.0)));
    assert_eq!(guard.spent().0.tokens(), 105);
}

#[test]
fn a_spent_budget_refuses_the_call_and_the_time_left_bounds_it() {
    let guard = guard("[task.judge]\nbudget = { usd = 0.01, seconds = 30 }\n");
    guard.price_by(|_| Some(Price { input: 100.0, cached_input: 100.0, output: 100.0 }));
    let query = guard.budgets().open(TaskKind::Judge);
    let call = || Call { budget: Some(query.id()), deadline: Some(Duration::from_hours(1)), ..ask("x", &[]) };
    let mut first = call();
    guard.admit(&model(), Locality::Remote, &mut first).unwrap();
    assert!(first.deadline.unwrap() <= Duration::from_secs(30));
    send(
        &guard,
        Locality::Remote,
        call(),
        Counted { prompt: Some(90), output: Some(5), ..Counted::default() },
    );
    let refused = guard.admit(&model(), Locality::Remote, &mut call()).unwrap_err();
    assert!(
        matches!(&refused, LlmError::OverBudget { why, .. } if why.contains("$0.01 a query")),
        "{refused}"
    );
}

#[test]
fn a_model_without_a_price_is_named_once_where_dollars_are_limited() {
    let limited = guard("budget.day_usd = 1.0\n");
    for _ in 0..2 {
        send(&limited, Locality::Remote, ask("x", &[]), Counted { prompt: Some(7), ..Counted::default() });
    }
    let notices = limited.take_notices();
    assert_eq!(notices.len(), 1);
    assert!(
        notices[0].title.contains("cloud/large") && notices[0].hint.as_ref().unwrap().contains("day_tokens")
    );
    assert!(limited.spent().0.unpriced > 0);
    assert_eq!(log(&limited)[0].usd, None);
    let free = guard("");
    send(&free, Locality::Remote, ask("x", &[]), Counted::default());
    assert_eq!(free.take_notices(), []);
}
