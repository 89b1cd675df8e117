//! What is on the screen while answers grow, sizes change and keys are pressed.

#![allow(clippy::wildcard_enum_match_arm)]

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    Answer, AnswerMeters, AnswerState, Answerer, Locality, ModelRef, Question, TaskKind, TurnBody,
};
use crate::text::markdown::Target;

const SIZE: (u16, u16) = (60, 12);

struct Bench {
    turns: Vec<Turn>,
    growing: Growing,
    transcript: Transcript,
    size: (u16, u16),
}

impl Bench {
    fn new() -> Self {
        Self { turns: Vec::new(), growing: Growing::default(), transcript: Transcript::default(), size: SIZE }
    }

    /// A conversation of so many questions, each with its answer.
    fn of(pairs: usize) -> Self {
        let mut bench = Self::new();
        for at in 0..pairs {
            bench.ask(&format!("question {at}"));
            bench.answer(&format!(
                "# Answer {at}\n\nIt stands in [1].\n\n- one of {at}\n- two of {at}\n\nEnd of {at}.\n"
            ));
        }
        bench.arrange();
        bench
    }

    fn add(&mut self, body: TurnBody) -> TurnId {
        let id = TurnId(self.turns.len() as i64 + 1);
        let parent = self.turns.last().map(|turn| turn.id);
        self.turns.push(Turn { id, parent, at_ms: 0, siblings: Arc::from([id]), body });
        self.transcript.touch(id);
        id
    }

    fn ask(&mut self, text: &str) -> TurnId {
        self.add(TurnBody::Question(Question::new(text)))
    }

    fn answer(&mut self, text: &str) -> TurnId {
        self.add(TurnBody::Answer(Box::new(answer(text, AnswerState::Done))))
    }

    fn stream(&mut self) -> TurnId {
        self.add(TurnBody::Answer(Box::new(answer("", AnswerState::Streaming))))
    }

    fn grow(&mut self, id: TurnId, text: &str) {
        self.growing.append(id, (text, ""), ("", ""));
        self.arrange();
    }

    /// The answer that streams is done.
    fn end(&mut self, id: TurnId) {
        let text = self.growing.text(id).unwrap_or_default().to_owned();
        self.growing.settle(id);
        let turn = self.turns.iter_mut().find(|turn| turn.id == id).unwrap();
        turn.body = TurnBody::Answer(Box::new(answer(&text, AnswerState::Done)));
        self.transcript.touch(id);
        self.arrange();
    }

    fn arrange(&mut self) {
        self.transcript.arrange(Talk { turns: &self.turns, growing: &self.growing, edits: &[] }, self.size);
    }

    fn go(&mut self, motion: Motion) {
        self.transcript.go(motion);
        self.arrange();
    }

    fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.arrange();
    }

    /// What is on the screen.
    fn screen(&self) -> Vec<String> {
        self.transcript.rows().map(|shown| words(&self.turns[shown.entry], shown.row)).collect()
    }

    /// Every row there is, by scrolling from the top to the end.
    fn all(&mut self) -> Vec<String> {
        self.go(Motion::Top);
        let mut all = self.screen();
        for _ in 0..100_000 {
            if self.transcript.is_following() {
                return all;
            }
            self.go(Motion::Rows(1));
            all.push(self.screen().pop().unwrap());
        }
        panic!("no end");
    }
}

fn answer(text: &str, state: AnswerState) -> Answer {
    let item = crate::domain::ContextItem {
        key: crate::domain::ContextKey::File("src/a.rs".into()),
        number: 1,
        title: "src/a.rs".into(),
        file: None,
        lines: Arc::from([crate::domain::Span { first: 7, last: 9 }]),
        form: crate::domain::ContextForm::Whole,
        tokens: 10,
        source: crate::domain::ContextSource::Judged,
        why: "".into(),
        state: crate::domain::ContextState::Sent,
        cited: Some(1),
    };
    Answer {
        by: Answerer::Model(ModelRef::new("lab", "m"), Locality::Loopback),
        task: TaskKind::Chat,
        text: text.into(),
        thinking: "".into(),
        context: Arc::from([item]),
        meters: AnswerMeters::default(),
        state,
        rating: None,
        beside: Arc::from([]),
        picked: false,
    }
}

