//! What keys and the chat service do to the conversation on the screen. Tests read like sentences.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use quarry::app::chat::transcript::Stop;
use quarry::app::{Cmd, Msg, Overlay, Pane, Timer};
use quarry::domain::{
    ChatCommand, ChatEvent, ContextKey, EditCommand, EditTarget, FileId, Patience, QueryCommand, Question,
    Queued, Rating, Retrieval, SessionId, TaskKind, Thumb, TurnBody, TurnId,
};
use quarry::text::markdown::Target;
use stage::chat::{answer, answered, beside, head, hit, item, question, tray};
use stage::{NARROW, Stage, WIDE};

fn told(stage: &Stage) -> Vec<ChatCommand> {
    let chat = |cmd: &Cmd| match cmd {
        Cmd::Chat(command) => Some(command.clone()),
        _ => None,
    };
    stage.cmds.iter().filter_map(chat).collect()
}

/// A conversation of one question and its answer, with the keyboard on the composer.
fn talking() -> Stage {
    let mut stage = Stage::full(WIDE);
    stage.send(Msg::Chat(ChatEvent::Opened {
        head: head(1, "Retry budget"),
        turns: vec![question(1), answer(2)],
    }));
    stage.send(Msg::Chat(ChatEvent::Tray(tray())));
    stage.keys("enter c");
    stage.cmds.clear();
    stage
}

fn chat(event: ChatEvent) -> Msg {
    Msg::Chat(event)
}

#[test]
fn a_message_is_drafted_at_the_pause_and_sent_by_enter() {
    let mut stage = talking();
    stage.text("why?");
    assert_eq!(told(&stage), []);
    let pause = stage.cmds.iter().rev().find_map(|cmd| match cmd {
        Cmd::After { timer: timer @ Timer::Draft(_), .. } => Some(*timer),
        _ => None,
    });
    stage.send(Msg::Timer(pause.expect("typing starts a pause")));
    assert_eq!(told(&stage), [ChatCommand::Draft(Question::new("why?"))]);
    stage.cmds.clear();
    stage.keys("enter");
    assert_eq!(told(&stage), [ChatCommand::Send(Question::new("why?"))]);
    assert!(stage.app.chat.composer.is_blank());
}

#[test]
fn the_search_of_a_message_stands_on_the_query_line_and_runs_as_a_query() {
    let mut stage = talking();
    let text = "who charges the retry budget?";
    stage.send(chat(ChatEvent::Search { number: 7, text: text.into(), sent: true }));
    assert_eq!(stage.app.query.line.text(), text);
    let asked = stage.cmds.iter().find_map(|cmd| match cmd {
        Cmd::Query(QueryCommand::Ask(request)) => Some((request.text.to_string(), request.generation)),
        _ => None,
    });
    let (asked, generation) = asked.expect("the engine is asked");
    assert_eq!(asked, text);
    assert_eq!(told(&stage), [ChatCommand::Searching(7, generation)]);
}

#[test]
fn what_the_draft_has_found_is_not_searched_for_again() {
    let mut stage = talking();
    let asked = stage.app.query.asked().clone();
    let generation = stage.app.query.generation();
    stage.send(chat(ChatEvent::Search { number: 8, text: asked, sent: true }));
    assert!(!stage.cmds.iter().any(|cmd| matches!(cmd, Cmd::Query(QueryCommand::Ask(_)))));
    assert_eq!(told(&stage), [ChatCommand::Searching(8, generation)]);
}

#[test]
fn a_draft_does_not_write_over_who_types_a_query() {
    let mut stage = talking();
    stage.keys("ctrl+l").text(" x");
    let typed = stage.app.query.line.text().to_owned();
    stage.send(chat(ChatEvent::Search { number: 9, text: "other".into(), sent: false }));
    assert_eq!(stage.app.query.line.text(), typed);
}

#[test]
fn escape_stops_the_answer_at_once_and_touches_nothing_typed() {
    let mut stage = talking();
    stage.send(chat(ChatEvent::Turn(question(3)))).send(chat(ChatEvent::Turn(answered(4, 3, true))));
    stage.text("next");
    stage.cmds.clear();
    stage.keys("esc");
    assert!(told(&stage).contains(&ChatCommand::Cancel));
    assert_eq!(stage.app.chat.composer.text(), "next");
    assert_eq!(stage.app.focus, Pane::Composer);
}

