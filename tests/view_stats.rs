//! The page of figures: text and styles of each state at three sizes, what its keys do, and no panic at any size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use std::sync::Arc;
use std::time::Duration;

use quarry::app::{Cmd, Input, Msg, Overlay, Size};
use quarry::config::GlyphSet;
use quarry::domain::{DayFigures, Figures, ModelRef, Spread, StatRow, Stats, TaskKind};
use quarry::ui::theme::Glyphs;
use stage::{MEDIUM, NARROW, Stage, WIDE};

const SIZES: [(&str, Size); 3] = [("wide", WIDE), ("medium", MEDIUM), ("narrow", NARROW)];

fn spread(p50_ms: u64, p95_ms: u64) -> Spread {
    Spread { p50: Duration::from_millis(p50_ms), p95: Duration::from_millis(p95_ms) }
}

fn row(task: TaskKind, model: &str, figures: Figures, daily: impl Fn(u32) -> u32) -> StatRow {
    let (backend, model) = model.split_once('/').unwrap();
    StatRow { task, model: Some(ModelRef::new(backend, model)), figures, daily: (0..30).map(daily).collect() }
}

fn figures() -> Arc<Stats> {
    let chat = Figures {
        answers: 143,
        failed: 2,
        up: 21,
        down: 3,
        compared: 9,
        picked: 6,
        first_token: Some(spread(412, 1_840)),
        total: Some(spread(9_100, 31_000)),
        tokens_in: 1_912_000,
        tokens_out: 88_000,
        usd: 1.84,
        ..Figures::default()
    };
    let other = Figures {
        answers: 12,
        compared: 9,
        picked: 3,
        first_token: Some(spread(900, 2_400)),
        total: Some(spread(12_000, 40_000)),
        tokens_in: 90_000,
        tokens_out: 7_000,
        unpriced: 12,
        ..Figures::default()
    };
    let judge = Figures {
        answers: 18_432,
        total: Some(spread(310, 720)),
        tokens_in: 22_000_000,
        tokens_out: 18_432,
        usd: 0.41,
        ..Figures::default()
    };
    let edits = Figures {
        answers: 31,
        first_token: Some(spread(700, 1_900)),
        tokens_in: 300_000,
        tokens_out: 41_000,
        usd: 0.9,
        edits: 29,
        hunks: 104,
        accepted: 81,
        characters: 48_200,
        committed: 40_000,
        standing: 37_300,
        ..Figures::default()
    };
    let rows = vec![
        row(TaskKind::Chat, "lab/qwen3-coder-30b-a3b-instruct", chat, |day| day % 9),
        row(TaskKind::Chat, "hosted/glm-4.6", other, |day| u32::from(day > 20)),
        row(TaskKind::Judge, "lab/qwen3-0.6b", judge, |day| day * day),
        row(TaskKind::Command, "hosted/kimi-k2", edits, |day| day % 3),
    ];
    let day = |day: u32| DayFigures {
        answers: day % 9 + day,
        first_token: (!day.is_multiple_of(4)).then(|| Duration::from_millis(300 + 20 * u64::from(day))),
        hunks: day % 7,
        accepted: day % 5,
        tokens: 40_000 * u64::from(day),
        usd: 0.004 * f64::from(day),
    };
    let days = (0..30).map(|day| format!("2026-10-{:02}", day + 1).into()).collect();
    Arc::new(Stats { days, rows, daily: (0..30).map(day).collect() })
}

fn opened(size: Size) -> Stage {
    let mut stage = Stage::full(size);
    stage.keys("enter");
    stage.cmds.clear();
    stage.keys(": s t a t s enter");
    assert!(stage.cmds.contains(&Cmd::ReadStats(30)), "{:?}", stage.cmds);
    stage
}

#[test]
fn the_page_with_figures() {
    for (name, size) in SIZES {
        let mut stage = opened(size);
        stage.send(Msg::Stats(30, Some(figures())));
        insta::assert_snapshot!(format!("figures_{name}"), stage.frame());
    }
}

#[test]
fn the_page_before_and_without_figures() {
    let mut stage = opened(MEDIUM);
    assert!(stage.frame().contains("reading the figures"));
    stage.send(Msg::Stats(30, Some(Arc::new(Stats::default()))));
    insta::assert_snapshot!("empty_medium", stage.frame());
    stage.send(Msg::Stats(30, None));
    assert!(stage.frame().contains("cannot be read"));
}

#[test]
fn ascii_terminals_get_ascii_charts() {
    let mut stage = opened(NARROW);
    stage.glyphs = Glyphs::of(GlyphSet::Ascii);
    stage.send(Msg::Stats(30, Some(figures())));
    let frame = stage.frame();
    assert!(!frame.contains('█') && frame.contains('@'), "{frame}");
}

#[test]
fn d_asks_for_other_days_and_late_answers_are_dropped() {
    let mut stage = opened(MEDIUM);
    stage.keys("d");
    assert!(stage.cmds.contains(&Cmd::ReadStats(90)));
    stage.send(Msg::Stats(30, Some(figures())));
    assert!(stage.frame().contains("reading the figures"), "figures of thirty days are not those of ninety");
    stage.send(Msg::Stats(90, Some(figures())));
    assert!(stage.frame().contains("qwen3-coder"));
    stage.keys("esc");
    assert!(stage.app.overlay.is_none());
    stage.send(Msg::Stats(90, Some(figures())));
    assert!(stage.app.overlay.is_none());
}

#[test]
fn a_page_that_is_longer_than_the_screen_scrolls() {
    let mut stage = opened(NARROW);
    stage.send(Msg::Stats(30, Some(figures())));
    let top = stage.frame();
    stage.keys("j j j");
    assert_ne!(stage.frame(), top);
    stage.keys("G");
    assert!(stage.frame().contains("today at the right"));
    assert!(matches!(stage.app.overlay, Some(Overlay::Stats(_))));
}

#[test]
fn no_size_panics() {
    let mut stage = opened(WIDE);
    stage.send(Msg::Stats(30, Some(figures())));
    for width in 1..=200 {
        for height in [1, 5, 24, 60] {
            stage.send(Msg::Input(Input::Resize(Size { width, height })));
            stage.frame();
        }
    }
}
