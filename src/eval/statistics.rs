//! Statistics: intervals and paired tests over trials, the same at every run.

use super::fit::Random;

/// Resamples of a bootstrap.
const RESAMPLES: usize = 1_000;

/// Sign flips of a permutation test.
const FLIPS: usize = 4_000;

/// A mean with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interval {
    /// The mean.
    pub mean: f64,
    /// The 2.5th percentile of the resampled means.
    pub low: f64,
    /// The 97.5th percentile of the resampled means.
    pub high: f64,
}

/// The mean over groups of the groups' means, resampled within each group (a stratified percentile bootstrap, Efron 1979).
pub fn macro_interval(groups: &[Vec<f64>]) -> Interval {
    let groups: Vec<&Vec<f64>> = groups.iter().filter(|group| !group.is_empty()).collect();
    if groups.is_empty() {
        return Interval::default();
    }
    let count = groups.len() as f64;
    let mean = groups.iter().map(|group| mean(group)).sum::<f64>() / count;
    let mut random = Random(0x51_ab);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| groups.iter().map(|group| resampled_mean(group, &mut random)).sum::<f64>() / count)
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((RESAMPLES - 1) as f64 * share).round() as usize];
    Interval { mean, low: at(0.025), high: at(0.975) }
}

/// The interval of one group's mean.
pub fn interval(values: &[f64]) -> Interval {
    macro_interval(std::slice::from_ref(&values.to_vec()))
}

/// How two judges differ on the same requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    /// The mean difference with its interval.
    pub difference: Interval,
    /// The share of random sign flips that differ at least as much (two-sided permutation test, Fisher 1935).
    pub p: f64,
}

/// Compares values of the same requests, group by group; `left` and `right` have the same shape.
pub fn paired(left: &[Vec<f64>], right: &[Vec<f64>]) -> Paired {
    let differences: Vec<Vec<f64>> = left
        .iter()
        .zip(right)
        .map(|(left, right)| left.iter().zip(right).map(|(left, right)| left - right).collect())
        .collect();
    let difference = macro_interval(&differences);
    let groups: Vec<&Vec<f64>> = differences.iter().filter(|group| !group.is_empty()).collect();
    let mut random = Random(0xf1_1b);
    let as_large = (0..FLIPS)
        .filter(|_| {
            let flipped: f64 = groups.iter().map(|group| flipped_mean(group, &mut random)).sum();
            (flipped / groups.len().max(1) as f64).abs() >= difference.mean.abs() - 1e-12
        })
        .count();
    Paired { difference, p: (as_large + 1) as f64 / (FLIPS + 1) as f64 }
}

/// The mean; 0 without values.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn resampled_mean(values: &[f64], random: &mut Random) -> f64 {
    (0..values.len()).map(|_| values[random.below(values.len())]).sum::<f64>() / values.len() as f64
}

fn flipped_mean(values: &[f64], random: &mut Random) -> f64 {
    let mut bits = (0_u64, 0);
    let sum: f64 = values
        .iter()
        .map(|value| {
            if bits.1 == 0 {
                bits = (random.draw(), 64);
            }
            let sign = if bits.0 & 1 == 0 { 1.0 } else { -1.0 };
            bits = (bits.0 >> 1, bits.1 - 1);
            sign * value
        })
        .sum();
    sum / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_the_mean_and_narrows_with_more_values() {
        let few: Vec<f64> = (0..20).map(|at| f64::from(at % 2)).collect();
        let many: Vec<f64> = (0..2_000).map(|at| f64::from(at % 2)).collect();
        let (few, many) = (interval(&few), interval(&many));
        assert!(few.low < 0.5 && few.high > 0.5);
        assert!(many.high - many.low < (few.high - few.low) / 3.0);
        assert_eq!(interval(&[]), Interval::default());
    }

    #[test]
    fn a_steady_gain_is_told_from_noise() {
        let base: Vec<f64> = (0..200).map(|at| f64::from(at % 10) / 10.0).collect();
        let better: Vec<f64> = base.iter().map(|value| value + 0.05).collect();
        let shuffled: Vec<f64> = base.iter().rev().copied().collect();
        let gain = paired(&[better], std::slice::from_ref(&base));
        assert!(gain.p < 0.01 && gain.difference.low > 0.04, "{gain:?}");
        let noise = paired(&[shuffled], &[base]);
        assert!(noise.p > 0.5, "{noise:?}");
    }

    #[test]
    fn figures_are_the_same_at_every_run() {
        let values: Vec<f64> = (0..77).map(|at| (f64::from(at) * 0.37).fract()).collect();
        assert_eq!(interval(&values), interval(&values));
    }
}
