//! Boosting: trees fitted to pairs of files of the same request, weighted by what swapping them would cost
//! (`LambdaMART`: Burges 2010).

use super::bins::Binned;
use super::grow::Ground;
use super::options::BoostOptions;
use super::random::Random;
use super::rows::{Group, Rows};
use crate::query::judges::embedded::features;
use crate::query::judges::embedded::trees::Tree;

/// A row does not count for more files than this, so that the rarest draws cannot lead a tree.
const MOST_WEIGHT: f32 = 4.0;

/// Scores that lie nearer than this count as tied.
const CLOSE: f32 = 0.01;

/// Boosts trees on the groups given; `progress` is told after each tree.
pub fn boost(
    rows: &Rows,
    groups: &[Group],
    options: &BoostOptions,
    progress: &mut dyn FnMut(usize),
) -> Vec<Tree> {
    let binned = Binned::of(rows);
    let mut scores = vec![0.0_f32; rows.len()];
    let mut random = Random(options.seed);
    let mut trees = Vec::with_capacity(options.trees);
    let all: Vec<u32> = groups.iter().flat_map(|group| group.start as u32..group.end as u32).collect();
    for number in 0..options.trees {
        let derivatives = derivatives(rows, groups, &scores);
        let mut chosen: Vec<usize> = (0..features::COUNT).collect();
        random.shuffle(&mut chosen);
        chosen.truncate(((features::COUNT as f32 * options.features) as usize).max(1));
        chosen.sort_unstable();
        let ground = Ground { binned: &binned, derivatives: &derivatives, features: chosen, options };
        let (tree, leaves) = ground.grow(all.clone());
        for (members, output) in leaves {
            for row in members {
                scores[row as usize] += output;
            }
        }
        trees.push(tree);
        progress(number + 1);
    }
    trees
}

/// First and second derivatives of the pairwise logistic loss, each pair weighted by the change of NDCG.
///
/// A pair that is far apart already counts less, and so does a request with many pairs (Burges' lambdas as `LightGBM`
/// normalises them): without that, requests with many answers, whose order is settled late, would lead every tree.
fn derivatives(rows: &Rows, groups: &[Group], scores: &[f32]) -> Vec<(f32, f32)> {
    let mut all = vec![(0.0, 0.0); rows.len()];
    for group in groups {
        let mut order: Vec<usize> = (group.start..group.end).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        let ranked = order.into_iter().enumerate().map(|(rank, row)| (row, discount(rank)));
        let (golds, others): (Vec<_>, Vec<_>) = ranked.partition(|(row, _)| rows.gold[*row]);
        let ideal: f32 = (0..golds.len()).map(discount).sum();
        let mut sum = 0.0;
        for (gold, gold_place) in &golds {
            for (other, place) in &others {
                let apart = scores[*gold] - scores[*other];
                let swap = (gold_place - place).abs() / ideal / (CLOSE + apart.abs());
                let swap = swap * rows.weight[*other].min(MOST_WEIGHT);
                let miss = 1.0 / (1.0 + apart.exp());
                let slope = swap * miss;
                let bend = slope * (1.0 - miss);
                all[*gold].0 -= slope;
                all[*other].0 += slope;
                all[*gold].1 += bend;
                all[*other].1 += bend;
                sum += 2.0 * slope;
            }
        }
        if sum > 0.0 {
            let scale = (1.0 + sum).log2() / sum;
            for (slope, bend) in &mut all[group.start..group.end] {
                *slope *= scale;
                *bend *= scale;
            }
        }
    }
    all
}

/// What a place is worth.
fn discount(rank: usize) -> f32 {
    1.0 / (rank as f32 + 2.0).log2()
}
