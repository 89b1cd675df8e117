//! Ranking weights: how much what a developer does tells of what they ask for.
//!
//! A repository does not record what was dirty, so it is reconstructed: an author's commit is asked for while their
//! commit before, made within a day, still lay in the working tree. The files of that commit are then saved and dirty, and
//! neither tree nor history knows it yet.

use std::path::Path;

use git2::Repository;

use super::random::Random;
use super::rows::{Drawn, RowOptions};
use crate::domain::{FileId, RelPath};
use crate::eval::{EvalError, MineOptions, Moment, Replay, Sample, mine};
use crate::query::judges::embedded::{Embedded, Reading};
use crate::query::rank::{Activity, DirId, DirTree, RankFeatures, RankWeights, logit, recency, task_fit};
use crate::query::{Judge, Session};

/// Newton steps; the problem has few unknowns and converges in fewer.
const STEPS: usize = 80;

/// An intercept, saved, neighbour, recent and task.
const UNKNOWNS: usize = 5;

/// Log-odds are not fitted beyond this: a signal must never drown the judge.
const MOST: f64 = 3.0;

/// One file of one request.
#[derive(Debug, Clone, Copy)]
pub struct RankRow {
    /// The judge's log-odds.
    pub odds: f32,
    /// Whether the file is an answer.
    pub gold: bool,
    /// How many files of the tree the row stands for.
    pub weight: f32,
    /// What ranking knows.
    pub features: RankFeatures,
}

/// Samples rows of a repository that the judge's trees must not have seen; returns them with the number of requests.
///
/// # Errors
/// A repository that cannot be read.
pub fn collect_ranking(
    root: &Path,
    options: RowOptions,
    judge: &Embedded,
) -> Result<(Vec<RankRow>, usize), EvalError> {
    let repo = Repository::open(root)?;
    let mut samples =
        mine(&repo, &MineOptions { commits: options.commits, look_at: options.history, since: None })?;
    samples.sort_by_key(|sample| sample.time);
    let mut replay = Replay::open(&repo, options.history)?;
    let (mut rows, mut requests) = (Vec::new(), 0);
    let mut random = Random(samples.len() as u64);
    for sample in &samples {
        let Some((earlier, doing)) = replay.earlier(sample) else { continue };
        // A partial clone lacks some trees: such samples are passed over.
        if sample_rows(&mut replay, &earlier, &doing, options, judge, &mut random, &mut rows).is_ok() {
            requests += 1;
        }
    }
    Ok((rows, requests))
}

fn sample_rows(
    replay: &mut Replay<'_>,
    sample: &Sample,
    doing: &[RelPath],
    options: RowOptions,
    judge: &Embedded,
    random: &mut Random,
    rows: &mut Vec<RankRow>,
) -> Result<(), EvalError> {
    replay.go(sample)?;
    let active: Vec<FileId> = doing.iter().filter_map(|path| replay.file(path)).collect();
    let moment = replay.go(sample)?;
    if moment.gold.is_empty() || active.is_empty() {
        return Ok(());
    }
    let reading = Reading::open(&sample.query, moment.index, &judge.weights().lexicon, &|| false);
    let drawn = Drawn::draw(&moment, &reading, options, random).files;
    let files: Vec<FileId> = drawn.iter().map(|(file, _)| *file).collect();
    let odds = odds(&*judge.open(&sample.query, moment.index, &|| false), &moment, &files);
    let features = features(&moment, judge, &active, &drawn);
    for (((file, weight), odds), features) in drawn.iter().zip(odds).zip(features) {
        let Some(odds) = odds else { continue };
        rows.push(RankRow { odds, gold: moment.gold.contains(file), weight: *weight, features });
    }
    Ok(())
}

fn odds(session: &dyn Session, moment: &Moment<'_>, files: &[FileId]) -> Vec<Option<f32>> {
    let answers = session.judge(moment.index, files);
    answers.into_iter().map(|answer| answer.ok().map(|answer| logit(answer.probability))).collect()
}