#[test]
fn escape_stops_the_answer_before_the_search_it_waits_for() {
    let mut stage = talking();
    stage.send(chat(ChatEvent::Turn(question(3)))).send(chat(ChatEvent::Turn(answered(4, 3, true))));
    stage.send(chat(ChatEvent::Search { number: 1, text: "another".into(), sent: true }));
    assert!(stage.app.query.is_running());
    stage.cmds.clear();
    stage.keys("esc");
    assert_eq!(told(&stage), [ChatCommand::Cancel]);
}

#[test]
fn an_answer_grows_piece_by_piece() {
    let mut stage = talking();
    stage.send(chat(ChatEvent::Turn(question(3)))).send(chat(ChatEvent::Turn(answered(4, 3, true))));
    for piece in ["Because ", "of [1]."] {
        let (text, thinking) = (piece.into(), "".into());
        stage.send(chat(ChatEvent::Delta { turn: TurnId(4), text, thinking }));
    }
    let turn = stage.app.chat.turns.get(TurnId(4)).unwrap();
    assert!(stage.app.chat.turns.text(turn).ends_with("Because of [1]."));
}

#[test]
fn waiting_messages_are_shown_and_the_last_is_taken_back() {
    let mut stage = talking();
    let queued = |number, text: &str| Queued { number, question: Question::new(text) };
    stage.send(chat(ChatEvent::Queue(vec![queued(1, "first"), queued(2, "second")])));
    let screen = stage.screen();
    assert!(screen.contains("waits first") && screen.contains("waits second"), "{screen}");
    stage.keys("alt+up");
    assert_eq!(told(&stage), [ChatCommand::Unqueue(2)]);
    assert_eq!(stage.app.chat.composer.text(), "second");
}

#[test]
fn a_wrong_command_goes_back_to_be_mended() {
    let mut stage = talking();
    stage.text("/comit").keys("esc c enter");
    assert_eq!(told(&stage).iter().filter(|command| matches!(command, ChatCommand::Send(_))).count(), 0);
    assert_eq!(stage.app.chat.composer.text(), "/comit");
    assert!(stage.screen().contains("did you mean /commit?"));
}

#[test]
fn a_doubled_slash_is_sent_as_one() {
    let mut stage = talking();
    stage.text("//help me").keys("enter");
    assert_eq!(told(&stage), [ChatCommand::Send(Question::new("/help me"))]);
}

#[test]
fn commit_review_and_doc_are_messages_of_their_own_tasks() {
    let sent = |text: &str| {
        let mut stage = talking();
        stage.text(text).keys("enter");
        match told(&stage).pop() {
            Some(ChatCommand::Send(question)) => {
                (question.task, question.retrieval, question.text.to_string())
            }
            other => panic!("{text}: {other:?}\n{}", stage.screen()),
        }
    };
    let commit = sent("/commit in French ");
    assert_eq!(commit.0, TaskKind::Commit);
    assert_eq!(commit.1, Retrieval::Off);
    assert!(commit.2.ends_with("in French"));
    assert_eq!(sent("/review tests ").0, TaskKind::Review);
    assert_eq!(sent("/doc src/net/budget.rs").2, "Write documentation for src/net/budget.rs.");
}

#[test]
fn the_command_line_knows_slash_commands_too() {
    let mut stage = talking();
    stage.keys("esc :").text("rename Budgets").keys("enter");
    assert_eq!(told(&stage), [ChatCommand::Rename(SessionId(1), "Budgets".into())]);
}

#[test]
fn citations_are_walked_and_select_their_rows() {
    let mut stage = talking();
    stage.keys("esc ]");
    assert_eq!(stage.app.ranked_file(), Some(FileId(1)));
    stage.keys("]");
    assert_eq!(stage.app.ranked_file(), Some(FileId(4)));
    stage.keys("enter");
    assert_eq!(stage.app.focus, Pane::Why);
    stage.keys("2 ctrl+y");
    assert!(stage.cmds.contains(&Cmd::Copy("src/llm/router.rs".into())));
}