fn words(turn: &Turn, row: &Row) -> String {
    if let Some(line) = row.line() {
        return line.text().to_owned();
    }
    match row {
        Row::Blank => String::new(),
        Row::Head => format!("<head {}>", turn.id.0),
        Row::Folded(_, lines) => format!("<{lines} folded>"),
        row => format!("<{row:?}>"),
    }
}

#[test]
fn the_end_is_followed_while_an_answer_comes() {
    let mut bench = Bench::of(3);
    let id = bench.stream();
    for line in 0..40 {
        bench.grow(id, &format!("line {line} of it\n\n"));
        assert!(bench.screen().contains(&format!("line {line} of it")));
    }
    bench.end(id);
    assert!(bench.transcript.is_following());
    assert_eq!(bench.screen().iter().filter(|row| row.starts_with("line 39")).count(), 1);
}

#[test]
fn what_is_read_stays_where_it_is_while_an_answer_comes() {
    let mut bench = Bench::of(3);
    let id = bench.stream();
    bench.grow(id, &"a paragraph of some words\n\n".repeat(20));
    bench.go(Motion::Rows(-5));
    let before = bench.screen();
    for step in 0..60 {
        bench.grow(
            id,
            ["more ", "words\n", "\n- item\n", "```rust\nlet a = 1;\n", "```\n", "| a | b |\n"][step % 6],
        );
        assert_eq!(bench.screen(), before, "step {step}");
    }
    assert!(bench.transcript.new_rows() > 20);
    bench.end(id);
    assert_eq!(bench.screen(), before);
    bench.go(Motion::Bottom);
    assert!(bench.transcript.is_following());
    assert_eq!(bench.transcript.new_rows(), 0);
}

#[test]
fn a_row_of_the_tail_stays_on_top_when_the_tail_is_finished() {
    let mut bench = Bench::of(1);
    let id = bench.stream();
    let words = "one of many words ".repeat(60);
    bench.grow(id, &words);
    bench.go(Motion::Rows(-3));
    let before = bench.screen();
    bench.grow(id, "\n\nnext paragraph\n\nand another\n\n");
    assert_eq!(bench.screen()[..9], before[..9], "the rows of text; what stood below them has moved on");
}

#[test]
fn every_size_shows_every_row_and_the_row_on_top_stays() {
    let mut bench = Bench::of(12);
    bench.go(Motion::Show(TurnId(9)));
    assert_eq!(bench.screen()[0], "<head 9>");
    for width in (20..100).chain((20..100).rev()) {
        bench.resize((width, 5 + width % 17));
        assert_eq!(bench.screen()[0], "<head 9>", "at {width}");
    }
    let mut fresh = Bench::of(12);
    bench.resize(SIZE);
    assert_eq!(bench.all(), fresh.all());
}

#[test]
fn turns_are_jumped_by_their_heads() {
    let mut bench = Bench::of(4);
    bench.go(Motion::Turns(-1));
    assert!(bench.screen()[0].starts_with("<head"));
    bench.go(Motion::Top);
    bench.go(Motion::Turns(2));
    assert_eq!(bench.screen()[0], "<head 3>");
    bench.go(Motion::Rows(1));
    bench.go(Motion::Turns(-1));
    assert_eq!(bench.screen()[0], "<head 3>", "to the head of what is read first");
    bench.go(Motion::Turns(-1));
    assert_eq!(bench.screen()[0], "<head 2>");
}

