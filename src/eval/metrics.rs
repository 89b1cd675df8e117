//! Metrics: recall at k, reciprocal rank and all-found, per sample and averaged.

/// The depths at which recall is read.
pub const DEPTHS: [usize; 4] = [5, 10, 20, 50];

/// Metrics of one sample, or their mean over several.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Recall {
    /// Share of gold files among the first 5, 10, 20 and 50.
    pub at: [f64; 4],
    /// Whether all gold files are among the first 50.
    pub all_found: f64,
    /// One over the rank of the first gold file.
    pub reciprocal: f64,
}

/// The share of gold among the first so many; `ranks` are 0-based.
pub fn recall(ranks: &[Option<usize>], depth: usize) -> f64 {
    let found = ranks.iter().filter(|rank| rank.is_some_and(|rank| rank < depth)).count();
    found as f64 / ranks.len().max(1) as f64
}

/// One over the rank of the first gold file; 0 where none is ranked.
pub fn reciprocal(ranks: &[Option<usize>]) -> f64 {
    ranks.iter().flatten().min().map_or(0.0, |rank| 1.0 / (*rank as f64 + 1.0))
}

impl Recall {
    /// From the 0-based ranks of the gold files; files that are not ranked at all have `None`.
    pub fn of(ranks: &[Option<usize>]) -> Self {
        Self {
            at: DEPTHS.map(|depth| recall(ranks, depth)),
            all_found: f64::from(u8::from(recall(ranks, 50) >= 1.0)),
            reciprocal: reciprocal(ranks),
        }
    }
}

/// Sums metrics.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    sum: Recall,
    /// Samples summed.
    pub samples: usize,
}

impl Tally {
    /// Adds one sample (or one repository's mean, for a macro average).
    pub fn add(&mut self, recall: Recall) {
        for (sum, value) in self.sum.at.iter_mut().zip(recall.at) {
            *sum += value;
        }
        self.sum.all_found += recall.all_found;
        self.sum.reciprocal += recall.reciprocal;
        self.samples += 1;
    }

    /// The mean; zeros without samples.
    pub fn mean(&self) -> Recall {
        let count = self.samples.max(1) as f64;
        Recall {
            at: self.sum.at.map(|value| value / count),
            all_found: self.sum.all_found / count,
            reciprocal: self.sum.reciprocal / count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recall_counts_gold_within_each_depth() {
        let recall = Recall::of(&[Some(0), Some(7), Some(60), None]);
        assert_eq!(recall.at, [0.25, 0.5, 0.5, 0.5]);
        assert_eq!(recall.all_found, 0.0);
        assert_eq!(recall.reciprocal, 1.0);
        let mut tally = Tally::default();
        tally.add(recall);
        tally.add(Recall::of(&[Some(9)]));
        assert_eq!(tally.mean().at[0], 0.125);
        assert_eq!(tally.mean().all_found, 0.5);
    }
}