#[test]
fn citations_with_lines_are_walked_where_the_screen_marks_them() {
    let mut stage = Stage::full(WIDE);
    let mut said = answer(2);
    if let TurnBody::Answer(answer) = &mut said.body {
        answer.text = "As [1:41-58] and [9; 2:7] say.".into();
    }
    stage.send(chat(ChatEvent::Opened { head: head(1, "Retry budget"), turns: vec![question(1), said] }));
    stage.keys("enter c esc");
    for (file, number, line) in [(1, 1, 41), (4, 2, 7), (1, 1, 41)] {
        stage.keys("]");
        assert_eq!(stage.app.ranked_file(), Some(FileId(file)));
        let marked = Stop::Target(Target::Citation(number, Some(line)));
        assert_eq!(stage.app.chat.transcript.selected(), Some((TurnId(2), marked)));
    }
}

#[test]
fn messages_and_code_are_copied() {
    let mut stage = talking();
    stage.keys("esc Y");
    assert!(stage.cmds.contains(&Cmd::Copy("budget.take(1)?;\n".into())));
    stage.keys("K K y");
    assert!(stage.cmds.contains(&Cmd::Copy("Question 1".into())));
}

#[test]
fn an_answer_goes_to_the_review_with_the_files_that_it_was_shown() {
    let mut stage = talking();
    stage.keys("esc a");
    let taken = stage.cmds.iter().find_map(|cmd| match cmd {
        Cmd::Edit(EditCommand::Take { text, instruction, by }) => Some((text, instruction, by)),
        _ => None,
    });
    let (text, instruction, by) = taken.expect("the edit service is told");
    assert!(text.contains("budget.take(1)?;"), "{text}");
    assert_eq!(&*instruction.text, "Question 1");
    let EditTarget::Files(files) = &instruction.target else { panic!("{:?}", instruction.target) };
    assert!(files.iter().any(|path| &**path == "src/llm/router.rs"), "{files:?}");
    assert!(by.is_some() && instruction.turn.is_some());
}

#[test]
fn an_edited_message_takes_the_place_of_the_old_one() {
    let mut stage = talking();
    stage.keys("esc e").text("!").keys("enter");
    assert_eq!(told(&stage), [ChatCommand::Edit(TurnId(1), Question::new("Question 1!"))]);
    stage.cmds.clear();
    stage.text("more").keys("enter");
    assert_eq!(told(&stage), [ChatCommand::Send(Question::new("more"))]);
}

#[test]
fn answers_are_retried_rated_and_rated_no_more() {
    let mut stage = talking();
    stage.keys("esc r <");
    assert_eq!(told(&stage), [ChatCommand::Retry(TurnId(2), None), ChatCommand::RetryWithLess(TurnId(2))]);
    stage.cmds.clear();
    stage.keys("+");
    let up = Rating { thumb: Thumb::Up, word: "".into() };
    assert_eq!(told(&stage), [ChatCommand::Rate(TurnId(2), Some(up))]);
    stage.cmds.clear();
    stage.keys("w").text("clear").keys("enter");
    let up = Rating { thumb: Thumb::Up, word: "clear".into() };
    assert_eq!(told(&stage), [ChatCommand::Rate(TurnId(2), Some(up))]);
}

#[test]
fn the_tray_pins_drops_reorders_and_sets_the_budget() {
    let mut stage = talking();
    stage.keys("alt+t");
    assert_eq!(stage.app.focus, Pane::Tray);
    let key = || ContextKey::File("src/net/budget.rs".into());
    stage.keys("p x J +");
    assert_eq!(
        told(&stage),
        [
            ChatCommand::Pin(key(), true),
            ChatCommand::Exclude(key(), true),
            ChatCommand::Move(key(), 1),
            ChatCommand::Budget(Some(30_000)),
        ]
    );
    let screen = stage.screen();
    assert!(screen.contains("[1]") && screen.contains("src/net/budget.rs:41-58"), "{screen}");
    assert!(screen.contains("no room"), "{screen}");
    stage.keys("esc");
    assert!(!stage.app.chat.tray.is_open);
}

