//! One root's life: the first walk, then bursts of changes, the loss and return of the directory, and polling.

mod listing;
mod overflow;
mod watching;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;

use overflow::Overflow;

use super::TreeOptions;
use super::git::{GitReader, Places};
use super::outlet::Outlet;
use super::snapshot::{Diff, Snapshot};
use super::walk::{Matcher, Rules, WalkReport};
use super::watch::{Burst, Inbox, Native, Wake};
use crate::domain::{Change, Notice, RootId, Severity, TreeEvent, WatchState};

/// How often a watched root is looked at, because moving a directory above it gives no notice.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// How often a lost root is looked for.
const LOST_HEARTBEAT: Duration = Duration::from_millis(500);

/// The least often.
const POLL_AT_MOST: Duration = Duration::from_mins(1);

/// A burst over more directories than this is met by one walk, which is cheaper.
const MANY_DIRS: usize = 300;

/// After a walk that found more new directories than this, another walk looks for what came before their watches.
const MANY_NEW_DIRS: usize = 100;

/// The state of one root, owned by its thread.
pub(super) struct Root {
    id: RootId,
    given: PathBuf,
    path: PathBuf,
    options: Arc<TreeOptions>,
    inbox: Arc<Inbox>,
    outlet: Arc<Outlet>,
    rules: Rules,
    matcher: Matcher,
    snapshot: Snapshot,
    native: Option<Native>,
    /// Why not everything is watched natively; polling goes on while this is set.
    why_polling: Option<String>,
    places: Option<Places>,
    git: Option<GitReader>,
    lost: bool,
    walk_time: Duration,
    polled: Instant,
    overflow: Overflow,
    unreadable: FxHashSet<PathBuf>,
}

impl Root {
    /// A root that has not looked at the disk yet.
    pub fn new(
        id: RootId,
        path: &Path,
        options: &Arc<TreeOptions>,
        (inbox, outlet): (Arc<Inbox>, Arc<Outlet>),
    ) -> Self {
        let rules = Rules::new(path);
        Self {
            id,
            given: path.to_path_buf(),
            path: path.to_path_buf(),
            options: Arc::clone(options),
            inbox,
            outlet,
            matcher: rules.matcher(),
            rules,
            snapshot: Snapshot::default(),
            native: None,
            why_polling: None,
            places: None,
            git: None,
            lost: false,
            walk_time: Duration::ZERO,
            polled: Instant::now(),
            overflow: Overflow::default(),
            unreadable: FxHashSet::default(),
        }
    }

    /// Lives until the inbox says stop.
    pub fn run(mut self) {
        self.settle();
        if fs::metadata(&self.path).is_ok_and(|meta| meta.is_dir()) {
            self.first_walk();
        } else {
            self.lost = true;
            self.outlet.send(TreeEvent::RootLost(self.id, self.given.clone(), true));
            self.outlet.walked(0);
        }
        if self.options.watch {
            self.start_native();
        }
        // By now git's own directories are watched, so that no move of HEAD falls between reading and watching.
        self.git = Some(GitReader::start(self.id, &self.given, &self.options, &self.outlet));
        if self.options.watch {
            self.start_watching();
        } else {
            self.outlet.watching(self.id, WatchState::Off { why: "not asked for".into() });
        }
        loop {
            match self.inbox.wait(self.next_tick()) {
                Wake::Stop => break,
                Wake::Tick => self.tick(),
                Wake::Burst(burst) => self.burst(burst),
            }
        }
    }

    /// Finds out where the root really lies and which rules hold there.
    fn settle(&mut self) {
        let absolute = || std::path::absolute(&self.given).unwrap_or_else(|_| self.given.clone());
        self.path = fs::canonicalize(&self.given).unwrap_or_else(|_| absolute());
        self.reload_rules();
    }

    fn reload_rules(&mut self) {
        self.rules = Rules::new(&self.path).except(self.options.cache_dir.as_deref());
        self.matcher = self.rules.matcher();
        self.places = Places::find(&self.path);
    }

    fn first_walk(&mut self) {
        let started = Instant::now();
        let (snapshot, outlet) = (&mut self.snapshot, &self.outlet);
        let report = self.rules.walk(self.id, outlet.stop_flag(), &mut |batch| {
            for (path, inode) in &batch.dirs {
                snapshot.add_dir(path, *inode);
            }
            for meta in &batch.files {
                snapshot.upsert(&meta.path, meta.stamp);
            }
            if !batch.files.is_empty() {
                outlet.send(TreeEvent::Found(batch.files));
            }
        });
        self.walk_time = started.elapsed();
        self.polled = Instant::now();
        self.tell_unreadable(&report);
        self.outlet.walked(report.files);
    }

    fn next_tick(&self) -> Instant {
        let now = Instant::now();
        let heartbeat = match (self.lost, self.options.watch) {
            (true, _) => now + LOST_HEARTBEAT,
            (false, true) => now + HEARTBEAT,
            (false, false) => now + POLL_AT_MOST,
        };
        let poll = self.why_polling.as_ref().map(|_| self.polled + self.poll_every());
        [poll, self.overflow.due].into_iter().flatten().fold(heartbeat, Instant::min)
    }

