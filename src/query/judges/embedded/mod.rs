//! The embedded judge: a learned model over evidence that the index holds; no download, no network.
//!
//! A request is read once ([`Reading`]): text, history and structure give each file a row of numbers, a forest of fitted trees
//! turns rows into probabilities, and the decisions that moved a file's score become its reason. It never states what
//! the index does not hold.

mod channels;
mod cut;
pub mod features;
mod kin;
pub mod lexicon;
mod links;
mod meaning;
mod own;
mod past;
mod reading;
mod reasons;
mod request;
mod text;
pub mod threshold;
pub mod trees;
pub mod tuning;
mod usage;
pub mod vector;
mod weights;

use std::sync::{Arc, PoisonError, RwLock};

use rayon::prelude::*;

pub use cut::{Cut, LEADERS};
pub use lexicon::Lexicon;
pub use reading::{Reading, Signpost};
pub use weights::{Calibration, Fitted, Provenance, Weights, WeightsError};

use tuning::{Lens, Tuning};

use crate::domain::{Detail, FileId, JudgeName, Probability, Verdict};
use crate::index::Index;
use crate::query::{Answer, Judge, JudgeError, Session};

/// The judge that ships inside. Clones share what is set for a repository.
#[derive(Debug, Clone)]
pub struct Embedded {
    weights: Arc<Weights>,
    local: Arc<RwLock<Local>>,
}

/// What is set for one repository.
#[derive(Debug, Clone, Default)]
struct Local {
    tuning: Option<Arc<(Tuning, Lens)>>,
    yes_at: Option<f32>,
}

impl Embedded {
    /// The judge with the weights that ship inside.
    ///
    /// # Errors
    /// Weights that are damaged or of another version.
    pub fn new() -> Result<Self, WeightsError> {
        Ok(Self::with(Weights::embedded()?))
    }

    /// The judge with other weights.
    pub fn with(weights: Weights) -> Self {
        Self { weights: Arc::new(weights), local: Arc::default() }
    }

    /// The same judge as it ships, with nothing set for a repository.
    #[must_use]
    pub fn as_it_ships(&self) -> Self {
        Self { weights: Arc::clone(&self.weights), local: Arc::default() }
    }

    /// Corrects it for one repository from the next request on, or no more.
    pub fn tune(&self, tuning: Option<Tuning>) {
        let tuning = tuning.map(|tuning| Arc::new((tuning, Lens::default())));
        self.local.write().unwrap_or_else(PoisonError::into_inner).tuning = tuning;
    }

    /// Says yes from this probability on, from the next request on; `None` for its own cut, made for each request.
    pub fn say_yes_from(&self, yes_at: Option<f32>) {
        self.local.write().unwrap_or_else(PoisonError::into_inner).yes_at = yes_at;
    }

    /// What it was taught.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }
}

impl Judge for Embedded {
    fn name(&self) -> JudgeName {
        JudgeName::embedded()
    }

    fn open(&self, request: &str, index: &Index, cancelled: &(dyn Fn() -> bool + Sync)) -> Box<dyn Session> {
        let local = self.local.read().unwrap_or_else(PoisonError::into_inner).clone();
        let kept = local.yes_at;
        let mut session = EmbeddedSession {
            weights: Arc::clone(&self.weights),
            local,
            reading: Reading::open(request, index, &self.weights.lexicon, cancelled),
            yes_at: kept.unwrap_or(self.weights.calibration.cut.surely),
        };
        if kept.is_none() && !cancelled() {
            session.cut(index);
        }
        Box::new(session)
    }
}

struct EmbeddedSession {
    weights: Arc<Weights>,
    local: Local,
    reading: Reading,
    /// The least probability that is answered "yes"; it stands while the session is open, so that a save moves the verdict
    /// of what was saved and of nothing else.
    yes_at: f32,
}

impl EmbeddedSession {
    fn cut(&mut self, index: &Index) {
        let promising = self.reading.leaders(cut::LEADERS);
        let judged =
            promising.par_iter().map_init(Vec::new, |alive, file| self.probability(index, *file, alive));
        let mut probabilities: Vec<f32> = judged.flatten().collect();
        self.yes_at = self.weights.calibration.cut.threshold(&mut probabilities);
    }

    fn probability(&self, index: &Index, file: FileId, alive: &mut Vec<u32>) -> Option<f32> {
        let features = self.reading.features(index, file)?;
        let mut score = self.weights.forest.score(&features, alive);
        if let (Some((tuning, lens)), Some(doc)) = (self.local.tuning.as_deref(), index.doc(file)) {
            score += tuning.shift(lens, &features, &doc.path);
        }
        let odds = self.weights.calibration.slope * score + self.weights.calibration.offset;
        Some(1.0 / (1.0 + (-odds).exp()))
    }

    fn answer(&self, index: &Index, file: FileId, alive: &mut Vec<u32>) -> Result<Answer, JudgeError> {
        let Some(probability) = self.probability(index, file, alive) else {
            return Err(JudgeError { why: "its text is not in the index".to_owned(), retryable: true });
        };
        let verdict = if probability >= self.yes_at { Verdict::Yes } else { Verdict::No };
        Ok(Answer { verdict, probability: Probability::new(probability) })
    }
}

impl Session for EmbeddedSession {
    fn order(&self) -> Vec<FileId> {
        self.reading.order()
    }

    fn judge(&self, index: &Index, pack: &[FileId]) -> Vec<Result<Answer, JudgeError>> {
        let mut alive = Vec::new();
        pack.iter().map(|file| self.answer(index, *file, &mut alive)).collect()
    }

    fn explain(&self, index: &Index, file: FileId) -> Detail {
        let Some(features) = self.reading.features(index, file) else {
            return Detail { reason: "its text is not in the index".to_owned(), ..Detail::default() };
        };
        let mut moved = [0.0; features::COUNT];
        self.weights.forest.attribute(&features, &mut moved);
        for change in &mut moved {
            *change *= self.weights.calibration.slope;
        }
        self.reading.unfuse(file, &mut moved);
        reasons::explain(&self.reading, index, file, &moved)
    }

    fn refresh(&mut self, index: &Index, files: &[FileId]) {
        self.reading.refresh(index, files);
    }
}

#[cfg(test)]
mod tests;
