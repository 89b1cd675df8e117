//! A real directory with a real watcher on it, and a model that adds up what the events say.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use quarry::domain::{Change, Commit, FileMeta, GitState, Notice, RelPath, TreeEvent, WatchState};
use quarry::tree::{self, TreeHandle, TreeOptions};

/// Nothing takes this long; a test that waits for it has failed.
const DEADLINE: Duration = Duration::from_secs(30);

/// What the events add up to, for one root.
#[derive(Debug, Default)]
pub struct Model {
    pub files: BTreeMap<RelPath, FileMeta>,
    pub walked: usize,
    pub batches: usize,
    pub git: Vec<Option<GitState>>,
    pub asker: Option<Arc<str>>,
    pub commits: Vec<Commit>,
    pub history: Vec<(bool, usize, bool)>,
    pub complete: bool,
    pub watch: WatchState,
    pub lost: Vec<bool>,
    pub notices: Vec<Notice>,
}

impl Model {
    fn take(&mut self, event: TreeEvent) {
        match event {
            TreeEvent::Found(files) => {
                for meta in files {
                    let told = self.files.insert(meta.path.clone(), meta);
                    assert!(told.is_none(), "told twice: {told:?}");
                }
            }
            TreeEvent::Walked { .. } => self.walked += 1,
            TreeEvent::Changed(changes) => {
                self.batches += 1;
                for change in changes {
                    self.change(change);
                }
            }
            TreeEvent::Git(_, state) => {
                assert_ne!(self.git.last(), Some(&state), "the same state is told once");
                self.git.push(state);
            }
            TreeEvent::History { asker, restart, commits, complete, .. } => {
                self.asker = asker;
                if restart {
                    self.commits.clear();
                }
                self.history.push((restart, commits.len(), complete));
                self.commits.extend(commits);
                self.complete = complete;
            }
            TreeEvent::Watch(state) => self.watch = state,
            TreeEvent::RootLost(_, _, lost) => self.lost.push(lost),
            TreeEvent::Notice(notice) => self.notices.push(notice),
        }
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::Upsert(meta) => {
                self.files.insert(meta.path.clone(), meta);
            }
            Change::Removed(_, path) => {
                assert!(self.files.remove(&path).is_some(), "never told of: {path}");
            }
        }
    }

    pub fn paths(&self) -> Vec<String> {
        self.files.keys().map(|path| path.to_text().into_owned()).collect()
    }

    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(&RelPath::from(path))
    }

    pub fn state(&self) -> GitState {
        self.git.last().cloned().flatten().unwrap_or_default()
    }

    pub fn branch(&self) -> Option<String> {
        self.state().branch
    }

    pub fn dirty(&self) -> Vec<String> {
        self.state().dirty.iter().map(|file| file.path.to_text().into_owned()).collect()
    }
}

/// A root under watch.
pub struct Watched {
    pub root: PathBuf,
    pub model: Model,
    pub handle: TreeHandle,
    events: Receiver<TreeEvent>,
}

impl Watched {
    /// Watches with everything on and no cache.
    pub fn new(root: &Path) -> Self {
        Self::with(root, |_| {})
    }

    /// Watches with options changed.
    pub fn with(root: &Path, change: impl FnOnce(&mut TreeOptions)) -> Self {
        let mut options = TreeOptions { roots: vec![root.to_path_buf()], ..TreeOptions::default() };
        change(&mut options);
        let (sender, events) = channel();
        let handle = tree::spawn(options, move |event| drop(sender.send(event)));
        Self { root: root.to_path_buf(), model: Model::default(), handle, events }
    }

    /// Waits until the first walk is complete and the watches are set.
    pub fn ready(mut self) -> Self {
        self.until("watching", |model| {
            model.walked == 1 && model.watch != WatchState::Starting && !model.git.is_empty()
        });
        self
    }

    /// Takes events until the model is as wanted.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&Model) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !wanted(&self.model) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(event) => self.model.take(event),
                Err(error) => panic!("{what}: {error}; {}", self.summary()),
            }
        }
    }

    /// Waits until exactly these files are known.
    pub fn until_files(&mut self, expected: &[&str]) {
        self.until("files", |model| model.paths() == expected);
    }

    /// Makes a change that is seen after everything before it, and waits for it.
    pub fn settle(&mut self) {
        let name = format!("settled-{}", self.model.batches);
        write(&self.root, &name, "x");
        self.until("settling", |model| model.has(&name));
        fs::remove_file(self.root.join(&name)).unwrap();
        self.until("settling", |model| !model.has(&name));
    }

    /// Waits until what the events add up to is what a fresh walk finds.
    pub fn until_true(&mut self) {
        let mut truth = BTreeMap::new();
        tree::walk(&self.root, quarry::domain::RootId(0), &mut |batch| {
            truth.extend(batch.into_iter().map(|meta| (meta.path.clone(), meta)));
        });
        self.until("truth", |model| model.files == truth);
    }

    fn summary(&self) -> String {
        let model = &self.model;
        let files: Vec<_> = model.paths().into_iter().take(20).collect();
        format!(
            "{} files {files:?}, {} batches, watch {:?}, git {:?}, history {:?}, lost {:?}, notices {:?}",
            model.files.len(),
            model.batches,
            model.watch,
            model.git.last(),
            model.history,
            model.lost,
            model.notices
        )
    }
}

/// Writes a file, with the directories above it.
pub fn write(root: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Runs git with nothing of the user's own configuration.
pub fn git(root: &Path, arguments: &[&str]) -> String {
    git_at(root, 1_700_000_000, arguments)
}

/// Runs git at a given time.
pub fn git_at(root: &Path, time: i64, arguments: &[&str]) -> String {
    let date = format!("{time} +0000");
    let output = Command::new("git")
        .current_dir(root)
        .args(["-c", "user.name=Ann", "-c", "user.email=Ann@Example.org", "-c", "init.defaultBranch=main"])
        .args(["-c", "commit.gpgSign=false", "-c", "core.quotePath=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_EDITOR", "true")
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Commits everything at a given time.
pub fn commit(root: &Path, time: i64, message: &str) {
    git_at(root, time, &["add", "-A"]);
    git_at(root, time, &["commit", "-q", "--allow-empty", "-m", message]);
}
