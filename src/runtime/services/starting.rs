//! Starting: each service on its own; one that cannot start is told of, and all else works.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{ServiceEvent, ServiceOptions};
use crate::chat::{Chat, Inbox, Parts, context};
use crate::command::{self, Commander, CommanderOptions};
use crate::domain::{ChatEvent, EditEvent, ModelEvent, Notice, QueryEvent, Severity};
use crate::llm::{Llm, LlmOptions};
use crate::query::judges::embedded::tuning::Tuning;
use crate::query::judges::embedded::{Embedded, threshold};
use crate::query::root_names;
use crate::runtime::evaluating::{Evaluator, EvaluatorOptions, Noter};
use crate::text::sanitize::sanitize_bytes;

/// What helps where the system gives no threads.
const NO_THREADS: &str = "Free some memory or raise `ulimit -u`, then start again";

/// What was started; else its title and hint are told with the cause.
fn or_told<T>(
    started: io::Result<T>,
    (title, hint): (&'static str, &'static str),
    tell: impl FnOnce(Notice),
) -> Option<T> {
    let told =
        |error: io::Error| tell(Notice::new(Severity::Error, title).cause(error.to_string()).hint(hint));
    started.map_err(told).ok()
}

/// Starts the edit service; without it all else works.
pub fn start_edits(
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
    let started = Commander::start_with(started, inbox, move |event| tell(ServiceEvent::Edit(event)));
    let words = ("Edits cannot be made", "See that the roots are there, then start again");
    or_told(started, words, |notice| sink(ServiceEvent::Edit(EditEvent::Notice(notice))))
}

/// Starts the models; without them all else works.
pub fn start_models(
    options: LlmOptions,
    sink: impl Fn(ServiceEvent) + Send + Sync + Clone + 'static,
) -> Option<Llm> {
    let tell = sink.clone();
    let started = Llm::start(options, move |event| tell(ServiceEvent::Models(event)));
    let words = ("Models cannot be asked", NO_THREADS);
    or_told(started, words, |notice| sink(ServiceEvent::Models(ModelEvent::Notice(notice))))
}

/// Starts the chat; without it all else works.
pub fn start_chat(
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
    let words = ("Chat cannot start", NO_THREADS);
    or_told(Chat::start(parts, inbox, told), words, |notice| {
        sink(ServiceEvent::Chat(ChatEvent::Notice(notice)));
    })
}

/// Starts the evaluating service; without it all else works.
pub fn start_evaluator(
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
pub fn tuned(embedded: Embedded, options: &ServiceOptions, sink: &impl Fn(ServiceEvent)) -> Embedded {
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
