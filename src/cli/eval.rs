//! `quarry eval`: measures judges on a repository's own commits, and with `--fit` teaches the embedded judge.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use rayon::prelude::*;
use serde_json::json;

use super::exit::Exit;
use crate::eval::fit::{BoostOptions, RowOptions, Rows, collect, collect_ranking, fit_ranking, teach};
use crate::eval::{Contender, Measured, MineOptions, Recall, Tally, measure};
use crate::query::judges::embedded::{Embedded, Fitted, Weights};
use crate::query::rank::RankWeights;

/// Arguments of `quarry eval`.
#[derive(Debug, Clone, Args)]
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
    /// Judges to measure: keyword, bm25, bm25f, path, history, embedded. All when none is given.
    #[arg(long, value_name = "NAME")]
    pub judge: Vec<Contender>,
    /// Use these weights in place of the ones that ship inside.
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Fit new weights on the repositories given, and write them here.
    #[arg(long, value_name = "FILE")]
    pub fit: Option<PathBuf>,
    /// Fit only how much active files, neighbours, recency and the task weigh, on repositories that the weights have
    /// not seen, and write the weights here.
    #[arg(long, value_name = "FILE", conflicts_with = "fit")]
    pub fit_ranking: Option<PathBuf>,
}

/// Commits looked at from HEAD when mining, and known to history at each sample.
const LOOK_AT: usize = 12_000;

/// Runs `quarry eval`.
///
/// # Errors
/// A repository that cannot be read, or weights that cannot be read or written.
pub fn run(args: &EvalArgs) -> anyhow::Result<Exit> {
    let roots = if args.roots.is_empty() { vec![PathBuf::from(".")] } else { args.roots.clone() };
    match (&args.fit, &args.fit_ranking) {
        (Some(target), _) => fit(args, &roots, target),
        (None, Some(target)) => refit_ranking(args, &roots, target),
        (None, None) => measure_all(args, &roots),
    }
}

fn judge(args: &EvalArgs) -> anyhow::Result<Embedded> {
    let Some(path) = &args.weights else { return Ok(Embedded::new()?) };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Embedded::with(Weights::parse(&text)?))
}

fn refit_ranking(args: &EvalArgs, roots: &[PathBuf], target: &std::path::Path) -> anyhow::Result<Exit> {
    let judge = judge(args)?;
    let options = RowOptions { commits: args.commits, ..RowOptions::default() };
    let collected: Vec<_> = roots.par_iter().map(|root| collect_ranking(root, options, &judge)).collect();
    let mut weights = judge.weights().clone();
    weights.provenance.ranking_fitted_on.clear();
    let mut rows = Vec::new();
    for (root, found) in roots.iter().zip(collected) {
        let (mut more, commits) = found.with_context(|| format!("cannot learn from {}", root.display()))?;
        let repository = repository_name(root);
        println!("{repository}: {commits} commits, {} rows", more.len());
        let seen = weights.provenance.fitted_on.iter().any(|fitted| fitted.repository == repository);
        if seen {
            println!("{repository}: left out, the trees were fitted on it");
            continue;
        }
        rows.append(&mut more);
        weights.provenance.ranking_fitted_on.push(Fitted { repository, commits, newest: String::new() });
    }
    weights.ranking = fit_ranking(&rows);
    std::fs::write(target, weights.to_text()?)
        .with_context(|| format!("cannot write {}", target.display()))?;
    println!("{:?}", weights.ranking);
    Ok(Exit::Done)
}

fn measure_all(args: &EvalArgs, roots: &[PathBuf]) -> anyhow::Result<Exit> {
    let contenders = if args.judge.is_empty() { Contender::ALL.to_vec() } else { args.judge.clone() };
    let judge = judge(args)?;
    let options = MineOptions { commits: args.commits, look_at: LOOK_AT };
    let mut macro_average = vec![Tally::default(); contenders.len()];
    let quiet = args.json || !std::io::stderr().is_terminal();
    for root in roots {
        let mut say = |done: usize, all: usize| {
            if !quiet {
                eprint!("\r{}  {done}/{all} commits ", root.display());
            }
        };
        let measured = measure(root, &contenders, options, &judge, &mut say)?;
        if !quiet {
            eprint!("\r\x1b[K");
        }
        macro_average.iter_mut().zip(&measured).for_each(|(tally, found)| tally.add(found.recall));
        print_repository(args.json, root, &measured)?;
    }
    if !args.json && roots.len() > 1 {
        println!("\nmean of {} repositories", roots.len());
        for (contender, tally) in contenders.iter().zip(&macro_average) {
            println!("{}", row(&contender.to_string(), &tally.mean()));
        }
    }
    Ok(Exit::Done)
}

