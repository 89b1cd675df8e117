//! What models change in the state: who is asked and when, questions before money is spent, the picker, and failures.
//! Tests read like sentences; time stands still unless told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use std::time::Duration;

use quarry::app::{Cmd, Input, Msg, Overlay, Pane, Timer};
use quarry::domain::{
    Choice, FileId, Generation, Health, LedgerRow, LedgerState, ModelCommand, ModelEvent, Notice,
    QueryCommand, QueryEvent, RankCause, Severity, StateKind, TaskKind,
};
use stage::models::{JUDGE, backends, estimate, fallen, model, model_rows, routes};
use stage::{NARROW, Stage, WIDE, rows};

fn ready() -> Stage {
    Stage::ready(WIDE).with_models()
}

/// The judges of the requests so far.
fn judges(stage: &Stage) -> Vec<String> {
    stage
        .cmds
        .iter()
        .filter_map(|cmd| match cmd {
            Cmd::Query(QueryCommand::Ask(request)) => Some(request.judge.to_string()),
            _ => None,
        })
        .collect()
}

fn went_on(stage: &Stage) -> Vec<Generation> {
    stage
        .cmds
        .iter()
        .filter_map(|cmd| match cmd {
            Cmd::Query(QueryCommand::GoOn(generation)) => Some(*generation),
            _ => None,
        })
        .collect()
}

fn told(stage: &Stage) -> Vec<ModelCommand> {
    stage
        .cmds
        .iter()
        .filter_map(|cmd| match cmd {
            Cmd::Models(command) => Some(command.clone()),
            _ => None,
        })
        .collect()
}

fn toast(stage: &Stage) -> String {
    stage.app.notices.toast().map(|toast| toast.text.clone()).unwrap_or_default()
}

fn is_asked(stage: &Stage) -> bool {
    matches!(stage.app.overlay, Some(Overlay::Estimate(_)))
}

fn candidate(stage: &Stage) -> String {
    match &stage.app.overlay {
        Some(Overlay::Models(picker)) => picker.selected().map(quarry::app::picker::name).unwrap_or_default(),
        _ => panic!("the picker is closed"),
    }
}

#[test]
fn typing_asks_the_embedded_judge_and_only_enter_asks_the_model() {
    let mut stage = ready();
    stage.ask("retry");
    assert_eq!(judges(&stage), ["embedded"]);
    stage.keys("enter");
    assert_eq!(judges(&stage), ["embedded", JUDGE]);
    assert_eq!(stage.app.focus, Pane::List);
    stage.keys("i enter");
    assert_eq!(judges(&stage).len(), 2, "the same is not asked twice");
    stage.keys("i").text("s");
    stage.send(Msg::Timer(newest_timer(&stage)));
    assert_eq!(judges(&stage), ["embedded", JUDGE, "embedded"], "typing on goes back to the embedded judge");
}

fn newest_timer(stage: &Stage) -> Timer {
    let after = stage.cmds.iter().rev().find_map(|cmd| match cmd {
        Cmd::After { timer, .. } => Some(*timer),
        _ => None,
    });
    after.expect("a timer was asked for")
}

#[test]
fn enter_before_the_pause_asks_the_model_at_once() {
    let mut stage = ready();
    stage.text("retry").keys("enter");
    assert_eq!(judges(&stage), [JUDGE]);
}

#[test]
fn going_down_to_the_list_asks_no_model() {
    let mut stage = ready();
    stage.ask("retry").rank(rows(), RankCause::Query).keys("down");
    assert_eq!(stage.app.focus, Pane::List);
    assert_eq!(judges(&stage), ["embedded"]);
}

#[test]
fn without_a_model_enter_goes_to_the_list_as_ever() {
    let mut stage = Stage::ready(WIDE);
    stage.text("retry").keys("enter J");
    assert_eq!(judges(&stage), ["embedded"]);
    assert!(toast(&stage).contains("no model judges; M chooses one"), "{}", toast(&stage));
}

