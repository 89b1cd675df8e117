//! Figures of judges: how well each found what a repository's own commits touched.

use std::time::Duration;

use super::JudgeName;

/// One judge on one repository, as `quarry eval` measured it.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeFigures {
    /// The judge.
    pub judge: JudgeName,
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// Commits.
    pub commits: u32,
    /// Share of a commit's files among its ten best, 0 to 1.
    pub recall_at_10: f64,
    /// How much more of them it found than the embedded judge in the same run: the ends of the 95% interval of the paired
    /// difference; `None` for the embedded judge.
    pub lead: Option<(f64, f64)>,
    /// A request's median time.
    pub per_query: Duration,
    /// A request's mean price in US dollars.
    pub usd: f64,
}

impl JudgeFigures {
    /// Whether it found more than the embedded judge, beyond the noise.
    pub fn leads(&self) -> bool {
        self.lead.is_some_and(|(low, _)| low > 0.0)
    }
}
