//! Boosted regression trees: scoring every file quickly, and telling which feature moved one score.

/// A child of a node: another node, or a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Child {
    /// A node of the same tree.
    Node(u8),
    /// A leaf of the same tree.
    Leaf(u8),
}

/// A decision: values up to the threshold go left, others right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The feature it reads.
    pub feature: u8,
    /// The threshold.
    pub threshold: f32,
    /// Mean output of the leaves below, weighted by training rows.
    pub value: f32,
    /// Where values up to the threshold go.
    pub left: Child,
    /// Where the others go.
    pub right: Child,
}

impl Node {
    /// Points one side at a child.
    pub fn point(&mut self, left: bool, child: Child) {
        *(if left { &mut self.left } else { &mut self.right }) = child;
    }
}

/// One tree of at most [`MAX_LEAVES`] leaves; node 0 is its root, and leaves are numbered from left to right.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// Its decisions; empty for a tree of one leaf.
    pub nodes: Vec<Node>,
    /// Its outputs.
    pub leaves: Vec<f32>,
}

/// Leaves fit into the bits of a `u32`.
pub const MAX_LEAVES: usize = 32;

/// A condition of some tree, sorted among those of its feature.
#[derive(Debug, Clone, Copy)]
struct Condition {
    threshold: f32,
    tree: u16,
    /// Leaves that remain when the value is over the threshold.
    remaining: u32,
}

/// A sum of trees, laid out feature by feature (`QuickScorer`: Lucchese et al., SIGIR 2015): a file without evidence passes
/// only a few conditions, and so costs little.
#[derive(Debug, Clone, Default)]
pub struct Forest {
    trees: Vec<Tree>,
    conditions: Vec<Vec<Condition>>,
    outputs: Vec<f32>,
}

impl Forest {
    /// Lays out trees over so many features.
    ///
    /// # Errors
    /// A tree that is too large, whose parts do not fit together, or that reads a feature out of range.
    pub fn new(trees: Vec<Tree>, features: usize) -> Result<Self, String> {
        let mut conditions: Vec<Vec<Condition>> = vec![Vec::new(); features];
        let mut outputs = vec![0.0; trees.len() * MAX_LEAVES];
        for (number, tree) in trees.iter().enumerate() {
            if tree.leaves.len() > MAX_LEAVES || tree.leaves.len() != tree.nodes.len() + 1 {
                return Err(format!(
                    "tree {number} has {} nodes and {} leaves",
                    tree.nodes.len(),
                    tree.leaves.len()
                ));
            }
            outputs[number * MAX_LEAVES..][..tree.leaves.len()].copy_from_slice(&tree.leaves);
            for node in &tree.nodes {
                if usize::from(node.feature) >= features || !node.threshold.is_finite() {
                    return Err(format!(
                        "tree {number} reads feature {} at {}",
                        node.feature, node.threshold
                    ));
                }
                let left = tree
                    .below(node.left, 0)
                    .ok_or_else(|| format!("tree {number} has a loop or a missing child"))?;
                tree.below(node.right, 0)
                    .ok_or_else(|| format!("tree {number} has a loop or a missing child"))?;
                let condition =
                    Condition { threshold: node.threshold, tree: number as u16, remaining: !left };
                conditions[usize::from(node.feature)].push(condition);
            }
        }
        for list in &mut conditions {
            list.sort_by(|a, b| a.threshold.total_cmp(&b.threshold));
        }
        Ok(Self { trees, conditions, outputs })
    }

    /// The trees.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// The sum of all trees for one row; `alive` is scratch space.
    pub fn score(&self, row: &[f32], alive: &mut Vec<u32>) -> f32 {
        alive.clear();
        alive.resize(self.trees.len(), u32::MAX);
        for (value, conditions) in row.iter().zip(&self.conditions) {
            for condition in conditions {
                if *value <= condition.threshold {
                    break;
                }
                alive[usize::from(condition.tree)] &= condition.remaining;
            }
        }
        alive
            .iter()
            .enumerate()
            .map(|(tree, leaves)| self.outputs[tree * MAX_LEAVES + leaves.trailing_zeros() as usize])
            .sum()
    }

