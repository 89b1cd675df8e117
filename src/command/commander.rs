//! Commander: the handle of the edit service, and its thread.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::domain::{Change, EditCommand, EditEvent, QueryEvent, RelPath, RootId, Tray, TreeEvent};
use crate::edit::Roots;
use crate::query::root_names;

use super::desk::{Desk, Input};
use super::options::CommanderOptions;
use super::pane::Pane;

/// The least time between two pictures of an edit that streams.
const PACE: Duration = Duration::from_millis(50);

/// The edit service. Dropping it stops models and check commands, and waits for its thread; undecided edits stay on disk.
#[derive(Debug)]
pub struct Commander {
    inbox: Sender<Input>,
    thread: Option<JoinHandle<()>>,
}

impl Commander {
    /// Something that other services' threads tell their events to, from before the service starts on; and what it is started
    /// with.
    pub fn prepare() -> (Ear, Inbox) {
        let (inbox, inputs) = mpsc::channel();
        let ear = Ear { inbox, pane: Arc::default() };
        (ear.clone(), Inbox { ear, inputs })
    }

    /// Starts the service alone; see [`Commander::start_with`].
    ///
    /// # Errors
    /// Roots that are no directories, or a system that gives no thread.
    pub fn start(options: CommanderOptions, sink: impl Fn(EditEvent) + Send + 'static) -> io::Result<Self> {
        Self::start_with(options, Self::prepare().1, sink)
    }

    /// Starts the service; what a program that was killed left half-written is put back first. `sink` is told from the
    /// service's thread and may wait.
    ///
    /// # Errors
    /// Roots that are no directories, or a system that gives no thread.
    pub fn start_with(
        options: CommanderOptions,
        inbox: Inbox,
        sink: impl Fn(EditEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let roots = Roots::new(&options.roots, root_names(&options.roots))?;
        let Inbox { ear: Ear { inbox, pane }, inputs } = inbox;
        let desk = Desk::new(options, roots, (inbox.clone(), pane), Box::new(sink));
        let thread = thread::Builder::new().name("edits".into()).spawn(move || run(desk, &inputs))?;
        Ok(Self { inbox, thread: Some(thread) })
    }

    /// Does what the rest of the program asks for; returns at once.
    pub fn send(&self, command: EditCommand) {
        self.put(Input::Command(Box::new(command)));
    }

    /// Takes a configuration that was read again.
    pub fn configure(&self, config: &Arc<Config>) {
        self.put(Input::Configure(Arc::clone(config)));
    }

    fn put(&self, input: Input) {
        // Its thread ends before the handle only by a panic, which was printed.
        let _ = self.inbox.send(input);
    }
}

/// What waits for a service that is to be started.
#[derive(Debug)]
pub struct Inbox {
    ear: Ear,
    inputs: Receiver<Input>,
}

/// Hears what other services tell. Never blocks, but for a moment.
#[derive(Debug, Clone)]
pub struct Ear {
    inbox: Sender<Input>,
    pane: Arc<Mutex<Pane>>,
}

impl Ear {
    /// Hears what the query engine says, to know what its list shows.
    pub fn hear(&self, event: &QueryEvent) {
        self.pane().hear(event);
    }

    /// Sees the tray of the chat, to know what the person decided of it.
    pub fn see(&self, tray: &Tray) {
        self.pane().see(tray);
    }

    /// Hears that files changed on disk, or that HEAD did; `names` stand before the paths of each root, where there are several.
    pub fn changed(&self, event: &TreeEvent, names: &[String]) {
        let shown = |root: &RootId, path: &RelPath| match names.get(usize::from(root.0)) {
            Some(name) => format!("{name}/{}", path.to_text()),
            None => path.to_text().into_owned(),
        };
        let changed = |change: &Change| match change {
            Change::Upsert(meta) => shown(&meta.root, &meta.path),
            Change::Removed(root, path) => shown(root, path),
        };
        let input = match event {
            TreeEvent::Changed(changes) => Input::Changed(changes.iter().map(changed).collect()),
            TreeEvent::Git(root, state) => Input::Head(*root, state.as_ref().and_then(|state| state.head)),
            TreeEvent::Found(_)
            | TreeEvent::Walked { .. }
            | TreeEvent::History { .. }
            | TreeEvent::Watch(_)
            | TreeEvent::RootLost(..)
            | TreeEvent::Notice(_) => return,
        };
        // At the end of the program nobody needs to know.
        let _ = self.inbox.send(input);
    }

    fn pane(&self) -> MutexGuard<'_, Pane> {
        // What panicked left plain data behind.
        self.pane.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Commander {
    fn drop(&mut self) {
        self.put(Input::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(mut desk: Desk, inputs: &Receiver<Input>) {
    desk.begin();
    let mut told = Instant::now();
    loop {
        let input = if desk.is_due() {
            match inputs.recv_timeout((told + PACE).saturating_duration_since(Instant::now())) {
                Ok(input) => Some(input),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        } else {
            match inputs.recv() {
                Ok(input) => Some(input),
                Err(_) => break,
            }
        };
        match input {
            Some(Input::Stop) => break,
            Some(input) => desk.take(input),
            None => {}
        }
        if desk.is_due() && told.elapsed() >= PACE {
            desk.tell_all();
            told = Instant::now();
        }
    }
    desk.end();
}
