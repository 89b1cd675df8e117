//! Conversations, answers without a model, and second tries.

use super::super::{Editing, Wishes};
use crate::domain::ContextState;
use std::sync::Arc;

use super::stage::{Stage, filler, listed, said_by};
use crate::chat::context::less;
use crate::domain::{ContextForm, ContextKey, Span, Turn, TurnBody, TurnId};
use crate::llm::Role;

#[test]
fn the_sides_speak_in_turn_and_numbers_of_old_answers_become_paths() {
    let mut stage = Stage::new(&[("src/a.rs", "fn a() {}\n"), ("src/b.rs", "fn b() {}\n")]);
    let context = stage.ask("@src/b.rs").tray.items.to_vec();
    stage.said("what is b?", "It is b [1:1].", context);
    stage.said("and then?", "", Vec::new());
    let sent = stage.ask("compare @src/a.rs");
    let roles: Vec<Role> = sent.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::System, Role::User, Role::Assistant, Role::User]);
    assert_eq!(said_by(&sent.messages, Role::Assistant), "It is b [src/b.rs:1].");
    assert!(sent.messages[2].cache, "what was said stays the same in the next call");
    let last = said_by(&sent.messages[3..], Role::User);
    assert!(last.starts_with("and then?\n\nItems") && last.ends_with("compare @src/a.rs"), "{last}");
    assert_eq!(listed(&sent), ["0 sent conversation", "1 sent src/a.rs"]);
}

#[test]
fn pins_stand_before_the_conversation_so_that_caches_keep_them() {
    let mut stage = Stage::new(&[("src/a.rs", "fn a() {}\n"), ("src/b.rs", "fn b() {}\n")]);
    stage.wishes.pin(ContextKey::File("src/a.rs".into()), true);
    let prefix = |text: &str| text[..text.find("what is").unwrap()].to_owned();
    let first = stage.ask("what is it?");
    stage.said("what is it?", "An a [1].", first.tray.items.to_vec());
    stage.judge(&[("src/b.rs", 0.9)]);
    let second = stage.ask("and b?");
    let text = |sent: &crate::chat::context::Assembled| said_by(&sent.messages[1..2], Role::User);
    assert_eq!(prefix(&text(&first)), prefix(&text(&second)));
    assert_eq!(listed(&second), ["1 sent src/a.rs", "0 sent conversation", "2 sent src/b.rs"]);
}

#[test]
fn the_newest_turns_stay_where_not_all_of_them_fit_and_that_is_said() {
    let mut stage = Stage::new(&[("src/a.rs", &filler(20))]);
    for at in 0..20 {
        stage.said(
            &format!("question {at}?"),
            &format!("answer {at}. {}", "It was so. ".repeat(60)),
            Vec::new(),
        );
    }
    stage.wishes.budget = Some(1_500);
    let sent = stage.ask("@src/a.rs?");
    let item = sent.tray.items.iter().find(|item| item.key == ContextKey::Conversation).unwrap();
    assert_eq!(item.form, ContextForm::Lines);
    assert!(item.why.contains("of 40 turns; older ones found no room"), "{}", item.why);
    let text = said_by(&sent.messages, Role::User) + &said_by(&sent.messages, Role::Assistant);
    assert!(text.contains("answer 19.") && !text.contains("answer 2."), "{text}");
    stage.wishes.exclude(ContextKey::Conversation, true);
    assert!(listed(&stage.ask("@src/a.rs?")).contains(&"0 excluded conversation".to_owned()));
}

#[test]
fn a_summary_stands_for_the_turns_that_it_covers() {
    let mut stage = Stage::new(&[]);
    stage.said("question 0?", "answer 0.", Vec::new()).said("question 1?", "answer 1.", Vec::new());
    let summary = TurnBody::Summary { text: "- they want speed".into(), covers: TurnId(1), turns: 2 };
    stage.turns.push(Turn { id: TurnId(9), parent: None, at_ms: 0, siblings: Arc::default(), body: summary });
    let sent = stage.ask("and now?");
    let text = said_by(&sent.messages, Role::User);
    assert!(
        text.starts_with("Summary of the conversation before:\n- they want speed\n\nquestion 1?"),
        "{text}"
    );
    assert!(!text.contains("question 0?"));
    assert_eq!(&*sent.tray.items[0].why, "a summary of 2 turns, and 2 turns");
}

#[test]
fn without_a_model_the_files_stand_for_an_answer_and_two_commands_end_it() {
    let code = format!("{}\n/// Takes.\npub fn take_budget() {{\n    left -= 1;\n}}\n", filler(50));
    let mut stage = Stage::new(&[("src/a.rs", &code), ("b_ticks.md", "```\ncode\n```\n")]);
    stage.judge(&[("src/a.rs", 0.9), ("b_ticks.md", 0.5)]);
    stage.judged[0].reason = "defines take_budget [it]".into();
    let sent = stage.ask("where is the budget taken?");
    let (judged, assembler) = (&stage.judged, &mut stage.assembler);
    let text = assembler.unaided(&sent, "where is the budget taken?", judged, "no candidate is set");
    assert!(text.starts_with("2 files may help, best first:\n\n- [1] `src/a.rs:52-55`: defines take\\_budget \\[it\\]\n\n  ```rs\n  /// Takes."), "{text}");
    assert!(text.contains("  ````md\n  ```\n  code\n  ```\n  ````\n"), "{text}");
    assert!(text.contains("`ollama pull ") && text.trim_end().ends_with("then start Quarry again"), "{text}");
    let none = stage.ask("where?").tray.items.len();
    assert_eq!(none, 2);
    stage.judged.clear();
    let sent = stage.ask("where?");
    let text = stage.assembler.unaided(&sent, "where?", &[], "");
    assert!(text.starts_with("Nothing was found") && text.contains("No model is set, so"), "{text}");
}

