//! What the conversation looks like: text and styles of each state of an answer at three sizes, and no panic at any.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use std::sync::Arc;

use quarry::app::chat::transcript::{Motion, Walk};
use quarry::app::{Input, Msg, Size};
use quarry::config::GlyphSet;
use quarry::domain::{
    Answer, AnswerState, Answerer, Attachment, ChatEvent, Notice, Rating, Severity, Thumb, TurnBody, TurnId,
};
use quarry::ui::theme::{ColorDepth, Glyphs, Theme};
use stage::conversation::{ANSWER, answer, answered, open, pair, question, turn};
use stage::{MEDIUM, NARROW, Stage, WIDE};

const SIZES: [(&str, Size); 3] = [("wide", WIDE), ("medium", MEDIUM), ("narrow", NARROW)];

fn shoot(name: &str, make: impl Fn(Size) -> Stage) {
    for (size_name, size) in SIZES {
        insta::assert_snapshot!(format!("{name}_{size_name}"), make(size).frame());
    }
}

fn with(answer: &Answer) -> impl Fn(Size) -> Stage {
    move |size| {
        let mut stage = Stage::ready(size);
        pair(&mut stage, answer.clone());
        stage
    }
}

#[test]
fn nothing_said() {
    shoot("chat_empty", |size| {
        let mut stage = Stage::ready(size);
        open(&mut stage, Vec::new());
        stage
    });
}

#[test]
fn answered_with_everything_that_markdown_has() {
    shoot("chat_answered", with(&answer(ANSWER, AnswerState::Done)));
}

#[test]
fn streaming() {
    let mut going = answer(&ANSWER[..560], AnswerState::Streaming);
    going.thinking = "The budget is shared. ".repeat(40).into();
    shoot("chat_streaming", with(&going));
}

#[test]
fn searching_waiting_and_thinking() {
    let searching = AnswerState::Searching { judged: 812, files: 1284, waits_for: "first files stable" };
    shoot("chat_searching", with(&answer("", searching)));
    let mut waiting = answer("", AnswerState::Waiting);
    waiting.meters.total = std::time::Duration::from_secs(3);
    shoot("chat_waiting", with(&waiting));
    let mut thinking = answer("", AnswerState::Thinking);
    thinking.thinking = "Where is the budget? ".repeat(100).into();
    shoot("chat_thinking", with(&thinking));
}

#[test]
fn ended_early() {
    let said = "The two pools share one `Budget`";
    let limit = "the model reached its limit of 386 tokens".into();
    shoot("chat_cut_short", with(&answer(said, AnswerState::CutShort(limit))));
    shoot("chat_refused", with(&answer("", AnswerState::Refused("I cannot help with that.".into()))));
    shoot("chat_cancelled", with(&answer(said, AnswerState::Cancelled)));
    shoot("chat_interrupted", with(&answer(said, AnswerState::Interrupted)));
    let broke = Notice::new(Severity::Error, "the server closed the connection")
        .cause("unexpected end of file after 1,204 bytes")
        .hint("is the server at 127.0.0.1:8080 still running?");
    shoot("chat_failed", with(&answer(said, AnswerState::Failed(broke))));
    let long = Notice::new(Severity::Error, "the prompt is longer than the model's window")
        .cause("41,200 tokens were sent, 32,768 fit");
    shoot("chat_too_long", with(&answer("", AnswerState::TooLong(long))));
}

#[test]
fn attachments_branches_ratings_and_answers_side_by_side() {
    shoot("chat_marks", |size| {
        let mut stage = Stage::ready(size);
        let mut asked = question(1, 0, "Build this page, please.\nKeep the colours.");
        asked.siblings = Arc::from([TurnId(9), TurnId(1), TurnId(8)]);
        if let TurnBody::Question(question) = &mut asked.body {
            question.attachments = vec![
                Attachment::Text { name: "paste 1, 212 lines".into(), text: "x\n".repeat(212).into() },
                Attachment::Image {
                    name: "design.png".into(),
                    mime: "image/png",
                    bytes: vec![0; 48_000].into(),
                },
            ];
        }
        let mut said = answer("Done: see [1].", AnswerState::Done);
        said.rating = Some(Rating { thumb: Thumb::Up, word: "exactly right".into() });
        said.beside = Arc::from([TurnId(7), TurnId(2)]);
        said.picked = true;
        let summary = TurnBody::Summary { text: "They built a page.".into(), covers: TurnId(2), turns: 2 };
        let mut nobody = answer("`src/net/budget.rs` hands out permits.", AnswerState::Done);
        nobody.by = Answerer::Nobody;
        open(&mut stage, vec![asked, answered(2, 1, said), turn(3, 2, summary), answered(4, 3, nobody)]);
        stage
    });
}

