//! The real binary in a real terminal: what a person sees, and what is left of it afterwards.
//!
//! Each step waits until the screen shows what it must, with a deadline; nothing sleeps for a fixed time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;
#[path = "pty/review.rs"]
mod review;

use std::fs;
use std::io::{Read, Write};
use std::num::NonZero;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use vt100::{MouseProtocolMode, Parser, Screen};

use serde_json::json;

use common::Home;
use common::answer::Answer;
use common::server::Server;

/// Far longer than anything takes on a slow machine; reached only by a failure.
const DEADLINE: Duration = Duration::from_mins(1);

/// How often the state of a process is looked at, where nothing tells of a change.
const LOOK: Duration = Duration::from_millis(10);

/// Quarry in a terminal of its own.
struct Terminal {
    master: Box<dyn MasterPty + Send>,
    // Kept open, so that the terminal's modes can be read after the program ended.
    _slave: Box<dyn SlavePty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    parser: Arc<Mutex<Parser>>,
    bytes: Arc<Mutex<Vec<u8>>>,
    changed: Receiver<()>,
}

impl Terminal {
    fn start(home: &Home, columns: u16, rows: u16) -> Self {
        Self::start_with(home, (columns, rows), &[])
    }

    fn start_with(home: &Home, (cols, rows): (u16, u16), variables: &[(&str, &str)]) -> Self {
        let pair =
            native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_quarry"));
        command.cwd(home.tree());
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        for name in
            ["TMUX", "NO_COLOR", "VISUAL", "EDITOR", "PAGER", "DISPLAY", "WAYLAND_DISPLAY", "RUST_BACKTRACE"]
        {
            command.env_remove(name);
        }
        for (name, value) in home.environment() {
            command.env(name, value);
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let parser = Arc::new(Mutex::new(Parser::new(cells(rows), cells(cols), 0)));
        let (tell, changed) = channel();
        let mut output = pair.master.try_clone_reader().unwrap();
        let seen = Arc::clone(&parser);
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bytes);
        thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut piece) {
                kept.lock().unwrap().extend_from_slice(&piece[..length]);
                seen.lock().unwrap().process(&piece[..length]);
                let _ = tell.send(());
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { master: pair.master, _slave: pair.slave, child, keyboard, parser, bytes, changed }
    }

