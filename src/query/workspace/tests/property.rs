//! Any sequence of saves, deletes, readings, queries, cancels, failures and exclusions leaves the ledger's sums equal
//! to the files of an obvious model.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{Probability, Verdict};
use crate::query::judge::JudgeError;

/// What may happen; numbers name files.
#[derive(Debug, Clone)]
enum Happening {
    Found(u8),
    Save(u8),
    Delete(u8),
    Read(Answer),
    ReadAll,
    Ask(u8),
    Cancel,
    Overtake,
    Exclude(u8, bool),
    Fail(u8),
    Want(u8),
    Rejudge(Option<u8>),
    Learn,
    /// The crew answers one file: which one on its desk, and how.
    Crew(u8, Reply),
    /// The crew explains one file.
    Reason,
    Stop(bool),
    GoOn,
    Look(u8),
    Why(u8),
    Step,
    Settle,
}

#[derive(Debug, Clone, Copy)]
enum Reply {
    Yes,
    No,
    Failed,
    /// For bytes that nobody asked about.
    Stale,
    Moved,
}

#[derive(Debug, Clone, Copy)]
enum Answer {
    Text,
    Binary,
    Gone,
    Failed,
}

fn happening() -> impl Strategy<Value = Happening> {
    let answer = prop_oneof![
        4 => Just(Answer::Text),
        1 => Just(Answer::Binary),
        1 => Just(Answer::Gone),
        1 => Just(Answer::Failed)
    ];
    let reply = prop_oneof![
        3 => Just(Reply::Yes),
        3 => Just(Reply::No),
        1 => Just(Reply::Failed),
        1 => Just(Reply::Stale),
        1 => Just(Reply::Moved)
    ];
    prop_oneof![
        (0u8..12).prop_map(Happening::Found),
        (0u8..12).prop_map(Happening::Save),
        (0u8..12).prop_map(Happening::Delete),
        answer.prop_map(Happening::Read),
        Just(Happening::ReadAll),
        (0u8..3).prop_map(Happening::Ask),
        Just(Happening::Cancel),
        Just(Happening::Overtake),
        (0u8..12, any::<bool>()).prop_map(|(file, on)| Happening::Exclude(file, on)),
        (0u8..12).prop_map(Happening::Fail),
        (0u8..12).prop_map(Happening::Want),
        prop::option::of(0u8..12).prop_map(Happening::Rejudge),
        Just(Happening::Learn),
        (0u8..4, reply).prop_map(|(place, reply)| Happening::Crew(place, reply)),
        Just(Happening::Reason),
        any::<bool>().prop_map(Happening::Stop),
        Just(Happening::GoOn),
        (0u8..12).prop_map(Happening::Look),
        (0u8..12).prop_map(Happening::Why),
        Just(Happening::Step),
        Just(Happening::Settle),
    ]
}

/// The paths that exist; every third is skipped by its name.
fn path(number: u8) -> String {
    if number % 3 == 2 { format!("f{number}.lock") } else { format!("f{number}.rs") }
}

fn toggle(set: &Mutex<Vec<FileId>>, file: FileId) {
    let mut set = set.lock().unwrap();
    match set.iter().position(|known| *known == file) {
        Some(at) => drop(set.remove(at)),
        None => set.push(file),
    }
}