fn print_repository(as_json: bool, root: &std::path::Path, measured: &[Measured]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        for found in measured {
            let [r5, r10, r20, r50] = found.recall.at;
            let metrics = json!({ "recall@5": r5, "recall@10": r10, "recall@20": r20, "recall@50": r50,
                "mrr": found.recall.reciprocal, "all_found@50": found.recall.all_found });
            let line = json!({ "event": "result", "root": root.to_string_lossy(), "judge": found.contender.to_string(),
                "commits": found.samples, "files": found.files, "metrics": metrics });
            writeln!(out, "{line}")?;
        }
        return Ok(());
    }
    let (samples, files) = measured.first().map_or((0, 0), |found| (found.samples, found.files));
    writeln!(out, "\n{}  {samples} commits, {files} files", root.display())?;
    if files < 300 {
        writeln!(out, "fewer than 300 files: recall at 50 says little here, read @10")?;
    }
    writeln!(
        out,
        "{:<12} {:>6} {:>6} {:>6} {:>6} {:>7} {:>6}",
        "judge", "R@5", "R@10", "R@20", "R@50", "all@50", "MRR"
    )?;
    for found in measured {
        writeln!(out, "{}", row(&found.contender.to_string(), &found.recall))?;
    }
    Ok(())
}

fn row(name: &str, recall: &Recall) -> String {
    let [r5, r10, r20, r50] = recall.at;
    format!(
        "{name:<12} {r5:>6.3} {r10:>6.3} {r20:>6.3} {r50:>6.3} {:>7.3} {:>6.3}",
        recall.all_found, recall.reciprocal
    )
}

fn fit(args: &EvalArgs, roots: &[PathBuf], target: &std::path::Path) -> anyhow::Result<Exit> {
    let options = RowOptions { commits: args.commits, ..RowOptions::default() };
    let collected: Vec<_> = roots
        .par_iter()
        .map(|root| {
            let found = collect(root, options);
            if let Ok((rows, samples)) = &found {
                eprintln!("{}: {} commits, {} rows", root.display(), samples.len(), rows.len());
            }
            found
        })
        .collect();
    let mut rows = Rows::default();
    let mut repositories = Vec::new();
    for (root, found) in roots.iter().zip(collected) {
        let (more, samples) = found.with_context(|| format!("cannot learn from {}", root.display()))?;
        if more.is_empty() {
            eprintln!("{}: left out, no commit could be replayed", root.display());
            continue;
        }
        let newest = samples.first().map(|sample| sample.commit.to_string()).unwrap_or_default();
        repositories.push(Fitted { repository: repository_name(root), commits: more.groups.len(), newest });
        rows.append(more, repositories.len() - 1);
    }
    let mut report = teach(&rows, repositories, &BoostOptions::default(), &mut |text| eprintln!("{text}"))?;
    // Ranking weights belong to what developers do, not to these rows: kept until they are fitted by themselves.
    report.weights.ranking =
        judge(args).map_or_else(|_| RankWeights::default(), |known| known.weights().ranking);
    report.weights.provenance.command =
        format!("quarry eval --fit assets/judge.json --commits {} ROOT...", args.commits);
    std::fs::write(target, report.weights.to_text()?)
        .with_context(|| format!("cannot write {}", target.display()))?;
    println!(
        "{:<34} {:>6} {:>6} {:>6} {:>6} {:>7} {:>6}",
        "held out (sampled rows)", "R@5", "R@10", "R@20", "R@50", "all@50", "MRR"
    );
    for (repository, recall) in report.weights.provenance.fitted_on.iter().zip(&report.held_out) {
        println!("{:<22}{}", repository.repository, row("", recall));
    }
    println!("{:<22}{}", "mean", row("", &report.mean));
    println!("calibration {:?}", report.weights.calibration);
    for (name, share) in report.gains.iter().take(30) {
        println!("{share:>6.3} {name}");
    }
    Ok(Exit::Done)
}

/// `owner/name` from a remote's address, else the folder's name.
fn repository_name(root: &std::path::Path) -> String {
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
