//! What the screen looks like: text and styles of each state at three sizes, and no panic at any size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use quarry::app::{Input, Msg, Size};
use quarry::config::GlyphSet;
use quarry::domain::{Notice, QueryEvent, RankCause, Severity, StateKind};
use quarry::ui::theme::{ColorDepth, Glyphs, Theme};
use stage::{MEDIUM, NARROW, Stage, WIDE};

const SIZES: [(&str, Size); 3] = [("wide", WIDE), ("medium", MEDIUM), ("narrow", NARROW)];

fn shoot(name: &str, make: impl Fn(Size) -> Stage) {
    for (size_name, size) in SIZES {
        insta::assert_snapshot!(format!("{name}_{size_name}"), make(size).frame());
    }
}

fn loading(size: Size) -> Stage {
    let mut stage = Stage::new(size);
    stage.index(0, 400, false);
    stage.index(120, 1284, true);
    stage.wait(3000);
    stage.index(812, 1284, true);
    stage
}

fn judging(size: Size) -> Stage {
    let mut stage = Stage::ready(size);
    stage.ask("where is the retry budget enforced?").wait(2300);
    let mut rows = stage::rows();
    rows.extend(
        (0..40).map(|n| stage::row(100 + n, &format!("src/queue/item_{n}.rs"), StateKind::Queued, 0.0)),
    );
    stage.rank(rows, RankCause::Query);
    stage.keys("enter");
    stage
}

fn failed(size: Size) -> Stage {
    let mut stage = Stage::full(size);
    stage.keys("enter G");
    stage.explain();
    stage.send(Msg::Notice(
        Notice::new(Severity::Error, "assets/corpus.txt cannot be read")
            .cause("permission denied")
            .hint("r tries again"),
    ));
    stage
}

fn ledger(size: Size) -> Stage {
    let mut stage = Stage::full(size);
    stage.keys("enter L");
    let counts = stage.app.query.counts;
    stage.send(Msg::Query(QueryEvent::Ledger { rows: stage::ledger_rows().into(), counts }));
    stage.keys("j");
    stage
}

#[test]
fn nothing_typed() {
    shoot("empty", Stage::ready);
}

#[test]
fn nothing_typed_but_files_are_active() {
    shoot("active", |size| {
        let mut stage = Stage::ready(size);
        let mut rows = stage::rows();
        for (at, row) in rows.iter_mut().enumerate() {
            *row = stage::row(
                row.file.0,
                &row.path,
                StateKind::Queued,
                if at < 5 { 0.8 - at as f32 * 0.04 } else { 0.5 },
            );
        }
        rows[0].pinned = true;
        stage.rank(rows, RankCause::Query);
        stage.explain();
        stage.preview();
        stage
    });
}

#[test]
fn index_still_reading() {
    shoot("loading", loading);
}

#[test]
fn query_running() {
    shoot("judging", judging);
}

#[test]
fn query_answered() {
    shoot("full", |size| {
        let mut stage = Stage::full(size);
        stage.keys("enter j");
        stage.preview().wait(5000);
        stage
    });
}

#[test]
fn why_pane_focused() {
    shoot("why", |size| {
        let mut stage = Stage::full(size);
        stage.keys("enter tab");
        stage
    });
}

#[test]
fn failure_selected() {
    shoot("failed", failed);
}

#[test]
fn ledger_open() {
    shoot("ledger", ledger);
}

#[test]
fn palette_open() {
    shoot("palette", |size| {
        let mut stage = Stage::full(size);
        stage.keys("enter ctrl+p").text("re");
        stage
    });
}

#[test]
fn help_open() {
    shoot("help", |size| {
        let mut stage = Stage::full(size);
        stage.keys("f1");
        stage
    });
}

#[test]
fn every_size_is_drawn() {
    let states: [fn(Size) -> Stage; 5] = [Stage::ready, loading, failed, ledger, |size| {
        let mut stage = Stage::full(size);
        stage.keys("ctrl+p");
        stage
    }];
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
fn the_cursor_stands_where_text_is_typed() {
    let mut stage = Stage::ready(WIDE);
    let query = stage.app.layout().query;
    assert_eq!(stage.cursor(), Some((query.x + 4, query.y)));
    stage.send(Msg::Input(Input::Paste("設計 x".into())));
    assert_eq!(stage.cursor(), Some((query.x + 4 + 6, query.y)), "wide characters take two cells");
    stage.send(Msg::Input(Input::Paste("long ".repeat(60))));
    let (x, y) = stage.cursor().expect("the cursor is shown");
    assert_eq!(y, query.y);
    assert!(x < query.right(), "a long query scrolls under the cursor");
    stage.keys("enter");
    assert_eq!(stage.cursor(), None, "nothing is typed in the list");
    stage.keys(":");
    assert_eq!(stage.cursor(), Some((3, 44)));
    stage.keys("esc ctrl+p");
    let (_, y) = stage.cursor().expect("the palette has a cursor");
    assert!(y > 1);
}

#[test]
fn outside_text_cannot_steer_the_terminal() {
    let mut stage = Stage::ready(WIDE);
    stage.ask("retry");
    stage.rank(vec![stage::row(1, "src/\u{1b}[31mred\u{202e}.rs", StateKind::Yes, 0.9)], RankCause::Query);
    stage.send(Msg::Notice(Notice::new(Severity::Error, "broken \u{1b}]0;title\u{7} \u{9b}31m name")));
    let screen = stage.screen();
    assert!(screen.contains("src/red.rs"), "{screen}");
    assert!(!screen.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'));
}

#[test]
fn without_colours_and_in_ascii() {
    for (name, depth) in [("no_colour", ColorDepth::None), ("16_colours", ColorDepth::Ansi16)] {
        let mut stage = Stage::full(NARROW);
        stage.glyphs = Glyphs::of(GlyphSet::Ascii);
        stage.theme = Theme::default_dark(depth);
        stage.keys("enter j");
        insta::assert_snapshot!(name, stage.frame());
    }
}
