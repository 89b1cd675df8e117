//! What a frame of the review costs on a diff of 20,000 lines: `cargo bench --bench review`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use divan::Bencher;
use quarry::app::review::ink::{Painted, Side};
use quarry::app::review::sheet::Face;
use quarry::app::{App, Boot, Cmd, Input, Msg, Pane, Size, update};
use quarry::config::{Config, GlyphSet};
use quarry::domain::{
    Decision, EditEvent, EditId, EditState, FileChange, HunkClass, HunkId, JudgeName, ProposedEdit,
    ProposedFile, ProposedHunk,
};
use quarry::text::highlight::{Highlighter, Limits, Subject};
use quarry::ui::theme::{ColorDepth, Glyphs, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// Changed lines of the diff, old and new together.
const LINES: usize = 20_000;

fn main() {
    divan::main();
}

/// How the lines are spread.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// One hunk of all lines.
    One,
    /// Hunks of ten lines.
    Many,
}

fn line(number: usize, word: &str) -> Arc<str> {
    format!("        let {word}_{number} = self.pools.entry(task.pool()).or_default().take({number}, \"{word}\")?;").into()
}

fn hunk(id: usize, lines: usize) -> ProposedHunk {
    let start = (id * (lines + 20) + 1) as u32;
    let side = |word: &str| (0..lines).map(|at| line(at, word)).collect::<Arc<[Arc<str>]>>();
    ProposedHunk {
        id: HunkId(id as u32),
        old_start: start,
        old: side("budget"),
        new_start: start,
        new: side("spent"),
        before: (0..3).map(|at| line(at, "before")).collect(),
        after: (0..3).map(|at| line(at, "after")).collect(),
        symbol: Some("impl Budget · fn take".into()),
        class: HunkClass::InScope,
        decision: Decision::Undecided,
        syntax_errors: 0,
        amended: false,
        conflict: None,
    }
}

fn edit(shape: Shape) -> ProposedEdit {
    let hunks = match shape {
        Shape::One => vec![hunk(0, LINES / 2)],
        Shape::Many => (0..LINES / 10).map(|id| hunk(id, 5)).collect(),
    };
    let file = ProposedFile {
        path: "src/net/budget.rs".into(),
        change: FileChange::Modify,
        hunks,
        changed_on_disk: false,
    };
    ProposedEdit {
        id: EditId(1),
        number: 1,
        at_ms: 0,
        instruction: "rename budget to spent".into(),
        by: None,
        why: "as asked".into(),
        files: vec![file],
        refused: Vec::new(),
        state: EditState::Proposed,
    }
}

fn app(shape: Shape, face: Face) -> App {
    let size = Size { width: 160, height: 45 };
    let mut app = App::new(Boot {
        roots: vec!["lab".into()],
        config: Arc::new(Config::default()),
        themes: Vec::new(),
        theme: "quarry-dark".into(),
        judge: JudgeName::embedded(),
        size,
    });
    app.review.face = face;
    app.focus = Pane::Review;
    let mut cmds = update(&mut app, Msg::Edit(EditEvent::Edit(Arc::new(edit(shape)))));
    let highlighter = Highlighter::new();
    while let Some(cmd) = cmds.pop() {
        if let Cmd::Paint(wish) = cmd {
            let subject = Subject { file_name: "budget.rs", ..Subject::default() };
            let limits = Limits { lines: 30_000, bytes: 4 << 20, ..Limits::default() };
            let runs = |text: &str| highlighter.highlight(subject, text, limits);
            let (old, new) = (runs(&wish.old), runs(&wish.new));
            let painted = Painted { edit: wish.edit, hunk: wish.hunk, version: wish.version, old, new };
            cmds.extend(update(&mut app, Msg::Painted(painted)));
        }
    }
    app
}

fn key(app: &mut App, key: &str) {
    drop(update(app, Msg::Input(Input::Key(key.parse().expect("a key")))));
}

const CASES: [(Shape, Face); 4] = [
    (Shape::One, Face::Unified),
    (Shape::One, Face::Beside),
    (Shape::Many, Face::Unified),
    (Shape::Many, Face::Beside),
];

/// One frame, half-way down.
#[divan::bench(args = 0..CASES.len())]
fn frame(bencher: Bencher, case: usize) {
    let (shape, face) = CASES[case];
    let mut app = app(shape, face);
    for _ in 0..100 {
        key(&mut app, "pagedown");
    }
    let (theme, glyphs) = (Theme::default_dark(ColorDepth::TrueColor), Glyphs::of(GlyphSet::Unicode));
    let mut terminal = Terminal::new(TestBackend::new(160, 45)).unwrap();
    bencher
        .bench_local(|| terminal.draw(|frame| quarry::ui::view(&app, &theme, &glyphs, frame)).unwrap().area);
}

/// A page further with what that prepares, and its frame.
#[divan::bench(args = 0..CASES.len())]
fn page_and_frame(bencher: Bencher, case: usize) {
    let (shape, face) = CASES[case];
    let mut app = app(shape, face);
    let (theme, glyphs) = (Theme::default_dark(ColorDepth::TrueColor), Glyphs::of(GlyphSet::Unicode));
    let mut terminal = Terminal::new(TestBackend::new(160, 45)).unwrap();
    bencher.bench_local(|| {
        key(&mut app, "pagedown");
        terminal.draw(|frame| quarry::ui::view(&app, &theme, &glyphs, frame)).unwrap().area
    });
}

/// A decision with the next frame.
#[divan::bench(args = 0..CASES.len())]
fn decide_and_frame(bencher: Bencher, case: usize) {
    let (shape, face) = CASES[case];
    let mut app = app(shape, face);
    let (theme, glyphs) = (Theme::default_dark(ColorDepth::TrueColor), Glyphs::of(GlyphSet::Unicode));
    let mut terminal = Terminal::new(TestBackend::new(160, 45)).unwrap();
    bencher.bench_local(|| {
        key(&mut app, "a");
        key(&mut app, "u");
        terminal.draw(|frame| quarry::ui::view(&app, &theme, &glyphs, frame)).unwrap().area
    });
}

/// A whole edit as the service tells it.
#[divan::bench(args = 0..2, sample_count = 20)]
fn edit_arrives(bencher: Bencher, case: usize) {
    let (shape, face) = CASES[case * 2];
    let mut app = app(shape, face);
    bencher.with_inputs(|| Arc::new(edit(shape))).bench_local_values(|edit| {
        drop(update(&mut app, Msg::Edit(EditEvent::Edit(edit))));
        app.review.ink.marks(EditId(1), HunkId(0), Side::Old, 0).len()
    });
}
