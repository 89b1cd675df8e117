//! `quarry bench --funnel`: what the embedded judge's order is worth to a model judge.
//!
//! A made-up model knows what each commit touched and is wrong about one file in ten. It is asked by the real judge over
//! the real client: about the best 5% of the files, 10%, 20%, 50%, and all of them. What is not asked about keeps its
//! order below.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::BenchArgs;
use super::direct::Direct;
use super::loopback::{Faults, Manner, Server};
use crate::config::BudgetConfig;
use crate::domain::JudgeName;
use crate::eval::{
    Contender, Depth, EmbeddedContender, MeasureOptions, Metric, MineOptions, ModelContender, Moment, Pages,
    Ranking, Run, macro_interval, measure,
};
use crate::index::Reader;
use crate::query::judges::embedded::Embedded;
use crate::query::judges::model::calibration::Calibration;
use crate::query::judges::model::{Caller, ModelJudge, ModelOptions};

/// Shares of the tree that the model is asked about.
const SHARES: [f32; 4] = [0.05, 0.1, 0.2, 0.5];

/// Of so many answers one is wrong.
const WRONG: u64 = 10;

/// How sure the made-up model is of what it says.
const SURE: f64 = 0.9;

/// Requests that the made-up server works on at once.
const SLOTS: usize = 64;

/// Commits looked at from HEAD when mining, and known to history at each sample.
const LOOK_AT: usize = 12_000;

/// What the made-up model knows: the request, and the files that its commit touched.
#[derive(Debug, Default)]
struct Truth {
    request: String,
    gold: HashSet<String>,
}

impl Truth {
    /// What the model says of a file; the same each time it is asked.
    fn says(&self, path: &str) -> f64 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.request.as_bytes()).update(b"\0").update(path.as_bytes());
        let mut bytes = [0; 8];
        hasher.finalize_xof().fill(&mut bytes);
        let wrong = u64::from_le_bytes(bytes) % WRONG == 0;
        if self.gold.contains(path) == wrong { 1.0 - SURE } else { SURE }
    }
}

/// A model that is told the truth about each request before it is asked.
struct Told {
    name: String,
    model: ModelContender,
    truth: Arc<Mutex<Truth>>,
}

impl Contender for Told {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn rank(&self, request: &str, moment: &Moment<'_>) -> Ranking {
        let path = |file| Some(moment.index.doc(file)?.path.to_text().into_owned());
        let gold = moment.gold.iter().filter_map(|file| path(*file)).collect();
        *locked(&self.truth) = Truth { request: request.to_owned(), gold };
        self.model.rank(request, moment)
    }
}

/// Prints the table, or one JSON object a line.
///
/// # Errors
/// A server that cannot start, or a repository that cannot be read.
pub fn run(arguments: &BenchArgs) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let truth = Arc::new(Mutex::new(Truth::default()));
    let oracle = Arc::clone(&truth);
    let server = runtime.block_on(Server::start(Manner {
        slots: SLOTS,
        service: Duration::ZERO,
        faults: Faults::default(),
        oracle: Arc::new(move |path| locked(&oracle).says(path)),
    }))?;
    let embedded = Arc::new(Embedded::new()?);
    let servers = [server];
    let mut contenders: Vec<Box<dyn Contender>> = vec![Box::new(EmbeddedContender(Arc::clone(&embedded)))];
    for depth in SHARES.map(Depth::Share).into_iter().chain([Depth::All]) {
        let caller = Arc::new(runtime.block_on(async { Direct::new(&servers, SLOTS) })?);
        let pages = Arc::new(Pages::default());
        let judge = ModelJudge::new(ModelOptions {
            name: JudgeName("oracle".into()),
            caller: caller as Arc<dyn Caller>,
            reader: Arc::clone(&pages) as Arc<dyn Reader>,
            embedded: Arc::clone(&embedded),
            prompt_order: None,
            budget: BudgetConfig::default(),
            calibration: Calibration::default(),
            runtime: runtime.handle().clone(),
        });
        contenders.push(Box::new(Told {
            name: name(depth),
            model: ModelContender::new(judge, Arc::clone(&embedded), pages, depth),
            truth: Arc::clone(&truth),
        }));
    }
    let here = [PathBuf::from(".")];
    let roots = if arguments.roots.is_empty() { &here[..] } else { &arguments.roots };
    let runs = roots
        .iter()
        .map(|root| measure_root(root, &contenders, arguments.commits))
        .collect::<anyhow::Result<Vec<_>>>()?;
    print(&runs, arguments.json);
    Ok(())
}

fn name(depth: Depth) -> String {
    match depth {
        Depth::Share(share) => format!("best {:.0}%", share * 100.0),
        Depth::Files(files) => format!("best {files}"),
        Depth::All => "all files".to_owned(),
    }
}

fn measure_root(root: &Path, contenders: &[Box<dyn Contender>], commits: usize) -> anyhow::Result<Vec<Run>> {
    let mine = MineOptions { commits, look_at: LOOK_AT, since: None };
    let options = MeasureOptions { mine, samples: None, subject: false };
    let report = measure(root, contenders, &options, &mut |_| ControlFlow::Continue(()))?;
    eprintln!("{}: {} commits, {} files", root.display(), report.samples.len(), report.files);
    Ok(report.runs)
}

fn print(repositories: &[Vec<Run>], json: bool) {
    let Some(first) = repositories.first() else { return };
    if !json {
        println!("{:<12} {:>8} {:>7} {:>7} {:>7}", "asked about", "calls", "R@10", "R@50", "MRR");
    }
    let metrics = [Metric::Recall(10), Metric::Recall(50), Metric::Reciprocal];
    for (at, run) in first.iter().enumerate() {
        // The made-up server counts one token a call.
        let calls: u64 =
            repositories.iter().flat_map(|runs| &runs[at].trials).map(|trial| trial.usage.tokens_out).sum();
        let figure = |metric: Metric| {
            let values: Vec<Vec<f64>> = repositories
                .iter()
                .map(|runs| runs[at].trials.iter().map(|trial| metric.of(trial)).collect())
                .collect();
            macro_interval(&values).mean
        };
        let [ten, fifty, mrr] = metrics.map(figure);
        let name = if at == 0 { "none" } else { &run.judge };
        if json {
            let metrics: HashMap<&str, f64> =
                HashMap::from([("recall@10", ten), ("recall@50", fifty), ("mrr", mrr)]);
            let line =
                serde_json::json!({ "event": "funnel", "asked": name, "calls": calls, "metrics": metrics });
            println!("{line}");
        } else {
            println!("{name:<12} {calls:>8} {ten:>7.3} {fifty:>7.3} {mrr:>7.3}");
        }
    }
}

/// A poisoned lock holds plain data, whatever panicked.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_made_up_model_is_wrong_about_one_file_in_ten_and_stays_so() {
        let truth = Truth { request: "r".into(), gold: (0..500).map(|at| at.to_string()).collect() };
        let wrong = |range: std::ops::Range<u32>, right: f64| {
            range.filter(|at| (truth.says(&at.to_string()) - right).abs() > 0.5).count()
        };
        for off in [wrong(0..500, SURE), wrong(500..1_000, 1.0 - SURE)] {
            assert!((30..=75).contains(&off), "{off} of 500");
        }
        assert!((truth.says("7") - truth.says("7")).abs() < 1e-9);
    }
}
