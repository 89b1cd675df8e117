//! Warm start: files whose stamps a snapshot vouches for are taken from it instead of being read.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::iter::Either;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::domain::{FileId, Notice, QueryEvent, Severity};
use crate::index::{Extract, Job, KnownContent, Outcome, Reading, Snapshot, TermId, Unusable, Version};

use super::Workspace;

/// Documents taken in at one step.
const SLICE: usize = 1024;

/// What the last session left.
#[derive(Debug, Default)]
pub(super) struct Warm {
    /// A snapshot is being loaded; jobs wait for what it knows.
    loading: bool,
    held: Vec<Job>,
    snapshot: Option<Arc<Snapshot>>,
    /// The index's ids of the snapshot's terms.
    ids: Arc<[TermId]>,
    /// Files whose bytes are those of a document, by id: the index takes them in fastest in that order.
    matched: VecDeque<(Job, Version, u32)>,
    /// Files to be read once all documents are taken in: before them, each would be put amid the index, not at its end.
    behind: Vec<Job>,
    /// What was decoded last.
    decoded: Vec<Decoded>,
    /// Files to be read again, with the document to take where the bytes turn out to be the same.
    doubtful: FxHashMap<FileId, u32>,
}

/// A file, which bytes it has, and its document.
type Decoded = (Job, Version, Extract<u32>);

impl Workspace {
    /// A snapshot is on its way: nothing is read before it is here, but for what is saved.
    pub fn expect_snapshot(&mut self) {
        self.warm.loading = true;
    }

    /// Takes the snapshot, or why there is none.
    pub fn snapshot_loaded(&mut self, loaded: Result<Snapshot, Unusable>) {
        self.warm.loading = false;
        match loaded {
            Ok(snapshot) => {
                self.warm.ids = self.index.number(snapshot.terms()).into();
                self.warm.snapshot = Some(Arc::new(snapshot));
            }
            Err(Unusable::Missing) => {}
            Err(why) => {
                let notice = Notice::new(Severity::Info, "The index is built anew")
                    .cause(format!("Of the old one: {why}"));
                self.events.push(QueryEvent::Notice(notice));
            }
        }
        let held = std::mem::take(&mut self.warm.held);
        self.read_or_recall(held);
        self.release_snapshot();
    }

    /// Sends jobs to the indexer, but for those that a snapshot answers.
    pub(super) fn read_or_recall(&mut self, jobs: Vec<Job>) {
        if self.warm.loading {
            self.warm.held.extend(jobs);
            return;
        }
        let Some(snapshot) = &self.warm.snapshot else {
            self.jobs.later.extend(jobs);
            return;
        };
        let mut skipped = Vec::new();
        for mut job in jobs {
            let Some(known) = snapshot.known(job.root, &job.path) else {
                self.warm.behind.push(job);
                continue;
            };
            let stamp = self.files[job.file.index()].stamp;
            let version = Version { hash: known.hash, stamp, racy: false };
            match (&known.content, known.stamp == Some(stamp)) {
                (KnownContent::Text(document), true) => {
                    self.warm.matched.push_back((job, version, *document));
                }
                (KnownContent::Skipped(reason), true) => {
                    let outcome = Outcome::Skipped(Some(version), reason.clone());
                    skipped.push(Reading { file: job.file, serial: job.serial, outcome });
                }
                (KnownContent::Text(document), false) => {
                    job.known = Some(known.hash);
                    self.warm.doubtful.insert(job.file, *document);
                    self.warm.behind.push(job);
                }
                (KnownContent::Skipped(_), false) => self.warm.behind.push(job),
            }
        }
        self.recall(skipped);
        self.read_behind();
    }

    /// Takes a slice of documents into the index while the next one is decoded; false where none waits.
    pub(super) fn warm_some(&mut self) -> bool {
        let Some(snapshot) = self.warm.snapshot.clone() else { return false };
        let size = self.warm.matched.len().min(SLICE);
        let slice: Vec<_> = self.warm.matched.drain(..size).collect();
        let decoded = std::mem::take(&mut self.warm.decoded);
        if slice.is_empty() && decoded.is_empty() {
            return false;
        }
        let ((next, lost), ()) = rayon::join(|| decode(&snapshot, slice), || self.recall_texts(decoded));
        self.warm.decoded = next;
        self.warm.behind.extend(lost);
        self.read_behind();
        true
    }

    /// Sends on what waited for the documents, once they are in.
    fn read_behind(&mut self) {
        if !self.is_warming() {
            self.jobs.later.append(&mut self.warm.behind);
        }
    }

    /// Takes in what needed no reading: nothing that a later snapshot lacks.
    fn recall(&mut self, readings: Vec<Reading>) {
        let unsaved = self.export.unsaved();
        self.readings(readings);
        self.export.set_unsaved(unsaved);
    }

    /// Takes documents into the index, in one go.
    fn recall_texts(&mut self, decoded: Vec<Decoded>) {
        let unsaved = self.export.unsaved();
        let mut arrivals = Vec::with_capacity(decoded.len());
        for (job, version, extract) in decoded {
            if self.answers(job.file, job.serial) {
                self.note_version(job.file, version);
                arrivals.push((job.file, job.root, job.path, extract));
            }
        }
        if !arrivals.is_empty() {
            let files = arrivals.iter().map(|(file, ..)| *file).collect();
            let ids = Arc::clone(&self.warm.ids);
            self.index.insert_numbered(arrivals, &ids);
            self.inserted(files);
        }
        self.were_read();
        self.export.set_unsaved(unsaved);
    }

    /// The document of a file whose bytes turned out to be those of the snapshot.
    pub(super) fn recalled(&mut self, file: FileId) -> Option<Box<Extract>> {
        let document = self.warm.doubtful.remove(&file)?;
        self.warm.snapshot.as_ref()?.extract(document).map(Box::new)
    }

    /// Lets go of the snapshot once every file was read.
    pub(super) fn release_snapshot(&mut self) {
        if self.is_read() && !self.warm.loading {
            self.warm = Warm::default();
        }
    }

    /// Whether the last session's snapshot is still being taken in.
    pub(super) fn is_warming(&self) -> bool {
        self.warm.loading || !self.warm.matched.is_empty() || !self.warm.decoded.is_empty()
    }
}

/// Decodes documents in parallel; also returns the jobs whose documents cannot be decoded.
fn decode(snapshot: &Snapshot, slice: Vec<(Job, Version, u32)>) -> (Vec<Decoded>, Vec<Job>) {
    slice.into_par_iter().partition_map(|(job, version, document)| match snapshot.numbered(document) {
        Some(extract) => Either::Left((job, version, extract)),
        None => Either::Right(job),
    })
}
