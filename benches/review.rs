//! What a frame of the review costs on a diff of 20,000 lines, with syntax colours and the words that differ:
//! `cargo bench --bench review`. What is printed first is what a person waits for while scrolling, median and p95.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use divan::Bencher;
use quarry::app::review::ink::Side;
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
    scrolling();
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
        form: None,
        turn: None,
        why: "as asked".into(),
        files: vec![file],
        refused: Vec::new(),
        state: EditState::Proposed,
    }
}

/// A review at 160x45, and what draws it.
struct Scene {
    app: App,
    terminal: Terminal<TestBackend>,
    highlighter: Highlighter,
    theme: Theme,
    glyphs: Glyphs,
}

impl Scene {
    fn new(shape: Shape, face: Face) -> Self {
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
        let terminal = Terminal::new(TestBackend::new(size.width, size.height)).expect("a terminal");
        let theme = Theme::default_dark(ColorDepth::TrueColor);
        let glyphs = Glyphs::of(GlyphSet::Unicode);
        let mut scene = Self { app, terminal, highlighter: Highlighter::new(), theme, glyphs };
        let cmds = update(&mut scene.app, Msg::Edit(EditEvent::Edit(Arc::new(edit(shape)))));
        scene.paint(cmds);
        scene
    }

    /// Answers the wishes for syntax, as another thread does.
    fn paint(&mut self, mut cmds: Vec<Cmd>) {
        while let Some(cmd) = cmds.pop() {
            if let Cmd::Paint(wish) = cmd {
                let subject = Subject { file_name: "budget.rs", ..Subject::default() };
                let runs = self.highlighter.highlight(subject, &wish.text, Limits::default());
                cmds.extend(update(&mut self.app, Msg::Painted(wish.painted(runs))));
            }
        }
    }

    fn key(&mut self, key: &str) -> Vec<Cmd> {
        update(&mut self.app, Msg::Input(Input::Key(key.parse().expect("a key"))))
    }

    fn draw(&mut self) -> u16 {
        let Self { app, terminal, theme, glyphs, .. } = self;
        terminal.draw(|frame| quarry::ui::view(app, theme, glyphs, frame)).expect("a frame").area.width
    }

    /// How long a key takes with its frame.
    fn timed(&mut self, key: &str) -> Duration {
        let start = Instant::now();
        let cmds = self.key(key);
        self.draw();
        let took = start.elapsed();
        self.paint(cmds);
        took
    }
}

const CASES: [(Shape, Face); 4] = [
    (Shape::One, Face::Unified),
    (Shape::One, Face::Beside),
    (Shape::Many, Face::Unified),
    (Shape::Many, Face::Beside),
];

/// Frames of each kind of scrolling.
const FRAMES: usize = 400;

fn scrolling() {
    println!("a key and its frame, {LINES} lines, 160x45        median      p95      most");
    for (shape, face) in CASES {
        for (keys, what) in [(["j", "j"], "line"), (["pagedown", "pagedown"], "page"), (["n", "p"], "hunk")] {
            let mut scene = Scene::new(shape, face);
            let mut took: Vec<Duration> = (0..FRAMES).map(|at| scene.timed(keys[at % 2])).collect();
            took.sort_unstable();
            let at = |share: f64| took[((FRAMES - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
            let (median, p95, most) = (at(0.5), at(0.95), at(1.0));
            let case = format!("{shape:?} hunk, {face:?}, by {what}");
            println!("  {case:<42} {median:>7.2} ms {p95:>6.2} ms {most:>6.2} ms");
        }
    }
}

/// One frame, half-way down.
#[divan::bench(args = 0..CASES.len())]
fn frame(bencher: Bencher, case: usize) {
    let (shape, face) = CASES[case];
    let mut scene = Scene::new(shape, face);
    for _ in 0..100 {
        scene.timed("pagedown");
    }
    bencher.bench_local(|| scene.draw());
}

/// A decision with the next frame.
#[divan::bench(args = 0..CASES.len())]
fn decide_and_frame(bencher: Bencher, case: usize) {
    let (shape, face) = CASES[case];
    let mut scene = Scene::new(shape, face);
    bencher.bench_local(|| {
        drop(scene.key("a"));
        drop(scene.key("u"));
        scene.draw()
    });
}

/// A whole edit as the service tells it.
#[divan::bench(args = 0..2, sample_count = 20)]
fn edit_arrives(bencher: Bencher, case: usize) {
    let (shape, face) = CASES[case * 2];
    let mut scene = Scene::new(shape, face);
    bencher.with_inputs(|| Arc::new(edit(shape))).bench_local_values(|edit| {
        drop(update(&mut scene.app, Msg::Edit(EditEvent::Edit(edit))));
        scene.app.review.ink.marks(EditId(1), HunkId(0), Side::Old, 0).len()
    });
}
