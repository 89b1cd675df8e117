//! The judgment cache: answers of earlier queries, bounded, least recently used first out.
//!
//! Invariant: an answer is given only for the same words, judge, file and bytes; and, for judges that read the whole
//! index, for the same index. A failure is never kept.

use std::sync::Arc;

use super::{Answer, Reach};
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
}

/// Answers of one query, by file.
#[derive(Debug)]
struct Run {
    key: RunKey,
    epoch: u64,
    answers: Vec<Option<(ContentHash, Answer)>>,
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
            None => Run { key: key.clone(), epoch, answers: Vec::new() },
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
        let (known, answer) = self.runs.last()?.answers.get(file.index()).copied().flatten()?;
        (known == hash).then_some(answer)
    }

    /// Keeps an answer of the latest query.
    pub fn put(&mut self, file: FileId, hash: ContentHash, answer: Answer) {
        if let Some(run) = self.runs.last_mut() {
            if run.answers.len() <= file.index() {
                run.answers.resize(file.index() + 1, None);
            }
            run.answers[file.index()] = Some((hash, answer));
        }
    }

    /// Forgets the latest query's answer for a file, so that the judge is asked anew.
    pub fn forget(&mut self, file: FileId) {
        if let Some(slot) = self.runs.last_mut().and_then(|run| run.answers.get_mut(file.index())) {
            *slot = None;
        }
    }

    /// Forgets every answer.
    pub fn forget_all(&mut self) {
        self.runs.clear();
    }

    fn shrink(&mut self) {
        let mut total: usize = self.runs.iter().map(|run| run.answers.len()).sum();
        while total > self.limit && self.runs.len() > 1 {
            total -= self.runs.remove(0).answers.len();
        }
    }
}
