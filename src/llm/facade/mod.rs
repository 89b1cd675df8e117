//! Facade: all models behind one handle. It owns the threads that calls run on, knows what was found, routes tasks, and
//! tells what changed.
//!
//! Invariant: nothing here waits on the thread of the caller; events are sent whole, only on change, at most each 250 ms,
//! from a thread of their own, so that a sink may wait.

mod asked;
mod asking;
mod backend;
mod measures;
mod options;
mod room;
mod scout;
mod source;
mod state;
mod teller;
mod trial;

use std::io;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Handle, Runtime};
use tokio::sync::{Notify, watch};

use self::backend::Backend;
use self::measures::Measures;
use self::room::Rooms;
use self::state::State;
use crate::config::Config;
use crate::domain::{ModelCommand, ModelEvent, ModelRef, Notice, Problem, RouteStatus, Severity, TaskKind};
use crate::llm::client::Answer;
use crate::llm::egress::{Guard, GuardOptions};
use crate::llm::wire::Traits;
use crate::llm::{Call, Counted, LlmError, ModelInfo, Reply};
use crate::store::Store;

pub use asked::Asked;
pub use options::LlmOptions;
pub use trial::Trial;

/// Threads that calls run on. They only wait and copy.
const WORKERS: usize = 2;

/// How long the end waits for the disk.
const AT_THE_END: Duration = Duration::from_secs(1);

/// All models. Cheap to clone; the last clone that goes cancels what is under way.
#[derive(Clone)]
pub struct Llm {
    shared: Arc<Shared>,
    _keep: Arc<Background>,
}

/// What calls, looks and events share.
struct Shared {
    options: LlmOptions,
    state: Mutex<State>,
    measures: Measures,
    rooms: Rooms,
    /// What stands between every call and the wire.
    guard: Arc<Guard>,
    events: Sender<ModelEvent>,
    /// Something changed that may be told.
    changed: Arc<Notify>,
    /// Backends are to be looked for again.
    asked: Arc<Notify>,
    settled: watch::Sender<bool>,
    handle: Handle,
}

/// A runtime that ends without waiting for calls, so that it may be dropped anywhere; what was measured and spent is
/// written down first.
struct Background(Option<Runtime>, Store);

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
            self.1.flush(AT_THE_END);
        }
    }
}

