//! Tests of replay: what a moment knows, and that a planted leak is caught.

use super::*;
use crate::eval::{MineOptions, mine};

/// A repository of four commits, each a request with its own words.
fn repository() -> (tempfile::TempDir, Repository) {
    let folder = tempfile::tempdir().expect("a folder");
    let repo = Repository::init(folder.path()).expect("a repository");
    let texts = ["fn first() {}\n", "fn second() {}\n", "fn third() {}\n", "fn fourth() {}\n"];
    for (at, text) in texts.iter().enumerate() {
        std::fs::write(folder.path().join("a.rs"), text).expect("written");
        commit(&repo, at);
    }
    (folder, repo)
}

/// Commits what the folder holds, with a change of `b.rs`.
fn commit(repo: &Repository, at: usize) {
    let folder = repo.workdir().expect("a folder");
    std::fs::write(folder.join("b.rs"), format!("fn b() {{ {at} }}\n")).expect("written");
    let mut staged = repo.index().expect("an index");
    staged.add_all(["."], git2::IndexAddOption::DEFAULT, None).expect("staged");
    staged.update_all(["."], None).expect("staged");
    let tree = repo.find_tree(staged.write_tree().expect("a tree")).expect("a tree");
    let time = git2::Time::new(1_700_000_000 + 1_000 * at as i64, 0);
    let author = git2::Signature::new("A", "a@example.org", &time).expect("a signature");
    let message = format!("Teach the parser about marvel{at} today");
    let parent = repo.head().ok().map(|head| head.peel_to_commit().expect("a commit"));
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    repo.commit(Some("HEAD"), &author, &author, &message, &tree, &parents).expect("committed");
}

fn samples(repo: &Repository) -> Vec<Sample> {
    let mut samples = mine(repo, &MineOptions { commits: 10, look_at: 100, since: None }).expect("mined");
    samples.sort_by_key(|sample| sample.time);
    assert_eq!(samples.len(), 3, "each commit but the first modifies files");
    samples
}

#[test]
fn a_moment_knows_nothing_of_its_commit_or_later() {
    let (_folder, repo) = repository();
    let samples = samples(&repo);
    let mut replay = Replay::open(&repo, 100).expect("opened");
    // Also back in time, when later moments were already seen.
    for sample in samples.iter().chain(samples.iter().rev()) {
        let moment = replay.go(sample).expect("replayed");
        moment.audit().expect("no leak");
        let word = sample.query.split_whitespace().find(|word| word.starts_with("marvel")).expect("a word");
        let known =
            moment.index.term(word).is_some_and(|term| !moment.index.history().mentions(term).is_empty());
        assert!(!known, "the message of the commit is in its own history");
    }
}

#[test]
fn a_move_is_known_from_its_commit_on() {
    let (folder, repo) = repository();
    std::fs::create_dir(folder.path().join("lib")).expect("made");
    std::fs::rename(folder.path().join("a.rs"), folder.path().join("lib/a.rs")).expect("moved");
    commit(&repo, 4);
    commit(&repo, 5);
    let samples = mine(&repo, &MineOptions { commits: 10, look_at: 100, since: None }).expect("mined");
    let sample = |at: usize| {
        let word = format!("marvel{at}");
        samples.iter().find(|sample| sample.query.contains(&word)).expect("a sample")
    };
    let mut replay = Replay::open(&repo, 100).expect("opened");
    for (at, path, commits) in [(5, "lib/a.rs", 5), (4, "a.rs", 4), (5, "lib/a.rs", 5)] {
        replay.go(sample(at)).expect("replayed").audit().expect("no leak");
        let file = replay.file(&RelPath::from(path)).expect("indexed");
        let history = replay.index.history();
        assert_eq!(history.touches(history.path_of(file).expect("a path")).len(), commits, "before {at}");
    }
}

#[test]
fn a_planted_commit_is_caught() {
    let (_folder, repo) = repository();
    let samples = samples(&repo);
    let mut replay = Replay::open(&repo, 100).expect("opened");
    replay.go(&samples[1]).expect("replayed");
    let leaked = replay.commits[&samples[1].commit].0.clone();
    replay.index.extend_history(RootId(0), &[leaked]);
    let moment = replay.go(&samples[1]).expect("replayed");
    assert!(matches!(moment.audit(), Err(EvalError::Leak(_))));
}

#[test]
fn a_planted_text_is_caught() {
    let (_folder, repo) = repository();
    let samples = samples(&repo);
    let mut replay = Replay::open(&repo, 100).expect("opened");
    replay.go(&samples[1]).expect("replayed");
    let path = RelPath::from("a.rs");
    let file = replay.file(&path).expect("indexed");
    let later = Arc::new(extract(&path, "fn fourth() {}\n"));
    replay.index.insert(file, RootId(0), &path, &later);
    let moment = replay.go(&samples[1]).expect("replayed");
    assert!(matches!(moment.audit(), Err(EvalError::Leak(_))));
}

#[test]
fn merges_tell_the_branch_they_came_from() {
    let told = |message: &str| merged_branch(message);
    assert_eq!(
        told("Merge pull request #12 from someone/fix-dialog-focus\n\nText"),
        Some("fix-dialog-focus".into())
    );
    assert_eq!(told("Merge branch 'retry/budget' into main"), Some("retry/budget".into()));
    assert_eq!(told("Fix the dialog"), None);
}
