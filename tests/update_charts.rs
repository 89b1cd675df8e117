//! What keys and the evaluating service do to the pages of charts and of the tuning. Tests read like sentences.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use std::sync::Arc;

use quarry::app::{Cmd, Msg, Overlay, TreeNews};
use quarry::domain::{
    CommitId, EvalCommand, EvalEvent, EvalKnown, EvalTask, GitState, Notice, QueryCommand, RootId, Severity,
};
use stage::evaluation::{evaluation, known, tuned};
use stage::{MEDIUM, Stage, WIDE};

fn told(stage: &Stage) -> Vec<EvalCommand> {
    let told = stage.cmds.iter().filter_map(|cmd| match cmd {
        Cmd::Eval(command) => Some(*command),
        _ => None,
    });
    told.collect()
}

fn say(stage: &mut Stage, event: EvalEvent) {
    stage.send(Msg::Eval(event));
}

fn knows(stage: &mut Stage, known: EvalKnown) {
    say(stage, EvalEvent::Known(Box::new(known)));
}

fn measured() -> EvalKnown {
    EvalKnown { evaluation: Some(evaluation(1284)), ..known() }
}

/// An answered query with the keyboard on the list, and this command run.
fn after(command: &str) -> Stage {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter :").text(command).keys("enter");
    stage
}

fn asked_again(stage: &Stage) -> bool {
    stage.cmds.iter().any(|cmd| matches!(cmd, Cmd::Query(QueryCommand::Ask(_))))
}

#[test]
fn eval_shows_what_was_measured_and_measures_only_where_nothing_was() {
    let mut stage = after("eval");
    assert_eq!(told(&stage), [EvalCommand::Read]);
    knows(&mut stage, known());
    assert_eq!(told(&stage), [EvalCommand::Read, EvalCommand::Evaluate]);
    knows(&mut stage, known());
    assert_eq!(told(&stage).len(), 2, "it is begun once");
    let mut stage = after("eval");
    knows(&mut stage, measured());
    assert_eq!(told(&stage), [EvalCommand::Read]);
    stage.keys("r");
    assert_eq!(told(&stage), [EvalCommand::Read, EvalCommand::Evaluate]);
}

#[test]
fn outside_a_repository_nothing_is_measured_and_the_page_says_why() {
    for command in ["eval", "tune"] {
        let mut stage = after(command);
        knows(&mut stage, EvalKnown { repository: Arc::from(""), ..known() });
        assert_eq!(told(&stage), [EvalCommand::Read]);
        assert!(stage.screen().contains("in no repository"));
        stage.keys("r");
        assert_eq!(told(&stage), [EvalCommand::Read]);
        assert!(stage.screen().contains("this is no repository"), "{}", stage.screen());
    }
}

#[test]
fn escape_stops_what_runs_and_q_leaves_it_running() {
    let mut stage = after("eval");
    knows(&mut stage, measured());
    say(&mut stage, EvalEvent::Began(EvalTask::Evaluate));
    stage.keys("q");
    assert!(stage.app.overlay.is_none() && !told(&stage).contains(&EvalCommand::Stop));
    assert!(stage.app.evaluating.running(EvalTask::Evaluate).is_some());
    stage.keys(":").text("eval").keys("enter esc");
    assert!(told(&stage).contains(&EvalCommand::Stop));
    say(&mut stage, EvalEvent::Stopped(EvalTask::Evaluate));
    assert!(stage.app.evaluating.running.is_none());
    assert!(matches!(stage.app.overlay, Some(Overlay::Charts(_))), "the charts of before stay");
    stage.keys("esc");
    assert!(stage.app.overlay.is_none());
}

#[test]
fn what_ends_in_the_background_is_told_in_one_line() {
    let mut stage = after("eval");
    knows(&mut stage, known());
    say(&mut stage, EvalEvent::Began(EvalTask::Evaluate));
    stage.keys("q");
    say(&mut stage, EvalEvent::Evaluated(evaluation(1284)));
    assert!(stage.screen().contains("The judges are measured: R@10 .74 on 150 commits; :eval"));
    stage.keys(":").text("eval").keys("enter");
    assert!(stage.screen().contains("of what a commit touched is among the first 10 files"));
}

