//! What can be done with evaluations and tunings.

/// Something done with an evaluation or a tuning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChartAction {
    /// Opens the page of charts, and measures where nothing was measured yet.
    Open,
    /// Opens the page of the tuning, and tunes where nothing new was tuned on yet.
    Tune,
    /// Goes back to the judge as it ships.
    Forget,
    /// Does again what the page shows.
    Run,
    /// On to the next chart.
    Next,
    /// Back to the chart before.
    Previous,
    /// Lists more files: a lower threshold.
    Lower,
    /// Lists fewer files: a higher threshold.
    Higher,
    /// Keeps the threshold, or opens the selected file.
    Choose,
    /// Goes back to the judge's own threshold.
    Default,
}
