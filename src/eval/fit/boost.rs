//! Boosting: trees fitted to pairs of files of the same request, weighted by what swapping them would cost
//! (LambdaMART: Burges 2010).

use super::bins::Binned;
use super::grow::Ground;
use super::rows::{Group, Rows};
use crate::query::judges::embedded::features;
use crate::query::judges::embedded::trees::Tree;

/// How to boost.
#[derive(Debug, Clone, Copy)]
pub struct BoostOptions {
    /// Number of trees.
    pub trees: usize,
    /// Leaves of each, at most 32.
    pub leaves: usize,
    /// Share of each tree's answer that is taken.
    pub rate: f32,
    /// Ridge on leaf outputs.
    pub lambda: f32,
    /// Rows a leaf needs.
    pub least_rows: u32,
    /// Second derivative a leaf needs.
    pub least_hessian: f32,
    /// Share of features that each tree may read.
    pub features: f32,
    /// Ranks beyond this do not matter to the gain.
    pub depth: usize,
    /// Seed of the sampling.
    pub seed: u64,
}

impl Default for BoostOptions {
    fn default() -> Self {
        Self {
            trees: 240,
            leaves: 31,
            rate: 0.08,
            lambda: 2.0,
            least_rows: 60,
            least_hessian: 0.2,
            features: 0.6,
            depth: 50,
            seed: 7,
        }
    }
}

/// A small deterministic generator (SplitMix64: Steele et al. 2014).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

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
        let derivatives = derivatives(rows, groups, &scores, options.depth);
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
fn derivatives(rows: &Rows, groups: &[Group], scores: &[f32], depth: usize) -> Vec<(f32, f32)> {
    let mut all = vec![(0.0, 0.0); rows.len()];
    let discount = |rank: usize| if rank < depth { 1.0 / (rank as f32 + 2.0).log2() } else { 0.0 };
    for group in groups {
        let mut order: Vec<usize> = (group.start..group.end).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        let golds = order.iter().filter(|row| rows.gold[**row]).count();
        let ideal: f32 = (0..golds).map(discount).sum();
        if ideal <= 0.0 {
            continue;
        }
        for (gold_rank, gold) in order.iter().enumerate().filter(|(_, row)| rows.gold[**row]) {
            for (rank, other) in order.iter().enumerate().filter(|(_, row)| !rows.gold[**row]) {
                let swap = (discount(gold_rank) - discount(rank)).abs() / ideal + 0.002;
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
