//! Which turns are summarised, and how.

use std::sync::Arc;

use super::*;
use crate::chat::context::tests::stage::{answered, model};
use crate::domain::Question;
use crate::llm::profiles::Tier;
use crate::llm::{Ask, Part};

fn talk(exchanges: usize, answer: &str) -> Vec<Turn> {
    let turn = |id: usize, body| Turn {
        id: TurnId(id as i64),
        parent: None,
        at_ms: 0,
        siblings: Arc::default(),
        body,
    };
    (0..exchanges)
        .flat_map(|at| {
            let question = TurnBody::Question(Question::new(format!("question {at}?")));
            let answer = TurnBody::Answer(Box::new(answered(&format!("answer {at}. {answer}"), Vec::new())));
            [turn(2 * at, question), turn(2 * at + 1, answer)]
        })
        .collect()
}

#[test]
fn the_last_exchanges_are_never_summarised() {
    assert_eq!(compaction(&talk(2, "")), None);
    let made = compaction(&talk(5, "")).unwrap();
    assert_eq!((made.covers, made.turns), (TurnId(5), 6), "three of five exchanges");
}

#[test]
fn it_is_due_only_where_the_conversation_takes_more_than_its_share() {
    let to = model(Some(8_192), Tier::Small);
    assert_eq!(due(&talk(5, ""), &to), None);
    assert!(due(&talk(5, &"It was so. ".repeat(300)), &to).is_some());
    assert_eq!(due(&talk(5, &"It was so. ".repeat(300)), &model(Some(200_000), Tier::Small)), None);
}

#[test]
fn a_later_summary_takes_up_the_one_before() {
    let mut turns = talk(6, "");
    let summary = TurnBody::Summary { text: "- they want speed".into(), covers: TurnId(3), turns: 4 };
    turns.push(Turn { id: TurnId(90), parent: None, at_ms: 0, siblings: Arc::default(), body: summary });
    turns.extend(talk(3, "more").into_iter().map(|turn| Turn { id: TurnId(turn.id.0 + 100), ..turn }));
    let made = compaction(&turns).unwrap();
    assert_eq!((made.covers, made.turns), (TurnId(101), 14));
    let Ask::Chat(messages) = made.call().ask else { panic!("no chat") };
    let Part::Text(text) = &messages[1].parts[0] else { panic!("no text") };
    assert!(text.contains("- they want speed") && text.contains("question 2?") && !text.contains("question 0?\n\nAssistant: answer 0. \n\nPerson: question 1?\n\nAssistant: answer 1. \n\nPerson: question 2"));
    assert!(made.by_rules().starts_with("- they want speed\n- Asked: question 2?\n  Answered: answer 2."));
}

#[test]
fn rules_keep_what_was_asked_and_how_the_answers_began() {
    let made = compaction(&talk(3, "In `a.rs`.\n```rust\nfn not_this() {}\n```\nDone.")).unwrap();
    assert_eq!(made.by_rules(), "- Asked: question 0?\n  Answered: answer 0. In `a.rs`. Done.");
    let long = compaction(&talk(200, &"word ".repeat(100))).unwrap().by_rules();
    assert!(
        long.len() < 9_000 && long.contains("older lines are left out") && long.contains("question 197?")
    );
}

#[test]
fn a_summary_is_read_without_its_fence_and_silence_is_none() {
    assert_eq!(
        read_summary("```markdown\n- they want more speed\n```").as_deref(),
        Some("- they want more speed")
    );
    assert_eq!(read_summary("  \n"), None);
    assert_eq!(read_summary("ok"), None);
}
