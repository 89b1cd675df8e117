//! What the screen looks like where models are asked: picker, header, question, progress and failures, at three sizes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use std::time::Duration;

use quarry::app::{Input, Msg, Size};
use quarry::config::GlyphSet;
use quarry::domain::{
    Choice, Estimate, Health, ModelEvent, Notice, QueryEvent, RankCause, RouteStatus, Severity, StateKind,
    TaskKind,
};
use quarry::ui::theme::{ColorDepth, Glyphs, Theme};
use stage::models::{backends, estimate, fallen, model, model_rows, route, routes};
use stage::{MEDIUM, NARROW, Stage, WIDE};

const SIZES: [(&str, Size); 3] = [("wide", WIDE), ("medium", MEDIUM), ("narrow", NARROW)];

fn shoot(name: &str, make: impl Fn(Size) -> Stage) {
    for (size_name, size) in SIZES {
        insta::assert_snapshot!(format!("{name}_{size_name}"), make(size).frame());
    }
}

fn picker(size: Size) -> Stage {
    let mut stage = Stage::full(size).with_models();
    stage.keys("enter M enter").text("glm");
    stage
}

fn picker_of_tasks(size: Size) -> Stage {
    let (backends, routes) = fallen();
    let mut stage = Stage::full(size);
    stage.models(backends, routes).wait(30_000);
    stage.keys("enter M");
    stage
}

fn no_model(size: Size) -> Stage {
    let routes: Vec<RouteStatus> = TaskKind::ALL
        .into_iter()
        .map(|task| route(task, if task == TaskKind::Judge { "embedded" } else { "" }, "no model was found"))
        .collect();
    let mut stage = Stage::ready(size);
    stage.models(Vec::new(), routes).keys("ctrl+o");
    stage
}

fn question(size: Size) -> Stage {
    let mut stage = Stage::ready(size).with_models();
    stage.ask_model("where is the retry budget enforced?").estimated(estimate()).wait(800);
    stage
}

fn judging(size: Size) -> Stage {
    let mut stage = Stage::ready(size).with_models();
    stage.judging();
    stage
}

fn over_budget(size: Size) -> Stage {
    let mut stage = judging(size);
    let mut rows = model_rows(8);
    for row in rows.iter_mut().filter(|row| matches!(row.state, StateKind::Queued | StateKind::Judging)) {
        row.state = StateKind::OverBudget;
    }
    stage.rank(rows, RankCause::Query);
    let (generation, counts) = (stage.app.query.generation(), stage.app.query.counts);
    stage.send(Msg::Query(QueryEvent::Done { generation, counts, elapsed: Duration::from_secs(41) }));
    stage.send(Msg::Models(ModelEvent::Backends(backends().into())));
    let notice = Notice::new(Severity::Warning, "the query's budget of $0.18 is spent").hint("J goes on");
    stage.send(Msg::Models(ModelEvent::Notice(notice)));
    stage.keys("j j j j j j j j j j");
    stage
}

fn fallen_back(size: Size) -> Stage {
    let mut stage = Stage::full(size).with_models();
    let (backends, routes) = fallen();
    let why = "connection refused (api.z.example:443)".to_owned();
    let fell =
        ModelEvent::FellBack { task: TaskKind::Judge, from: model("hub/glm-4.6"), to: Choice::Embedded, why };
    stage.models(backends, routes).send(Msg::Models(fell)).keys("enter");
    stage
}

fn told(size: Size) -> Stage {
    let mut stage = fallen_back(size);
    let tell = |stage: &mut Stage, title: &str, cause: &str, hint: &str| {
        let notice = Notice::new(Severity::Error, title).cause(cause).hint(hint);
        stage.wait(1000).send(Msg::Models(ModelEvent::Notice(notice)));
    };
    tell(
        &mut stage,
        "kimi/kimi-k2: not authorised: invalid api key",
        "HTTP 401 of https://api.k.example",
        "set $KIMI_API_KEY, or key_cmd in config.toml:12, then r in the model picker",
    );
    tell(
        &mut stage,
        "hub/glm-4.6: rate limited: too many requests",
        "HTTP 429 of https://api.z.example",
        "tried again in 17 s",
    );
    tell(
        &mut stage,
        "lab/unsloth/qwen3-coder-30b: the server read only 4,096 of about 11,300 prompt tokens",
        "its window is smaller than the prompt, and it says nothing of it",
        "set num_ctx = 16384 in [backend.lab]",
    );
    tell(
        &mut stage,
        "today's budget of $1.00 is spent",
        "[budget] in config.toml:30",
        "raise it, or wait for midnight",
    );
    stage.keys("!");
    stage
}

#[test]
fn candidates_searched_in_the_picker() {
    shoot("picker", picker);
}

#[test]
fn a_broken_task_selected_in_the_picker() {
    shoot("picker_broken", picker_of_tasks);
}

