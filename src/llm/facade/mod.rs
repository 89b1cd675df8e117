//! Facade: all models behind one handle. It owns the threads that calls run on, knows what was found, routes tasks, and
//! tells what changed.
//!
//! Invariant: nothing here waits on the thread of the caller; events are sent whole, only on change, at most each 250 ms,
//! from a thread of their own, so that a sink may wait.

#![allow(
    clippy::unused_async,
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "callers build on these"
)]

mod asked;
mod options;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::runtime::{Handle, Runtime};
use tokio::sync::mpsc;

use crate::config::Config;
use crate::domain::{Choice, ModelCommand, ModelEvent, ModelRef, RouteStatus, TaskKind};
use crate::llm::{Call, LlmError, ModelInfo, Reply};

pub use asked::Asked;
pub use options::LlmOptions;

/// Threads that calls run on. They only wait and copy.
const WORKERS: usize = 2;

/// All models. Cheap to clone; the last clone that goes cancels what is under way.
#[derive(Clone)]
pub struct Llm {
    shared: Arc<Shared>,
}

struct Shared {
    config: Mutex<Arc<Config>>,
    runtime: Background,
}

/// A runtime that ends without waiting, so that it may be dropped anywhere.
struct Background(Option<Runtime>, Handle);

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Llm {
    /// Starts to look for backends in the background and tells `sink` what it finds.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn start(
        options: LlmOptions,
        sink: impl Fn(ModelEvent) + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("quarry-models")
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        let shared =
            Shared { config: Mutex::new(options.config), runtime: Background(Some(runtime), handle) };
        let llm = Self { shared: Arc::new(shared) };
        let routes: Vec<RouteStatus> = TaskKind::ALL.into_iter().map(|task| llm.route(task)).collect();
        sink(ModelEvent::Routes(routes.into()));
        Ok(llm)
    }

    /// Does what the rest of the program asks for; returns at once.
    pub fn command(&self, command: ModelCommand) {
        match command {
            ModelCommand::Use(..) | ModelCommand::Refresh | ModelCommand::Test(..) => {}
        }
    }

    /// Takes a configuration that was read anew.
    pub fn configure(&self, config: Arc<Config>) {
        *locked(&self.shared.config) = config;
    }

    /// The configuration in force.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&locked(&self.shared.config))
    }

    /// Who does a task, and why.
    pub fn route(&self, task: TaskKind) -> RouteStatus {
        let choice = if task == TaskKind::Judge { Choice::Embedded } else { Choice::Nobody };
        RouteStatus {
            task,
            choice,
            why: "no model was found".into(),
            passed_over: Vec::new(),
            by_user: false,
        }
    }

    /// What is known of a model; `None` where there is none of that name.
    pub fn model(&self, _model: &ModelRef) -> Option<ModelInfo> {
        None
    }

    /// Calls one model, without candidates, and collects its answer.
    ///
    /// # Errors
    /// What went wrong.
    pub async fn call(&self, model: &ModelRef, _call: Call) -> Result<Reply, LlmError> {
        Err(LlmError::Unavailable { model: model.clone(), why: "there is no such model".into() })
    }

    /// Calls through the task's candidates, in order, until one answers.
    pub fn ask(&self, call: Call) -> Asked {
        let (send, chunks) = mpsc::channel(1);
        let model = ModelRef::new("any", call.task.name());
        let why = self.route(call.task).why;
        let _ = send.try_send(Err(LlmError::Unavailable { model, why }));
        Asked::new(chunks, Arc::new(OnceLock::new()))
    }

    /// Waits until the first look for backends is over.
    pub async fn settled(&self) {}

    /// Where futures of this module run; callers that block use `handle().block_on`.
    pub fn handle(&self) -> &Handle {
        &self.shared.runtime.1
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
