//! Routes read as a person would: who, why, and who was passed over for what.

use std::time::Duration;

use super::*;
use crate::config::Config;
use crate::domain::{JudgeName, Locality, Measured, ModelRef, Price, TaskKind};
use crate::llm::profiles;

fn member(name: &str, locality: Locality) -> Member {
    let model: ModelRef = name.parse().expect("BACKEND/MODEL");
    let price = (locality != Locality::Remote).then_some(Price::FREE);
    let profile = profiles::profile(&model.model);
    let abilities = if profile.fill_tokens.is_some() { vec!["chat", "fill"] } else { vec!["chat"] };
    let info = ModelInfo {
        locality,
        window: Some(32_768),
        most_window: None,
        price,
        in_flight: None,
        abilities,
        measured: Measured::default(),
        profile,
        model,
    };
    Member { info, health: Health::Up, service: None, origin: "found on 127.0.0.1:1".into() }
}

fn local(name: &str) -> Member {
    member(name, Locality::Loopback)
}

fn hosted(service: &'static str, model: &str) -> Member {
    let mut member = member(&format!("{service}/{model}"), Locality::Remote);
    member.info.price = profiles::price(service, model);
    Member { service: Some(service), origin: format!("${}_API_KEY", service.to_uppercase()), ..member }
}

fn measured(member: Member, first_ms: u64, rate: f32) -> Member {
    let measured = Measured {
        calls: 9,
        first_token: Some(Duration::from_millis(first_ms)),
        tokens_per_second: Some(rate),
    };
    Member { info: ModelInfo { measured, ..member.info }, ..member }
}

fn down(member: Member) -> Member {
    Member { health: Health::Down { why: "connection refused".into(), retry_in: None }, ..member }
}

fn situation(fleet: &[Member]) -> Situation<'_> {
    Situation { fleet, silent: &[], local_only: false, searching: false, figures: &[] }
}

fn routed(task: TaskKind, wish: &Wish, situation: &Situation<'_>) -> Routed {
    route(task, wish, &Expectation::of(task, None), situation)
}

/// Who does a task by default.
fn by_default(task: TaskKind, fleet: &[Member]) -> String {
    shown(&routed(task, &Wish::default(), &situation(fleet)).status.choice)
}

fn shown(choice: &Choice) -> String {
    match choice {
        Choice::Embedded => "embedded".into(),
        Choice::Model(model) => model.to_string(),
        Choice::Nobody => "nobody".into(),
    }
}

fn named(names: &[&str]) -> Wish {
    Wish {
        session: None,
        named: names.iter().map(|name| Named::read(name)).collect(),
        origin: "config.toml:3".into(),
        ..Wish::default()
    }
}

const HARD: [TaskKind; 4] = [TaskKind::Chat, TaskKind::Command, TaskKind::Review, TaskKind::Doc];
const SMALL: [TaskKind; 3] = [TaskKind::Rewrite, TaskKind::Commit, TaskKind::Title];

#[test]
fn with_nothing_only_the_embedded_judge_works_and_the_way_on_is_named() {
    for task in TaskKind::ALL {
        let route = routed(task, &Wish::default(), &situation(&[])).status;
        let expected = if task == TaskKind::Judge { Choice::Embedded } else { Choice::Nobody };
        assert_eq!(route.choice, expected, "{task}");
        assert!(task == TaskKind::Judge || route.why.contains("quarry models"), "{task}: {}", route.why);
    }
}

#[test]
fn one_local_model_does_everything_that_it_can() {
    let fleet = [local("ollama/qwen2.5-coder:7b")];
    for task in TaskKind::ALL {
        let expected = if task == TaskKind::Judge { "embedded" } else { "ollama/qwen2.5-coder:7b" };
        assert_eq!(by_default(task, &fleet), expected, "{task}");
    }
    let fleet = [local("ollama/llama3.1:8b")];
    let complete = routed(TaskKind::Complete, &Wish::default(), &situation(&fleet)).status;
    assert_eq!(complete.choice, Choice::Nobody);
    assert!(complete.why.contains("[task.complete] use"), "{}", complete.why);
}

