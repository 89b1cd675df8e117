//! Crews: files go out best first, come back in any order, and whatever happens meanwhile each has one state.

use super::*;
use crate::domain::{Probability, RankCause, Verdict};
use crate::query::crew::{News, Reason};
use crate::query::judge::{Answer, JudgeError};

/// A workspace whose judge is a crew, over these files, asked once.
fn asked(paths: &[&str]) -> Bench {
    let mut bench = crewed(paths);
    bench.ask(1, "words");
    bench.settle();
    bench
}

fn crewed(paths: &[&str]) -> Bench {
    let mut bench = Bench::crewed();
    bench.fill(paths);
    bench
}

fn verdict(yes: bool) -> Answer {
    let (verdict, probability) = if yes { (Verdict::Yes, 0.97) } else { (Verdict::No, 0.02) };
    Answer { verdict, probability: Probability::new(probability) }
}

impl Bench {
    /// Answers the file that lies longest on the desk, as the test wants it.
    fn answer_next(&mut self, yes: bool) {
        self.reply(Ok(verdict(yes)));
    }

    fn reply(&mut self, answer: Result<Answer, JudgeError>) {
        let item = self.desk.get().judging.remove(0);
        self.desk.tell(vec![News::Judged { file: item.file, hash: item.hash, answer }]);
        self.settle();
    }

    fn answer_all(&mut self, yes: &[&str]) {
        while let Some(path) = self.desk.paths().first() {
            let yes = yes.contains(&path.as_str());
            self.answer_next(yes);
        }
    }

    /// Gives every reason that is asked for, and those asked for after.
    fn explain_all(&mut self) {
        while !self.desk.get().explaining.is_empty() {
            let item = self.desk.get().explaining.remove(0);
            let reason = Reason {
                text: format!("because of {}", item.shown),
                spans: vec![crate::domain::Span { first: 1, last: 1 }],
            };
            self.desk.tell(vec![News::Explained { file: item.file, hash: item.hash, reason: Ok(reason) }]);
            self.settle();
        }
    }

    fn reason(&self, path: &str) -> Option<String> {
        let file = self.id(path);
        self.events.iter().rev().find_map(|event| {
            let QueryEvent::Explained { details, .. } = event else { return None };
            details.iter().find(|(known, _)| *known == file).map(|(_, detail)| detail.reason.clone())
        })
    }
}

#[test]
fn files_go_out_best_first_and_only_as_many_as_there_is_room_for() {
    let mut bench = crewed(&["a.rs", "b.rs", "c.rs", "d.rs"]);
    bench.want(&["c.rs", "d.rs"]);
    bench.ask(1, "words");
    bench.settle();
    assert_eq!(bench.desk.paths(), ["c.rs", "d.rs"]);
    assert_eq!([StateKind::Judging, StateKind::Queued].map(|kind| bench.count(kind)), [2, 2]);
    assert_eq!((bench.row("c.rs").state, bench.row("c.rs").probability), (StateKind::Judging, 0.9));
    bench.answer_next(false);
    assert_eq!(bench.desk.paths(), ["d.rs", "a.rs"], "room for one more");
    assert_eq!(bench.state("c.rs"), Some(StateKind::No), "the model's word counts, not the evidence");
}

#[test]
fn every_file_is_answered_once_and_done_comes_after_the_last() {
    let mut bench = asked(&["a.rs", "b.rs", "c.rs", "x.lock"]);
    bench.answer_next(true);
    bench.answer_next(false);
    assert_eq!(bench.dones(), 0);
    bench.answer_all(&[]);
    bench.explain_all();
    assert_eq!((bench.dones(), bench.desk.get().asked), (1, 3));
    assert_eq!([StateKind::Yes, StateKind::No, StateKind::Skipped].map(|kind| bench.count(kind)), [1, 2, 1]);
    assert_eq!(bench.paths()[0], "a.rs");
}

#[test]
fn a_yes_stands_above_what_waits_and_a_no_below() {
    let mut bench = asked(&["a.rs", "b.rs", "c.rs", "d.rs"]);
    bench.answer_next(false);
    bench.answer_next(true);
    assert_eq!(bench.paths(), ["b.rs", "c.rs", "d.rs", "a.rs"]);
}

