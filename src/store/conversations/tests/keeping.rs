//! Turns, streams, branches, drafts.

use super::super::Conversations;
use super::fixture::*;
use crate::domain::*;
use crate::store::Store;

#[test]
fn a_conversation_reads_as_it_was_written() {
    let folder = Folder::new();
    let mut program = folder.program();
    let session = program.begin(500);
    let mut asked = question(None, "why @src/a.rs?\nsecond line \u{0} with NUL");
    let attached = vec![
        Attachment::Text { name: "paste 1, 2 lines".into(), text: "a\nb".into() },
        Attachment::Image {
            name: "x.png".into(),
            mime: "image/png",
            bytes: [0_u8, 159, 146, 150][..].into(),
        },
    ];
    asked.body = TurnBody::Question(Question {
        attachments: attached,
        task: TaskKind::Review,
        retrieval: Retrieval::Off,
        patience: Patience::All,
        ..Question::new("why @src/a.rs?\nsecond line \u{0} with NUL")
    });
    program.append(session, &asked);
    let states = [
        AnswerState::Done,
        AnswerState::CutShort("8,192 tokens were generated".into()),
        AnswerState::Refused("I cannot help with that.".into()),
        AnswerState::Cancelled,
        AnswerState::Failed(
            Notice::new(Severity::Warning, "cut").cause("reset by peer").hint("r tries again"),
        ),
        AnswerState::TooLong(Notice::new(Severity::Error, "9,000 tokens, 8,192 fit")),
        AnswerState::Interrupted,
    ];
    let mut written = vec![asked.clone()];
    for state in states {
        let told = with(&answer(written.last().unwrap().id), |answer| {
            answer.text = "because".into();
            answer.thinking = "hm".into();
            answer.context = context();
            answer.meters = meters();
            answer.state = state;
        });
        program.append(session, &told);
        written.push(told);
    }
    let nobody = with(&answer(written.last().unwrap().id), |answer| {
        answer.by = Answerer::Nobody;
        answer.state = AnswerState::Done;
    });
    program.append(session, &nobody);
    written.push(nobody);
    let summary = TurnBody::Summary { text: "it was long".into(), covers: asked.id, turns: 1 };
    let summary = Turn { body: summary, ..question(written.last().map(|turn| turn.id), "") };
    program.append(session, &summary);
    written.push(summary);
    drop(program);

    let read = folder.program().branch(session);
    let alone = |turn: &Turn| Turn { siblings: [turn.id].into(), ..turn.clone() };
    assert_eq!(read, written.iter().map(alone).collect::<Vec<_>>());
}

#[test]
fn a_batch_of_a_stream_is_in_the_file_when_the_call_returns() {
    let folder = Folder::new();
    let mut program = folder.program();
    let session = program.begin(0);
    let asked = question(None, "go");
    let told = answer(asked.id);
    program.append(session, &asked);
    program.append(session, &told);
    let mut other = folder.program();
    for (at, piece) in ["One", " two", "", " three\n"].into_iter().enumerate() {
        program.append_delta(told.id, piece, if at == 0 { "thinks" } else { "" });
    }
    let seen = other.branch(session).pop().unwrap();
    assert_eq!((text(&seen), state(&seen)), ("One two three\n", &AnswerState::Streaming));
    assert!(matches!(seen.body, TurnBody::Answer(answer) if &*answer.thinking == "thinks"));
}

#[test]
fn progress_of_an_answer_that_is_going_leaves_its_text_to_the_stream() {
    let mut program = Conversations::new(&Store::in_memory(), &[]);
    let session = program.begin(0);
    let asked = question(None, "go");
    let told = with(&answer(asked.id), |answer| answer.text = "One".into());
    program.append(session, &asked);
    program.append(session, &told);
    program.append_delta(told.id, " two", "");
    program.replace(session, &with(&told, |answer| answer.context = context()), 3_000);
    let seen = program.branch(session).pop().unwrap();
    assert_eq!(text(&seen), "One two");
    assert!(matches!(&seen.body, TurnBody::Answer(answer) if answer.context.len() == 8));

    program.replace(session, &done(&told, "One two."), 4_000);
    assert_eq!(text(program.branch(session).last().unwrap()), "One two.");
    let left: i64 = program.read(|file| file.query_row("SELECT count(*) FROM delta", [], |row| row.get(0)));
    assert_eq!(left, 0, "a finished turn holds its text itself");
    assert_eq!(program.head(session).unwrap().changed_ms, 4_000);
}

#[test]
fn an_answer_whose_program_ended_is_interrupted_with_all_text_that_came() {
    let folder = Folder::new();
    let mut program = folder.program();
    let session = program.begin(0);
    let asked = question(None, "go");
    let told = answer(asked.id);
    program.append(session, &asked);
    program.append(session, &told);
    for _ in 0..100 {
        program.append_delta(told.id, "wordy ", "t");
    }
    let other = folder.program().branch(session);
    assert_eq!(state(&other[1]), &AnswerState::Streaming, "its program lives");
    drop(program);
    let mut later = folder.program();
    let read = later.branch(session);
    assert_eq!((text(&read[1]), state(&read[1])), ("wordy ".repeat(100).as_str(), &AnswerState::Interrupted));
    assert_eq!(later.search("wordy", super::super::Reach::All, 9).len(), 1, "and is found by its words");
}

