//! Tests: where tasks stand, and who is able to do them.

use super::*;
use crate::domain::Measured;

fn backend(name: &str, health: Health, models: &[&str]) -> BackendStatus {
    let status = |model: &&str| ModelStatus {
        model: ModelRef::new(name, *model),
        window: None,
        price: None,
        measured: Measured::default(),
        abilities: if model.starts_with("bge") { vec!["embed"] } else { Vec::new() },
    };
    BackendStatus {
        name: name.into(),
        protocol: "openai",
        endpoints: vec!["http://127.0.0.1:8080".into()],
        locality: Locality::Loopback,
        health,
        origin: "config.toml:3".into(),
        in_flight: 0,
        models: models.iter().map(status).collect(),
    }
}

fn route(task: TaskKind, choice: Choice) -> RouteStatus {
    RouteStatus { task, choice, why: String::new(), passed_over: Vec::new(), by_user: false }
}

fn lab(model: &str) -> Choice {
    Choice::Model(ModelRef::new("lab", model))
}

fn models(health: Health, routes: Vec<RouteStatus>) -> Models {
    let backends = vec![backend("lab", health, &["qwen", "bge-m3"])];
    Models { backends: backends.into(), routes: routes.into(), ..Models::default() }
}

#[test]
fn a_task_that_nobody_set_and_that_chat_answers_is_the_same_as_chat() {
    let mut title = route(TaskKind::Title, lab("qwen"));
    let chat = route(TaskKind::Chat, lab("qwen"));
    let it = models(Health::Up, vec![chat.clone(), title.clone()]);
    assert_eq!(it.standing(TaskKind::Title), Standing::SameAsChat);
    assert_eq!(it.standing(TaskKind::Chat), Standing::Set);
    title.by_user = true;
    assert_eq!(models(Health::Up, vec![chat, title]).standing(TaskKind::Title), Standing::Set);
}

#[test]
fn a_task_whose_backend_is_down_is_broken_and_says_why() {
    let down = Health::Down { why: "connection refused".into(), retry_in: None };
    let it = models(down, vec![route(TaskKind::Chat, lab("qwen"))]);
    assert_eq!(it.standing(TaskKind::Chat), Standing::Broken("connection refused".into()));
    assert_eq!(it.standing(TaskKind::Judge), Standing::Nobody);
}

#[test]
fn a_wish_that_was_passed_over_is_a_fall_back_and_a_default_is_not() {
    let mut judge = route(TaskKind::Judge, Choice::Embedded);
    judge.passed_over = vec![("lab/qwen".into(), "connection refused".into())];
    assert_eq!(models(Health::Up, vec![judge.clone()]).standing(TaskKind::Judge), Standing::Set);
    judge.by_user = true;
    let it = models(Health::Up, vec![judge]);
    assert_eq!(it.standing(TaskKind::Judge), Standing::FellBack("lab/qwen: connection refused".into()));
    assert!(it.uses("lab") && !it.uses("other"));
}

#[test]
fn embedding_models_answer_no_question_and_the_embedded_judge_only_judges() {
    let it = models(Health::Up, Vec::new());
    assert_eq!(it.able(TaskKind::Chat), [lab("qwen")]);
    assert_eq!(it.able(TaskKind::Judge), [lab("qwen"), Choice::Embedded]);
}

#[test]
fn what_is_wrong_with_the_conversation_is_said_once() {
    let broken = |task| {
        let mut route = route(task, Choice::Nobody);
        route.passed_over = vec![("lab/qwen".into(), "down: lab/qwen: no connection".into())];
        route
    };
    let it = models(Health::Up, vec![broken(TaskKind::Chat), broken(TaskKind::Title)]);
    assert_eq!(it.standing(TaskKind::Chat), Standing::Broken("no connection".into()));
    assert_eq!(it.standing(TaskKind::Title), Standing::SameAsChat);
}
