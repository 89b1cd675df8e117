//! `quarry eval`: measures judges on a repository's own commits, and with `--fit` teaches the embedded judge.

mod fit;
mod json;
mod model;
mod page;
mod summary;
mod table;

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use super::complaint::Complaint;
use super::exit::Exit;
use crate::domain::ModelRef;
use crate::eval::{Contender, MeasureOptions, MineOptions, Report, Step, contender_names, measure, named};
use crate::query::judges::embedded::Embedded;
use crate::runtime::evaluating::keep::{self, LOOK_AT};
use crate::store::Store;
use crate::text::nearest::nearest;
use model::Models;
pub use model::{Ground, LoadGround};
use summary::Measured;

/// Arguments of `quarry eval`.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = JSON_HELP)]
pub struct EvalArgs {
    /// Repositories to measure on; the current one when none is given.
    #[arg(value_name = "ROOT")]
    pub roots: Vec<PathBuf>,
    /// Print one JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// At most so many commits of each repository.
    #[arg(long, default_value_t = 150, value_name = "N")]
    pub commits: usize,
    /// Depths at which recall is read.
    #[arg(long = "k", value_name = "K,K...", value_delimiter = ',', default_values_t = [5, 10, 20, 50])]
    pub depths: Vec<usize>,
    /// Judges to measure: keyword, bm25, bm25f, path, history, embedded, all of these when none is given; `embedding`, by
    /// the first model that embeds, or `embedding:BACKEND/MODEL`; or any model as BACKEND/MODEL, whose probabilities are
    /// then calibrated on these commits.
    #[arg(long, value_name = "NAME")]
    pub judge: Vec<String>,
    /// Ask a model about so many files of each commit, the best by the embedded judge; 0 for all.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub top: usize,
    /// Go on where asking a model costs money or its price is not known.
    #[arg(long)]
    pub yes: bool,

    /// Only commits that this revision does not reach.
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// Score exactly these samples: `{"sha","query","gold":[paths]}` a line, each at the commit's parent.
    #[arg(long, value_name = "FILE", conflicts_with = "since")]
    pub samples: Option<PathBuf>,
    /// Ask with the first line of each message only, as people type.
    #[arg(long)]
    pub subject: bool,
    /// Write a page of charts; it needs no network.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Use these weights, with the `.lexicon` beside them, in place of the ones that ship inside.
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Fit new weights on the repositories given, and write them here, with a `.lexicon` beside them.
    #[arg(long, value_name = "FILE")]
    pub fit: Option<PathBuf>,
    /// With --fit: keep the rows of each repository here, and take those that the same command kept before.
    #[arg(long, value_name = "DIR", requires = "fit")]
    pub rows: Option<PathBuf>,
    /// Fit only how much active files, neighbours, recency and the task weigh, on repositories that the weights have
    /// not seen, and write the weights here.
    #[arg(long, value_name = "FILE", conflicts_with = "fit")]
    pub fit_ranking: Option<PathBuf>,
}

const JSON_HELP: &str = "With --json, one object a line:\n  \
    {\"event\":\"result\",\"root\",\"judge\",\"commits\",\"files\",\"metrics\":{\"recall@K\"...,\"mrr\",\"all_found@50\"},\n   \
    \"intervals\":{METRIC:[LOW,HIGH]...},\"ece\",\"ece_top50\",\"listed\":{\"median\",\"gold\"},\"ms\":{\"p50\",\"p95\"},\"tokens\",\"usd\"}\n  \
    {\"event\":\"set\",\"root\",\"judge\",\"set\":\"strict\"|\"several\",\"commits\",\"metrics\"}\n  \
    {\"event\":\"paired\",\"root\",\"judge\",\"against\",\"metric\",\"difference\",\"low\",\"high\",\"p\"}\n  \
    {\"event\":\"missed\",\"root\",\"judge\",\"sha\",\"path\",\"rank\",\"had\",\"lacked\"}\n  \
    {\"event\":\"macro\",\"judge\",\"repositories\",\"metrics\",\"intervals\"}\n\
    Intervals are 95% bootstrap intervals over commits; p is of a paired permutation test. A gold file whose text is not\n\
    judged (binary, generated, too large) counts as not found.";

/// The baseline of sentence embeddings.
const EMBEDDING: &str = "embedding";

/// Runs `quarry eval`.
///
/// # Errors
/// A repository that cannot be read, or weights that cannot be read or written.
pub fn run(args: &EvalArgs, ground: &LoadGround) -> anyhow::Result<Exit> {
    let roots = if args.roots.is_empty() { vec![PathBuf::from(".")] } else { args.roots.clone() };
    match (&args.fit, &args.fit_ranking) {
        (Some(target), _) => fit::fit(args, &roots, target),
        (None, Some(target)) => fit::refit_ranking(args, &roots, target),
        (None, None) => measure_all(args, &roots, ground),
    }
}

