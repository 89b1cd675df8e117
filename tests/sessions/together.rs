//! Two programs on one store at once.

use std::thread;

use quarry::domain::AnswerState;
use quarry::store::Reach;

use super::talk::{done, going, look, question, said};

#[test]
fn two_programs_in_one_conversation_lose_nothing_and_make_branches() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = look(folder.path());
    let session = first.begin(1);
    let root = question(None, "the start");
    first.append(session, &root);
    let answers: Vec<_> = ["one ", "two "]
        .map(|word| {
            let (folder, root) = (folder.path().to_owned(), root.id);
            thread::spawn(move || {
                let mut kept = look(&folder);
                kept.mark_open(Some(session));
                let told = going(root);
                kept.append(session, &told);
                for _ in 0..300 {
                    kept.append_delta(told.id, word, "");
                }
                kept.replace(session, &done(&told, &word.repeat(300)), 5);
                (told.id, kept.take_notice())
            })
        })
        .map(|thread| thread.join().unwrap())
        .into();
    let all = first.all_turns(session);
    assert_eq!(all.len(), 3);
    for ((turn, notice), word) in answers.iter().zip(["one ", "two "]) {
        assert_eq!(notice, &None);
        let turn: Vec<_> = all.iter().filter(|one| one.id == *turn).cloned().collect();
        assert_eq!(said(&turn), (word.repeat(300), Some(AnswerState::Done)));
        assert_eq!(turn[0].siblings.len(), 2);
    }
    assert_eq!(first.search("two", Reach::All, 5).len(), 1);
}
