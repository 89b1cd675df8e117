//! Calibration: from a score to the probability of "yes", and from there to a verdict.
//!
//! Fitted on scores of repositories that the trees had not seen; each row counts for as many files as it stands for.

use std::collections::BTreeMap;

use super::rows::Rows;
use crate::query::judges::embedded::{Calibration, Cut};

/// Newton steps; the problem has two unknowns and converges in a few.
const STEPS: usize = 60;

/// Share of a request's answers that the list of files judged "yes" is to hold: more than the .85 that users are promised,
/// since rows are fewer than files.
const LISTED: f64 = 0.87;

/// What of the cut is chosen, not fitted.
const CUT: Cut = Cut { part: 0.005, surely: 0.5, hardly: 0.003, most: 60 };

/// Parts that are tried are thousandths of this.
const WIDEST: f32 = 0.03;

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

/// The cut with the largest part at which lists hold enough of their requests' answers, on the mean over repositories.
fn cut(rows: &Rows, scores: &[f32], probability: impl Fn(f32) -> f64) -> Cut {
    let probabilities: Vec<f32> = scores.iter().map(|score| probability(*score) as f32).collect();
    let enough = |cut: &Cut| listed(rows, &probabilities, cut) >= LISTED;
    let found: Vec<Cut> =
        (1..=1_000).rev().map(|step| Cut { part: WIDEST * step as f32 / 1_000.0, ..CUT }).collect();
    let at = found.partition_point(|cut| !enough(cut));
    found.get(at).copied().unwrap_or(CUT)
}

/// The share of answers that lists hold, on the mean over requests and then over repositories.
fn listed(rows: &Rows, probabilities: &[f32], cut: &Cut) -> f64 {
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for group in &rows.groups {
        let range = group.start..group.end;
        let promising = range.clone().filter(|row| rows.weight[*row] <= 1.0);
        let mut promising: Vec<f32> = promising.map(|row| probabilities[row]).collect();
        let yes_at = cut.threshold(&mut promising);
        let golds = range.filter(|row| rows.gold[*row]);
        let (all, held) = golds.fold((0.0, 0.0), |(all, held), row| {
            (all + 1.0, held + f64::from(u8::from(probabilities[row] >= yes_at)))
        });
        if all > 0.0 {
            let sum = sums.entry(group.repository).or_default();
            *sum = (sum.0 + held / all, sum.1 + 1.0);
        }
    }
    sums.values().map(|(held, requests)| held / requests).sum::<f64>() / sums.len().max(1) as f64
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
        assert!(found.cut.part > 0.0 && found.cut.part <= WIDEST, "{found:?}");
    }
}