#[test]
fn one_key_gives_the_strong_model_what_is_hard_and_the_cheap_one_what_is_small() {
    let fleet = ["claude-opus-5", "claude-haiku-5-5", "claude-sonnet-5-5", "claude-haiku-4-5"]
        .map(|name| hosted("anthropic", name));
    for task in HARD {
        assert_eq!(by_default(task, &fleet), "anthropic/claude-sonnet-5-5", "{task}");
    }
    for task in SMALL {
        assert_eq!(by_default(task, &fleet), "anthropic/claude-haiku-5-5", "{task}");
    }
    assert_eq!(by_default(TaskKind::Judge, &fleet), "embedded", "nothing that costs money judges unasked");
    assert_eq!(by_default(TaskKind::Complete, &fleet), "nobody", "nor does it complete what is typed");
}

#[test]
fn with_both_what_is_small_stays_on_this_machine() {
    let fleet = [
        hosted("anthropic", "claude-sonnet-5-5"),
        hosted("anthropic", "claude-haiku-5-5"),
        local("ollama/qwen2.5-coder:7b"),
    ];
    for task in HARD {
        assert_eq!(by_default(task, &fleet), "anthropic/claude-sonnet-5-5", "{task}");
    }
    for task in SMALL.into_iter().chain([TaskKind::Complete, TaskKind::Scan]) {
        assert_eq!(by_default(task, &fleet), "ollama/qwen2.5-coder:7b", "{task}");
    }
    let order = routed(TaskKind::Chat, &Wish::default(), &situation(&fleet)).order;
    assert_eq!(
        order.iter().map(shown).collect::<Vec<_>>(),
        ["anthropic/claude-sonnet-5-5", "ollama/qwen2.5-coder:7b"]
    );
}

#[test]
fn a_service_without_its_usual_models_gives_the_nearest() {
    let fleet = [
        hosted("openai", "text-embedding-3-small"),
        hosted("openai", "gpt-99"),
        hosted("openai", "gpt-99-mini"),
    ];
    assert_eq!(by_default(TaskKind::Chat, &fleet), "openai/gpt-99");
    assert_eq!(by_default(TaskKind::Title, &fleet), "openai/gpt-99-mini");
}

#[test]
fn the_strongest_local_model_chats_and_a_small_one_does_small_tasks() {
    let fleet =
        [local("a/qwen3-0.6b"), local("a/qwen3:4b"), local("a/qwen3:32b"), local("a/nomic-embed-text")];
    assert_eq!(by_default(TaskKind::Chat, &fleet), "a/qwen3:32b");
    assert_eq!(by_default(TaskKind::Title, &fleet), "a/qwen3:4b");
}

#[test]
fn a_local_model_judges_unasked_only_when_it_is_strong_and_known_to_be_fast() {
    let judge = |member: Member| {
        let status = routed(TaskKind::Judge, &Wish::default(), &situation(&[member])).status;
        (shown(&status.choice), status.why)
    };
    let eight = |member: Member| Member { info: ModelInfo { in_flight: Some(8), ..member.info }, ..member };
    let (choice, why) = judge(eight(measured(local("a/qwen3:8b"), 100, 90.0)));
    assert_eq!(choice, "a/qwen3:8b");
    assert!(why.contains("100 ms a call") && why.contains("80 files/s"), "{why}");
    for slow in [
        eight(local("a/qwen3:8b")),
        eight(measured(local("a/qwen3:8b"), 450, 90.0)),
        measured(local("a/qwen3:8b"), 100, 90.0),
        eight(measured(local("a/qwen3:0.6b"), 10, 90.0)),
    ] {
        let (choice, why) = judge(slow);
        assert_eq!(choice, "embedded");
        assert!(why.contains("20 files/s"), "{why}");
    }
    let (choice, _) = judge(eight(measured(hosted("anthropic", "claude-haiku-5-5"), 10, 90.0)));
    assert_eq!(choice, "embedded");
}

