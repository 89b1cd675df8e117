//! Saving: a thread that writes a snapshot while the engine goes on.

use std::io;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::domain::{Notice, Severity};
use crate::index::{Record, Slot, Writer};
use crate::query::workspace::Workspace;

use super::Message;

/// Files handed over at once: a few milliseconds of work for the engine's thread.
const PIECE: u32 = 128;

/// Pieces that may wait to be written.
const WAITING: usize = 4;

/// The longest that stopping waits for a last snapshot; without one the next start reads more files.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Writes snapshots, one at a time.
#[derive(Debug)]
pub(super) struct Saver {
    slot: Option<Slot>,
    inbox: Sender<Message>,
    running: Option<Running>,
}

/// A snapshot being written.
#[derive(Debug)]
struct Running {
    /// Closed once everything was handed over.
    pieces: Option<SyncSender<Piece>>,
    /// Taken from the workspace, and not yet accepted.
    pending: Option<Piece>,
    thread: JoinHandle<()>,
}

#[derive(Debug)]
enum Piece {
    Records(Vec<Record>),
    /// The snapshot is whole; one that ends without this is thrown away.
    End,
}

/// Whether a snapshot goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing is being written, or nothing can be done right now.
    Idle,
    /// The disk is behind; try again in a moment.
    Behind,
    /// There is more to hand over.
    More,
}

impl Saver {
    /// A saver without a slot, that writes nothing; it will tell the inbox when a snapshot was written.
    pub const fn new(inbox: Sender<Message>) -> Self {
        Self { slot: None, inbox, running: None }
    }

    /// Gives it a place to write to.
    pub fn set_slot(&mut self, slot: Slot) {
        self.slot = Some(slot);
    }

    /// Starts a snapshot that is due, or hands over the next piece of the one that is being written.
    pub fn work(&mut self, workspace: &mut Workspace) -> Progress {
        let Some(running) = &mut self.running else {
            if self.due(workspace).is_none_or(|due| due > Instant::now()) {
                return Progress::Idle;
            }
            self.begin(workspace);
            return Progress::More;
        };
        let Some(pieces) = &running.pieces else { return Progress::Idle };
        let piece = running
            .pending
            .take()
            .unwrap_or_else(|| workspace.records(PIECE).map_or(Piece::End, Piece::Records));
        let last = matches!(piece, Piece::End);
        match pieces.try_send(piece) {
            Ok(()) if !last => Progress::More,
            Err(TrySendError::Full(piece)) => {
                running.pending = Some(piece);
                Progress::Behind
            }
            // Everything was handed over, or the thread gave up before; either way it reports by itself.
            Ok(()) | Err(TrySendError::Disconnected(_)) => {
                running.pieces = None;
                Progress::Idle
            }
        }
    }

    /// When [`Saver::work`] has something new to do.
    pub fn due(&self, workspace: &Workspace) -> Option<Instant> {
        self.slot.as_ref().filter(|_| self.running.is_none()).and_then(|_| workspace.snapshot_due())
    }

    /// Takes what came of a snapshot. After a failure nothing is written any more; the notice says so, once.
    pub fn written(&mut self, result: io::Result<()>) -> Option<Notice> {
        self.running = None;
        let error = result.err()?;
        let place = self.slot.take()?.path().display().to_string();
        Some(
            Notice::new(Severity::Warning, "The index cannot be saved, so the next start will be slower")
                .cause(format!("{place}: {error}"))
                .hint("Free some room, or set QUARRY_CACHE_DIR to a directory that can be written"),
        )
    }

    /// Writes a last snapshot where enough changed and time allows.
    pub fn stop(mut self, workspace: &mut Workspace) {
        if self.running.is_none() && self.slot.is_some() && workspace.is_much_unsaved() {
            self.begin(workspace);
        }
        let started = Instant::now();
        loop {
            match self.work(workspace) {
                Progress::Idle => break,
                Progress::More | Progress::Behind if started.elapsed() > PATIENCE => break,
                Progress::More => {}
                Progress::Behind => thread::sleep(Duration::from_millis(1)),
            }
        }
        // A snapshot that is not whole by now ends with its channel, and the old one stays.
        if let Some(running) = self.running.take() {
            drop(running.pieces);
            // The thread reports what went wrong; while stopping, nobody reads it.
            drop(running.thread.join());
        }
    }

    fn begin(&mut self, workspace: &mut Workspace) {
        let Some(slot) = self.slot.clone() else { return };
        workspace.begin_snapshot();
        let (pieces, received) = sync_channel(WAITING);
        let inbox = self.inbox.clone();
        let thread = thread::Builder::new().name("snapshot".into()).spawn(move || {
            let result = write(&slot, received);
            // The receiver is gone only while shutting down.
            drop(inbox.send(Message::Written(result)));
        });
        match thread {
            Ok(thread) => self.running = Some(Running { pieces: Some(pieces), pending: None, thread }),
            Err(error) => drop(self.inbox.send(Message::Written(Err(error)))),
        }
    }
}

/// Writes the pieces as they come; where they stop before the end, the old snapshot stays.
fn write(slot: &Slot, pieces: Receiver<Piece>) -> io::Result<()> {
    let mut writer = Writer::new(slot)?;
    for piece in pieces {
        match piece {
            Piece::Records(records) => records.iter().try_for_each(|record| writer.push(record))?,
            Piece::End => return writer.finish(),
        }
    }
    Ok(())
}
