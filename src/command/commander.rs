//! Commander: the handle of the edit service, and its thread.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::domain::{EditCommand, EditEvent, QueryEvent};
use crate::edit::Roots;
use crate::query::root_names;

use super::desk::{Desk, Input};
use super::options::CommanderOptions;

/// The least time between two pictures of an edit that streams.
const PACE: Duration = Duration::from_millis(50);

/// The edit service. Dropping it stops models and check commands, and waits for its thread; undecided edits stay on disk.
#[derive(Debug)]
pub struct Commander {
    inbox: Sender<Input>,
    thread: Option<JoinHandle<()>>,
}

impl Commander {
    /// Starts the service; what a program that was killed left half-written is put back first. `sink` is told from the
    /// service's thread and may wait.
    ///
    /// # Errors
    /// Roots that are no directories, or a system that gives no thread.
    pub fn start(options: CommanderOptions, sink: impl Fn(EditEvent) + Send + 'static) -> io::Result<Self> {
        let roots = Roots::new(&options.roots, root_names(&options.roots))?;
        let (inbox, inputs) = mpsc::channel();
        let desk = Desk::new(options, roots, inbox.clone(), Box::new(sink));
        let thread = thread::Builder::new().name("edits".into()).spawn(move || run(desk, &inputs))?;
        Ok(Self { inbox, thread: Some(thread) })
    }

    /// Does what the rest of the program asks for; returns at once.
    pub fn send(&self, command: EditCommand) {
        self.put(Input::Command(Box::new(command)));
    }

    /// Something for the query engine's thread to tell its events to.
    pub fn ear(&self) -> Ear {
        Ear(self.inbox.clone())
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

/// Hears the query engine.
#[derive(Debug, Clone)]
pub struct Ear(Sender<Input>);

impl Ear {
    /// Hears what the query engine says, to know which files are judged yes and which lines of them.
    pub fn hear(&self, event: &QueryEvent) {
        match event {
            QueryEvent::Ranked { rows, .. } => self.put(Input::Ranked(Arc::clone(rows))),
            QueryEvent::Explained { details, .. } => self.put(Input::Explained(details.clone())),
            QueryEvent::Planned { .. }
            | QueryEvent::Judged { .. }
            | QueryEvent::Estimate { .. }
            | QueryEvent::Spent { .. }
            | QueryEvent::Done { .. }
            | QueryEvent::Ledger { .. }
            | QueryEvent::Names { .. }
            | QueryEvent::Index(_)
            | QueryEvent::Task { .. }
            | QueryEvent::Notice(_) => {}
        }
    }

    fn put(&self, input: Input) {
        // At the end of the program nobody needs to know.
        let _ = self.0.send(input);
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