#[test]
fn named_models_go_in_order_and_nothing_else_stands_in() {
    let fleet = [local("lab/qwen3:8b"), local("box/qwen3:32b"), hosted("anthropic", "claude-sonnet-5-5")];
    let wish = named(&["lab/qwen3:8b", "anthropic/claude-sonnet-5-5"]);
    let found = routed(TaskKind::Chat, &wish, &situation(&fleet));
    assert_eq!(shown(&found.status.choice), "lab/qwen3:8b");
    assert!(
        found.status.by_user && found.status.why.starts_with("first of 2 in config.toml:3"),
        "{}",
        found.status.why
    );

    let fleet =
        [down(local("lab/qwen3:8b")), local("box/qwen3:32b"), hosted("anthropic", "claude-sonnet-5-5")];
    let found = routed(TaskKind::Chat, &wish, &situation(&fleet)).status;
    assert_eq!(shown(&found.choice), "anthropic/claude-sonnet-5-5");
    assert_eq!(found.passed_over, [("lab/qwen3:8b".to_owned(), "down: connection refused".to_owned())]);

    let found = routed(TaskKind::Chat, &named(&["lab/qwen3:8b"]), &situation(&fleet)).status;
    assert_eq!(found.choice, Choice::Nobody, "a person who named one model gets no other");
    assert!(found.why.contains("connection refused"), "{}", found.why);
    let found = routed(TaskKind::Judge, &named(&["lab/qwen3:8b"]), &situation(&fleet)).status;
    assert_eq!(found.choice, Choice::Embedded, "but there is always one judge");
}

#[test]
fn each_obstacle_is_told_in_its_own_words() {
    let small = |member: Member| Member { info: ModelInfo { window: Some(2048), ..member.info }, ..member };
    let fleet = [
        small(local("tiny/qwen3:8b")),
        hosted("anthropic", "claude-sonnet-5-5"),
        local("lab/qwen3:8b"),
        local("lab/nomic-embed-text"),
    ];
    let silent = [("work".to_owned(), "no answer in 5 s".to_owned())];
    let situation = Situation { fleet: &fleet, silent: &silent, local_only: true, ..situation(&fleet) };
    let wish = named(&[
        "tiny/qwen3:8b",
        "anthropic",
        "lab/gone",
        "work/m",
        "ollama/m",
        "lab/nomic-embed-text",
        "lab/qwen3:8b",
    ]);
    let found = routed(TaskKind::Chat, &wish, &situation).status;
    assert_eq!(shown(&found.choice), "lab/qwen3:8b");
    let passed: Vec<(&str, &str)> =
        found.passed_over.iter().map(|(who, why)| (who.as_str(), why.as_str())).collect();
    assert_eq!(
        passed,
        [
            ("tiny/qwen3:8b", "its window of 2,048 tokens is too small"),
            ("anthropic/claude-sonnet-5-5", "remote, and local_only is on"),
            ("lab/gone", "the server has no such model"),
            ("work/m", "no answer in 5 s"),
            ("ollama/m", "there is no such backend now"),
            ("lab/nomic-embed-text", "not made for conversation"),
        ]
    );
    assert!(found.why.starts_with("number 7 of 7"), "{}", found.why);
}

