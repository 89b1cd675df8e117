//! Desk: what the service's thread works on: edits that stream, wait or were written, and what was judged.

mod asking;
mod checking;
mod committing;
mod deciding;
mod noticing;
mod remembering;
mod taking;
mod writing;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use crate::chat::context::{self, Assembler, Rules};
use crate::config::Config;
use crate::domain::{
    CommitId, EditCommand, EditEvent, EditId, EditState, ModelRef, Notice, RootId, Severity,
};
use crate::edit::{Disk, Roots, recover};
use crate::llm::Llm;
use crate::store::Store;
use crate::{index, query};

use super::draft::Draft;
use super::history::History;
use super::options::CommanderOptions;
use super::pane::Pane;
use super::places::Places;
use super::prompt::Form;
use super::shelf::Shelf;
use asking::{Going, Heard};
use checking::{Check, Printed};

/// What the service's thread is told.
pub enum Input {
    /// By the rest of the program.
    Command(Box<EditCommand>),
    /// These files changed on disk: their paths as shown.
    Changed(Vec<String>),
    /// Where HEAD of a root's repository is; `None` before its first commit, and without one.
    Head(RootId, Option<CommitId>),
    /// By a call to a model.
    Heard(EditId, u32, Heard),
    /// By the check command of this number.
    Printed(u32, Printed),
    /// By the call for a commit's message.
    Described(EditId, Result<String, Notice>),
    /// The configuration was read again.
    Configure(Arc<Config>),
    /// The end.
    Stop,
}

/// The state of the service.
pub struct Desk {
    roots: Arc<Roots>,
    disk: Arc<dyn Disk>,
    llm: Option<Llm>,
    store: Option<Store>,
    config: Arc<Config>,
    journals: PathBuf,
    history: History,
    shelf: Shelf,
    edits: BTreeMap<EditId, Draft>,
    going: BTreeMap<EditId, Going>,
    pane: Arc<Mutex<Pane>>,
    context: Assembler,
    /// Models that were found to take no tools, and the form in which they are asked instead.
    toolless: HashMap<ModelRef, Form>,
    check: Option<Check>,
    checks: u32,
    changed: BTreeSet<EditId>,
    heads: HashMap<RootId, Option<CommitId>>,
    numbers: u32,
    inbox: Sender<Input>,
    sink: Box<dyn Fn(EditEvent) + Send>,
}

impl Desk {
    pub fn new(
        options: CommanderOptions,
        roots: Roots,
        (inbox, pane): (Sender<Input>, Arc<Mutex<Pane>>),
        sink: Box<dyn Fn(EditEvent) + Send>,
    ) -> Self {
        let places = Places::new(&options.data_dir, &options.roots);
        let context =
            Assembler::new(options.context.unwrap_or_else(|| {
                context::Parts {
                    roots: options.roots.clone(),
                    reader: Arc::new(index::Disk::new(options.roots.clone())),
                    places: query::Places::default(),
                    rules: options
                        .llm
                        .as_ref()
                        .map_or_else(|| Arc::new(()) as Arc<dyn Rules>, |llm| llm.guard().clone()),
                    symbols: Arc::new(()),
                }
            }));
        Self {
            roots: Arc::new(roots),
            disk: options.disk,
            llm: options.llm,
            store: options.store,
            config: options.config,
            history: History::new(places.writes, places.journals.clone()),
            journals: places.journals,
            shelf: Shelf::new(places.open),
            edits: BTreeMap::new(),
            going: BTreeMap::new(),
            pane,
            context,
            toolless: HashMap::new(),
            check: None,
            checks: 0,
            changed: BTreeSet::new(),
            heads: HashMap::new(),
            numbers: 0,
            inbox,
            sink,
        }
    }

    /// Puts back what was half-written, and tells what waits.
    pub fn begin(&mut self) {
        match recover(&*self.disk, &self.journals) {
            Ok(places) if !places.is_empty() => {
                let names: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
                let title = "A write that was cut short was taken back";
                self.notice(Notice::new(Severity::Warning, title).cause(names.join(", ")));
            }
            Ok(_) => {}
            Err(error) => {
                let title = "A write that was cut short cannot be taken back";
                let hint = "See that the files can be written, then start again";
                self.notice(Notice::new(Severity::Error, title).cause(error.to_string()).hint(hint));
            }
        }
        self.history.settle(&self.roots);
        self.count_standing();
        let found = self.shelf.load();
        self.numbers = found.len() as u32;
        if !found.is_empty() {
            let shown = found.iter().map(|draft| Arc::new(draft.proposed())).collect();
            self.tell(EditEvent::Waiting(shown));
        }
        let waiting: Vec<EditId> = found.iter().map(|draft| draft.id).collect();
        self.edits = found.into_iter().map(|draft| (draft.id, draft)).collect();
        // Files may have changed while nobody looked.
        for id in waiting {
            self.meet(id, |_| true);
        }
        self.tell_history();
    }

