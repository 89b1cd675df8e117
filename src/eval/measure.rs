//! Measuring: how high each judge ranks what a commit modified, at the commit's parent.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use git2::Repository;
use rayon::prelude::*;

use super::{EvalError, MineOptions, Moment, Recall, Replay, Sample, Tally, mine};
use crate::domain::{FileId, Probability};
use crate::index::Index;
use crate::query::Judge;
use crate::query::judges::embedded::{Embedded, Reading, Signpost};

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Contender {
    /// The embedded judge.
    Embedded,
    /// One kind of its evidence alone.
    Baseline(Signpost),
}

impl Contender {
    /// Every contender, the baselines first.
    pub const ALL: [Self; 6] = [
        Self::Baseline(Signpost::Keyword),
        Self::Baseline(Signpost::Bm25),
        Self::Baseline(Signpost::Bm25f),
        Self::Baseline(Signpost::Path),
        Self::Baseline(Signpost::History),
        Self::Embedded,
    ];
}

impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Embedded => "embedded",
            Self::Baseline(Signpost::Keyword) => "keyword",
            Self::Baseline(Signpost::Bm25) => "bm25",
            Self::Baseline(Signpost::Bm25f) => "bm25f",
            Self::Baseline(Signpost::Path) => "path",
            Self::Baseline(Signpost::History) => "history",
        })
    }
}

impl FromStr for Contender {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|contender| contender.to_string() == name);
        known.ok_or_else(|| {
            let names: Vec<String> = Self::ALL.iter().map(ToString::to_string).collect();
            format!("no judge is called {name}; there are {}", names.join(", "))
        })
    }
}

/// One contender's metrics on one repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Who.
    pub contender: Contender,
    /// The mean over samples.
    pub recall: Recall,
    /// Samples measured.
    pub samples: usize,
    /// Files of the tree at the newest sample.
    pub files: usize,
}

/// Measures contenders on a repository's own commits; `say` is told how many samples are done, of how many.
///
/// # Errors
/// A repository that cannot be read, or without a commit that reads like a request.
pub fn measure(
    root: &Path,
    contenders: &[Contender],
    options: MineOptions,
    judge: &Embedded,
    say: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Measured>, EvalError> {
    let repo = Repository::discover(root)?;
    let mut samples = mine(&repo, options)?;
    if samples.is_empty() {
        return Err(EvalError::Nothing(format!("{}: no commit reads like a request", root.display())));
    }
    samples.sort_by_key(|sample| sample.time);
    let mut replay = Replay::open(&repo, options.look_at)?;
    let mut tallies = vec![Tally::default(); contenders.len()];
    let mut files = 0;
    for (done, sample) in samples.iter().enumerate() {
        let moment = replay.go(sample)?;
        files = moment.index.len();
        if !moment.gold.is_empty() {
            for (tally, contender) in tallies.iter_mut().zip(contenders) {
                tally.add(rank_gold(*contender, judge, sample, &moment));
            }
        }
        say(done + 1, samples.len());
    }
    let measured = contenders.iter().zip(tallies).map(|(contender, tally)| Measured {
        contender: *contender,
        recall: tally.mean(),
        samples: tally.samples,
        files,
    });
    Ok(measured.collect())
}

fn rank_gold(contender: Contender, judge: &Embedded, sample: &Sample, moment: &Moment<'_>) -> Recall {
    let scores = match contender {
        Contender::Embedded => embedded_scores(judge, &sample.query, moment.index),
        Contender::Baseline(signpost) => {
            Reading::open(&sample.query, moment.index, &|| false).scores(signpost, moment.index)
        }
    };
    let ranks: Vec<Option<usize>> = moment.gold.iter().map(|gold| rank(&scores, *gold)).collect();
    Recall::of(&ranks)
}

fn embedded_scores(judge: &Embedded, query: &str, index: &Index) -> Vec<(FileId, f32)> {
    let session = judge.open(query, index, &|| false);
    let files: Vec<FileId> = index.docs().map(|(file, _)| file).collect();
    let packs: Vec<&[FileId]> = files.chunks(512).collect();
    let answers = packs.par_iter().flat_map_iter(|pack| session.judge(index, pack)).collect::<Vec<_>>();
    let probability = |answer: &Result<crate::query::Answer, _>| {
        answer.as_ref().map_or(Probability::default(), |it| it.probability)
    };
    files.iter().zip(&answers).map(|(file, answer)| (*file, probability(answer).get())).collect()
}

/// A file's 0-based rank; files of equal score share the middle of their ranks, files without a score have none.
fn rank(scores: &[(FileId, f32)], file: FileId) -> Option<usize> {
    let own = scores
        .iter()
        .find(|(other, _)| *other == file)
        .map(|(_, score)| *score)
        .filter(|score| *score > 0.0)?;
    let above = scores.iter().filter(|(_, score)| *score > own).count();
    let equal = scores.iter().filter(|(_, score)| *score == own).count();
    Some(above + (equal - 1) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_share_the_middle_and_zero_is_unranked() {
        let scores: Vec<(FileId, f32)> = [0.9, 0.5, 0.5, 0.5, 0.0]
            .iter()
            .enumerate()
            .map(|(id, score)| (FileId(id as u32), *score))
            .collect();
        assert_eq!(rank(&scores, FileId(0)), Some(0));
        assert_eq!(rank(&scores, FileId(1)), Some(2));
        assert_eq!(rank(&scores, FileId(4)), None);
        assert_eq!(rank(&scores, FileId(9)), None);
    }

    #[test]
    fn judges_are_known_by_name() {
        for contender in Contender::ALL {
            assert_eq!(contender.to_string().parse(), Ok(contender));
        }
        assert!("embeded".parse::<Contender>().is_err());
    }
}
