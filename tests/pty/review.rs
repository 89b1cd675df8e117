//! The way of an edit through the real binary: asked for, reviewed, written, taken back; and what a killed program leaves.

use std::fs;

use quarry::config::Protocol;

use super::common::Home;
use super::common::server::Server;
use super::common::shapes::streamed;
use super::{Terminal, row_of};

/// Blocks that change two lines of `src/session.rs`.
const ANSWER: &str = "An hour is long enough.\n\nsrc/session.rs\n```rust\n<<<<<<< SEARCH\n/// Where a session expires.\n=======\n\
    /// Where a session expires: after an hour.\n>>>>>>> REPLACE\n```\n";

const FILE: &str = "/// Where a session expires.\npub fn expires(now: u64) -> u64 {\n    now + 86_400\n}\n";

const FIX: &str = "An hour is long enough.\n\nsrc/session.rs\n```rust\n<<<<<<< SEARCH\n    now + 86_400\n=======\n    now + 3_600\n>>>>>>> REPLACE\n```\n";

/// A tree with one file that is about sessions, and a model that answers with a text.
fn with_model(text: &str) -> (Home, Server) {
    let server = Server::start();
    server.always("POST /v1/chat/completions", streamed(Protocol::OpenAi, &[text]));
    let home = Home::with_repository();
    home.write("src/session.rs", FILE);
    let config = format!(
        "discover = false\nverify = \"grep 3_600 src/session.rs\"\n[backend.lab]\nprotocol = \"openai\"\n\
         base_urls = [\"{}\"]\nmodels = [\"m\"]\n[task.judge]\nuse = [\"embedded\"]\n[task.command]\nuse = [\"lab/m\"]\n\
         format = \"search-replace\"\n",
        server.url("/v1")
    );
    fs::write(home.config().join("config.toml"), config).unwrap();
    (home, server)
}

fn read(home: &Home) -> String {
    fs::read_to_string(home.tree().join("src/session.rs")).unwrap()
}

/// Selects the file in the list, asks for an edit of it and opens the review once it is announced.
fn ask(terminal: &mut Terminal) {
    terminal.ask("where a session expires", "src/session.rs");
    terminal.wait("the file first", |screen| {
        let best = row_of(screen, "src/session.rs");
        best.is_some() && best < row_of(screen, "src/cart.rs").or(Some(usize::MAX))
    });
    terminal.type_text("\r");
    terminal.wait_for("e edit");
    terminal.type_text("e");
    terminal.wait_for("edit src/session.rs");
    terminal.type_text("make it an hour\r");
    terminal.wait_for("edit #1: 1 hunk in 1 file; ctrl+r reviews");
    terminal.type_text("\u{12}");
    terminal.wait_for("0 of 1 decided");
}

#[test]
fn an_edit_is_asked_for_reviewed_written_checked_taken_back_and_written_again() {
    let (home, _server) = with_model(FIX);
    let mut terminal = Terminal::start(&home, 100, 30);
    ask(&mut terminal);
    terminal.wait_for("-    now + 86_400");
    terminal.wait_for("+    now + 3_600");
    assert_eq!(read(&home), FILE, "nothing is written before it is accepted");
    terminal.type_text("a");
    terminal.wait_for("w write 1 accepted");
    assert_eq!(read(&home), FILE, "nor before it is written");
    terminal.type_text("w");
    terminal.wait_for("✓ written");
    assert_eq!(read(&home), FILE.replace("86_400", "3_600"));
    terminal.wait_for("✓ grep 3_600");
    terminal.type_text("\u{1a}");
    terminal.wait_for("taken back");
    assert_eq!(read(&home), FILE);
    terminal.type_text("\u{19}");
    terminal.wait_for("✓ written");
    assert_eq!(read(&home), FILE.replace("86_400", "3_600"));
    terminal.type_text("\u{3}\u{3}");
    assert_eq!(terminal.end(), 0);
    terminal.assert_restored();
}

#[test]
fn what_is_undecided_outlives_a_killed_program() {
    let (home, _server) = with_model(FIX);
    let mut terminal = Terminal::start(&home, 80, 24);
    ask(&mut terminal);
    terminal.signal("KILL");
    terminal.end();
    drop(terminal);
    let mut terminal = Terminal::start(&home, 80, 24);
    terminal.wait_for("1 earlier edit waits; ctrl+r reviews");
    terminal.type_text("\u{12}");
    terminal.wait_for("0 of 1 decided");
    terminal.type_text("aw");
    terminal.wait_for("✓ written");
    assert_eq!(read(&home), FILE.replace("86_400", "3_600"));
}

#[test]
fn a_change_of_a_comment_alone_is_left_out_and_said_so() {
    let (home, _server) = with_model(ANSWER);
    let mut terminal = Terminal::start(&home, 100, 30);
    terminal.ask("where a session expires", "src/session.rs");
    terminal.type_text("\r");
    terminal.wait_for("e edit");
    terminal.type_text("e");
    terminal.wait_for("edit src/session.rs");
    terminal.type_text("make it an hour\r");
    terminal.wait_for("edit #1: 1 hunk, left out; ctrl+r reviews");
    terminal.type_text("\u{12}");
    terminal.wait_for("1 left out");
    terminal.type_text("z");
    terminal.wait_for("after an hour");
    assert_eq!(read(&home), FILE);
}
