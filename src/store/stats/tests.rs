//! The figures are those of what happened, by task, model and day.

use super::*;
use crate::domain::{EditId, Rating, SessionId, Thumb, Turn, TurnBody};
use crate::store::{Conversations, EditFate, EgressEnded, EgressSent, Latency, Outcome};

/// Noon of 2026-11-21, UTC: the same day wherever tests run but at the very edges of the map.
const NOON: i64 = 1_795_262_400_000;
const DAY: i64 = 86_400_000;
const PATIENCE: Duration = Duration::from_secs(30);

fn call(store: &Store, number: u64, task: TaskKind, model: &str, at_ms: i64, usd: Option<f64>) {
    store.log_sent(EgressSent {
        call: number,
        at_ms,
        endpoint: "https://lab.example".into(),
        leaves: true,
        task,
        model: ModelRef::new("lab", model),
        bytes: 10,
        files: Vec::new(),
        redacted: 0,
        session: 0,
    });
    store.log_ended(EgressEnded {
        call: number,
        outcome: Outcome::Answered,
        tokens_in: Some(100),
        tokens_out: Some(10),
        usd,
        session: 0,
    });
}

fn took(store: &Store, task: TaskKind, at_ms: i64, first_ms: u64) {
    store.put_latency(Latency {
        model: ModelRef::new("lab", "m"),
        task,
        at_ms,
        first_token: Some(Duration::from_millis(first_ms)),
        total: Duration::from_millis(10 * first_ms),
        tokens_out: 10,
    });
}

fn near(time: Duration, ms: u64) -> bool {
    (time.as_secs_f64() * 1_000.0 / ms as f64 - 1.0).abs() < 0.05
}

#[test]
fn calls_are_summed_per_task_and_model_and_per_day() {
    let store = Store::in_memory();
    call(&store, 1, TaskKind::Chat, "m", NOON, Some(0.5));
    call(&store, 2, TaskKind::Chat, "m", NOON - DAY, None);
    call(&store, 3, TaskKind::Chat, "n", NOON, Some(0.25));
    call(&store, 4, TaskKind::Judge, "m", NOON, Some(0.0));
    call(&store, 5, TaskKind::Chat, "m", NOON - 9 * DAY, Some(9.0));
    let stats = store.stats(3, NOON, PATIENCE).unwrap();
    assert_eq!(stats.days.len(), 3);
    let brief: Vec<_> = stats
        .rows
        .iter()
        .map(|row| (row.task, row.model.as_ref().unwrap().model.to_string(), row.figures.answers))
        .collect();
    assert_eq!(
        brief,
        [(TaskKind::Chat, "m".into(), 2), (TaskKind::Chat, "n".into(), 1), (TaskKind::Judge, "m".into(), 1)]
    );
    let row = &stats.rows[0];
    assert_eq!((row.figures.usd, row.figures.unpriced, row.figures.tokens_in), (0.5, 1, 200));
    assert_eq!(row.daily, [0, 1, 1]);
    assert_eq!(stats.daily.iter().map(|day| day.answers).collect::<Vec<_>>(), [0, 1, 3]);
    assert_eq!(stats.daily[2].usd, 0.75);
    assert!(Store::in_memory().stats(7, NOON, PATIENCE).unwrap().is_empty());
}

#[test]
fn a_call_that_failed_or_was_retried_is_no_answer() {
    let store = Store::in_memory();
    call(&store, 1, TaskKind::Chat, "m", NOON, Some(0.5));
    let failed = EgressEnded {
        call: 1,
        outcome: Outcome::Failed("timeout"),
        tokens_in: None,
        tokens_out: None,
        usd: None,
        session: 0,
    };
    store.log_ended(failed);
    let figures = store.stats(1, NOON, PATIENCE).unwrap().rows.remove(0).figures;
    assert_eq!((figures.answers, figures.failed, figures.unpriced), (1, 1, 0));
}

