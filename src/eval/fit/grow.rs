//! Growing one tree, best leaf first, by histograms of gradients (as `LightGBM`: Ke et al., NIPS 2017).

use rayon::prelude::*;

use super::bins::{Binned, MAX_BINS};
use super::options::BoostOptions;
use crate::query::judges::embedded::trees::{Child, Node, Tree};

/// First and second derivative of the loss, summed over rows, and how many rows.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    gradient: f32,
    hessian: f32,
    rows: u32,
}

impl Sum {
    fn minus(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            rows: self.rows - other.rows,
        }
    }

    fn add(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
        self.rows += other.rows;
    }

    fn gain(self, lambda: f32) -> f32 {
        self.gradient * self.gradient / (self.hessian + lambda)
    }

    fn output(self, options: &BoostOptions) -> f32 {
        -options.rate * self.gradient / (self.hessian + options.lambda)
    }
}

#[derive(Debug, Clone, Copy)]
struct Split {
    gain: f32,
    feature: usize,
    bin: usize,
}

struct Leaf {
    rows: Vec<u32>,
    sum: Sum,
    histogram: Vec<Vec<Sum>>,
    split: Option<Split>,
    /// Where the tree points to this leaf: the node and whether on its left.
    from: Option<(usize, bool)>,
}

/// What a tree is grown on.
pub struct Ground<'a> {
    /// The rows' features.
    pub binned: &'a Binned,
    /// First and second derivative of the loss by row.
    pub derivatives: &'a [(f32, f32)],
    /// The features that this tree may read.
    pub features: Vec<usize>,
    /// How to grow.
    pub options: &'a BoostOptions,
}

impl Ground<'_> {
    /// Grows a tree on these rows, and returns it with the leaf number of each row, row by row.
    pub fn grow(&self, rows: Vec<u32>) -> (Tree, Vec<(Vec<u32>, f32)>) {
        let mut tree = Tree::default();
        let mut leaves = vec![self.leaf(rows, None, None)];
        let mut done: Vec<Leaf> = Vec::new();
        while leaves.len() + done.len() < self.options.leaves {
            let best = leaves.iter().enumerate().filter_map(|(at, leaf)| Some((at, leaf.split?.gain)));
            let Some((at, _)) = best.max_by(|a, b| a.1.total_cmp(&b.1)) else { break };
            let leaf = leaves.swap_remove(at);
            self.divide(&leaf, &mut tree, &mut leaves);
        }
        done.append(&mut leaves);
        self.finish(tree, done)
    }

    fn leaf(&self, rows: Vec<u32>, histogram: Option<Vec<Vec<Sum>>>, from: Option<(usize, bool)>) -> Leaf {
        let histogram = histogram.unwrap_or_else(|| self.histogram(&rows));
        let mut sum = Sum::default();
        for row in &rows {
            let (gradient, hessian) = self.derivatives[*row as usize];
            sum.add(Sum { gradient, hessian, rows: 1 });
        }
        let split = self.best_split(&histogram, sum);
        Leaf { rows, sum, histogram, split, from }
    }

    fn histogram(&self, rows: &[u32]) -> Vec<Vec<Sum>> {
        self.features
            .par_iter()
            .map(|feature| {
                let column = &self.binned.columns[*feature];
                let mut bins = vec![Sum::default(); self.binned.borders[*feature].len() + 1];
                for row in rows {
                    let (gradient, hessian) = self.derivatives[*row as usize];
                    bins[usize::from(column[*row as usize])].add(Sum { gradient, hessian, rows: 1 });
                }
                bins
            })
            .collect()
    }

    fn best_split(&self, histogram: &[Vec<Sum>], sum: Sum) -> Option<Split> {
        let lambda = self.options.lambda;
        let mut best: Option<Split> = None;
        for (bins, feature) in histogram.iter().zip(&self.features) {
            debug_assert!(bins.len() <= MAX_BINS + 1);
            let mut left = Sum::default();
            for (bin, here) in bins.iter().enumerate().take(bins.len().saturating_sub(1)) {
                left.add(*here);
                let right = sum.minus(left);
                if left.rows < self.options.least_rows || left.hessian < self.options.least_hessian {
                    continue;
                }
                if right.rows < self.options.least_rows || right.hessian < self.options.least_hessian {
                    break;
                }
                let gain = left.gain(lambda) + right.gain(lambda) - sum.gain(lambda);
                if gain > best.map_or(1e-6, |split| split.gain) {
                    best = Some(Split { gain, feature: *feature, bin });
                }
            }
        }
        best
    }

    fn divide(&self, leaf: &Leaf, tree: &mut Tree, leaves: &mut Vec<Leaf>) {
        let Some(split) = leaf.split else { return };
        let node = tree.nodes.len();
        if let Some((parent, on_left)) = leaf.from {
            let child = Child::Node(node as u8);
            tree.nodes[parent].point(on_left, child);
        }
        tree.nodes.push(Node {
            feature: split.feature as u8,
            threshold: self.binned.borders[split.feature][split.bin],
            value: leaf.sum.output(self.options),
            left: Child::Leaf(0),
            right: Child::Leaf(0),
        });
        let column = &self.binned.columns[split.feature];
        let (left, right): (Vec<u32>, Vec<u32>) =
            leaf.rows.iter().partition(|row| usize::from(column[**row as usize]) <= split.bin);
        let small = self.histogram(if left.len() <= right.len() { &left } else { &right });
        let large: Vec<Vec<Sum>> = leaf
            .histogram
            .iter()
            .zip(&small)
            .map(|(all, some)| all.iter().zip(some).map(|(all, some)| all.minus(*some)).collect())
            .collect();
        let (for_left, for_right) = if left.len() <= right.len() { (small, large) } else { (large, small) };
        leaves.push(self.leaf(left, Some(for_left), Some((node, true))));
        leaves.push(self.leaf(right, Some(for_right), Some((node, false))));
    }

    /// Numbers the leaves from left to right.
    fn finish(&self, mut tree: Tree, leaves: Vec<Leaf>) -> (Tree, Vec<(Vec<u32>, f32)>) {
        let mut by_place: std::collections::HashMap<Option<(usize, bool)>, Leaf> =
            leaves.into_iter().map(|leaf| (leaf.from, leaf)).collect();
        let mut filled = Vec::new();
        if tree.nodes.is_empty() {
            if let Some(leaf) = by_place.remove(&None) {
                let output = leaf.sum.output(self.options);
                tree.leaves.push(output);
                filled.push((leaf.rows, output));
            }
            return (tree, filled);
        }
        let mut open = vec![(0_usize, false), (0, true)];
        while let Some((node, on_left)) = open.pop() {
            if let Some(leaf) = by_place.remove(&Some((node, on_left))) {
                let number = Child::Leaf(tree.leaves.len() as u8);
                tree.nodes[node].point(on_left, number);
                let output = leaf.sum.output(self.options);
                tree.leaves.push(output);
                filled.push((leaf.rows, output));
                continue;
            }
            let child = if on_left { tree.nodes[node].left } else { tree.nodes[node].right };
            if let Child::Node(next) = child {
                open.push((usize::from(next), false));
                open.push((usize::from(next), true));
            }
        }
        (tree, filled)
    }
}
