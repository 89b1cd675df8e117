//! Tuning: fits a small correction of the embedded judge on a repository's older commits, and tests it on its newer ones.
//!
//! Habits are counted on the oldest part, weights fitted on the next, and both tested on the newest, so that nothing is
//! measured on what it was made of. A correction is worth keeping only where it wins beyond the noise. What people pinned
//! and excluded and answers cited is learned from besides, with little weight; it is never tested on.

use std::collections::BTreeMap;
use std::path::Path;

use git2::Repository;

use super::feedback::{Lesson, lessons};
use super::statistics::{mean, paired};
use super::step::{Say, Step, tell};
use super::trial::{Metric, Trial};
use super::{EvalError, MineOptions, Moment, Paired, Replay, Sample, mine};
use crate::domain::{Feedback, FileId, RelPath};
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

/// What a request with feedback weighs beside a commit: a pin or a citation says less than what was really changed.
const FEEDBACK_WEIGHT: f64 = 0.25;

/// What all feedback together weighs at most, as a share of the commits fitted on.
const MOST_FEEDBACK: f64 = 0.5;

/// What an excluded file counts, for each answer that shall come before it, where any other file counts 1.
const EXCLUDED_WEIGHT: f64 = 3.0;

/// The figures that a correction is tested on; it is kept for any that wins, where none loses.
const TESTED: [Metric; 3] = [Metric::Recall(10), Metric::Recall(50), Metric::Reciprocal];

/// What came of a tuning.
#[derive(Debug, Clone)]
pub struct TuneReport {
    /// The correction.
    pub tuning: Tuning,
    /// The commits used for habits, weights and test.
    pub commits: [usize; 3],
    /// Requests with feedback that it was fitted on besides.
    pub feedback: usize,
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
    excluded: bool,
    features: crate::query::judges::embedded::features::Features,
    path: crate::domain::RelPath,
}

/// One request with its promising files, best first.
struct Case {
    rows: Vec<Row>,
    gold: usize,
    weight: f64,
}

/// What a correction is fitted on and tested on.
#[derive(Debug, Clone)]
pub struct TuneOptions {
    /// Which commits.
    pub mine: MineOptions,
    /// What people and answers said of files.
    pub feedback: Vec<Feedback>,
}

/// Fits and tests a correction; `say` is told how many requests are read, of how many.
///
/// # Errors
/// A repository that cannot be read, or with fewer than [`LEAST_COMMITS`] commits that read like requests;
/// [`EvalError::Stopped`] where `say` broke off.
pub fn tune(
    root: &Path,
    judge: &Embedded,
    options: &TuneOptions,
    say: &mut Say<'_>,
) -> Result<TuneReport, EvalError> {
    let repo = Repository::discover(root)?;
    let mut samples = mine(&repo, &options.mine)?;
    if samples.len() < LEAST_COMMITS {
        return Err(EvalError::Nothing(format!(
            "{} commits read like requests, and tuning needs {LEAST_COMMITS}",
            samples.len()
        )));
    }
    samples.sort_by_key(|sample| (sample.time, sample.commit));
    let lessons = lessons(&repo, &options.feedback, &samples[samples.len() * 7 / 10..]);
    let of = samples.len() + lessons.len();
    let mut replay = Replay::open(&repo, options.mine.look_at)?;
    let mut cases = Vec::new();
    for (done, sample) in samples.iter().enumerate() {
        cases.extend(read(&mut replay, judge, sample, &[])?.filter(|case| case.gold > 0));
        tell(say, Step { done: done + 1, of, judge: "" })?;
    }
    let mut taught = Vec::new();
    for (done, Lesson { sample, excluded }) in lessons.iter().enumerate() {
        taught.extend(read(&mut replay, judge, sample, excluded)?);
        tell(say, Step { done: samples.len() + done + 1, of, judge: "" })?;
    }
    let newest = samples.last().map(|sample| sample.commit.to_string()).unwrap_or_default();
    Ok(fitted(judge, &cases, taught, newest))
}

/// Fits on the older cases and on what feedback taught, and tests on the newer ones.
fn fitted(judge: &Embedded, cases: &[Case], mut taught: Vec<Case>, newest: String) -> TuneReport {
    let (first, second) = (cases.len() * 2 / 5, cases.len() * 7 / 10);
    let weight = FEEDBACK_WEIGHT.min(MOST_FEEDBACK * second as f64 / taught.len().max(1) as f64);
    for case in &mut taught {
        case.weight = weight;
    }
    let lens = Lens::default();
    let habits = habits(cases[..first].iter().chain(&taught));
    let weights = fit(cases[first..second].iter().chain(&taught), &lens, &habits);
    let figures = test(&cases[second..], &lens, &habits, &weights);
    let tested = Tested {
        fitted_on: second,
        tested_on: cases.len() - second,
        newest,
        figures: figures
            .iter()
            .map(|(metric, without, with, paired)| {
                (metric.name(), *without, *with, [paired.difference.low, paired.difference.high])
            })
            .collect(),
    };
    let weights = weights.map(|weight| weight as f32);
    let tuning = Tuning::new(judge.weights().fingerprint(), &weights, habits, tested);
    let commits = [first, second - first, cases.len() - second];
    TuneReport { tuning, commits, feedback: taught.len(), figures }
}

