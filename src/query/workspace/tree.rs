//! What the tree tells: files found, changed and gone, git and history.

use crate::domain::{Change, Commit, FileId, FileMeta, GitState, QueryEvent, RelPath, RootId, TreeEvent};
use crate::index::Job;

use super::Workspace;
use super::entry::ContentState;

/// What is known of one root.
#[derive(Debug, Default)]
pub(super) struct RootState {
    /// No more commits will come.
    pub history_complete: bool,
    /// Commits so far.
    pub commits: u32,
    /// Commits of a history that will replace the known one when it is complete.
    pub newer: Option<Vec<Commit>>,
    /// Files that differ from HEAD; some may not be in the catalog yet.
    pub dirty: Vec<RelPath>,
}

impl Workspace {
    /// Takes notice of what happened to the tree.
    pub fn tree(&mut self, event: TreeEvent) {
        match event {
            TreeEvent::Found(files) => self.found(files),
            TreeEvent::Walked { .. } => {
                self.walked = true;
                self.release_snapshot();
                self.signals.invalidate();
                self.want_task();
            }
            TreeEvent::Changed(changes) => self.changed(changes),
            TreeEvent::Git(root, state) => self.git(root, state),
            TreeEvent::History { root, asker, restart, commits, complete } => {
                if asker.is_some() {
                    self.index.set_asker(root, asker);
                }
                self.history(root, restart, commits, complete);
            }
            TreeEvent::Watch(_) => {}
            TreeEvent::RootLost(root, _, lost) => self.root_lost(root, lost),
            TreeEvent::Notice(notice) => self.events.push(QueryEvent::Notice(notice)),
        }
    }

    fn found(&mut self, files: Vec<FileMeta>) {
        let mut jobs = Vec::new();
        for meta in files {
            let file = self.catalog.intern(meta.root, &meta.path);
            let entry = self.entry(file);
            if entry.present && entry.stamp == meta.stamp {
                continue;
            }
            if self.admit(file, &meta) {
                let job = self.job(file);
                jobs.extend(job);
            }
        }
        self.read_or_recall(jobs);
        self.signals.invalidate();
    }

    fn changed(&mut self, changes: Vec<Change>) {
        let mut saved = Vec::new();
        for change in changes {
            match change {
                Change::Upsert(meta) => {
                    let file = self.catalog.intern(meta.root, &meta.path);
                    saved.push(file);
                    if self.admit(file, &meta) {
                        let job = self.job(file);
                        self.jobs.first.extend(job);
                        self.await_saved(file);
                    } else {
                        self.saved(file);
                    }
                }
                Change::Removed(root, path) => {
                    if let Some(file) = self.catalog.find(root, &path).filter(|file| self.is_present(*file)) {
                        self.gone(file);
                        self.saved(file);
                    }
                }
            }
        }
        self.activity.save(&saved);
        self.signals.invalidate();
    }

    /// Notes a file's new stamp; true where its bytes are to be read.
    fn admit(&mut self, file: FileId, meta: &FileMeta) -> bool {
        let entry = self.entry(file);
        entry.stamp = meta.stamp;
        entry.present = true;
        let Some(reason) = meta.skip.clone() else {
            if entry.content != ContentState::Text {
                entry.content = ContentState::Unread;
                self.rest(file);
            }
            return true;
        };
        self.void_reading(file);
        self.entry(file).hash = None;
        self.set_content(file, ContentState::Skipped(reason));
        false
    }

    /// A job to read a file; the answers to earlier ones are void.
    pub(super) fn job(&mut self, file: FileId) -> Option<Job> {
        self.void_reading(file);
        let place = self.catalog.get(file)?;
        let (root, path) = (place.root, place.path.clone());
        self.unread += 1;
        let entry = self.entry(file);
        entry.reading = true;
        let known = entry.hash.filter(|_| entry.content == ContentState::Text);
        Some(Job { file, root, path, serial: entry.serial, known })
    }

    /// Takes back the job of a file, if one is out.
    fn void_reading(&mut self, file: FileId) {
        let entry = self.entry(file);
        entry.serial = entry.serial.wrapping_add(1);
        if std::mem::take(&mut entry.reading) {
            self.unread -= 1;
        }
    }

    /// A file is not in the tree any more.
    pub(super) fn gone(&mut self, file: FileId) {
        self.void_reading(file);
        self.set_content(file, ContentState::Unread);
        let entry = self.entry(file);
        entry.present = false;
        entry.hash = None;
        self.activity.forget(file);
        self.rest(file);
    }

    /// Sets what a file's bytes are, taking it out of the index where it is not text any more.
    pub(super) fn set_content(&mut self, file: FileId, content: ContentState) {
        let entry = self.entry(file);
        let before = std::mem::replace(&mut entry.content, content);
        if before == ContentState::Text && entry.content != ContentState::Text {
            self.index.remove(file);
            self.epoch += 1;
            self.note_unsaved();
        }
        self.rest(file);
    }

    pub(super) fn is_present(&self, file: FileId) -> bool {
        self.files.get(file.index()).is_some_and(|entry| entry.present)
    }

    fn git(&mut self, root: RootId, state: Option<GitState>) {
        if let Some(known) = self.roots.get_mut(usize::from(root.0)) {
            if state.as_ref().is_none_or(|state| state.head.is_none()) {
                known.history_complete = true;
            }
            known.dirty = state.iter().flat_map(|state| &state.dirty).map(|file| file.path.clone()).collect();
        }
        if root == RootId(0) {
            let branch = state.and_then(|state| state.branch);
            if self.task.set_branch(branch.as_deref()) {
                self.task_changed();
            }
        }
        self.signals.invalidate();
        self.rerank_signals();
    }

    /// Without a root none of its files can be read; when it is back, the tree tells of them anew.
    fn root_lost(&mut self, root: RootId, lost: bool) {
        if !lost {
            return;
        }
        let files: Vec<FileId> = (0..self.files.len() as u32)
            .map(FileId)
            .filter(|file| self.is_present(*file))
            .filter(|file| self.catalog.get(*file).is_some_and(|entry| entry.root == root))
            .collect();
        for file in files {
            self.gone(file);
            self.saved(file);
        }
        self.signals.invalidate();
    }
}
