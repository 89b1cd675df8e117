//! The message being typed, by keys and pastes: what is sent, what is asked of the runtime, and what it looks like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use std::path::PathBuf;
use std::sync::Arc;

use quarry::app::composer::{ComposerCmd, ComposerNews};
use quarry::app::{Cmd, Input, MouseKind, Msg, Pane, Size, Timer};
use quarry::domain::{Attachment, ChatCommand, NamedSymbol, QueryCommand, QueryEvent, Question, mentions};
use stage::{MEDIUM, NARROW, Stage, WIDE};

const SIZES: [(&str, Size); 3] = [("wide", WIDE), ("medium", MEDIUM), ("narrow", NARROW)];

fn shoot(name: &str, make: impl Fn(Size) -> Stage) {
    for (size_name, size) in SIZES {
        insta::assert_snapshot!(format!("{name}_{size_name}"), make(size).frame());
    }
}

/// A session with the keyboard on the message.
fn typing(size: Size) -> Stage {
    let mut stage = Stage::full(size);
    stage.keys("alt+c");
    assert_eq!(stage.app.focus, Pane::Composer);
    stage.cmds.clear();
    stage
}

fn paste(stage: &mut Stage, text: &str) {
    stage.send(Msg::Input(Input::Paste(text.into())));
}

fn sent(stage: &Stage) -> Vec<Question> {
    let question = |cmd: &Cmd| match cmd {
        Cmd::Chat(ChatCommand::Send(question)) => Some(question.clone()),
        _ => None,
    };
    stage.cmds.iter().filter_map(question).collect()
}

fn orders(stage: &Stage) -> Vec<ComposerCmd> {
    let order = |cmd: &Cmd| match cmd {
        Cmd::Composer(order) => Some(order.clone()),
        _ => None,
    };
    stage.cmds.iter().filter_map(order).collect()
}

fn text(stage: &Stage) -> String {
    stage.app.chat.composer.question().text.to_string()
}

fn picture() -> Attachment {
    Attachment::Image { name: "design.png".into(), mime: "image/png", bytes: Arc::from([1, 2]) }
}

#[test]
fn enter_sends_and_every_other_way_begins_a_line() {
    let mut stage = typing(WIDE);
    stage
        .text("one")
        .keys("alt+enter")
        .text("two")
        .keys("ctrl+j")
        .text("three")
        .keys("shift+enter")
        .text("four\\");
    stage.keys("enter").text("five");
    assert_eq!(sent(&stage), []);
    stage.keys("enter");
    assert_eq!(&*sent(&stage)[0].text, "one\ntwo\nthree\nfour\nfive");
    assert!(
        matches!(&orders(&stage)[..], [ComposerCmd::Remember(question)] if question.text.ends_with("five"))
    );
    assert_eq!(text(&stage), "");
}

#[test]
fn nothing_is_sent_where_nothing_is_typed() {
    let mut stage = typing(WIDE);
    stage.text("  ").keys("enter");
    assert_eq!(sent(&stage), []);
    assert!(stage.screen().contains("type a message first"));
}

#[test]
fn a_paste_of_line_breaks_sends_nothing() {
    let mut stage = typing(WIDE);
    paste(&mut stage, "one\r\ntwo\r\n");
    assert_eq!(sent(&stage), []);
    assert_eq!(text(&stage), "one\ntwo\n");
}

#[test]
fn a_dropped_picture_is_read_and_stands_where_its_path_stood() {
    let mut stage = typing(WIDE);
    stage.text("build ");
    paste(&mut stage, "'/tmp/design.png'");
    let words = "'/tmp/design.png'".to_owned();
    let wanted = ComposerCmd::ReadPicture { path: PathBuf::from("/tmp/design.png"), words: words.clone() };
    assert_eq!(orders(&stage), [wanted]);
    assert_eq!(text(&stage), "build '/tmp/design.png'", "the path stays until the picture is there");
    stage.send(Msg::Composer(ComposerNews::Picture { words: Some(words), read: Ok(picture()) }));
    stage.keys("enter");
    assert_eq!(&*sent(&stage)[0].text, "build [design.png]");
    assert_eq!(sent(&stage)[0].attachments, [picture()]);
}