#[test]
fn keys_typed_for_something_else_cannot_answer_the_question() {
    let mut stage = ready();
    stage.ask_model("retry").estimated(estimate());
    assert!(is_asked(&stage));
    stage.keys("enter e");
    assert!(is_asked(&stage), "they came with the enter that asked");
    stage.wait(600).keys("enter");
    assert!(is_asked(&stage), "somebody who types on has not read it yet");
    stage.send(Msg::Input(Input::Paste("enter\n".into())));
    assert_eq!(went_on(&stage), []);
    stage.wait(800).keys("x q");
    assert!(is_asked(&stage), "other keys mean nothing to it");
    stage.keys("enter");
    assert_eq!(went_on(&stage), [stage.app.query.generation()]);
    assert!(stage.app.overlay.is_none() && stage.app.query.is_running());
}

#[test]
fn the_question_wakes_up_by_itself_when_its_keys_hold() {
    let mut stage = ready();
    stage.ask_model("retry").estimated(estimate());
    assert!(stage.app.needs_tick().expect("a tick is due") <= Duration::from_millis(700));
    let held = stage.frame();
    stage.wait(100);
    assert!(stage.app.take_redraw());
    stage.wait(650);
    assert!(stage.app.take_redraw(), "its keys are drawn as keys now");
    assert_ne!(stage.frame(), held);
}

#[test]
fn no_is_answered_at_once_and_the_embedded_judge_stands() {
    for keys in ["esc", "ctrl+o esc"] {
        let mut stage = ready();
        stage.ask_model("retry").estimated(estimate()).keys(keys);
        assert_eq!(judges(&stage), ["embedded", JUDGE, "embedded"], "{keys}");
        assert_eq!(went_on(&stage), []);
        assert!(toast(&stage).contains("nothing was sent; J asks the model"), "{}", toast(&stage));
    }
    let mut stage = ready();
    stage.ask_model("retry").estimated(estimate()).wait(800).keys("e");
    assert_eq!(judges(&stage).last().map(String::as_str), Some("embedded"));
}

#[test]
fn the_question_takes_no_focus_from_a_person_at_something_else() {
    let mut stage = ready();
    stage.ask_model("retry").keys("i").estimated(estimate());
    assert!(!is_asked(&stage), "the query line has the keyboard");
    assert!(stage.screen().contains("waits  glm-4.6: 1,284 files, $0.21   J decides"), "{}", stage.screen());
    stage.keys("tab J");
    assert!(is_asked(&stage), "it comes when it is called");
    let mut stage = ready();
    stage.ask_model("retry").keys("ctrl+p").estimated(estimate());
    assert!(matches!(stage.app.overlay, Some(Overlay::Palette(_))));
    let mut stage = ready();
    stage.ask_model("retry").keys("i").estimated(estimate()).keys("enter");
    assert!(is_asked(&stage), "enter on the same request asks the same again");
    assert_eq!(judges(&stage).len(), 2);
}

#[test]
fn an_estimate_of_an_older_query_is_dropped() {
    let mut stage = ready();
    stage.ask_model("retry");
    let event = QueryEvent::Estimate { generation: Generation(1), estimate: estimate() };
    stage.send(Msg::Query(event));
    assert!(!is_asked(&stage) && stage.app.query.estimate.is_none());
    stage.estimated(estimate());
    stage.keys("esc");
    stage.send(Msg::Query(QueryEvent::Estimate { generation: Generation(2), estimate: estimate() }));
    assert!(!is_asked(&stage), "what was declined does not come back");
}

#[test]
fn a_query_that_a_budget_stopped_goes_on_when_told() {
    let mut stage = ready();
    stage.judging();
    let mut rest = model_rows(8);
    for row in rest.iter_mut().filter(|row| row.state == StateKind::Queued) {
        row.state = StateKind::OverBudget;
    }
    stage.rank(rest, RankCause::Query);
    let (generation, counts) = (stage.app.query.generation(), stage.app.query.counts);
    stage.send(Msg::Query(QueryEvent::Done { generation, counts, elapsed: Duration::from_secs(41) }));
    stage.cmds.clear();
    assert!(stage.screen().contains("over budget; J goes on"), "{}", stage.screen());
    stage.keys("J");
    assert_eq!(went_on(&stage), [generation]);
    assert!(stage.app.query.is_running());
}