#[test]
fn a_slow_model_waits_behind_a_fast_one_and_one_that_is_not_measured_gets_its_chance() {
    let slow = measured(local("a/qwen3:32b"), 9_000, 20.0);
    let fast = measured(local("a/qwen3:8b"), 300, 60.0);
    let found = routed(TaskKind::Chat, &Wish::default(), &situation(&[slow.clone(), fast])).status;
    assert_eq!(shown(&found.choice), "a/qwen3:8b");
    assert!(found.why.ends_with("300 ms to the first token"), "{}", found.why);
    assert_eq!(
        found.passed_over,
        [("a/qwen3:32b".to_owned(), "9.0 s to the first token, 3.0 s expected".to_owned())]
    );

    let found =
        routed(TaskKind::Chat, &Wish::default(), &situation(&[slow.clone(), local("a/qwen3:8b")])).status;
    assert_eq!(shown(&found.choice), "a/qwen3:8b");
    assert!(found.why.ends_with("not measured yet"), "{}", found.why);

    let found = routed(TaskKind::Chat, &Wish::default(), &situation(&[slow])).status;
    assert_eq!(shown(&found.choice), "a/qwen3:32b", "slow is better than nothing");
    assert!(found.why.contains("slower than wished: 9.0 s"), "{}", found.why);

    let trickle = measured(local("a/qwen3:32b"), 300, 1.0);
    let found =
        routed(TaskKind::Commit, &Wish::default(), &situation(&[trickle, local("a/qwen3:70b")])).status;
    assert_eq!(found.passed_over[0].1, "about 120.3 s for an answer, 10.0 s expected");
}

#[test]
fn a_completion_that_comes_late_is_none_unless_a_person_wants_it() {
    let fleet = [measured(local("a/qwen2.5-coder:7b"), 2_000, 20.0)];
    assert_eq!(by_default(TaskKind::Complete, &fleet), "nobody");
    let found = routed(TaskKind::Complete, &named(&["a"]), &situation(&fleet)).status;
    assert_eq!(shown(&found.choice), "a/qwen2.5-coder:7b");
}

#[test]
fn a_judge_that_somebody_chose_may_be_slow_unless_they_said_how_fast() {
    let fleet = [measured(local("a/qwen3:8b"), 4_000, 20.0)];
    let wish = named(&["a/qwen3:8b", "embedded"]);
    assert_eq!(shown(&routed(TaskKind::Judge, &wish, &situation(&fleet)).status.choice), "a/qwen3:8b");
    let (config, _) = Config::from_text("[task.judge]\nfirst_token_ms = 200\n");
    let expected = Expectation::of(TaskKind::Judge, config.tasks.get("judge"));
    assert_eq!(
        shown(&route(TaskKind::Judge, &wish, &expected, &situation(&fleet)).status.choice),
        "embedded"
    );
}

#[test]
fn the_configuration_changes_what_is_expected() {
    let (config, _) = Config::from_text("[task.chat]\nfirst_token_ms = 200\n");
    let expected = Expectation::of(TaskKind::Chat, config.tasks.get("chat"));
    let fleet = [measured(local("a/qwen3:32b"), 300, 60.0), local("a/qwen3:8b")];
    let found = route(TaskKind::Chat, &Wish::default(), &expected, &situation(&fleet)).status;
    assert_eq!(shown(&found.choice), "a/qwen3:8b");
}

#[test]
fn a_choice_of_this_session_goes_first_and_the_others_stand_in() {
    let fleet = [local("a/qwen3:8b"), local("a/qwen3:32b")];
    let pick =
        |name: &str| Wish { session: Some(Choice::Model(name.parse().expect("a model"))), ..Wish::default() };
    let found = routed(TaskKind::Chat, &pick("a/qwen3:8b"), &situation(&fleet));
    assert_eq!((shown(&found.status.choice), found.order.len()), ("a/qwen3:8b".into(), 2));
    assert!(found.status.by_user && found.status.why.starts_with("chosen in this session"));
    let found = routed(TaskKind::Chat, &pick("a/gone"), &situation(&fleet)).status;
    assert_eq!(shown(&found.choice), "a/qwen3:32b");
    let off = Wish { session: Some(Choice::Nobody), ..Wish::default() };
    assert_eq!(routed(TaskKind::Chat, &off, &situation(&fleet)).status.choice, Choice::Nobody);
}