fn happen(bench: &mut Bench, model: &mut BTreeSet<String>, happening: &Happening) {
    let known = |bench: &Bench, number: u8| {
        bench.workspace.catalog.find(RootId(0), &RelPath::from(path(number).as_str()))
    };
    match happening {
        Happening::Found(number) => {
            bench.workspace.tree(TreeEvent::Found(vec![meta(&path(*number))]));
            model.insert(path(*number));
        }
        Happening::Save(number) => {
            bench.save(&[&path(*number)]);
            model.insert(path(*number));
        }
        Happening::Delete(number) => {
            bench.delete(&path(*number));
            model.remove(&path(*number));
        }
        Happening::Read(answer) => {
            bench.step();
            if !bench.unread.is_empty() {
                let job = bench.unread.remove(0);
                read(bench, model, &job, *answer);
            }
        }
        Happening::ReadAll => bench.read_all(),
        Happening::Ask(text) => bench.ask(u64::from(*text), ["", "one", "two"][usize::from(*text)]),
        Happening::Cancel => bench.command(QueryCommand::Cancel),
        Happening::Overtake => drop(bench.tickets.take()),
        Happening::Exclude(number, on) => {
            if let Some(file) = known(bench, *number) {
                bench.command(QueryCommand::Exclude(file, *on));
            }
        }
        Happening::Fail(number) => {
            if let Some(file) = known(bench, *number) {
                toggle(&bench.judge.failing, file);
            }
        }
        Happening::Want(number) => {
            if let Some(file) = known(bench, *number) {
                toggle(&bench.judge.wanted, file);
            }
        }
        Happening::Rejudge(number) => {
            let files = number.map(|number| known(bench, number).into_iter().collect::<Vec<_>>());
            bench.command(QueryCommand::Rejudge(files.unwrap_or_default()));
        }
        Happening::Learn => {
            bench.workspace.tree(TreeEvent::History {
                root: RootId(0),
                asker: None,
                restart: true,
                commits: vec![],
                complete: true,
            });
        }
        Happening::Crew(place, reply) => crew(bench, usize::from(*place), *reply),
        Happening::Reason => {
            let item = bench.desk.get().explaining.pop();
            if let Some(item) = item {
                let error = JudgeError { why: "garbled".into(), retryable: true };
                bench.desk.tell(vec![News::Explained {
                    file: item.file,
                    hash: item.hash,
                    reason: Err(error),
                }]);
            }
        }
        Happening::Stop(halted) => stop(bench, *halted),
        Happening::GoOn => {
            let generation = bench.workspace.query.as_ref().map(|query| query.request.generation);
            bench.command(QueryCommand::GoOn(generation.unwrap_or_default()));
        }
        Happening::Look(number) => {
            let files = known(bench, *number).into_iter().collect();
            bench.command(QueryCommand::Explain(files));
        }
        Happening::Why(number) => {
            if let Some(file) = known(bench, *number) {
                bench.command(QueryCommand::Why(file));
            }
        }
        Happening::Step => drop(bench.step()),
        Happening::Settle => bench.settle(),
    }
}

/// The crew tells of one file that lies on its desk.
fn crew(bench: &mut Bench, place: usize, reply: Reply) {
    let mut desk = bench.desk.get();
    if place >= desk.judging.len() {
        return;
    }
    let item = desk.judging.remove(place);
    drop(desk);
    let answer = match reply {
        Reply::Yes | Reply::No | Reply::Stale => {
            let yes = !matches!(reply, Reply::No);
            let verdict = if yes { Verdict::Yes } else { Verdict::No };
            Ok(crate::query::judge::Answer { verdict, probability: Probability::new(0.5) })
        }
        Reply::Failed | Reply::Moved => Err(JudgeError { why: "garbled".into(), retryable: true }),
    };
    let judged = News::Judged { file: item.file, hash: item.hash, answer };
    let news = match reply {
        Reply::Yes | Reply::No | Reply::Failed => vec![judged],
        Reply::Moved => vec![News::Moved(item.file)],
        Reply::Stale => {
            let other = News::Judged {
                file: item.file,
                hash: ContentHash([255; 16]),
                answer: Err(JudgeError { why: "nobody asked".into(), retryable: false }),
            };
            vec![other, judged]
        }
    };
    bench.desk.tell(news);
}

fn stop(bench: &mut Bench, halted: bool) {
    if bench.workspace.query.as_ref().is_none_or(|query| query.shift.is_none()) {
        return;
    }
    bench.desk.get().judging.clear();
    bench.desk.get().explaining.clear();
    let error = JudgeError { why: "no key".into(), retryable: true };
    let notice = crate::domain::Notice::new(crate::domain::Severity::Error, "no key");
    let news = if halted { News::Halted { error, notice } } else { News::OverBudget("spent".into()) };
    bench.desk.tell(vec![news]);
}

fn read(bench: &mut Bench, model: &mut BTreeSet<String>, job: &Job, answer: Answer) {
    let current = bench.workspace.files[job.file.index()].serial == job.serial;
    let version = Version { hash: ContentHash([200; 16]), stamp: FileStamp::default(), racy: false };
    let outcome = match answer {
        Answer::Text => None,
        Answer::Binary => Some(Outcome::Skipped(Some(version), SkipReason::Binary)),
        Answer::Gone => {
            if current {
                model.remove(&job.path.to_string());
            }
            Some(Outcome::Gone)
        }
        Answer::Failed => Some(Outcome::Failed { why: "io".into(), retryable: true }),
    };
    bench.answer(job, outcome);
}

