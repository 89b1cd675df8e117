//! Rounds: from a message to its answer.

use super::*;

fn texts(turns: &[Turn]) -> Vec<String> {
    turns
        .iter()
        .map(|turn| match &turn.body {
            TurnBody::Question(question) => question.text.to_string(),
            TurnBody::Answer(answer) => answer.text.to_string(),
            TurnBody::Summary { text, .. } => text.to_string(),
        })
        .collect()
}

fn searched(told: &[ChatEvent]) -> Option<u64> {
    told.iter().rev().find_map(|event| {
        let ChatEvent::Search { number, sent: true, .. } = event else { return None };
        Some(*number)
    })
}

fn waits_for(bench: &Bench) -> Option<&'static str> {
    bench.told.iter().rev().find_map(|event| {
        let ChatEvent::Progress { state: AnswerState::Searching { waits_for, .. }, .. } = event else {
            return None;
        };
        Some(*waits_for)
    })
}

fn notices(told: &[ChatEvent]) -> Vec<&str> {
    told.iter()
        .filter_map(|event| {
            let ChatEvent::Notice(notice) = event else { return None };
            Some(notice.title.as_str())
        })
        .collect()
}

#[test]
fn what_is_told_of_an_answer_was_kept_before() {
    let mut bench = Bench::new();
    bench.send("why?");
    let turn = bench.shown().id;
    bench.stream(turn, "because ");
    bench.stream(turn, "of this");
    let deltas = bench.told.iter().filter(|event| matches!(event, ChatEvent::Delta { .. })).count();
    assert_eq!(deltas, 2);
    let kept = bench.kept();
    assert_eq!(texts(&kept), ["why?", "because of this"], "a crash now would lose nothing of it");
    bench.finish(turn);
    assert_eq!(bench.answer().state, AnswerState::Done);
    assert_eq!(bench.answer().by, Answerer::Model(model("m"), Locality::Loopback));
    assert_eq!(bench.kept().last(), Some(&bench.shown()));
}

#[test]
fn an_answer_begins_when_the_first_files_are_stable() {
    let mut bench = Bench::new();
    bench.command(ChatCommand::Send(Question::new("why?")));
    let number = searched(&bench.told).expect("a search");
    assert_eq!((bench.calls(), waits_for(&bench)), (0, Some("the search")));
    bench.command(ChatCommand::Searching(number, Generation(3)));
    bench.pass(60_000);
    assert_eq!(bench.calls(), 0, "a query that was begun is waited for, however large the tree");
    bench.rank(3, &[], 40);
    assert_eq!(waits_for(&bench), Some("a file that helps"));
    bench.rank(3, &[7, 8], 50);
    assert_eq!(waits_for(&bench), Some("the first files to be stable"));
    bench.pass(300);
    bench.rank(3, &[8, 7], 200);
    bench.pass(300);
    assert_eq!(bench.calls(), 0, "another order is another set");
    bench.rank(3, &[8, 7], 270);
    assert_eq!(bench.calls(), 1);
}

#[test]
fn wait_for_all_waits_and_answer_now_does_not() {
    let mut bench = Bench::new();
    bench.command(ChatCommand::Send(Question::new("why?")));
    bench.command(ChatCommand::Wait(Patience::All));
    let number = searched(&bench.told).unwrap();
    bench.command(ChatCommand::Searching(number, Generation(1)));
    bench.rank(1, &[7], 900);
    bench.pass(60_000);
    assert_eq!((bench.calls(), waits_for(&bench)), (0, Some("all files")));
    bench.command(ChatCommand::Wait(Patience::Now));
    assert_eq!(bench.calls(), 1);

    let mut bench = Bench::new();
    let question = Question { patience: Patience::All, ..Question::new("why?") };
    bench.command(ChatCommand::Send(question));
    bench.command(ChatCommand::Searching(searched(&bench.told).unwrap(), Generation(1)));
    bench.rank(1, &[7], 1_000);
    assert_eq!(bench.calls(), 0);
    bench.done(1);
    assert_eq!(bench.calls(), 1);
}

#[test]
fn a_search_that_nobody_begins_does_not_hold_the_answer_for_ever() {
    let mut bench = Bench::new();
    bench.command(ChatCommand::Send(Question::new("why?")));
    bench.pass(4_900);
    assert_eq!(bench.calls(), 0);
    let due = bench.desk.wake_at().expect("it looks again by itself");
    assert_eq!(due, bench.start + Duration::from_secs(5));
    bench.pass(100);
    assert_eq!(bench.calls(), 1);
    assert_eq!(notices(&bench.told), ["The search did not begin in 5 s: answering without files"]);
}

#[test]
fn messages_wait_while_one_is_answered_and_can_be_taken_back() {
    let mut bench = Bench::new();
    bench.send("one");
    let first = bench.shown().id;
    for text in ["two", "three"] {
        bench.send(text);
    }
    assert!(matches!(bench.told.last(), Some(ChatEvent::Queue(queue)) if queue.len() == 2));
    bench.command(ChatCommand::Unqueue(1));
    bench.stream(first, "1");
    assert_eq!(bench.calls(), 1);
    bench.finish(first);
    assert_eq!(bench.calls(), 2);
    assert_eq!(texts(&bench.desk.talk.branch()), ["one", "1", "three", ""]);
}