#[test]
fn a_failure_is_no_verdict_and_is_asked_again_on_demand() {
    let mut bench = asked(&["a.rs"]);
    bench.reply(Err(JudgeError { why: "garbled".into(), retryable: true }));
    assert_eq!((bench.state("a.rs"), bench.dones()), (Some(StateKind::Failed), 1));
    bench.command(QueryCommand::Explain(vec![bench.id("a.rs")]));
    bench.settle();
    assert_eq!(bench.reason("a.rs").as_deref(), Some("garbled"), "its row says what happened");
    bench.command(QueryCommand::Rejudge(vec![bench.id("a.rs")]));
    bench.settle();
    bench.answer_all(&["a.rs"]);
    assert_eq!(bench.state("a.rs"), Some(StateKind::Yes));
}

#[test]
fn a_save_in_flight_drops_the_stale_answer_and_asks_anew() {
    let mut bench = asked(&["a.rs"]);
    let old = bench.desk.get().judging[0].clone();
    bench.save(&["a.rs"]);
    bench.read_all();
    bench.settle();
    bench.desk.tell(vec![News::Judged { file: old.file, hash: old.hash, answer: Ok(verdict(true)) }]);
    bench.settle();
    assert_eq!(bench.state("a.rs"), Some(StateKind::Judging));
    assert_ne!(bench.desk.get().judging[0].hash, old.hash);
    bench.answer_all(&[]);
    assert_eq!((bench.state("a.rs"), bench.desk.get().asked), (Some(StateKind::No), 2));
}

#[test]
fn a_saved_file_goes_before_the_line_and_its_flip_is_marked() {
    let mut bench = asked(&["a.rs", "b.rs", "c.rs", "d.rs"]);
    bench.answer_next(false);
    bench.save(&["a.rs"]);
    bench.read_all();
    bench.settle();
    let row = bench.row("a.rs");
    assert_eq!((row.state, row.stale), (StateKind::No, true), "the old verdict stands, marked");
    bench.answer_next(false);
    assert_eq!(bench.desk.paths(), ["c.rs", "a.rs"], "before d.rs");
    bench.events.clear();
    bench.answer_all(&["a.rs"]);
    let row = bench.row("a.rs");
    assert_eq!((row.state, row.flipped, row.stale), (StateKind::Yes, true, false));
    let saved = bench.id("a.rs");
    let told = |event: &QueryEvent| matches!(event, QueryEvent::Ranked { cause: RankCause::Saved(files), .. } if files.contains(&saved));
    assert!(bench.events.iter().any(told));
}

#[test]
fn a_save_of_the_same_bytes_asks_nobody() {
    let mut bench = asked(&["a.rs"]);
    bench.answer_all(&[]);
    bench.save(&["a.rs"]);
    bench.settle();
    let job = bench.unread.remove(0);
    let version = Version { hash: job.known.expect("known bytes"), stamp: FileStamp::default(), racy: false };
    bench.answer(&job, Some(Outcome::Text(version, None)));
    bench.settle();
    assert_eq!((bench.desk.get().asked, bench.row("a.rs").stale), (1, false));
}

#[test]
fn bytes_that_come_back_are_answered_from_the_cache() {
    let mut bench = asked(&["a.rs"]);
    let first = bench.desk.get().judging[0].hash;
    bench.answer_all(&["a.rs"]);
    bench.save(&["a.rs"]);
    bench.read_all();
    bench.settle();
    bench.answer_all(&[]);
    bench.save(&["a.rs"]);
    bench.step();
    let job = bench.unread.remove(0);
    let version = Version { hash: first, stamp: FileStamp::default(), racy: false };
    bench.answer(&job, Some(Outcome::Text(version, Some(Box::default()))));
    bench.settle();
    assert_eq!((bench.desk.get().asked, bench.state("a.rs")), (2, Some(StateKind::Yes)));
    assert!(!bench.row("a.rs").stale);
}

#[test]
fn asking_the_same_again_asks_the_crew_for_nothing() {
    let mut bench = asked(&["a.rs", "b.rs"]);
    bench.answer_all(&["b.rs"]);
    bench.explain_all();
    bench.ask(2, "other");
    bench.settle();
    bench.ask(3, "words");
    bench.settle();
    assert_eq!(bench.desk.get().asked, 4, "two for each of the two texts");
    assert_eq!((bench.state("b.rs"), bench.dones()), (Some(StateKind::Yes), 2));
    assert_eq!(bench.reason("b.rs").as_deref(), Some("because of b.rs"));
}

