//! The judgment cache: answers of earlier queries, bounded, least recently used first out.
//!
//! Invariant: an answer is given only for the same words, judge, file and bytes; and, for judges that read the whole
//! index, for the same index. A failure is never kept.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Answer, Reach, Reason};
use crate::domain::{FileId, JudgeName};
use crate::index::ContentHash;

#[cfg(test)]
mod tests;

/// Answers kept over all queries; at 24 bytes each about 24 MiB.
const ANSWERS: usize = 1_000_000;

/// What an answer belongs to, apart from the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunKey {
    /// The query's words.
    pub text: Arc<str>,
    /// Who answered.
    pub judge: JudgeName,
    /// What else its answers are told apart by.
    pub version: u32,
}

/// Answers of one query, by file.
#[derive(Debug)]
struct Run {
    key: RunKey,
    epoch: u64,
    answers: Vec<Option<(ContentHash, Answer)>>,
    /// Answers about bytes that files had before, where answers depend on the bytes alone: a branch may bring them back.
    earlier: FxHashMap<(FileId, ContentHash), Answer>,
    reasons: FxHashMap<FileId, (ContentHash, Reason)>,
    reach: Reach,
}

impl Run {
    fn new(key: &RunKey, reach: Reach, epoch: u64) -> Self {
        let (earlier, reasons) = (FxHashMap::default(), FxHashMap::default());
        Self { key: key.clone(), epoch, answers: Vec::new(), earlier, reasons, reach }
    }

    fn len(&self) -> usize {
        self.answers.len() + self.earlier.len()
    }
}

/// Answers of the latest queries.
#[derive(Debug)]
pub struct Cache {
    runs: Vec<Run>,
    limit: usize,
}

impl Default for Cache {
    fn default() -> Self {
        Self::new(ANSWERS)
    }
}

impl Cache {
    /// A cache of at most so many answers; the latest query is kept whatever its size.
    pub const fn new(limit: usize) -> Self {
        Self { runs: Vec::new(), limit }
    }

    /// Makes a query the latest, forgetting the answers that the index of `epoch` no longer bears out.
    pub fn begin(&mut self, key: &RunKey, reach: Reach, epoch: u64) {
        let mut run = match self.runs.iter().position(|run| run.key == *key) {
            Some(at) => self.runs.remove(at),
            None => Run::new(key, reach, epoch),
        };
        if reach == Reach::Index && run.epoch != epoch {
            run.answers.clear();
        }
        run.epoch = epoch;
        self.runs.push(run);
        self.shrink();
    }

    /// The latest query's answer for a file with these bytes.
    pub fn get(&self, file: FileId, hash: ContentHash) -> Option<Answer> {
        let run = self.runs.last()?;
        let latest = run.answers.get(file.index()).copied().flatten();
        let latest = latest.filter(|(known, _)| *known == hash).map(|(_, answer)| answer);
        latest.or_else(|| run.earlier.get(&(file, hash)).copied())
    }

    /// The latest query's reason for a file with these bytes.
    pub fn reason(&self, file: FileId, hash: ContentHash) -> Option<&Reason> {
        let (known, reason) = self.runs.last()?.reasons.get(&file)?;
        (*known == hash).then_some(reason)
    }

    /// Keeps a reason of the latest query.
    pub fn put_reason(&mut self, file: FileId, hash: ContentHash, reason: Reason) {
        if let Some(run) = self.runs.last_mut() {
            run.reasons.insert(file, (hash, reason));
        }
    }

    /// Keeps an answer of the latest query.
    pub fn put(&mut self, file: FileId, hash: ContentHash, answer: Answer) {
        if let Some(run) = self.runs.last_mut() {
            if run.answers.len() <= file.index() {
                run.answers.resize(file.index() + 1, None);
            }
            let before = run.answers[file.index()].replace((hash, answer));
            if let (Some((old, answer)), Reach::File) = (before, run.reach)
                && old != hash
            {
                run.earlier.insert((file, old), answer);
            }
        }
    }

    /// Forgets the latest query's answer for a file, so that the judge is asked anew.
    pub fn forget(&mut self, file: FileId) {
        let Some(run) = self.runs.last_mut() else { return };
        let known = run.answers.get_mut(file.index()).and_then(Option::take);
        if let Some((hash, _)) = known {
            run.earlier.remove(&(file, hash));
        }
        run.reasons.remove(&file);
    }

    /// Forgets every answer.
    pub fn forget_all(&mut self) {
        self.runs.clear();
    }

    fn shrink(&mut self) {
        let mut total: usize = self.runs.iter().map(Run::len).sum();
        while total > self.limit && self.runs.len() > 1 {
            total -= self.runs.remove(0).len();
        }
    }
}
