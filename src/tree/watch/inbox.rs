//! The inbox: where notices gather, without bound in number but bounded in memory, until a burst is over.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use notify::event::{CreateKind, EventKind, ModifyKind, RemoveKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// A burst is over when nothing came for this long: longer than the gaps of a checkout, shorter than patience.
const QUIET: Duration = Duration::from_millis(80);

/// A burst that goes on is handed over after this long all the same.
const LONGEST: Duration = Duration::from_millis(500);

/// Beyond so many names, looking at the whole directory is cheaper.
const MAX_NAMES: usize = 4096;

/// What was touched in one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tree) enum Names {
    /// These entries.
    Some(FxHashSet<OsString>),
    /// Any entry.
    All,
}

/// What came in one burst.
#[derive(Debug, Default)]
pub(in crate::tree) struct Burst {
    /// Where to look, by absolute directory.
    pub dirs: FxHashMap<PathBuf, Names>,
    /// Entries that were made, deleted or renamed: directories among them are not the ones that were known.
    pub moved: FxHashSet<PathBuf>,
    /// Notices were lost.
    pub overflow: bool,
    /// The watcher failed.
    pub failure: Option<String>,
    /// Somebody asked for a full walk.
    pub rescan: bool,
}

/// Why a waiting thread woke up.
#[derive(Debug)]
pub(in crate::tree) enum Wake {
    /// A burst is over.
    Burst(Burst),
    /// The time is up.
    Tick,
    /// Everything ends.
    Stop,
}

#[derive(Debug, Default)]
struct State {
    burst: Burst,
    first: Option<Instant>,
    last: Option<Instant>,
    stop: bool,
}

/// Gathers notices for one root.
#[derive(Debug, Default)]
pub(in crate::tree) struct Inbox {
    state: Mutex<State>,
    ready: Condvar,
}

impl Inbox {
    /// Takes in what the watcher says.
    pub fn take_in(&self, notice: notify::Result<notify::Event>) {
        match notice {
            Ok(event) if event.need_rescan() => self.add(|burst| burst.overflow = true),
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => {}
            Ok(event) => self.add(|burst| event.paths.iter().for_each(|path| burst.touch(path, event.kind))),
            Err(error) => self.add(|burst| burst.failure = Some(error.to_string())),
        }
    }

    /// Asks for a full walk, without waiting for a burst to end.
    pub fn rescan(&self) {
        self.add(|burst| burst.rescan = true);
    }

    /// Ends the waiting thread.
    pub fn stop(&self) {
        self.state().stop = true;
        self.ready.notify_all();
    }

