//! Services: the tree and the query engine, started together and wired to each other.
//!
//! Events of the tree go to the engine; what a person sees of both goes to one sink. Dropping ends all their threads
//! and waits for them, so the sink must give up once nobody listens.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::chat::context::{self, Rules};
use crate::chat::{Chat, Front, Inbox, Models, Parts};
use crate::command::{self, Commander, CommanderOptions};
use crate::config::Config;
use crate::domain::{
    Change, ChatCommand, ChatEvent, EditCommand, EditEvent, EvalCommand, EvalEvent, FileId, FileMeta,
    JudgeName, ModelCommand, ModelEvent, Notice, QueryCommand, QueryEvent, RelPath, Severity, SkipReason,
    TreeEvent,
};
use crate::index::{Disk, Outlines};
use crate::llm::{Llm, LlmOptions};
use crate::query::judges::embedded::tuning::Tuning;
use crate::query::judges::embedded::{Embedded, threshold};
use crate::query::{Engine, EngineInput, EngineOptions, Places, root_names};

use super::evaluating::{Evaluator, EvaluatorOptions, Noter};
use super::helping;
use super::judges::JudgeParts;
use crate::store::{Conversations, Store};
use crate::text::sanitize::sanitize_bytes;
use crate::tree::{self, TreeHandle, TreeOptions};

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
        let context = helping::parts(&options.roots, &places, engine.outlines(), llm.as_ref());
        let edits = start_edits(&options, (llm.clone(), context), edits_inbox, sink.clone());
        let edits_see = edits_ear.clone();
        let chat = options.chat.and_then(|front| {
            let models = llm.clone().map(|llm| Arc::new(llm) as Arc<dyn Models>);
            let store = options.models.as_ref().map_or_else(Store::in_memory, |models| models.store.clone());
            let parts = Parts {
                models,
                kept: Conversations::new(&store, &options.roots),
                roots: options.roots.clone(),
                reader: Arc::new(Disk::new(options.roots.clone())),
                places: places.clone(),
                rules: llm.as_ref().map_or_else(|| Arc::new(()) as Arc<dyn Rules>, |llm| llm.guard().clone()),
                symbols: Arc::new(engine.outlines()),
                front,
            };
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

/// Starts the edit service; without it all else works.
fn start_edits(
    options: &ServiceOptions,
    (llm, context): (Option<Llm>, context::Parts),
    inbox: command::Inbox,
    sink: impl Fn(ServiceEvent) + Clone + Send + 'static,
) -> Option<Commander> {
    let (config, data) = (options.edits.clone()?, options.data_dir.clone()?);
    let tell = sink.clone();
    let store = options.models.as_ref().map(|models| models.store.clone());
    let context = Some(context);
    let started = CommanderOptions {
        context,
        store,
        ..CommanderOptions::new(options.roots.clone(), data, config, llm)
    };
    match Commander::start_with(started, inbox, move |event| tell(ServiceEvent::Edit(event))) {
        Ok(commander) => Some(commander),
        Err(error) => {
            let notice = Notice::new(Severity::Error, "Edits cannot be made").cause(error.to_string());
            sink(ServiceEvent::Edit(EditEvent::Notice(
                notice.hint("See that the roots are there, then start again"),
            )));
            None
        }
    }
}

/// Starts the models; without them all else works.
fn start_models(
    options: LlmOptions,
    sink: impl Fn(ServiceEvent) + Send + Sync + Clone + 'static,
) -> Option<Llm> {
    let tell = sink.clone();
    match Llm::start(options, move |event| tell(ServiceEvent::Models(event))) {
        Ok(llm) => Some(llm),
        Err(error) => {
            let notice = Notice::new(Severity::Error, "Models cannot be asked").cause(error.to_string());
            sink(ServiceEvent::Models(ModelEvent::Notice(
                notice.hint("Free some memory or raise `ulimit -u`, then start again"),
            )));
            None
        }
    }
}

/// Starts the chat; without it all else works.
fn start_chat(
    parts: Parts,
    inbox: Inbox,
    (noter, sink): (Option<Arc<Noter>>, impl Fn(ServiceEvent) + Clone + Send + 'static),
) -> Option<Chat> {
    let tell = sink.clone();
    let told = move |event| {
        if let Some(noter) = &noter {
            noter.told(&event);
        }
        tell(ServiceEvent::Chat(event));
    };
    match Chat::start(parts, inbox, told) {
        Ok(chat) => Some(chat),
        Err(error) => {
            let notice = Notice::new(Severity::Error, "Chat cannot start").cause(error.to_string());
            sink(ServiceEvent::Chat(ChatEvent::Notice(
                notice.hint("Free some memory or raise `ulimit -u`, then start again"),
            )));
            None
        }
    }
}

/// Starts the evaluating service; without it all else works.
fn start_evaluator(
    options: &ServiceOptions,
    embedded: &Arc<Embedded>,
    notes: &Arc<AtomicBool>,
    sink: impl Fn(ServiceEvent) + Send + Sync + 'static,
) -> Option<Evaluator> {
    let (data, models) = (options.data_dir.clone()?, options.models.as_ref()?);
    let root = options.roots.first().filter(|_| options.evaluates)?.clone();
    // The only root has no name in paths, but people call it by its folder's.
    let folder = root.file_name().unwrap_or(root.as_os_str()).as_encoded_bytes();
    let name = root_names(&options.roots).into_iter().next().unwrap_or_else(|| sanitize_bytes(folder));
    let options = EvaluatorOptions {
        root,
        name: name.as_str().into(),
        is_alone: options.roots.len() == 1,
        data,
        store: models.store.clone(),
        embedded: Arc::clone(embedded),
        notes: Arc::clone(notes),
    };
    Evaluator::start(options, move |event| sink(ServiceEvent::Eval(event))).ok()
}

/// The judge as it was tuned to this tree; one that cannot be used is told of, and the judge stays as it ships.
fn tuned(embedded: Embedded, options: &ServiceOptions, sink: &impl Fn(ServiceEvent)) -> Embedded {
    // A correction knows the habits of one repository; several trees are judged as it ships.
    let (Some(data), [root]) = (&options.data_dir, options.roots.as_slice()) else { return embedded };
    match Tuning::load(data, root, || embedded.weights().fingerprint()) {
        Ok(tuning) => embedded.tune(tuning),
        Err(error) => {
            let notice = Notice::new(Severity::Warning, "The judge's tuning for this tree is not used");
            let notice = notice.cause(error.to_string()).hint("Run `quarry tune` here");
            sink(ServiceEvent::Query(QueryEvent::Notice(notice)));
        }
    }
    embedded.say_yes_from(threshold::load(data, root));
    embedded
}

/// The names of the judges that there are.
pub fn judge_names() -> Vec<JudgeName> {
    vec![JudgeName::embedded()]
}

/// What a person sees of the tree's events.
fn news(event: &TreeEvent) -> Option<TreeEvent> {
    match event {
        TreeEvent::Git(..) | TreeEvent::Watch(_) | TreeEvent::RootLost(..) | TreeEvent::Notice(_) => {
            Some(event.clone())
        }
        TreeEvent::Found(_)
        | TreeEvent::Walked { .. }
        | TreeEvent::Changed(_)
        | TreeEvent::History { .. } => None,
    }
}

/// The matcher of the configured globs; those that do not parse were complained about when they were loaded.
fn excluded(globs: &[String]) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for glob in globs {
        let _ = builder.add_line(None, glob);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Marks the files that the configuration excludes.
fn mark(event: TreeEvent, excluded: &Gitignore) -> TreeEvent {
    if excluded.is_empty() {
        return event;
    }
    let mark = |meta: FileMeta| {
        let out = excluded.matched_path_or_any_parents(meta.path.as_path(), false).is_ignore();
        FileMeta { skip: if out { Some(SkipReason::Excluded) } else { meta.skip }, ..meta }
    };
    match event {
        TreeEvent::Found(files) => TreeEvent::Found(files.into_iter().map(mark).collect()),
        TreeEvent::Changed(changes) => TreeEvent::Changed(
            changes
                .into_iter()
                .map(|change| match change {
                    Change::Upsert(meta) => Change::Upsert(mark(meta)),
                    Change::Removed(..) => change,
                })
                .collect(),
        ),
        TreeEvent::Walked { .. }
        | TreeEvent::Git(..)
        | TreeEvent::History { .. }
        | TreeEvent::Watch(_)
        | TreeEvent::RootLost(..)
        | TreeEvent::Notice(_) => event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FileStamp, RootId};

    #[test]
    fn configured_globs_mark_files_as_excluded() {
        let meta = |path: &str| FileMeta {
            root: RootId(0),
            path: RelPath::from(path),
            stamp: FileStamp::default(),
            skip: None,
        };
        let globs = ["*.gen.rs".to_owned(), "docs/".to_owned(), "!docs/keep.md".to_owned()];
        let event = TreeEvent::Found(vec![meta("src/a.gen.rs"), meta("docs/x/y.md"), meta("src/b.rs")]);
        let TreeEvent::Found(files) = mark(event, &excluded(&globs)) else { panic!("another event") };
        let skips: Vec<_> = files.into_iter().map(|file| file.skip).collect();
        assert_eq!(skips, [Some(SkipReason::Excluded), Some(SkipReason::Excluded), None]);
    }
}
