//! Services: the tree and the query engine, started together and wired to each other.
//!
//! Events of the tree go to the engine; what a person sees of both goes to one sink. Dropping ends all their threads
//! and waits for them, so the sink must give up once nobody listens.

mod sifting;
mod starting;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::chat::{Chat, Front, Models, Parts};
use crate::command::Commander;
use crate::config::Config;
use crate::domain::{
    ChatCommand, ChatEvent, EditCommand, EditEvent, EvalCommand, EvalEvent, FileId, JudgeName, ModelCommand,
    ModelEvent, Notice, QueryCommand, QueryEvent, RelPath, Severity, TreeEvent,
};
use crate::index::Outlines;
use crate::llm::{Llm, LlmOptions};
use crate::query::judges::embedded::Embedded;
use crate::query::{Engine, EngineInput, EngineOptions, Places, root_names};

use super::evaluating::{Evaluator, Noter};
use super::helping::context_parts;
use super::judges::JudgeParts;
use crate::store::{Conversations, Store};
use crate::tree::{self, TreeHandle, TreeOptions};
use sifting::{excluded, mark, news};
use starting::{start_chat, start_edits, start_evaluator, start_models, tuned};

/// What the services are started with.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, Default)]
pub struct ServiceOptions {
    /// The root directories, absolute, in the order of their ids.
    pub roots: Vec<PathBuf>,
    /// The task that the user set.
    pub task: Option<Arc<str>>,
    /// Where index and history are kept between sessions; `None` keeps nothing.
    pub cache_dir: Option<PathBuf>,
    /// Where a correction of the judge for this tree is kept; `None` takes the judge as it ships.
    pub data_dir: Option<PathBuf>,
    /// Globs, as in `.gitignore`, of files that are not judged.
    pub exclude: Vec<String>,
    /// Whether changes of the tree are followed.
    pub watch: bool,
    /// What models are started with; `None` leaves them out.
    pub models: Option<LlmOptions>,
    /// Judge each file once, when all is known of it, instead of early and again.
    pub judge_once: bool,
    /// Whom the chat works for; `None` starts none.
    pub chat: Option<Front>,
    /// Whether judges can be measured and tuned beside everything else.
    pub evaluates: bool,
    /// Whether what people pin and exclude and answers cite is noted for tuning.
    pub notes_feedback: bool,
    /// What edits follow: the form of answers, the check command; `None` starts no edit service.
    pub edits: Option<Arc<Config>>,
}

/// What the services tell.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceEvent {
    /// By the tree: git, watching, lost roots and notices. Files and commits go to the engine alone.
    Tree(TreeEvent),
    /// By the query engine.
    Query(QueryEvent),
    /// By the models' service.
    Models(ModelEvent),
    /// By the chat service.
    Chat(ChatEvent),
    /// By the edit service.
    Edit(EditEvent),
    /// By the evaluating service.
    Eval(EvalEvent),
}

/// Where a file lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its root, absolute.
    pub root: PathBuf,
    /// Its path below the root.
    pub path: RelPath,
}

impl Place {
    /// The path for the file system.
    pub fn on_disk(&self) -> PathBuf {
        self.root.join(self.path.as_path())
    }
}

/// The running services.
pub struct Services {
    // Dropped first: its threads send to the engine.
    _tree: TreeHandle,
    // Before the models, whose threads carry its answers.
    chat: Option<Chat>,
    engine: Arc<Engine>,
    places: Places,
    roots: Vec<PathBuf>,
    // Before the models, whose threads carry its answers.
    edits: Option<Commander>,
    evaluator: Option<Evaluator>,
    noter: Option<Arc<Noter>>,
    notes: Arc<AtomicBool>,
    llm: Option<Llm>,
}