#[test]
fn the_question_sticks_while_its_answer_scrolls() {
    let mut bench = Bench::of(2);
    bench.go(Motion::Show(TurnId(2)));
    assert_eq!(bench.transcript.sticky(), None, "the head of the answer is on top, right below its question");
    bench.go(Motion::Rows(2));
    assert_eq!(bench.transcript.sticky(), Some(0));
}

#[test]
fn words_are_found_across_wrapped_lines_and_around_the_ends() {
    let mut bench = Bench::of(2);
    bench.answer(&format!("{} needle in a haystack\n\n**Needle** again\n", "filler words ".repeat(4)));
    bench.answer(&"nothing here\n\n".repeat(30));
    bench.transcript.search("needle in");
    bench.go(Motion::Matches(0));
    let row = bench.screen().iter().position(|row| row.contains("needle")).unwrap();
    let shown: Vec<_> = bench.transcript.rows().collect();
    assert!(shown[row].found.iter().any(|found| found.current));
    bench.transcript.search("needle");
    bench.go(Motion::Matches(0));
    assert_eq!(bench.transcript.match_count(), (1, 2));
    bench.go(Motion::Matches(1));
    assert_eq!(bench.transcript.match_count(), (2, 2));
    bench.go(Motion::Matches(1));
    assert_eq!(bench.transcript.match_count(), (1, 2));
    bench.go(Motion::Matches(-1));
    assert_eq!(bench.transcript.match_count(), (2, 2));
    bench.transcript.search("");
    bench.arrange();
    assert!(bench.transcript.rows().all(|shown| shown.found.is_empty()));
}

#[test]
fn citations_are_walked_and_hit() {
    let mut bench = Bench::of(2);
    bench.go(Motion::Top);
    bench.go(Motion::Stops(Walk::Targets, 1));
    let cited = |bench: &Bench| match bench.transcript.selected() {
        Some((turn, Stop::Target(Target::Citation(number, line)))) => Some((turn.0, number, line)),
        _ => None,
    };
    assert_eq!(cited(&bench), Some((2, 1, None)));
    bench.go(Motion::Stops(Walk::Targets, 1));
    assert_eq!(
        cited(&bench),
        Some((2, 1, Some(7))),
        "the line of references names the first line that was sent"
    );
    bench.go(Motion::Stops(Walk::Targets, 1));
    assert_eq!(cited(&bench), Some((4, 1, None)));
    bench.go(Motion::Stops(Walk::Targets, -1));
    assert_eq!(cited(&bench), Some((2, 1, Some(7))));
    bench.go(Motion::Top);
    let row = bench.screen().iter().position(|row| row.contains("[1]")).unwrap() as u16;
    let column = LEAD + "It stands in ".len() as u16;
    let hit = |x| bench.transcript.hit((x, row)).unwrap();
    assert_eq!(hit(column + 1).stop, Some(Stop::Target(Target::Citation(1, None))));
    assert_eq!((hit(column - 1).stop, hit(column + 3).stop), (None, None));
    assert_eq!(hit(0).turn, TurnId(2));
}

#[test]
fn code_is_folded_unfolded_selected_and_copied() {
    let mut bench = Bench::new();
    let code = (0..100).map(|line| format!("let a{line} = {line};\n")).collect::<Vec<_>>().concat();
    bench.answer(&format!("Before.\n\n```rust\n{code}```\n\nAfter.\n"));
    let all = bench.all();
    assert!(all.contains(&"<92 folded>".to_owned()), "long code of old answers is folded: {all:?}");
    assert!(all.contains(&"After.".to_owned()));
    bench.go(Motion::Stops(Walk::Code, -1));
    let (turn, at) = bench.transcript.code().unwrap();
    assert_eq!(bench.transcript.codes(turn), [(at, "rust".to_owned(), code)]);
    assert!(bench.transcript.rows().any(|shown| shown.code));
    assert!(bench.transcript.toggle_here());
    let all = bench.all();
    assert!(all.contains(&"  let a99 = 99;".to_owned()));
    bench.transcript.toggle(turn, Fold::Code(at));
    assert!(bench.all().contains(&"<92 folded>".to_owned()));
}

