//! How much is sent, and of what.

use super::stage::{Stage, filler, listed, model, said_by};
use crate::domain::{ContextForm, ContextKey, ContextSource, ContextState};
use crate::llm::Role;
use crate::llm::profiles::Tier;

fn many(count: usize, lines: usize) -> Vec<(String, String)> {
    (0..count).map(|at| (format!("src/f{at:02}.rs"), filler(lines))).collect()
}

fn stage(files: &[(String, String)]) -> Stage {
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    Stage::new(&files)
}

#[test]
fn a_giant_file_does_not_starve_twenty() {
    let mut files = many(20, 12);
    files.insert(0, ("src/giant.rs".into(), filler(9_000)));
    let mut stage = stage(&files);
    let judged: Vec<(&str, f32)> = files.iter().map(|(path, _)| (&**path, 0.5)).collect();
    stage.judge(&judged);
    let sent = stage.ask("where is value 7 computed?");
    let giant = &sent.tray.items[0];
    assert_eq!((&*giant.title, giant.form), ("src/giant.rs", ContextForm::Outline));
    let whole =
        sent.tray.items.iter().filter(|item| item.form == ContextForm::Whole && item.number > 0).count();
    assert!(whole >= 18, "{:?}", listed(&sent));
    assert!(giant.tokens > sent.tray.budget / 4, "what the small ones left goes to it: {}", giant.tokens);
}

#[test]
fn weak_files_end_the_list_before_the_room_does() {
    let files = many(30, 10);
    let mut stage = stage(&files);
    let judged: Vec<(&str, f32)> =
        files.iter().enumerate().map(|(at, (path, _))| (&**path, if at < 4 { 0.8 } else { 0.05 })).collect();
    stage.judge(&judged);
    let sent = stage.ask("where?");
    let by = |state: ContextState| sent.tray.items.iter().filter(|item| item.state == state).count();
    assert_eq!((by(ContextState::Sent), by(ContextState::Weak)), (4, 12), "{:?}", listed(&sent));
    stage.wishes.pin(ContextKey::File("src/f29.rs".into()), true);
    assert!(listed(&stage.ask("where?")).contains(&"1 sent src/f29.rs".to_owned()), "a pin sends it");
}

#[test]
fn what_somebody_names_may_take_all_of_the_window() {
    let files = vec![("long.rs".to_owned(), filler(1_200))];
    let mut stage = stage(&files);
    stage.to = model(Some(131_072), Tier::Tiny);
    let sent = stage.ask("what is in @long.rs?");
    assert_eq!(sent.tray.items[0].form, ContextForm::Whole);
    stage.to = model(Some(8_192), Tier::Tiny);
    let sent = stage.ask("what is in @long.rs?");
    assert_eq!(
        (sent.tray.items[0].form, &sent.tray.items[0].state),
        (ContextForm::Outline, &ContextState::Sent)
    );
}

#[test]
fn files_named_together_are_cut_to_the_same_length() {
    let files = vec![
        ("a.rs".to_owned(), filler(2_000)),
        ("b.rs".to_owned(), filler(2_000)),
        ("c.rs".to_owned(), filler(5)),
    ];
    let mut stage = stage(&files);
    stage.to = model(Some(8_192), Tier::Large);
    let sent = stage.ask("compare @a.rs @b.rs @c.rs");
    let tokens: Vec<u32> = sent.tray.items.iter().map(|item| item.tokens).collect();
    assert_eq!(sent.tray.items[2].form, ContextForm::Whole);
    assert!(tokens[0].abs_diff(tokens[1]) < 300 && tokens[0] > 1_500, "{tokens:?}");
}

#[test]
fn the_persons_budget_is_obeyed_up_to_the_window() {
    let files = many(20, 40);
    let mut stage = stage(&files);
    let judged: Vec<(&str, f32)> = files.iter().map(|(path, _)| (&**path, 0.5)).collect();
    stage.judge(&judged);
    for budget in [500, 2_000, 9_000] {
        stage.wishes.budget = Some(budget);
        let sent = stage.ask("where?");
        let sum: u32 = sent.tray.items.iter().map(|item| item.tokens).sum();
        assert!(sent.tray.budget_by_user && sent.tray.budget == budget && sum <= budget, "{sum} of {budget}");
        assert!(sum > budget / 2, "{sum} of {budget} are used");
    }
    stage.wishes.budget = Some(1_000_000);
    assert!(stage.ask("where?").tray.budget < 32_768);
}

#[test]
fn an_unknown_window_is_taken_for_a_small_one() {
    let mut stage = stage(&many(3, 2_000));
    stage.to.window = None;
    stage.judge(&[("src/f00.rs", 0.9), ("src/f01.rs", 0.9), ("src/f02.rs", 0.9)]);
    let sent = stage.ask("where?");
    assert!(sent.tray.tokens + sent.max_output < 8_192, "{}", sent.tray.tokens);
    assert_eq!(sent.tray.window, None);
}

#[test]
fn moved_items_change_places_and_moved_up_they_are_sent() {
    let files = many(30, 10);
    let mut stage = stage(&files);
    let judged: Vec<(&str, f32)> =
        files.iter().enumerate().map(|(at, (path, _))| (&**path, if at < 4 { 0.8 } else { 0.05 })).collect();
    stage.judge(&judged);
    stage.wishes.shift(ContextKey::File("src/f03.rs".into()), -3);
    stage.wishes.shift(ContextKey::File("src/f20.rs".into()), -20);
    let sent = listed(&stage.ask("where?"));
    assert_eq!(sent[..2], ["1 sent src/f20.rs", "2 sent src/f03.rs"], "{sent:?}");
}

#[test]
fn large_files_show_what_speaks_of_the_question_and_what_they_define() {
    let code = format!(
        "pub fn first() {{}}\n{}\n/// Takes from the budget.\npub fn enforce_retry_budget() {{\n    budget.take();\n}}\n{}",
        filler(900),
        filler(900)
    );
    let mut stage = Stage::new(&[("src/a.rs", &code)]);
    stage.to = model(Some(8_192), Tier::Tiny);
    stage.judge(&[("src/a.rs", 0.9)]);
    let sent = stage.ask("where is the retry budget enforced?");
    let text = said_by(&sent.messages, Role::User);
    for line in [
        "1|pub fn first() {}",
        "903|/// Takes from the budget.",
        "904|pub fn enforce_retry_budget() {",
        "905|    budget.take();",
        "⋮",
    ] {
        assert!(text.contains(line), "{line}\n{}", &text[..2_000]);
    }
}

#[test]
fn a_call_that_was_too_long_is_made_with_less() {
    let files = many(10, 100);
    let mut stage = stage(&files);
    let judged: Vec<(&str, f32)> = files.iter().map(|(path, _)| (&**path, 0.5)).collect();
    stage.judge(&judged);
    stage.said("what was it?", &"It was this. ".repeat(200), Vec::new());
    let before = stage.ask("where?");
    let sum = |tray: &crate::domain::Tray| tray.items.iter().map(|item| item.tokens).sum::<u32>();
    stage.at_most = Some(sum(&before.tray) / 2);
    let after = stage.ask("where?");
    assert!(sum(&after.tray) <= sum(&before.tray) / 2 && sum(&after.tray) > sum(&before.tray) / 4);
    assert!(
        after.tray.items.iter().any(|item| item.source == ContextSource::Conversation && item.tokens > 0)
    );
}
