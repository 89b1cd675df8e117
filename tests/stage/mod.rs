//! A stage for tests of the screen: a state built by messages alone, keys by name, and a frame as text with its styles.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]
#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod chat;
pub mod conversation;
pub mod evaluation;
pub mod models;
pub mod review;
pub mod tasks;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use quarry::app::{
    App, Boot, Cmd, Input, Mouse, MouseKind, Msg, Now, Preview, Size, Source, SourceLine, TreeNews, update,
};
use quarry::config::{Config, GlyphSet};
use quarry::domain::{
    Counts, Detail, DirtyFile, Evidence, FileId, GitState, IndexStatus, JudgeName, LedgerRow, LedgerState,
    QueryCommand, QueryEvent, RankCause, RankedRow, RelPath, RootId, Signal, SignalShares, SkipReason, Span,
    StateKind, WatchState,
};
use quarry::text::highlight::SyntaxRole;
use quarry::ui::theme::{ColorDepth, Glyphs, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Style;

/// A state, the commands it asked for since they were last taken, and the time.
pub struct Stage {
    pub app: App,
    pub cmds: Vec<Cmd>,
    pub now: Now,
    pub glyphs: Glyphs,
    pub theme: Theme,
}

pub const WIDE: Size = Size { width: 160, height: 45 };
pub const MEDIUM: Size = Size { width: 100, height: 30 };
pub const NARROW: Size = Size { width: 80, height: 24 };

impl Stage {
    /// A session over a tree that is still unknown.
    pub fn new(size: Size) -> Self {
        Self::with(size, Config::default())
    }

    pub fn with(size: Size, config: Config) -> Self {
        let boot = Boot {
            roots: vec!["retry-lab".into()],
            config: Arc::new(config),
            themes: ["contrast-dark", "frost", "paper", "quarry-dark", "quarry-light"]
                .map(String::from)
                .to_vec(),
            theme: "quarry-dark".into(),
            judge: JudgeName::embedded(),
            size,
        };
        Self {
            app: App::new(boot),
            cmds: Vec::new(),
            now: Now { elapsed: Duration::from_secs(1), unix: 1_795_000_000, offset: 0 },
            glyphs: Glyphs::of(GlyphSet::Unicode),
            theme: Theme::default_dark(ColorDepth::TrueColor),
        }
    }

    /// A session over a tree that is indexed.
    pub fn ready(size: Size) -> Self {
        let mut stage = Self::new(size);
        stage.index(1284, 1284, true);
        stage.send(Msg::Tree(TreeNews::Git(
            RootId(0),
            Some(GitState {
                branch: Some("retry-budget".into()),
                head: None,
                dirty: ["a", "b", "c", "d"]
                    .map(|p| DirtyFile { path: RelPath::from(p), untracked: false })
                    .to_vec(),
                operation: None,
            }),
        )));
        stage.send(Msg::Tree(TreeNews::Watch(WatchState::Native { directories: 90 })));
        stage.send(Msg::Query(QueryEvent::Task { text: "retry budget".into(), from_user: false }));
        stage.cmds.clear();
        stage
    }

    /// A session with an answered query.
    pub fn full(size: Size) -> Self {
        let mut stage = Self::ready(size);
        stage.ask("where is the retry budget enforced?");
        stage.rank(rows(), RankCause::Query);
        stage.explain();
        let event = QueryEvent::Done {
            generation: stage.app.query.generation(),
            counts: stage.app.query.counts,
            elapsed: Duration::from_millis(38),
        };
        stage.send(Msg::Query(event));
        stage.preview();
        stage.cmds.clear();
        stage
    }

    pub fn index(&mut self, indexed: u32, files: u32, walked: bool) {
        let complete = walked && indexed == files;
        let status = IndexStatus { files, indexed, commits: 12_400, walked, history_complete: complete };
        self.send(Msg::Query(QueryEvent::Index(status)));
    }

    pub fn send(&mut self, msg: Msg) -> &mut Self {
        self.cmds.extend(update(&mut self.app, Msg::Tick(self.now)));
        self.cmds.extend(update(&mut self.app, msg));
        self
    }

    /// Lets time pass.
    pub fn wait(&mut self, millis: u64) -> &mut Self {
        self.now.elapsed += Duration::from_millis(millis);
        self.now.unix += (millis / 1000) as i64;
        self.cmds.extend(update(&mut self.app, Msg::Tick(self.now)));
        self
    }

    /// Presses keys by name: `"ctrl+p t h e m e enter"`.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            let chord = key.parse().unwrap_or_else(|error| panic!("{key}: {error}"));
            self.send(Msg::Input(Input::Key(chord)));
        }
        self
    }

    /// Types text as single keys.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let key = if c == ' ' { "space".to_owned() } else { c.to_string() };
            self.keys(&key);
        }
        self
    }

    pub fn mouse(&mut self, kind: MouseKind, column: u16, row: u16) -> &mut Self {
        self.send(Msg::Input(Input::Mouse(Mouse { kind, column, row })))
    }

    /// Types a query and lets the pause pass.
    pub fn ask(&mut self, text: &str) -> &mut Self {
        self.send(Msg::Input(Input::Paste(text.into())));
        let timer = self.cmds.iter().rev().find_map(|cmd| match cmd {
            Cmd::After { timer, .. } => Some(*timer),
            _ => None,
        });
        self.send(Msg::Timer(timer.expect("typing starts a pause")));
        let generation = self.app.query.generation();
        let planned = QueryEvent::Planned { generation, files: 1284, judge: JudgeName::embedded() };
        self.send(Msg::Query(planned))
    }

    pub fn rank(&mut self, rows: Vec<RankedRow>, cause: RankCause) -> &mut Self {
        let counts = counts(&rows);
        let event =
            QueryEvent::Ranked { generation: self.app.query.generation(), rows: rows.into(), counts, cause };
        self.send(Msg::Query(event))
    }

    /// Answers what was asked for last with explanations.
    pub fn explain(&mut self) -> &mut Self {
        let asked: Vec<FileId> = self
            .cmds
            .iter()
            .rev()
            .find_map(|cmd| match cmd {
                Cmd::Query(QueryCommand::Explain(files)) => Some(files.clone()),
                _ => None,
            })
            .unwrap_or_default();
        let details = asked.into_iter().map(|file| (file, Arc::new(detail(file)))).collect();
        let generation = self.app.query.generation();
        self.send(Msg::Query(QueryEvent::Explained { generation, details }))
    }

    /// Answers the last request for a preview.
    pub fn preview(&mut self) -> &mut Self {
        let wanted = self.cmds.iter().rev().find_map(|cmd| match cmd {
            Cmd::LoadPreview { file, generation } => Some((*file, *generation)),
            _ => None,
        });
        let Some((file, generation)) = wanted else { return self };
        self.send(Msg::Preview(Preview { file, generation, body: Ok(Arc::new(source())) }))
    }

    /// The frame: its text, then a letter for each cell's style, then what the letters mean.
    pub fn frame(&self) -> String {
        let (text, styles) = self.draw();
        let mut letters: BTreeMap<String, char> = BTreeMap::new();
        let mut order = Vec::new();
        let mut out = String::new();
        for line in &text {
            writeln!(out, "{}", line.trim_end()).unwrap();
        }
        writeln!(out, "---").unwrap();
        for row in styles {
            let mut line = String::new();
            for style in row {
                let name = style_name(style);
                let next = letter(letters.len());
                let letter = *letters.entry(name.clone()).or_insert_with(|| {
                    order.push((next, name));
                    next
                });
                line.push(letter);
            }
            writeln!(out, "{line}").unwrap();
        }
        writeln!(out, "---").unwrap();
        for (letter, name) in order {
            writeln!(out, "{letter} {name}").unwrap();
        }
        out
    }

    /// The frame's text alone.
    pub fn screen(&self) -> String {
        self.draw().0.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
    }

    fn draw(&self) -> (Vec<String>, Vec<Vec<Style>>) {
        let size = self.app.size;
        let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
        terminal.draw(|frame| quarry::ui::view(&self.app, &self.theme, &self.glyphs, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let mut lines = Vec::new();
        let mut styles = Vec::new();
        for y in 0..size.height {
            let mut line = String::new();
            let mut wide = 0;
            for x in 0..size.width {
                if wide == 0 {
                    let symbol = buffer[(x, y)].symbol();
                    line.push_str(symbol);
                    wide = quarry::text::width::width(symbol).max(1);
                }
                wide -= 1;
            }
            lines.push(line);
            styles.push((0..size.width).map(|x| buffer[(x, y)].style()).collect());
        }
        (lines, styles)
    }

    /// Where the terminal's cursor is put, if it is shown.
    pub fn cursor(&self) -> Option<(u16, u16)> {
        use ratatui::backend::Backend;
        let size = self.app.size;
        let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
        terminal.draw(|frame| quarry::ui::view(&self.app, &self.theme, &self.glyphs, frame)).unwrap();
        let backend = terminal.backend_mut();
        backend.cursor_visible().then(|| backend.get_cursor_position().unwrap().into())
    }
}

fn letter(at: usize) -> char {
    let all = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    all.chars().nth(at).unwrap_or('?')
}

fn style_name(style: Style) -> String {
    let mut name = format!("{} on {}", style.fg.unwrap_or_default(), style.bg.unwrap_or_default());
    if !style.add_modifier.is_empty() {
        write!(name, " {:?}", style.add_modifier).unwrap();
    }
    name
}

pub fn row(id: u32, path: &str, state: StateKind, score: f32) -> RankedRow {
    RankedRow {
        file: FileId(id),
        path: path.into(),
        state,
        probability: score * 0.95,
        score,
        stale: false,
        pinned: false,
        flipped: false,
    }
}

/// Rows of every state, as LOOK.md shows them.
pub fn rows() -> Vec<RankedRow> {
    use StateKind::{Failed, Judging, No, Queued, Yes};
    let mut rows = vec![
        row(1, "src/net/budget.rs", Yes, 0.97),
        row(2, "src/query/sched.rs", Yes, 0.94),
        row(3, "src/net/pool.rs", Yes, 0.91),
        row(4, "src/llm/router.rs", Yes, 0.88),
        row(5, "src/config/limits.rs", Yes, 0.81),
        row(6, "packages/server/src/transport/http/middleware/retry/budget_enforcement.rs", Yes, 0.74),
        row(7, "src/llm/sse.rs", Yes, 0.63),
        row(8, "tests/budget.rs", No, 0.42),
        row(9, "docs/設計/リトライ予算.md", No, 0.31),
        row(10, "src/ui/layout.rs", No, 0.08),
        row(11, "src/edit/apply.rs", Judging, 0.0),
        row(12, "src/edit/undo.rs", Queued, 0.0),
        row(13, "assets/corpus.txt", Failed, 0.0),
    ];
    rows[2].stale = true;
    rows[3].pinned = true;
    rows[6].flipped = true;
    rows
}

pub fn counts(rows: &[RankedRow]) -> Counts {
    let mut counts = Counts::default();
    for row in rows {
        counts.add(row.state);
    }
    for _ in 0..88 {
        counts.add(StateKind::Skipped);
    }
    counts
}

pub fn detail(file: FileId) -> Detail {
    let reason = match file.0 {
        1 => "defines `Budget::take`, which refuses a call once what was spent reaches the cap",
        2 => "acquires a permit from `Budget` before each judgment",
        3 => "changed with `budget.rs` in 7 of 9 commits",
        4 => "maps a task to the pool whose budget will be charged",
        5 => "declares `retry.max_calls` and its default",
        6 => "its name says retry and budget",
        7 => "retries a broken stream, but does not count the retry",
        8 => "asserts the cap for the chat pool only",
        9 => "speaks of the budget in one heading",
        13 => "cannot be read: permission denied",
        _ => "computes rectangles only",
    };
    let evidence = |signal, weight, text: &str, span: Option<(u32, u32)>| Evidence {
        signal,
        weight,
        text: text.into(),
        span: span.map(|(first, last)| Span { first, last }),
    };
    Detail {
        reason: reason.into(),
        evidence: vec![
            evidence(Signal::Symbols, 2.1, "defines `Budget` and `take`", Some((4, 12))),
            evidence(
                Signal::Content,
                1.4,
                "says \u{201c}budget\u{201d} 14 times, \u{201c}retry\u{201d} 6 times",
                Some((6, 9)),
            ),
            evidence(
                Signal::History,
                0.9,
                "3 commits speak of \u{201c}retry budget\u{201d}, last 2 days ago",
                None,
            ),
            evidence(Signal::History, 0.4, "changed with `src/query/sched.rs` in 7 of 9 commits", None),
            evidence(Signal::Active, 0.5, "differs from HEAD", None),
            evidence(Signal::Kind, -0.2, "a library file, not a test", None),
        ],
        spans: vec![Span { first: 6, last: 9 }, Span { first: 4, last: 4 }],
        shares: SignalShares::from_contributions([1.4, 0.3, 2.1, 1.3, 0.0, -0.2, 0.5, 0.1, 0.0, 0.2, 0.0]),
    }
}

pub fn source() -> Source {
    let text = "//! The budget of retries.\n\nuse crate::Permit;\n\nimpl Budget {\n    /// Spends `n` calls, or fails when the cap is reached.\n    pub fn take(&mut self, n: u32) -> Result<Permit> {\n        if self.spent + n > self.cap {\n            return Err(Exhausted { cap: self.cap });\n        }\n        self.spent += n;\n        Ok(Permit { n })\n    }\n}\n";
    let more = (0..120).map(|n| format!("// line {n} of the rest: 漢字も読めます"));
    let lines = text.lines().map(str::to_owned).chain(more).map(|text| {
        let roles = match text.trim_start() {
            comment if comment.starts_with("//") => vec![(SyntaxRole::Comment, 0..text.len())],
            code if code.starts_with("use ") => {
                vec![(SyntaxRole::Keyword, 0..3), (SyntaxRole::Plain, 3..text.len())]
            }
            _ => Vec::new(),
        };
        SourceLine { text, roles }
    });
    Source { lines: lines.collect(), language: "Rust".into(), truncated: false }
}

/// Files without a verdict, of several kinds.
pub fn ledger_rows() -> Vec<LedgerRow> {
    let mut rows = vec![
        LedgerRow {
            file: FileId(13),
            path: "assets/corpus.txt".into(),
            state: LedgerState::Failed { why: "cannot be read: permission denied".into(), retryable: true },
        },
        LedgerRow { file: FileId(12), path: "src/edit/undo.rs".into(), state: LedgerState::Queued },
        LedgerRow {
            file: FileId(200),
            path: "Cargo.lock".into(),
            state: LedgerState::Skipped(SkipReason::Lock),
        },
        LedgerRow {
            file: FileId(201),
            path: "assets/dump.sql".into(),
            state: LedgerState::Skipped(SkipReason::TooLarge(9_300_000)),
        },
    ];
    rows.extend((0..30).map(|n| LedgerRow {
        file: FileId(300 + n),
        path: format!("assets/icons/icon-{n:02}.png").into(),
        state: LedgerState::Skipped(SkipReason::Binary),
    }));
    rows
}