#[test]
fn while_looking_goes_on_nobody_is_missing_yet() {
    let situation = Situation { searching: true, ..situation(&[]) };
    assert_eq!(routed(TaskKind::Chat, &Wish::default(), &situation).status.why, "still looking for models");
    let found = routed(TaskKind::Judge, &named(&["lab/m", "embedded"]), &situation).status;
    assert_eq!(found.passed_over, [("lab/m".to_owned(), "not found yet".to_owned())]);
}

fn figures(judge: &str, recall_at_10: f64, lead: Option<(f64, f64)>, seconds: u64) -> JudgeFigures {
    let per_query = Duration::from_secs(seconds);
    JudgeFigures {
        judge: JudgeName(judge.into()),
        at_ms: 0,
        commits: 40,
        recall_at_10,
        lead,
        per_query,
        usd: 0.0,
    }
}

/// Who judges, and why, where these figures are known.
fn judged(fleet: &[Member], figures: &[JudgeFigures], wish: &Wish) -> (String, String) {
    let situation = Situation { figures, ..situation(fleet) };
    let RouteStatus { choice, why, .. } = routed(TaskKind::Judge, wish, &situation).status;
    let name = match choice {
        Choice::Embedded => "embedded".to_owned(),
        Choice::Model(model) => model.to_string(),
        Choice::Nobody => "nobody".to_owned(),
    };
    (name, why)
}

#[test]
fn a_free_judge_that_found_more_on_the_users_commits_judges_and_says_so() {
    let fleet = [local("lab/qwen3-4b"), local("lab/qwen3-8b")];
    let own = figures("embedded", 0.70, None, 0);
    let better = [
        own.clone(),
        figures("lab/qwen3-4b", 0.78, Some((0.03, 0.13)), 12),
        figures("lab/qwen3-8b", 0.81, Some((0.05, 0.16)), 30),
    ];
    let (who, why) = judged(&fleet, &better, &Wish::default());
    assert_eq!(who, "lab/qwen3-8b");
    assert!(
        why.starts_with("found more on 40 of your commits: R@10 0.81, embedded 0.70; 30.0 s a query"),
        "{why}"
    );
    let noise = [own.clone(), figures("lab/qwen3-4b", 0.71, Some((-0.02, 0.04)), 12)];
    let (who, why) = judged(&fleet, &noise, &Wish::default());
    assert_eq!(who, "embedded");
    assert!(why.contains("lab/qwen3-4b found no more beyond the noise on 40 of your commits"), "{why}");
    let slow = [own.clone(), figures("lab/qwen3-4b", 0.9, Some((0.1, 0.3)), 95)];
    assert_eq!(judged(&fleet, &slow, &Wish::default()).0, "embedded");
    let few = [own, JudgeFigures { commits: 5, ..figures("lab/qwen3-4b", 0.9, Some((0.1, 0.3)), 1) }];
    assert_eq!(judged(&fleet, &few, &Wish::default()).0, "embedded");
}

#[test]
fn a_paid_judge_is_picked_by_figures_only_among_those_named() {
    let fleet = [hosted("openai", "gpt-5-mini"), local("lab/qwen3-4b")];
    let found = [
        figures("embedded", 0.70, None, 0),
        JudgeFigures { usd: 0.02, ..figures("openai/gpt-5-mini", 0.9, Some((0.1, 0.3)), 9) },
        figures("lab/qwen3-4b", 0.6, Some((-0.2, 0.0)), 9),
    ];
    assert_eq!(judged(&fleet, &found, &Wish::default()).0, "embedded");
    let named =
        ["lab/qwen3-4b", "openai/gpt-5-mini"].map(|name| Named::Model(name.parse().expect("a model")));
    let wish = Wish { named: named.to_vec(), origin: "config.toml:3".into(), ..Wish::default() };
    assert_eq!(judged(&fleet, &found, &wish).0, "lab/qwen3-4b", "in the order named");
    let (who, why) = judged(&fleet, &found, &Wish { pick: Pick::Figures, ..wish });
    assert_eq!(who, "openai/gpt-5-mini");
    assert!(why.contains("and $0.020 a query"), "{why}");
}
