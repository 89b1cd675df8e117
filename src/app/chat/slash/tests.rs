//! What slash commands mean.

use std::sync::Arc;

use super::*;
use crate::domain::{BackendStatus, Health, Locality, Measured, ModelStatus, RouteStatus};

fn models() -> Models {
    let status = |name: &str| ModelStatus {
        model: name.parse().unwrap(),
        window: None,
        price: None,
        measured: Measured::default(),
        abilities: vec!["chat"],
    };
    let backend = |name: &str, models: Vec<ModelStatus>| BackendStatus {
        name: name.into(),
        protocol: "openai",
        endpoints: Vec::new(),
        locality: Locality::Loopback,
        health: Health::Up,
        origin: String::new(),
        in_flight: 0,
        models,
    };
    let lab = vec![status("lab/qwen3-coder"), status("lab/shared")];
    let hub = vec![status("hub/glm-4.6"), status("hub/shared")];
    let mut models = Models::default();
    models.backends = vec![backend("lab", lab), backend("hub", hub)].into();
    let route = RouteStatus {
        task: TaskKind::Chat,
        choice: Choice::Nobody,
        why: String::new(),
        passed_over: Vec::new(),
        by_user: false,
    };
    models.routes = vec![route].into();
    models
}

fn reading(text: &str) -> Result<Read, crate::domain::Notice> {
    let (models, paths) = (models(), [Arc::from("src/net/budget.rs"), Arc::from("src/net/pool.rs")]);
    read(text, Known { models: &models, paths: &paths })
}

fn command(text: &str) -> Slash {
    match reading(text) {
        Ok(Read::Command(slash)) => slash,
        other => panic!("{text}: {other:?}"),
    }
}

fn complaint(text: &str) -> String {
    let notice = reading(text).unwrap_err();
    format!("{}; {}", notice.title, notice.hint.unwrap_or_default())
}

#[test]
fn every_command_of_the_table_is_read() {
    for spec in TABLE {
        let read = reading(&format!("/{}", spec.name));
        let is_known = !matches!(&read, Err(notice) if notice.title.starts_with("there is no command"));
        assert!(is_known, "/{} is in the table and not read", spec.name);
    }
}

