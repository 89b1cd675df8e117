//! What the indexer read, taken into the index.

use std::sync::Arc;

use crate::domain::{FileId, RelPath, RootId};
use crate::index::{Extract, Outcome, Reading, Version};

use super::Workspace;
use super::entry::{ContentState, Trust};

/// A text on its way into the index.
pub(super) type Arrival = (FileId, RootId, RelPath, Arc<Extract>);

impl Workspace {
    /// Takes in what the indexer read; answers overtaken by a later change are dropped.
    pub fn readings(&mut self, batch: Vec<Reading>) {
        let mut arrivals = Vec::new();
        for reading in batch {
            if self.answers(reading.file, reading.serial) {
                self.take_in(reading, &mut arrivals);
            }
        }
        self.insert(arrivals);
        self.were_read();
    }

    /// Notes the answer to a file's job; false where a later change overtook it.
    pub(super) fn answers(&mut self, file: FileId, serial: u32) -> bool {
        let Some(entry) = self.files.get_mut(file.index()) else { return false };
        let answers = entry.reading && entry.serial == serial;
        if answers {
            entry.reading = false;
            self.unread -= 1;
        }
        answers
    }

    /// Does what waits for the last file to be read.
    pub(super) fn were_read(&mut self) {
        if self.is_read() {
            self.want_task();
            self.release_snapshot();
        }
    }

    fn take_in(&mut self, reading: Reading, arrivals: &mut Vec<Arrival>) {
        let file = reading.file;
        match reading.outcome {
            Outcome::Text(version, Some(extract)) => {
                self.note_version(file, version);
                if let Some(place) = self.catalog.get(file) {
                    arrivals.push((file, place.root, place.path.clone(), Arc::from(extract)));
                }
                return;
            }
            Outcome::Text(version, None) => {
                if self.entry(file).content == ContentState::Text {
                    self.note_version(file, version);
                    self.unchanged(file);
                    self.note_unsaved();
                } else {
                    let extract = self.recalled(file);
                    self.take_recalled(
                        Reading { outcome: Outcome::Text(version, extract), ..reading },
                        arrivals,
                    );
                    return;
                }
            }
            Outcome::Skipped(version, reason) => {
                self.entry(file).hash = None;
                if let Some(version) = version {
                    self.note_version(file, version);
                }
                self.set_content(file, ContentState::Skipped(reason));
                self.note_unsaved();
            }
            Outcome::Gone => self.gone(file),
            Outcome::Failed { why, retryable } => {
                self.entry(file).hash = None;
                self.set_content(file, ContentState::Failed { why, retryable });
            }
        }
        self.arrived(file);
    }

    /// Bytes that only the snapshot has the text of; without it they are read once more.
    fn take_recalled(&mut self, reading: Reading, arrivals: &mut Vec<Arrival>) {
        if matches!(reading.outcome, Outcome::Text(_, Some(_))) {
            self.take_in(reading, arrivals);
        } else {
            self.entry(reading.file).hash = None;
            let job = self.job(reading.file);
            self.jobs.first.extend(job);
        }
    }

    pub(super) fn note_version(&mut self, file: FileId, version: Version) {
        let entry = self.entry(file);
        entry.stamp = version.stamp;
        entry.hash = Some(version.hash);
        entry.trust = if version.racy { Trust::Racy } else { Trust::Sure };
    }

    /// The bytes are what they were: the verdict stands.
    fn unchanged(&mut self, file: FileId) {
        if let Some(query) = &mut self.query {
            query.freshen(file);
        }
    }

    /// Puts texts into the index.
    pub(super) fn insert(&mut self, arrivals: Vec<Arrival>) {
        if arrivals.is_empty() {
            return;
        }
        let files: Vec<FileId> = arrivals.iter().map(|(file, ..)| *file).collect();
        self.index.insert_all(arrivals);
        self.inserted(files);
    }

    /// Takes notice of texts that were put into the index.
    pub(super) fn inserted(&mut self, files: Vec<FileId>) {
        self.epoch += 1;
        let mut new = false;
        for file in files {
            let entry = self.entry(file);
            let had_text = std::mem::replace(&mut entry.content, ContentState::Text) == ContentState::Text;
            if !had_text {
                self.rest(file);
            }
            new |= !self.arrived(file);
            self.note_unsaved();
        }
        if new {
            self.learn();
        }
    }
}
