//! The model files of one backend, by their paths.

use std::path::Path;
use std::sync::Arc;

use super::{Gguf, TOGETHER};
use crate::domain::{Health, ModelRef};
use crate::llm::client::{Answer, BackendSpec, ClientStatus, Gate};
use crate::llm::wire::Listed;
use crate::llm::{Call, LlmError};

/// A backend's model files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Files(Arc<[Gguf]>);

impl Files {
    /// The files that the backend names as its models; none is loaded yet.
    ///
    /// # Errors
    /// [`LlmError::Unavailable`] for the first that is no model file.
    pub fn open(spec: &BackendSpec, gate: &Arc<dyn Gate>) -> Result<Self, LlmError> {
        let open = |path: &String| {
            let model = ModelRef::new(Arc::clone(&spec.name), path.as_str());
            Gguf::open(model, Path::new(path), Arc::clone(gate))
        };
        spec.models.iter().map(open).collect::<Result<Arc<[Gguf]>, LlmError>>().map(Self)
    }

    /// The answer to a call of one of them.
    pub fn stream(&self, model: &ModelRef, call: Call) -> Answer {
        match self.0.iter().find(|file| file.model() == model) {
            Some(file) => file.stream(call),
            None => Answer::failed(LlmError::Unavailable {
                model: model.clone(),
                why: "the backend names no such file".into(),
            }),
        }
    }

    /// What is known of each.
    pub fn listed(&self) -> Vec<Listed> {
        self.0.iter().map(Gguf::listed).collect()
    }

    /// How they stand together.
    pub fn status(&self) -> ClientStatus {
        let calls: u32 = self.0.iter().map(Gguf::calls).sum();
        let limit = TOGETHER * self.0.len() as u32;
        let in_flight = calls.min(limit);
        ClientStatus { health: Health::Up, in_flight, waiting: calls - in_flight, limit }
    }
}