/// What ranking would have known with these files just saved.
fn features(
    moment: &Moment<'_>,
    judge: &Embedded,
    active: &[FileId],
    drawn: &[(FileId, f32)],
) -> Vec<RankFeatures> {
    let mut activity = Activity::default();
    activity.save(active);
    let mut dirs = DirTree::default();
    let mut dir_of = |file: FileId| moment.index.doc(file).map(|doc| dirs.add(doc.root, doc.path.parent()));
    let places: Vec<Option<DirId>> = drawn.iter().map(|(file, _)| dir_of(*file)).collect();
    let strong: Vec<_> = activity
        .active()
        .into_iter()
        .filter_map(|(file, strength)| Some((file, dir_of(file)?, strength)))
        .collect();
    let closeness = dirs.closeness(strong);
    let tasks = tasks(moment, judge, drawn);
    let one = |at: usize| RankFeatures {
        neighbour: places[at].map_or(0.0, |place| closeness[place.index()].value),
        recent: recency(moment.index.last_touch(drawn[at].0)),
        task: tasks[at],
        ..activity.features(drawn[at].0)
    };
    (0..drawn.len()).map(one).collect()
}

/// How each file fits the branch's words, against the median of the files drawn at random; zeros without a branch.
fn tasks(moment: &Moment<'_>, judge: &Embedded, drawn: &[(FileId, f32)]) -> Vec<f32> {
    let Some(task) = &moment.task else { return vec![0.0; drawn.len()] };
    let files: Vec<FileId> = drawn.iter().map(|(file, _)| *file).collect();
    let odds = odds(&*judge.open(task, moment.index, &|| false), moment, &files);
    let mut common: Vec<f32> = drawn
        .iter()
        .zip(&odds)
        .filter(|((_, weight), _)| *weight > 1.0)
        .filter_map(|(_, odds)| *odds)
        .collect();
    common.sort_unstable_by(f32::total_cmp);
    let Some(median) = common.get(common.len() / 2) else { return vec![0.0; drawn.len()] };
    odds.into_iter().map(|odds| odds.map_or(0.0, |odds| task_fit(odds, *median))).collect()
}

/// Fits how many log-odds each signal adds to the judge's (logistic regression with an offset).
///
/// Dirty and pinned files are taken to be worth what just saved ones are, and a preview a quarter of it: nothing records
/// those. Signals that would count against a file are left out.
pub fn fit_ranking(rows: &[RankRow]) -> RankWeights {
    let mut weights = [0.0_f64; UNKNOWNS];
    for _ in 0..STEPS {
        let mut gradient = [0.0_f64; UNKNOWNS];
        let mut bend = [1e-3_f64; UNKNOWNS];
        for row in rows {
            let RankFeatures { saved, neighbour, recent, task, .. } = row.features;
            let x = [1.0, f64::from(saved), f64::from(neighbour), f64::from(recent), f64::from(task)];
            let odds: f64 =
                f64::from(row.odds) + weights.iter().zip(x).map(|(weight, x)| weight * x).sum::<f64>();
            let p = 1.0 / (1.0 + (-odds).exp());
            let miss = f64::from(row.weight) * (p - f64::from(u8::from(row.gold)));
            for (at, x) in x.into_iter().enumerate() {
                gradient[at] += miss * x;
                bend[at] += f64::from(row.weight) * p * (1.0 - p) * x * x;
            }
        }
        for at in 0..UNKNOWNS {
            weights[at] -= (0.5 * gradient[at] / bend[at]).clamp(-0.5, 0.5);
        }
    }
    let [_, saved, neighbour, recent, task] = weights.map(|weight| weight.clamp(0.0, MOST) as f32);
    RankWeights { dirty: saved, saved, previewed: saved / 4.0, pinned: saved, neighbour, recent, task }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_follow_what_the_rows_show() {
        let mut random = Random(5);
        let mut rows = Vec::new();
        for _ in 0..40_000 {
            let on = |random: &mut Random| f32::from(u8::from(random.below(4) == 0));
            let features = RankFeatures {
                saved: on(&mut random),
                neighbour: on(&mut random),
                task: on(&mut random),
                ..RankFeatures::default()
            };
            let odds = random.below(600) as f32 / 100.0 - 4.0;
            let truth = odds + 1.5 * features.saved + 0.5 * features.neighbour - features.task;
            let p = 1.0 / (1.0 + (-truth).exp());
            rows.push(RankRow {
                odds,
                gold: (random.below(10_000) as f32) < 10_000.0 * p,
                weight: 1.0,
                features,
            });
        }
        let weights = fit_ranking(&rows);
        assert!((weights.saved - 1.5).abs() < 0.15, "{weights:?}");
        assert!((weights.neighbour - 0.5).abs() < 0.15, "{weights:?}");
        assert_eq!(weights.task, 0.0, "what counts against a file is left out");
        assert_eq!(weights.dirty, weights.saved);
    }
}
