//! Rows: what trees learn from, sampled per request: all gold files, the leaders of each kind of evidence, and some others.

use std::path::Path;

use git2::Repository;

use super::random::Random;
use crate::domain::FileId;
use crate::eval::{EvalError, MineOptions, Moment, Replay, Sample, mine};
use crate::query::judges::embedded::Reading;
use crate::query::judges::embedded::features::Features;
use crate::query::rank::{Activity, DirTree, RankFeatures, recency};

/// Rows of many requests.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Features by row.
    pub features: Vec<Features>,
    /// Whether the row's file is an answer.
    pub gold: Vec<bool>,
    /// How many files of the tree the row stands for.
    pub weight: Vec<f32>,
    /// Ranking signals by row, the task left out.
    pub ranking: Vec<RankFeatures>,
    /// Features by row of the task as a request: the words of the branch that the commit was made on.
    pub task: Vec<Option<Box<Features>>>,
    /// The requests.
    pub groups: Vec<Group>,
}

/// The rows of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// First row.
    pub start: usize,
    /// One past the last row.
    pub end: usize,
    /// The repository's number.
    pub repository: usize,
}

/// How to sample.
#[derive(Debug, Clone, Copy)]
pub struct RowOptions {
    /// Commits of each repository.
    pub commits: usize,
    /// Commits of history known at each moment.
    pub history: usize,
    /// Leaders of each kind of evidence.
    pub leaders: usize,
    /// Other files.
    pub others: usize,
}

impl Default for RowOptions {
    fn default() -> Self {
        Self { commits: 150, history: 8_000, leaders: 28, others: 40 }
    }
}

impl Rows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// Adds the rows of another repository.
    pub fn append(&mut self, mut other: Self, repository: usize) {
        let shift = self.len();
        self.groups.extend(other.groups.iter().map(|group| Group {
            start: group.start + shift,
            end: group.end + shift,
            repository,
        }));
        self.features.append(&mut other.features);
        self.gold.append(&mut other.gold);
        self.weight.append(&mut other.weight);
        self.ranking.append(&mut other.ranking);
        self.task.append(&mut other.task);
    }
}

/// Mines a repository and samples its rows; returns them with the samples used, newest first.
///
/// # Errors
/// A repository that cannot be read.
pub fn collect(root: &Path, options: RowOptions) -> Result<(Rows, Vec<Sample>), EvalError> {
    let repo = Repository::open(root)?;
    let mut samples = mine(&repo, MineOptions { commits: options.commits, look_at: options.history })?;
    samples.sort_by_key(|sample| sample.time);
    let mut replay = Replay::open(&repo, options.history)?;
    let mut rows = Rows::default();
    let mut random = Random(samples.len() as u64 + 1);
    for sample in &samples {
        // A partial clone lacks some trees: such samples are passed over.
        if let Err(error) = sample_rows(&mut replay, sample, options, &mut random, &mut rows)
            && !matches!(error, EvalError::Git(_))
        {
            return Err(error);
        }
    }
    samples.reverse();
    Ok((rows, samples))
}

fn sample_rows(
    replay: &mut Replay<'_>,
    sample: &Sample,
    options: RowOptions,
    random: &mut Random,
    rows: &mut Rows,
) -> Result<(), EvalError> {
    let moment = replay.go(sample)?;
    if moment.gold.is_empty() {
        return Ok(());
    }
    let reading = Reading::open(&sample.query, moment.index, &|| false);
    let mut files = reading.leaders(options.leaders);
    files.extend(&moment.gold);
    files.sort_unstable();
    files.dedup();
    let known = files.len();
    let slots = moment.index.slots();
    for _ in 0..options.others {
        let file = FileId(random.below(slots) as u32);
        if moment.index.contains(file)
            && files[..known].binary_search(&file).is_err()
            && !files[known..].contains(&file)
        {
            files.push(file);
        }
    }
    let others = (files.len() - known).max(1);
    let each_other = moment.index.len().saturating_sub(known) as f32 / others as f32;
    let start = rows.len();
    let task = moment.task.as_deref().map(|text| Reading::open(text, moment.index, &|| false));
    let signals = signals(&moment, &files);
    for (at, file) in files.iter().enumerate() {
        let Some(features) = reading.features(moment.index, *file) else { continue };
        rows.features.push(features);
        rows.gold.push(moment.gold.contains(file));
        rows.weight.push(if at < known { 1.0 } else { each_other.max(1.0) });
        rows.ranking.push(signals[at]);
        rows.task.push(task.as_ref().and_then(|task| task.features(moment.index, *file)).map(Box::new));
    }
    rows.groups.push(Group { start, end: rows.len(), repository: 0 });
    Ok(())
}

/// What ranking would have known, had the author just saved the files of their commit before.
fn signals(moment: &Moment<'_>, files: &[FileId]) -> Vec<RankFeatures> {
    let mut activity = Activity::default();
    activity.save(&moment.active);
    let mut dirs = DirTree::default();
    let mut dir_of = |file: FileId| moment.index.doc(file).map(|doc| dirs.add(doc.root, doc.path.parent()));
    let places: Vec<_> = files.iter().map(|file| dir_of(*file)).collect();
    let active: Vec<_> = activity
        .active()
        .into_iter()
        .filter_map(|(file, strength)| Some((file, dir_of(file)?, strength)))
        .collect();
    let closeness = dirs.closeness(active);
    let one = |(file, place): (&FileId, &Option<crate::query::rank::DirId>)| RankFeatures {
        neighbour: place.map_or(0.0, |place| closeness[place.index()].value),
        recent: recency(moment.index.last_touch(*file)),
        ..activity.features(*file)
    };
    files.iter().zip(&places).map(one).collect()
}
