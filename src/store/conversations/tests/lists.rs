//! Lists, names, search, deletion.

use std::fs;

use super::super::{Conversations, Reach};
use super::fixture::*;
use crate::domain::*;
use crate::store::Store;

fn titles(heads: &[SessionHead]) -> Vec<&str> {
    heads.iter().map(|head| &*head.title).collect()
}

fn excerpts(program: &mut Conversations, words: &str) -> Vec<String> {
    let hits = program.search(words, Reach::All, 20);
    hits.iter().map(|hit| hit.excerpt.replace('\u{2}', "[").replace('\u{3}', "]")).collect()
}

#[test]
fn the_list_is_of_these_roots_newest_first_and_without_empty_ones() {
    let folder = Folder::new();
    let mut here = folder.program();
    let mut there = folder.program_on("/home/me/other");
    let (old, new, _empty) = (here.begin(1), here.begin(2), here.begin(3));
    let elsewhere = there.begin(4);
    exchange(&mut here, old, "\n  the first line\nthe second", "1");
    exchange(&mut here, new, "newer", "2");
    exchange(&mut there, elsewhere, "other tree", "3");
    let changed = done(&here.branch(new)[1], "2!");
    here.replace(new, &changed, 9_000);
    assert_eq!(titles(&here.list(Reach::TheseRoots)), ["newer", "the first line"]);
    assert_eq!(here.list(Reach::All).len(), 3);
    let head = here.head(old).unwrap();
    assert_eq!((head.began_ms, head.changed_ms, head.turns, &*head.roots), (1, 2_000, 2, "/home/me/tree"));
    here.rename(old, " Budget ");
    assert_eq!(&*here.head(old).unwrap().title, "Budget");
    here.rename(old, "");
    assert_eq!(&*here.head(old).unwrap().title, "the first line");
}

#[test]
fn a_look_at_a_store_that_is_not_there_makes_none() {
    let folder = Folder::new();
    let mut program = folder.program();
    assert!(program.list(Reach::All).is_empty() && program.search("x", Reach::All, 5).is_empty());
    assert_eq!(program.head(SessionId(1)), None);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_conversation_that_another_living_program_has_open_says_so() {
    let folder = Folder::new();
    let (mut one, mut two) = (folder.program(), folder.program());
    let session = one.begin(0);
    exchange(&mut one, session, "one", "1");
    one.mark_open(Some(session));
    two.mark_open(Some(session));
    assert!(two.head(session).unwrap().elsewhere && one.list(Reach::All)[0].elsewhere);
    assert!(two.search("one", Reach::All, 1)[0].session.elsewhere);
    one.mark_open(None);
    assert!(!two.head(session).unwrap().elsewhere);
    one.mark_open(Some(session));
    drop(one);
    assert!(!two.head(session).unwrap().elsewhere, "the mark of a program that ended counts no more");
}

#[test]
fn words_are_found_wherever_they_stand_with_an_excerpt_around_them() {
    let mut program = Conversations::new(&Store::in_memory(), &[]);
    let session = program.begin(0);
    let long = format!("{}The retry_budget is café-proof. {}", "before ".repeat(50), "after ".repeat(50));
    exchange(&mut program, session, "where is the budget?", &long);
    exchange(&mut program, session, "配置文件在哪里", "in \u{2}config\u{3}.rs 7");

    let found = excerpts(&mut program, "retry_budget");
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("before The [retry_budget] is") && found[0].starts_with('…'), "{found:?}");
    assert_eq!(excerpts(&mut program, "budg").len(), 2, "the last word may go on");
    assert_eq!(excerpts(&mut program, "CAFE proof").len(), 1, "accents and case do not matter");
    assert_eq!(excerpts(&mut program, "budget where"), ["[where] is the [budget]?"]);
    assert_eq!(excerpts(&mut program, "\"the budget\"").len(), 1);
    assert_eq!(
        excerpts(&mut program, "config"),
        ["in [config].rs 7"],
        "marks that the text held itself are gone"
    );
    assert_eq!(excerpts(&mut program, "文件在"), ["配置[文件在]哪里"], "also inside of a word");
    assert_eq!(excerpts(&mut program, "try_budg")[0].matches('[').count(), 1);
    assert_eq!(excerpts(&mut program, "nowhere"), [""; 0]);
    let hit = &program.search("retry_budget", Reach::All, 5)[0];
    assert_eq!((hit.session.id, hit.turn), (session, program.branch(session)[1].id));
}