#[test]
fn no_model_was_found() {
    shoot("picker_empty", no_model);
}

#[test]
fn a_test_passed_and_one_failed() {
    let mut stage = Stage::full(MEDIUM).with_models();
    stage.keys("enter M t");
    insta::assert_snapshot!("picker_testing", stage.screen());
    let result = Ok((Duration::from_millis(410), Duration::from_millis(620)));
    stage.send(Msg::Models(ModelEvent::Tested {
        task: TaskKind::Judge,
        model: model("hub/glm-4.6"),
        result,
    }));
    insta::assert_snapshot!("picker_tested", stage.screen());
    stage.keys("k t");
    let result = Err(
        "lab/unsloth/qwen3-coder-30b: the server failed: loading the model; try again in a moment".into(),
    );
    let model = model("lab/unsloth/qwen3-coder-30b");
    stage.send(Msg::Models(ModelEvent::Tested { task: TaskKind::Chat, model, result }));
    insta::assert_snapshot!("picker_test_failed", stage.screen());
}

#[test]
fn a_model_waits_to_be_agreed_to() {
    shoot("question", question);
}

#[test]
fn a_question_with_an_unknown_price_and_a_small_budget() {
    let mut stage = Stage::ready(NARROW).with_models();
    let estimate = Estimate {
        usd: None,
        time: None,
        stopped_by: Some("the budget of $0.05 a query".into()),
        ..estimate()
    };
    stage.ask_model("where is the retry budget enforced?").estimated(estimate);
    insta::assert_snapshot!("question_unknown", stage.frame());
}

#[test]
fn a_model_judges() {
    shoot("model_judging", judging);
}

#[test]
fn a_budget_stopped_the_query() {
    shoot("over_budget", over_budget);
}

#[test]
fn another_answers_instead() {
    shoot("fallen_back", fallen_back);
}

#[test]
fn failures_of_models_among_the_notices() {
    shoot("model_notices", told);
}

#[test]
fn without_colours_and_in_ascii() {
    for (name, make) in [("picker_ascii", picker as fn(Size) -> Stage), ("judging_ascii", judging)] {
        let mut stage = make(NARROW);
        stage.glyphs = Glyphs::of(GlyphSet::Ascii);
        stage.theme = Theme::default_dark(ColorDepth::None);
        insta::assert_snapshot!(name, stage.frame());
    }
}

#[test]
fn every_size_is_drawn() {
    let states: [fn(Size) -> Stage; 7] =
        [picker, picker_of_tasks, no_model, question, judging, over_budget, fallen_back];
    for state in states {
        let mut stage = state(WIDE);
        let widths = (1..=200).flat_map(|width| [16, 33].map(|height| Size { width, height }));
        let heights = (1..=50).flat_map(|height| [1, 60, 96, 140].map(|width| Size { width, height }));
        for size in widths.chain(heights) {
            stage.send(Msg::Input(Input::Resize(size)));
            assert_eq!(stage.screen().lines().count(), usize::from(size.height), "{size:?}");
        }
    }
}

#[test]
fn names_from_servers_cannot_steer_the_terminal() {
    let mut backends = backends();
    backends[1].health = Health::Down { why: "\u{1b}[31mred\u{202e}".into(), retry_in: None };
    backends[0].models[0].model = quarry::domain::ModelRef::new("lab", "evil\u{1b}]0;title\u{7}\u{9b}31m");
    let mut routes = routes();
    routes[0].choice = Choice::Model(backends[0].models[0].model.clone());
    routes[0].why = "why\u{1b}[2J".into();
    let mut stage = Stage::full(WIDE);
    stage.models(backends, routes).keys("enter M k");
    let screen = stage.screen();
    assert!(screen.contains("evil"), "{screen}");
    assert!(!screen.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'));
}

/// The reason names what was measured, so that nobody wonders why the judge changed.
#[test]
fn a_judge_picked_by_figures_says_by_which_at_every_size() {
    let why = "instant, and lab/unsloth/qwen3-0.6b found no more beyond the noise on 150 of your commits: R@10 0.74 (0.74)";
    for (name, size) in SIZES {
        let all = TaskKind::ALL.into_iter();
        let routes = all.map(|task| route(task, if task == TaskKind::Judge { "embedded" } else { "" }, why));
        let mut stage = Stage::full(size);
        stage.models(backends(), routes.collect()).keys("enter M");
        let text: String = stage.screen().replace(['│', '\n'], " ");
        let words: Vec<&str> = text.split_whitespace().collect();
        let reason: Vec<&str> = why.split_whitespace().collect();
        let (head, tail) = (&reason[..4], &reason[reason.len() - 3..]);
        let holds = |some: &[&str]| words.windows(some.len()).any(|window| window == some);
        assert!(holds(head) && holds(tail), "{name}: {}", stage.screen());
    }
}
