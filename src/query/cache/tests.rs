//! The cache answers only what was asked in the same words, of the same bytes.

use super::*;
use crate::domain::{Probability, Verdict};

const FILE: FileId = FileId(3);
const BYTES: ContentHash = ContentHash([1; 16]);

fn key(text: &str) -> RunKey {
    RunKey { text: text.into(), judge: JudgeName::embedded(), version: 0 }
}

fn answer() -> Answer {
    Answer { verdict: Verdict::Yes, probability: Probability::new(0.9) }
}

fn filled(reach: Reach) -> Cache {
    let mut cache = Cache::default();
    cache.begin(&key("a"), reach, 1);
    cache.put(FILE, BYTES, answer());
    cache
}

#[test]
fn the_same_query_over_the_same_bytes_is_answered() {
    let mut cache = filled(Reach::Index);
    cache.begin(&key("b"), Reach::Index, 1);
    assert_eq!(cache.get(FILE, BYTES), None);
    cache.begin(&key("a"), Reach::Index, 1);
    assert_eq!(cache.get(FILE, BYTES), Some(answer()));
    assert_eq!(cache.get(FILE, ContentHash([2; 16])), None);
    assert_eq!(cache.get(FileId(4), BYTES), None);
}

#[test]
fn another_index_voids_answers_that_read_it_and_no_others() {
    let mut whole = filled(Reach::Index);
    whole.begin(&key("a"), Reach::Index, 2);
    assert_eq!(whole.get(FILE, BYTES), None);
    let mut single = filled(Reach::File);
    single.begin(&key("a"), Reach::File, 2);
    assert_eq!(single.get(FILE, BYTES), Some(answer()));
}

#[test]
fn a_forgotten_answer_is_gone() {
    let mut cache = filled(Reach::File);
    cache.forget(FILE);
    assert_eq!(cache.get(FILE, BYTES), None);
}

#[test]
fn the_oldest_query_goes_first_when_full() {
    let mut cache = Cache::new(10);
    for text in ["a", "b", "c"] {
        cache.begin(&key(text), Reach::File, 1);
        cache.put(FILE, BYTES, answer());
    }
    cache.begin(&key("d"), Reach::File, 1);
    cache.begin(&key("a"), Reach::File, 1);
    assert_eq!(cache.get(FILE, BYTES), None, "a was the oldest of more than ten answers");
    cache.begin(&key("c"), Reach::File, 1);
    assert_eq!(cache.get(FILE, BYTES), Some(answer()));
}
