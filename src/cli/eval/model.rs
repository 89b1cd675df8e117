//! Models as contenders: found, agreed to, measured, and their calibration kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::EvalArgs;
use crate::cli::complaint::Complaint;
use crate::config::{Config, Dirs};
use crate::domain::{JudgeName, ModelRef, TaskKind};
use crate::eval::{Contender, ModelContender, Moment, Pages, Ranking};
use crate::index::Reader;
use crate::llm::{Llm, LlmOptions};
use crate::query::judges::embedded::Embedded;
use crate::query::judges::model::calibration::{Calibration, Shelf};
use crate::query::judges::model::{Caller, LlmCaller, ModelJudge, ModelOptions};
use crate::text::amount::count;

/// Tokens of a file's call, about, for a first reckoning.
const TOKENS: u64 = 1_500;

/// What models are found by.
pub struct Ground {
    /// Backends, tasks, policy.
    pub config: Arc<Config>,
    /// Where measures and calibrations are kept.
    pub dirs: Dirs,
    /// The roots, absolute.
    pub roots: Vec<PathBuf>,
}

/// Reads the configuration that holds in these roots.
pub type LoadGround = dyn Fn(&[PathBuf]) -> anyhow::Result<Ground>;

/// Models under measure.
pub struct Models {
    ground: Ground,
    llm: Llm,
    measured: Vec<(ModelRef, Arc<ModelContender>)>,
}

/// A shared contender.
struct Shared(Arc<ModelContender>);

impl Contender for Shared {
    fn name(&self) -> String {
        self.0.name()
    }

    fn rank(&self, request: &str, moment: &Moment<'_>) -> Ranking {
        self.0.rank(request, moment)
    }
}

impl Models {
    /// Looks for models.
    ///
    /// # Errors
    /// A system without threads.
    pub fn start(ground: Ground) -> anyhow::Result<Self> {
        let mut options = LlmOptions::new(Arc::clone(&ground.config), &ground.dirs);
        options.roots.clone_from(&ground.roots);
        let llm = Llm::start(options, |_| {})?;
        llm.handle().block_on(llm.settled());
        Ok(Self { ground, llm, measured: Vec::new() })
    }

    /// A model as a contender.
    ///
    /// # Errors
    /// A [`Complaint`]: there is no such model, or nobody agreed to what it costs.
    pub fn contender(
        &mut self,
        args: &EvalArgs,
        model: &ModelRef,
        embedded: &Arc<Embedded>,
    ) -> anyhow::Result<Box<dyn Contender>> {
        if self.llm.model(model).is_none() {
            let complaint = Complaint::failed(format!("there is no model `{model}`"));
            return Err(complaint.hint("`quarry models` lists the models there are").into());
        }
        let caller = LlmCaller::new(self.llm.clone(), model.clone());
        let top = if args.top == 0 { usize::MAX } else { args.top };
        if !caller.facts().is_free() && !args.yes {
            let calls = (args.commits * args.roots.len().max(1)) as u64 * args.top.max(1) as u64;
            let about = format!("{model} would be asked up to {} times", count(calls));
            let complaint =
                Complaint::usage(format!("not asked yet: {about}, about {} tokens", count(calls * TOKENS)));
            return Err(complaint.hint("agree with --yes, or ask less with --commits and --top").into());
        }
        let task = self.ground.config.tasks.get(TaskKind::Judge.name()).cloned().unwrap_or_default();
        let pages = Arc::new(Pages::default());
        let judge = ModelJudge::new(ModelOptions {
            name: JudgeName(model.to_string().into()),
            caller: Arc::new(caller),
            reader: Arc::clone(&pages) as Arc<dyn Reader>,
            embedded: Arc::clone(embedded),
            prompt_order: task.prompt_order,
            budget: task.budget,
            // What the model says itself is what is to be calibrated.
            calibration: Calibration::default(),
            runtime: self.llm.handle().clone(),
        });
        let contender = Arc::new(ModelContender::new(judge, Arc::clone(embedded), pages, top));
        self.measured.push((model.clone(), Arc::clone(&contender)));
        Ok(Box::new(Shared(contender)))
    }

    /// Keeps what was learnt of each model on this repository, and says so.
    pub fn keep(&self, root: &Path) {
        let shelf = Shelf::new(&self.ground.dirs.cache);
        for (model, contender) in &self.measured {
            for problem in contender.problems() {
                eprintln!("{model}: {}", crate::text::sanitize::sanitize_line(&problem));
            }
            let Some(fit) = contender.calibration() else {
                eprintln!(
                    "{model}: too few answers of both kinds to calibrate it here, or no better than chance"
                );
                continue;
            };
            let Calibration { slope, offset, yes_at, fitted_on } = fit;
            let how =
                format!("slope {slope:.2}, offset {offset:.2}, yes from {yes_at:.2}, on {fitted_on} answers");
            match shelf.put(root, model, &fit) {
                Ok(file) => eprintln!("{model}: calibrated ({how}), kept in {}", file.display()),
                Err(error) => eprintln!("{model}: calibrated ({how}), but not kept: {error}"),
            }
        }
    }
}
