//! Trials: what one judge did with one request, kept rank by rank so that every figure can be made of it later.

use std::time::Duration;

use super::metrics;

/// How well probabilities fit what was true: counts by bin of equal width.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reliability {
    bins: Vec<Bin>,
}

/// One bin.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bin {
    /// Files in it.
    pub files: u64,
    /// Gold files among them.
    pub gold: u64,
    /// The sum of their probabilities.
    pub sum: f64,
}

/// Bins of the reliability diagram; fifteen are customary (Guo et al. 2017).
const BINS: usize = 15;

impl Reliability {
    /// Counts one file.
    pub fn add(&mut self, probability: f32, gold: bool) {
        self.bins.resize(BINS, Bin::default());
        let at = ((f64::from(probability) * BINS as f64) as usize).min(BINS - 1);
        let bin = &mut self.bins[at];
        bin.files += 1;
        bin.gold += u64::from(gold);
        bin.sum += f64::from(probability);
    }

    /// Adds another count.
    pub fn merge(&mut self, other: &Self) {
        self.bins.resize(BINS, Bin::default());
        for (own, more) in self.bins.iter_mut().zip(&other.bins) {
            own.files += more.files;
            own.gold += more.gold;
            own.sum += more.sum;
        }
    }

    /// The bins, lowest first; empty where nothing was counted.
    pub fn bins(&self) -> &[Bin] {
        &self.bins
    }

    /// Expected calibration error: the mean distance between probability and truth, weighed by files; `None` without any.
    pub fn error(&self) -> Option<f64> {
        let files: u64 = self.bins.iter().map(|bin| bin.files).sum();
        let off: f64 = self.bins.iter().map(|bin| (bin.sum - bin.gold as f64).abs()).sum();
        (files > 0).then(|| off / files as f64)
    }
}

/// Thresholds at which lists are counted, for the threshold's curve.
pub const THRESHOLDS: usize = 60;

/// The threshold number `at`: from 0.002 to about 0.95, evenly in log-odds.
pub fn threshold(at: usize) -> f32 {
    let odds = -6.2 + 9.2 * at as f32 / (THRESHOLDS - 1) as f32;
    1.0 / (1.0 + (-odds).exp())
}

/// What a list of the files judged yes holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Listed {
    /// Files.
    pub files: u32,
    /// Gold files among them.
    pub gold: u32,
}

/// A gold file that did not come up among the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// Its path.
    pub path: String,
    /// Its 0-based rank; `None` where the judge gave it none.
    pub rank: Option<usize>,
    /// What the judge found for it, strongest first.
    pub had: Vec<String>,
    /// The kinds of evidence that said nothing for it.
    pub lacked: Vec<&'static str>,
}

/// What one judge did with one request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trial {
    /// The number of the sample in its set.
    pub sample: usize,
    /// 0-based ranks of the gold files; `None` for those that were not ranked, or that the tree holds no text of.
    pub ranks: Vec<Option<usize>>,
    /// The files judged yes at the judge's own threshold, where it gives verdicts.
    pub listed: Option<Listed>,
    /// Lists at each of [`THRESHOLDS`]; empty where the judge gives no probabilities.
    pub at_threshold: Vec<Listed>,
    /// Gold found and tokens spent when the best 1, 2, 5, 10, 20, 50, 100 and 200 files are sent whole.
    pub spent: Vec<(u32, u64)>,
    /// How long it took.
    pub elapsed: Duration,
    /// Tokens and money, where a model was asked.
    pub usage: crate::domain::Usage,
    /// Gold files below the first [`Self::missed_below`], where they are told of.
    pub missed: Vec<Miss>,
    /// How deep was looked: the first fifty, or ten in a small tree.
    pub missed_below: usize,
}

/// Depths at which [`Trial::spent`] is read.
pub const SPENT_DEPTHS: [usize; 8] = [1, 2, 5, 10, 20, 50, 100, 200];

/// One figure of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Share of gold among the first so many.
    Recall(usize),
    /// Whether all gold is among the first so many.
    AllFound(usize),
    /// One over the rank of the first gold file.
    Reciprocal,
}

impl Metric {
    /// The name in JSON.
    pub fn name(self) -> String {
        match self {
            Self::Recall(depth) => format!("recall@{depth}"),
            Self::AllFound(depth) => format!("all_found@{depth}"),
            Self::Reciprocal => "mrr".to_owned(),
        }
    }

    /// The name at the head of a column.
    pub fn short(self) -> String {
        match self {
            Self::Recall(depth) => format!("R@{depth}"),
            Self::AllFound(depth) => format!("all@{depth}"),
            Self::Reciprocal => "MRR".to_owned(),
        }
    }

    /// The figure of a trial.
    pub fn of(self, trial: &Trial) -> f64 {
        match self {
            Self::Recall(depth) => metrics::recall(&trial.ranks, depth),
            Self::AllFound(depth) => f64::from(u8::from(metrics::recall(&trial.ranks, depth) >= 1.0)),
            Self::Reciprocal => metrics::reciprocal(&trial.ranks),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calibration_error_is_the_mean_distance_from_the_truth() {
        let mut sure = Reliability::default();
        for at in 0..100 {
            sure.add(0.3, at < 30);
        }
        assert!(sure.error().expect("counted") < 1e-6);
        let mut wrong = Reliability::default();
        for _ in 0..50 {
            wrong.add(0.9, false);
            wrong.add(0.1, false);
        }
        assert!((wrong.error().expect("counted") - 0.5).abs() < 1e-6);
        sure.merge(&wrong);
        assert!((sure.error().expect("counted") - 0.25).abs() < 1e-6);
        assert_eq!(Reliability::default().error(), None);
    }

    #[test]
    fn thresholds_rise() {
        assert!(threshold(0) < 0.003 && threshold(THRESHOLDS - 1) > 0.9);
        assert!((1..THRESHOLDS).all(|at| threshold(at) > threshold(at - 1)));
    }
}
