//! How trees are boosted and grown.

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
    /// Seed of the sampling.
    pub seed: u64,
}

impl Default for BoostOptions {
    fn default() -> Self {
        Self {
            trees: 400,
            leaves: 31,
            rate: 0.045,
            lambda: 8.0,
            least_rows: 150,
            least_hessian: 0.2,
            features: 0.25,
            seed: 7,
        }
    }
}
