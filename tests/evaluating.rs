//! Measuring and tuning beside everything else: what the service tells, keeps, stops and forgets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use common::Home;
use common::history::repository;
use quarry::config::{Config, Dirs};
use quarry::domain::{
    CommitId, EvalCommand, EvalEvent, EvalKnown, EvalTask, Evaluation, Feedback, FeedbackKind, JudgeName,
};
use quarry::llm::LlmOptions;
use quarry::query::judges::embedded::Embedded;
use quarry::runtime::evaluating::{Evaluator, EvaluatorOptions, keep};
use quarry::runtime::{ServiceEvent, ServiceOptions, Services};
use quarry::store::Store;

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_mins(5);

struct Desk {
    service: Evaluator,
    events: Receiver<EvalEvent>,
    store: Store,
    root: PathBuf,
}

fn desk(home: &Home) -> Desk {
    let (tell, events) = mpsc::channel();
    let store = Store::at(home.data().join("quarry.db"));
    let root = home.tree().canonicalize().unwrap();
    let options = EvaluatorOptions {
        root: root.clone(),
        name: "shop".into(),
        is_alone: true,
        data: home.data(),
        store: store.clone(),
        embedded: Arc::new(Embedded::new().unwrap()),
        notes: Arc::new(AtomicBool::new(true)),
    };
    let tell = std::sync::Mutex::new(tell);
    let service = Evaluator::start(options, move |event| {
        let _ = tell.lock().unwrap().send(event);
    });
    Desk { service: service.unwrap(), events, store, root }
}

impl Desk {
    /// The next event that is wanted, and how many steps of progress came before it.
    fn until<T>(&self, wanted: impl Fn(EvalEvent) -> Option<T>) -> (T, usize) {
        let mut steps = 0;
        loop {
            let event = self.events.recv_timeout(PATIENCE).expect("an event");
            steps += usize::from(matches!(event, EvalEvent::Progress(_)));
            if let Some(found) = wanted(event) {
                return (found, steps);
            }
        }
    }

    fn known(&self) -> EvalKnown {
        self.service.send(EvalCommand::Read);
        self.until(|event| if let EvalEvent::Known(known) = event { Some(*known) } else { None }).0
    }

    fn say(&self, path: &str, kind: FeedbackKind) {
        let head = git2::Repository::open(&self.root).unwrap().head().unwrap().target().unwrap();
        let mut id = [0; 20];
        id.copy_from_slice(head.as_bytes());
        let feedback = Feedback {
            request: "where is the theme refused".into(),
            path: path.into(),
            kind,
            head: CommitId(id),
            at_ms: keep::now_ms(),
        };
        self.store.put_feedback(keep::key(&self.root), feedback);
    }
}

#[test]
fn an_evaluation_tells_each_step_and_is_kept_for_the_next_start() {
    let home = repository(24);
    let first = desk(&home);
    assert_eq!(first.known().evaluation, None);
    first.service.send(EvalCommand::Evaluate);
    let (evaluation, steps) = first
        .until(|event| if let EvalEvent::Evaluated(evaluation) = event { Some(evaluation) } else { None });
    assert!(steps > evaluation.commits as usize, "every judge at every commit is told");
    let own = evaluation.judge("embedded").unwrap();
    assert!(own.recall_at_10.mean > 0.5 && own.depth.len() == own.spent.len());
    assert!(own.listed.is_some() && own.thresholds.len() == 60);
    assert!(evaluation.judge("bm25").unwrap().thresholds.is_empty(), "a score is no probability");
    assert!(evaluation.is_saturated() && evaluation.missed.iter().all(|commit| commit.depth == 10));
    let head = git2::Repository::open(&first.root).unwrap().head().unwrap().target().unwrap();
    assert_eq!(evaluation.commit, head.to_string());
    let figures = first.store.figures(keep::key(&first.root), PATIENCE).unwrap();
    assert_eq!(figures[0].judge, JudgeName::embedded(), "the router is told as well");
    drop(first);
    let kept = desk(&home).known().evaluation.unwrap();
    assert_eq!(
        (kept.at_ms, &kept.commit, &kept.missed),
        (evaluation.at_ms, &evaluation.commit, &evaluation.missed)
    );
    let names = |evaluation: &Evaluation| {
        evaluation.judges.iter().map(|curves| curves.judge.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&kept), names(&evaluation));
}

#[test]
fn what_is_stopped_leaves_nothing_and_tells_nothing_more() {
    let home = repository(40);
    let desk = desk(&home);
    desk.service.send(EvalCommand::Evaluate);
    desk.until(|event| matches!(event, EvalEvent::Progress(_)).then_some(()));
    desk.service.send(EvalCommand::Stop);
    let (task, _) = desk.until(|event| if let EvalEvent::Stopped(task) = event { Some(task) } else { None });
    assert_eq!(task, EvalTask::Evaluate);
    let known = desk.known();
    assert_eq!(known.evaluation, None);
    desk.service.send(EvalCommand::Stop);
    assert_eq!(desk.known(), known, "nothing runs, so that nothing is stopped");
}