#[test]
fn a_picture_that_cannot_be_read_leaves_its_path_and_says_why() {
    let mut stage = typing(WIDE);
    paste(&mut stage, "/tmp/design.png");
    let words = Some("/tmp/design.png".to_owned());
    let read = Err("design.png is no PNG, JPEG, GIF or WebP".to_owned());
    stage.send(Msg::Composer(ComposerNews::Picture { words, read }));
    assert_eq!(text(&stage), "/tmp/design.png");
    assert!(stage.screen().contains("design.png is no PNG"));
}

#[test]
fn the_clipboards_picture_is_asked_for_and_attached_at_the_cursor() {
    let mut stage = typing(WIDE);
    stage.text("like this").keys("ctrl+v");
    assert_eq!(orders(&stage), [ComposerCmd::PastePicture]);
    stage.send(Msg::Composer(ComposerNews::Picture { words: None, read: Ok(picture()) }));
    assert_eq!(text(&stage), "like this [design.png] ");
}

#[test]
fn what_the_editor_gives_back_replaces_the_message_and_undo_brings_it_back() {
    let mut stage = typing(WIDE);
    stage.text("short ");
    paste(&mut stage, &"line\n".repeat(40));
    stage.cmds.clear();
    stage.keys("ctrl+g");
    let before = "short [paste 1, 40 lines] ";
    assert_eq!(orders(&stage), [ComposerCmd::Edit(before.into())]);
    let edited = "a long message\nabout [paste 1, 40 lines]";
    stage.send(Msg::Composer(ComposerNews::Edited(Ok(edited.into()))));
    assert_eq!(text(&stage), edited);
    assert_eq!(stage.app.chat.composer.question().attachments.len(), 1, "the paste is still attached");
    stage.keys("ctrl+z");
    assert_eq!(text(&stage), before);
}

#[test]
fn an_editor_that_fails_loses_nothing() {
    let mut stage = typing(WIDE);
    stage.text("precious").keys("ctrl+g");
    stage.send(Msg::Composer(ComposerNews::Edited(Err("it ended with an error".into()))));
    assert_eq!(text(&stage), "precious");
    assert!(stage.screen().contains("the editor gave no message back"));
}

#[test]
fn a_pause_keeps_the_draft_and_sending_forgets_it() {
    let mut stage = typing(WIDE);
    stage.text("half a thought");
    let newest = |stage: &Stage| {
        stage.cmds.iter().rev().find_map(|cmd| match cmd {
            Cmd::After { timer: timer @ Timer::Message(_), .. } => Some(*timer),
            _ => None,
        })
    };
    let timer = newest(&stage).unwrap();
    stage.cmds.clear();
    stage.send(Msg::Timer(timer));
    assert_eq!(orders(&stage), [ComposerCmd::KeepDraft(Some(Question::new("half a thought")))]);
    stage.keys("enter");
    let timer = newest(&stage).unwrap();
    stage.cmds.clear();
    stage.send(Msg::Timer(timer));
    assert_eq!(orders(&stage), [ComposerCmd::KeepDraft(None)]);
}

#[test]
fn a_draft_of_the_last_session_comes_back_unless_something_is_typed() {
    let draft = || Msg::Composer(ComposerNews::Draft(Question::new("left behind")));
    let mut stage = typing(WIDE);
    stage.send(draft());
    assert_eq!(text(&stage), "left behind");
    let mut stage = typing(WIDE);
    stage.text("newer");
    stage.send(draft());
    assert_eq!(text(&stage), "newer");
}

#[test]
fn messages_of_earlier_sessions_come_up_by_the_arrow() {
    let mut stage = typing(WIDE);
    let earlier = ["first", "second"].map(Question::new).to_vec();
    stage.send(Msg::Composer(ComposerNews::Remembered(earlier)));
    stage.text("draft").keys("up");
    assert_eq!(text(&stage), "second");
    stage.keys("up");
    assert_eq!(text(&stage), "first");
    stage.keys("down down");
    assert_eq!(text(&stage), "draft");
    stage.keys("alt+r s e c");
    assert_eq!(text(&stage), "second");
    assert!(stage.screen().contains("search"), "the search is shown");
    stage.keys("esc");
    assert_eq!(text(&stage), "draft");
    assert_eq!(stage.app.focus, Pane::Composer, "escape ended the search and nothing else");
}

