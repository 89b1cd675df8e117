//! What came of a tuning.

use serde::{Deserialize, Serialize};

/// What came of one tuning.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tuned {
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// The commit that HEAD was at, in hex.
    pub commit: String,
    /// Whether it won beyond the noise and is in force.
    pub kept: bool,
    /// Older commits that it was fitted on.
    pub fitted_on: u32,
    /// Newer commits that it was tested on.
    pub tested_on: u32,
    /// Requests with feedback that it was fitted on besides.
    pub feedback: u32,
    /// Each figure of the test.
    pub figures: Vec<TunedFigure>,
}

/// One figure of a test, without the correction and with it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TunedFigure {
    /// Its name at the head of a column: `R@10`.
    pub name: String,
    /// As the judge ships.
    pub without: f64,
    /// With the correction.
    pub with: f64,
    /// The mean difference.
    pub gain: f64,
    /// Where the 95% interval of the difference begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

impl Tuned {
    /// The figure that is told first: the one that won most surely.
    pub fn lead(&self) -> Option<&TunedFigure> {
        self.figures.iter().max_by(|a, b| a.low.total_cmp(&b.low))
    }
}
