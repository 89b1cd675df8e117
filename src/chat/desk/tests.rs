//! The desk with explicit time, and with models that say what the test says.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use tokio::runtime::{Handle, Runtime};

use super::*;
use crate::chat::models::Heard;
use crate::chat::stream::End;
use crate::domain::{
    Answer, AnswerState, Answerer, Choice, Counts, FileId, IndexStatus, Locality, Patience, QueryEvent,
    RankCause, RankedRow, Retrieval, RouteStatus, StateKind, TaskKind, Turn,
};
use crate::llm::profiles::Profile;
use crate::llm::{Call, LlmError, ModelInfo, StopReason};
use crate::query::Places;
use crate::store::Store;

mod longer;
mod rounds;

/// Models that are asked and say nothing by themselves.
#[derive(Default)]
pub struct Fake {
    pub calls: Mutex<Vec<(Option<ModelRef>, Call)>>,
    pub nobody: bool,
    /// A model is set for rewriting.
    pub rewrites: bool,
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}

pub fn model(name: &str) -> ModelRef {
    ModelRef::new("lab", name)
}

impl Fake {
    fn called(&self, by: Option<&ModelRef>, call: Call) -> Heard {
        self.calls.lock().unwrap().push((by.cloned(), call));
        stream::pending().boxed()
    }
}

impl Models for Fake {
    fn route(&self, task: TaskKind) -> RouteStatus {
        let choice = match task {
            TaskKind::Rewrite if self.rewrites => Choice::Model(model("small")),
            TaskKind::Title | TaskKind::Rewrite => Choice::Nobody,
            TaskKind::Chat
            | TaskKind::Judge
            | TaskKind::Command
            | TaskKind::Complete
            | TaskKind::Commit
            | TaskKind::Review
            | TaskKind::Doc
            | TaskKind::Scan => {
                if self.nobody {
                    Choice::Nobody
                } else {
                    Choice::Model(model("m"))
                }
            }
        };
        let why = "no backend was found".into();
        RouteStatus { task, choice, why, passed_over: Vec::new(), by_user: self.rewrites }
    }

    fn model(&self, model: &ModelRef) -> Option<ModelInfo> {
        Some(ModelInfo {
            model: model.clone(),
            locality: Locality::Loopback,
            window: Some(8_192),
            most_window: None,
            price: None,
            in_flight: None,
            abilities: Vec::new(),
            measured: crate::domain::Measured::default(),
            profile: Profile::default(),
        })
    }

    fn ask(&self, call: Call) -> Heard {
        self.called(None, call)
    }

    fn ask_one(&self, model: &ModelRef, call: Call) -> Heard {
        self.called(Some(model), call)
    }

    fn settled(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    fn runtime(&self) -> &Handle {
        runtime().handle()
    }
}

/// A desk, its clock and what it told.
pub struct Bench {
    pub desk: Desk,
    pub models: Arc<Fake>,
    pub told: Vec<ChatEvent>,
    pub found: Found,
    start: Instant,
    ms: u64,
    _inputs: Receiver<Input>,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(Fake::default())
    }

    pub fn with(fake: Fake) -> Self {
        Self::made(fake, &Store::in_memory(), Front::Script)
    }

    pub fn at(store: &Store, front: Front) -> Self {
        Self::made(Fake::default(), store, front)
    }

    fn made(fake: Fake, store: &Store, front: Front) -> Self {
        let (inbox, inputs) = channel();
        let models = Arc::new(fake);
        let parts = Parts {
            models: Some(Arc::clone(&models) as Arc<dyn Models>),
            kept: Conversations::new(store, &[]),
            context: context::Parts {
                roots: Vec::new(),
                reader: Arc::new(crate::index::Disk::new(Vec::new())),
                places: Places::default(),
                rules: Arc::new(()),
                symbols: Arc::new(()),
            },
            front,
        };
        let start = Instant::now();
        let desk = Desk::new(parts, inbox, Now { at: start, unix_ms: 0 });
        let told = Vec::new();
        let mut bench = Self { desk, models, told, found: Found::default(), start, ms: 0, _inputs: inputs };
        bench.found.index = IndexStatus { walked: true, ..IndexStatus::default() };
        bench.give(Input::Settled);
        bench
    }

    fn now(&self) -> Now {
        Now { at: self.start + Duration::from_millis(self.ms), unix_ms: self.ms as i64 }
    }

    pub fn give(&mut self, input: Input) {
        let told = self.desk.take(input, self.now());
        self.told.extend(told);
    }

    pub fn command(&mut self, command: ChatCommand) {
        self.give(Input::Command(command));
    }

    /// A message that is not searched for.
    pub fn send(&mut self, text: &str) {
        self.command(ChatCommand::Send(Question { retrieval: Retrieval::Off, ..Question::new(text) }));
    }

    pub fn pass(&mut self, ms: u64) {
        self.ms += ms;
        let told = self.desk.wake(self.now());
        self.told.extend(told);
    }

    /// The engine ranks these files, of so many that have a verdict in a tree of a thousand.
    pub fn rank(&mut self, generation: u64, yes: &[u32], judged: u32) {
        let row = |file: u32| RankedRow {
            file: FileId(file),
            path: format!("src/{file}.rs").into(),
            state: StateKind::Yes,
            probability: 0.9,
            score: 0.9,
            stale: false,
            pinned: false,
            flipped: false,
        };
        let mut counts = Counts::default();
        for n in 0..1_000_u32 {
            let kind = if n >= judged {
                StateKind::Queued
            } else if (n as usize) < yes.len() {
                StateKind::Yes
            } else {
                StateKind::No
            };
            counts.add(kind);
        }
        let rows = yes.iter().copied().map(row).collect();
        let generation = Generation(generation);
        self.engine(&QueryEvent::Ranked { generation, rows, counts, cause: RankCause::Query });
    }

    pub fn done(&mut self, generation: u64) {
        let (generation, counts) = (Generation(generation), self.found.counts);
        self.engine(&QueryEvent::Done { generation, counts, elapsed: Duration::ZERO });
    }

    fn engine(&mut self, event: &QueryEvent) {
        self.found.take(event);
        let told = self.desk.engine(self.found.clone(), self.now());
        self.told.extend(told);
    }

    /// The answer that is shown last.
    pub fn shown(&self) -> Turn {
        let branch = self.desk.talk.branch();
        branch.last().cloned().unwrap()
    }

    pub fn answer(&self) -> Answer {
        let TurnBody::Answer(answer) = self.shown().body else { panic!("no answer is shown") };
        *answer
    }

    pub fn stream(&mut self, turn: TurnId, text: &str) {
        self.give(Input::Piece(turn, Piece { text: text.into(), ..Piece::default() }));
    }

    pub fn end(&mut self, turn: TurnId, end: End) {
        self.give(Input::Piece(turn, Piece { end: Some(end), ..Piece::default() }));
    }

    pub fn finish(&mut self, turn: TurnId) {
        self.end(turn, End::Stopped(Some(StopReason::End)));
    }

    pub fn calls(&self) -> usize {
        self.models.calls.lock().unwrap().len()
    }

    /// What the store would give back after a crash now.
    pub fn kept(&mut self) -> Vec<Turn> {
        let id = self.desk.talk.head.id;
        self.desk.parts.kept.branch(id)
    }
}
