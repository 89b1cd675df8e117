//! Signals: pins come first, activity lifts, the task is told, and exclusions are kept.

use super::*;
use crate::domain::{DirtyFile, GitState, Signal};

fn judged() -> Bench {
    let mut bench = Bench::over(&["a/x.rs", "b/y.rs", "b/z.rs", "c.rs"]);
    bench.ask(1, "words");
    bench.settle();
    bench
}

fn git(branch: &str, dirty: &[&str]) -> TreeEvent {
    let dirty = dirty.iter().map(|path| DirtyFile { path: RelPath::from(*path), untracked: false }).collect();
    let branch = Some(branch.to_owned());
    TreeEvent::Git(RootId(0), Some(GitState { branch, dirty, ..GitState::default() }))
}

#[test]
fn a_pin_is_above_everything_even_a_yes() {
    let mut bench = Bench::over(&["a.rs", "b.rs", "c.rs"]);
    bench.want(&["a.rs"]);
    bench.ask(1, "words");
    bench.settle();
    bench.command(QueryCommand::Pin(bench.id("c.rs"), true));
    bench.settle();
    assert_eq!(bench.paths(), ["c.rs", "a.rs", "b.rs"]);
    assert!(bench.row("c.rs").pinned);
    bench.command(QueryCommand::Pin(bench.id("c.rs"), false));
    bench.settle();
    assert_eq!(bench.paths(), ["a.rs", "b.rs", "c.rs"]);
}

#[test]
fn a_dirty_file_rises_and_takes_its_neighbours_along() {
    let mut bench = judged();
    bench.workspace.tree(git("main", &["b/z.rs"]));
    bench.settle();
    assert_eq!(bench.paths(), ["b/z.rs", "b/y.rs", "a/x.rs", "c.rs"]);
    assert_eq!(bench.row("b/z.rs").probability, bench.row("c.rs").probability);
}

#[test]
fn shares_of_a_dirty_row_name_what_is_active() {
    let mut bench = judged();
    bench.workspace.tree(git("main", &["b/z.rs"]));
    bench.settle();
    bench.command(QueryCommand::Explain(vec![bench.id("b/z.rs"), bench.id("b/y.rs")]));
    bench.settle();
    let Some(QueryEvent::Explained { details, .. }) = bench.events.last() else { panic!("no explanation") };
    let of = |path: &str| &details.iter().find(|(file, _)| *file == bench.id(path)).expect("a detail").1;
    assert!(of("b/z.rs").shares.get(Signal::Active) > 0.0);
    assert!(of("b/y.rs").shares.get(Signal::Neighbours) > 0.0);
    let near = of("b/y.rs").evidence.iter().find(|evidence| evidence.signal == Signal::Neighbours);
    assert_eq!(near.expect("evidence").text, "close to b/z.rs, which differs from HEAD");
}

#[test]
fn nothing_is_close_to_a_deleted_file() {
    let mut bench = judged();
    let near = |bench: &mut Bench| {
        bench.command(QueryCommand::Explain(vec![bench.id("b/y.rs")]));
        bench.settle();
        let Some(QueryEvent::Explained { details, .. }) = bench.events.last() else {
            panic!("no explanation")
        };
        let evidence = &details[0].1.evidence;
        evidence.iter().find(|evidence| evidence.signal == Signal::Neighbours).map(|near| near.text.clone())
    };
    bench.save(&["b/z.rs"]);
    bench.read_all();
    bench.workspace.tree(git("main", &["b/z.rs"]));
    bench.settle();
    assert_eq!(near(&mut bench).as_deref(), Some("close to b/z.rs, which you saved lately"));
    bench.delete("b/z.rs");
    bench.settle();
    assert_eq!(near(&mut bench), None);
    let (root, path) = (RootId(0), RelPath::from("b/z.rs"));
    let came = meta("b/z.rs");
    bench.workspace.tree(TreeEvent::Changed(vec![Change::Upsert(came), Change::Removed(root, path)]));
    bench.settle();
    assert_eq!(near(&mut bench), None, "it came and went in one burst");
    bench.command(QueryCommand::Pin(bench.id("b/z.rs"), true));
    bench.settle();
    assert_eq!(near(&mut bench), None, "a pin waits for it to come back");
}

#[test]
fn an_excluded_file_is_skipped_also_in_the_next_query_and_can_come_back() {
    let mut bench = judged();
    let file = bench.id("c.rs");
    bench.command(QueryCommand::Exclude(file, true));
    bench.settle();
    assert_eq!(bench.workspace.ledger().get(file), Some(&LedgerState::Skipped(SkipReason::Excluded)));
    bench.ask(2, "other");
    bench.settle();
    assert_eq!(bench.state("c.rs"), Some(StateKind::Skipped));
    bench.command(QueryCommand::Exclude(file, false));
    bench.settle();
    assert_eq!(bench.state("c.rs"), Some(StateKind::No));
}

#[test]
fn commands_about_files_that_never_were_do_nothing() {
    let mut bench = judged();
    let nobody = FileId(999);
    for command in [
        QueryCommand::Pin(nobody, true),
        QueryCommand::Exclude(nobody, true),
        QueryCommand::Preview(Some(nobody)),
        QueryCommand::Explain(vec![nobody]),
        QueryCommand::Rejudge(vec![nobody]),
    ] {
        bench.command(command);
        bench.settle();
    }
    assert_eq!((bench.workspace.ledger().counts().total(), bench.paths().len()), (4, 4));
}

#[test]
fn without_words_files_are_listed_by_signals() {
    let mut bench = Bench::over(&["a/x.rs", "b/y.rs", "c.rs"]);
    bench.workspace.tree(git("main", &["c.rs"]));
    bench.ask(1, "  ");
    bench.settle();
    assert_eq!(bench.paths(), ["c.rs", "a/x.rs", "b/y.rs"]);
    assert!(bench.rows().iter().all(|row| row.state == StateKind::Queued));
    assert_eq!(bench.asked(), 0);
}

#[test]
fn the_branch_names_the_task_until_the_user_does() {
    let mut bench = judged();
    let tasks = |bench: &Bench| -> Vec<(String, bool)> {
        bench
            .events
            .iter()
            .filter_map(|event| {
                if let QueryEvent::Task { text, from_user } = event {
                    Some((text.to_string(), *from_user))
                } else {
                    None
                }
            })
            .collect()
    };
    bench.events.clear();
    bench.workspace.tree(git("feature/alert-dialog", &[]));
    bench.settle();
    bench.command(QueryCommand::Task(Some("retry".into())));
    bench.settle();
    assert_eq!(tasks(&bench), [("alert dialog".to_owned(), false), ("retry".to_owned(), true)]);
}

#[test]
fn what_fits_the_task_rises() {
    let mut bench = Bench::over(&["a.rs", "b.rs", "c.rs"]);
    bench.ask(1, "words");
    bench.settle();
    bench.want(&["c.rs"]);
    bench.command(QueryCommand::Task(Some("retry".into())));
    bench.settle();
    assert_eq!(bench.paths(), ["c.rs", "a.rs", "b.rs"]);
    assert_eq!(bench.state("c.rs"), Some(StateKind::No), "a task ranks, it does not judge");
    bench.command(QueryCommand::Task(None));
    bench.settle();
    assert_eq!(bench.paths(), ["a.rs", "b.rs", "c.rs"]);
}