    fn tick(&mut self) {
        let now = Instant::now();
        if !self.is_in_place() {
            return;
        }
        let poll = self.why_polling.is_some() && self.polled + self.poll_every() <= now;
        if self.overflow.take_due(now) {
            self.rewatch_everything();
            self.rescan(Vec::new());
        } else if poll {
            self.rescan(Vec::new());
            self.poke_git();
        }
    }

    /// Sees whether the root is still the directory that is watched, and deals with its loss, return or exchange.
    fn is_in_place(&mut self) -> bool {
        let path = if self.lost { &self.given } else { &self.path };
        let there = fs::metadata(path).ok().filter(fs::Metadata::is_dir);
        match (there, self.lost) {
            (None, true) => false,
            (None, false) => {
                self.lose();
                false
            }
            (Some(_), true) => {
                self.lost = false;
                self.settle();
                self.outlet.send(TreeEvent::RootLost(self.id, self.given.clone(), false));
                self.poke_git();
                self.rescan(Vec::new());
                false
            }
            (Some(meta), false) => {
                let exchanged = self.snapshot.dir(b"").is_some_and(|dir| dir.inode != meta.ino());
                if exchanged {
                    self.settle();
                    self.rewatch_everything();
                    self.rescan(Vec::new());
                    self.poke_git();
                }
                !exchanged
            }
        }
    }

    fn lose(&mut self) {
        self.lost = true;
        self.outlet.send(TreeEvent::RootLost(self.id, self.given.clone(), true));
        if let Some(native) = &mut self.native {
            native.retain(|_| false);
        }
        let (_, changes) = Diff::default().finish(self.id, &self.snapshot);
        self.snapshot = Snapshot::default();
        self.send_changes(changes);
        self.poke_git();
    }

    fn burst(&mut self, burst: Burst) {
        if let Some(why) = burst.failure {
            self.why_polling = Some(format!("watching failed: {why}"));
            self.tell_watching();
        }
        if burst.overflow {
            self.overflow.happened(Instant::now());
        }
        if !self.is_in_place() {
            return;
        }
        let sorted = self.sort_out(burst.dirs);
        if sorted.rules {
            self.reload_rules();
        }
        self.forget_watches_of(&burst.moved);
        let overflow = self.overflow.take_due(Instant::now());
        if overflow {
            self.rewatch_everything();
        }
        let mut changes = Vec::new();
        let mut walk = burst.rescan || overflow || sorted.rules || sorted.dirs.len() > MANY_DIRS;
        if !walk {
            (changes, walk) = self.look_at(sorted.dirs, &burst.moved);
        }
        if sorted.git {
            self.places = Places::find(&self.path);
            self.watch_places();
            self.poke_git();
        }
        if walk {
            self.rescan(changes);
        } else {
            self.send_changes(changes);
            self.tell_watching();
        }
    }

    /// Walks everything, adds what differs to `changes`, and sends it.
    fn rescan(&mut self, mut changes: Vec<Change>) {
        changes.extend(self.walk_again());
        // What is in new directories may have come before their watches; a walk that finds few leaves that unlikely
        // gap to their own listing.
        for _ in 0..3 {
            if self.watch_known_dirs() == 0 {
                break;
            }
            changes.extend(self.walk_again());
        }
        self.send_changes(changes);
        self.tell_watching();
    }

    fn walk_again(&mut self) -> Vec<Change> {
        let started = Instant::now();
        let mut diff = Diff::default();
        let old = &self.snapshot;
        let report = self.rules.walk(self.id, self.outlet.stop_flag(), &mut |batch| {
            diff.add(old, batch.files, &batch.dirs);
        });
        self.walk_time = started.elapsed();
        self.polled = Instant::now();
        let root_gone = report.unreadable.iter().any(|(path, _)| *path == self.path) && report.files == 0;
        if self.outlet.stopped() || root_gone {
            // Half a walk would look like deletions; a root that is gone is seen by the next heartbeat.
            return Vec::new();
        }
        let (fresh, changes) = diff.finish(self.id, &self.snapshot);
        self.snapshot = fresh;
        let (snapshot, root, places) = (&self.snapshot, &self.path, &self.places);
        if let Some(native) = &mut self.native {
            native.retain(|dir| {
                let below = dir.strip_prefix(root).ok().map(crate::domain::RelPath::from_path);
                below.is_some_and(|dir| snapshot.dir(dir.as_bytes()).is_some())
                    || places.as_ref().is_some_and(|places| places.holds(dir))
            });
        }
        self.tell_unreadable(&report);
        changes
    }

    fn send_changes(&self, changes: Vec<Change>) {
        if !changes.is_empty() {
            self.outlet.send(TreeEvent::Changed(changes));
            self.poke_git();
        }
    }

    fn poke_git(&self) {
        self.git.iter().for_each(GitReader::poke);
    }

    /// Tells of directories that cannot be read, each once.
    fn tell_unreadable(&mut self, report: &WalkReport) {
        let new = report.unreadable.iter().filter(|(path, _)| !self.unreadable.contains(path)).cloned();
        let new = WalkReport { files: 0, unreadable: new.collect() };
        self.unreadable = report.unreadable.iter().map(|(path, _)| path.clone()).collect();
        if let Some(notice) = new.notice() {
            self.outlet.send(TreeEvent::Notice(notice));
        }
    }

    /// Tells of something that does not stop the root's life.
    fn warn(&self, title: String, cause: String) {
        self.outlet.send(TreeEvent::Notice(Notice::new(Severity::Warning, title).cause(cause)));
    }
}
