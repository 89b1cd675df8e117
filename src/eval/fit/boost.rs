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
const MOST_WEIGHT: f32 = 10.0;

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
        let derivatives = derivatives(rows, groups, &scores, options.depth as f32);
        let mut chosen: Vec<usize> = (0..features::COUNT).collect();
        for at in (1..chosen.len()).rev() {
            chosen.swap(at, random.below(at + 1));
        }
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
/// Ranks are those in the whole tree, as far as rows tell: one drawn at random stands for many files, and without that
/// middling ranks would look golden, for gold files are always drawn.
fn derivatives(rows: &Rows, groups: &[Group], scores: &[f32], depth: f32) -> Vec<(f32, f32)> {
    let mut all = vec![(0.0, 0.0); rows.len()];
    let discount = |rank: f32| if rank < depth { 1.0 / (rank + 2.0).log2() } else { 0.0 };
    for group in groups {
        let mut order: Vec<usize> = (group.start..group.end).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        let mut above = 0.0;
        let ranked: Vec<(usize, f32, f32)> = order
            .into_iter()
            .map(|row| {
                let weight = rows.weight[row].min(MOST_WEIGHT);
                let place = discount(above);
                above += weight;
                (row, weight, place)
            })
            .collect();
        let (golds, others): (Vec<_>, Vec<_>) = ranked.into_iter().partition(|(row, ..)| rows.gold[*row]);
        let ideal: f32 = (0..golds.len()).map(|rank| discount(rank as f32)).sum();
        if ideal <= 0.0 {
            continue;
        }
        for (gold, _, gold_place) in &golds {
            for (other, weight, place) in &others {
                let swap = ((gold_place - place).abs() / ideal + 0.002) * weight;
                let miss = 1.0 / (1.0 + (scores[*gold] - scores[*other]).exp());
                let slope = swap * miss;
                let bend = swap * miss * (1.0 - miss);
                all[*gold].0 -= slope;
                all[*other].0 += slope;
                all[*gold].1 += bend;
                all[*other].1 += bend;
            }
        }
    }
    all
}
