//! Models as contenders: found, agreed to, measured, and their calibration kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};

use super::EvalArgs;
use crate::cli::complaint::Complaint;
use crate::config::{Config, Dirs};
use crate::domain::{JudgeName, ModelRef, TaskKind};
use crate::eval::{Batch, Contender, Depth, EmbeddingContender, ModelContender, Moment, Pages, Ranking};
use crate::index::Reader;
use crate::llm::{Call, Llm, LlmError, LlmOptions};
use crate::query::judges::embedded::Embedded;
use crate::query::judges::model::calibration::{Calibration, Shelf};
use crate::query::judges::model::{Caller, LlmCaller, ModelJudge, ModelOptions};
use crate::text::amount::count;

/// Tokens of a file's call, about, for a first reckoning.
const TOKENS: u64 = 1_500;

/// Calls of a baseline that may run at the same time; the server's own limit holds besides.
const IN_FLIGHT: usize = 8;

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
    embeddings: Vec<Arc<EmbeddingContender>>,
}

/// A shared contender.
struct Shared<C>(Arc<C>);

impl<C: Contender> Contender for Shared<C> {
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
        Ok(Self { ground, llm, measured: Vec::new(), embeddings: Vec::new() })
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
        let depth = if args.top == 0 { Depth::All } else { Depth::Files(args.top) };
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
        let contender = Arc::new(ModelContender::new(judge, Arc::clone(embedded), pages, depth));
        self.measured.push((model.clone(), Arc::clone(&contender)));
        Ok(Box::new(Shared(contender)))
    }

    /// The baseline of sentence embeddings, by this model, or by the first that embeds where the name is empty.
    ///
    /// # Errors
    /// A [`Complaint`]: no model embeds, or nobody agreed to what it costs.
    pub fn embedding(&mut self, args: &EvalArgs, name: &str) -> anyhow::Result<Box<dyn Contender>> {
        let model = if name.is_empty() { self.first_that_embeds()? } else { name.parse()? };
        let Some(info) = self.llm.model(&model) else {
            let complaint = Complaint::failed(format!("there is no model `{model}`"));
            return Err(complaint.hint("`quarry models` lists the models there are").into());
        };
        if !info.is_free() && !args.yes {
            let complaint =
                Complaint::usage(format!("not asked yet: {model} would embed every file of the tree"));
            return Err(complaint.hint("agree with --yes, or use a model of this machine").into());
        }
        eprintln!("embedding by {model}");
        let llm = self.llm.clone();
        let embed = move |batches: Vec<Batch>| embed(&llm, &model, batches);
        let contender = Arc::new(EmbeddingContender::new(Box::new(embed)));
        self.embeddings.push(Arc::clone(&contender));
        Ok(Box::new(Shared(contender)))
    }

    fn first_that_embeds(&self) -> anyhow::Result<ModelRef> {
        let backends = self.llm.backends();
        let mut models = backends.iter().flat_map(|backend| &backend.models);
        let found =
            models.find(|status| status.abilities.contains(&"embed")).map(|status| status.model.clone());
        found.ok_or_else(|| {
            let complaint = Complaint::failed("no model that is known embeds");
            complaint.hint("assets/embedding-server.py serves one on this machine; or name one: embedding:BACKEND/MODEL").into()
        })
    }

    /// Keeps what was learnt of each model on this repository, and says so.
    pub fn keep(&self, root: &Path) {
        for problem in self.embeddings.iter().flat_map(|contender| contender.problems()) {
            eprintln!("embedding: {}", crate::text::sanitize::sanitize_line(&problem));
        }
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

/// Embeds all batches, some at a time; each failure is one for people.
fn embed(llm: &Llm, model: &ModelRef, batches: Vec<Batch>) -> Result<Vec<Vec<f32>>, String> {
    let calls = batches.into_iter().map(|Batch { texts, files }| {
        let call = Call { files, ..Call::embed(TaskKind::Judge, texts) };
        async move { Ok::<_, LlmError>(llm.call(model, call).await?.vectors) }
    });
    let all = stream::iter(calls).buffered(IN_FLIGHT).try_concat();
    llm.handle().block_on(all).map_err(|error| error.to_string())
}