#[test]
fn latencies_spread_over_all_calls_and_the_daily_one_is_what_people_waited() {
    let store = Store::in_memory();
    for first_ms in 1..=100 {
        took(&store, TaskKind::Chat, NOON, 10 * first_ms);
        took(&store, TaskKind::Judge, NOON, 1);
    }
    let stats = store.stats(2, NOON, PATIENCE).unwrap();
    let chat = &stats.rows[0].figures;
    let (first, whole) = (chat.first_token.unwrap(), chat.total.unwrap());
    assert!(near(first.p50, 500) && near(first.p95, 950) && near(whole.p95, 9_500), "{first:?} {whole:?}");
    assert!(near(stats.daily[1].first_token.unwrap(), 500));
    assert_eq!(stats.daily[0].first_token, None);
}

#[test]
fn ratings_picks_and_edits_are_counted_and_outlive_their_conversation() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path().join("quarry.db"));
    let mut kept = Conversations::new(&store, &[]);
    let session = kept.begin(NOON);
    let answers = two_answers(&mut kept, session);
    let rating = Rating { thumb: Thumb::Down, word: "no".into() };
    kept.rate(answers[0], Some(&rating), NOON);
    kept.rate(answers[1], Some(&Rating { thumb: Thumb::Up, ..rating }), NOON);
    kept.pick(answers[1], NOON);
    kept.delete(session);
    let fate = EditFate {
        edit: EditId(1),
        at_ms: NOON,
        task: TaskKind::Command,
        model: Some(ModelRef::new("lab", "k")),
        hunks: 5,
        accepted: 0,
        characters: 0,
        standing: None,
    };
    store.put_edit_fate(fate.clone());
    store.put_edit_fate(EditFate { accepted: 4, characters: 200, standing: Some(150), ..fate.clone() });
    store.put_edit_fate(EditFate { edit: EditId(2), accepted: 1, characters: 80, ..fate });

    let stats = store.stats(1, NOON, PATIENCE).unwrap();
    let of = |model: &str| {
        let is = |row: &&StatRow| row.model.as_ref().is_some_and(|one| &*one.model == model);
        stats.rows.iter().find(is).unwrap().figures.clone()
    };
    let (lost, won, edits) = (of("m0"), of("m1"), of("k"));
    assert_eq!((lost.up, lost.down, lost.compared, lost.picked), (0, 1, 1, 0));
    assert_eq!((won.up, won.down, won.compared, won.picked), (1, 0, 1, 1));
    assert_eq!((edits.edits, edits.hunks, edits.accepted, edits.characters), (2, 10, 5, 280));
    assert_eq!((edits.acceptance(), edits.survival()), (Some(0.5), Some(0.75)));
    assert_eq!((stats.daily[0].hunks, stats.daily[0].accepted), (10, 5));
}

/// Two answers beside each other.
fn two_answers(kept: &mut Conversations, session: SessionId) -> Vec<crate::domain::TurnId> {
    use crate::domain::{Answer, AnswerMeters, AnswerState, Answerer, Locality, Question};
    let ids: Arc<[_]> = [Conversations::fresh_turn(), Conversations::fresh_turn()].into();
    let turn = |id, parent, body| Turn { id, parent, at_ms: NOON, siblings: [].into(), body };
    let asked = turn(Conversations::fresh_turn(), None, TurnBody::Question(Question::new("which?")));
    kept.append(session, &asked);
    for (at, id) in ids.iter().enumerate() {
        let answer = Answer {
            by: Answerer::Model(ModelRef::new("lab", format!("m{at}")), Locality::Remote),
            task: TaskKind::Chat,
            text: "so".into(),
            thinking: "".into(),
            context: [].into(),
            meters: AnswerMeters::default(),
            state: AnswerState::Done,
            rating: None,
            beside: Arc::clone(&ids),
            picked: false,
        };
        kept.append(session, &turn(*id, Some(asked.id), TurnBody::Answer(Box::new(answer))));
    }
    ids.to_vec()
}