#[test]
fn news_of_an_earlier_crew_are_void() {
    let mut bench = asked(&["a.rs"]);
    let item = bench.desk.get().judging[0].clone();
    let late = bench.posted.clone();
    bench.ask(2, "other");
    bench.settle();
    late.lock()
        .unwrap()
        .push((1, vec![News::Judged { file: item.file, hash: item.hash, answer: Ok(verdict(true)) }]));
    bench.settle();
    assert_eq!(bench.state("a.rs"), Some(StateKind::Judging));
}

#[test]
fn cancel_takes_everything_back_and_keeps_what_was_judged() {
    let mut bench = asked(&["a.rs", "b.rs", "c.rs", "d.rs"]);
    bench.answer_next(true);
    bench.command(QueryCommand::Cancel);
    bench.settle();
    assert!(bench.desk.paths().is_empty());
    assert_eq!((bench.desk.get().stops, bench.dones()), (1, 0));
    assert_eq!([StateKind::Yes, StateKind::Queued].map(|kind| bench.count(kind)), [1, 3]);
    bench.command(QueryCommand::Rejudge(vec![]));
    bench.settle();
    bench.answer_all(&[]);
    bench.explain_all();
    assert_eq!(bench.desk.get().asked, 2 + 1 + 3, "the yes is not asked about again");
    assert_eq!((bench.count(StateKind::Yes), bench.count(StateKind::No), bench.dones()), (1, 3, 1));
}

#[test]
fn a_deleted_file_is_taken_back() {
    let mut bench = asked(&["a.rs", "b.rs", "c.rs"]);
    bench.delete("a.rs");
    bench.settle();
    assert_eq!(bench.desk.paths(), ["b.rs", "c.rs"]);
    bench.command(QueryCommand::Exclude(bench.id("b.rs"), true));
    bench.settle();
    assert_eq!(bench.desk.paths(), ["c.rs"]);
    bench.answer_all(&[]);
    assert_eq!(bench.dones(), 1);
}

#[test]
fn nothing_that_costs_goes_out_before_it_was_agreed_to() {
    let mut bench = crewed(&["a.rs", "b.rs"]);
    bench.desk.get().paid = true;
    bench.ask(1, "words");
    bench.settle();
    let told =
        |event: &QueryEvent| matches!(event, QueryEvent::Estimate { estimate, .. } if estimate.files == 2);
    assert_eq!(bench.events.iter().filter(|event| told(event)).count(), 1);
    assert_eq!((bench.desk.get().asked, bench.dones(), bench.count(StateKind::Queued)), (0, 0, 2));
    bench.command(QueryCommand::GoOn(Generation(7)));
    bench.settle();
    assert_eq!(bench.desk.get().asked, 0, "that was another query");
    bench.command(QueryCommand::GoOn(Generation(1)));
    bench.settle();
    bench.answer_all(&[]);
    assert_eq!((bench.desk.get().asked, bench.dones()), (2, 1));
}

#[test]
fn a_spent_budget_leaves_the_rest_over_budget_and_once_more_goes_on() {
    let mut bench = asked(&["a.rs", "b.rs", "c.rs", "d.rs"]);
    bench.answer_next(true);
    bench.desk.get().judging.clear();
    bench.desk.tell(vec![News::OverBudget("$0.05 a query".into())]);
    bench.settle();
    assert_eq!([StateKind::Yes, StateKind::OverBudget].map(|kind| bench.count(kind)), [1, 3]);
    assert_eq!(bench.dones(), 1);
    bench.command(QueryCommand::GoOn(Generation(1)));
    bench.settle();
    bench.answer_all(&[]);
    bench.explain_all();
    assert_eq!((bench.desk.get().renewed, bench.count(StateKind::No), bench.dones()), (1, 3, 2));
}

