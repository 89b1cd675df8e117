//! `quarry sessions` as scripts and people see it.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use quarry::domain::SessionId;
use quarry::store::{Conversations, Store};
use serde_json::Value;

use super::common::{Home, events};
use super::talk::{done, going, question};

fn kept(home: &Home, root: PathBuf) -> Conversations {
    Conversations::new(&Store::at(home.data().join("quarry.db")), &[root])
}

fn exchange(kept: &mut Conversations, session: SessionId, asked: &str, told: &str) {
    let question = question(kept.branch(session).last().map(|turn| turn.id), asked);
    kept.append(session, &question);
    kept.append(session, &done(&going(question.id), told));
}

/// A tree with two conversations about it, and one about another.
fn home() -> (Home, [String; 3]) {
    let home = Home::empty();
    let tree = home.tree().canonicalize().unwrap();
    let mut here = kept(&home, tree);
    let (cart, budget) = (here.begin(1_000), here.begin(2_000));
    exchange(
        &mut here,
        cart,
        "where is the cart cleared?",
        "In `src/cart.rs`, by \u{1b}[31m clear()\u{1b}[0m.",
    );
    exchange(&mut here, budget, "explain the retry budget", "It is shared.");
    let mut there = kept(&home, PathBuf::from("/somewhere/else"));
    let other = there.begin(3_000);
    exchange(&mut there, other, "other tree", "Its budget is its own.");
    let names = [cart, budget, other].map(|session| session.to_string());
    (home, names)
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn titles(output: &Output) -> Vec<String> {
    let all = events(&output.stdout);
    let sessions = all.iter().filter(|event| event["event"] == "session");
    sessions.map(|event| event["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_list_is_of_this_directory_unless_all_are_asked_for() {
    let (home, names) = home();
    let plain = home.run(&["sessions"]);
    assert_eq!(code(&plain), Some(0));
    assert_eq!(stdout(&plain).lines().count(), 2);
    assert!(stdout(&plain).contains(&names[0][..8]) && stdout(&plain).contains("where is the cart cleared?"));
    let listed = home.run(&["sessions", "--json"]);
    assert_eq!(titles(&listed).len(), 2);
    let last = events(&listed.stdout).pop().unwrap();
    assert_eq!((&last["event"], &last["sessions"]), (&"done".into(), &2.into()));
    assert_eq!(titles(&home.run(&["sessions", "list", "--all", "--json"])).len(), 3);
    let elsewhere = home.run(&["sessions", "--root", "/", "--json"]);
    assert_eq!((code(&elsewhere), titles(&elsewhere).len()), (Some(3), 0));
    assert!(stderr(&elsewhere).contains("--all"), "{}", stderr(&elsewhere));
}

#[test]
fn search_tells_where_the_words_stand() {
    let (home, names) = home();
    let found = events(&home.run(&["sessions", "search", "retry", "budg", "--json"]).stdout);
    assert_eq!((found.len(), &found[0]["session"]), (2, &Value::from(names[1].as_str())));
    assert_eq!(found[0]["excerpt"], "explain the retry budget");
    assert_eq!(found[0]["words"], serde_json::json!(["retry", "budget"]));
    assert_eq!(events(&home.run(&["sessions", "search", "budget", "--all", "--json"]).stdout).len(), 3);
    let plain = home.run(&["sessions", "search", "clear"]);
    assert!(stdout(&plain).contains("by  clear()") && !stdout(&plain).contains('\u{1b}'), "{plain:?}");
    assert_eq!(code(&home.run(&["sessions", "search", "nowhere"])), Some(3));
    assert_eq!(code(&home.run(&["sessions", "search"])), Some(2));
}

#[test]
fn a_conversation_is_shown_renamed_exported_and_deleted_by_the_start_of_its_name() {
    let (home, names) = home();
    let cart = &names[0][..10];
    let shown = home.run(&["sessions", "show", cart]);
    assert!(stdout(&shown).starts_with("# where is the cart cleared?"), "{}", stdout(&shown));
    assert!(stdout(&shown).contains("In `src/cart.rs`, by  clear()."));
    let turns = events(&home.run(&["sessions", "show", cart, "--json"]).stdout);
    let kinds: Vec<&str> = turns.iter().filter_map(|event| event["kind"].as_str()).collect();
    assert_eq!(kinds, ["question", "answer"]);

    assert_eq!(code(&home.run(&["sessions", "rename", cart, "Cart", "and", "more"])), Some(0));
    assert!(titles(&home.run(&["sessions", "--json"])).contains(&"Cart and more".to_owned()));

    let file = home.tree().join("cart.json");
    let path = file.to_str().unwrap();
    assert_eq!(code(&home.run(&["sessions", "export", cart, "-o", path])), Some(0));
    let object: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!((&object["title"], object["turns"].as_array().unwrap().len()), (&"Cart and more".into(), 2));
    let again = home.run(&["sessions", "export", cart, "-o", path]);
    assert_eq!(code(&again), Some(1), "nothing is written over");
    assert!(stdout(&home.run(&["sessions", "export", "last"])).starts_with("# "));

    let refused = home.run(&["sessions", "delete", cart]);
    assert_eq!(code(&refused), Some(2));
    assert!(stderr(&refused).contains("Cart and more") && stderr(&refused).contains("--yes"));
    assert_eq!(code(&home.run(&["sessions", "delete", cart, "--yes"])), Some(0));
    assert_eq!(titles(&home.run(&["sessions", "--json"])), ["explain the retry budget"]);
    let gone = home.run(&["sessions", "show", cart]);
    assert_eq!((code(&gone), stdout(&gone).as_str()), (Some(3), ""));
    assert!(stderr(&gone).contains("quarry sessions --all"));
}

#[test]
fn a_name_that_fits_more_than_one_is_refused() {
    let (home, _) = home();
    let tree = home.tree().canonicalize().unwrap();
    let mut here = kept(&home, tree);
    // Sixteen digits begin with one of eight: of nine conversations two begin alike.
    for _ in 0..9 {
        let session = here.begin(1);
        exchange(&mut here, session, "more", "1");
    }
    let firsts: Vec<String> =
        here.list(quarry::store::Reach::All).iter().map(|head| head.id.to_string()[..1].to_owned()).collect();
    let twice = firsts.iter().find(|first| firsts.iter().filter(|other| other == first).count() > 1).unwrap();
    let refused = home.run(&["sessions", "show", twice]);
    assert_eq!(code(&refused), Some(2), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("more of its digits"));
}

#[test]
fn a_look_makes_no_store_and_a_damaged_one_is_an_error() {
    let home = Home::empty();
    assert_eq!(code(&home.run(&["sessions"])), Some(3));
    assert_eq!(fs::read_dir(home.data()).unwrap().count(), 0);
    fs::write(home.data().join("quarry.db"), "no database".repeat(1_000)).unwrap();
    let damaged = home.run(&["sessions", "--json"]);
    assert_eq!((code(&damaged), stdout(&damaged).as_str()), (Some(1), ""));
    assert!(stderr(&damaged).contains("mv "), "{}", stderr(&damaged));
}