/// A request with its promising files; `None` where a partial clone lacks the tree.
fn read(
    replay: &mut Replay<'_>,
    judge: &Embedded,
    sample: &Sample,
    excluded: &[RelPath],
) -> Result<Option<Case>, EvalError> {
    match replay.go(sample) {
        Ok(moment) => Ok(Some(case(judge, sample, excluded, &moment))),
        Err(EvalError::Git(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn case(judge: &Embedded, sample: &Sample, excluded: &[RelPath], moment: &Moment<'_>) -> Case {
    let reading = Reading::open(&sample.query, moment.index, &judge.weights().lexicon, &|| false);
    let forest = &judge.weights().forest;
    let mut alive = Vec::new();
    let mut rows: Vec<Row> = moment
        .index
        .docs()
        .filter_map(|(file, doc)| {
            let features = reading.features(moment.index, file)?;
            let score = forest.score(&features, &mut alive);
            let gold = moment.gold.contains(&file);
            let excluded = excluded.contains(&doc.path);
            Some(Row { file, score, gold, excluded, features, path: doc.path.clone() })
        })
        .collect();
    rows.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.file.cmp(&b.file)));
    rows.truncate(PROMISING);
    Case { rows, gold: moment.gold.len() + moment.unseen, weight: 1.0 }
}

/// Counts how often files of each extension and directory were answers among the promising ones.
fn habits<'c>(cases: impl Iterator<Item = &'c Case>) -> Habits {
    let mut extensions: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    let mut directories: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    let mut all = [0.0, 0.0];
    for (row, weight) in cases.flat_map(|case| case.rows.iter().map(move |row| (row, case.weight))) {
        let (extension, directory) = Habits::keys(&row.path);
        let gold = weight * f64::from(u8::from(row.gold));
        for count in
            [&mut all, extensions.entry(extension).or_default(), directories.entry(directory).or_default()]
        {
            count[0] += gold;
            count[1] += weight;
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
fn fit<'c>(cases: impl Iterator<Item = &'c Case>, lens: &Lens, habits: &Habits) -> [f64; WEIGHTS] {
    let cases: Vec<&Case> = cases.collect();
    let inputs: Vec<Vec<Inputs>> = cases
        .iter()
        .map(|case| case.rows.iter().map(|row| lens.read(habits, &row.features, &row.path)).collect())
        .collect();
    let mut weights = [0.0_f64; WEIGHTS];
    let requests = cases.iter().map(|case| case.weight).sum::<f64>().max(1.0);
    for step in 0..STEPS {
        let mut gradient = weights.map(|weight| RIDGE * weight);
        for (case, inputs) in cases.iter().copied().zip(&inputs) {
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
    let share = case.weight / (pairs.max(1) as f64 * requests);
    for (gold, _) in case.rows.iter().enumerate().filter(|(_, row)| row.gold) {
        for (other, _) in case.rows.iter().enumerate().filter(|(_, row)| !row.gold) {
            let wrong = 1.0 / (1.0 + (scores[gold] - scores[other]).exp());
            let counts = if case.rows[other].excluded { EXCLUDED_WEIGHT } else { 1.0 };
            for ((slope, good), bad) in gradient.iter_mut().zip(&inputs[gold]).zip(&inputs[other]) {
                *slope -= share * counts * wrong * f64::from(good - bad);
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
                        excluded: false,
                        features: [0.0; features::COUNT],
                        path: format!("{}/file{at}.txt", if at < 10 { "docs" } else { "src" })
                            .as_str()
                            .into(),
                    })
                    .collect();
                Case { rows, gold: 1, weight: 1.0 }
            })
            .collect()
    }

    fn report(habit: f32, taught: Vec<Case>) -> TuneReport {
        fitted(&Embedded::new().expect("weights"), &cases(300, habit), taught, String::new())
    }

    #[test]
    fn a_habit_of_the_repository_is_learned_and_kept() {
        let report = report(0.9, Vec::new());
        assert!(report.tuning.habits.directories["docs"] > report.tuning.habits.directories["src"]);
        assert!(report.is_worth_keeping(), "{:?}", report.figures);
    }

    #[test]
    fn without_a_habit_nothing_is_kept() {
        let report = report(0.0, Vec::new());
        assert!(!report.is_worth_keeping(), "{:?}", report.figures);
    }

    #[test]
    fn feedback_teaches_the_habits_that_commits_do_not_show_yet_and_never_outweighs_them() {
        let directory = |report: &TuneReport| report.tuning.habits.directories["docs"];
        let (without, with) = (report(0.0, Vec::new()), report(0.0, cases(40, 1.0)));
        assert!(directory(&with) > directory(&without), "{} {}", directory(&with), directory(&without));
        assert_eq!((with.feedback, with.commits), (40, [120, 90, 90]));
        let flood = report(0.9, cases(500, 0.0));
        assert!(flood.tuning.habits.directories["docs"] > flood.tuning.habits.directories["src"]);
    }

    #[test]
    fn an_excluded_file_is_pushed_down_further_than_others() {
        let gradient = |excluded: bool| {
            let mut cases = cases(1, 1.0);
            cases[0].rows[39].excluded = excluded;
            cases[0].rows[39].path = "old/file.txt".into();
            let habits = Habits { directories: [("old".to_owned(), 1.0)].into(), ..Habits::default() };
            fit(cases.iter(), &Lens::default(), &habits)[WEIGHTS - 1]
        };
        assert!(gradient(true) < gradient(false) && gradient(false) < 0.0);
    }
}