#[test]
fn a_message_a_doubled_slash_and_a_path_are_sent() {
    let sent = |text: &str| match reading(text) {
        Ok(Read::Message(text)) => text.to_string(),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(sent("why does take() fail?"), "why does take() fail?");
    assert_eq!(sent("//help is what I typed"), "/help is what I typed");
    assert_eq!(sent("/etc/hosts is read where?"), "/etc/hosts is read where?");
    assert_eq!(sent("/* a comment */"), "/* a comment */");
    assert_eq!(sent("/"), "/");
}

#[test]
fn an_unknown_command_says_the_nearest_and_how_to_send_it() {
    assert_eq!(
        complaint("/comit now"),
        "there is no command /comit; did you mean /commit? // sends a slash as it is"
    );
    assert_eq!(
        complaint("/zzzzzz"),
        "there is no command /zzzzzz; /help lists all commands; // sends a slash as it is"
    );
}

#[test]
fn models_are_named_in_full_or_by_their_own_name_where_that_is_clear() {
    let glm = Choice::Model("hub/glm-4.6".parse().unwrap());
    assert_eq!(command("/model glm-4.6"), Slash::Model(TaskKind::Chat, Some(glm.clone())));
    assert_eq!(command("/model title hub/glm-4.6"), Slash::Model(TaskKind::Title, Some(glm)));
    assert_eq!(command("/model"), Slash::Models(TaskKind::Chat));
    assert_eq!(command("/model judge"), Slash::Models(TaskKind::Judge));
    assert_eq!(command("/model default"), Slash::Model(TaskKind::Chat, None));
    assert_eq!(
        complaint("/model shared"),
        "shared is a model of 2 backends; say which: lab/shared, hub/shared"
    );
    assert!(complaint("/model gml-4.6").ends_with("did you mean glm-4.6?"));
}

#[test]
fn up_to_three_models_are_compared_on_a_message_or_on_the_last_one() {
    let (qwen, glm): (ModelRef, ModelRef) =
        ("lab/qwen3-coder".parse().unwrap(), "hub/glm-4.6".parse().unwrap());
    assert_eq!(
        command("/compare qwen3-coder glm-4.6"),
        Slash::Compare(vec![qwen.clone(), glm.clone()], None)
    );
    assert_eq!(
        command("/compare qwen3-coder hub/glm-4.6 why is the cap shared?"),
        Slash::Compare(vec![qwen, glm], Some("why is the cap shared?".into()))
    );
    assert!(complaint("/compare glm-4.6").contains("/compare MODEL MODEL [MODEL] [MESSAGE]"));
    assert!(complaint("/compare glm-4.6 glm-4.6").contains("is named twice"));
}

#[test]
fn parts_of_the_context_are_files_or_lines_of_them() {
    assert_eq!(command("/pin src/a.rs"), Slash::Pin(ContextKey::File("src/a.rs".into())));
    assert_eq!(command("/pin @src/a.rs:40-12"), Slash::Pin(ContextKey::Lines("src/a.rs".into(), 12, 40)));
    assert_eq!(command("/drop src/a.rs"), Slash::Drop(ContextKey::File("src/a.rs".into())));
    assert!(complaint("/pin").contains("type /pin PATH"));
}

#[test]
fn a_budget_is_a_number_of_tokens_or_what_the_window_allows() {
    assert_eq!(command("/budget 24k"), Slash::Budget(Some(24_000)));
    assert_eq!(command("/budget 12_500"), Slash::Budget(Some(12_500)));
    assert_eq!(command("/budget 1.5m"), Slash::Budget(Some(1_500_000)));
    assert_eq!(command("/budget auto"), Slash::Budget(None));
    assert!(complaint("/budget lots").contains("is no number of tokens"));
    assert!(complaint("/budget -3").contains("is no number of tokens"));
}

#[test]
fn an_exports_form_is_said_or_told_by_the_files_name() {
    assert_eq!(command("/export"), Slash::Export(ExportForm::Markdown, None));
    assert_eq!(command("/export json"), Slash::Export(ExportForm::Json, None));
    assert_eq!(command("/export talk.json"), Slash::Export(ExportForm::Json, Some("talk.json".into())));
    assert_eq!(
        command("/export md my talk.md"),
        Slash::Export(ExportForm::Markdown, Some("my talk.md".into()))
    );
}

fn completions(text: &str) -> Vec<String> {
    let (models, paths) = (models(), [Arc::from("src/net/budget.rs"), Arc::from("src/net/pool.rs")]);
    complete(text, Known { models: &models, paths: &paths }).into_iter().map(|it| it.text).collect()
}

#[test]
fn commands_tasks_models_and_paths_are_completed() {
    assert_eq!(completions("/com"), ["/compare ", "/compact", "/commit "]);
    assert_eq!(completions("/model ti"), ["/model title"]);
    assert_eq!(completions("/model title glm"), ["/model title hub/glm-4.6"]);
    assert_eq!(completions("/compare hub/glm-4.6 lab/q"), ["/compare hub/glm-4.6 lab/qwen3-coder"]);
    assert_eq!(completions("/pin pool"), ["/pin src/net/pool.rs"]);
    assert_eq!(completions("/pin src/net/pool.rs"), Vec::<String>::new(), "nothing is left to complete");
    assert_eq!(completions("/doc src/net/pool.rs "), Vec::<String>::new());
    assert_eq!(completions("/export j"), ["/export json"]);
    assert_eq!(completions("/nonsense x"), Vec::<String>::new());
    assert_eq!(completions("//x"), Vec::<String>::new());
}
