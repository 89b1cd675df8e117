//! Tuning: fits a small correction of the embedded judge on a repository's older commits, and tests it on its newer ones.
//!
//! Habits are counted on the oldest part, weights fitted on the next, and both tested on the newest, so that nothing is
//! measured on what it was made of. A correction is worth keeping only where it wins beyond the noise.

use std::collections::BTreeMap;
use std::path::Path;

use git2::Repository;

use super::statistics::{mean, paired};
use super::trial::{Metric, Trial};
use super::{EvalError, MineOptions, Moment, Paired, Replay, Sample, mine};
use crate::domain::FileId;
use crate::query::judges::embedded::tuning::{Habits, Inputs, Lens, Tested, Tuning, WEIGHTS};
use crate::query::judges::embedded::{Embedded, Reading};

/// Fewer commits than this tell no habit from chance.
pub const LEAST_COMMITS: usize = 60;

/// Files of each request that are compared with its answers: those that the judge finds most promising.
const PROMISING: usize = 100;

/// Steps of the descent; the problem is smooth and convex.
const STEPS: usize = 300;

/// Pulls weights towards 0, per request.
const RIDGE: f64 = 0.05;

/// Commits that a habit counts as seen before it has seen any.
const PRIOR: f64 = 8.0;

/// The figures that a correction is tested on; it is kept for any that wins, where none loses.
const TESTED: [Metric; 3] = [Metric::Recall(10), Metric::Recall(50), Metric::Reciprocal];

/// What came of a tuning.
#[derive(Debug, Clone)]
pub struct TuneReport {
    /// The correction.
    pub tuning: Tuning,
    /// The commits used for habits, weights and test.
    pub commits: [usize; 3],
    /// Each tested figure: its name, without, with, and how they differ.
    pub figures: Vec<(Metric, f64, f64, Paired)>,
}

impl TuneReport {
    /// Whether it wins somewhere beyond the noise, and loses nowhere by more than a thousandth.
    pub fn is_worth_keeping(&self) -> bool {
        let wins = |paired: &Paired| paired.difference.low > 0.0 && paired.p < 0.05;
        self.figures.iter().any(|(.., paired)| wins(paired))
            && self.figures.iter().all(|(.., paired)| paired.difference.mean > -0.001)
    }
}

/// One promising file of a request.
struct Row {
    file: FileId,
    score: f32,
    gold: bool,
    features: crate::query::judges::embedded::features::Features,
    path: crate::domain::RelPath,
}

/// One request with its promising files, best first.
struct Case {
    rows: Vec<Row>,
    gold: usize,
}

/// Fits and tests a correction; `say` is told how many commits are read, of how many.
///
/// # Errors
/// A repository that cannot be read, or with fewer than [`LEAST_COMMITS`] commits that read like requests.
pub fn tune(
    root: &Path,
    judge: &Embedded,
    options: &MineOptions,
    say: &mut dyn FnMut(usize, usize),
) -> Result<TuneReport, EvalError> {
    let repo = Repository::discover(root)?;
    let mut samples = mine(&repo, options)?;
    if samples.len() < LEAST_COMMITS {
        return Err(EvalError::Nothing(format!(
            "{} commits read like requests, and tuning needs {LEAST_COMMITS}",
            samples.len()
        )));
    }
    samples.sort_by_key(|sample| (sample.time, sample.commit));
    let cases = cases(&repo, judge, options, &samples, say)?;
    let (first, second) = (cases.len() * 2 / 5, cases.len() * 7 / 10);
    let lens = Lens::default();
    let habits = habits(&cases[..first]);
    let weights = fit(&cases[first..second], &lens, &habits);
    let figures = test(&cases[second..], &lens, &habits, &weights);
    let tested = Tested {
        fitted_on: second,
        tested_on: cases.len() - second,
        newest: samples.last().map(|sample| sample.commit.to_string()).unwrap_or_default(),
        figures: figures
            .iter()
            .map(|(metric, without, with, paired)| {
                (metric.name(), *without, *with, [paired.difference.low, paired.difference.high])
            })
            .collect(),
    };
    let weights = weights.map(|weight| weight as f32);
    let tuning = Tuning::new(judge.weights().fingerprint(), &weights, habits, tested);
    Ok(TuneReport { tuning, commits: [first, second - first, cases.len() - second], figures })
}

