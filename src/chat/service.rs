//! The chat service: one desk on its own thread, fed through a channel.
//!
//! [`Chat::send`] and [`Ear::hear`] never block. Dropping the service stops its answers, keeps what came of them and
//! waits for the thread, so the sink must give up once nobody listens.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use super::desk::{Desk, Input, Now, Parts};
use super::found::Found;
use crate::domain::{ChatCommand, ChatEvent, QueryEvent, unix_ms};

/// With nothing due, the thread looks this often whether the disk has something to say.
const IDLE: Duration = Duration::from_hours(1);

/// The running service.
#[derive(Debug)]
pub struct Chat {
    inbox: Sender<Input>,
    thread: Option<JoinHandle<()>>,
}

/// Takes what the query engine tells, from before the service starts on.
#[derive(Debug, Clone)]
pub struct Ear {
    inbox: Sender<Input>,
    latest: Arc<Mutex<Latest>>,
}

/// What waits for a service that is to be started.
#[derive(Debug)]
pub struct Inbox {
    ear: Ear,
    inputs: Receiver<Input>,
}

/// What the engine told; the thread is told once that there is news, however much came since.
#[derive(Debug, Default)]
struct Latest {
    found: Found,
    is_told: bool,
}

impl Ear {
    /// Hands on what the query engine tells; returns at once.
    pub fn hear(&self, event: &QueryEvent) {
        let mut latest = lock(&self.latest);
        if latest.found.take(event) && !std::mem::replace(&mut latest.is_told, true) {
            // The thread is gone only while shutting down.
            drop(self.inbox.send(Input::Engine));
        }
    }
}

impl Chat {
    /// What the engine's events go to, and what the service is started with.
    pub fn prepare() -> (Ear, Inbox) {
        let (inbox, inputs) = channel();
        let ear = Ear { inbox, latest: Arc::default() };
        (ear.clone(), Inbox { ear, inputs })
    }

    /// Starts the service; events go to `tell`, in order, from its thread.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(parts: Parts, inbox: Inbox, tell: impl Fn(ChatEvent) + Send + 'static) -> io::Result<Self> {
        let Inbox { ear: Ear { inbox, latest }, inputs } = inbox;
        let to_desk = inbox.clone();
        let run = move || run(Desk::new(parts, to_desk, now()), &inputs, &latest, &tell);
        let thread = thread::Builder::new().name("chat".into()).spawn(run)?;
        Ok(Self { inbox, thread: Some(thread) })
    }

    /// Tells the service something; returns at once.
    pub fn send(&self, command: ChatCommand) {
        // The thread is gone only while shutting down.
        drop(self.inbox.send(Input::Command(command)));
    }

    /// Whether its thread still works; without it no answer will come.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        drop(self.inbox.send(Input::Stop));
        if let Some(thread) = self.thread.take() {
            // A panic there was reported by the panic hook; there is nothing to add.
            drop(thread.join());
        }
    }
}

fn run(mut desk: Desk, inputs: &Receiver<Input>, latest: &Mutex<Latest>, tell: &impl Fn(ChatEvent)) {
    loop {
        let wait = desk.wake_at().map_or(IDLE, |at| at.saturating_duration_since(Instant::now()));
        let (events, stops) = match inputs.recv_timeout(wait) {
            Ok(Input::Engine) => {
                let found = {
                    let mut latest = lock(latest);
                    latest.is_told = false;
                    latest.found.clone()
                };
                (desk.engine(found, now()), false)
            }
            Ok(input) => {
                let stops = matches!(input, Input::Stop);
                (desk.take(input, now()), stops)
            }
            Err(RecvTimeoutError::Timeout) => (desk.wake(now()), false),
            Err(RecvTimeoutError::Disconnected) => return,
        };
        events.into_iter().for_each(tell);
        if stops {
            return;
        }
    }
}

fn now() -> Now {
    Now { at: Instant::now(), unix_ms: unix_ms(SystemTime::now()) }
}

/// What panicked left plain data behind, each part of it whole.
fn lock(latest: &Mutex<Latest>) -> MutexGuard<'_, Latest> {
    latest.lock().unwrap_or_else(PoisonError::into_inner)
}