#[test]
fn code_that_was_seen_coming_does_not_fold() {
    let mut bench = Bench::new();
    let id = bench.stream();
    bench.grow(id, "```\n");
    for line in 0..100 {
        bench.grow(id, &format!("line {line}\n"));
    }
    bench.grow(id, "```\n");
    bench.end(id);
    assert!(bench.screen().contains(&"  line 99".to_owned()));
}

#[test]
fn turns_that_stay_keep_what_was_laid_out_when_others_go() {
    let mut bench = Bench::of(5);
    bench.turns.truncate(4);
    bench.transcript.show_others();
    bench.ask("another way");
    bench.arrange();
    assert!(bench.screen().contains(&"another way".to_owned()));
    assert!(bench.transcript.is_following());
    assert_eq!(bench.all().iter().filter(|row| row.starts_with("<head")).count(), 5);
}

#[test]
fn ten_thousand_messages_are_not_laid_out() {
    let mut bench = Bench::of(5000);
    assert_eq!(bench.turns.len(), 10_000);
    assert!(bench.transcript.entries.iter().filter(|entry| entry.parts() > 0).count() < 20);
    for _ in 0..200 {
        bench.go(Motion::Pages(-1));
    }
    assert!(bench.transcript.entries.iter().filter(|entry| entry.parts() > 0).count() < 100);
    bench.go(Motion::Top);
    assert_eq!(bench.screen()[0], "<head 1>");
}

#[derive(Debug, Clone)]
enum Event {
    Go(Motion),
    Size(u16, u16),
    Text(&'static str),
    End,
    Fold,
}

fn event() -> impl Strategy<Value = Event> {
    let motion = prop_oneof![
        (-30..30_i32).prop_map(Motion::Rows),
        (-3..3_i32).prop_map(Motion::Pages),
        (-3..3_i32).prop_map(Motion::Turns),
        (-3..3_i32).prop_map(|by| Motion::Stops(Walk::Everything, by)),
        (-2..3_i32).prop_map(Motion::Matches),
        Just(Motion::Top),
        Just(Motion::Bottom),
    ];
    let text = prop::sample::select(vec![
        "some words ",
        "\n",
        "\n\n",
        "- item ",
        "1. first ",
        "```rust\n",
        "```\n",
        "let a = [1];\n",
        "| a | b |\n",
        "|---|---|\n",
        "> quoted ",
        "**bold** ",
        "# head\n",
        "[1] ",
        "a very long line of words that has to be wrapped at every width there is ",
    ]);
    prop_oneof![
        3 => motion.prop_map(Event::Go),
        1 => (1..120_u16, 0..30_u16).prop_map(|(width, height)| Event::Size(width, height)),
        6 => text.prop_map(Event::Text),
        1 => Just(Event::End),
        1 => Just(Event::Fold),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_screen_is_full_in_order_and_all_rows_are_reached(
        events in prop::collection::vec(event(), 1..60),
    ) {
        let mut bench = Bench::of(3);
        bench.transcript.search("words");
        let mut id = bench.stream();
        for event in events {
            match event {
                Event::Go(motion) => bench.go(motion),
                Event::Size(width, height) => bench.resize((width, height)),
                Event::Text(text) => bench.grow(id, text),
                Event::End => {
                    bench.end(id);
                    id = bench.stream();
                }
                Event::Fold => {
                    bench.transcript.toggle_here();
                    bench.arrange();
                }
            }
            let visible = &bench.transcript.visible;
            prop_assert!(visible.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(visible.len() <= usize::from(bench.size.1));
        }
        bench.end(id);
        bench.resize(SIZE);
        let all = bench.all();
        let mut fresh = Bench { turns: bench.turns.clone(), ..Bench::new() };
        fresh.transcript.folds = std::mem::take(&mut bench.transcript.folds);
        fresh.arrange();
        prop_assert_eq!(all, fresh.all());
    }
}
