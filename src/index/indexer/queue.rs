//! The indexer's queue, and the permits that bound what waits to be taken in.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::Job;

/// Jobs waiting, and bytes delivered but not yet taken in.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    limit: u64,
}

#[derive(Debug, Default)]
struct State {
    jobs: VecDeque<Job>,
    held: u64,
    closed: bool,
}

/// Bytes that count as waiting until this is dropped.
#[derive(Debug)]
pub struct Permit {
    queue: Arc<Queue>,
    bytes: u64,
}

impl Queue {
    pub(super) fn new(limit: u64) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), limit }
    }

    pub(super) fn push_back(&self, jobs: impl IntoIterator<Item = Job>) {
        self.lock().jobs.extend(jobs);
        self.changed.notify_all();
    }

    pub(super) fn push_front(&self, jobs: impl IntoIterator<Item = Job>) {
        let mut state = self.lock();
        for job in jobs {
            state.jobs.push_front(job);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// The next job, or `None` where none waits.
    pub(super) fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        if state.closed { None } else { state.jobs.pop_front() }
    }

    /// The next job once there is one; `None` when the queue is closed.
    pub(super) fn wait(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Leave to deliver so many bytes, once there is room; `None` when the queue is closed.
    pub(super) fn permit(self: &Arc<Self>, bytes: u64) -> Option<Permit> {
        let mut state = self.lock();
        while state.held >= self.limit && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return None;
        }
        state.held += bytes;
        Some(Permit { queue: Arc::clone(self), bytes })
    }

    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.jobs.clear();
        drop(state);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.held = state.held.saturating_sub(self.bytes);
        drop(state);
        self.queue.changed.notify_all();
    }
}