    fn type_text(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn resize(&mut self, cols: u16, rows: u16) {
        self.parser.lock().unwrap().screen_mut().set_size(cells(rows), cells(cols));
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    fn text(&self) -> String {
        self.parser.lock().unwrap().screen().contents()
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    fn wait(&self, what: &str, is_so: impl Fn(&Screen) -> bool) {
        let started = Instant::now();
        while !is_so(self.parser.lock().unwrap().screen()) {
            let left = DEADLINE.checked_sub(started.elapsed());
            let came = left.is_some_and(|left| self.changed.recv_timeout(left).is_ok());
            assert!(
                came,
                "never saw {what}; the screen is
{}",
                self.text()
            );
        }
    }

    #[track_caller]
    fn wait_for(&self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    /// Waits until these bytes were sent to the terminal.
    #[track_caller]
    fn wait_for_bytes(&self, what: &[u8]) {
        let sent = || self.bytes.lock().unwrap().windows(what.len()).any(|part| part == what);
        self.wait(&String::from_utf8_lossy(what).escape_debug().to_string(), |_| sent());
    }

    /// Sends a signal by name.
    fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Waits until the program ended, and returns its exit code.
    #[track_caller]
    fn end(&mut self) -> u32 {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(started.elapsed() < DEADLINE, "still running; the screen is\n{}", self.text());
            thread::sleep(LOOK);
        }
    }

    /// The kernel's word for what the program does: `S` sleeping, `T` stopped.
    fn state(&self) -> char {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.process_id().unwrap())).unwrap();
        stat.rsplit(") ").next().unwrap().chars().next().unwrap()
    }

    #[track_caller]
    fn wait_for_state(&self, state: char) {
        let started = Instant::now();
        while self.state() != state {
            assert!(started.elapsed() < DEADLINE, "never in state {state}");
            thread::sleep(LOOK);
        }
    }

    /// What `stty` says of the terminal's modes.
    fn modes(&self) -> String {
        let device = self.master.tty_name().unwrap();
        let output = Command::new("stty").arg("-F").arg(device).arg("-a").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn assert_restored(&self) {
        self.wait("the terminal as it was", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == MouseProtocolMode::None
        });
        let modes = self.modes();
        assert!(modes.split_whitespace().any(|mode| mode == "icanon"), "{modes}");
        assert!(modes.split_whitespace().any(|mode| mode == "echo"), "{modes}");
    }

    #[track_caller]
    fn assert_taken(&self) {
        self.wait("the alternate screen", |screen| screen.alternate_screen() && screen.bracketed_paste());
        assert!(self.modes().split_whitespace().any(|mode| mode == "-icanon"));
    }

    /// Types a request and waits for its best row.
    #[track_caller]
    fn ask(&mut self, request: &str, best: &str) {
        self.type_text(request);
        self.wait_for(best);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

fn row_of(screen: &Screen, text: &str) -> Option<usize> {
    screen.contents().lines().position(|line| line.contains(text))
}

#[test]
fn typing_a_request_ranks_files_with_their_reasons_and_ctrl_c_quits() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.wait_for("quarry");
    terminal.assert_taken();
    terminal.ask("where does a login session expire", "src/session.rs");
    terminal.wait("the best file above the others", |screen| {
        let best = row_of(screen, "src/session.rs");
        best.is_some() && best < row_of(screen, "src/cart.rs").or(Some(usize::MAX))
    });
    terminal.wait_for("main");
    terminal.type_text("\u{3}\u{3}");
    assert_eq!(terminal.end(), 0);
    terminal.assert_restored();
}

#[test]
fn a_saved_file_moves_its_row() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.ask("refund a payment to the customer", "src/");
    home.write(
        "src/refund.rs",
        "/// Refunds a payment to the customer's card.\npub fn refund_payment() {}\n",
    );
    terminal.wait("the new file first", |screen| {
        let new = row_of(screen, "src/refund.rs");
        new.is_some() && new < row_of(screen, "src/cart.rs").or(Some(usize::MAX))
    });
    fs::remove_file(home.tree().join("src/refund.rs")).unwrap();
    terminal.wait("the row gone", |screen| row_of(screen, "src/refund.rs").is_none());
}

#[test]
fn the_screen_follows_every_size() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 160, 45);
    terminal.ask("session", "src/session.rs");
    for (columns, rows) in [(80, 24), (40, 10), (100, 30), (61, 17), (160, 45)] {
        terminal.resize(columns, rows);
        if columns >= 60 {
            terminal.wait("the list at the new size", |screen| row_of(screen, "session.rs").is_some());
        }
    }
    for step in 0..60_u16 {
        terminal.resize(60 + step, 20 + step % 20);
    }
    terminal.resize(100, 30);
    terminal.wait_for("src/session.rs");
    terminal.signal("TERM");
    assert_eq!(terminal.end(), 130);
    terminal.assert_restored();
}

/// The terminal cuts its lines at the smaller size, and the program may never see that size: only drawing everything
/// after each change brings them back.
#[test]
fn a_size_that_is_taken_back_at_once_is_drawn_whole() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 160, 45);
    terminal.ask("session", "why · src/session.rs");
    terminal.wait_for("judge embedded");
    for _ in 0..8 {
        terminal.resize(70, 20);
        terminal.resize(160, 45);
    }
    terminal.wait("the right end of the top line, and the foot", |screen| {
        let lines: Vec<String> = screen.rows(0, 160).collect();
        lines[0].contains("judge embedded") && !lines[44].trim().is_empty()
    });
}

#[test]
fn a_request_comes_back_in_the_next_session() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.ask("where does a session expire", "why · src/session.rs");
    terminal.type_text("\r");
    terminal.wait_for("enter open");
    let kept = home.data().join("requests");
    let started = Instant::now();
    while !fs::read_to_string(&kept).is_ok_and(|text| text == "where does a session expire\n") {
        assert!(started.elapsed() < DEADLINE, "{kept:?} was never written");
        thread::sleep(LOOK);
    }
    terminal.type_text("q");
    assert_eq!(terminal.end(), 0);
    let mut next = Terminal::start(&home, 100, 30);
    next.wait_for("files and");
    next.type_text("\u{1b}[A");
    next.wait_for("where does a session expire");
}

#[test]
fn a_paste_of_several_lines_is_one_request() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.wait_for("quarry");
    terminal.type_text("\u{1b}[200~login session\rthat expires\u{1b}[201~");
    terminal.wait_for("that expires");
    terminal.wait_for("src/session.rs");
}

/// A terminal with the keyboard on the message.
fn with_message(home: &Home, variables: &[(&str, &str)]) -> Terminal {
    let mut terminal = Terminal::start_with(home, (100, 30), variables);
    terminal.wait_for("quarry");
    terminal.type_text("\u{1b}c");
    terminal.wait_for("@ file");
    terminal
}

