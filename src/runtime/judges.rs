//! Judges: the embedded one, and every model that a request names.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::config::TaskConfig;
use crate::domain::{JudgeName, ModelRef, TaskKind};
use crate::index::Disk;
use crate::llm::Llm;
use crate::query::judges::embedded::Embedded;
use crate::query::judges::model::calibration::{Calibration, Shelf};
use crate::query::judges::model::{LlmCaller, ModelJudge, ModelOptions};
use crate::query::{FindJudge, Judge, Judges};

/// What judges are made from.
pub struct JudgeParts {
    /// The one that ships inside.
    pub embedded: Arc<Embedded>,
    /// The models, where there are any.
    pub llm: Option<Llm>,
    /// The root directories, in the order of their ids.
    pub roots: Vec<PathBuf>,
    /// Where calibrations are kept.
    pub cache_dir: Option<PathBuf>,
}

impl JudgeParts {
    /// The judges of an engine.
    pub fn judges(self) -> Judges {
        let known: Vec<Arc<dyn Judge>> = vec![Arc::clone(&self.embedded) as Arc<dyn Judge>];
        let known_models: Mutex<FxHashMap<JudgeName, (TaskConfig, Arc<ModelJudge>)>> = Mutex::default();
        let find: Arc<FindJudge> = Arc::new(move |name: &JudgeName| {
            let llm = self.llm.as_ref()?;
            let model: ModelRef = name.0.parse().ok()?;
            llm.model(&model)?;
            let config = llm.config().tasks.get(TaskKind::Judge.name()).cloned().unwrap_or_default();
            let mut known = known_models.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((of, judge)) = known.get(name)
                && *of == config
            {
                // What it turned out to be able to do is remembered with it.
                return Some(Arc::clone(judge) as Arc<dyn Judge>);
            }
            let judge = Arc::new(self.model(llm, &model, &config));
            known.insert(name.clone(), (config, Arc::clone(&judge)));
            Some(judge as Arc<dyn Judge>)
        });
        Judges { known, find: Some(find) }
    }

    fn model(&self, llm: &Llm, model: &ModelRef, config: &TaskConfig) -> ModelJudge {
        // A calibration knows the habits of one repository.
        let calibration = match (&self.cache_dir, self.roots.as_slice()) {
            (Some(cache), [root]) => Shelf::new(cache).get(root, model),
            (_, _) => Calibration::default(),
        };
        ModelJudge::new(ModelOptions {
            name: JudgeName(model.to_string().into()),
            caller: Arc::new(LlmCaller::new(llm.clone(), model.clone())),
            reader: Arc::new(Disk::new(self.roots.clone())),
            embedded: Arc::clone(&self.embedded),
            prompt_order: config.prompt_order,
            budget: config.budget,
            calibration,
            runtime: llm.handle().clone(),
        })
    }
}
