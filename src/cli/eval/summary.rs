//! Summaries: every figure of a report, made once for tables, JSON and charts.

use crate::eval::{Interval, Metric, Paired, Report, Run, Trial, interval, mean, paired, percentile};

/// One repository, measured.
pub struct Measured {
    /// As given.
    pub root: String,
    /// `owner/name`.
    pub repository: String,
    /// What happened.
    pub report: Report,
    /// The figures of the table, in its order.
    pub metrics: Vec<Metric>,
}

/// Which requests of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// All.
    All,
    /// Those that name none of their answers.
    Strict,
    /// Those with two answers or more.
    Several,
}

impl Set {
    /// The sets that are parts of all.
    pub const PARTS: [Self; 2] = [Self::Strict, Self::Several];

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Strict => "strict",
            Self::Several => "several",
        }
    }

    /// What it is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::All => "all requests",
            Self::Strict => "requests that name none of their files",
            Self::Several => "requests with two files or more",
        }
    }
}

/// How long and how large lists are at the judge's own threshold.
pub struct ListFigures {
    /// The median number of files.
    pub median: f64,
    /// The mean share of gold that they hold.
    pub gold: f64,
}

/// Below this many files recall at 50 says little.
pub const FEW_FILES: usize = 300;

impl Measured {
    /// A report with its depths.
    pub fn new(root: String, repository: String, report: Report, depths: &[usize]) -> Self {
        let mut depths = depths.to_vec();
        depths.sort_unstable();
        depths.dedup();
        let metrics = depths
            .into_iter()
            .map(Metric::Recall)
            .chain([Metric::AllFound(50), Metric::Reciprocal])
            .collect();
        Self { root, repository, report, metrics }
    }

    /// The trials of a set.
    pub fn trials<'t>(&'t self, run: &'t Run, set: Set) -> impl Iterator<Item = &'t Trial> {
        run.trials.iter().filter(move |trial| {
            let sample = &self.report.samples[trial.sample];
            match set {
                Set::All => true,
                Set::Strict => !sample.names_gold(),
                Set::Several => sample.gold.len() > 1,
            }
        })
    }

    /// A figure of a set, trial by trial.
    pub fn values(&self, run: &Run, set: Set, metric: Metric) -> Vec<f64> {
        self.trials(run, set).map(|trial| metric.of(trial)).collect()
    }

    /// A figure with its interval.
    pub fn figure(&self, run: &Run, set: Set, metric: Metric) -> Interval {
        interval(&self.values(run, set, metric))
    }

    /// A judge's run.
    pub fn run(&self, judge: &str) -> Option<&Run> {
        self.report.runs.iter().find(|run| run.judge == judge)
    }

    /// Lists at the judge's own threshold; `None` for judges without verdicts.
    pub fn lists(run: &Run) -> Option<ListFigures> {
        let mut sizes: Vec<f64> = Vec::new();
        let mut shares = Vec::new();
        for trial in &run.trials {
            let listed = trial.listed?;
            sizes.push(f64::from(listed.files));
            shares.push(f64::from(listed.gold) / trial.ranks.len().max(1) as f64);
        }
        Some(ListFigures { median: percentile(&mut sizes, 0.5), gold: mean(&shares) })
    }

    /// Milliseconds of a request: median and 95th percentile.
    pub fn milliseconds(run: &Run) -> [f64; 2] {
        let mut times: Vec<f64> = run.trials.iter().map(|trial| trial.elapsed.as_secs_f64() * 1e3).collect();
        [percentile(&mut times, 0.5), percentile(&mut times, 0.95)]
    }
}

/// Every judge against the baseline it is held against, over all repositories.
pub fn against(measured: &[Measured], judge: &str, other: &str, metric: Metric) -> Option<Paired> {
    let values = |name: &str| -> Option<Vec<Vec<f64>>> {
        measured.iter().map(|found| Some(found.values(found.run(name)?, Set::All, metric))).collect()
    };
    Some(paired(&values(judge)?, &values(other)?))
}

/// The baseline that others are held against: whole-file BM25 where it was measured.
pub const REFERENCE: &str = "bm25";
