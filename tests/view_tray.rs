//! What the context tray, conversations, waiting messages and answers side by side look like, at three sizes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use std::sync::Arc;

use quarry::app::{Msg, Size};
use quarry::domain::{ChatEvent, ContextState, Question, Queued, Tray, TurnId};
use stage::chat::{answer, beside, head, item, question, tray};
use stage::{MEDIUM, NARROW, Stage, WIDE};

const SIZES: [(&str, Size); 3] = [("wide", WIDE), ("medium", MEDIUM), ("narrow", NARROW)];

/// A conversation of one question and its answer, with what was sent.
fn talking(size: Size) -> Stage {
    let mut stage = Stage::full(size);
    let turns = vec![question(1), answer(2)];
    stage.send(Msg::Chat(ChatEvent::Opened { head: head(1, "Retry budget"), turns }));
    stage.send(Msg::Chat(ChatEvent::Tray(mixed())));
    stage.keys("enter c");
    stage
}

/// Items that are sent, cited and not, and others that are not sent, each for another reason.
fn mixed() -> Tray {
    let sent = tray();
    let states =
        [ContextState::Excluded, ContextState::NoRoom, ContextState::Unfit("private by .quarry.toml".into())];
    let others = states.into_iter().enumerate().map(|(at, state)| {
        let mut item = item(0, &format!("src/net/pool{at}.rs"));
        item.state = state;
        item
    });
    Tray { items: sent.items.iter().cloned().chain(others).collect::<Arc<[_]>>(), ..sent }
}

#[test]
fn the_tray_opened_and_closed() {
    for (name, size) in SIZES {
        let mut stage = talking(size);
        insta::assert_snapshot!(format!("strip_{name}"), stage.frame());
        stage.keys("alt+t");
        insta::assert_snapshot!(format!("tray_{name}"), stage.frame());
    }
}

#[test]
fn messages_that_wait() {
    for (name, size) in SIZES {
        let mut stage = talking(size);
        let waiting = ["and the judge pool?", "then write it down"].into_iter().zip(1..);
        let waiting =
            waiting.map(|(text, number)| Queued { number, question: Question::new(text) }).collect();
        stage.send(Msg::Chat(ChatEvent::Queue(waiting)));
        insta::assert_snapshot!(format!("queue_{name}"), stage.frame());
    }
}

#[test]
fn conversations_that_can_be_gone_on_with() {
    for (name, size) in SIZES {
        let mut stage = talking(size);
        stage.keys("alt+s");
        let heads =
            vec![head(1, "Retry budget"), head(2, "Colours of the list"), head(3, "fn\u{1b}[31m main")];
        stage.send(Msg::Chat(ChatEvent::Sessions(heads)));
        assert!(!stage.screen().contains('\u{1b}'));
        insta::assert_snapshot!(format!("sessions_{name}"), stage.frame());
    }
}

#[test]
fn answers_side_by_side() {
    for (name, size) in SIZES {
        let mut stage = Stage::full(size);
        let turns = vec![question(1), beside(2, &[2, 3])];
        stage.send(Msg::Chat(ChatEvent::Opened { head: head(1, "Retry budget"), turns }));
        stage.send(Msg::Chat(ChatEvent::Turn(beside(3, &[2, 3]))));
        stage.keys("enter c esc v");
        insta::assert_snapshot!(format!("beside_{name}"), stage.frame());
        assert!(stage.app.chat.turns.get(TurnId(3)).is_some());
    }
}
