//! Any sequence of saves, deletes, readings, queries, cancels, failures and exclusions leaves the ledger's sums equal
//! to the files of an obvious model.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

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
    Step,
    Settle,
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
                restart: true,
                commits: vec![],
                complete: true,
            });
        }
        Happening::Step => drop(bench.step()),
        Happening::Settle => bench.settle(),
    }
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
}
