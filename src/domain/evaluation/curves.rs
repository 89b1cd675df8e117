//! The figures of one evaluation, as charts show them.

use serde::{Deserialize, Serialize};

/// Below this many files recall among the first fifty says little: whoever lists at random finds most.
const FEW_FILES: u32 = 300;

/// One evaluation of one repository.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Evaluation {
    /// When it ended, milliseconds since the epoch.
    pub at_ms: i64,
    /// The commit that HEAD was at, in hex.
    pub commit: String,
    /// The repository, as shown.
    pub repository: String,
    /// Commits that were scored.
    pub commits: u32,
    /// Files of the tree at the newest of them.
    pub files: u32,
    /// Judge by judge, baselines first.
    pub judges: Vec<JudgeCurves>,
    /// Commits of which files were missed by the judge that explains itself, newest first.
    pub missed: Vec<MissedCommit>,
}

/// A mean with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Bounds {
    /// The mean.
    pub mean: f64,
    /// Where the interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

/// One judge.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct JudgeCurves {
    /// Its name.
    pub judge: String,
    /// Recall among the first ten.
    pub recall_at_10: Bounds,
    /// Recall among the first fifty.
    pub recall_at_50: Bounds,
    /// Mean reciprocal rank of the first file found.
    pub reciprocal: Bounds,
    /// Median milliseconds of a request.
    pub millis: f64,
    /// Recall among the first so many, by depth.
    pub depth: Vec<(u32, f64)>,
    /// Median tokens of as many files sent whole, and the recall that they have; by the same depths.
    pub spent: Vec<(f64, f64)>,
    /// What a list holds, by rising threshold; empty for judges that give no probabilities.
    pub thresholds: Vec<AtThreshold>,
    /// What the list at the judge's own cut holds; `None` for judges without verdicts.
    pub listed: Option<Listing>,
    /// Expected calibration error of its probabilities.
    pub calibration_error: Option<f64>,
}

/// What lists hold at a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct AtThreshold {
    /// Files are listed from this probability on.
    pub from: f32,
    /// What they hold.
    pub listing: Listing,
}

/// What lists hold.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Listing {
    /// The median number of files.
    pub files: f64,
    /// The mean share of what commits touched.
    pub recall: f64,
}

/// A commit of which files were missed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MissedCommit {
    /// The commit, in hex.
    pub commit: String,
    /// When it was made, seconds since the epoch.
    pub time: i64,
    /// The first line of its message.
    pub request: String,
    /// Files that it touched.
    pub gold: u32,
    /// How many of them came among the first [`Self::depth`].
    pub found: u32,
    /// How deep was looked.
    pub depth: u32,
    /// Those that did not, as far as they are told of.
    pub files: Vec<MissedFile>,
}

/// A file that a commit touched and the judge ranked low.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MissedFile {
    /// Its path.
    pub path: String,
    /// Its rank, from 1; `None` where the judge gave it none.
    pub rank: Option<u32>,
    /// What the judge found for it, strongest first.
    pub had: Vec<String>,
    /// The kinds of evidence that said nothing for it.
    pub lacked: Vec<String>,
}

impl Evaluation {
    /// The figures of a judge.
    pub fn judge(&self, name: &str) -> Option<&JudgeCurves> {
        self.judges.iter().find(|curves| curves.judge == name)
    }

    /// Whether there are so few files that deep recall is near 1 for anyone.
    pub fn is_saturated(&self) -> bool {
        self.files < FEW_FILES
    }
}

impl JudgeCurves {
    /// The step of [`Self::thresholds`] whose lists are about as long as the judge's own.
    pub fn own_step(&self) -> usize {
        let own = self.listed.map_or(0.0, |listed| listed.files);
        let far = |at: &AtThreshold| (at.listing.files - own).abs();
        let nearest = self.thresholds.iter().enumerate().min_by(|(_, a), (_, b)| far(a).total_cmp(&far(b)));
        nearest.map_or(0, |(step, _)| step)
    }

    /// The step of [`Self::thresholds`] that is nearest to a probability.
    pub fn step_of(&self, from: f32) -> usize {
        let far = |at: &AtThreshold| (at.from - from).abs();
        let nearest = self.thresholds.iter().enumerate().min_by(|(_, a), (_, b)| far(a).total_cmp(&far(b)));
        nearest.map_or(0, |(step, _)| step)
    }
}
