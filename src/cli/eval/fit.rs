//! `quarry eval --fit` and `--fit-ranking`: teaches the embedded judge.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use rayon::prelude::*;

use super::EvalArgs;
use super::repository_name;
use crate::cli::exit::Exit;
use crate::eval::Recall;
use crate::eval::fit::{
    BoostOptions, Lexicons, RowOptions, Rows, Speech, collect, collect_ranking, fit_ranking, keep, kept,
    teach,
};
use crate::query::judges::embedded::{Embedded, Fitted, Lexicon, Weights};

/// The embedded judge with the weights that were asked for.
pub fn judge(weights: Option<&Path>) -> anyhow::Result<Embedded> {
    let Some(path) = weights else { return Ok(Embedded::new()?) };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lexicon = beside(path);
    let bytes = std::fs::read(&lexicon).with_context(|| format!("cannot read {}", lexicon.display()))?;
    Ok(Embedded::with(Weights::parse(&text, &bytes)?))
}

/// Fits all weights.
pub fn fit(args: &EvalArgs, roots: &[PathBuf], target: &Path) -> anyhow::Result<Exit> {
    let options = RowOptions { commits: args.commits, ..RowOptions::default() };
    let lexicons = Lexicons::teach(&listen(roots)?, &|text| eprintln!("{text}"));
    let collected: Vec<_> = roots
        .par_iter()
        .enumerate()
        .map(|(at, root)| rows_of(args.rows.as_deref(), root, options, lexicons.without(at)))
        .collect();
    let mut rows = Rows::default();
    let mut repositories = Vec::new();
    for (root, found) in roots.iter().zip(collected) {
        let (more, from) = found.with_context(|| format!("cannot learn from {}", root.display()))?;
        anyhow::ensure!(!more.is_empty(), "{}: no commit could be replayed; leave it out", root.display());
        repositories.push(from);
        rows.append(more, repositories.len() - 1);
    }
    let mut report =
        teach(&rows, lexicons.all, repositories, &BoostOptions::default(), &mut |text| eprintln!("{text}"))?;
    // Ranking weights belong to what developers do, not to these rows: kept until they are fitted by themselves.
    let known = args.weights.as_deref().and_then(|path| std::fs::read_to_string(path).ok());
    if let Some((ranking, fitted_on)) = Weights::ranking_of(known.as_deref()) {
        report.weights.ranking = ranking;
        report.weights.provenance.ranking_fitted_on = fitted_on;
    }
    report.weights.provenance.command =
        format!("quarry eval --fit assets/judge.json --commits {} ROOT...", args.commits);
    write(&report.weights, target)?;
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

/// The lexicon file beside a weights file.
fn beside(weights: &Path) -> PathBuf {
    weights.with_extension("lexicon")
}

/// Writes a weights file and the lexicon beside it.
fn write(weights: &Weights, target: &Path) -> anyhow::Result<()> {
    let lexicon = beside(target);
    for (path, bytes) in [(target, weights.to_text()?.into_bytes()), (&lexicon, weights.lexicon.to_bytes()?)]
    {
        std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// What the commits of each repository said.
fn listen(roots: &[PathBuf]) -> anyhow::Result<Vec<Speech>> {
    let heard: Vec<_> = roots.par_iter().map(|root| Speech::of(&git2::Repository::open(root)?)).collect();
    let told = |(root, speech): (&PathBuf, Result<Speech, _>)| {
        speech.with_context(|| format!("cannot learn from {}", root.display()))
    };
    roots.iter().zip(heard).map(told).collect()
}

/// Fits the ranking's weights alone.
pub fn refit_ranking(args: &EvalArgs, roots: &[PathBuf], target: &Path) -> anyhow::Result<Exit> {
    let judge = judge(args.weights.as_deref())?;
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
    write(&weights, target)?;
    println!("{:?}", weights.ranking);
    Ok(Exit::Done)
}

/// A repository's rows: those that were kept, else mined and sampled now.
fn rows_of(
    keep_in: Option<&Path>,
    root: &Path,
    options: RowOptions,
    lexicon: &Arc<Lexicon>,
) -> anyhow::Result<(Rows, Fitted)> {
    let repository = repository_name(root);
    if let Some(known) = keep_in.and_then(|dir| kept(dir, options, lexicon, &repository)) {
        return Ok(known);
    }
    let (rows, samples) = collect(root, options, lexicon)?;
    let newest = samples.first().map(|sample| sample.commit.to_string()).unwrap_or_default();
    let from = Fitted { repository, commits: rows.commits(), newest };
    if let Some(dir) = keep_in {
        keep(dir, options, lexicon, &from, &rows)?;
    }
    eprintln!("{}: {} commits, {} rows", root.display(), from.commits, rows.len());
    Ok((rows, from))
}

fn row(name: &str, recall: &Recall) -> String {
    let [r5, r10, r20, r50] = recall.at;
    format!(
        "{name:<12} {r5:>6.3} {r10:>6.3} {r20:>6.3} {r50:>6.3} {:>7.3} {:>6.3}",
        recall.all_found, recall.reciprocal
    )
}