#[test]
fn a_paste_of_ten_thousand_lines_with_escape_sequences_is_one_piece_and_sends_nothing() {
    let home = Home::with_repository();
    let mut terminal = with_message(&home, &[]);
    let mut paste = "\u{1b}[200~".to_owned();
    for line in 0..10_000 {
        writeln_to(&mut paste, line);
    }
    paste.push_str("\u{1b}[201~and so on");
    terminal.type_text(&paste);
    terminal.wait_for("[paste 1, 10,000 lines] and so on");
    assert!(!terminal.text().contains("owned"), "{}", terminal.text());
    terminal.assert_taken();
    terminal.type_text("\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}");
    terminal.wait("the paste deleted as one", |screen| !screen.contents().contains("[paste 1"));
}

/// A line as a hostile page puts it on the clipboard: colours, a title, a cleared screen, the end of the alternate one.
fn writeln_to(text: &mut String, line: u32) {
    use std::fmt::Write as _;
    write!(text, "line {line}\u{1b}[31m\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[?1049l\r").unwrap();
}

#[test]
fn every_way_to_begin_a_line_works_and_the_protocol_is_pushed_and_popped() {
    let home = Home::with_repository();
    let mut terminal = with_message(&home, &[]);
    terminal.wait_for_bytes(b"\x1b[>1u");
    // Alt+Enter and Ctrl+J as every terminal sends them, Shift+Enter as the kitty protocol does.
    terminal.type_text("one\u{1b}\rtwo\nthree\u{1b}[13;2ufour\\\rfive");
    terminal.wait_for("five");
    let lines = |screen: &Screen| {
        let text = screen.contents();
        let rows: Vec<&str> = text.lines().map(|line| line.rsplit('│').next().unwrap().trim()).collect();
        rows.windows(5).any(|rows| rows[0].ends_with("one") && rows[1..] == ["two", "three", "four", "five"])
    };
    terminal.wait("five lines", lines);
    terminal.type_text("\u{3}\u{3}");
    assert_eq!(terminal.end(), 0);
    terminal.wait_for_bytes(b"\x1b[<1u");
    terminal.assert_restored();
}

#[test]
fn a_console_that_knows_no_private_sequences_is_sent_none() {
    let home = Home::with_repository();
    let terminal = with_message(&home, &[("TERM", "linux")]);
    let pushed = terminal.bytes.lock().unwrap().windows(4).any(|part| part == b"\x1b[>1");
    assert!(!pushed);
}

#[test]
fn what_was_typed_and_not_sent_is_there_in_the_next_session() {
    let home = Home::with_repository();
    let mut terminal = with_message(&home, &[]);
    terminal.type_text("half a thought");
    terminal.wait_for("half a thought");
    terminal.type_text("\u{3}\u{3}");
    assert_eq!(terminal.end(), 0);
    let mut next = Terminal::start(&home, 100, 30);
    next.wait_for("quarry");
    next.type_text("\u{1b}c");
    next.wait_for("half a thought");
}

#[test]
fn the_editor_writes_the_message_and_an_editor_that_fails_leaves_it() {
    let home = Home::with_repository();
    let editor = script(&home, "editor", "printf 'written elsewhere\\nand longer\\n' > \"$1\"");
    let failing = script(&home, "failing", "echo gone > \"$1\"; exit 1");
    let mut terminal = with_message(&home, &[("EDITOR", &editor)]);
    terminal.type_text("short\u{7}");
    terminal.wait_for("written elsewhere");
    terminal.wait_for("and longer");
    let left: Vec<_> = fs::read_dir(home.data().join("drafts")).unwrap().flatten().collect();
    assert!(left.iter().all(|file| !file.file_name().to_string_lossy().starts_with("message-")), "{left:?}");
    let mut terminal = with_message(&home, &[("EDITOR", &failing)]);
    terminal.type_text("precious\u{7}");
    terminal.wait_for("the editor gave no message back");
    terminal.wait_for("precious");
}

#[test]
fn the_clipboards_picture_is_attached_by_a_tool_of_the_system() {
    let home = Home::with_repository();
    let picture = home.config().join("clip.png");
    fs::write(&picture, b"\x89PNG\r\n\x1a\nrest").unwrap();
    script(&home, "wl-paste", &format!("cat '{}'", picture.display()));
    let path = format!("{}:{}", home.config().display(), std::env::var("PATH").unwrap());
    let mut terminal = with_message(&home, &[("PATH", &path), ("WAYLAND_DISPLAY", "wayland-0")]);
    terminal.type_text("like \u{16}");
    terminal.wait_for("like [pasted image]");
}

