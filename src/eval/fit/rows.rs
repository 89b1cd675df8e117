//! Rows: what trees learn from, sampled per request: all gold files, the leaders of each kind of evidence, and some others.

use std::path::Path;
use std::sync::Arc;

use git2::Repository;
use serde::{Deserialize, Serialize};

use super::random::Random;
use crate::domain::FileId;
use crate::eval::{EvalError, MineOptions, Moment, Replay, Sample, mine};
use crate::query::judges::embedded::features::Features;
use crate::query::judges::embedded::{LEADERS, Lexicon, Reading};

/// Rows of many requests.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Features by row.
    pub features: Vec<Features>,
    /// Whether the row's file is an answer.
    pub gold: Vec<bool>,
    /// How many files of the tree the row stands for.
    pub weight: Vec<f32>,
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
    /// How much of the message was asked.
    pub wording: Wording,
}

/// How much of a commit's message is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wording {
    /// All of it, several lines.
    Whole,
    /// The first of several lines.
    FirstLine,
    /// The one line that there is.
    OneLine,
}

/// How to sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowOptions {
    /// Commits of each repository.
    pub commits: usize,
    /// Commits from HEAD that the samples are taken from: far apart, they cost a new tree each.
    pub look_at: usize,
    /// Commits of history known at each moment.
    pub history: usize,
    /// Leaders of each kind of evidence.
    pub leaders: usize,
    /// Other files.
    pub others: usize,
}

impl Default for RowOptions {
    fn default() -> Self {
        Self { commits: 150, look_at: 2_500, history: 8_000, leaders: LEADERS, others: 60 }
    }
}

impl Rows {
    /// Commits that the requests were mined from.
    pub fn commits(&self) -> usize {
        self.groups.iter().filter(|group| group.wording != Wording::FirstLine).count()
    }

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
            ..*group
        }));
        self.features.append(&mut other.features);
        self.gold.append(&mut other.gold);
        self.weight.append(&mut other.weight);
    }
}

/// Mines a repository and samples its rows; returns them with the samples used, newest first.
///
/// # Errors
/// A repository that cannot be read.
pub fn collect(
    root: &Path,
    options: RowOptions,
    lexicon: &Arc<Lexicon>,
) -> Result<(Rows, Vec<Sample>), EvalError> {
    let repo = Repository::open(root)?;
    let mut samples =
        mine(&repo, &MineOptions { commits: options.commits, look_at: options.look_at, since: None })?;
    samples.sort_by_key(|sample| sample.time);
    let mut replay = Replay::open(&repo, options.history)?;
    let mut rows = Rows::default();
    let mut random = Random(samples.len() as u64 + 1);
    for sample in &samples {
        // A partial clone lacks some trees: such samples are passed over.
        if let Err(error) = sample_rows(&mut replay, sample, options, lexicon, &mut random, &mut rows)
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
    lexicon: &Arc<Lexicon>,
    random: &mut Random,
    rows: &mut Rows,
) -> Result<(), EvalError> {
    let moment = replay.go(sample)?;
    if moment.gold.is_empty() {
        return Ok(());
    }
    for (query, wording) in wordings(&sample.query) {
        let reading = Reading::open(query, moment.index, lexicon, &|| false);
        let drawn = Drawn::draw(&moment, &reading, options, random);
        let start = rows.len();
        for (file, weight) in drawn.files {
            let Some(features) = reading.features(moment.index, file) else { continue };
            rows.features.push(features);
            rows.gold.push(moment.gold.contains(&file));
            rows.weight.push(weight);
        }
        rows.groups.push(Group { start, end: rows.len(), repository: 0, wording });
    }
    Ok(())
}

/// What of a message is asked: all of it, and where it has several lines the first alone, as people type.
fn wordings(message: &str) -> Vec<(&str, Wording)> {
    match message.split_once('\n') {
        None => vec![(message, Wording::OneLine)],
        Some((first, _)) if first.split_whitespace().count() < LEAST_WORDS => vec![(message, Wording::Whole)],
        Some((first, _)) => vec![(message, Wording::Whole), (first, Wording::FirstLine)],
    }
}

/// A first line of fewer words is not asked alone.
const LEAST_WORDS: usize = 3;

/// Files drawn for one request, each with how many files of the tree it stands for.
pub struct Drawn {
    /// Gold files and leaders stand for themselves, the others for all that were not drawn.
    pub files: Vec<(FileId, f32)>,
}

impl Drawn {
    /// Draws the gold files, the leaders of each kind of evidence, and some others.
    pub fn draw(moment: &Moment<'_>, reading: &Reading, options: RowOptions, random: &mut Random) -> Self {
        let mut files = reading.leaders(options.leaders);
        files.extend(&moment.gold);
        files.sort_unstable();
        files.dedup();
        let known = files.len();
        for _ in 0..options.others {
            let file = FileId(random.below(moment.index.slots()) as u32);
            let drawn = files[..known].binary_search(&file).is_ok() || files[known..].contains(&file);
            if moment.index.contains(file) && !drawn {
                files.push(file);
            }
        }
        let others = (files.len() - known).max(1);
        let each = (moment.index.len().saturating_sub(known) as f32 / others as f32).max(1.0);
        let weigh = |(at, file)| (file, if at < known { 1.0 } else { each });
        Self { files: files.into_iter().enumerate().map(weigh).collect() }
    }
}