#[test]
fn the_next_try_obeys_the_numbers_of_the_error_and_halves_without() {
    let mut stage = Stage::new(&[("src/a.rs", &filler(300))]);
    let tray = stage.ask("@src/a.rs").tray;
    let sent: u32 = tray.items.iter().map(|item| item.tokens).sum();
    assert_eq!(less(&tray, None, None, 1_000), sent / 2);
    let window = u64::from(tray.tokens / 2);
    let fewer = less(&tray, Some(u64::from(tray.tokens)), Some(window), 1_000);
    let base = tray.tokens - sent;
    assert!(fewer > 0 && u64::from(fewer + base) < window, "{fewer} of {window}");
    let counted_double = less(&tray, Some(u64::from(tray.tokens) * 2), Some(window), 1_000);
    assert!(counted_double < fewer / 2 + base, "{counted_double}: it counts more than is reckoned");
    assert!(less(&tray, Some(1), Some(1_000_000), 1_000) < sent, "it is less in any case");
    assert_eq!(less(&tray, None, Some(10), 1_000), 0);
}

#[test]
fn lines_that_a_judge_points_at_are_in_what_is_sent_of_a_large_file() {
    let mut stage = Stage::new(&[("src/a.rs", &filler(3_000))]);
    stage.judge(&[("src/a.rs", 0.9)]);
    stage.judged[0].spans = Arc::from([Span { first: 2_001, last: 2_004 }]);
    stage.wishes.budget = Some(1_500);
    let sent = stage.ask("where is it?");
    let lines = &sent.tray.items[0].lines;
    assert!(lines.iter().any(|span| span.first <= 2_001 && span.last >= 2_004), "{lines:?}");
}

#[test]
fn an_edit_is_given_the_files_that_help_within_its_room() {
    let mut stage =
        Stage::new(&[("src/a.rs", "fn a() {}\n"), ("src/big.rs", &filler(2_000)), (".env", "KEY=hush\n")]);
    let paths: Vec<Arc<str>> = ["src/a.rs", "src/big.rs", ".env", "gone.rs"].map(Arc::from).to_vec();
    let (to, wishes) = (stage.to.clone(), Wishes::default());
    let instruction = Arc::from("rename value 7");
    let editing = Editing {
        instruction: &instruction,
        named: &paths,
        judged: &[],
        wishes: &wishes,
        shown: &[],
        to: &to,
    };
    let given = stage.assembler.retrieved(&editing, 2_000);
    assert!(
        given.text.contains("[1] src/a.rs\n===== ") && given.text.contains("1|fn a() {}"),
        "{}",
        given.text
    );
    assert!(!given.text.contains("hush"));
    assert_eq!(given.files.iter().map(|path| &**path).collect::<Vec<_>>(), ["src/a.rs", "src/big.rs"]);
    assert!(given.items.iter().map(|item| item.tokens).sum::<u32>() <= 2_000 && given.items.len() == 3);
    assert!(crate::llm::tokens::estimate(&given.text) <= 2_000);
}

#[test]
fn an_edit_is_given_what_the_pane_shows_and_nothing_that_may_change() {
    let mut stage = Stage::new(&[
        ("AGENTS.md", "Use tabs.\n"),
        ("src/a.rs", "fn a() {}\n"),
        ("src/b.rs", "fn b() {}\n"),
        ("src/c.rs", "fn c() {}\n"),
        ("src/d.rs", "fn d() {}\n"),
    ]);
    stage.judge(&[("src/a.rs", 0.9), ("src/b.rs", 0.8), ("src/c.rs", 0.7)]);
    let mut wishes = Wishes::default();
    wishes.exclude(ContextKey::File("src/c.rs".into()), true);
    let (to, judged) = (stage.to.clone(), stage.judged.clone());
    let instruction = Arc::from("do as @src/d.rs does");
    let shown = ["src/a.rs".to_owned()];
    let editing = Editing {
        instruction: &instruction,
        named: &[],
        judged: &judged,
        wishes: &wishes,
        shown: &shown,
        to: &to,
    };
    let given = stage.assembler.retrieved(&editing, 4_000);
    assert!(given.text.contains("1|fn b()") && given.text.contains("1|fn d()"), "{}", given.text);
    assert!(!given.text.contains("fn a()") && !given.text.contains("fn c()"), "{}", given.text);
    assert!(given.instructions.contains("Use tabs."), "{}", given.instructions);
    let left_out = given.items.iter().find(|item| &*item.title == "src/c.rs").expect("listed");
    assert_eq!(left_out.state, ContextState::Excluded);
    // Fences are drawn at random, and some are read as fewer tokens than others: about 62 hold the smallest file.
    let nothing = stage.assembler.retrieved(&editing, 50);
    assert_eq!((nothing.text.as_str(), nothing.files.len()), ("", 0));
}