#[test]
fn a_halted_crew_fails_what_is_left_and_says_why_once() {
    let mut bench = asked(&["a.rs", "b.rs", "c.rs", "d.rs"]);
    bench.answer_next(false);
    let error = JudgeError { why: "not authorised".into(), retryable: true };
    let notice = crate::domain::Notice::new(crate::domain::Severity::Error, "no key");
    bench.desk.get().judging.clear();
    bench.desk.tell(vec![News::Halted { error, notice }]);
    bench.settle();
    assert_eq!([StateKind::No, StateKind::Failed].map(|kind| bench.count(kind)), [1, 3]);
    assert_eq!(bench.dones(), 1);
    bench.save(&["b.rs"]);
    bench.read_all();
    bench.settle();
    assert_eq!(bench.state("b.rs"), Some(StateKind::Failed), "nobody is asked until the user says so");
}

#[test]
fn reasons_are_asked_for_yes_only_and_stand_above_the_evidence() {
    let mut bench = asked(&["a.rs", "b.rs"]);
    bench.answer_all(&["a.rs"]);
    assert_eq!(bench.desk.get().explaining.len(), 1);
    assert_eq!(bench.dones(), 0, "its reason is on its way");
    bench.explain_all();
    assert_eq!(bench.dones(), 1);
    assert_eq!(bench.reason("a.rs").as_deref(), Some("because of a.rs"));
    assert_ne!(bench.reason("b.rs").as_deref(), Some("because of b.rs"));
    bench.command(QueryCommand::Explain(vec![bench.id("b.rs")]));
    bench.settle();
    assert!(bench.desk.get().explaining.is_empty(), "it was only looked at");
    bench.command(QueryCommand::Why(bench.id("b.rs")));
    bench.settle();
    bench.explain_all();
    assert_eq!(bench.reason("b.rs").as_deref(), Some("because of b.rs"));
}

#[test]
fn with_all_details_a_yes_is_told_once_and_with_its_reason() {
    let mut bench = crewed(&["a.rs", "b.rs"]);
    bench.ask_with(1, "words", DetailLevel::All);
    bench.settle();
    bench.answer_all(&["b.rs"]);
    bench.explain_all();
    let told: Vec<(String, String)> = bench
        .events
        .iter()
        .filter_map(|event| if let QueryEvent::Judged { batch, .. } = event { Some(batch) } else { None })
        .flatten()
        .map(|judged| (judged.path.to_string(), judged.detail.as_ref().unwrap().reason.clone()))
        .collect();
    assert_eq!(told.len(), 2);
    assert_eq!(told.iter().find(|(path, _)| path == "b.rs").unwrap().1, "because of b.rs");
    assert_eq!(bench.dones(), 1);
}

#[test]
fn what_is_looked_at_comes_before_the_line() {
    let paths: Vec<String> = (0..60).map(|n| format!("f{n:02}.rs")).collect();
    let mut bench = asked(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    bench.answer_next(false);
    bench.command(QueryCommand::Explain(vec![bench.id("f55.rs")]));
    bench.settle();
    bench.answer_next(false);
    assert_eq!(bench.desk.paths()[1], "f55.rs");
}

#[test]
fn a_file_found_changed_is_read_again_and_then_judged() {
    let mut bench = asked(&["a.rs"]);
    let item = bench.desk.get().judging.remove(0);
    bench.desk.tell(vec![News::Moved(item.file)]);
    bench.settle();
    assert_eq!((bench.state("a.rs"), bench.unread.len()), (Some(StateKind::Queued), 1));
    bench.read_all();
    bench.settle();
    bench.answer_all(&[]);
    assert_eq!((bench.state("a.rs"), bench.dones()), (Some(StateKind::No), 1));
}

#[test]
fn what_history_teaches_reorders_the_line_and_asks_nothing_twice() {
    let mut bench = asked(&["a.rs", "b.rs", "c.rs", "d.rs"]);
    bench.answer_next(false);
    bench.want(&["d.rs"]);
    bench.workspace.tree(TreeEvent::History {
        root: RootId(0),
        asker: None,
        restart: true,
        commits: vec![],
        complete: true,
    });
    bench.settle();
    bench.answer_next(false);
    assert_eq!(bench.desk.paths()[1], "d.rs");
    bench.answer_all(&[]);
    assert_eq!((bench.desk.get().asked, bench.dones()), (4, 1));
}
