//! Evaluating: measures judges on the repository's own commits and tunes the embedded one, beside everything else.
//!
//! One thread takes commands and answers at once; what takes long runs on threads of its own at the lowest priority, so
//! that no key waits for it. Invariant: of what was stopped nothing is kept, and nothing more is told.

pub mod keep;
mod noting;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::domain::{EvalCommand, EvalEvent, EvalKnown, EvalProgress, EvalTask, Notice, Severity};
use crate::eval::{
    self, Contender, EvalError, LEAST_COMMITS, MeasureOptions, MineOptions, Step, contender_names, measure,
    named,
};
use crate::query::judges::embedded::tuning::Tuning;
use crate::query::judges::embedded::{Embedded, threshold};
use crate::store::Store;

pub use noting::Noter;

/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tuning is offered so long after the start: the first look at a tree is for something else.
const OFFER_AFTER: Duration = Duration::from_secs(20);

/// It is not offered again within so long, milliseconds.
const OFFER_AGAIN: i64 = 30 * 24 * 3600 * 1000;

/// The niceness of threads that work beside everything else; the highest there is.
#[cfg(target_os = "linux")]
const NICE: i32 = 19;

/// What the service is started with.
#[derive(Clone)]
pub struct EvaluatorOptions {
    /// The root whose repository is measured: the first one.
    pub root: PathBuf,
    /// Its name, as shown.
    pub name: Arc<str>,
    /// Whether it is the only one; a correction knows the habits of one repository.
    pub is_alone: bool,
    /// Where corrections are kept.
    pub data: PathBuf,
    /// Where evaluations and feedback are kept.
    pub store: Store,
    /// The judge that answers queries; what is tuned is at work in it at once.
    pub embedded: Arc<Embedded>,
    /// Whether feedback is noted.
    pub notes: Arc<AtomicBool>,
}

/// The running service. Dropping it stops what runs.
pub struct Evaluator {
    commands: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
}

enum Message {
    Command(EvalCommand),
    /// The job of this number is over.
    Over(u64),
}

type Sink = Arc<dyn Fn(EvalEvent) + Send + Sync>;

impl Evaluator {
    /// Starts the service.
    ///
    /// # Errors
    /// A system without threads.
    pub fn start(
        options: EvaluatorOptions,
        sink: impl Fn(EvalEvent) + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let (commands, messages) = mpsc::channel();
        let desk = Desk { options, sink: Arc::new(sink), over: commands.clone(), running: None, number: 0 };
        let thread =
            std::thread::Builder::new().name("evaluator".into()).spawn(move || desk.run(&messages))?;
        Ok(Self { commands: Some(commands), thread: Some(thread) })
    }

    /// Tells the service; returns at once.
    pub fn send(&self, command: EvalCommand) {
        if let Some(commands) = &self.commands {
            let _ = commands.send(Message::Command(command));
        }
    }
}