/// A program of the test's own; returns its path.
fn script(home: &Home, name: &str, body: &str) -> String {
    let file = home.config().join(name);
    fs::write(&file, format!("#!/bin/sh\n{body}\n")).unwrap();
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs::set_permissions(&file, permissions).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn palette_and_help_open_and_close() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.ask("session", "src/session.rs");
    terminal.type_text("\u{10}");
    terminal.wait_for("Commands");
    terminal.type_text("\u{1b}");
    terminal.wait("the palette closed", |screen| !screen.contents().contains("Commands"));
    terminal.type_text("\u{1b}OP");
    terminal.wait_for("Half a page down");
    terminal.type_text("\u{1b}");
    terminal.wait("the help closed", |screen| !screen.contents().contains("Half a page down"));
}

#[test]
fn the_terminal_answers_with_a_light_background_and_no_key_is_lost() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.wait_for("quarry");
    terminal.type_text("ses\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\sion");
    terminal.wait_for("session");
    terminal.wait("a light ground", |screen| {
        matches!(screen.cell(5, 5).map(vt100::Cell::bgcolor), Some(vt100::Color::Rgb(red, _, _)) if red > 200)
    });
    assert!(!terminal.text().contains("rgb:"));
}

#[test]
fn a_saved_configuration_is_used_at_once() {
    let home = Home::with_repository();
    let light = |screen: &Screen| matches!(screen.cell(5, 5).map(vt100::Cell::bgcolor), Some(vt100::Color::Rgb(red, _, _)) if red > 200);
    let terminal = Terminal::start(&home, 100, 30);
    terminal.wait_for("quarry");
    assert!(!light(terminal.parser.lock().unwrap().screen()));
    let new = home.config().join("config.toml~");
    fs::write(&new, "theme = \"quarry-light\"\n").unwrap();
    fs::rename(new, home.config().join("config.toml")).unwrap();
    terminal.wait("the light theme", light);
}

#[test]
fn a_stop_gives_the_terminal_back_and_going_on_draws_it_anew() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.ask("session", "src/session.rs");
    terminal.signal("TSTP");
    terminal.wait_for_state('T');
    terminal.assert_restored();
    terminal.signal("CONT");
    terminal.wait_for("src/session.rs");
    terminal.assert_taken();
    // A stop that no program hears of: whatever was on the screen meanwhile is drawn over.
    terminal.signal("STOP");
    terminal.wait_for_state('T');
    terminal.parser.lock().unwrap().process(b"\x1b[2J\x1b[Hgarbage of a shell");
    terminal.signal("CONT");
    terminal.wait("no garbage", |screen| {
        screen.contents().contains("src/session.rs") && !screen.contents().contains("garbage")
    });
    terminal.type_text(" expiry");
    terminal.wait_for("session expiry");
    terminal.signal("HUP");
    assert_eq!(terminal.end(), 130);
}

#[test]
fn path_reason_and_selection_are_given_to_the_terminals_clipboard() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.ask("session", "why · src/session.rs");
    terminal.type_text("\r");
    terminal.wait_for("move");
    terminal.type_text("y");
    terminal.wait_for_bytes(b"\x1b]52;c;c3JjL3Nlc3Npb24ucnM=\x07");
    // A reason names the word that was asked for, which base64 writes in one of three ways.
    terminal.bytes.lock().unwrap().clear();
    terminal.type_text("Y");
    terminal.wait_for_bytes(b"\x1b]52;c;");
    terminal.wait("the reason", |_| {
        let bytes = terminal.bytes.lock().unwrap().clone();
        let sent = String::from_utf8_lossy(&bytes).into_owned();
        ["c2Vzc2lvb", "Nlc3Npb2", "zZXNzaW9u"].iter().any(|word| sent.contains(word))
    });
    // The letters of the header's first word, dragged over with the mouse.
    terminal.type_text("\u{1b}[<0;2;1M\u{1b}[<32;7;1M\u{1b}[<0;7;1m");
    terminal.wait_for_bytes(b"\x1b]52;c;cXVhcnJ5\x07");
}