impl Services {
    /// Starts both.
    ///
    /// # Errors
    /// A notice where the judge cannot be had.
    pub fn start(
        options: ServiceOptions,
        sink: impl Fn(ServiceEvent) + Clone + Send + Sync + 'static,
    ) -> Result<Self, Notice> {
        let embedded = Embedded::new().map_err(|error| {
            Notice::new(Severity::Error, "The embedded judge cannot work").cause(error.to_string())
        })?;
        let embedded = tuned(embedded, &options, &sink);
        let llm = options.models.clone().and_then(|models| start_models(models, sink.clone()));
        let to_sink = sink.clone();
        let engine_options = EngineOptions {
            roots: options.roots.clone(),
            cache_dir: options.cache_dir.clone(),
            task: options.task.clone(),
            weights: embedded.weights().ranking,
            wait_for_history: options.judge_once,
        };
        let embedded = Arc::new(embedded);
        let notes = Arc::new(AtomicBool::new(options.notes_feedback));
        let evaluator = start_evaluator(&options, &embedded, &notes, sink.clone());
        let parts = JudgeParts {
            embedded,
            llm: llm.clone(),
            roots: options.roots.clone(),
            cache_dir: options.cache_dir.clone(),
        };
        let judges = parts.judges();
        let (edits_ear, edits_inbox) = Commander::prepare();
        let edits_hear = edits_ear.clone();
        let (ear, inbox) = Chat::prepare();
        let talks = options.chat.is_some();
        let engine = Arc::new(Engine::spawn(engine_options, judges, move |event| {
            edits_hear.hear(&event);
            if talks {
                ear.hear(&event);
            }
            to_sink(ServiceEvent::Query(event));
        }));
        let places = engine.places();
        let noter = options.models.as_ref().map(|models| {
            let (store, roots) = (models.store.clone(), options.roots.clone());
            Arc::new(Noter::new(store, roots, places.clone(), Arc::clone(&notes)))
        });
        let context = context_parts(&options.roots, &places, engine.outlines(), llm.as_ref());
        let edits = start_edits(&options, (llm.clone(), context.clone()), edits_inbox, sink.clone());
        let edits_see = edits_ear.clone();
        let chat = options.chat.and_then(|front| {
            let models = llm.clone().map(|llm| Arc::new(llm) as Arc<dyn Models>);
            let store = options.models.as_ref().map_or_else(Store::in_memory, |models| models.store.clone());
            let kept = Conversations::new(&store, &options.roots);
            let parts = Parts { models, kept, context, front };
            let tell = sink.clone();
            let see_and_tell = move |event| {
                if let ServiceEvent::Chat(ChatEvent::Tray(tray)) = &event {
                    edits_see.see(tray);
                }
                tell(event);
            };
            start_chat(parts, inbox, (noter.clone(), see_and_tell))
        });
        let excluded = excluded(&options.exclude);
        let tree_options = TreeOptions {
            roots: options.roots.clone(),
            watch: options.watch,
            cache_dir: options.cache_dir,
            ..TreeOptions::default()
        };
        let (to_engine, notes_tree) = (Arc::clone(&engine), noter.clone());
        let names = root_names(&options.roots);
        let tree = tree::spawn(tree_options, move |event| {
            edits_ear.changed(&event, &names);
            if let Some(noter) = &notes_tree {
                noter.tree(&event);
            }
            if let Some(news) = news(&event) {
                sink(ServiceEvent::Tree(news));
            }
            // The engine passes notices on, so that it need not be left out where it runs alone: they are told once.
            if !matches!(event, TreeEvent::Notice(_)) {
                to_engine.send(EngineInput::Tree(mark(event, &excluded)));
            }
        });
        Ok(Self {
            _tree: tree,
            chat,
            engine,
            places,
            roots: options.roots,
            edits,
            evaluator,
            noter,
            notes,
            llm,
        })
    }

    /// Tells the engine; returns at once.
    pub fn send(&self, command: QueryCommand) {
        if let Some(noter) = &self.noter {
            noter.query(&command);
        }
        self.engine.send(EngineInput::Command(command));
    }

    /// Tells the models; returns at once. Without models nobody is told.
    pub fn send_to_models(&self, command: ModelCommand) {
        if let Some(llm) = &self.llm {
            llm.command(command);
        }
    }

    /// Tells the chat service; says whether there is one.
    pub fn send_to_chat(&self, command: ChatCommand) -> bool {
        if let Some(noter) = &self.noter {
            noter.chat(&command);
        }
        if let Some(chat) = &self.chat {
            chat.send(command);
        }
        self.chat.is_some()
    }

    /// Tells the edit service; says whether there is one.
    pub fn send_to_edit(&self, command: EditCommand) -> bool {
        if let Some(edits) = &self.edits {
            edits.send(command);
        }
        self.edits.is_some()
    }

    /// Tells the evaluating service; says whether there is one.
    pub fn send_to_eval(&self, command: EvalCommand) -> bool {
        if let Some(evaluator) = &self.evaluator {
            evaluator.send(command);
        }
        self.evaluator.is_some()
    }

    /// Takes a configuration that was read again.
    pub fn configure(&self, config: &Arc<Config>) {
        self.notes.store(config.feedback, Ordering::Relaxed);
        if let Some(llm) = &self.llm {
            llm.configure(Arc::clone(config));
        }
        if let Some(edits) = &self.edits {
            edits.configure(config);
        }
    }

    /// The models, where they were started.
    pub const fn models(&self) -> Option<&Llm> {
        self.llm.as_ref()
    }

    /// Where files lie, and what they define, for whoever puts a context together.
    pub fn found(&self) -> (Places, Outlines) {
        (self.places.clone(), self.engine.outlines())
    }

    /// Whether the query engine still works; without it no answer will come.
    pub fn is_alive(&self) -> bool {
        self.engine.is_alive()
    }

    /// Where the file of a path as shown lies, whether it is there or not; with several roots the first part of the path
    /// names its root.
    pub fn on_disk(&self, shown: &str) -> Option<PathBuf> {
        match self.roots.as_slice() {
            [root] => Some(root.join(shown)),
            roots => {
                let (name, path) = shown.split_once('/')?;
                let at = root_names(roots).iter().position(|root| root == name)?;
                Some(roots.get(at)?.join(path))
            }
        }
    }

    /// Where a file lies; `None` for an id never given.
    pub fn place(&self, file: FileId) -> Option<Place> {
        let (root, path) = self.places.get(file)?;
        let root = self.roots.get(usize::from(root.0))?.clone();
        Some(Place { root, path })
    }
}

/// The names of the judges that there are.
pub fn judge_names() -> Vec<JudgeName> {
    vec![JudgeName::embedded()]
}
