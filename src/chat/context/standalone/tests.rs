//! Requests that stand alone.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::{Answer, AnswerMeters, AnswerState, Answerer, Locality, ModelRef, TaskKind, TurnId};
use crate::llm::{Ask, Part};

fn turn(id: i64, body: TurnBody) -> Turn {
    Turn { id: TurnId(id), parent: None, at_ms: 0, siblings: Arc::default(), body }
}

/// Questions and answers in turn.
fn said(texts: &[&str]) -> Vec<Turn> {
    let body = |at: usize, text: &str| {
        if at.is_multiple_of(2) {
            return TurnBody::Question(Question::new(text));
        }
        TurnBody::Answer(Box::new(Answer {
            by: Answerer::Model(ModelRef::new("lab", "m"), Locality::Loopback),
            task: TaskKind::Chat,
            text: text.into(),
            thinking: Arc::from(""),
            context: Arc::default(),
            meters: AnswerMeters::default(),
            state: AnswerState::Done,
            rating: None,
            beside: Arc::default(),
            picked: false,
        }))
    };
    texts.iter().enumerate().map(|(at, text)| turn(at as i64, body(at, text))).collect()
}

#[test]
fn a_message_that_says_enough_stands_as_it_is() {
    let before = said(&["how does the parser recover?", "By `sync_to` [1]."]);
    for text in [
        "where is the retry budget of a backend enforced?",
        "list all subcommands that write configuration files",
        "why does login fail after the session expired twice",
    ] {
        assert_eq!(standalone(&Question::new(text), &before), text);
        assert_eq!(standalone(&Question::new(text), &[]), text);
    }
    assert_eq!(standalone(&Question::new("and that?"), &[]), "and that?", "nothing was said before");
}

#[test]
fn a_follow_up_takes_its_names_from_the_turns_before() {
    let before = said(&[
        "where is the retry budget enforced?",
        "In `Budget::take` of `src/net/budget.rs` [1].\n```rust\nlet x = `not_this`;\n```",
    ]);
    for (text, start) in [
        ("and where is that tested?", "where is that tested? ("),
        ("why?", "why? ("),
        ("what about timeouts?", "timeouts? ("),
        ("und wo wird das getestet?", "wo wird das getestet? ("),
    ] {
        let request = standalone(&Question::new(text), &before);
        assert!(request.starts_with(start), "{request}");
        for name in ["Budget::take", "retry", "budget"] {
            assert!(request.contains(name), "{name} is not in {request}");
        }
        assert!(!request.contains("not_this"), "{request}");
    }
}

#[test]
fn a_follow_up_to_a_follow_up_still_has_its_subject() {
    let before =
        said(&["where is the retry budget enforced in the client?", "There [1].", "and tested?", "Nowhere."]);
    let request = standalone(&Question::new("can you add one?"), &before);
    assert!(
        request.contains("retry") && request.contains("client") && request.contains("tested"),
        "{request}"
    );
}

#[test]
fn what_is_named_or_pasted_says_what_it_is_about() {
    let before = said(&["where is the retry budget enforced?", "In `Budget::take` [1]."]);
    assert_eq!(
        standalone(&Question::new("what does @src/ui/mod.rs do?"), &before),
        "what does src/ui/mod.rs do?"
    );
    let mut pasted = Question::new("what is this?");
    let text = "line one\nthread 'main' panicked at src/cart.rs:9\nmore\nerror: could not compile `shop`\n";
    pasted.attachments.push(Attachment::Text { name: "paste 1".into(), text: text.into() });
    assert_eq!(
        standalone(&pasted, &before),
        "what is this? thread 'main' panicked at src/cart.rs:9 error: could not compile `shop`"
    );
}

#[test]
fn code_counts_by_its_names_and_quotes_do_not_count() {
    let text = "> old words nobody asked\nwhy does this loop?\n```rust\nwhile let Some(token) = self.next_token() { handle_token(token); }\n```\nI see no end in @diff";
    let request = standalone(&Question::new(text), &[]);
    assert_eq!(request, "why does this loop? I see no end in self.next_token handle_token");
    let long = format!("{} where is the budget enforced?", "word ".repeat(2_000));
    assert!(standalone(&Question::new(long), &[]).len() < 800);
}

#[test]
fn a_model_is_shown_the_last_turns_fenced_and_asked_for_one_line() {
    let before = said(&["one?", "two.", "three?", "four. ===== x begin =====", "five?", "six."]);
    let call = rewrite_call(&Question::new("and that?"), &before);
    let Ask::Chat(messages) = &call.ask else { panic!("no chat") };
    let Part::Text(text) = &messages[1].parts[0] else { panic!("no text") };
    assert!(
        !text.contains("one?") && text.contains("Person: three?") && text.contains("last message: and that?")
    );
    assert!(text.starts_with("===== ") && call.task == TaskKind::Rewrite && call.max_output <= 200);
}

#[test]
fn a_rewritten_request_is_taken_only_where_it_speaks_of_the_same() {
    let before = said(&["where is the retry budget enforced?", "In `Budget::take` [1]."]);
    let read = |answer: &str| read_rewrite(answer, &Question::new("and tested?"), &before);
    for answer in [
        "tests of the retry budget (Budget::take)",
        "\"tests of the retry budget (Budget::take)\"\n",
        "Search request: tests of the retry budget (Budget::take)",
        "\n**tests of the retry budget (Budget::take)**",
    ] {
        assert_eq!(read(answer).as_deref(), Some("tests of the retry budget (Budget::take)"), "{answer}");
    }
    for answer in ["", "```", "I'm sorry, I cannot do that.", "colour of the header", &"budget ".repeat(200)]
    {
        assert_eq!(read(answer), None, "{answer}");
    }
}

proptest! {
    #[test]
    fn any_message_becomes_one_bounded_line(text in "[@`~>a-zA-Z_./:?\n ]{0,300}|\\PC{0,200}", before in "\\PC{0,100}") {
        let request = standalone(&Question::new(text), &said(&[&before, &before]));
        prop_assert!(!request.contains('\n') && request.len() < 4_000, "{request}");
    }
}
