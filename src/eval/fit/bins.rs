//! Bins: features as bytes, so that split finding is counting.

use rayon::prelude::*;

use super::rows::Rows;
use crate::query::judges::embedded::features;

/// Most bins a feature has; 0 holds the smallest values.
pub const MAX_BINS: usize = 255;

/// Values looked at to place the borders.
const LOOKED_AT: usize = 200_000;

/// All rows as bytes, feature by feature.
pub struct Binned {
    /// `columns[feature][row]`.
    pub columns: Vec<Vec<u8>>,
    /// `borders[feature][bin]`: the largest value of the bin.
    pub borders: Vec<Vec<f32>>,
}

impl Binned {
    /// Bins all rows at quantiles.
    pub fn of(rows: &Rows) -> Self {
        let step = (rows.len() / LOOKED_AT).max(1);
        let binned: Vec<(Vec<u8>, Vec<f32>)> = (0..features::COUNT)
            .into_par_iter()
            .map(|feature| {
                let mut seen: Vec<f32> = rows.features.iter().step_by(step).map(|row| row[feature]).collect();
                seen.sort_unstable_by(f32::total_cmp);
                let borders = borders(&seen);
                let bin = |value: f32| borders.partition_point(|border| *border < value) as u8;
                (rows.features.iter().map(|row| bin(row[feature])).collect(), borders)
            })
            .collect();
        let (columns, borders) = binned.into_iter().unzip();
        Self { columns, borders }
    }
}

/// Borders between bins of about equal size; a bin holds values up to its border, the last bin all above.
fn borders(sorted: &[f32]) -> Vec<f32> {
    let mut distinct = sorted.to_vec();
    distinct.dedup();
    let middle = |low: f32, high: f32| low + (high - low) / 2.0;
    if distinct.len() <= MAX_BINS {
        return distinct.windows(2).map(|pair| middle(pair[0], pair[1])).collect();
    }
    let mut borders: Vec<f32> = (1..MAX_BINS)
        .map(|bin| {
            let at = bin * (sorted.len() - 1) / MAX_BINS;
            let next = sorted[at..].iter().find(|value| **value > sorted[at]).unwrap_or(&sorted[at]);
            middle(sorted[at], *next)
        })
        .collect();
    borders.dedup();
    borders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_part_distinct_values_and_halve_skewed_ones() {
        assert_eq!(borders(&[0.0, 0.0, 1.0, 3.0]), vec![0.5, 2.0]);
        let many: Vec<f32> = (0..10_000).map(|n| if n < 5_000 { 0.0 } else { n as f32 }).collect();
        let borders = borders(&many);
        assert!(borders.len() < MAX_BINS && borders.len() > 100);
        assert!(borders.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(borders[0] > 0.0);
    }
}
