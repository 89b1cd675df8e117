//! A model file run in this process, by llama.cpp: judging, chat and filling in the middle with nothing else running.
//!
//! Owns the file's thread. Invariants: nothing is downloaded, the file is opened at the first call and not before; calls
//! of judging and scanning give way to all others between answers; an answer that nobody reads is not gone on with.

mod engine;
mod files;
mod prompt;
mod sampling;
mod sequences;
mod wording;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use super::call::Call;
use super::client::{Answer, AnswerSender, Gate, Pass};
use super::error::LlmError;
use super::reply::Counted;
use super::wire::Listed;
use crate::domain::{Locality, ModelRef};

pub use files::Files;

/// Calls that are answered together, sharing what their prompts have in common.
pub const TOGETHER: u32 = 8;

/// A model file. Cheap to clone; the last clone that goes ends its thread after the call under way.
#[derive(Clone)]
pub struct Gguf {
    shared: Arc<Shared>,
}

struct Shared {
    model: ModelRef,
    path: PathBuf,
    gate: Arc<dyn Gate>,
    /// To the file's thread, once that was started.
    jobs: Mutex<Option<Sender<Job>>>,
    /// The window, once the file is loaded.
    window: Arc<OnceLock<u32>>,
    /// Calls that have not ended.
    calls: Arc<AtomicU32>,
}

/// A call on its way to the thread.
struct Job {
    call: Call,
    to: AnswerSender,
    pass: Pass,
    since: Instant,
    _counted: InFlight,
}

/// Counts a call as long as it is there.
struct InFlight(Arc<AtomicU32>);

impl InFlight {
    fn new(calls: &Arc<AtomicU32>) -> Self {
        calls.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(calls))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Gguf {
    /// The model in this file; the file is looked at, but not loaded.
    ///
    /// # Errors
    /// [`LlmError::Unavailable`] where there is no such file, or one that is no GGUF.
    pub fn open(model: ModelRef, path: &Path, gate: Arc<dyn Gate>) -> Result<Self, LlmError> {
        check(path).map_err(|why| LlmError::Unavailable { model: model.clone(), why })?;
        let shared = Shared {
            model,
            path: path.to_owned(),
            gate,
            jobs: Mutex::new(None),
            window: Arc::default(),
            calls: Arc::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The answer to a call, as it is generated. Dropping it ends the generation.
    pub fn stream(&self, mut call: Call) -> Answer {
        let model = &self.shared.model;
        if !call.tools.is_empty() {
            let why = "a model in this process has no form for them".to_owned();
            return Answer::failed(LlmError::NoTools { model: model.clone(), why });
        }
        let pass = match self.shared.gate.admit(model, Locality::InProcess, &mut call) {
            Ok(pass) => pass,
            Err(error) => return Answer::failed(error),
        };
        let (to, answer) = Answer::channel(model.clone());
        let counted = InFlight::new(&self.shared.calls);
        let mut job = Some(Job { call, to, pass, since: Instant::now(), _counted: counted });
        let mut jobs = self.shared.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        // A thread that ended (the file could not be loaded) is started anew: the file may be another one by now.
        for _ in 0..2 {
            let sender = jobs.get_or_insert_with(|| self.start());
            let Some(next) = job.take() else { break };
            match sender.send(next) {
                Ok(()) => break,
                Err(back) => {
                    job = Some(back.0);
                    *jobs = None;
                }
            }
        }
        if let Some(Job { pass, .. }) = job {
            let lost = LlmError::Unavailable { model: model.clone(), why: "no thread for it".into() };
            self.shared.gate.settle(pass, &Counted::default(), Err(&lost));
            return Answer::failed(lost);
        }
        answer
    }

    /// Its name.
    pub fn model(&self) -> &ModelRef {
        &self.shared.model
    }

    /// Calls that have not ended.
    pub fn calls(&self) -> u32 {
        self.shared.calls.load(Ordering::Relaxed)
    }

    /// What is known of the model: its name, and its window once it is loaded.
    pub fn listed(&self) -> Listed {
        Listed {
            name: self.shared.model.model.to_string(),
            window: self.shared.window.get().copied(),
            capacity: Some(TOGETHER),
            abilities: vec!["chat", "logprobs", "fill"],
            ..Listed::default()
        }
    }

    fn start(&self) -> Sender<Job> {
        let (sender, jobs): (Sender<Job>, Receiver<Job>) = channel();
        let task = engine::Task {
            model: self.shared.model.clone(),
            path: self.shared.path.clone(),
            gate: Arc::clone(&self.shared.gate),
            window: Arc::clone(&self.shared.window),
            jobs,
        };
        // Where the system gives no thread the receiver is gone, and the caller sees it.
        drop(std::thread::Builder::new().name("quarry-gguf".into()).spawn(move || task.run()));
        sender
    }
}

impl fmt::Debug for Gguf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gguf").field(&self.shared.path).finish()
    }
}

fn check(path: &Path) -> Result<(), String> {
    let shown = path.display();
    let mut file = std::fs::File::open(path).map_err(|error| format!("{shown}: {error}"))?;
    let mut magic = [0; 4];
    std::io::Read::read_exact(&mut file, &mut magic).map_err(|error| format!("{shown}: {error}"))?;
    if &magic == b"GGUF" { Ok(()) } else { Err(format!("{shown} is no GGUF file")) }
}
