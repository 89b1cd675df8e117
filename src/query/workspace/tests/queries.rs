//! Queries: every file gets its answer once, overtaken work stops, and "done" is said only when it is.

use super::*;
use crate::domain::{RankCause, Source, Span};
use crate::index::{Symbol, SymbolKind};

#[test]
fn every_file_is_judged_and_done_comes_last() {
    let mut bench = Bench::over(&["a.rs", "b.rs", "c.rs", "Cargo.lock"]);
    bench.want(&["b.rs"]);
    bench.ask(1, "words");
    bench.settle();
    assert_eq!(bench.paths(), ["b.rs", "a.rs", "c.rs"]);
    assert_eq!([StateKind::Yes, StateKind::No, StateKind::Skipped].map(|kind| bench.count(kind)), [1, 2, 1]);
    assert!(matches!(bench.events.last(), Some(QueryEvent::Done { counts, .. }) if counts.total() == 4));
    assert_eq!((bench.dones(), bench.asked()), (1, 3));
}

#[test]
fn the_plan_comes_first_and_the_best_rows_are_explained_before_done() {
    let mut bench = Bench::over(&["a.rs", "b.rs", "c.rs", "d.rs", "e.rs"]);
    bench.events.clear();
    bench.ask(1, "words");
    bench.settle();
    assert!(matches!(&bench.events[0], QueryEvent::Planned { files: 5, .. }));
    let at = |wanted: fn(&QueryEvent) -> bool| bench.events.iter().position(wanted).expect("such an event");
    let explained = at(|event| matches!(event, QueryEvent::Explained { .. }));
    assert!(explained < at(|event| matches!(event, QueryEvent::Done { .. })));
    let QueryEvent::Explained { details, .. } = &bench.events[explained] else { panic!() };
    assert_eq!(details.len(), 3);
}

