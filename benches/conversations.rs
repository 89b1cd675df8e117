//! What it costs to keep a conversation, to open a long one and to search it: `cargo bench --bench conversations`.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::{Bencher, counter::ItemsCount};
use quarry::domain::{
    Answer, AnswerMeters, AnswerState, Answerer, ContextForm, ContextItem, ContextKey, ContextSource,
    ContextState, Locality, ModelRef, Question, SessionId, Span, TaskKind, Turn, TurnBody, TurnId,
};
use quarry::eval::grove;
use quarry::store::{Conversations, Reach, Store};
use rusqlite::{Connection, params};
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// A token of the streams below, in characters.
const TOKEN: &str = "word";

fn program(folder: &Path) -> Conversations {
    Conversations::new(&Store::at(folder.join("quarry.db")), &[PathBuf::from("/tree")])
}

fn turn(parent: Option<TurnId>, body: TurnBody) -> Turn {
    Turn { id: Conversations::fresh_turn(), parent, at_ms: 1, siblings: [].into(), body }
}

fn answer(text: &str, state: AnswerState, items: usize) -> TurnBody {
    let item = |at: usize| {
        let path: Arc<str> = grove::path(at).into();
        ContextItem {
            key: ContextKey::File(Arc::clone(&path)),
            number: at as u16,
            title: path,
            file: None,
            lines: [Span { first: 3, last: 90 }].into(),
            form: ContextForm::Lines,
            tokens: 800,
            source: ContextSource::Judged,
            why: "returns an error once the budget of the query is spent".into(),
            state: ContextState::Sent,
            cited: Some(1),
        }
    };
    TurnBody::Answer(Box::new(Answer {
        by: Answerer::Model(ModelRef::new("lab", "m"), Locality::Remote),
        task: TaskKind::Chat,
        text: text.into(),
        thinking: "".into(),
        context: (0..items).map(item).collect(),
        meters: AnswerMeters::default(),
        state,
        rating: None,
        beside: [].into(),
        picked: false,
    }))
}

/// A store that holds one conversation of so many messages, its answers with twelve items of context.
fn long(messages: usize) -> (TempDir, SessionId) {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = program(folder.path());
    let session = kept.begin(0);
    let mut parent = None;
    for at in 0..messages {
        let text = grove::text(at, messages);
        let text: String = text.chars().take(if at % 2 == 0 { 120 } else { 1_500 }).collect();
        let body = if at % 2 == 0 {
            TurnBody::Question(Question::new(text))
        } else {
            answer(&text, AnswerState::Done, 12)
        };
        let next = turn(parent, body);
        kept.append(session, &next);
        parent = Some(next.id);
    }
    (folder, session)
}

/// A conversation with an answer of so many tokens, streamed so far in batches of twelve, as 500 tokens a second are in
/// 25 ms.
fn streamed(tokens: usize) -> (TempDir, Conversations, TurnId) {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = program(folder.path());
    let session = kept.begin(0);
    let asked = turn(None, TurnBody::Question(Question::new("go")));
    let told = turn(Some(asked.id), answer("", AnswerState::Streaming, 0));
    kept.append(session, &asked);
    kept.append(session, &told);
    for _ in 0..tokens / 12 {
        kept.append_delta(told.id, &TOKEN.repeat(12), "");
    }
    (folder, kept, told.id)
}

/// One batch more, where so many tokens came before.
#[divan::bench(args = [0, 10_000, 50_000])]
fn append_a_batch(bencher: Bencher, tokens: usize) {
    let (_folder, mut kept, told) = streamed(tokens);
    bencher.bench_local(|| kept.append_delta(told, &TOKEN.repeat(12), ""));
}

/// What the same costs where each batch is appended to the text of one row: why there are rows.
#[divan::bench(args = [0, 10_000, 50_000])]
fn append_to_one_growing_text(bencher: Bencher, tokens: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = Connection::open(folder.path().join("plain.db")).unwrap();
    file.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE turn (id INTEGER PRIMARY KEY, text TEXT);",
    )
    .unwrap();
    file.execute("INSERT INTO turn VALUES (1, ?1)", [TOKEN.repeat(tokens)]).unwrap();
    bencher.bench_local(|| {
        let sql = "UPDATE turn SET text = text || ?1 WHERE id = ?2";
        file.prepare_cached(sql).unwrap().execute(params![TOKEN.repeat(12), 1]).unwrap();
    });
}

/// The end of an answer of 50,000 tokens: batches folded into the turn, its words indexed.
#[divan::bench(sample_count = 20)]
fn finish_an_answer_of_50_000_tokens(bencher: Bencher) {
    bencher
        .with_inputs(|| {
            let (folder, mut kept, told) = streamed(50_000);
            let session = kept.session_of(told).unwrap();
            let done =
                Turn { id: told, ..turn(None, answer(&"word ".repeat(50_000), AnswerState::Done, 12)) };
            (folder, kept, session, done)
        })
        .bench_local_values(|(folder, mut kept, session, done)| {
            kept.replace(session, &done, 2);
            (folder, kept)
        });
}

#[divan::bench(args = [1_000, 10_000])]
fn open_a_conversation(bencher: Bencher, messages: usize) {
    let (folder, session) = long(messages);
    bencher.counter(ItemsCount::new(messages)).bench_local(|| program(folder.path()).branch(session).len());
}

#[divan::bench(args = ["budget", "retry bud", "nowhere_at_all", "erge"])]
fn search_10_000_messages(bencher: Bencher, words: &str) {
    let (folder, _) = long(10_000);
    let mut kept = program(folder.path());
    bencher.bench_local(|| kept.search(words, Reach::All, 50).len());
}

/// A list of so many conversations of ten messages each.
#[divan::bench(args = [1_000])]
fn list_conversations(bencher: Bencher, conversations: usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = program(folder.path());
    for _ in 0..conversations {
        let session = kept.begin(0);
        let mut parent = None;
        for _ in 0..10 {
            let next = turn(parent, TurnBody::Question(Question::new("a question of some words")));
            kept.append(session, &next);
            parent = Some(next.id);
        }
    }
    bencher.bench_local(|| kept.list(Reach::TheseRoots).len());
}