impl Llm {
    /// Starts to look for backends in the background and tells `sink` what it finds.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn start(options: LlmOptions, sink: impl Fn(ModelEvent) + Send + Sync + 'static) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("quarry-models")
            .enable_all()
            .build()?;
        let (events, told) = mpsc::channel();
        thread::Builder::new().name("models".into()).spawn(move || told.iter().for_each(sink))?;
        let store = options.store.clone();
        let guard = Guard::new(GuardOptions::new(&options.config, &options.roots, options.store.clone()));
        let state = State::searching(Arc::clone(&options.config));
        let shared = Arc::new(Shared {
            measures: Measures::new(store.clone()),
            rooms: Rooms::default(),
            options,
            guard,
            state: Mutex::new(state),
            events,
            changed: Arc::default(),
            asked: Arc::default(),
            settled: watch::Sender::new(false),
            handle: runtime.handle().clone(),
        });
        let weak = || Arc::downgrade(&shared);
        let prices = weak();
        shared.guard.price_by(move |model| prices.upgrade()?.state().model(model)?.price);
        runtime.spawn(teller::tell(weak(), Arc::clone(&shared.changed), shared.events.clone()));
        runtime.spawn(scout::scout(weak(), Arc::clone(&shared.asked)));
        shared.changed.notify_one();
        Ok(Self { shared, _keep: Arc::new(Background(Some(runtime), store)) })
    }

    /// Does what the rest of the program asks for; returns at once.
    pub fn command(&self, command: ModelCommand) {
        match command {
            ModelCommand::Use(task, choice) => {
                let mut state = self.shared.state();
                match choice {
                    Some(choice) => drop(state.session.insert(task, choice)),
                    None => drop(state.session.remove(&task)),
                }
                drop(state);
                self.shared.changed.notify_one();
            }
            ModelCommand::Refresh => self.shared.asked.notify_one(),
            ModelCommand::Test(task, model) => {
                let shared = Arc::clone(&self.shared);
                self.handle().spawn(async move {
                    let tested = shared.test(task, &model).await;
                    let result = tested
                        .map(|trial| (trial.first_token, trial.total))
                        .map_err(|error| backend::short(&error));
                    shared.tell(ModelEvent::Tested { task, model, result });
                });
            }
        }
    }

    /// Takes a configuration that was read anew, and looks for backends again where it says something else of them.
    pub fn configure(&self, config: Arc<Config>) {
        let mut state = self.shared.state();
        let same = |a: &Config, b: &Config| {
            (&a.backends, a.local_only, a.discover) == (&b.backends, b.local_only, b.discover)
        };
        self.shared.guard.configure(&config);
        let looks = !same(&state.config, &config);
        state.configure(config);
        drop(state);
        if looks {
            self.shared.asked.notify_one();
        }
        self.shared.changed.notify_one();
    }

    /// The configuration in force.
    pub fn config(&self) -> Arc<Config> {
        self.shared.config()
    }

    /// What every call passes: private files, redaction, budgets and their estimates, the egress log.
    pub fn guard(&self) -> &Arc<Guard> {
        &self.shared.guard
    }

    /// What is wrong with configured backends and tasks, as far as it is known.
    pub fn problems(&self) -> Vec<Problem> {
        self.shared.state().problems()
    }

    /// Backends, models, health and measures as they are now.
    pub fn backends(&self) -> Vec<crate::domain::BackendStatus> {
        self.shared.state().picture().backends
    }

    /// Who does a task, and why.
    pub fn route(&self, task: TaskKind) -> RouteStatus {
        self.shared.state().route(task).status
    }

    /// What is known of a model; `None` where there is none of that name.
    pub fn model(&self, model: &ModelRef) -> Option<ModelInfo> {
        self.shared.state().model(model)
    }

    /// Calls one model, without candidates; chunks come as the server sends them.
    pub fn stream(&self, model: &ModelRef, call: Call) -> Answer {
        self.shared.stream(model, call)
    }

    /// Calls one model, without candidates, and collects its answer; a failure half-way is tried again as well.
    ///
    /// # Errors
    /// What went wrong.
    pub async fn call(&self, model: &ModelRef, call: Call) -> Result<Reply, LlmError> {
        self.shared.call(model, call).await
    }

    /// Sends one small real call for a task to a model.
    ///
    /// # Errors
    /// What went wrong.
    pub async fn test(&self, task: TaskKind, model: &ModelRef) -> Result<Trial, LlmError> {
        self.shared.test(task, model).await
    }

    /// Waits until the first look for backends is over.
    pub async fn settled(&self) {
        let mut settled = self.shared.settled.subscribe();
        // The sender lives as long as we do.
        let _ = settled.wait_for(|settled| *settled).await;
    }

    /// Whether the first look for backends is over.
    pub fn is_settled(&self) -> bool {
        *self.shared.settled.borrow()
    }

    /// Where futures of this module run; callers that block use `handle().block_on`.
    pub fn handle(&self) -> &Handle {
        &self.shared.handle
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // What panicked left plain data behind, each part of it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn config(&self) -> Arc<Config> {
        Arc::clone(&self.state().config)
    }

    fn tell(&self, event: ModelEvent) {
        // Nobody listens at the end of the program.
        let _ = self.events.send(event);
    }

    fn tell_problems(&self) {
        for problem in self.state().problems() {
            let notice = Notice::new(Severity::Warning, format!("{}: {}", problem.key, problem.message));
            let notice = match &problem.suggestion {
                Some(near) => notice.hint(format!("Did you mean `{near}`?")),
                None => notice.hint("`quarry doctor` shows where it was set"),
            };
            self.tell(ModelEvent::Notice(notice));
        }
    }

    /// The backend of a model.
    ///
    /// # Errors
    /// [`LlmError::Unavailable`] where there is none of that name, or nothing to call.
    fn backend(&self, model: &ModelRef) -> Result<Backend, LlmError> {
        self.state().backend(&model.backend).cloned().ok_or_else(|| LlmError::Unavailable {
            model: model.clone(),
            why: "there is no such backend".into(),
        })
    }

    fn stream(&self, model: &ModelRef, call: Call) -> Answer {
        match self.backend(model) {
            Ok(backend) => match &backend.client {
                Ok(client) => {
                    self.changed.notify_one();
                    client.stream(model, &self.traits(&backend, model, &call), call)
                }
                Err(why) => Answer::failed(backend.unavailable(why)),
            },
            Err(error) => Answer::failed(error),
        }
    }

    async fn call(&self, model: &ModelRef, call: Call) -> Result<Reply, LlmError> {
        let backend = self.backend(model)?;
        let client = backend.client.as_ref().map_err(|why| backend.unavailable(why))?;
        let task = call.task;
        self.changed.notify_one();
        let traits = self.traits(&backend, model, &call);
        let reply = client.whole(model, &traits, call).collect().await?;
        self.measures.keep(task, model, reply.timing, &reply.counted);
        self.read_back(&backend, model, traits.window).await;
        Ok(reply)
    }

    /// What a call to a model must know of it, the window to ask for included.
    fn traits(&self, backend: &Backend, model: &ModelRef, call: &Call) -> Traits {
        let window = self.rooms.window(backend.spec.protocol, model, &backend.listed(model), call);
        Traits { window, ..backend.traits(model) }
    }

    /// Reads back the window of a model that streamed.
    async fn look_at_room(&self, model: &ModelRef) {
        if let (Some(asked), Ok(backend)) = (self.rooms.asked(model), self.backend(model)) {
            self.read_back(&backend, model, Some(asked)).await;
        }
    }

    /// Reads what a server really loaded after it was asked for a window that it had not, and tells where that is less.
    async fn read_back(&self, backend: &Backend, model: &ModelRef, asked: Option<u32>) {
        let Some(asked) = asked.filter(|asked| self.rooms.is_news(model, *asked)) else { return };
        self.ask(backend).await;
        let loaded = self.state().backend(&backend.spec.name).and_then(|known| known.listed(model).window);
        if let Some(loaded) = loaded.filter(|loaded| *loaded < asked) {
            let title = format!("{model} was asked for a window of {asked} tokens and has {loaded}");
            let fix =
                "Start Ollama with a larger OLLAMA_CONTEXT_LENGTH, free memory, or choose a smaller model";
            self.tell(ModelEvent::Notice(Notice::new(Severity::Warning, title).hint(fix)));
        }
    }

    /// Keeps how a streamed answer went.
    fn note(&self, task: TaskKind, answer: &Answer, counted: &Counted) {
        self.measures.keep(task, answer.model(), answer.timing(), counted);
    }
}
