//! Saves: the saved file is judged again and no other; deletions, bursts and races keep the sums right.

use super::*;
use crate::domain::RankCause;

fn judged() -> Bench {
    let mut bench = Bench::over(&["a.rs", "b.rs", "c.rs"]);
    bench.ask(1, "words");
    bench.settle();
    bench.asked();
    bench.events.clear();
    bench
}

fn saved_rankings(bench: &Bench) -> Vec<Vec<FileId>> {
    let saved = |event: &QueryEvent| {
        if let QueryEvent::Ranked { cause: RankCause::Saved(files), .. } = event {
            Some(files.clone())
        } else {
            None
        }
    };
    bench.events.iter().filter_map(saved).collect()
}

#[test]
fn a_save_judges_that_file_only_and_marks_the_flip() {
    let mut bench = judged();
    bench.want(&["b.rs"]);
    bench.save(&["b.rs"]);
    bench.read_all();
    bench.settle();
    assert_eq!(bench.asked(), 1);
    assert_eq!(saved_rankings(&bench), [vec![bench.id("b.rs")]]);
    let row = bench.row("b.rs");
    assert_eq!((row.state, row.flipped, row.stale), (StateKind::Yes, true, false));
    bench.save(&["b.rs"]);
    bench.read_all();
    bench.settle();
    assert!(!bench.row("b.rs").flipped, "the second save did not flip it");
}

#[test]
fn while_the_new_bytes_are_read_the_row_is_stale() {
    let mut bench = judged();
    bench.save(&["a.rs"]);
    bench.settle();
    let row = bench.row("a.rs");
    assert_eq!((row.state, row.stale), (StateKind::No, true));
    assert!(saved_rankings(&bench).is_empty());
    bench.read_all();
    bench.settle();
    assert!(!bench.row("a.rs").stale);
}

#[test]
fn a_save_of_the_same_bytes_asks_nobody_and_takes_the_mark_back() {
    let mut bench = judged();
    bench.save(&["a.rs"]);
    bench.settle();
    let job = bench.unread.remove(0);
    let version = Version { hash: job.known.expect("known bytes"), stamp: FileStamp::default(), racy: false };
    bench.answer(&job, Some(Outcome::Text(version, None)));
    bench.settle();
    assert!(!bench.row("a.rs").stale);
    assert_eq!(bench.state("a.rs"), Some(StateKind::No));
}

#[test]
fn an_answer_overtaken_by_a_later_save_is_dropped() {
    let mut bench = judged();
    bench.save(&["a.rs"]);
    bench.step();
    let first = bench.unread.remove(0);
    bench.save(&["a.rs"]);
    bench.step();
    bench.answer(&first, Some(Outcome::Gone));
    bench.settle();
    assert_eq!(bench.state("a.rs"), Some(StateKind::No), "the file is still there");
    bench.read_all();
    bench.settle();
    assert!(!bench.row("a.rs").stale);
}

#[test]
fn a_deleted_file_leaves_the_list_and_gets_its_id_back() {
    let mut bench = judged();
    let id = bench.id("a.rs");
    bench.delete("a.rs");
    bench.settle();
    assert_eq!(bench.workspace.ledger().counts().total(), 2);
    assert_eq!(bench.paths(), ["b.rs", "c.rs"]);
    assert_eq!(saved_rankings(&bench), [vec![id]]);
    bench.save(&["a.rs"]);
    bench.read_all();
    bench.settle();
    assert_eq!((bench.id("a.rs"), bench.state("a.rs")), (id, Some(StateKind::No)));
}

#[test]
fn a_file_that_vanishes_while_it_is_read_is_gone() {
    let mut bench = judged();
    bench.save(&["a.rs"]);
    bench.step();
    let job = bench.unread.remove(0);
    bench.answer(&job, Some(Outcome::Gone));
    bench.settle();
    assert_eq!(bench.paths(), ["b.rs", "c.rs"]);
}

#[test]
fn a_burst_is_one_ranking() {
    let paths: Vec<String> = (0..3000).map(|n| format!("f{n}.rs")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let mut bench = Bench::over(&paths);
    bench.ask(1, "words");
    bench.settle();
    bench.events.clear();
    bench.save(&paths[..2000]);
    bench.step();
    for job in std::mem::take(&mut bench.unread) {
        bench.answer(&job, None);
    }
    bench.settle();
    assert_eq!(saved_rankings(&bench).iter().map(Vec::len).collect::<Vec<_>>(), [2000]);
    assert_eq!(bench.workspace.ledger().counts().pending(), 0);
}

#[test]
fn a_slow_burst_does_not_wait_for_its_last_file() {
    let mut bench = judged();
    bench.save(&["a.rs", "b.rs"]);
    bench.step();
    let jobs = std::mem::take(&mut bench.unread);
    bench.answer(&jobs[0], None);
    bench.settle();
    assert_eq!(saved_rankings(&bench), [vec![jobs[0].file]]);
    bench.answer(&jobs[1], None);
    bench.settle();
    assert_eq!(saved_rankings(&bench).len(), 2);
}

#[test]
fn a_save_that_makes_a_file_skippable_says_so() {
    let mut bench = judged();
    bench.save(&["a.rs"]);
    bench.step();
    let job = bench.unread.remove(0);
    let version = Version { hash: ContentHash([9; 16]), stamp: FileStamp::default(), racy: false };
    bench.answer(&job, Some(Outcome::Skipped(Some(version), SkipReason::Binary)));
    bench.settle();
    assert_eq!((bench.state("a.rs"), bench.paths().len()), (Some(StateKind::Skipped), 2));
    assert!(!bench.workspace.index().contains(job.file));
}

#[test]
fn a_new_file_is_judged_when_it_is_read() {
    let mut bench = judged();
    bench.save(&["new.rs"]);
    bench.settle();
    assert_eq!(bench.state("new.rs"), Some(StateKind::Queued));
    bench.read_all();
    bench.settle();
    assert_eq!((bench.asked(), bench.state("new.rs")), (1, Some(StateKind::No)));
}

#[test]
fn a_lost_root_empties_the_list_and_a_found_one_fills_it() {
    let mut bench = judged();
    bench.workspace.tree(TreeEvent::RootLost(RootId(0), PathBuf::from("/root"), true));
    bench.settle();
    assert_eq!(bench.workspace.ledger().counts().total(), 0);
    bench.workspace.tree(TreeEvent::RootLost(RootId(0), PathBuf::from("/root"), false));
    bench.fill(&["a.rs", "b.rs"]);
    assert_eq!(bench.count(StateKind::No), 2);
}