#[test]
fn with_all_details_each_file_is_told_once_with_its_detail() {
    let paths: Vec<String> = (0..150).map(|n| format!("f{n:03}.rs")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let mut bench = Bench::over(&paths);
    bench.ask_with(1, "words", DetailLevel::All);
    bench.settle();
    let mut told = Vec::new();
    for event in &bench.events {
        if let QueryEvent::Judged { batch, .. } = event {
            assert!(batch.len() <= 64);
            assert!(batch.iter().all(|judged| judged.detail.is_some() && judged.source == Source::Judge));
            told.extend(batch.iter().map(|judged| judged.path.to_string()));
        }
    }
    told.sort();
    assert_eq!(told, paths);
}

#[test]
fn an_overtaken_ask_does_nothing() {
    let mut bench = Bench::over(&["a.rs"]);
    let old = bench.tickets.take();
    bench.tickets.take();
    let request = QueryRequest {
        generation: Generation(1),
        text: "old".into(),
        judge: JudgeName("fake".into()),
        details: DetailLevel::Top(1),
    };
    bench.workspace.command(QueryCommand::Ask(request), old);
    bench.settle();
    assert_eq!((bench.dones(), bench.asked()), (0, 0));
}

#[test]
fn a_taken_ticket_stops_the_pass_between_packs() {
    let paths: Vec<String> = (0..5000).map(|n| format!("f{n}.rs")).collect();
    let mut bench = Bench::over(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    bench.ask(1, "words");
    while bench.asked() == 0 {
        bench.step();
    }
    bench.tickets.take();
    bench.settle();
    assert_eq!(bench.asked(), 0);
    assert!(bench.count(StateKind::Queued) > 0);
    assert_eq!(bench.dones(), 0);
}

#[test]
fn cancel_keeps_what_was_judged_and_saves_are_still_judged() {
    let paths: Vec<String> = (0..5000).map(|n| format!("f{n}.rs")).collect();
    let mut bench = Bench::over(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    bench.ask(1, "words");
    while bench.count(StateKind::No) == 0 {
        bench.step();
    }
    bench.command(QueryCommand::Cancel);
    bench.settle();
    let judged = bench.count(StateKind::No);
    assert!(judged > 0 && judged < 5000);
    assert_eq!(bench.dones(), 0);
    bench.asked();
    bench.want(&["f0.rs"]);
    bench.save(&["f0.rs"]);
    bench.read_all();
    bench.settle();
    assert_eq!((bench.asked(), bench.state("f0.rs")), (1, Some(StateKind::Yes)));
}

#[test]
fn files_still_unread_are_queued_and_judged_when_they_arrive() {
    let mut bench = Bench::new();
    bench.workspace.tree(TreeEvent::Found(["a.rs", "b.rs"].map(meta).to_vec()));
    bench.step();
    let jobs = std::mem::take(&mut bench.unread);
    bench.answer(&jobs[0], None);
    bench.ask(1, "words");
    bench.settle();
    assert_eq!((bench.state("a.rs"), bench.state("b.rs")), (Some(StateKind::No), Some(StateKind::Queued)));
    bench.answer(&jobs[1], None);
    bench.settle();
    assert_eq!((bench.state("b.rs"), bench.dones()), (Some(StateKind::No), 0));
    bench.workspace.tree(TreeEvent::Walked { files: 2, elapsed: Duration::ZERO });
    bench.settle();
    assert_eq!(bench.dones(), 1);
}

#[test]
fn waiting_for_history_judges_each_file_once_with_all_evidence() {
    let options = EngineOptions { wait_for_history: true, ..EngineOptions::default() };
    let mut bench = Bench::with(options, Fake::default());
    bench.ask(1, "words");
    bench.workspace.tree(TreeEvent::Found(vec![meta("a.rs")]));
    bench.workspace.tree(TreeEvent::Walked { files: 1, elapsed: Duration::ZERO });
    bench.read_all();
    while bench.step() == Next::Now {}
    assert_eq!((bench.asked(), bench.dones()), (0, 0));
    bench.workspace.tree(TreeEvent::History {
        root: RootId(0),
        asker: None,
        restart: true,
        commits: vec![],
        complete: true,
    });
    bench.settle();
    assert_eq!((bench.asked(), bench.dones()), (1, 1));
}

#[test]
fn failures_are_failures_and_can_be_tried_again() {
    let mut bench = Bench::over(&["a.rs", "b.rs"]);
    bench.judge.failing.lock().unwrap().push(bench.id("a.rs"));
    bench.ask(1, "words");
    bench.settle();
    assert_eq!((bench.state("a.rs"), bench.dones()), (Some(StateKind::Failed), 1));
    assert_eq!(bench.paths(), ["b.rs", "a.rs"]);
    bench.judge.failing.lock().unwrap().clear();
    bench.command(QueryCommand::Rejudge(vec![bench.id("a.rs")]));
    bench.settle();
    assert_eq!(bench.state("a.rs"), Some(StateKind::No));
}

#[test]
fn an_unreadable_file_fails_and_is_read_again_on_demand() {
    let mut bench = Bench::new();
    bench.workspace.tree(TreeEvent::Found(vec![meta("a.rs")]));
    bench.workspace.tree(TreeEvent::Walked { files: 1, elapsed: Duration::ZERO });
    bench.step();
    let job = bench.unread.remove(0);
    bench.answer(&job, Some(Outcome::Failed { why: "permission denied".into(), retryable: true }));
    bench.ask(1, "words");
    bench.settle();
    assert_eq!((bench.state("a.rs"), bench.dones()), (Some(StateKind::Failed), 1));
    bench.command(QueryCommand::Rejudge(vec![]));
    bench.read_all();
    bench.settle();
    assert_eq!(bench.state("a.rs"), Some(StateKind::No));
}

#[test]
fn the_same_query_again_is_answered_from_the_cache() {
    let mut bench = Bench::over(&["a.rs", "b.rs"]);
    bench.ask(1, "words");
    bench.settle();
    bench.ask(2, "other");
    bench.settle();
    assert_eq!(bench.asked(), 4);
    bench.ask_with(3, "words", DetailLevel::All);
    bench.settle();
    assert_eq!((bench.asked(), bench.dones(), bench.count(StateKind::No)), (0, 3, 2));
    let cached = bench.events.iter().any(|event| {
        matches!(event, QueryEvent::Judged { batch, .. } if batch.iter().all(|judged| judged.source == Source::Cache))
    });
    assert!(cached);
}

#[test]
fn after_a_save_only_judges_of_single_files_keep_their_answers() {
    for (single, expected) in [(true, 1), (false, 3)] {
        let judge = Fake { single, ..Fake::default() };
        let mut bench = Bench::with(EngineOptions::default(), judge);
        bench.fill(&["a.rs", "b.rs", "c.rs"]);
        bench.ask(1, "words");
        bench.settle();
        bench.ask(2, "other");
        bench.settle();
        bench.save(&["a.rs"]);
        bench.read_all();
        bench.settle();
        bench.asked();
        bench.ask(3, "words");
        bench.settle();
        assert_eq!(bench.asked(), expected, "single: {single}");
    }
}

#[test]
fn an_unknown_judge_fails_every_file_and_names_those_there_are() {
    let mut bench = Bench::over(&["a.rs"]);
    bench.command(QueryCommand::Ask(QueryRequest {
        generation: Generation(1),
        text: "words".into(),
        judge: JudgeName("lab/none".into()),
        details: DetailLevel::Top(1),
    }));
    bench.settle();
    assert_eq!((bench.count(StateKind::Failed), bench.dones()), (1, 1));
    let told = bench.events.iter().any(|event| {
        matches!(event, QueryEvent::Notice(notice) if notice.hint.as_deref().is_some_and(|hint| hint.contains("fake")))
    });
    assert!(told);
}

#[test]
fn an_empty_tree_is_done_at_once() {
    let mut bench = Bench::over(&[]);
    bench.ask(1, "words");
    bench.settle();
    assert_eq!(bench.dones(), 1);
    assert!(bench.rows().is_empty());
}

#[test]
fn what_history_teaches_judges_again_without_another_done() {
    let mut bench = Bench::over(&["a.rs", "b.rs"]);
    bench.ask(1, "words");
    bench.settle();
    bench.want(&["b.rs"]);
    bench.asked();
    bench.workspace.tree(TreeEvent::History {
        root: RootId(0),
        asker: None,
        restart: true,
        commits: vec![],
        complete: true,
    });
    bench.settle();
    assert_eq!((bench.asked(), bench.dones()), (2, 1));
    assert_eq!(bench.state("b.rs"), Some(StateKind::Yes));
    assert!(!bench.row("b.rs").flipped, "nothing in the file changed");
}

#[test]
fn the_ledger_lists_what_has_no_verdict() {
    let mut bench = Bench::over(&["a.rs", "x.lock"]);
    bench.ask(1, "words");
    bench.settle();
    bench.command(QueryCommand::Ledger);
    bench.settle();
    let Some(QueryEvent::Ledger { rows, counts }) = bench.events.last() else { panic!("no ledger") };
    assert_eq!((rows.len(), &*rows[0].path, counts.total()), (1, "x.lock", 2));
}

#[test]
fn names_are_told_best_first_each_once_with_its_place() {
    let mut bench = Bench::over(&["a.rs", "b.rs"]);
    bench.settle();
    let symbol = |name: &str, kind, line| Symbol {
        name: name.into(),
        kind,
        span: Span { first: line, last: line },
        depth: 0,
    };
    bench.save(&["a.rs"]);
    bench.settle();
    let symbols = vec![
        symbol("retake", SymbolKind::Function, 3),
        symbol("take_all", SymbolKind::Function, 5),
        symbol("take", SymbolKind::Landmark, 1),
        symbol("take", SymbolKind::Function, 9),
        symbol("Taking care of things", SymbolKind::Landmark, 20),
        symbol("other", SymbolKind::Type, 30),
    ];
    let job = bench.unread.pop().expect("the saved file is read");
    let version = Version { hash: ContentHash([9; 16]), stamp: FileStamp::default(), racy: false };
    let extract = Extract { lines: 40, symbols, ..Extract::default() };
    bench.answer(&job, Some(Outcome::Text(version, Some(Box::new(extract)))));
    bench.settle();
    let mut told = |typed: &str| {
        bench.command(QueryCommand::Names(typed.into()));
        bench.settle();
        let Some(QueryEvent::Names { typed: echoed, names }) = bench.events.last() else {
            panic!("no names")
        };
        assert_eq!(&**echoed, typed);
        names
            .iter()
            .map(|found| format!("{} {} {}:{}", found.kind, found.name, found.path, found.line))
            .collect::<Vec<_>>()
    };
    let found = ["function take a.rs:9", "function take_all a.rs:5", "function retake a.rs:3"];
    assert_eq!(told("take"), found, "a heading of several words is no name");
    assert_eq!(told("Budget::TAKE"), found[..0], "capitals are meant where they are typed");
    assert_eq!(told("Budget::take"), found);
    assert_eq!(told("::"), found[..0]);
}

#[test]
fn rankings_of_one_query_are_apart_by_the_interval() {
    let mut bench = Bench::over(&["a.rs"]);
    bench.ask(1, "words");
    bench.settle();
    bench.events.clear();
    for _ in 0..20 {
        bench.command(QueryCommand::Preview(Some(FileId(0))));
        bench.step();
    }
    let told = bench.events.iter().filter(|event| matches!(event, QueryEvent::Ranked { .. })).count();
    assert!(told <= 1, "{told} rankings at one moment");
    bench.settle();
    assert!(
        bench
            .events
            .iter()
            .any(|event| matches!(event, QueryEvent::Ranked { cause: RankCause::Signals, .. }))
    );
}

#[test]
fn a_waiting_query_tells_its_plan_when_the_files_are_known() {
    let options = EngineOptions { wait_for_history: true, ..EngineOptions::default() };
    let mut bench = Bench::with(options, Fake::default());
    bench.ask(1, "words");
    bench.settle();
    assert!(!bench.events.iter().any(|event| matches!(event, QueryEvent::Planned { .. })));
    bench.fill(&["a.rs", "b.rs"]);
    let plans: Vec<u32> = bench
        .events
        .iter()
        .filter_map(|event| if let QueryEvent::Planned { files, .. } = event { Some(*files) } else { None })
        .collect();
    assert_eq!((plans, bench.dones()), (vec![2], 1));
}

#[test]
fn history_that_starts_anew_is_swapped_when_it_is_complete() {
    let commit = |n: u8| crate::domain::Commit {
        id: crate::domain::CommitId([n; 20]),
        time: i64::from(n),
        author: "a@b".into(),
        message: "words".into(),
        files: [RelPath::from("a.rs")].into(),
        moves: Arc::default(),
    };
    let mut bench = Bench::over(&["a.rs"]);
    let history = |restart, commits: Vec<_>, complete| TreeEvent::History {
        root: RootId(0),
        asker: None,
        restart,
        commits,
        complete,
    };
    bench.workspace.tree(history(true, vec![commit(1), commit(2)], true));
    bench.workspace.tree(history(true, vec![commit(3)], false));
    assert_eq!(bench.workspace.status().commits, 2, "the old ones hold until the new ones are there");
    bench.workspace.tree(history(false, vec![commit(4), commit(5)], true));
    assert_eq!(bench.workspace.status().commits, 3);
}

/// A git reader that hangs must not keep a printed query waiting for ever.
#[test]
fn history_that_tells_nothing_is_not_waited_for_longer_than_half_a_minute() {
    let options = EngineOptions { wait_for_history: true, ..EngineOptions::default() };
    let mut bench = Bench::with(options, Fake::default());
    bench.workspace.tree(TreeEvent::Found(vec![meta("a.rs"), meta("b.rs")]));
    bench.workspace.tree(TreeEvent::Walked { files: 2, elapsed: Duration::ZERO });
    bench.ask(1, "words");
    bench.step();
    bench.now += Duration::from_secs(100);
    bench.read_all();
    bench.step();
    bench.now += Duration::from_secs(29);
    bench.step();
    assert_eq!((bench.dones(), bench.asked()), (0, 0), "it has only just begun to wait");
    bench.settle();
    assert_eq!((bench.dones(), bench.asked()), (1, 2));
    let told =
        |event: &QueryEvent| matches!(event, QueryEvent::Notice(notice) if notice.title.contains("history"));
    assert_eq!(bench.events.iter().filter(|event| told(event)).count(), 1);
}