#[test]
fn a_stopped_model_goes_on_where_it_was() {
    let mut stage = ready();
    stage.judging();
    stage.keys("esc");
    assert!(toast(&stage).contains("J judges the rest"), "{}", toast(&stage));
    stage.cmds.clear();
    stage.keys("J");
    assert_eq!(judges(&stage), [JUDGE]);
}

#[test]
fn all_that_failed_is_judged_again_from_its_heading() {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter L");
    let failed = |file| LedgerRow {
        file: FileId(file),
        path: format!("f{file}.rs").into(),
        state: LedgerState::Failed { why: "timed out".into(), retryable: true },
    };
    let counts = stage.app.query.counts;
    stage.send(Msg::Query(QueryEvent::Ledger { rows: vec![failed(5), failed(6)].into(), counts }));
    stage.keys("g r");
    assert!(stage.cmds.contains(&Cmd::Query(QueryCommand::Rejudge(vec![FileId(5), FileId(6)]))));
}

#[test]
fn the_picker_changes_a_task_live() {
    let mut stage = ready();
    stage.keys("ctrl+o");
    assert_eq!(candidate(&stage), JUDGE, "it opens on the judge, at the one in use");
    stage.keys("enter").text("kimi").keys("enter");
    let kimi = Choice::Model(model("kimi/kimi-k2"));
    assert_eq!(told(&stage), [ModelCommand::Use(TaskKind::Judge, Some(kimi.clone()))]);
    assert!(matches!(stage.app.overlay, Some(Overlay::Models(_))), "it stays open to show what came of it");
    let mut new = routes();
    new[1].choice = kimi;
    stage.models(backends(), new);
    assert!(stage.screen().contains("judge kimi-k2 ·remote"), "{}", stage.screen());
    assert_eq!(toast(&stage), "judge: kimi-k2 from now on");
    stage.keys("esc");
    assert!(stage.app.overlay.is_none());
}

#[test]
fn esc_in_the_picker_goes_back_one_layer_at_a_time() {
    let mut stage = ready();
    stage.keys("ctrl+o enter").text("xyz");
    assert!(stage.screen().contains("Nothing fits"));
    stage.keys("enter esc");
    assert_eq!(candidate(&stage), JUDGE);
    assert_eq!(told(&stage), []);
    stage.keys("esc");
    assert!(stage.app.overlay.is_none());
}

#[test]
fn news_of_backends_do_not_move_the_selected_candidate() {
    let mut stage = ready();
    stage.keys("ctrl+o enter down down");
    let before = candidate(&stage);
    let mut fewer = backends();
    fewer[1].models.truncate(2);
    fewer[0].health = Health::Down { why: "gone".into(), retry_in: None };
    stage.models(fewer, routes());
    assert_eq!(candidate(&stage), before);
}

#[test]
fn the_picker_tests_looks_again_and_goes_back_to_the_configuration() {
    let mut stage = ready();
    stage.keys("ctrl+o t t d r");
    let test = ModelCommand::Test(TaskKind::Judge, model(JUDGE));
    let expected = [test, ModelCommand::Use(TaskKind::Judge, None), ModelCommand::Refresh];
    assert_eq!(told(&stage), expected, "a test that runs is not sent twice");
    stage.cmds.clear();
    stage.keys("k d");
    assert_eq!(told(&stage), [], "chat is as the configuration says already");
    stage.keys("j enter").text("air").keys("ctrl+t");
    assert_eq!(told(&stage), [ModelCommand::Test(TaskKind::Judge, model("hub/glm-4.6-air"))]);
}

#[test]
fn a_test_is_answered_in_place() {
    let mut stage = ready();
    stage.keys("ctrl+o t").wait(3000);
    assert!(stage.screen().contains("testing hub/glm-4.6, sent 3s"), "{}", stage.screen());
    let result = Err("hub/glm-4.6: not authorised: invalid api key".into());
    stage.send(Msg::Models(ModelEvent::Tested { task: TaskKind::Judge, model: model(JUDGE), result }));
    assert!(stage.screen().contains("test failed: hub/glm-4.6: not authorised: invalid api key"));
    assert!(stage.app.notices.is_empty(), "it needs no notice besides");
}

