//! What the conversation's pane costs: frames of ten thousand messages, and an answer of many tokens.
//!
//! Prints figures and judges none. `cargo bench --bench chat`; times are of this machine as busy as it is.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quarry::app::chat::transcript::Motion;
use quarry::app::{App, Boot, Input, Msg, Now, Size, update};
use quarry::config::{Config, GlyphSet};
use quarry::domain::{
    Answer, AnswerMeters, AnswerState, Answerer, ChatEvent, JudgeName, Locality, ModelRef, Question,
    SessionHead, SessionId, TaskKind, Turn, TurnBody, TurnId,
};
use quarry::runtime::Wire as Terminals;
use quarry::ui::theme::{ColorDepth, Glyphs, Theme};
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

const SIZE: Size = Size { width: 160, height: 45 };

/// Counts what is written to the terminal.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<usize>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        *self.0.borrow_mut() += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Screen {
    app: App,
    terminal: Terminal<Terminals<Wire>>,
    wire: Wire,
    theme: Theme,
    now: Now,
}

impl Screen {
    fn new(turns: Vec<Turn>) -> Self {
        let app = App::new(Boot {
            roots: vec!["bench".into()],
            config: Arc::new(Config::default()),
            themes: vec!["quarry-dark".into()],
            theme: "quarry-dark".into(),
            judge: JudgeName::embedded(),
            size: SIZE,
        });
        let wire = Wire::default();
        let area = Rect::new(0, 0, SIZE.width, SIZE.height);
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        let terminal = Terminal::with_options(Terminals::new(wire.clone(), area.as_size()), options).unwrap();
        let theme = Theme::default_dark(ColorDepth::TrueColor);
        let mut screen = Self { app, terminal, wire, theme, now: Now::default() };
        let head = SessionHead {
            id: SessionId(1),
            title: "bench".into(),
            roots: "bench".into(),
            began_ms: 0,
            changed_ms: 0,
            turns: 0,
            from: None,
            elsewhere: false,
        };
        screen.send(Msg::Chat(ChatEvent::Opened { head, turns }));
        screen.send(Msg::Input(Input::Key("alt+2".parse().unwrap())));
        screen
    }

    fn send(&mut self, msg: Msg) {
        self.now.elapsed += Duration::from_millis(25);
        update(&mut self.app, Msg::Tick(self.now));
        update(&mut self.app, msg);
    }

    /// Sends a message and draws; how long both took.
    fn frame(&mut self, msg: Msg) -> Duration {
        let started = Instant::now();
        self.send(msg);
        self.draw();
        started.elapsed()
    }

    fn draw(&mut self) {
        let glyphs = Glyphs::of(GlyphSet::Unicode);
        let (app, theme) = (&self.app, &self.theme);
        self.terminal.draw(|frame| quarry::ui::view(app, theme, &glyphs, frame)).unwrap();
    }

    fn go(&mut self, motion: Motion) -> Duration {
        let started = Instant::now();
        self.app.chat.transcript.go(motion);
        self.send(Msg::Input(Input::Resize(self.app.size)));
        self.draw();
        started.elapsed()
    }

    fn bytes(&self) -> usize {
        *self.wire.0.borrow()
    }
}

fn turn(id: i64, body: TurnBody) -> Turn {
    let parent = (id > 1).then_some(TurnId(id - 1));
    Turn { id: TurnId(id), parent, at_ms: 0, siblings: Arc::from([TurnId(id)]), body }
}

fn answer(text: &str, state: AnswerState) -> TurnBody {
    TurnBody::Answer(Box::new(Answer {
        by: Answerer::Model(ModelRef::new("lab", "model"), Locality::Loopback),
        task: TaskKind::Chat,
        text: text.into(),
        thinking: "".into(),
        context: Arc::from([]),
        meters: AnswerMeters::default(),
        state,
        rating: None,
        beside: Arc::from([]),
        picked: false,
    }))
}