#[test]
fn the_selection_of_the_tray_stays_on_its_item() {
    let mut stage = talking();
    stage.keys("alt+t j");
    let mut turned = tray();
    turned.items = vec![item(1, "src/llm/router.rs"), item(2, "src/net/budget.rs")].into();
    stage.send(chat(ChatEvent::Tray(turned)));
    assert_eq!(&*stage.app.chat.tray.selected().unwrap().title, "src/llm/router.rs");
}

#[test]
fn space_attaches_the_selected_row_and_lets_it_go() {
    let mut stage = talking();
    stage.keys("alt+1 g space");
    assert_eq!(told(&stage), [ChatCommand::Pin(ContextKey::File("src/net/budget.rs".into()), true)]);
}

#[test]
fn answer_now_and_wait_for_all_are_offered_while_it_searches() {
    let mut stage = talking();
    stage.keys("alt+n");
    assert_eq!(told(&stage), [], "nothing waits");
    stage.send(chat(ChatEvent::Turn(question(3)))).send(chat(ChatEvent::Turn(answered(4, 3, true))));
    assert!(stage.screen().contains("alt+n answer now"), "{}", stage.screen());
    stage.keys("alt+n alt+l");
    assert_eq!(told(&stage), [ChatCommand::Wait(Patience::Now), ChatCommand::Wait(Patience::All)]);
}

#[test]
fn conversations_are_listed_filtered_searched_and_deleted_at_the_second_press() {
    let mut stage = talking();
    stage.keys("alt+s");
    assert_eq!(told(&stage), [ChatCommand::Sessions]);
    stage.send(chat(ChatEvent::Sessions(vec![head(1, "Retry budget"), head(2, "Theme files")])));
    stage.text("theme");
    let Some(Overlay::Sessions(sessions)) = &stage.app.overlay else { panic!("no list") };
    assert_eq!(sessions.fitting(), 1);
    stage.send(chat(ChatEvent::Hits("theme".into(), vec![hit(3, 30, "a \u{2}theme\u{3} of ours")])));
    assert!(stage.screen().contains("a theme of ours"));
    stage.cmds.clear();
    stage.keys("ctrl+x");
    assert_eq!(told(&stage), [], "the first press only says so");
    stage.keys("ctrl+x");
    assert_eq!(told(&stage), [ChatCommand::Delete(SessionId(2))]);
}

#[test]
fn a_place_that_was_found_is_gone_to_once_its_conversation_is_open() {
    let mut stage = talking();
    stage.keys("alt+s").send(chat(ChatEvent::Sessions(Vec::new()))).text("x");
    stage.send(chat(ChatEvent::Hits("x".into(), vec![hit(3, 30, "x")]))).keys("enter");
    assert!(told(&stage).contains(&ChatCommand::Resume(Some(SessionId(3)))));
    stage.send(chat(ChatEvent::Opened { head: head(3, "Found"), turns: vec![question(30)] }));
    assert_eq!(stage.app.chat.marks.turn(), Some(TurnId(30)));
    assert_eq!(stage.app.focus, Pane::Chat);
}

#[test]
fn the_best_of_answers_side_by_side_is_picked() {
    for size in [WIDE, NARROW] {
        let mut stage = Stage::full(size);
        let turns = vec![question(1), beside(2, &[2, 3])];
        stage.send(chat(ChatEvent::Opened { head: head(1, "Two"), turns }));
        stage.send(chat(ChatEvent::Turn(beside(3, &[2, 3]))));
        assert_eq!(stage.app.chat.turns.branch().len(), 2, "an answer beside is not the next turn");
        stage.keys("enter 2 v");
        assert!(matches!(stage.app.overlay, Some(Overlay::Compare(_))));
        assert!(stage.screen().contains("1 of 2"));
        stage.keys("tab enter");
        assert!(told(&stage).contains(&ChatCommand::Pick(TurnId(3))));
        assert!(stage.app.overlay.is_none());
    }
}

#[test]
fn narrow_screens_have_four_rows_of_chrome_at_most() {
    let mut stage = Stage::full(NARROW);
    stage.keys("alt+2");
    let layout = stage.app.layout();
    let rows = layout.chat.height + layout.composer.height + layout.queue.height + layout.tray.height;
    assert!(NARROW.height - rows <= 4, "{} rows of chrome", NARROW.height - rows);
}