#[test]
fn an_edited_message_is_a_branch_and_the_old_one_stays() {
    let mut program = Conversations::new(&Store::in_memory(), &[]);
    let session = program.begin(0);
    let (first, _) = exchange(&mut program, session, "one", "1");
    let (second, _) = exchange(&mut program, session, "two", "2");
    let edited = question(program.branch(session)[1].id.into(), "two, better");
    program.append(session, &edited);
    assert_eq!(texts(&program.branch(session)), ["one", "1", "two, better"]);
    let siblings = &program.branch(session)[2].siblings;
    assert_eq!(**siblings, [second, edited.id]);
    program.show(second);
    assert_eq!(texts(&program.branch(session)), ["one", "1", "two", "2"]);
    program.show(first);
    assert_eq!(texts(&program.branch(session)), ["one", "1", "two, better"], "the newest line below it");
    assert_eq!(texts(&program.all_turns(session)), ["one", "1", "two", "2", "two, better"]);
    assert_eq!(program.head(session).unwrap().turns, 5);
}

#[test]
fn of_answers_side_by_side_the_first_is_shown_until_one_is_picked() {
    let mut program = Conversations::new(&Store::in_memory(), &[]);
    let session = program.begin(0);
    let asked = question(None, "which?");
    program.append(session, &asked);
    let beside: std::sync::Arc<[TurnId]> = (0..3).map(|_| Conversations::fresh_turn()).collect();
    for (at, id) in beside.iter().enumerate() {
        let told = with(&done(&answer(asked.id), &format!("answer {at}")), |answer| {
            answer.beside = beside.clone();
            answer.by = Answerer::Model(ModelRef::new("lab", format!("m{at}")), Locality::Remote);
        });
        program.append(session, &Turn { id: *id, ..told });
    }
    assert_eq!(texts(&program.branch(session)), ["which?", "answer 0"]);
    assert_eq!(texts(&program.turns(session, &beside)), ["answer 0", "answer 1", "answer 2"]);
    program.pick(beside[1], 5);
    program.pick(beside[2], 6);
    assert_eq!(texts(&program.branch(session)), ["which?", "answer 2"]);
    let picked = |turn: &Turn| matches!(&turn.body, TurnBody::Answer(answer) if answer.picked);
    let picked: Vec<bool> = program.turns(session, &beside).iter().map(picked).collect();
    assert_eq!(picked, [false, false, true]);
}

#[test]
fn a_rating_is_kept_changed_and_taken_back() {
    let mut program = Conversations::new(&Store::in_memory(), &[]);
    let session = program.begin(0);
    let (asked, told) = exchange(&mut program, session, "one", "1");
    let rating = |program: &mut Conversations| match &program.branch(session)[1].body {
        TurnBody::Answer(answer) => answer.rating.clone(),
        TurnBody::Question(_) | TurnBody::Summary { .. } => None,
    };
    let up = Rating { thumb: Thumb::Up, word: "".into() };
    let down = Rating { thumb: Thumb::Down, word: "invented a flag".into() };
    program.rate(told, Some(&up), 1);
    assert_eq!(rating(&mut program), Some(up.clone()));
    program.rate(told, Some(&down), 2);
    assert_eq!(rating(&mut program), Some(down));
    program.rate(told, None, 3);
    assert_eq!(rating(&mut program), None);
    program.rate(asked, Some(&up), 4);
    assert_eq!(rating(&mut program), None, "a question is not rated");
}

#[test]
fn what_was_typed_and_not_sent_is_there_in_the_next_run() {
    let folder = Folder::new();
    let mut program = folder.program();
    let session = program.begin(0);
    let attached = vec![Attachment::Text { name: "paste 1".into(), text: "long".into() }];
    let typed = Question { attachments: attached, task: TaskKind::Doc, ..Question::new("how do I") };
    program.put_draft(None, &Question::new("not begun"), 1);
    program.put_draft(Some(session), &Question::new("how"), 1);
    program.put_draft(Some(session), &typed, 2);
    program.put_queue(session, &[Question::new("a"), typed.clone(), Question::new("c")], 3);
    program.put_queue(session, &[typed.clone(), Question::new("c")], 4);

    let mut other = folder.program();
    assert_eq!(other.take_draft(Some(session)), None, "it belongs to a program that lives");
    assert_eq!(program.take_draft(Some(session)), Some(typed.clone()), "which finds it again itself");
    drop(program);
    assert_eq!(folder.program_on("/elsewhere").take_draft(None), None, "of another tree");
    assert_eq!(other.take_draft(None), Some(Question::new("not begun")));
    assert_eq!(other.take_draft(Some(session)), Some(typed.clone()));
    assert_eq!(other.take_queue(session), [typed, Question::new("c")]);
    other.put_draft(Some(session), &Question::new(" "), 5);
    other.put_queue(session, &[], 5);
    drop(other);
    let mut last = folder.program();
    assert_eq!((last.take_draft(Some(session)), last.take_queue(session)), (None, Vec::new()));
    assert_eq!(last.take_draft(None), Some(Question::new("not begun")));
}