#[test]
fn a_tuning_says_what_it_came_to_counts_feedback_and_is_forgotten_with_it() {
    let home = repository(90);
    let desk = desk(&home);
    desk.say("src/theme.rs", FeedbackKind::Pinned);
    desk.say("CHANGELOG.md", FeedbackKind::Excluded);
    desk.say("src/theme.rs", FeedbackKind::Cited);
    assert_eq!(desk.known().feedback.total(), 3);
    desk.service.send(EvalCommand::Tune);
    let (tuned, _) = desk.until(|event| if let EvalEvent::Tuned(tuned) = event { Some(tuned) } else { None });
    assert_eq!(tuned.feedback, 1, "one request");
    assert!(tuned.fitted_on > tuned.tested_on && tuned.figures.len() == 3);
    let known = desk.known();
    assert_eq!((known.is_tuned, known.tuned.unwrap().at_ms), (tuned.kept, tuned.at_ms));
    desk.service.send(EvalCommand::Forget);
    // What was read before it was forgotten, or in the middle, may still be on its way: this waits for the end.
    desk.until(|event| match event {
        EvalEvent::Known(known) => {
            (known.feedback.total() == 0 && known.tuned.is_none() && !known.is_tuned).then_some(())
        }
        _ => None,
    });
}

#[test]
fn a_threshold_is_kept_per_repository_until_it_is_taken_back() {
    let home = repository(2);
    let first = desk(&home);
    first.service.send(EvalCommand::Threshold(Some(0.25)));
    assert_eq!(first.known().threshold, Some(0.25));
    drop(first);
    let second = desk(&home);
    assert_eq!(second.known().threshold, Some(0.25));
    second.service.send(EvalCommand::Threshold(None));
    second.until(|event| matches!(event, EvalEvent::Known(_)).then_some(()));
    assert_eq!(second.known().threshold, None);
}

#[test]
fn too_little_history_and_no_repository_are_told_with_what_helps() {
    for (home, title) in [(repository(10), "too little history"), (Home::empty(), "no repository")] {
        let desk = desk(&home);
        desk.service.send(EvalCommand::Tune);
        let (notice, _) =
            desk.until(|event| if let EvalEvent::Failed(_, notice) = event { Some(notice) } else { None });
        assert!(notice.title.contains(title) && notice.hint.is_some(), "{notice:?}");
    }
}

#[test]
fn a_kept_threshold_decides_what_the_command_line_says_yes_to_and_tune_forget_takes_it_back() {
    let home = repository(12);
    let yes = |home: &Home| {
        let output = home.run(&["query", "--json", "the theme refuses what it cannot hold"]);
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().filter(|line| line.contains(r#""verdict":"yes""#)).count()
    };
    let before = yes(&home);
    let first = desk(&home);
    first.service.send(EvalCommand::Threshold(Some(0.9)));
    first.say("src/theme.rs", FeedbackKind::Pinned);
    assert_eq!(first.known().threshold, Some(0.9));
    drop(first);
    let few = yes(&home);
    assert!(few < before, "{few} files against {before}");
    let said = String::from_utf8(home.run(&["tune", "--forget"]).stdout).unwrap();
    assert!(said.contains("1 sample of feedback") && said.contains("the threshold 0.900"), "{said}");
    assert_eq!(yes(&home), before);
    let said = String::from_utf8(home.run(&["tune", "--forget"]).stdout).unwrap();
    assert!(said.contains("no tuning to forget"), "{said}");
}

#[test]
fn the_services_measure_the_repository_of_the_only_root_under_its_folders_name() {
    let home = repository(12);
    let (tell, events) = mpsc::channel();
    let store = Store::at(home.data().join("quarry.db"));
    let dirs = Dirs { config: home.config(), cache: home.data(), data: home.data() };
    let mut config = Config::default();
    config.discover = false;
    let models = LlmOptions { store, ..LlmOptions::new(Arc::new(config), &dirs) };
    let options = ServiceOptions {
        roots: vec![home.tree().canonicalize().unwrap()],
        data_dir: Some(home.data()),
        models: Some(models),
        evaluates: true,
        ..ServiceOptions::default()
    };
    let tell = std::sync::Mutex::new(tell);
    let tell = Arc::new(move |event| drop(tell.lock().unwrap().send(event)));
    let services = Services::start(options, move |event| tell(event)).unwrap();
    assert!(services.send_to_eval(EvalCommand::Read));
    let known = loop {
        if let ServiceEvent::Eval(EvalEvent::Known(known)) = events.recv_timeout(PATIENCE).expect("an event")
        {
            break known;
        }
    };
    assert_eq!(&*known.repository, "tree");
}
