//! A tree with everything that writing keeps beside it, and the way of an answer through it: proposal, decisions, write.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quarry::command::{Attempt, Draft, History, Snapshot, WriteError, write};
use quarry::domain::{Decision, EditTarget, Hunks, Instruction};
use quarry::edit::{Change, Disk, EditFormat, RealDisk, Roots, recover};
use tempfile::TempDir;

use crate::disk::Crash;

/// What stands at a path: bytes and mode of a file, where a link leads to, or a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    File(Vec<u8>, u32),
    Link(PathBuf),
    Folder,
}

pub struct Stage {
    pub folder: TempDir,
    pub tree: PathBuf,
    pub roots: Arc<Roots>,
    pub history: History,
}

impl Stage {
    pub fn new() -> Self {
        // In memory where that is to be had: every call is synced.
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let tree = folder.path().join("tree");
        fs::create_dir(&tree).unwrap();
        let roots = Arc::new(Roots::new(std::slice::from_ref(&tree), Vec::new()).unwrap());
        let history = History::new(folder.path().join("writes"), folder.path().join("journal"));
        Self { folder, tree, roots, history }
    }

    /// With one file.
    pub fn with(path: &str, bytes: &[u8]) -> Self {
        let stage = Self::new();
        stage.put(path, bytes);
        stage
    }

    pub fn put(&self, path: &str, bytes: &[u8]) {
        let place = self.tree.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, bytes).unwrap();
    }

    pub fn bytes(&self, path: &str) -> Vec<u8> {
        fs::read(self.tree.join(path)).unwrap()
    }

    pub fn mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.tree.join(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    pub fn link(&self, to: &str, path: &str) {
        symlink(to, self.tree.join(path)).unwrap();
    }

    pub fn journals(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    /// Everything in the tree.
    pub fn all(&self) -> BTreeMap<PathBuf, Stands> {
        scan(&self.tree)
    }

    /// What an answer proposes, streamed in small pieces.
    pub fn propose(&self, format: EditFormat, answer: &str) -> Draft {
        self.propose_as_read(format, answer, &[])
    }

    /// The same, with files as the model was shown them.
    pub fn propose_as_read(&self, format: EditFormat, answer: &str, read: &[(&str, &[u8])]) -> Draft {
        let mut snapshot = Snapshot::new(Arc::clone(&self.roots), None);
        for (path, bytes) in read {
            snapshot.remember(path, Some(bytes.to_vec()));
        }
        let mut attempt = Attempt::new(snapshot, format);
        let mut draft = Draft::new(instruction(), 1);
        for piece in answer.split_inclusive([' ', '\n']) {
            attempt.push(piece);
            draft.take(attempt.changed());
        }
        attempt.stop();
        draft.take(attempt.changed());
        draft.refused.extend(attempt.refused().cloned());
        draft
    }

    /// The same with all of it accepted, what is folded away too.
    pub fn accepted(&self, format: EditFormat, answer: &str) -> Draft {
        let mut draft = self.propose(format, answer);
        assert_eq!(draft.refused, [], "{answer}");
        accept_all(&mut draft);
        draft
    }

    pub fn write(&self, draft: &mut Draft, disk: &dyn Disk) -> Result<Vec<Change>, WriteError> {
        write(draft, &self.roots, disk, (&self.history, &self.journals()))
    }

    /// What a program does first when it starts.
    pub fn start(&self) {
        recover(&RealDisk, &self.journals()).unwrap();
        self.history.settle(&self.roots);
        let left = fs::read_dir(self.journals()).into_iter().flatten().count();
        assert_eq!(left, 0, "no journal is left");
        let ours = |path: &PathBuf| path.to_string_lossy().contains(".quarry-");
        assert!(!self.all().keys().any(ours), "nothing of ours is left in the tree: {:?}", self.all().keys());
    }

    pub fn undo(&self) {
        self.history.undo(&RealDisk, &self.roots).unwrap();
    }

    pub fn redo(&self) {
        self.history.redo(&RealDisk, &self.roots).unwrap();
    }
}

/// Everything below a folder.
pub fn scan(root: &Path) -> BTreeMap<PathBuf, Stands> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let meta = fs::symlink_metadata(&path).unwrap();
            let stands = if meta.is_symlink() {
                Stands::Link(fs::read_link(&path).unwrap())
            } else if meta.is_dir() {
                open.push(path.clone());
                Stands::Folder
            } else {
                Stands::File(fs::read(&path).unwrap(), meta.permissions().mode() & 0o7777)
            };
            found.insert(path.strip_prefix(root).unwrap().to_owned(), stands);
        }
    }
    found
}

/// Without directories: those that were made stay when a write is taken back.
pub fn files(all: &BTreeMap<PathBuf, Stands>) -> BTreeMap<PathBuf, Stands> {
    all.iter()
        .filter(|(_, stands)| **stands != Stands::Folder)
        .map(|(path, is)| (path.clone(), is.clone()))
        .collect()
}

/// Does something that may end the program; `None` where it did.
pub fn until_crash<T>(does: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(does)) {
        Ok(done) => Some(done),
        Err(end) if end.is::<Crash>() => None,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

pub fn accept_all(draft: &mut Draft) {
    let ids: Vec<u32> = draft.hunks().map(|hunk| hunk.id).collect();
    for id in ids {
        draft.decide(&Hunks::One(quarry::domain::HunkId(id)), Decision::Accepted);
    }
}

pub fn instruction() -> Instruction {
    Instruction {
        text: "change it".into(),
        target: EditTarget::Judged,
        context: Vec::new(),
        turn: None,
        model: None,
    }
}