#[test]
fn nothing_is_claimed_before_models_are_known() {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter M");
    assert!(stage.app.overlay.is_none());
    assert!(toast(&stage).contains("models are still looked for"), "{}", toast(&stage));
    stage.keys(":").text("model glm").keys("enter");
    assert_eq!(told(&stage), []);
}

#[test]
fn the_command_line_chooses_models() {
    let ask = |line: &str| {
        let mut stage = ready();
        stage.ask("retry").keys("tab :").text(line).keys("enter");
        (told(&stage), toast(&stage), stage)
    };
    let air = Some(Choice::Model(model("hub/glm-4.6-air")));
    assert_eq!(ask("model glm-4.6-air").0, [ModelCommand::Use(TaskKind::Judge, air.clone())]);
    assert_eq!(ask("model chat hub/glm-4.6-air").0, [ModelCommand::Use(TaskKind::Chat, air)]);
    assert_eq!(ask("model judge embedded").0, [ModelCommand::Use(TaskKind::Judge, Some(Choice::Embedded))]);
    assert_eq!(ask("model judge default").0, [ModelCommand::Use(TaskKind::Judge, None)]);
    assert!(ask("model chat glm-4.6-aire").1.contains("did you mean glm-4.6-air?"));
    assert!(ask("model jugde kimi-k2").1.contains("did you mean judge?"));
    assert!(ask("model chat embedded").1.contains("there is no model"), "the embedded judge only judges");
    let (_, _, stage) = ask("model command");
    assert!(matches!(&stage.app.overlay, Some(Overlay::Models(picker)) if picker.task == TaskKind::Command));
}

#[test]
fn the_command_line_completes_tasks_and_models() {
    let mut stage = ready();
    stage.ask("retry").keys("tab :").text("model com").keys("tab");
    assert!(stage.screen().contains(": model command"), "{}", stage.screen());
    stage.text(" ki").keys("tab enter");
    let kimi = Some(Choice::Model(model("kimi/kimi-k2")));
    assert_eq!(told(&stage), [ModelCommand::Use(TaskKind::Command, kimi)]);
}

#[test]
fn the_palette_leads_to_the_model_of_each_task() {
    let mut stage = ready();
    stage.keys("ctrl+p").text("model for review").keys("enter");
    assert!(matches!(&stage.app.overlay, Some(Overlay::Models(picker)) if picker.task == TaskKind::Review));
}

#[test]
fn a_fallback_is_told_once_and_stays_visible() {
    let mut stage = Stage::full(WIDE).with_models();
    let (backends, routes) = fallen();
    stage.models(backends, routes);
    for _ in 0..1000 {
        stage.send(Msg::Models(ModelEvent::FellBack {
            task: TaskKind::Judge,
            from: model(JUDGE),
            to: Choice::Embedded,
            why: "connection refused".into(),
        }));
    }
    assert!(toast(&stage).starts_with("judge: embedded instead of glm-4.6: connection refused"));
    assert_eq!(stage.app.notices.unread(), 2, "the backend is down, and another judges");
    assert_eq!(stage.app.notices.newest_first().next().map(|noted| noted.times), Some(1000));
    stage.wait(60_000);
    assert!(stage.screen().contains("! judge embedded ·fallback"), "{}", stage.screen());
}

#[test]
fn a_backend_that_nobody_uses_goes_down_in_silence() {
    let mut stage = ready();
    let mut down = backends();
    down[0].health = Health::Down { why: "connection refused".into(), retry_in: None };
    let used = stage.app.models.uses("lab");
    assert!(used, "chat uses it");
    stage.send(Msg::Models(ModelEvent::Backends(down.clone().into())));
    assert!(toast(&stage).starts_with("lab is down: connection refused"));
    stage.send(Msg::Models(ModelEvent::Backends(down.into())));
    assert_eq!(stage.app.notices.len(), 1, "it is down still, which is no news");
    let mut stage = ready();
    let mut more = backends();
    more.push(more[0].clone());
    more[3].name = "spare".into();
    more[3].health = Health::Down { why: "connection refused".into(), retry_in: None };
    stage.send(Msg::Models(ModelEvent::Backends(more.into())));
    assert!(stage.app.notices.is_empty());
}

