//! Tests of the composer as a person uses it.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::app::action::Edit;
use crate::config::Chord;

const CELLS: usize = 20;

fn typed(text: &str) -> Composer {
    let mut composer = Composer::default();
    press_all(&mut composer, text);
    composer
}

fn press_all(composer: &mut Composer, text: &str) {
    for c in text.chars() {
        match c {
            '\n' => composer.new_line(),
            ' ' => press(composer, "space"),
            c => press(composer, &c.to_string()),
        }
    }
}

fn press(composer: &mut Composer, key: &str) {
    composer.key(key.parse::<Chord>().unwrap());
}

fn image(name: &str) -> Attachment {
    Attachment::Image { name: name.into(), mime: "image/png", bytes: Arc::from([1, 2, 3]) }
}

fn log(lines: usize) -> String {
    "a line\n".repeat(lines)
}

#[test]
fn what_is_typed_is_what_is_sent() {
    let mut composer = typed("why does\n@src/a.rs fail?");
    assert_eq!(&*composer.question().text, "why does\n@src/a.rs fail?");
    let sent = composer.take();
    assert_eq!(sent.task, TaskKind::Chat);
    assert!(composer.is_blank());
    composer.edit(Edit::Undo);
    assert!(composer.is_blank(), "undo does not bring back what was sent");
}

#[test]
fn a_large_paste_is_one_unit_that_is_deleted_as_one_and_sent_whole() {
    let mut composer = typed("see");
    let text = format!("\u{1b}[31m{}", log(212));
    assert_eq!(composer.paste(&text), Pasted::Attached);
    press_all(&mut composer, "why?");
    let question = composer.question();
    assert_eq!(&*question.text, "see [paste 1, 212 lines] why?");
    let whole = Attachment::Text { name: "paste 1, 212 lines".into(), text: log(212).into() };
    assert_eq!(question.attachments, [whole], "without what would steer a terminal");
    for _ in 0..6 {
        press(&mut composer, "backspace");
    }
    assert_eq!(&*composer.question().text, "see ");
    assert_eq!(composer.question().attachments, []);
    composer.edit(Edit::Undo);
    assert_eq!(composer.question().attachments.len(), 1, "undo brings its text back as well");
}

#[test]
fn a_small_paste_is_typed_and_ten_lines_are_small() {
    let mut composer = Composer::default();
    assert_eq!(composer.paste("a\r\nb\u{1b}[2Jc"), Pasted::Text);
    assert_eq!(composer.text(), "a\nbc");
    assert_eq!(Composer::default().paste(&log(10)), Pasted::Text);
    assert_eq!(Composer::default().paste(&log(11)), Pasted::Attached);
    assert_eq!(Composer::default().paste(&"x".repeat(1001)), Pasted::Attached);
}

#[test]
fn an_attached_paste_can_be_typed_out() {
    let mut composer = Composer::default();
    composer.paste(&log(11));
    press(&mut composer, "backspace");
    assert_eq!(composer.expand(), Ok(()));
    assert_eq!(composer.text(), log(11));
    assert_eq!(composer.question().attachments, []);
    assert!(composer.expand().is_err());
    let mut composer = Composer::default();
    composer.paste(&log(30_000));
    assert_eq!(composer.expand(), Err("it is too long to be edited here"));
}

#[test]
fn a_question_comes_back_as_it_was_sent() {
    let mut composer = typed("build ");
    composer.attach(&image("design.png"), None);
    composer.paste(&log(20));
    composer.task = Some(TaskKind::Review);
    composer.retrieval = Retrieval::Off;
    let question = composer.question();
    let mut other = Composer::default();
    other.restore(&question);
    assert_eq!(other.question(), question);
    press(&mut other, "backspace");
    press(&mut other, "backspace");
    assert_eq!(other.question().attachments, [image("design.png")], "the paste is one unit again");
}

#[test]
fn a_picture_stands_where_its_path_stood_and_undo_shows_the_path() {
    let mut composer = Composer::default();
    composer.paste("make '/tmp/my design.png' real");
    composer.attach(&image("my design.png"), Some("'/tmp/my design.png'"));
    assert_eq!(&*composer.question().text, "make [my design.png] real");
    composer.edit(Edit::Undo);
    assert_eq!(&*composer.question().text, "make '/tmp/my design.png' real");
}