#[test]
fn no_sign_in_the_searched_words_is_an_operator() {
    let mut program = Conversations::new(&Store::in_memory(), &[]);
    let session = program.begin(0);
    exchange(&mut program, session, "a NOT b* (c) text:d \"e", "1");
    for words in
        ["NOT", "b*", "(c", "text:d", "\"", "\"e", "*", "a OR", "'", "^a", "-a", "{a}", "a\0b", "+", "a\"\"b"]
    {
        program.search(words, Reach::All, 5);
        assert_eq!(program.take_notice(), None, "{words}");
    }
    assert_eq!(excerpts(&mut program, "NOT"), ["a [NOT] b* (c) text:d \"e"]);
}

#[test]
fn search_is_bound_to_the_roots_unless_told_otherwise() {
    let folder = Folder::new();
    let mut here = folder.program();
    let mut there = folder.program_on("/home/me/other");
    let (one, two) = (here.begin(1), there.begin(2));
    exchange(&mut here, one, "needle", "1");
    exchange(&mut there, two, "needle", "1");
    let found = |hits: Vec<SessionHit>| hits.iter().map(|hit| hit.session.id).collect::<Vec<_>>();
    assert_eq!(found(here.search("needle", Reach::TheseRoots, 9)), [one]);
    assert_eq!(found(here.search("needle", Reach::All, 9)).len(), 2);
    assert_eq!(found(here.search("needle", Reach::All, 1)).len(), 1);
}

#[test]
fn a_deleted_conversation_is_gone_from_lists_search_and_the_bytes_of_the_file() {
    let folder = Folder::new();
    let mut program = folder.program();
    let (gone, kept) = (program.begin(1), program.begin(2));
    exchange(&mut program, gone, "the xyzzyquestion", "the plughanswer");
    exchange(&mut program, kept, "stays", "here");
    program.put_draft(Some(gone), &Question::new("frobozzdraft"), 3);
    let told = program.branch(gone)[1].id;
    program.rate(told, Some(&Rating { thumb: Thumb::Down, word: "quuxword".into() }), 4);
    program.delete(gone);
    assert_eq!((program.head(gone), program.branch(gone)), (None, Vec::new()));
    assert_eq!(titles(&program.list(Reach::All)), ["stays"]);
    assert!(excerpts(&mut program, "xyzzyquestion").is_empty());
    assert_eq!(excerpts(&mut program, "stays").len(), 1);
    drop(program);
    for entry in fs::read_dir(folder.file().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        for word in ["xyzzyquestion", "plughanswer", "frobozzdraft", "quuxword"] {
            let is_there = bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!is_there, "{word} in {}", path.display());
        }
    }
}

#[test]
fn a_conversation_branched_off_goes_its_own_way() {
    let folder = Folder::new();
    let mut program = folder.program();
    let session = program.begin(0);
    exchange(&mut program, session, "one", "1");
    let (_, told) = exchange(&mut program, session, "two", "2");
    exchange(&mut program, session, "three", "3");
    program.rename(session, "Numbers");
    let branched = program.branch_off(told, 77).unwrap();
    exchange(&mut program, branched, "four", "4");
    assert_eq!(texts(&program.branch(branched)), ["one", "1", "two", "2", "four", "4"]);
    assert_eq!(texts(&program.branch(session)), ["one", "1", "two", "2", "three", "3"]);
    let head = program.head(branched).unwrap();
    assert_eq!((head.from, &*head.title, head.began_ms), (Some(session), "Numbers", 77));
    program.delete(session);
    assert_eq!(program.branch(branched).len(), 6);
    assert_eq!(program.branch_off(told, 78), None);
}