    /// Waits for the end of a burst, at most until `tick`.
    pub fn wait(&self, tick: Instant) -> Wake {
        let mut state = self.state();
        loop {
            let now = Instant::now();
            if state.stop {
                return Wake::Stop;
            }
            let due = if state.burst.rescan { Some(now) } else { due(state.first, state.last) };
            if due.is_some_and(|due| due <= now) {
                (state.first, state.last) = (None, None);
                return Wake::Burst(std::mem::take(&mut state.burst));
            }
            if tick <= now {
                return Wake::Tick;
            }
            let until = due.map_or(tick, |due| due.min(tick));
            state = self.ready.wait_timeout(state, until - now).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn add(&self, change: impl FnOnce(&mut Burst)) {
        let mut state = self.state();
        change(&mut state.burst);
        let now = Instant::now();
        let first = *state.first.get_or_insert(now);
        state.last = Some(now);
        if first == now || state.burst.rescan {
            self.ready.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a burst with this first and last notice is handed over.
fn due(first: Option<Instant>, last: Option<Instant>) -> Option<Instant> {
    Some((last? + QUIET).min(first? + LONGEST))
}

impl Burst {
    fn touch(&mut self, path: &Path, kind: EventKind) {
        let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else { return };
        if may_replace_directory(kind) {
            self.moved.insert(path.to_path_buf());
        }
        match self.dirs.get_mut(dir) {
            Some(names) => names.add(name),
            None => {
                self.dirs.insert(dir.to_path_buf(), Names::Some(FxHashSet::from_iter([name.to_os_string()])));
            }
        }
    }
}

impl Names {
    fn add(&mut self, name: &OsStr) {
        if let Self::Some(names) = self {
            if names.len() >= MAX_NAMES {
                *self = Self::All;
            } else if !names.contains(name) {
                names.insert(name.to_os_string());
            }
        }
    }
}

fn may_replace_directory(kind: EventKind) -> bool {
    match kind {
        EventKind::Create(what) => what != CreateKind::File,
        EventKind::Remove(what) => what != RemoveKind::File,
        EventKind::Modify(ModifyKind::Name(_)) => true,
        EventKind::Modify(_) | EventKind::Any | EventKind::Access(_) | EventKind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use notify::Event;
    use notify::event::{AccessKind, AccessMode, DataChange, Flag, ModifyKind, RenameMode};

    use super::*;

    fn saved(path: &str) -> Event {
        Event::new(EventKind::Modify(ModifyKind::Data(DataChange::Any))).add_path(path.into())
    }

    fn burst(inbox: &Inbox) -> Burst {
        match inbox.wait(Instant::now() + Duration::from_mins(1)) {
            Wake::Burst(burst) => burst,
            other @ (Wake::Tick | Wake::Stop) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_burst_ends_when_it_is_quiet_and_at_the_latest_after_half_a_second() {
        let start = Instant::now();
        assert_eq!(due(None, None), None);
        assert_eq!(due(Some(start), Some(start)), Some(start + QUIET));
        let late = start + Duration::from_millis(490);
        assert_eq!(due(Some(start), Some(late)), Some(start + LONGEST));
    }

    #[test]
    fn notices_gather_by_directory() {
        let inbox = Inbox::default();
        for path in ["/r/a/x", "/r/a/y", "/r/a/x", "/r/b/z"] {
            inbox.take_in(Ok(saved(path)));
        }
        let rename = EventKind::Modify(ModifyKind::Name(RenameMode::Both));
        inbox.take_in(Ok(Event::new(rename).add_path("/r/b/old".into()).add_path("/r/c/new".into())));
        let burst = burst(&inbox);
        let names = |list: &[&str]| Names::Some(list.iter().map(OsString::from).collect());
        assert_eq!(burst.dirs[Path::new("/r/a")], names(&["x", "y"]));
        assert_eq!(burst.dirs[Path::new("/r/b")], names(&["z", "old"]));
        assert_eq!(burst.moved.len(), 2);
    }

    #[test]
    fn our_own_reading_is_no_change_and_overflow_is_told() {
        let inbox = Inbox::default();
        let open = EventKind::Access(AccessKind::Open(AccessMode::Any));
        inbox.take_in(Ok(Event::new(open).add_path("/r/a".into())));
        assert!(matches!(inbox.wait(Instant::now()), Wake::Tick));
        inbox.take_in(Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        inbox.take_in(Err(notify::Error::generic("broken")));
        let burst = burst(&inbox);
        assert!(burst.overflow && burst.dirs.is_empty());
        assert_eq!(burst.failure.as_deref(), Some("broken"));
    }

    #[test]
    fn very_many_names_become_the_whole_directory() {
        let inbox = Inbox::default();
        for n in 0..=MAX_NAMES {
            inbox.take_in(Ok(saved(&format!("/r/{n}"))));
        }
        assert_eq!(burst(&inbox).dirs[Path::new("/r")], Names::All);
    }

    #[test]
    fn stopping_comes_before_everything() {
        let inbox = Inbox::default();
        inbox.rescan();
        inbox.stop();
        assert!(matches!(inbox.wait(Instant::now()), Wake::Stop));
    }
}