#[test]
fn a_restored_question_sets_the_draft_aside_until_it_is_sent_or_dropped() {
    let mut composer = typed("half a thought");
    composer.restore(&Question::new("an earlier message"));
    assert_eq!(composer.text(), "an earlier message");
    composer.take();
    assert_eq!(composer.text(), "half a thought");
    composer.restore(&Question::new("another"));
    composer.clear();
    assert_eq!(composer.text(), "half a thought");
}

#[test]
fn up_and_down_move_in_the_text_and_then_through_what_was_sent() {
    let mut composer = typed("first");
    composer.take();
    press_all(&mut composer, "second");
    composer.take();
    press_all(&mut composer, "a draft\nof two lines");
    assert!(composer.up(CELLS, Reach::Move));
    assert_eq!(composer.cursor(), 7, "the line above is shorter");
    assert!(composer.up(CELLS, Reach::Move));
    assert_eq!(composer.text(), "second");
    composer.up(CELLS, Reach::Move);
    assert_eq!(composer.text(), "first");
    assert!(!composer.up(CELLS, Reach::Move));
    composer.down(CELLS, Reach::Move);
    composer.down(CELLS, Reach::Move);
    assert_eq!(composer.text(), "a draft\nof two lines", "the draft is never lost");
    assert!(!composer.down(CELLS, Reach::Move));
}

#[test]
fn a_column_is_kept_over_shorter_rows() {
    let mut composer = typed("a long line\nb\nanother line");
    composer.up(CELLS, Reach::Move);
    composer.up(CELLS, Reach::Move);
    assert_eq!(composer.cursor(), 11);
    composer.down(CELLS, Reach::Move);
    composer.down(CELLS, Reach::Move);
    assert_eq!(&composer.text()[composer.cursor()..], "");
}

#[test]
fn a_backslash_at_the_end_of_a_line_begins_a_new_one() {
    let mut composer = typed("one\\");
    assert_eq!(composer.enter(), Enter::NewLine);
    assert_eq!(composer.text(), "one\n");
    press_all(&mut composer, "a path C:\\\\");
    assert_eq!(composer.enter(), Enter::Send, "a doubled one is meant");
}

#[test]
fn kill_and_yank_work_by_lines_and_words() {
    let mut composer = typed("one two\nthree");
    composer.edit(Edit::KillToStart);
    assert_eq!(composer.text(), "one two\n");
    composer.edit(Edit::KillToStart);
    assert_eq!(composer.text(), "one two", "at a line's start its break goes");
    composer.edit(Edit::DeleteWord);
    composer.edit(Edit::LineStart);
    composer.yank();
    assert_eq!(composer.text(), "twoone ");
}

#[test]
fn a_click_puts_the_cursor_on_the_grapheme_that_was_hit() {
    let mut composer = typed("漢字 and more words here");
    composer.click((0, 3), CELLS, Reach::Move);
    assert_eq!(composer.cursor(), 3);
    composer.click((1, 2), CELLS, Reach::Select);
    assert!(composer.selected_text().unwrap().starts_with("字 and"));
}

#[test]
fn the_view_follows_the_cursor_and_the_wheel_leaves_it() {
    let mut composer = typed("1\n2\n3\n4\n5\n6");
    composer.follow(CELLS, 3);
    let view = composer.view(CELLS, 3);
    assert_eq!((view.top, view.cursor), (3, Some((2, 1))));
    composer.scroll(-3, CELLS, 3);
    let view = composer.view(CELLS, 3);
    assert_eq!((view.top, view.cursor), (0, None));
    composer.follow(CELLS, 3);
    assert_eq!(composer.view(CELLS, 3).top, 3);
}

#[test]
fn searching_shows_what_it_finds_and_escape_brings_the_draft_back() {
    let mut composer = typed("fix the budget");
    composer.take();
    press_all(&mut composer, "draft");
    composer.search_past();
    press_all(&mut composer, "budg");
    assert_eq!(composer.text(), "fix the budget");
    assert!(composer.drop_search());
    assert_eq!(composer.text(), "draft");
    composer.search_past();
    press_all(&mut composer, "fix");
    assert_eq!(composer.enter(), Enter::Found, "enter takes it and sends nothing");
    assert_eq!(composer.text(), "fix the budget");
    assert_eq!(composer.enter(), Enter::Send);
}

#[test]
fn a_text_too_long_to_edit_is_attached_and_nothing_is_lost() {
    let mut composer = Composer::default();
    let text = log(20_000);
    composer.restore(&Question::new(text.clone()));
    let question = composer.question();
    assert_eq!(&*question.text, "[paste 1, 20,000 lines]");
    assert!(matches!(&question.attachments[0], Attachment::Text { text: kept, .. } if **kept == *text));
}