#[test]
fn a_cancelled_answer_keeps_what_came_and_takes_no_more() {
    let mut bench = Bench::new();
    bench.send("why?");
    let turn = bench.shown().id;
    bench.stream(turn, "because");
    bench.command(ChatCommand::Cancel);
    bench.stream(turn, " of late words");
    let answer = bench.answer();
    assert_eq!((&*answer.text, answer.state), ("because", AnswerState::Cancelled));
    bench.send("go on");
    assert_eq!(bench.calls(), 2, "the next message is answered");
}

#[test]
fn cancelling_a_search_asks_no_model() {
    let mut bench = Bench::new();
    bench.command(ChatCommand::Send(Question::new("why?")));
    bench.command(ChatCommand::Cancel);
    bench.pass(60_000);
    assert_eq!((bench.calls(), bench.answer().state), (0, AnswerState::Cancelled));
}

#[test]
fn an_edited_message_is_a_branch_and_the_old_one_stays() {
    let mut bench = Bench::new();
    bench.send("one");
    let (question, first) = (bench.desk.talk.branch()[0].id, bench.shown().id);
    bench.stream(first, "1");
    bench.finish(first);
    let edited = Question { retrieval: Retrieval::Off, ..Question::new("uno") };
    bench.command(ChatCommand::Edit(question, edited));
    assert_eq!(texts(&bench.desk.talk.branch()), ["uno", ""]);
    bench.command(ChatCommand::Show(question));
    assert_eq!(texts(&bench.desk.talk.branch()), ["one", "1"]);
    assert_eq!(texts(&bench.kept()), ["one", "1"]);
}

#[test]
fn an_answer_is_asked_for_again_from_another_model() {
    let mut bench = Bench::new();
    bench.send("one");
    let first = bench.shown().id;
    bench.end(first, End::Failed(LlmError::Cut { model: model("m") }));
    bench.command(ChatCommand::Retry(first, Some(model("other"))));
    let second = bench.shown();
    assert_eq!(*second.siblings, [first, second.id]);
    assert_eq!(bench.models.calls.lock().unwrap()[1].0, Some(model("other")));
    assert_eq!(bench.answer().by, Answerer::Model(model("other"), Locality::Loopback));
}

#[test]
fn up_to_three_models_answer_the_same_question_side_by_side() {
    let mut bench = Bench::new();
    let question = Question { retrieval: Retrieval::Off, ..Question::new("why?") };
    let models = ["a", "b", "a", "c", "d"].map(model).to_vec();
    bench.command(ChatCommand::Compare(question, models));
    assert_eq!(notices(&bench.told), ["Only 3 models are compared; lab/d is left out"]);
    let asked = bench.models.calls.lock().unwrap().clone();
    let who: Vec<_> = asked.iter().map(|(who, _)| who.clone().unwrap()).collect();
    assert_eq!(who, ["a", "b", "c"].map(model));
    assert!(asked.iter().all(|(_, call)| call.ask == asked[0].1.ask), "all are sent the same");
    let beside = bench.answer().beside.to_vec();
    for (turn, text) in beside.iter().zip(["x", "y", "z"]) {
        bench.stream(*turn, text);
        bench.finish(*turn);
    }
    bench.command(ChatCommand::Pick(beside[1]));
    assert_eq!(texts(&bench.desk.talk.branch()), ["why?", "y"]);
    assert!(bench.answer().picked);
    assert_eq!(texts(&bench.kept()), ["why?", "y"]);
}

#[test]
fn who_answers_in_the_place_of_another_is_told_with_its_figures() {
    let mut bench = Bench::new();
    bench.send("why?");
    let turn = bench.shown().id;
    let by = Some(model("second"));
    bench.give(Input::Piece(turn, Piece { by, text: "because".into(), ..Piece::default() }));
    assert_eq!(bench.answer().by, Answerer::Model(model("second"), Locality::Loopback));
    assert_eq!(texts(&bench.kept()), ["why?", "because"], "what came is kept once");
}

#[test]
fn without_a_model_the_answer_is_by_nobody() {
    let mut bench = Bench::with(Fake { nobody: true, ..Fake::default() });
    bench.send("why?");
    let answer = bench.answer();
    assert_eq!((answer.by, answer.state), (Answerer::Nobody, AnswerState::Done));
    assert!(answer.text.contains("No model is set"), "{}", answer.text);
    assert_eq!(bench.calls(), 0);
}

#[test]
fn a_conversation_comes_back_with_what_was_typed_and_not_sent() {
    let mut bench = Bench::new();
    bench.send("one");
    let turn = bench.shown().id;
    bench.stream(turn, "1");
    bench.finish(turn);
    let id = bench.desk.talk.head.id;
    bench.command(ChatCommand::New);
    assert!(bench.desk.talk.is_empty());
    bench.told.clear();
    bench.command(ChatCommand::Resume(Some(id)));
    let opened = bench.told.iter().find_map(|event| {
        let ChatEvent::Opened { turns, .. } = event else { return None };
        Some(texts(turns))
    });
    assert_eq!(opened, Some(vec!["one".to_owned(), "1".to_owned()]));
}
