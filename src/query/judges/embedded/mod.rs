//! The embedded judge: a learned model over evidence that the index holds; no download, no network.
//!
//! A request is read once ([`Reading`]): text, history and structure give each file a row of numbers, a forest of fitted trees
//! turns rows into probabilities, and the decisions that moved a file's score become its reason. It never states what
//! the index does not hold.

mod channels;
mod cut;
pub mod features;
mod kin;
mod links;
mod past;
mod reading;
mod reasons;
mod request;
mod text;
pub mod trees;
pub mod tuning;
mod weights;

use std::sync::Arc;

use rayon::prelude::*;

pub use cut::Cut;
pub use reading::{Reading, Signpost};
pub use weights::{Calibration, Fitted, Provenance, Weights, WeightsError};

use tuning::{Lens, Tuning};

use crate::domain::{Detail, FileId, JudgeName, Probability, Verdict};
use crate::index::Index;
use crate::query::{Answer, Judge, JudgeError, Session};

/// The judge that ships inside.
#[derive(Debug, Clone)]
pub struct Embedded {
    weights: Arc<Weights>,
    tuning: Option<Arc<(Tuning, Lens)>>,
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
        Self { weights: Arc::new(weights), tuning: None }
    }

    /// The same judge, corrected for one repository.
    #[must_use]
    pub fn tuned(self, tuning: Tuning) -> Self {
        Self { tuning: Some(Arc::new((tuning, Lens::default()))), ..self }
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
        let mut session = EmbeddedSession {
            weights: Arc::clone(&self.weights),
            tuning: self.tuning.clone(),
            reading: Reading::open(request, index, cancelled),
            yes_at: self.weights.calibration.cut.surely,
        };
        if !cancelled() {
            session.cut(index);
        }
        Box::new(session)
    }
}

struct EmbeddedSession {
    weights: Arc<Weights>,
    tuning: Option<Arc<(Tuning, Lens)>>,
    reading: Reading,
    /// The least probability that is answered "yes"; it stands while the session is open, so that a save moves the verdict
    /// of what was saved and of nothing else.
    yes_at: f32,
}

impl EmbeddedSession {
    fn cut(&mut self, index: &Index) {
        let promising = self.reading.promising(cut::LOOKED_AT);
        let judged =
            promising.par_iter().map_init(Vec::new, |alive, file| self.probability(index, *file, alive));
        let mut probabilities: Vec<f32> = judged.flatten().collect();
        self.yes_at = self.weights.calibration.cut.threshold(&mut probabilities);
    }

    fn probability(&self, index: &Index, file: FileId, alive: &mut Vec<u32>) -> Option<f32> {
        let features = self.reading.features(index, file)?;
        let mut score = self.weights.forest.score(&features, alive);
        if let (Some((tuning, lens)), Some(doc)) = (self.tuning.as_deref(), index.doc(file)) {
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
