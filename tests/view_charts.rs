//! The pages of charts and of the tuning: text and styles of each state at three sizes, and no panic at any size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use std::sync::Arc;

use quarry::app::{Input, Msg, Size};
use quarry::config::GlyphSet;
use quarry::domain::{EvalEvent, EvalKnown, EvalProgress, EvalTask, Notice, Severity};
use quarry::ui::theme::Glyphs;
use stage::evaluation::{evaluation, known, tuned};
use stage::{MEDIUM, NARROW, Stage, WIDE};

const SIZES: [(&str, Size); 3] = [("wide", WIDE), ("medium", MEDIUM), ("narrow", NARROW)];

fn open(size: Size, command: &str, known: EvalKnown) -> Stage {
    let mut stage = Stage::full(size);
    stage.keys("enter :").text(command).keys("enter");
    stage.send(Msg::Eval(EvalEvent::Known(Box::new(known))));
    stage
}

fn measured(size: Size) -> Stage {
    open(size, "eval", EvalKnown { evaluation: Some(evaluation(1284)), ..known() })
}

fn progress(stage: &mut Stage, task: EvalTask, done: u32, judge: &str) {
    let judge = Arc::from(judge);
    stage.send(Msg::Eval(EvalEvent::Progress(EvalProgress { task, done, of: 150, judge })));
}

#[test]
fn charts_of_a_measured_repository() {
    for (name, size) in SIZES {
        let mut stage = measured(size);
        insta::assert_snapshot!(format!("files_{name}"), stage.frame());
        if size != WIDE {
            stage.keys("tab");
            insta::assert_snapshot!(format!("tokens_{name}"), stage.frame());
            stage.keys("tab left left left");
            insta::assert_snapshot!(format!("threshold_{name}"), stage.frame());
            stage.keys("tab j j");
            insta::assert_snapshot!(format!("missed_{name}"), stage.frame());
        }
    }
}

#[test]
fn charts_before_while_and_without() {
    for (name, size) in SIZES {
        let mut stage = open(size, "eval", known());
        stage.send(Msg::Eval(EvalEvent::Began(EvalTask::Evaluate)));
        insta::assert_snapshot!(format!("reading_{name}"), stage.frame());
        progress(&mut stage, EvalTask::Evaluate, 0, "keyword");
        stage.wait(10_000);
        progress(&mut stage, EvalTask::Evaluate, 34, "embedded");
        insta::assert_snapshot!(format!("measuring_{name}"), stage.frame());
        let notice = Notice::new(Severity::Warning, "This repository has too little history")
            .cause("/home/me/retry-lab: no commit reads like a request")
            .hint("Messages of four words or more, of commits that change one to twenty files, count");
        stage.send(Msg::Eval(EvalEvent::Failed(EvalTask::Evaluate, notice)));
        insta::assert_snapshot!(format!("too_little_{name}"), stage.frame());
    }
}

#[test]
fn a_small_repository_says_that_deep_recall_says_little() {
    let known = EvalKnown { evaluation: Some(evaluation(212)), ..known() };
    let stage = open(NARROW, "eval", known);
    assert!(stage.frame().contains("so few files that recall at 50"), "{}", stage.frame());
}

#[test]
fn measuring_again_keeps_the_charts_and_is_seen_in_the_header_once_they_are_closed() {
    let mut stage = measured(MEDIUM);
    stage.send(Msg::Eval(EvalEvent::Began(EvalTask::Evaluate)));
    progress(&mut stage, EvalTask::Evaluate, 34, "bm25f");
    insta::assert_snapshot!("measuring_again_medium", stage.frame());
    stage.keys("q");
    assert!(stage.screen().contains("eval 34/150"), "{}", stage.screen());
}

#[test]
fn the_page_of_the_tuning() {
    for (name, size) in SIZES {
        let mut stage = open(size, "tune", known());
        stage.send(Msg::Eval(EvalEvent::Began(EvalTask::Tune)));
        progress(&mut stage, EvalTask::Tune, 80, "");
        insta::assert_snapshot!(format!("tuning_{name}"), stage.frame());
        let kept = EvalKnown { tuned: Some(tuned(true)), is_tuned: true, ..known() };
        stage.send(Msg::Eval(EvalEvent::Tuned(tuned(true))));
        stage.send(Msg::Eval(EvalEvent::Known(Box::new(kept))));
        insta::assert_snapshot!(format!("tuned_{name}"), stage.frame());
    }
    let refused = EvalKnown { tuned: Some(tuned(false)), notes_feedback: false, ..known() };
    insta::assert_snapshot!("refused_medium", open(MEDIUM, "tune", refused).frame());
}

#[test]
fn ascii_terminals_get_ascii_charts_whose_lines_are_told_apart_by_their_marks() {
    let mut stage = measured(NARROW);
    stage.glyphs = Glyphs::of(GlyphSet::Ascii);
    let frame = stage.screen();
    let chart: String = frame.lines().skip(6).take(12).collect();
    assert!(!chart.chars().any(|c| ('\u{2800}'..='\u{28ff}').contains(&c)), "{frame}");
    for mark in ["* embedded", "o keyword", "# bm25"] {
        assert!(frame.contains(mark), "{mark}: {frame}");
    }
}

#[test]
fn no_size_panics() {
    for command in ["eval", "tune"] {
        let known = EvalKnown { evaluation: Some(evaluation(1284)), tuned: Some(tuned(true)), ..known() };
        let mut stage = open(WIDE, command, known);
        for part in 0..4 {
            for width in (1..=200).step_by(7).chain([41, 42, 79, 80, 131, 140]) {
                for height in [1, 5, 10, 24, 60] {
                    stage.send(Msg::Input(Input::Resize(Size { width, height })));
                    stage.frame();
                }
            }
            if part < 3 && command == "eval" {
                stage.keys("tab");
            }
        }
    }
}