fn measure_all(args: &EvalArgs, roots: &[PathBuf], ground: &LoadGround) -> anyhow::Result<Exit> {
    let (contenders, models) = contenders(args, ground)?;
    if args.samples.is_some() && roots.len() > 1 {
        return Err(Complaint::usage("--samples belongs to one repository").hint("give one ROOT").into());
    }
    let options = MeasureOptions {
        mine: MineOptions { commits: args.commits, look_at: LOOK_AT, since: args.since.clone() },
        samples: args.samples.clone(),
        subject: args.subject,
    };
    // Only what was asked as the program itself asks, and by the judge that it has, tells who should judge.
    let as_ever = args.samples.is_none() && args.weights.is_none() && !args.subject;
    let store = as_ever.then(|| stored(args, ground)).transpose()?;
    let mut measured = Vec::new();
    for root in roots {
        let report = measure_root(args, root, &contenders, &options)?;
        if let Some(models) = &models {
            models.keep(root);
        }
        let found = Measured::new(root.display().to_string(), repository_name(root), report, &args.depths);
        if let Some(store) = &store {
            keep_found(store, root, &found, args);
        }
        if args.json {
            json::print(&found)?;
        } else {
            table::print(&found)?;
        }
        measured.push(found);
    }
    if args.json {
        json::print_macro(&measured)?;
    } else if roots.len() > 1 {
        table::print_macro(&measured)?;
    }
    if let Some(target) = &args.html {
        std::fs::write(target, page::page(&measured))
            .with_context(|| format!("cannot write {}", target.display()))?;
        eprintln!("charts: {}", target.display());
    }
    Ok(Exit::Done)
}

/// Keeps the figures of judges for the router, and, where it was the whole evaluation, the curves for the screen.
fn keep_found(store: &Store, root: &Path, found: &Measured, args: &EvalArgs) {
    if args.judge.is_empty() {
        keep::evaluation(store, root, &found.repository, &found.report);
    } else {
        keep::figures(store, root, &found.report);
    }
}

/// Where figures are kept.
fn stored(args: &EvalArgs, ground: &LoadGround) -> anyhow::Result<Store> {
    Ok(Store::in_dirs(&ground(&args.roots)?.dirs))
}

/// Who is measured, and the models among them.
type Contenders = (Vec<Box<dyn Contender>>, Option<Models>);

fn contenders(args: &EvalArgs, ground: &LoadGround) -> anyhow::Result<Contenders> {
    let embedded: Arc<Embedded> = Arc::new(fit::judge(args.weights.as_deref())?);
    let all: Vec<String> = contender_names().into_iter().map(str::to_owned).collect();
    let names = if args.judge.is_empty() { &all } else { &args.judge };
    let (mut contenders, mut models) = (Vec::new(), None);
    for name in names {
        let embedding = name.strip_prefix(EMBEDDING).map(|rest| rest.strip_prefix(':').unwrap_or(rest));
        if embedding.is_some() || name.parse::<ModelRef>().is_ok() {
            let models: &mut Models = match &mut models {
                Some(models) => models,
                none => none.insert(Models::start(ground(&args.roots)?)?),
            };
            contenders.push(match embedding {
                Some(model) => models.embedding(args, model)?,
                None => models.contender(args, &name.parse()?, &embedded)?,
            });
            continue;
        }
        let Some(contender) = named(name, &embedded) else {
            let complaint = Complaint::usage(format!("no judge is called {name}"));
            let near = nearest(name, all.iter().map(String::as_str).chain([EMBEDDING]));
            let hint = near
                .map_or_else(|| format!("there are {}", all.join(", ")), |it| format!("did you mean {it}?"));
            return Err(complaint.hint(hint).into());
        };
        contenders.push(contender);
    }
    Ok((contenders, models))
}

fn measure_root(
    args: &EvalArgs,
    root: &Path,
    contenders: &[Box<dyn Contender>],
    options: &MeasureOptions,
) -> anyhow::Result<Report> {
    let quiet = args.json || !std::io::stderr().is_terminal();
    let mut say = |Step { done, of, judge }: Step<'_>| {
        if !quiet {
            eprint!("\r{}  {done}/{of} commits {judge}\x1b[K", root.display());
        }
        ControlFlow::Continue(())
    };
    let report = measure(root, contenders, options, &mut say)?;
    if !quiet {
        eprint!("\r\x1b[K");
    }
    for problem in report.problems.iter().take(5) {
        eprintln!("not scored: {}", crate::text::sanitize::sanitize_line(problem));
    }
    if report.problems.len() > 5 {
        eprintln!("and {} more not scored", report.problems.len() - 5);
    }
    Ok(report)
}

/// `owner/name` from a remote's address, else the folder's name.
fn repository_name(root: &Path) -> String {
    let remote = git2::Repository::discover(root).ok().and_then(|repo| {
        let origin = repo.find_remote("origin").ok()?;
        let url = String::from_utf8_lossy(origin.url_bytes()).trim_end_matches(".git").to_owned();
        let mut parts = url.rsplit(['/', ':']);
        let name = parts.next()?.to_owned();
        Some(format!("{}/{name}", parts.next()?))
    });
    let folder = || {
        let parts: Vec<_> = root.iter().rev().map(|part| part.to_string_lossy().into_owned()).collect();
        parts.into_iter().find(|part| part != "repo" && part != ".").unwrap_or_default().replace('+', "/")
    };
    remote.unwrap_or_else(folder)
}