#[test]
fn a_click_puts_the_cursor_on_the_character_under_it() {
    for (_, size) in SIZES {
        let mut stage = typing(size);
        stage.text("漢字 and text");
        let (x, y) = stage.cursor().expect("the cursor is shown");
        stage.mouse(MouseKind::Press, x - 8, y).keys("x");
        assert_eq!(text(&stage), "漢字 xand text");
        assert_eq!(stage.cursor(), Some((x - 7, y)));
    }
}

#[test]
fn the_composer_grows_to_a_third_and_then_scrolls() {
    for (_, size) in SIZES {
        let mut stage = typing(size);
        let before = stage.app.layout().composer.height;
        paste(&mut stage, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10");
        let grown = stage.app.layout().composer.height;
        assert!(grown > before && grown <= size.height / 3 + 1, "{before} to {grown} of {}", size.height);
        for _ in 0..30 {
            stage.keys("alt+enter");
        }
        stage.text("last");
        assert!(stage.screen().contains("last"));
        let (_, y) = stage.cursor().expect("the cursor is shown");
        assert!(y < stage.app.layout().composer.bottom());
    }
}

fn symbol(name: &str) -> NamedSymbol {
    NamedSymbol { name: name.into(), kind: "function", path: "src/net/budget.rs".into(), line: 47 }
}

fn asked_names(stage: &Stage) -> Vec<String> {
    let name = |cmd: &Cmd| match cmd {
        Cmd::Query(QueryCommand::Names(typed)) => Some(typed.to_string()),
        _ => None,
    };
    stage.cmds.iter().filter_map(name).collect()
}

fn tell(stage: &mut Stage, typed: &str, names: &[NamedSymbol]) {
    stage.send(Msg::Query(QueryEvent::Names { typed: typed.into(), names: names.to_vec() }));
}

#[test]
fn an_at_sign_offers_files_in_the_order_of_the_ranking_and_tab_takes_one() {
    let mut stage = typing(WIDE);
    stage.text("see @bud");
    assert!(stage.screen().contains("1 of"));
    stage.keys("tab");
    assert_eq!(text(&stage), "see @src/net/budget.rs ");
    stage.text("and @").keys("down enter");
    assert_eq!(text(&stage), "see @src/net/budget.rs and @src/query/sched.rs ", "enter takes it too");
    assert_eq!(sent(&stage), []);
}

#[test]
fn a_directory_is_typed_on_and_lines_are_left_to_the_person() {
    let mut stage = typing(WIDE);
    stage.text("@src/n").keys("tab");
    assert_eq!(text(&stage), "@src/net/");
    stage.text("budget.rs:10-40");
    assert!(stage.app.chat.composer.completion().is_none());
    stage.keys("enter");
    assert_eq!(&*sent(&stage)[0].text, "@src/net/budget.rs:10-40");
}

#[test]
fn symbols_are_asked_of_the_engine_and_offered_when_they_come() {
    let mut stage = typing(WIDE);
    stage.text("@tak");
    assert_eq!(asked_names(&stage), ["ta", "tak"]);
    tell(&mut stage, "ta", &[symbol("table")]);
    assert!(!stage.screen().contains("function src/net/budget.rs:47"), "an answer to what was typed before");
    tell(&mut stage, "tak", &[symbol("take")]);
    assert!(stage.screen().contains("function src/net/budget.rs:47"));
    stage.keys("tab");
    assert_eq!(text(&stage), "@take ");
}

#[test]
fn escape_closes_what_is_offered_for_this_name_alone() {
    let mut stage = typing(WIDE);
    stage.text("@bu").keys("esc").text("d");
    assert!(stage.app.chat.composer.completion().is_none());
    assert_eq!(stage.app.focus, Pane::Composer);
    stage.keys("tab");
    assert!(stage.app.chat.composer.completion().is_some(), "tab asks again");
    stage.keys("esc").text(" @bu");
    assert!(stage.app.chat.composer.completion().is_some(), "another name");
}

#[test]
fn a_slash_offers_commands_with_their_help() {
    let mut stage = typing(WIDE);
    stage.text("/com");
    assert!(stage.screen().contains("Ask up to three models side by side"));
    stage.keys("backspace backspace backspace backspace").text("/copy");
    assert_eq!(text(&stage), "/copy");
    let completion = stage.app.chat.composer.completion().expect("it is offered");
    assert!(completion.is_done("/copy"), "so that enter runs it");
}

#[test]
fn a_click_takes_what_is_offered_under_it() {
    let mut stage = typing(WIDE);
    stage.text("@");
    let area = quarry::app::floating::completion_area(&stage.app);
    stage.mouse(MouseKind::Press, area.x + 4, area.y + 2);
    assert_eq!(text(&stage), "@src/query/sched.rs ");
}

#[test]
fn names_that_mean_nothing_are_looked_up_at_a_pause_and_shown_so() {
    let mut stage = typing(WIDE);
    stage.text("@src/net/budget.rs @diff @nobody @take x");
    stage.cmds.clear();
    let revision = stage.app.chat.composer.revision();
    stage.send(Msg::Timer(Timer::Message(revision)));
    assert_eq!(asked_names(&stage), ["nobody", "take"]);
    tell(&mut stage, "nobody", &[]);
    tell(&mut stage, "take", &[symbol("take")]);
    let known = |name: &str| {
        let text = stage.app.chat.composer.text();
        let mention = mentions(text).into_iter().find(|mention| mention.name == name).unwrap();
        stage.app.is_known(&mention)
    };
    assert_eq!(
        ["src/net/budget.rs", "diff", "nobody", "take"].map(known),
        [Some(true), Some(true), Some(false), Some(true)]
    );
    assert!(stage.screen().contains("nothing is called nobody"));
}

#[test]
fn names_are_offered() {
    shoot("composer_names", |size| {
        let mut stage = typing(size);
        stage.text("see @bu");
        tell(&mut stage, "bu", &[symbol("Budget"), symbol("bump")]);
        stage.keys("down");
        stage
    });
}

#[test]
fn commands_are_offered() {
    shoot("composer_commands", |size| {
        let mut stage = typing(size);
        stage.text("/");
        stage
    });
}

#[test]
fn an_unknown_name() {
    shoot("composer_unknown", |size| {
        let mut stage = typing(size);
        stage.text("what does @nobody do?");
        tell(&mut stage, "nobody", &[]);
        stage
    });
}

#[test]
fn an_empty_message_teaches() {
    shoot("composer_empty", typing);
}

#[test]
fn one_line() {
    shoot("composer_line", |size| {
        let mut stage = typing(size);
        stage.text("why does @src/net/budget.rs:40-58 refuse?");
        stage
    });
}

#[test]
fn a_message_that_is_wrapped_and_selected_in_part() {
    shoot("composer_wrapped", |size| {
        let mut stage = typing(size);
        stage.text("Why does a 429 in the judge pool drain the chat budget too, and 予算はどこで確認されますか when both share it?");
        stage.keys("alt+enter").text("See @diff.").keys("shift+left shift+left shift+left shift+left");
        stage
    });
}

#[test]
fn pastes_and_pictures_stand_as_units() {
    shoot("composer_attached", |size| {
        let mut stage = typing(size);
        stage.text("make ");
        stage.send(Msg::Composer(ComposerNews::Picture { words: None, read: Ok(picture()) }));
        stage.text("real; the log is ");
        paste(&mut stage, &"error: nothing works\n".repeat(212));
        stage
    });
}

#[test]
fn a_message_longer_than_its_room() {
    shoot("composer_long", |size| {
        let mut stage = typing(size);
        for line in 1..=40 {
            stage.text(&format!("line {line}")).keys("alt+enter");
        }
        stage
    });
}

#[test]
fn a_search_for_an_earlier_message() {
    shoot("composer_search", |size| {
        let mut stage = typing(size);
        let earlier = ["fix the budget", "read the docs"].map(Question::new).to_vec();
        stage.send(Msg::Composer(ComposerNews::Remembered(earlier)));
        stage.keys("alt+r b u d g");
        stage
    });
}
