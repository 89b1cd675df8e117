//! Calibration: from a score to the probability of "yes", and from there to a verdict.
//!
//! Fitted on scores of repositories that the trees had not seen; each row counts for as many files as it stands for.

use std::collections::BTreeMap;

use super::rows::Rows;
use crate::query::judges::embedded::{Calibration, Cut};

/// Newton steps; the problem has two unknowns and converges in a few.
const STEPS: usize = 60;

/// Files that the list of a request is to hold at most, in the median: a little below the 25 that users are promised.
const LISTED: f64 = 24.5;

/// What of the cut is chosen, not fitted.
const CUT: Cut = Cut { part: 0.003, surely: 0.5, hardly: 0.001, most: 100 };

/// Parts that are tried are multiples of this; lists of finer ones hold the same.
const STEP: f32 = 0.000_05;

/// How many of them are tried.
const PARTS: u32 = 200;

/// Fits slope, offset and the verdict's cut (Platt 1999).
pub fn calibrate(rows: &Rows, scores: &[f32]) -> Calibration {
    let (slope, offset) = logistic(rows, scores);
    let probability = |score: f32| 1.0 / (1.0 + (-(slope * f64::from(score) + offset)).exp());
    let cut = cut(rows, scores, probability);
    Calibration { slope: slope as f32, offset: offset as f32, cut }
}

fn logistic(rows: &Rows, scores: &[f32]) -> (f64, f64) {
    let (mut slope, mut offset) = (1.0_f64, -4.0_f64);
    for _ in 0..STEPS {
        let mut gradient = [0.0_f64; 2];
        let mut bend = [1e-6_f64, 0.0, 1e-6];
        for (row, score) in scores.iter().enumerate() {
            let x = f64::from(*score);
            let p = 1.0 / (1.0 + (-(slope * x + offset)).exp());
            let weight = f64::from(rows.weight[row]);
            let miss = weight * (p - f64::from(u8::from(rows.gold[row])));
            let spread = weight * p * (1.0 - p);
            gradient[0] += miss * x;
            gradient[1] += miss;
            bend[0] += spread * x * x;
            bend[1] += spread * x;
            bend[2] += spread;
        }
        let determinant = (bend[0] * bend[2] - bend[1] * bend[1]).max(1e-9);
        let step = [
            (bend[2] * gradient[0] - bend[1] * gradient[1]) / determinant,
            (bend[0] * gradient[1] - bend[1] * gradient[0]) / determinant,
        ];
        slope -= step[0].clamp(-1.0, 1.0);
        offset -= step[1].clamp(-1.0, 1.0);
    }
    (slope, offset)
}

/// The cut with the least part at which lists are short enough, on the mean over repositories.
fn cut(rows: &Rows, scores: &[f32], probability: impl Fn(f32) -> f64) -> Cut {
    let probabilities: Vec<f32> = scores.iter().map(|score| probability(*score) as f32).collect();
    let found: Vec<Cut> = (1..=PARTS).map(|step| Cut { part: STEP * step as f32, ..CUT }).collect();
    let at = found.partition_point(|cut| listed(rows, &probabilities, cut) > LISTED);
    found.get(at).copied().unwrap_or(CUT)
}

/// Files in the median list of a repository, on the mean over repositories; each row counts for as many as it stands for.
fn listed(rows: &Rows, probabilities: &[f32], cut: &Cut) -> f64 {
    let mut lengths: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
    for group in &rows.groups {
        let range = group.start..group.end;
        let promising = range.clone().filter(|row| rows.weight[*row] <= 1.0);
        let mut promising: Vec<f32> = promising.map(|row| probabilities[row]).collect();
        let yes_at = cut.threshold(&mut promising);
        let listed = range.filter(|row| probabilities[*row] >= yes_at).map(|row| rows.weight[row]).sum();
        lengths.entry(group.repository).or_default().push(listed);
    }
    let count = lengths.len().max(1) as f64;
    let medians = lengths.values_mut().map(|lengths| {
        let middle = lengths.len() / 2;
        f64::from(*lengths.select_nth_unstable_by(middle, f32::total_cmp).1)
    });
    medians.sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::super::rows::{Group, Wording};
    use super::*;
    use crate::query::judges::embedded::features;

    #[test]
    fn probabilities_match_how_often_scores_are_right() {
        let mut random = Random(3);
        let mut rows = Rows::default();
        let mut scores = Vec::new();
        for _ in 0..20_000 {
            let score = random.below(1_000) as f32 / 100.0 - 5.0;
            let p = 1.0 / (1.0 + (-(0.7 * score - 1.0)).exp());
            rows.features.push([0.0; features::COUNT]);
            rows.gold.push((random.below(10_000) as f32) < p * 10_000.0);
            rows.weight.push(1.0);
            scores.push(score);
        }
        rows.groups.push(Group { start: 0, end: rows.len(), repository: 0, wording: Wording::OneLine });
        let found = calibrate(&rows, &scores);
        assert!((found.slope - 0.7).abs() < 0.05, "{found:?}");
        assert!((found.offset + 1.0).abs() < 0.1, "{found:?}");
        assert!(found.cut.part > 0.0 && found.cut.part <= STEP * PARTS as f32, "{found:?}");
    }
}