#[test]
fn the_editor_gets_the_terminal_and_gives_it_back() {
    let home = Home::with_repository();
    let editor = home.config().join("editor");
    fs::write(&editor, "#!/bin/sh\nprintf 'editing %s\\n' \"$*\"\nread answer\n").unwrap();
    let mut permissions = fs::metadata(&editor).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs::set_permissions(&editor, permissions).unwrap();
    let mut terminal = Terminal::start_with(&home, (100, 30), &[("EDITOR", editor.to_str().unwrap())]);
    terminal.ask("session", "why · src/session.rs");
    terminal.type_text("\ro");
    terminal.wait_for("editing ");
    terminal.wait("the normal screen", |screen| !screen.alternate_screen());
    assert!(terminal.text().contains("src/session.rs"), "{}", terminal.text());
    terminal.type_text("\n");
    terminal
        .wait("the screen back", |screen| screen.alternate_screen() && screen.contents().contains("quarry"));
    terminal.type_text("i expiry");
    terminal.wait_for("session expiry");
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_of_the_screen_restores_the_terminal_and_is_told() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start_with(&home, (100, 30), &[("QUARRY_TEST_PANIC", "screen")]);
    assert_eq!(terminal.end(), 101);
    terminal.assert_restored();
    terminal.wait_for("asked to panic on the screen's thread");
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_of_a_worker_is_told_and_the_screen_lives_on() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start_with(&home, (100, 30), &[("QUARRY_TEST_PANIC", "worker")]);
    terminal.wait_for("stopped working");
    terminal.ask("session", "src/session.rs");
}

#[test]
fn nothing_is_drawn_while_nothing_happens() {
    let home = Home::with_repository();
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.ask("session", "src/session.rs");
    // Quiet begins when no byte has come for two seconds, longer than a look at a row takes to count; then it must last.
    while terminal.changed.recv_timeout(Duration::from_secs(2)).is_ok() {}
    assert!(terminal.changed.recv_timeout(Duration::from_secs(3)).is_err(), "{}", terminal.text());
}

/// Says yes about every file, or breaks.
fn lab(status: u16) -> Server {
    let server = Server::start();
    let models = json!({ "object": "list", "data": [{ "id": "judge-1", "object": "model" }] });
    server.always("GET /v1/models", Answer::json(200, &models));
    let top = json!([{ "token": "Yes", "logprob": -0.1 }, { "token": "No", "logprob": -2.4 }]);
    let content = json!([{ "token": "Yes", "logprob": -0.1, "top_logprobs": top }]);
    let choice = json!({ "index": 0, "message": { "role": "assistant", "content": "Yes" }, "finish_reason": "stop",
        "logprobs": { "content": content } });
    let body = json!({ "choices": [choice], "usage": { "prompt_tokens": 200, "completion_tokens": 1 },
        "error": (status != 200).then(|| json!({ "message": "the key is not valid" })) });
    server.always("POST /v1/chat/completions", Answer::json(status, &body));
    server
}

fn with_lab(server: &Server, more: &str) -> Home {
    let home = Home::with_repository();
    let text = format!("[backend.lab]\nbase_urls = [\"{}\"]\n{more}", server.url("/v1"));
    fs::write(home.config().join("config.toml"), text).unwrap();
    home
}

#[test]
fn a_judge_is_picked_and_asked_about_every_file() {
    let server = lab(200);
    let home = with_lab(&server, "");
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.ask("session", "why · src/session.rs");
    terminal.wait_for("judge embedded");
    terminal.type_text("\rM");
    terminal.wait_for("what answers what");
    terminal.wait_for("judge-1");
    terminal.type_text("\r");
    terminal.wait_for("judge: pick one");
    terminal.type_text("judge-1\r");
    terminal.wait_for("chosen in this session");
    terminal.type_text("\u{1b}");
    terminal.wait("the picker gone", |screen| !screen.contents().contains("what answers what"));
    terminal.wait_for("judge judge-1 ·local");
    terminal.type_text("J");
    terminal.wait_for("4 match");
    assert!(server.requests_for("/v1/chat/completions").len() >= 4);
}

#[test]
fn a_judge_that_refuses_the_key_is_told_with_what_comes_next_and_no_file_is_a_no() {
    let server = lab(401);
    let home = with_lab(&server, "[task.judge]\nuse = [\"lab/judge-1\", \"embedded\"]\n");
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.wait_for("judge judge-1");
    terminal.ask("session", "why · src/session.rs");
    terminal.type_text("\r");
    terminal.wait_for("4 failed");
    terminal.wait_for("not authorised");
}

#[test]
fn a_spent_budget_leaves_files_over_budget_and_says_which() {
    let server = lab(200);
    let home = with_lab(&server, "[task.judge]\nuse = [\"lab/judge-1\"]\nbudget = { tokens = 10 }\n");
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.wait_for("judge judge-1");
    terminal.ask("session", "why · src/session.rs");
    terminal.type_text("\r");
    terminal.wait_for("10 tokens");
    assert!(server.requests_for("/v1/chat/completions").is_empty());
}
