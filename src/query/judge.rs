//! The [`Judge`] trait: answers "does this file help with the request?" for packs of files.

use std::sync::Arc;

pub use super::answer::{Answer, JudgeError};
use super::crew::{Crew, Deliver};
use crate::domain::{Detail, FileId, JudgeName};
use crate::index::Index;

/// What a judge's answer for a file depends on, apart from the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The file's path and bytes alone.
    File,
    /// Everything the index holds.
    Index,
}

/// Someone who can answer for files.
pub trait Judge: Send + Sync {
    /// The name under which results and caches know this judge.
    fn name(&self) -> JudgeName;

    /// What an answer depends on; it decides how long answers are kept.
    fn reach(&self) -> Reach {
        Reach::Index
    }

    /// What the cache tells answers of this judge apart by, besides its name: they change when its prompt does.
    fn version(&self) -> u32 {
        0
    }

    /// Whoever answers outside the engine's thread, for a judge whose answers come from elsewhere. Its session then gives
    /// the order, what stands in the list until an answer is there, and the evidence.
    fn crew(&self, _request: &str, _deliver: Deliver) -> Option<Box<dyn Crew>> {
        None
    }

    /// Reads the request against the index once, and returns a session that answers packs.
    ///
    /// `cancelled` is asked now and then; a session opened after it said yes may hold nothing.
    fn open(&self, request: &str, index: &Index, cancelled: &(dyn Fn() -> bool + Sync)) -> Box<dyn Session>;
}

/// Finds judges whose names are not known from the start, such as models.
pub type FindJudge = dyn Fn(&JudgeName) -> Option<Arc<dyn Judge>> + Send + Sync;

/// The judges of an engine.
#[derive(Clone, Default)]
pub struct Judges {
    /// Those known from the start; the first one also judges the task.
    pub known: Vec<Arc<dyn Judge>>,
    /// Asked for every other name.
    pub find: Option<Arc<FindJudge>>,
}

impl Judges {
    /// The judge of a name.
    pub fn named(&self, name: &JudgeName) -> Option<Arc<dyn Judge>> {
        let known = self.known.iter().find(|judge| judge.name() == *name).cloned();
        known.or_else(|| self.find.as_ref()?(name))
    }
}

impl From<Vec<Arc<dyn Judge>>> for Judges {
    fn from(known: Vec<Arc<dyn Judge>>) -> Self {
        Self { known, find: None }
    }
}

/// One request at one judge. It holds what it needs of the request, and is given the index again at every call, so that
/// the index may change between calls.
pub trait Session: Send + Sync {
    /// All indexed files, most promising first.
    fn order(&self) -> Vec<FileId>;

    /// Answers for a pack of files, in the pack's order.
    fn judge(&self, index: &Index, pack: &[FileId]) -> Vec<Result<Answer, JudgeError>>;

    /// Explains one answer: evidence in log-odds, spans and shares.
    fn explain(&self, index: &Index, file: FileId) -> Detail;

    /// Takes notice that these files changed, appeared or went away; what is known of others stays.
    fn refresh(&mut self, index: &Index, files: &[FileId]);
}