fn cases(
    repo: &Repository,
    judge: &Embedded,
    options: &MineOptions,
    samples: &[Sample],
    say: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Case>, EvalError> {
    let mut replay = Replay::open(repo, options.look_at)?;
    let mut cases = Vec::new();
    for (done, sample) in samples.iter().enumerate() {
        match replay.go(sample) {
            Ok(moment) if !moment.gold.is_empty() => cases.push(case(judge, sample, &moment)),
            // A partial clone lacks some trees: such commits are passed over.
            Ok(_) | Err(EvalError::Git(_)) => {}
            Err(error) => return Err(error),
        }
        say(done + 1, samples.len());
    }
    Ok(cases)
}

fn case(judge: &Embedded, sample: &Sample, moment: &Moment<'_>) -> Case {
    let reading = Reading::open(&sample.query, moment.index, &|| false);
    let forest = &judge.weights().forest;
    let mut alive = Vec::new();
    let mut rows: Vec<Row> = moment
        .index
        .docs()
        .filter_map(|(file, doc)| {
            let features = reading.features(moment.index, file)?;
            let score = forest.score(&features, &mut alive);
            let gold = moment.gold.contains(&file);
            Some(Row { file, score, gold, features, path: doc.path.clone() })
        })
        .collect();
    rows.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.file.cmp(&b.file)));
    rows.truncate(PROMISING);
    Case { rows, gold: moment.gold.len() + moment.unseen }
}

/// Counts how often files of each extension and directory were answers among the promising ones.
fn habits(cases: &[Case]) -> Habits {
    let mut extensions: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    let mut directories: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    let mut all = [0.0, 0.0];
    for row in cases.iter().flat_map(|case| &case.rows) {
        let (extension, directory) = Habits::keys(&row.path);
        let gold = f64::from(u8::from(row.gold));
        for count in
            [&mut all, extensions.entry(extension).or_default(), directories.entry(directory).or_default()]
        {
            count[0] += gold;
            count[1] += 1.0;
        }
    }
    let rate = (all[0] / all[1].max(1.0)).max(1e-6);
    let odds = |counts: BTreeMap<String, [f64; 2]>| {
        let habit = |[gold, seen]: [f64; 2]| (((gold + PRIOR * rate) / (seen + PRIOR)) / rate).ln() as f32;
        counts.into_iter().map(|(key, count)| (key, habit(count))).collect()
    };
    Habits { extensions: odds(extensions), directories: odds(directories) }
}

/// Pairwise logistic regression (`RankNet`: Burges et al. 2005) with the forest's score as offset, by plain descent.
fn fit(cases: &[Case], lens: &Lens, habits: &Habits) -> [f64; WEIGHTS] {
    let inputs: Vec<Vec<Inputs>> = cases
        .iter()
        .map(|case| case.rows.iter().map(|row| lens.read(habits, &row.features, &row.path)).collect())
        .collect();
    let mut weights = [0.0_f64; WEIGHTS];
    let requests = cases.len().max(1) as f64;
    for step in 0..STEPS {
        let mut gradient = weights.map(|weight| RIDGE * weight);
        for (case, inputs) in cases.iter().zip(&inputs) {
            add_gradient(case, inputs, &weights, requests, &mut gradient);
        }
        let rate = 0.5 / (1.0 + step as f64 / 100.0);
        for (weight, slope) in weights.iter_mut().zip(gradient) {
            *weight -= rate * slope;
        }
    }
    weights
}

