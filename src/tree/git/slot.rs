//! Slots: hand the newest wish to a thread, and tell it to stop.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::{CommitId, RelPath};

/// Whose history is wanted: git directory, prefix of the root and HEAD; `None` where there is none.
pub(super) type Target = Option<(PathBuf, RelPath, CommitId)>;

/// Holds the newest of what was put into it, until it is taken.
#[derive(Debug)]
pub(super) struct Slot<T> {
    state: Mutex<(Option<T>, Stop)>,
    ready: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    No,
    Yes,
}

impl<T> Slot<T> {
    pub(super) fn empty() -> Self {
        Self { state: Mutex::new((None, Stop::No)), ready: Condvar::new() }
    }

    pub(super) fn filled(value: T) -> Self {
        Self { state: Mutex::new((Some(value), Stop::No)), ready: Condvar::new() }
    }

    pub(super) fn put(&self, value: T) {
        self.state().0 = Some(value);
        self.ready.notify_all();
    }

    pub(super) fn stop(&self) {
        self.state().1 = Stop::Yes;
        self.ready.notify_all();
    }

    /// Waits for a value; `None` once stopped.
    pub(super) fn take(&self) -> Option<T> {
        let mut state = self.state();
        loop {
            if state.1 == Stop::Yes {
                return None;
            }
            if let Some(value) = state.0.take() {
                return Some(value);
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether there is something to take, or an end to be made.
    pub(super) fn is_filled(&self) -> bool {
        let state = self.state();
        state.0.is_some() || state.1 == Stop::Yes
    }

    /// Waits so long, whatever is put meanwhile; false once stopped.
    pub(super) fn sleep(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        let mut state = self.state();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if state.1 == Stop::Yes || left.is_zero() {
                return state.1 == Stop::No;
            }
            state = self.ready.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, (Option<T>, Stop)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
