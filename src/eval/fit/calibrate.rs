//! Calibration: from a score to the probability of "yes", and from there to a verdict.
//!
//! Fitted on scores of repositories that the trees had not seen; each row counts for as many files as it stands for.

use super::rows::Rows;
use crate::query::judges::embedded::Calibration;

/// Newton steps; the problem has two unknowns and converges in a few.
const STEPS: usize = 60;

/// Share of a request's answers that the list of files judged "yes" is to hold: a little more than the .85 that users are
/// promised.
const LISTED: f64 = 0.855;

/// The verdict's threshold stays between these, whatever was fitted.
const LEAST: f64 = 0.002;
const MOST: f64 = 0.5;

/// Fits slope, offset and the verdict's threshold (Platt 1999).
pub fn calibrate(rows: &Rows, scores: &[f32]) -> Calibration {
    let (slope, offset) = logistic(rows, scores);
    let probability = |score: f32| 1.0 / (1.0 + (-(slope * f64::from(score) + offset)).exp());
    let yes_at = threshold(rows, scores, probability);
    Calibration { slope: slope as f32, offset: offset as f32, yes_at: yes_at as f32 }
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

/// The highest threshold at which the list of a request still holds enough of its answers, on the mean.
fn threshold(rows: &Rows, scores: &[f32], probability: impl Fn(f32) -> f64) -> f64 {
    let mut golds: Vec<(f64, f64)> = Vec::new();
    for group in &rows.groups {
        let range = group.start..group.end;
        let all = rows.gold[range.clone()].iter().filter(|gold| **gold).count().max(1) as f64;
        let held = range.filter(|row| rows.gold[*row]);
        golds.extend(held.map(|row| (probability(scores[row]), 1.0 / all)));
    }
    golds.sort_by(|a, b| b.0.total_cmp(&a.0));
    let wanted = LISTED * golds.iter().map(|(_, share)| share).sum::<f64>();
    let mut sum = 0.0;
    let reached = golds.iter().find(|(_, share)| {
        sum += share;
        sum >= wanted
    });
    reached.map_or(0.1, |(probability, _)| *probability).clamp(LEAST, MOST)
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
        assert!(found.yes_at > 0.0 && found.yes_at < 0.6);
    }
}
