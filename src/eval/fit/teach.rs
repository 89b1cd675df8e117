//! Teaching: from rows of many repositories to weights, with what they are worth on repositories held out.

use std::sync::Arc;

use rayon::prelude::*;

use super::boost::boost;
use super::calibrate::calibrate;
use super::options::BoostOptions;
use super::rows::{Group, Rows};
use super::speech::Speech;
use super::towers::teach_lexicon;
use crate::eval::{EvalError, Recall, Tally};
use crate::query::judges::embedded::trees::Forest;
use crate::query::judges::embedded::{Fitted, Lexicon, Provenance, Weights, features};
use crate::query::rank::RankWeights;

/// Parts that repositories are divided into; each is scored by trees fitted on the others.
const FOLDS: usize = 3;

fn folds(repositories: usize) -> usize {
    FOLDS.min(repositories).max(1)
}

/// Lexicons to read rows with, each taught on the other folds, so that no row tells what its own repository taught.
#[derive(Debug, Clone)]
pub struct Lexicons {
    /// Taught on all repositories.
    pub all: Arc<Lexicon>,
    held_out: Vec<Arc<Lexicon>>,
}

impl Lexicons {
    /// Teaches them on what each repository said; `say` is told what goes on.
    pub fn teach(speeches: &[Speech], say: &(dyn Fn(String) + Sync)) -> Self {
        let folds = folds(speeches.len());
        let mut taught: Vec<Arc<Lexicon>> = (0..=folds)
            .into_par_iter()
            .map(|held| {
                let others = speeches.iter().enumerate().filter(|(at, _)| folds == 1 || at % folds != held);
                let lexicon = teach_lexicon(&others.map(|(_, speech)| speech).collect::<Vec<_>>());
                say(format!("lexicon {} of {}: {} words", held + 1, folds + 1, lexicon.words().count()));
                Arc::new(lexicon)
            })
            .collect();
        let all = taught.pop().unwrap_or_default();
        Self { all, held_out: taught }
    }

    /// The one for the rows of a repository, by its number.
    pub fn without(&self, repository: usize) -> &Arc<Lexicon> {
        &self.held_out[repository % self.held_out.len()]
    }
}

/// Weights, and how good they are.
#[derive(Debug, Clone)]
pub struct FitReport {
    /// The weights, fitted on all repositories.
    pub weights: Weights,
    /// By repository: metrics among its sampled rows when it was held out.
    pub held_out: Vec<Recall>,
    /// The same, averaged over repositories.
    pub mean: Recall,
    /// Share of the trees' gain by feature, largest first.
    pub gains: Vec<(String, f32)>,
}

/// Fits weights on rows, which must have been read with [`Lexicons::without`] of their repository, and gives them the lexicon
/// of all; `say` is told what goes on.
///
/// # Errors
/// No rows to learn from.
pub fn teach(
    rows: &Rows,
    lexicon: Arc<Lexicon>,
    repositories: Vec<Fitted>,
    options: &BoostOptions,
    say: &mut dyn FnMut(String),
) -> Result<FitReport, EvalError> {
    if rows.is_empty() {
        return Err(EvalError::Nothing("no commit read like a request; nothing to fit on".to_owned()));
    }
    let count = repositories.len();
    let folds = folds(count);
    let mut scores = vec![0.0_f32; rows.len()];
    for fold in 0..folds {
        let (held, taught): (Vec<Group>, Vec<Group>) =
            rows.groups.iter().partition(|group| group.repository % folds == fold);
        let taught = if taught.is_empty() { held.clone() } else { taught };
        let trees = boost(rows, &taught, options, &mut |tree| {
            if tree % 60 == 0 {
                say(format!("fold {} of {folds}: tree {tree} of {}", fold + 1, options.trees));
            }
        });
        let forest = Forest::new(trees, features::COUNT).map_err(EvalError::Nothing)?;
        score(rows, &held, &forest, &mut scores);
    }
    let held_out: Vec<Recall> = (0..count).map(|repository| recall(rows, &scores, repository)).collect();
    let mut tally = Tally::default();
    for recall in &held_out {
        tally.add(*recall);
    }
    let mean = tally.mean();
    let calibration = calibrate(rows, &scores);
    let trees = boost(rows, &rows.groups, options, &mut |tree| {
        if tree % 60 == 0 {
            say(format!("all repositories: tree {tree} of {}", options.trees));
        }
    });
    let forest = Forest::new(trees, features::COUNT).map_err(EvalError::Nothing)?;
    let provenance = Provenance {
        command: String::new(),
        fitted_on: repositories,
        ranking_fitted_on: Vec::new(),
        rows: rows.len(),
        held_out_recall: [mean.at[1] as f32, mean.at[3] as f32],
    };
    let gains = gains(rows, &forest);
    Ok(FitReport {
        weights: Weights { provenance, calibration, ranking: RankWeights::default(), forest, lexicon },
        held_out,
        mean,
        gains,
    })
}

fn score(rows: &Rows, groups: &[Group], forest: &Forest, scores: &mut [f32]) {
    let mut alive = Vec::new();
    for group in groups {
        let range = group.start..group.end;
        for (score, features) in scores[range.clone()].iter_mut().zip(&rows.features[range]) {
            *score = forest.score(features, &mut alive);
        }
    }
}

/// Metrics of one repository, ranking the rows of each request.
fn recall(rows: &Rows, scores: &[f32], repository: usize) -> Recall {
    let mut tally = Tally::default();
    for group in rows.groups.iter().filter(|group| group.repository == repository) {
        let mut order: Vec<usize> = (group.start..group.end).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        // A row counts for as many files as it stands for: ranks are those in the whole tree.
        let mut above = 0.0;
        let mut ranks = Vec::new();
        for row in order {
            if rows.gold[row] {
                ranks.push(Some(above as usize));
                above += 1.0;
            } else {
                above += rows.weight[row];
            }
        }
        tally.add(Recall::of(&ranks));
    }
    tally.mean()
}

/// How much each feature moves scores, as share of all movement.
fn gains(rows: &Rows, forest: &Forest) -> Vec<(String, f32)> {
    let mut sums = vec![0.0_f32; features::COUNT];
    for row in rows.features.iter().step_by((rows.len() / 20_000).max(1)) {
        let mut moved = vec![0.0; features::COUNT];
        forest.attribute(row, &mut moved);
        sums.iter_mut().zip(moved).for_each(|(sum, change)| *sum += change.abs());
    }
    let total = sums.iter().sum::<f32>().max(1e-6);
    let mut gains: Vec<(String, f32)> =
        features::names().into_iter().zip(sums).map(|((name, _), sum)| (name, sum / total)).collect();
    gains.sort_by(|a, b| b.1.total_cmp(&a.1));
    gains
}