#[test]
fn a_backend_that_comes_back_is_told_of_in_passing() {
    let mut stage = ready();
    let mut down = backends();
    down[1].health = Health::Down { why: "HTTP 529".into(), retry_in: Some(Duration::from_secs(3)) };
    stage.send(Msg::Models(ModelEvent::Backends(down.into())));
    stage.wait(20_000).send(Msg::Models(ModelEvent::Backends(backends().into())));
    assert_eq!(toast(&stage), "hub answers again");
}

#[test]
fn what_was_spent_stands_in_the_header() {
    let mut stage = Stage::ready(NARROW).with_models();
    assert!(!stage.screen().contains('$'), "nothing was spent");
    stage.spent(0.182);
    assert!(stage.screen().lines().next().unwrap().ends_with("judge glm-4.6   $0.18"), "{}", stage.screen());
    stage.spent(0.001);
    assert!(stage.screen().contains("<$0.01"));
}

#[test]
fn failures_of_models_are_kept_with_their_hints() {
    let mut stage = ready();
    let notice = Notice::new(Severity::Error, "hub/glm-4.6: rate limited").hint("try again in 17 s");
    stage.send(Msg::Models(ModelEvent::Notice(notice.clone())));
    assert_eq!(toast(&stage), "hub/glm-4.6: rate limited; try again in 17 s");
    assert_eq!(stage.app.focus, Pane::Query, "it takes no focus");
    stage.wait(30_000).keys("esc tab !");
    assert!(stage.screen().contains("try again in 17 s"));
    stage.keys("esc").wait(90_000).send(Msg::Models(ModelEvent::Notice(notice)));
    assert_eq!(stage.app.notices.unread(), 1, "after a minute it is news again");
}

#[test]
fn the_model_is_asked_why_for_a_row_that_it_judged() {
    let mut stage = ready();
    stage.judging();
    stage.keys("w");
    assert!(stage.cmds.contains(&Cmd::Query(QueryCommand::Why(FileId(1)))));
    let mut stage = Stage::full(WIDE);
    stage.keys("enter w");
    assert!(toast(&stage).contains("no model was asked"), "the embedded judge gives its reasons unasked");
}

#[test]
fn rows_that_are_seen_are_asked_for_while_they_wait_and_again_when_they_are_judged() {
    let mut stage = ready();
    stage.ask_model("retry");
    stage.cmds.clear();
    let explained = |stage: &Stage| -> Vec<u32> {
        let files = stage.cmds.iter().filter_map(|cmd| match cmd {
            Cmd::Query(QueryCommand::Explain(files)) => Some(files.iter().map(|file| file.0)),
            _ => None,
        });
        files.flatten().collect()
    };
    stage.rank(vec![stage::row(1, "a.rs", StateKind::Queued, 0.6)], RankCause::Query);
    assert_eq!(explained(&stage), [1], "so that it is judged first");
    stage.rank(vec![stage::row(1, "a.rs", StateKind::Judging, 0.6)], RankCause::Query);
    assert_eq!(explained(&stage), [1]);
    stage.rank(vec![stage::row(1, "a.rs", StateKind::Yes, 0.9)], RankCause::Query);
    assert_eq!(explained(&stage), [1, 1], "its verdict has another reason");
}

#[test]
fn candidates_do_not_change_places_under_a_hand_that_is_on_its_way() {
    let mut stage = ready();
    stage.keys("ctrl+o enter");
    let mut down = backends();
    down[1].health = Health::Down { why: "gone".into(), retry_in: None };
    stage.models(down, routes()).keys("down");
    assert_eq!(candidate(&stage), "embedded", "what stood below still stands below");
}

#[test]
fn names_are_not_said_twice() {
    let mut stage = ready();
    let mut down = backends();
    down[1].health = Health::Down { why: "hub/glm-4.6: no connection".into(), retry_in: None };
    stage.send(Msg::Models(ModelEvent::Backends(down.into())));
    assert!(toast(&stage).starts_with("hub is down: no connection;"), "{}", toast(&stage));
}
