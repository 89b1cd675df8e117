//! What a snapshot of the index takes, and when one is due.

use std::time::{Duration, Instant};

use crate::domain::FileId;
use crate::index::{Record, RecordContent};

use super::Workspace;
use super::entry::{ContentState, Trust};

/// While much is unsaved, a snapshot waits for this much quiet.
const SOON: Duration = Duration::from_secs(2);

/// While little is unsaved, a snapshot waits for this much quiet.
const LATER: Duration = Duration::from_secs(30);

/// While files are still being read for the first time, a snapshot is made this often, so that a kill costs no more.
const COLD: Duration = Duration::from_secs(20);

/// One part in this many of the files is "much".
const MUCH: u32 = 10;

/// What changed since the last snapshot.
#[derive(Debug, Default)]
pub(super) struct Export {
    unsaved: u32,
    changed: Option<Instant>,
    begun: Option<Instant>,
    /// The next file of a snapshot that is being made.
    next: Option<u32>,
}

impl Export {
    pub const fn unsaved(&self) -> u32 {
        self.unsaved
    }

    pub const fn set_unsaved(&mut self, unsaved: u32) {
        self.unsaved = unsaved;
    }
}

impl Workspace {
    /// Something a snapshot keeps changed.
    pub(super) fn note_unsaved(&mut self) {
        self.export.unsaved += 1;
        self.export.changed = Some(self.now);
        self.export.begun.get_or_insert(self.now);
    }

    /// When a snapshot is to be made; `None` while one is being made, or nothing changed since the last.
    pub fn snapshot_due(&self) -> Option<Instant> {
        if self.export.unsaved == 0 || self.export.next.is_some() || self.is_warming() {
            return None;
        }
        if !self.is_read() {
            return self.export.begun.map(|begun| begun + COLD);
        }
        let quiet = if self.is_much_unsaved() { SOON } else { LATER };
        self.export.changed.map(|changed| changed + quiet)
    }

    /// Whether so much is unsaved that stopping without a snapshot would be felt at the next start.
    pub fn is_much_unsaved(&self) -> bool {
        !self.is_warming() && self.export.unsaved > self.ledger.counts().total() / MUCH
    }

    /// Begins a snapshot of what is known from now on; [`Workspace::records`] gives it piece by piece.
    pub fn begin_snapshot(&mut self) {
        self.export = Export { next: Some(0), begun: Some(self.now), ..Export::default() };
    }

    /// The next records, of at most so many files; `None` when the snapshot is complete.
    pub fn records(&mut self, files: u32) -> Option<Vec<Record>> {
        let from = self.export.next?;
        let to = (from + files).min(self.files.len() as u32);
        self.export.next = (from < to).then_some(to);
        (from < to).then(|| (from..to).filter_map(|file| self.record_of(FileId(file))).collect())
    }

    /// What a snapshot keeps of a file: only what was read, and is not being read again.
    fn record_of(&self, file: FileId) -> Option<Record> {
        let entry = &self.files[file.index()];
        let hash = entry.hash.filter(|_| entry.present && !entry.reading)?;
        let content = match &entry.content {
            ContentState::Text => RecordContent::Text(Box::new(self.index.export(file)?)),
            ContentState::Skipped(reason) => RecordContent::Skipped(reason.clone()),
            ContentState::Unread | ContentState::Failed { .. } => return None,
        };
        let place = self.catalog.get(file)?;
        let stamp = match entry.trust {
            Trust::Sure => Some(entry.stamp),
            Trust::Racy => None,
        };
        Some(Record { root: place.root, path: place.path.clone(), stamp, hash, content })
    }
}
