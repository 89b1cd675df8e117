//! Conversations that go on: requests that stand alone, summaries, prompts that were too long.

use super::*;

/// A question and its whole answer.
fn exchange(bench: &mut Bench, question: &str, answer: &str) -> TurnId {
    bench.send(question);
    let turn = bench.shown().id;
    bench.stream(turn, answer);
    bench.finish(turn);
    turn
}

fn searched(told: &[ChatEvent]) -> Vec<String> {
    let found = told.iter().filter_map(|event| {
        let ChatEvent::Search { text, sent: true, .. } = event else { return None };
        Some(text.to_string())
    });
    found.collect()
}

#[test]
fn what_points_back_is_searched_for_with_what_it_points_at() {
    let mut bench = Bench::new();
    exchange(&mut bench, "where is the retry budget enforced?", "In `Budget::take` [1].");
    bench.command(ChatCommand::Send(Question::new("and why is it so small?")));
    let request = searched(&bench.told).pop().expect("a search");
    assert!(request.contains("budget") || request.contains("Budget"), "{request}");
}

#[test]
fn a_model_that_is_set_rewrites_the_request_and_is_not_waited_for_long() {
    for answered in [true, false] {
        let mut bench = Bench::with(Fake { rewrites: true, ..Fake::default() });
        exchange(&mut bench, "where is the retry budget enforced?", "In `Budget::take` [1].");
        bench.command(ChatCommand::Send(Question::new("and why is it so small?")));
        assert!(searched(&bench.told).is_empty(), "the model is asked first");
        let turn = bench.desk.round.as_ref().unwrap().turn;
        if answered {
            bench.give(Input::Rewritten(turn, Some("why is the retry budget small".into())));
            assert_eq!(searched(&bench.told), ["why is the retry budget small"]);
        } else {
            bench.pass(2_600);
            assert_eq!(searched(&bench.told).len(), 1, "the rules do");
            bench.give(Input::Rewritten(turn, Some("too late".into())));
            assert_eq!(searched(&bench.told).len(), 1);
        }
    }
}

#[test]
fn a_summary_is_a_turn_of_its_own_and_what_it_covers_stays() {
    let mut bench = Bench::new();
    bench.command(ChatCommand::Compact);
    assert!(bench.desk.compacting.is_none(), "there is nothing to sum up");
    for n in 0..4 {
        exchange(&mut bench, &format!("question {n}"), &format!("answer {n} in `src/{n}.rs`"));
    }
    let (leaf, calls) = (bench.shown().id, bench.calls());
    bench.command(ChatCommand::Compact);
    assert_eq!(bench.calls(), calls + 1, "a model is asked for it");
    let summary = "- They asked four questions about the files of src.";
    bench.give(Input::Summary(leaf, Some(summary.into())));
    let TurnBody::Summary { text, turns, .. } = bench.shown().body else { panic!("no summary is shown") };
    assert_eq!((&*text, turns), (summary, 4), "the last two exchanges are not summed up");
    assert_eq!(bench.desk.talk.branch().len(), 9);
    assert_eq!(bench.kept().len(), 9);
    exchange(&mut bench, "question 5", "answer 5");
    let sent = format!("{:?}", bench.models.calls.lock().unwrap().last().unwrap().1.ask);
    assert!(sent.contains(summary) && sent.contains("question 3") && !sent.contains("question 0"), "{sent}");
}

#[test]
fn without_a_summary_by_a_model_the_rules_make_one_and_a_new_message_comes_first() {
    let mut bench = Bench::new();
    for n in 0..4 {
        exchange(&mut bench, &format!("question {n}"), "answer");
    }
    let leaf = bench.shown().id;
    bench.command(ChatCommand::Compact);
    bench.give(Input::Summary(leaf, None));
    assert!(matches!(bench.shown().body, TurnBody::Summary { .. }));

    let mut bench = Bench::new();
    for n in 0..4 {
        exchange(&mut bench, &format!("question {n}"), "answer");
    }
    let leaf = bench.shown().id;
    bench.command(ChatCommand::Compact);
    bench.send("a new one");
    bench.give(Input::Summary(leaf, Some("a summary that comes too late for it".into())));
    assert!(bench.desk.talk.branch().iter().all(|turn| !matches!(turn.body, TurnBody::Summary { .. })));
}

#[test]
fn a_prompt_that_was_too_long_is_sent_again_with_less() {
    let mut bench = Bench::new();
    let long = "why is the cart emptied when the session expires? ".repeat(12);
    for n in 0..6 {
        exchange(&mut bench, &format!("question {n}"), &long);
    }
    bench.send("and now?");
    let turn = bench.shown().id;
    let size =
        |bench: &Bench| format!("{:?}", bench.models.calls.lock().unwrap().last().unwrap().1.ask).len();
    let before = size(&bench);
    let error = LlmError::ContextLength { model: model("m"), prompt: Some(1_900), window: Some(1_024) };
    bench.end(turn, End::Failed(error));
    assert!(matches!(bench.answer().state, AnswerState::TooLong(_)));
    bench.command(ChatCommand::RetryWithLess(turn));
    assert!(size(&bench) < before, "{} is not less than {before}", size(&bench));
    assert_eq!(bench.shown().siblings.len(), 2);
}

#[test]
fn what_is_typed_comes_back_after_the_program_died() {
    let mut bench = Bench::new();
    bench.command(ChatCommand::Draft(Question::new("half a thou")));
    let tray = bench.told.iter().any(|event| matches!(event, ChatEvent::Tray(_)));
    assert!(tray, "what would be sent is shown before it is");
    let asked = bench.told.iter().any(|event| matches!(event, ChatEvent::Search { sent: false, .. }));
    assert!(asked && bench.calls() == 0);
}

#[test]
fn what_waited_when_the_program_died_goes_back_to_the_composer_of_a_screen() {
    let folder = tempfile::tempdir().unwrap();
    let store = || Store::at(folder.path().join("quarry.db"));
    let mut died = Bench::at(&store(), Front::Screen);
    died.send("one");
    died.send("two");
    let id = died.desk.talk.head.id;
    let turn = died.desk.talk.leaf().unwrap();
    died.stream(turn, "half an ans");
    drop(died);
    for (front, comes_back) in [(Front::Script, false), (Front::Screen, true)] {
        let mut bench = Bench::at(&store(), front);
        bench.command(ChatCommand::Resume(Some(id)));
        let unsent = bench
            .told
            .iter()
            .any(|event| matches!(event, ChatEvent::Unsent(question) if &*question.text == "two"));
        assert_eq!(unsent, comes_back);
        let answer = bench.answer();
        assert_eq!(&*answer.text, "half an ans");
    }
}
