//! The outlet: the one way by which the threads of all roots send events, and where their states are added up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::domain::{RootId, TreeEvent, WatchState};

type Sink = Box<dyn Fn(TreeEvent) + Send + Sync>;

/// Sends events until it is stopped.
pub(super) struct Outlet {
    sink: Sink,
    stop: AtomicBool,
    sums: Mutex<Sums>,
}

struct Sums {
    started: Instant,
    walking: usize,
    files: usize,
    watch: Vec<WatchState>,
    told: WatchState,
}

impl Outlet {
    /// An outlet for so many roots.
    pub fn new(sink: Sink, roots: usize) -> Self {
        let sums = Sums {
            started: Instant::now(),
            walking: roots,
            files: 0,
            watch: vec![WatchState::Starting; roots],
            told: WatchState::Starting,
        };
        Self { sink, stop: AtomicBool::new(false), sums: Mutex::new(sums) }
    }

    /// Sends an event, unless everything was stopped.
    pub fn send(&self, event: TreeEvent) {
        if !self.stopped() {
            (self.sink)(event);
        }
    }

    /// Ends all sending; walks and readers look at this flag.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Whether everything was stopped.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// The flag itself.
    pub fn stop_flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// The first walk of one root is complete; the last root's tells the world.
    pub fn walked(&self, files: usize) {
        let event = {
            let mut sums = self.sums();
            sums.files += files;
            sums.walking = sums.walking.saturating_sub(1);
            (sums.walking == 0)
                .then(|| TreeEvent::Walked { files: sums.files, elapsed: sums.started.elapsed() })
        };
        if let Some(event) = event {
            self.send(event);
        }
    }

    /// How one root's changes become known; sends the sum over all roots when that changes.
    pub fn watching(&self, root: RootId, state: WatchState) {
        let event = {
            let mut sums = self.sums();
            if let Some(known) = sums.watch.get_mut(usize::from(root.0)) {
                *known = state;
            }
            let sum = sum_of(&sums.watch);
            (sum != sums.told).then(|| {
                sums.told = sum.clone();
                TreeEvent::Watch(sum)
            })
        };
        if let Some(event) = event {
            self.send(event);
        }
    }

    fn sums(&self) -> MutexGuard<'_, Sums> {
        self.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The weakest state of all roots, for that is what a user must know of.
fn sum_of(states: &[WatchState]) -> WatchState {
    let mut watched = 0;
    let mut weakest: Option<&WatchState> = None;
    for state in states {
        match state {
            WatchState::Native { directories } => watched += directories,
            WatchState::Off { .. } => return state.clone(),
            WatchState::Starting => weakest = weakest.or(Some(state)),
            WatchState::Polling { .. } => weakest = Some(state),
        }
    }
    weakest.cloned().unwrap_or(WatchState::Native { directories: watched })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    #[test]
    fn walks_and_watches_of_roots_add_up() {
        let (sender, events) = channel();
        let outlet = Outlet::new(Box::new(move |event| sender.send(event).unwrap()), 2);
        outlet.walked(3);
        outlet.watching(RootId(0), WatchState::Native { directories: 2 });
        outlet.walked(4);
        assert!(matches!(events.recv().unwrap(), TreeEvent::Walked { files: 7, .. }));
        outlet.watching(RootId(1), WatchState::Native { directories: 5 });
        assert_eq!(events.recv().unwrap(), TreeEvent::Watch(WatchState::Native { directories: 7 }));
        let polling = WatchState::Polling { why: "limit".into(), every: Duration::from_secs(2) };
        outlet.watching(RootId(0), polling.clone());
        assert_eq!(events.recv().unwrap(), TreeEvent::Watch(polling));
    }

    #[test]
    fn nothing_is_sent_after_the_stop() {
        let (sender, events) = channel();
        let outlet = Arc::new(Outlet::new(Box::new(move |event| sender.send(event).unwrap()), 1));
        outlet.stop();
        outlet.walked(1);
        drop(outlet);
        assert!(events.recv().is_err());
    }
}