fn add_gradient(
    case: &Case,
    inputs: &[Inputs],
    weights: &[f64; WEIGHTS],
    requests: f64,
    gradient: &mut [f64; WEIGHTS],
) {
    let scores: Vec<f64> = case
        .rows
        .iter()
        .zip(inputs)
        .map(|(row, inputs)| f64::from(row.score) + dot(weights, inputs))
        .collect();
    let pairs =
        case.rows.iter().filter(|row| row.gold).count() * case.rows.iter().filter(|row| !row.gold).count();
    let share = 1.0 / (pairs.max(1) as f64 * requests);
    for (gold, _) in case.rows.iter().enumerate().filter(|(_, row)| row.gold) {
        for (other, _) in case.rows.iter().enumerate().filter(|(_, row)| !row.gold) {
            let wrong = 1.0 / (1.0 + (scores[gold] - scores[other]).exp());
            for ((slope, good), bad) in gradient.iter_mut().zip(&inputs[gold]).zip(&inputs[other]) {
                *slope -= share * wrong * f64::from(good - bad);
            }
        }
    }
}

fn dot(weights: &[f64; WEIGHTS], inputs: &Inputs) -> f64 {
    weights.iter().zip(inputs).map(|(weight, input)| weight * f64::from(*input)).sum()
}

fn test(
    cases: &[Case],
    lens: &Lens,
    habits: &Habits,
    weights: &[f64; WEIGHTS],
) -> Vec<(Metric, f64, f64, Paired)> {
    let without: Vec<Trial> = cases.iter().map(|case| trial(case, |row| f64::from(row.score))).collect();
    let tuned = |row: &Row| f64::from(row.score) + dot(weights, &lens.read(habits, &row.features, &row.path));
    let with: Vec<Trial> = cases.iter().map(|case| trial(case, tuned)).collect();
    TESTED
        .into_iter()
        .map(|metric| {
            let values = |trials: &[Trial]| trials.iter().map(|trial| metric.of(trial)).collect::<Vec<f64>>();
            let (before, after) = (values(&without), values(&with));
            let (mean_before, mean_after) = (mean(&before), mean(&after));
            (metric, mean_before, mean_after, paired(&[after], &[before]))
        })
        .collect()
}

/// The ranks of the answers among the promising files; those that are not among them have none.
fn trial(case: &Case, score: impl Fn(&Row) -> f64) -> Trial {
    let mut order: Vec<(f64, bool)> = case.rows.iter().map(|row| (score(row), row.gold)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut ranks: Vec<Option<usize>> =
        order.iter().enumerate().filter(|(_, (_, gold))| *gold).map(|(rank, _)| Some(rank)).collect();
    ranks.resize(case.gold, None);
    Trial { ranks, ..Trial::default() }
}

#[cfg(test)]
mod tests {
    use super::super::fit::Random;
    use super::*;
    use crate::query::judges::embedded::features;

    /// Cases where the forest's score says little, and answers lie in `docs/` so often.
    fn cases(count: usize, habit: f32) -> Vec<Case> {
        let mut random = Random(5);
        (0..count)
            .map(|_| {
                let in_docs = (random.below(1000) as f32) < habit * 1000.0;
                let answer = if in_docs { random.below(10) } else { random.below(40) };
                let rows = (0..40)
                    .map(|at| Row {
                        file: FileId(at as u32),
                        score: random.below(100) as f32 / 100.0,
                        gold: at == answer,
                        features: [0.0; features::COUNT],
                        path: format!("{}/file{at}.txt", if at < 10 { "docs" } else { "src" })
                            .as_str()
                            .into(),
                    })
                    .collect();
                Case { rows, gold: 1 }
            })
            .collect()
    }

    fn report(habit: f32) -> TuneReport {
        let cases = cases(300, habit);
        let lens = Lens::default();
        let habits = habits(&cases[..120]);
        let weights = fit(&cases[120..210], &lens, &habits);
        let figures = test(&cases[210..], &lens, &habits, &weights);
        let tuning =
            Tuning::new(String::new(), &weights.map(|weight| weight as f32), habits, Tested::default());
        TuneReport { tuning, commits: [120, 90, 90], figures }
    }

    #[test]
    fn a_habit_of_the_repository_is_learned_and_kept() {
        let report = report(0.9);
        assert!(report.tuning.habits.directories["docs"] > report.tuning.habits.directories["src"]);
        assert!(report.is_worth_keeping(), "{:?}", report.figures);
    }

    #[test]
    fn without_a_habit_nothing_is_kept() {
        let report = report(0.0);
        assert!(!report.is_worth_keeping(), "{:?}", report.figures);
    }
}