fn check(bench: &Bench, model: &BTreeSet<String>) -> Result<(), TestCaseError> {
    let ledger = bench.workspace.ledger();
    prop_assert_eq!(ledger.counts().total() as usize, model.len());
    for (file, state) in ledger.iter() {
        let path = bench.workspace.catalog.get(file).unwrap().path.to_string();
        prop_assert!(model.contains(&path), "{} is not in the tree", path);
        let answered = matches!(state.kind(), StateKind::Yes | StateKind::No);
        let slot = bench.workspace.query.as_ref().map(|query| query.slot(file)).unwrap_or_default();
        prop_assert_eq!(answered, slot.answer.is_some(), "{}: {:?}", path, state);
    }
    if let Some(shift) = bench.workspace.query.as_ref().and_then(|query| query.shift.as_ref()) {
        // What is being judged is what lies on the crew's desk, and nothing else.
        let mut out: Vec<FileId> = shift.out.keys().copied().collect();
        let on_its_way = bench.posted.lock().unwrap().iter().map(|(_, news)| news.len()).sum::<usize>();
        let mut desk: Vec<FileId> = bench.desk.get().judging.iter().map(|item| item.file).collect();
        out.sort_unstable();
        desk.sort_unstable();
        if on_its_way == 0 {
            prop_assert_eq!(&out, &desk);
        }
        for (file, state) in ledger.iter() {
            if state.kind() == StateKind::Judging {
                prop_assert!(out.contains(&file), "{:?} is said to be judged and is not", file);
            }
        }
    }
    let reading = bench.workspace.files.iter().filter(|entry| entry.reading).count();
    prop_assert_eq!(bench.workspace.unread as usize, reading);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_states_sum_to_the_files(happenings in prop::collection::vec(happening(), 1..80)) {
        let mut bench = Bench::new();
        bench.workspace.tree(TreeEvent::Walked { files: 0, elapsed: Duration::ZERO });
        let mut model = BTreeSet::new();
        for happening in &happenings {
            happen(&mut bench, &mut model, happening);
            check(&bench, &model)?;
        }
        // Whatever happened before: read everything, ask once more, and every file has its answer.
        bench.judge.failing.lock().unwrap().clear();
        bench.read_all();
        bench.ask(99, "last");
        bench.settle();
        check(&bench, &model)?;
        prop_assert_eq!(bench.workspace.ledger().counts().pending(), 0);
        let done = bench.events.iter().any(|e| matches!(e, QueryEvent::Done { generation, .. } if generation.0 == 99));
        prop_assert!(done);
    }

    #[test]
    fn with_a_crew_the_states_sum_to_the_files(
        happenings in prop::collection::vec(happening(), 1..80),
        paid in any::<bool>(),
    ) {
        let mut bench = Bench::crewed();
        bench.desk.get().paid = paid;
        bench.workspace.tree(TreeEvent::Walked { files: 0, elapsed: Duration::ZERO });
        let mut model = BTreeSet::new();
        for happening in &happenings {
            happen(&mut bench, &mut model, happening);
            check(&bench, &model)?;
        }
        // Whatever happened before: a crew that answers everything ends with every file answered, once.
        bench.settle();
        bench.read_all();
        bench.settle();
        bench.desk.get().asked = 0;
        bench.ask(99, "last");
        bench.settle();
        bench.command(QueryCommand::GoOn(Generation(99)));
        for _ in 0..200 {
            bench.settle();
            crew(&mut bench, 0, Reply::Yes);
            bench.read_all();
            happen(&mut bench, &mut model, &Happening::Reason);
        }
        bench.settle();
        check(&bench, &model)?;
        prop_assert_eq!(bench.workspace.ledger().counts().pending(), 0);
        prop_assert_eq!(bench.desk.get().asked, bench.count(StateKind::Yes));
        let done = bench.events.iter().any(|e| matches!(e, QueryEvent::Done { generation, .. } if generation.0 == 99));
        prop_assert!(done);
    }
}