impl Drop for Evaluator {
    fn drop(&mut self) {
        if let Some(commands) = self.commands.take() {
            let _ = commands.send(Message::Command(EvalCommand::Stop));
            let _ = commands.send(Message::Over(u64::MAX));
        }
        // What runs is not waited for: it looks for the flag between two commits.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What runs.
struct Running {
    task: EvalTask,
    number: u64,
    stop: Arc<AtomicBool>,
}

/// Takes commands.
struct Desk {
    options: EvaluatorOptions,
    sink: Sink,
    over: Sender<Message>,
    running: Option<Running>,
    number: u64,
}

impl Desk {
    fn run(mut self, messages: &Receiver<Message>) {
        let mut offer = self.options.is_alone;
        loop {
            let message = if offer {
                match messages.recv_timeout(OFFER_AFTER) {
                    Ok(message) => message,
                    Err(RecvTimeoutError::Timeout) => {
                        offer = false;
                        self.offer();
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            } else {
                let Ok(message) = messages.recv() else { return };
                message
            };
            match message {
                Message::Command(command) => self.take(command),
                Message::Over(u64::MAX) => return,
                Message::Over(number) => {
                    self.running.take_if(|running| running.number == number);
                }
            }
        }
    }

    fn take(&mut self, command: EvalCommand) {
        match command {
            EvalCommand::Read => (self.sink)(EvalEvent::Known(Box::new(known(&self.options)))),
            EvalCommand::Evaluate => self.begin(EvalTask::Evaluate),
            EvalCommand::Tune => self.begin(EvalTask::Tune),
            EvalCommand::Stop => {
                if let Some(running) = self.running.take() {
                    running.stop.store(true, Ordering::Relaxed);
                    (self.sink)(EvalEvent::Stopped(running.task));
                }
            }
            EvalCommand::Forget => {
                let outcome = forget(&self.options);
                self.settle(outcome);
            }
            EvalCommand::Threshold(from) => {
                let kept = threshold::keep(&self.options.data, &self.options.root, from);
                if kept.is_ok() {
                    self.options.embedded.say_yes_from(from);
                }
                self.settle(kept);
            }
        }
    }

    /// Tells what is known after a change, or why there was none.
    fn settle<E: std::error::Error>(&self, outcome: Result<(), E>) {
        if let Err(error) = outcome {
            let notice = Notice::new(Severity::Warning, "Not kept for this repository");
            (self.sink)(EvalEvent::Notice(
                notice.cause(error.to_string()).hint("Make the data folder writable"),
            ));
        }
        (self.sink)(EvalEvent::Known(Box::new(known(&self.options))));
    }

    fn begin(&mut self, task: EvalTask) {
        if self.running.is_some() {
            return;
        }
        self.number += 1;
        let (number, stop) = (self.number, Arc::new(AtomicBool::new(false)));
        let (stopped, sink) = (Arc::clone(&stop), Arc::clone(&self.sink));
        // Once stopped, it has nothing more to tell.
        let tell = move |event: EvalEvent| {
            if !stopped.load(Ordering::Relaxed) {
                sink(event);
            }
        };
        let job = Job { options: self.options.clone(), task, stop: Arc::clone(&stop), tell: Arc::new(tell) };
        let over = self.over.clone();
        (self.sink)(EvalEvent::Began(task));
        let started = std::thread::Builder::new().name("evaluation".into()).spawn(move || {
            job.run();
            let _ = over.send(Message::Over(number));
        });
        match started {
            Ok(_) => self.running = Some(Running { task, number, stop }),
            Err(error) => {
                let notice = Notice::new(Severity::Error, "Cannot start a thread").cause(error.to_string());
                (self.sink)(EvalEvent::Failed(task, notice));
            }
        }
    }

    /// Offers tuning where there is enough history, nobody tuned yet, and nobody was asked lately.
    fn offer(&self) {
        let (options, sink) = (self.options.clone(), Arc::clone(&self.sink));
        let look = move || {
            let repository = keep::key(&options.root);
            let tuned = options.store.tuned(repository.clone(), PATIENCE).ok().flatten();
            let offered = options.store.tune_offer(repository.clone(), PATIENCE).ok().flatten();
            let now = keep::now_ms();
            let lately = offered.is_some_and(|at| now - at < OFFER_AGAIN);
            if tuned.is_some() || lately || Tuning::place(&options.data, &options.root).exists() {
                return;
            }
            let Ok(repo) = git2::Repository::discover(&options.root) else { return };
            if eval::has_at_least(&repo, LEAST_COMMITS, keep::LOOK_AT).unwrap_or(false) {
                options.store.put_tune_offer(repository, now);
                sink(EvalEvent::Offer);
            }
        };
        let _ = std::thread::Builder::new().name("offer".into()).spawn(move || {
            step_back();
            look();
        });
    }
}

/// One evaluation or tuning.
struct Job {
    options: EvaluatorOptions,
    task: EvalTask,
    stop: Arc<AtomicBool>,
    tell: Sink,
}

impl Job {
    fn run(&self) {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1)))
            .thread_name(|at| format!("evaluation-{at}"))
            .start_handler(|_| step_back())
            .build();
        let outcome = match pool {
            Ok(pool) => pool.install(|| self.work()),
            Err(error) => Err(Notice::new(Severity::Error, "Cannot start threads").cause(error.to_string())),
        };
        if let Err(notice) = outcome {
            (self.tell)(EvalEvent::Failed(self.task, notice));
        }
    }

    fn work(&self) -> Result<(), Notice> {
        match self.task {
            EvalTask::Evaluate => self.evaluate(),
            EvalTask::Tune => self.tune(),
        }
    }

    fn say(&self, step: Step<'_>) -> ControlFlow<()> {
        if self.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        (self.tell)(EvalEvent::Progress(EvalProgress {
            task: self.task,
            done: step.done as u32,
            of: step.of as u32,
            judge: step.judge.into(),
        }));
        ControlFlow::Continue(())
    }

    fn evaluate(&self) -> Result<(), Notice> {
        let EvaluatorOptions { root, name, store, .. } = &self.options;
        let embedded = Arc::new(self.options.embedded.as_it_ships());
        let contenders: Vec<Box<dyn Contender>> =
            contender_names().into_iter().filter_map(|name| named(name, &embedded)).collect();
        let options = MeasureOptions {
            mine: MineOptions { commits: keep::COMMITS, look_at: keep::LOOK_AT, since: None },
            samples: None,
            subject: false,
        };
        let report = measure(root, &contenders, &options, &mut |step| self.say(step));
        let report = report.map_err(|error| told(&error))?;
        // Whoever stopped it at the last commit wants none of it either.
        if !self.stop.load(Ordering::Relaxed) {
            let evaluation = keep::evaluation(store, root, name, &report);
            (self.tell)(EvalEvent::Evaluated(Arc::new(evaluation)));
        }
        Ok(())
    }

    fn tune(&self) -> Result<(), Notice> {
        let EvaluatorOptions { root, store, data, embedded, .. } = &self.options;
        let judge = embedded.as_it_ships();
        let feedback = store.feedback(keep::key(root), PATIENCE).unwrap_or_default();
        let tuning = keep::Tuning { root, judge: &judge, commits: keep::TUNE_COMMITS, feedback };
        let report = tuning.fit(&mut |step| self.say(step)).map_err(|error| told(&error))?;
        if self.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        let tuned = keep::tuned(store, data, root, &report).map_err(|error| {
            let notice = Notice::new(Severity::Warning, "The tuning cannot be kept").cause(error.to_string());
            notice.hint("Make the data folder writable")
        })?;
        if tuned.kept && self.options.is_alone {
            embedded.tune(Some(report.tuning));
        }
        (self.tell)(EvalEvent::Tuned(Arc::new(tuned)));
        (self.tell)(EvalEvent::Known(Box::new(known(&self.options))));
        Ok(())
    }
}

/// What a person is told of what went wrong.
fn told(error: &EvalError) -> Notice {
    match error {
        EvalError::Nothing(why) => Notice::new(Severity::Warning, "This repository has too little history")
            .cause(why.clone())
            .hint("Messages of four words or more, of commits that change one to twenty files, count"),
        EvalError::Git(why) => Notice::new(Severity::Warning, "There is no repository to measure on")
            .cause(why.message().to_owned())
            .hint("Open a directory that git tracks"),
        EvalError::File { .. } | EvalError::Stopped | EvalError::Leak(_) | EvalError::Weights(_) => {
            Notice::new(Severity::Error, "The evaluation failed").cause(error.to_string())
        }
    }
}

/// Goes back to the judge as it ships, and drops what feedback said.
fn forget(options: &EvaluatorOptions) -> Result<(), crate::query::judges::embedded::tuning::TuningError> {
    let EvaluatorOptions { root, data, store, embedded, .. } = options;
    store.forget_feedback(keep::key(root));
    store.forget_tuned(keep::key(root));
    Tuning::forget(data, root)?;
    embedded.tune(None);
    threshold::keep(data, root, None)?;
    embedded.say_yes_from(None);
    Ok(())
}

fn known(options: &EvaluatorOptions) -> EvalKnown {
    let EvaluatorOptions { root, name, data, store, notes, .. } = options;
    let repository = keep::key(root);
    EvalKnown {
        repository: if is_repository(root) { Arc::clone(name) } else { Arc::from("") },
        evaluation: store.evaluation(repository.clone(), PATIENCE).ok().flatten().map(Arc::new),
        tuned: store.tuned(repository.clone(), PATIENCE).ok().flatten().map(Arc::new),
        is_tuned: Tuning::place(data, root).exists(),
        feedback: store.feedback_counts(repository, PATIENCE).unwrap_or_default(),
        notes_feedback: notes.load(Ordering::Relaxed),
        threshold: threshold::load(data, root),
    }
}

fn is_repository(root: &Path) -> bool {
    git2::Repository::discover(root).is_ok_and(|repo| repo.head().is_ok())
}

/// Lets every other thread of this machine go first.
fn step_back() {
    // On Linux alone the priority is the thread's; elsewhere it would be the whole program's.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICE);
}