    /// Whether edits changed that were not told yet.
    pub fn is_due(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Tells the edits that changed.
    pub fn tell_all(&mut self) {
        for id in std::mem::take(&mut self.changed) {
            if let Some(draft) = self.edits.get(&id) {
                self.tell(EditEvent::Edit(Arc::new(draft.proposed())));
            }
        }
    }

    /// Stops what goes on; what came is kept.
    pub fn end(&mut self) {
        let going: Vec<EditId> = self.going.keys().copied().collect();
        for id in going {
            self.stop(id);
        }
        self.check = None;
    }

    pub fn take(&mut self, input: Input) {
        match input {
            Input::Command(command) => self.command(*command),
            Input::Changed(paths) => self.changed_on_disk(&paths),
            Input::Head(root, head) => {
                // Told with each change of the status.
                if self.heads.insert(root, head) != Some(head) {
                    self.count_standing();
                }
            }
            Input::Heard(id, round, heard) => self.heard(id, round, heard),
            Input::Printed(number, printed) => self.printed(number, printed),
            Input::Described(id, message) => match message {
                Ok(message) => self.tell(EditEvent::Message(id, message.into())),
                Err(notice) => self.notice(notice),
            },
            Input::Configure(config) => {
                self.config = config;
                self.toolless.clear();
            }
            Input::Stop => {}
        }
    }

    fn command(&mut self, command: EditCommand) {
        match command {
            EditCommand::Ask(instruction) => self.ask(instruction),
            EditCommand::Take { text, instruction, by } => self.take_text(&text, instruction, by),
            EditCommand::Cancel => self.cancel(),
            EditCommand::Decide(id, which, decision) => self.decide(id, &which, decision),
            EditCommand::Resolve(id, hunk, decision) => {
                self.decide(id, &crate::domain::Hunks::One(hunk), decision);
            }
            EditCommand::Split(id, hunk, line) => self.split(id, hunk, line),
            EditCommand::Amend(id, hunk, lines) => self.amend(id, hunk, &lines),
            EditCommand::Comment(id, hunk, comment) => self.comment(id, hunk, &comment),
            EditCommand::Retry(id) => self.retry(id),
            EditCommand::Write(id) => self.write(id),
            EditCommand::Drop(id) => self.drop_edit(id),
            EditCommand::Undo => self.undo(),
            EditCommand::Redo => self.redo(),
            EditCommand::Check(id) => self.run_check(id),
            EditCommand::FixCheck(id) => self.fix_check(id),
            EditCommand::Describe(id) => self.describe(id),
            EditCommand::Commit(id, message) => self.commit(id, &message),
        }
    }

    /// What the list and the tray show now.
    fn pane(&self) -> Pane {
        // What panicked left plain data behind.
        self.pane.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn number(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    fn tell(&self, event: EditEvent) {
        (self.sink)(event);
    }

    fn notice(&self, notice: Notice) {
        self.tell(EditEvent::Notice(notice));
    }

    fn tell_history(&self) {
        let (undo, redo) = self.history.next();
        self.tell(EditEvent::History { undo: undo.map(Into::into), redo: redo.map(Into::into) });
    }

    /// The edit changed: it is kept where it waits for decisions, and told with the next picture.
    fn touched(&mut self, id: EditId) {
        self.changed.insert(id);
        self.keep(id);
    }

    fn keep(&mut self, id: EditId) {
        let Some(draft) = self.edits.get(&id) else { return };
        match draft.state {
            EditState::Streaming | EditState::Retrying(_) => {}
            EditState::Proposed => {
                if !draft.files.is_empty()
                    && let Err(error) = self.shelf.keep(draft)
                {
                    let title = "The edit will not survive a restart";
                    self.notice(Notice::new(Severity::Warning, title).cause(error.to_string()));
                }
            }
            EditState::Written | EditState::Undone | EditState::Dropped | EditState::Failed(_) => {
                self.shelf.forget(id);
            }
        }
    }
}
