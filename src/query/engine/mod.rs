//! The engine: a [`Workspace`](super::Workspace) on its own thread, fed through a channel.
//!
//! [`Engine::send`] never blocks, and an ask or a cancel stops the work for the query before it at once, also while
//! the thread is busy. Dropping the engine stops its threads and waits for them.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crate::domain::{Notice, QueryCommand, QueryEvent, Severity, TreeEvent};
use crate::index::{Disk, Outlines, Permit, Reader, Reading, Slot, Snapshot, Unusable};

use super::catalog::Places;
use super::crew::News;
use super::judge::Judges;
use super::workspace::{EngineOptions, Tickets, Workspace};

mod saver;
mod service;

#[cfg(test)]
mod tests;

/// What the engine is told.
#[derive(Debug)]
pub enum EngineInput {
    /// By the tree.
    Tree(TreeEvent),
    /// By the rest of the program.
    Command(QueryCommand),
}

/// What travels to the engine's thread.
#[derive(Debug)]
pub(super) enum Message {
    /// From outside.
    Tree(TreeEvent),
    /// From outside, with the ticket of its sending.
    Command(QueryCommand, u64),
    /// From the indexer; the permit is given back once the batch is in the index.
    Readings(Vec<Reading>, Permit),
    /// What the last session left, or why that is nothing.
    Loaded(Slot, Result<Snapshot, Unusable>),
    /// There is not even a place for it.
    NotLoaded,
    /// From a crew, with the number of its shift.
    News(u64, Vec<News>),
    /// From the saver: a snapshot was written, or could not be.
    Written(io::Result<()>),
    /// Save and stop.
    Stop,
}

/// A running engine.
#[derive(Debug)]
pub struct Engine {
    inbox: Sender<Message>,
    tickets: Tickets,
    places: Places,
    outlines: Outlines,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts an engine over the files below `options.roots`, asking these judges; events go to `sink`, in order,
    /// from the engine's thread.
    pub fn spawn(
        options: EngineOptions,
        judges: impl Into<Judges>,
        sink: impl Fn(QueryEvent) + Send + Sync + 'static,
    ) -> Self {
        let disk = Arc::new(Disk::new(options.roots.clone()));
        Self::spawn_with(options, judges, disk, sink)
    }

    /// Like [`Engine::spawn`], with files read by `reader`.
    pub fn spawn_with(
        options: EngineOptions,
        judges: impl Into<Judges>,
        reader: Arc<dyn Reader>,
        sink: impl Fn(QueryEvent) + Send + Sync + 'static,
    ) -> Self {
        let (inbox, outbox) = channel();
        let tickets = Tickets::default();
        let workspace = Workspace::new(options, judges, tickets.clone(), Instant::now());
        let (places, outlines) = (workspace.places(), workspace.outlines());
        let sink: Arc<service::Sink> = Arc::new(sink);
        let (to_thread, errors) = (inbox.clone(), Arc::clone(&sink));
        let thread = thread::Builder::new().name("engine".into()).spawn(move || {
            let tell = Arc::clone(&sink);
            let run = || service::Service::new(workspace, &to_thread, &reader, sink).run(&outbox);
            if catch_unwind(AssertUnwindSafe(run)).is_err() {
                let notice = Notice::new(Severity::Error, "The query engine stopped because of a defect");
                tell(QueryEvent::Notice(
                    notice.hint("Start Quarry again; please report what you did before"),
                ));
            }
        });
        let thread = thread
            .map_err(|error| {
                let notice =
                    Notice::new(Severity::Error, "The query engine cannot start").cause(error.to_string());
                errors(QueryEvent::Notice(
                    notice.hint("Free some memory or raise `ulimit -u`, then start again"),
                ));
            })
            .ok();
        Self { inbox, tickets, places, outlines, thread }
    }

    /// Tells the engine something; returns at once.
    pub fn send(&self, input: EngineInput) {
        let message = match input {
            EngineInput::Tree(event) => Message::Tree(event),
            EngineInput::Command(command) => {
                let ticket = match command {
                    QueryCommand::Ask(_) | QueryCommand::Cancel => self.tickets.take(),
                    QueryCommand::GoOn(_)
                    | QueryCommand::Why(_)
                    | QueryCommand::Task(_)
                    | QueryCommand::Pin(..)
                    | QueryCommand::Exclude(..)
                    | QueryCommand::Preview(_)
                    | QueryCommand::Explain(_)
                    | QueryCommand::Rejudge(_)
                    | QueryCommand::Names(_)
                    | QueryCommand::Ledger => self.tickets.current(),
                };
                Message::Command(command, ticket)
            }
        };
        // The thread is gone only while shutting down; nobody waits for an answer then.
        drop(self.inbox.send(message));
    }

    /// Whether its thread still works; without it no answer will come.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Where files lie, by id, for whoever opens or previews them.
    pub fn places(&self) -> Places {
        self.places.clone()
    }

    /// What files define, by name, for whoever looks for a symbol.
    pub fn outlines(&self) -> Outlines {
        self.outlines.clone()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.tickets.take();
        drop(self.inbox.send(Message::Stop));
        if let Some(thread) = self.thread.take() {
            // A panic there was reported by the panic hook; there is nothing to add.
            drop(thread.join());
        }
    }
}