#[test]
fn scrolled_up_while_an_answer_comes() {
    shoot("chat_scrolled", |size| {
        let mut stage = Stage::ready(size);
        pair(&mut stage, answer(&ANSWER.repeat(3), AnswerState::Streaming));
        stage.keys("pageup pageup");
        let text = "More of it.\n\nAnd more.\n\n".repeat(4);
        stage.send(Msg::Chat(ChatEvent::Delta { turn: TurnId(2), text: text.into(), thinking: "".into() }));
        stage
    });
}

#[test]
fn searched_and_walked() {
    shoot("chat_searched", |size| {
        let mut stage = Stage::ready(size);
        pair(&mut stage, answer(ANSWER, AnswerState::Done));
        stage.app.chat.transcript.search("budget");
        stage.app.chat.transcript.go(Motion::Matches(0));
        stage.app.chat.transcript.go(Motion::Matches(1));
        stage.app.chat.transcript.go(Motion::Stops(Walk::Targets, 1));
        stage.wait(10).send(Msg::Input(Input::Resize(size)));
        stage
    });
}

#[test]
fn long_code_is_folded_in_old_answers() {
    shoot("chat_folded", |size| {
        let mut stage = Stage::ready(size);
        let code = (0..90).map(|line| format!("let a{line} = {line};\n")).collect::<Vec<_>>().concat();
        pair(
            &mut stage,
            answer(&format!("Here it is:\n\n```rust\n{code}```\n\nThat is all.\n"), AnswerState::Done),
        );
        stage.app.chat.transcript.go(Motion::Stops(Walk::Code, -1));
        stage.send(Msg::Input(Input::Resize(size)));
        stage
    });
}

#[test]
fn ascii_glyphs_and_no_colours_lose_nothing() {
    let mut stage = Stage::ready(MEDIUM);
    pair(&mut stage, answer(ANSWER, AnswerState::Done));
    stage.glyphs = Glyphs::of(GlyphSet::Ascii);
    stage.theme = Theme::default_dark(ColorDepth::None);
    insta::assert_snapshot!("chat_ascii", stage.frame());
}

#[test]
fn no_width_panics_and_nothing_steers_the_terminal() {
    let hostile = format!("{ANSWER}\n\u{1b}[2J \u{202e}evil `\u{9b}1m` &#27;[1m\n\n\t| x |\n");
    let mut stage = Stage::ready(WIDE);
    pair(&mut stage, answer(&hostile, AnswerState::Done));
    for width in (1..=200).chain((1..=200).rev()) {
        stage.send(Msg::Input(Input::Resize(Size { width, height: 8 + width % 40 })));
        let text = stage.screen();
        for line in text.lines() {
            assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
        }
    }
}

#[test]
fn words_are_found_as_they_are_typed_and_esc_ends_the_search() {
    let mut stage = Stage::ready(MEDIUM);
    pair(&mut stage, answer(ANSWER, AnswerState::Done));
    stage.keys("/").text("budget").keys("enter");
    assert_eq!(stage.app.chat.transcript.searched(), "budget");
    assert!(stage.screen().contains("of 7 for \u{201c}budget\u{201d}"), "{}", stage.screen());
    let at = stage.app.chat.transcript.match_count().0;
    stage.keys("n");
    assert_eq!(stage.app.chat.transcript.match_count().0, at % 7 + 1);
    stage.keys("b");
    assert_eq!(stage.app.chat.transcript.match_count().0, at);
    stage.keys("esc");
    assert!(stage.app.chat.transcript.searched().is_empty());
}

#[test]
fn keys_fold_code_and_copy_the_block_that_is_selected() {
    let mut stage = Stage::ready(MEDIUM);
    let code = (0..90).map(|line| format!("let a{line} = {line};\n")).collect::<Vec<_>>().concat();
    pair(&mut stage, answer(&format!("```rust\n{code}```\n\n```sh\nls\n```\n"), AnswerState::Done));
    assert!(stage.screen().contains("82 more lines \u{b7} z shows them"), "{}", stage.screen());
    stage.keys("g } z G");
    assert!(!stage.screen().contains("more lines"));
    let copied = |stage: &Stage| {
        stage.cmds.iter().rev().find_map(|cmd| match cmd {
            quarry::app::Cmd::Copy(text) => Some(text.clone()),
            _ => None,
        })
    };
    stage.keys("Y");
    assert_eq!(copied(&stage).as_deref(), Some(code.as_str()));
    stage.keys("} Y");
    assert_eq!(copied(&stage).as_deref(), Some("ls\n"));
}