#[derive(Debug, Clone)]
enum Step {
    Key(&'static str),
    Edit(Edit),
    Paste(String),
    Image,
    Up,
    Down,
    SelectUp,
    NewLine,
    SelectAll,
    Cut,
    Yank,
    Expand,
    Search,
    Enter,
    Restore,
    Take,
    Click(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    use Edit::{
        DeleteNext, DeleteNextWord, DeleteWord, KillToEnd, KillToStart, LineEnd, LineStart, Redo, Undo,
        WordLeft, WordRight,
    };
    let keys = [
        "a",
        "b",
        "space",
        "\\",
        "漢",
        "👩",
        "\u{200d}",
        "\u{301}",
        "🇫",
        "left",
        "right",
        "shift+left",
        "backspace",
        "delete",
        "\u{600}",
        "ｱ",
        "@",
    ];
    prop_oneof![
        6 => prop::sample::select(keys.to_vec()).prop_map(Step::Key),
        4 => prop::sample::select(vec![
            LineStart, LineEnd, WordLeft, WordRight, DeleteWord, DeleteNextWord, DeleteNext, KillToStart, KillToEnd,
            Undo, Redo,
        ]).prop_map(Step::Edit),
        2 => "[a-b 漢é\u{301}\u{200d}\n\t]{0,12}".prop_map(Step::Paste),
        1 => Just(Step::Paste(log(12))),
        1 => (0_usize..9, 0_usize..25).prop_map(|(row, column)| Step::Click(row, column)),
        5 => prop::sample::select(vec![
            Step::Image, Step::Up, Step::Down, Step::SelectUp, Step::NewLine, Step::SelectAll, Step::Cut, Step::Yank,
            Step::Expand, Step::Search, Step::Enter, Step::Restore, Step::Take,
        ]),
    ]
}

fn run(composer: &mut Composer, step: &Step) {
    match step {
        Step::Key(key) => press(composer, key),
        Step::Edit(edit) => composer.edit(*edit),
        Step::Paste(text) => drop(composer.paste(text)),
        Step::Image => drop(composer.attach(&image("a.png"), None)),
        Step::Up => drop(composer.up(9, Reach::Move)),
        Step::Down => drop(composer.down(9, Reach::Move)),
        Step::SelectUp => drop(composer.up(9, Reach::Select)),
        Step::NewLine => composer.new_line(),
        Step::SelectAll => composer.select_all(),
        Step::Cut => composer.cut(),
        Step::Yank => composer.yank(),
        Step::Expand => drop(composer.expand()),
        Step::Search => composer.search_past(),
        Step::Enter => drop(composer.enter()),
        Step::Restore => composer.restore(&composer.question()),
        Step::Take => drop(composer.take()),
        Step::Click(row, column) => composer.click((*row, *column), 9, Reach::Move),
    }
}

proptest! {
    #[test]
    fn no_keys_break_it_and_the_cursor_stands_between_pieces(steps in prop::collection::vec(step(), 0..60)) {
        let mut composer = Composer::default();
        for step in &steps {
            run(&mut composer, step);
            composer.follow(9, 4);
            let (text, at) = (composer.text(), composer.cursor());
            prop_assert!(text.is_char_boundary(at), "{step:?}");
            prop_assert_eq!(piece::snap(text, at), at, "{:?} in {:?}", step, text);
            if let Some(range) = composer.selection() {
                prop_assert_eq!(piece::snap(text, range.start), range.start);
            }
            let view = composer.view(9, 4);
            prop_assert!(view.cursor.is_some_and(|(row, column)| row < 4 && column <= 9), "{:?}", step);
            let question = composer.question();
            let mut other = Composer::default();
            other.restore(&question);
            prop_assert_eq!(other.question(), question);
        }
    }

    #[test]
    fn undo_returns_to_the_start_and_redo_to_the_end(steps in prop::collection::vec(step(), 0..60)) {
        let mut composer = Composer::default();
        let sends = |step: &&Step| !matches!(step, Step::Take | Step::Edit(Edit::Undo | Edit::Redo));
        for step in steps.iter().filter(sends) {
            run(&mut composer, step);
        }
        let end = composer.text().to_owned();
        let mut undone = 0;
        while composer.buffer.undo() {
            undone += 1;
        }
        prop_assert_eq!(composer.text(), "");
        for _ in 0..undone {
            prop_assert!(composer.buffer.redo());
        }
        prop_assert_eq!(composer.text(), end);
    }
}