/// Prose, a list and code, as answers have.
fn passage(seed: usize) -> String {
    format!(
        "## Part {seed}\n\nThe pool of part {seed} hands out permits, and **every call** takes one before it is sent; \
         a call that is `refused` gives it back, so that nothing leaks while the server is down.\n\n- first, the budget \
         of {seed} is read\n- then it is written, with what the call has cost\n\n```rust\nfn take_{seed}(budget: &mut \
         Budget) -> Result<Permit> {{\n    if budget.spent > {seed} {{\n        return Err(Exhausted);\n    }}\n    \
         Ok(Permit {{ n: {seed} }})\n}}\n```\n\n"
    )
}

fn main() {
    ten_thousand_messages();
    stream(20_000, "an answer of 20,000 tokens");
    stream(50_000, "an answer of 50,000 tokens");
}

fn ten_thousand_messages() {
    let before = resident();
    let mut turns = Vec::new();
    for at in 0..5000 {
        turns.push(turn(at * 2 + 1, TurnBody::Question(Question::new(format!("What does part {at} do?")))));
        let text: String = (0..3).map(|part| passage(at as usize * 3 + part)).collect();
        turns.push(turn(at * 2 + 2, answer(&text, AnswerState::Done)));
    }
    let bytes: usize = turns
        .iter()
        .map(|turn| match &turn.body {
            TurnBody::Answer(answer) => answer.text.len(),
            TurnBody::Question(question) => question.text.len(),
            TurnBody::Summary { text, .. } => text.len(),
        })
        .sum();
    let started = Instant::now();
    let mut screen = Screen::new(turns);
    screen.draw();
    println!("10,000 messages, {:.1} MB of text", bytes as f64 / 1e6);
    println!("  opened and drawn in {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    let pages = (0..400).map(|_| screen.go(Motion::Pages(-1))).collect();
    tell("a page up", pages);
    let rows = (0..600).map(|_| screen.go(Motion::Rows(-1))).collect();
    tell("a row up", rows);
    let turns = (0..600).map(|at| screen.go(Motion::Show(TurnId(1 + at * 9973 % 10_000)))).collect();
    tell("a jump to any turn", turns);
    let sizes = (0..60_u16)
        .map(|at| screen.frame(Msg::Input(Input::Resize(Size { width: 100 + at, height: 30 + at % 15 }))))
        .collect();
    tell("a new size", sizes);
    let started = Instant::now();
    screen.app.chat.transcript.search("part 4711");
    screen.go(Motion::Matches(0));
    println!("  a search through all of it: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    println!(
        "  memory for all of it: {:.0} MiB, of which laid-out rows {:.1} MiB",
        resident() - before,
        screen.app.chat.transcript.weight() as f64 / 1_048_576.0
    );
}

/// Tokens of four characters, as many in a delta as come in 25 ms at 500 a second.
fn stream(tokens: usize, name: &str) {
    let mut text: String = (0..).map(passage).take(tokens * 4 / 300).collect();
    text.truncate(tokens * 4);
    let before = resident();
    let mut screen = Screen::new(vec![
        turn(1, TurnBody::Question(Question::new("Go on."))),
        turn(2, answer("", AnswerState::Streaming)),
    ]);
    screen.draw();
    let (bytes, cpu) = (screen.bytes(), cpu());
    let mut frames = Vec::new();
    for piece in text.as_bytes().chunks(48) {
        let piece = String::from_utf8_lossy(piece);
        frames.push(screen.frame(Msg::Chat(ChatEvent::Delta {
            turn: TurnId(2),
            text: piece.into(),
            thinking: "".into(),
        })));
    }
    let used = cpu_since(cpu);
    println!("{name}: {} frames, {used:.2} CPU s", frames.len());
    tell("a frame of it", frames);
    println!(
        "  {:.1} bytes to the terminal per character",
        (screen.bytes() - bytes) as f64 / text.len() as f64
    );
    println!("  memory: {:.0} MiB more than before", resident() - before);
}

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("  {what}: p50 {:.2} ms, p95 {:.2} ms, max {:.2} ms", at(0.5), at(0.95), at(1.0));
}

/// Resident memory in MiB, where the system tells.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0.0);
    pages * 4096.0 / 1_048_576.0
}

/// Processor seconds of this process, in ticks of a hundredth.
fn cpu() -> u64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<u64>().ok()).unwrap_or(0);
    ticks(11) + ticks(12)
}

fn cpu_since(before: u64) -> f64 {
    (cpu() - before) as f64 / 100.0
}