    /// Adds to `moved[feature]` how much each decision on that feature changed the expected output of one row
    /// (Saabas 2014); returns the expected output before any decision.
    pub fn attribute(&self, row: &[f32], moved: &mut [f32]) -> f32 {
        let mut base = 0.0;
        for tree in &self.trees {
            let Some(root) = tree.nodes.first() else {
                base += tree.leaves.first().copied().unwrap_or(0.0);
                continue;
            };
            base += root.value;
            let mut node = root;
            loop {
                let child =
                    if row[usize::from(node.feature)] <= node.threshold { node.left } else { node.right };
                match child {
                    Child::Node(at) => {
                        let next = &tree.nodes[usize::from(at)];
                        moved[usize::from(node.feature)] += next.value - node.value;
                        node = next;
                    }
                    Child::Leaf(at) => {
                        moved[usize::from(node.feature)] += tree.leaves[usize::from(at)] - node.value;
                        break;
                    }
                }
            }
        }
        base
    }
}

impl Tree {
    /// The leaves below a child, as bits; `None` where the tree is broken.
    fn below(&self, child: Child, depth: usize) -> Option<u32> {
        match child {
            Child::Leaf(at) => (usize::from(at) < self.leaves.len()).then(|| 1 << at),
            Child::Node(at) => {
                let node = self.nodes.get(usize::from(at)).filter(|_| depth < MAX_LEAVES)?;
                Some(self.below(node.left, depth + 1)? | self.below(node.right, depth + 1)?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grow(splits: &[(u8, i8, bool)]) -> Tree {
        fn build(splits: &[(u8, i8, bool)], tree: &mut Tree) -> Child {
            let Some(((feature, threshold, lean), rest)) = splits.split_first() else {
                tree.leaves.push(tree.leaves.len() as f32 * 0.37 - 1.0);
                return Child::Leaf(tree.leaves.len() as u8 - 1);
            };
            let at = tree.nodes.len();
            let hole = Node {
                feature: *feature,
                threshold: f32::from(*threshold),
                value: 0.1 * at as f32,
                left: Child::Leaf(0),
                right: Child::Leaf(0),
            };
            tree.nodes.push(hole);
            let cut = if *lean { rest.len() } else { rest.len() / 3 };
            let left = build(&rest[..cut], tree);
            let right = build(&rest[cut..], tree);
            tree.nodes[at].left = left;
            tree.nodes[at].right = right;
            Child::Node(at as u8)
        }
        let mut tree = Tree::default();
        build(splits, &mut tree);
        tree
    }

    proptest! {
        #[test]
        fn the_fast_layout_scores_as_walking_the_trees_does(
            shapes in prop::collection::vec(prop::collection::vec((0_u8..5, -3_i8..4, any::<bool>()), 0..31), 1..6),
            row in prop::collection::vec(-4.0_f32..4.0, 5),
        ) {
            let forest = Forest::new(shapes.iter().map(|shape| grow(shape)).collect(), 5).unwrap();
            let mut moved = vec![0.0; 5];
            let base = forest.attribute(&row, &mut moved);
            let walked = base + moved.iter().sum::<f32>();
            let fast = forest.score(&row, &mut Vec::new());
            prop_assert!((fast - walked).abs() < 1e-3, "{fast} and {walked}");
        }
    }

    #[test]
    fn broken_trees_are_refused() {
        let node =
            Node { feature: 0, threshold: 1.0, value: 0.0, left: Child::Node(0), right: Child::Leaf(0) };
        let looped = Tree { nodes: vec![node], leaves: vec![0.0, 1.0] };
        assert!(Forest::new(vec![looped], 1).is_err());
        let far =
            Tree { nodes: vec![Node { feature: 9, left: Child::Leaf(0), ..node }], leaves: vec![0.0, 1.0] };
        assert!(Forest::new(vec![far], 1).is_err());
    }
}