#[test]
fn left_and_right_move_the_threshold_and_enter_keeps_it_for_this_repository() {
    let mut stage = after("eval");
    knows(&mut stage, measured());
    stage.keys("enter");
    assert_eq!(told(&stage).len(), 1, "nothing was moved");
    let steps = &stage.app.evaluating.own().unwrap().thresholds;
    let (own, lower) = (stage.app.evaluating.step_in_force(), stage.app.evaluating.step_in_force() - 2);
    let from = steps[lower].from;
    assert!((steps[own].from - 0.2).abs() < 0.03);
    stage.keys("left left left right");
    assert!(stage.screen().contains("enter keeps it"));
    stage.keys("enter");
    assert_eq!(told(&stage).last(), Some(&EvalCommand::Threshold(Some(from))));
    stage.cmds.clear();
    knows(&mut stage, EvalKnown { threshold: Some(from), ..measured() });
    assert!(asked_again(&stage), "what is shown is judged by the new threshold");
    stage.keys("d");
    assert_eq!(told(&stage), [EvalCommand::Threshold(None)]);
}

#[test]
fn enter_opens_the_missed_file_that_is_selected() {
    let mut stage = after("eval");
    knows(&mut stage, measured());
    stage.keys("shift+tab j j k enter");
    let open = stage.cmds.iter().find_map(|cmd| match cmd {
        Cmd::OpenPath { path, .. } => Some(path.to_string()),
        _ => None,
    });
    assert_eq!(open.as_deref(), Some("docs/limits.md"));
    stage.keys("G enter");
    let last = stage.cmds.iter().rev().find_map(|cmd| match cmd {
        Cmd::OpenPath { path, .. } => Some(path.to_string()),
        _ => None,
    });
    assert_eq!(last.as_deref(), Some("themes/frost.toml"));
}

#[test]
fn tuning_runs_once_a_commit_and_what_came_of_it_is_one_line() {
    let mut stage = after("tune");
    knows(&mut stage, known());
    assert_eq!(told(&stage), [EvalCommand::Read, EvalCommand::Tune]);
    say(&mut stage, EvalEvent::Began(EvalTask::Tune));
    stage.keys("q");
    stage.cmds.clear();
    say(&mut stage, EvalEvent::Tuned(tuned(true)));
    knows(&mut stage, EvalKnown { tuned: Some(tuned(true)), is_tuned: true, ..known() });
    assert!(stage.screen().contains("R@10 .70 → .74 on 38 newer commits (+.02 to +.07): kept"));
    assert!(asked_again(&stage), "what is shown is judged by the tuned judge");
    let mut refused = after("tune");
    say(&mut refused, EvalEvent::Tuned(tuned(false)));
    assert!(refused.screen().contains("no gain beyond the noise: nothing changed"));
}

#[test]
fn a_tuning_of_this_very_commit_is_shown_and_not_made_again() {
    let mut stage = Stage::full(MEDIUM);
    let mut head = [0; 20];
    head[..4].copy_from_slice(&[0x3f, 0x2a, 0x1b, 0x9c]);
    let state = GitState { head: Some(CommitId(head)), ..GitState::default() };
    stage.send(Msg::Tree(TreeNews::Git(RootId(0), Some(state))));
    stage.keys("enter :").text("tune").keys("enter");
    knows(&mut stage, EvalKnown { tuned: Some(tuned(false)), ..known() });
    assert_eq!(told(&stage), [EvalCommand::Read]);
    stage.keys("r");
    assert_eq!(told(&stage), [EvalCommand::Read, EvalCommand::Tune]);
}

#[test]
fn tune_forget_forgets_and_other_words_are_refused() {
    let mut stage = after("tune forget");
    assert_eq!(told(&stage), [EvalCommand::Forget]);
    assert!(stage.app.overlay.is_none());
    stage.keys(":").text("tune forgot").keys("enter");
    assert_eq!(told(&stage).len(), 1);
    assert!(stage.screen().contains("did you mean forget?"), "{}", stage.screen());
}

#[test]
fn tuning_is_offered_in_one_line_that_takes_no_key() {
    let mut stage = Stage::full(MEDIUM);
    stage.keys("enter");
    say(&mut stage, EvalEvent::Offer);
    assert!(stage.app.overlay.is_none() && told(&stage).is_empty());
    assert!(stage.screen().contains(":tune does it"), "{}", stage.screen());
    stage.wait(6_000);
    assert!(!stage.screen().contains(":tune"), "it goes by itself");
}

#[test]
fn a_failure_is_told_and_the_page_goes_on_saying_why() {
    let mut stage = after("tune");
    let notice = Notice::new(Severity::Warning, "This repository has too little history").cause("12 commits");
    say(&mut stage, EvalEvent::Began(EvalTask::Tune));
    say(&mut stage, EvalEvent::Failed(EvalTask::Tune, notice));
    knows(&mut stage, known());
    assert!(stage.app.evaluating.running.is_none());
    assert!(stage.screen().contains("too little history"));
}
