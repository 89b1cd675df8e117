//! The reader: one thread for state, one for history, each woken only when there is something to look at.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::book::Book;
use super::chronicle::Chronicle;
use super::slot::{Slot, Target};
use super::state::{read_dirty, read_head};
use crate::domain::{GitOperation, GitState, Notice, RootId, TreeEvent};
use crate::tree::TreeOptions;
use crate::tree::outlet::Outlet;

/// Reading the state may take one part in so many of the time.
const SHARE: u32 = 5;

/// The state is never older than this while things change.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// How long trouble must last to be told of.
const SECOND_LOOK: Duration = Duration::from_millis(300);

/// How long an ending waits for libgit2 to return from a large status, before it leaves the thread to end alone.
const PATIENCE: Duration = Duration::from_secs(1);

/// Reads git for one root; dropping it ends its threads.
pub(in crate::tree) struct GitReader {
    pokes: Arc<Slot<()>>,
    targets: Arc<Slot<Target>>,
    threads: Vec<(JoinHandle<()>, Receiver<()>)>,
}

impl GitReader {
    /// Starts reading the repository that holds `root`, if there is one.
    pub fn start(id: RootId, root: &Path, options: &TreeOptions, outlet: &Arc<Outlet>) -> Self {
        let mut reader =
            Self { pokes: Arc::new(Slot::filled(())), targets: Arc::new(Slot::empty()), threads: Vec::new() };
        let (pokes, targets) = (Arc::clone(&reader.pokes), Arc::clone(&reader.targets));
        let watch = StateWatch {
            id,
            root: root.to_path_buf(),
            outlet: Arc::clone(outlet),
            history: options.history,
            told: Told::Nothing,
            trouble: None,
            target: None,
        };
        // A query may wait for history, so its end is told whatever becomes of the threads that read it.
        let no_history = || {
            let outlet = Arc::clone(outlet);
            move || {
                outlet.send(TreeEvent::History {
                    root: id,
                    asker: None,
                    restart: false,
                    commits: Vec::new(),
                    complete: true,
                });
            }
        };
        reader.spawn("git-state", move || watch.run(&pokes, &targets), no_history());
        if options.history {
            let mut chronicle = Chronicle {
                root: id,
                limit: options.history_limit,
                cache_dir: options.cache_dir.clone(),
                outlet: Arc::clone(outlet),
                asker: None,
                book: Book::default(),
                told: false,
                file: None,
                unsaved: 0,
                told_of_cache: false,
            };
            let targets = Arc::clone(&reader.targets);
            let follow = move || {
                while let Some(target) = targets.take() {
                    chronicle.follow(&target, &targets);
                }
            };
            reader.spawn("git-history", follow, no_history());
        }
        reader
    }

    /// Says that something may have changed.
    pub fn poke(&self) {
        self.pokes.put(());
    }

    /// Starts a thread; `broken` is called where it cannot start, or breaks down.
    fn spawn(
        &mut self,
        name: &str,
        work: impl FnOnce() + Send + 'static,
        broken: impl Fn() + Clone + Send + 'static,
    ) {
        let (alive, ended) = channel();
        let without = broken.clone();
        let work = move || {
            let _alive = alive;
            // The panic hook has told of it.
            if catch_unwind(AssertUnwindSafe(work)).is_err() {
                broken();
            }
        };
        // Without a thread there is no git; everything else works.
        match thread::Builder::new().name(name.into()).spawn(work) {
            Ok(thread) => self.threads.push((thread, ended)),
            Err(_) => without(),
        }
    }
}

impl Drop for GitReader {
    fn drop(&mut self) {
        self.pokes.stop();
        self.targets.stop();
        for (thread, ended) in self.threads.drain(..) {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Disconnected) {
                let _ = thread.join();
            }
        }
    }
}

/// What was said last.
#[derive(Debug, PartialEq)]
enum Told {
    Nothing,
    State(Option<GitState>),
}

/// Keeps the state of one root's repository known.
struct StateWatch {
    id: RootId,
    root: PathBuf,
    outlet: Arc<Outlet>,
    history: bool,
    told: Told,
    trouble: Option<Notice>,
    target: Option<Target>,
}

impl StateWatch {
    fn run(mut self, pokes: &Slot<()>, targets: &Slot<Target>) {
        while pokes.take().is_some() {
            let started = Instant::now();
            let (mut state, mut trouble) = self.look(targets);
            if trouble.is_some() && trouble != self.trouble {
                // A repository in the making, or in the middle of being written to, looks broken for a moment.
                if !pokes.sleep(SECOND_LOOK) {
                    return;
                }
                (state, trouble) = self.look(targets);
            }
            if state.is_none() {
                self.aim(None, targets);
            }
            self.tell(state, trouble);
            let pause = (started.elapsed() * SHARE).min(MAX_PAUSE);
            if !pokes.sleep(pause) {
                return;
            }
        }
    }

    fn look(&mut self, targets: &Slot<Target>) -> (Option<GitState>, Option<Notice>) {
        let mut trouble = None;
        // A lost root has no repository, and one that returns may lie elsewhere.
        let root = std::fs::canonicalize(&self.root).ok();
        let read = root.as_ref().map_or(Ok(None), |root| read_head(root));
        let state = match read {
            Ok(None) => None,
            Err(notice) => {
                trouble = Some(notice);
                None
            }
            Ok(Some((repo, prefix, mut state))) => {
                let rebasing = state.operation == Some(GitOperation::Rebase) && self.target.is_some();
                if !rebasing {
                    // Before the status, which may take its time.
                    let head = state.head.map(|head| (repo.path().to_path_buf(), prefix.clone(), head));
                    self.aim(head, targets);
                }
                match read_dirty(&self.root, &repo, &prefix) {
                    Ok(dirty) => state.dirty = dirty,
                    Err(notice) => trouble = Some(notice),
                }
                Some(state)
            }
        };
        (state, trouble)
    }

    fn aim(&mut self, target: Target, targets: &Slot<Target>) {
        if self.history && self.target.as_ref() != Some(&target) {
            self.target = Some(target.clone());
            targets.put(target);
        }
    }

    fn tell(&mut self, state: Option<GitState>, trouble: Option<Notice>) {
        if let Some(notice) = trouble.clone().filter(|_| trouble != self.trouble) {
            self.outlet.send(TreeEvent::Notice(notice));
        }
        self.trouble = trouble;
        let said = Told::State(state.clone());
        if self.told != said {
            self.told = said;
            self.outlet.send(TreeEvent::Git(self.id, state));
        }
    }
}
