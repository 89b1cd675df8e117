//! Measuring: how high each judge ranks what a commit modified, at the commit's parent.

use std::path::Path;
use std::time::Instant;

use git2::Repository;

use super::contender::{Contender, KINDS, Ranking};
use super::samples::read_samples;
use super::step::{Say, Step, tell};
use super::trial::{Listed, Miss, Reliability, SPENT_DEPTHS, THRESHOLDS, Trial, threshold};
use super::{EvalError, MineOptions, Moment, Replay, Sample, mine};
use crate::domain::FileId;
use crate::index::Index;
use crate::text::sanitize::sanitize;

/// Gold below this depth is told of as missed.
const MISSED_BELOW: usize = 50;

/// The same where there are so few files that nearly all come that high.
const MISSED_BELOW_IN_SMALL_TREES: usize = 10;

/// So few files.
const SMALL_TREE: usize = 300;

/// The best files of which probabilities are compared with the truth apart from all others.
const BEST: usize = 50;

/// Missed files told of per request.
const MOST_MISSED: usize = 5;

/// Moments whose index is checked for what it must not know.
const AUDITED: usize = 5;

/// Tokens of a line of code, on average over the training repositories' languages.
const LINE_TOKENS: u64 = 10;

/// Which requests are measured.
#[derive(Debug, Clone)]
pub struct MeasureOptions {
    /// What to mine.
    pub mine: MineOptions,
    /// Score these samples in place of mined ones.
    pub samples: Option<std::path::PathBuf>,
    /// Ask with the first line of each message only.
    pub subject: bool,
}

/// One judge on one repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Who.
    pub judge: String,
    /// Request by request, oldest first.
    pub trials: Vec<Trial>,
    /// How well its probabilities fit, over all files; empty where it gives none.
    pub reliability: Reliability,
    /// The same over the fifty best files of each request.
    pub reliability_top: Reliability,
}

/// All judges on one repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The requests, oldest first.
    pub samples: Vec<Sample>,
    /// Files of the tree at the newest one.
    pub files: usize,
    /// Judge by judge.
    pub runs: Vec<Run>,
    /// Moments whose index was checked against git for anything of the commit or later.
    pub audited: usize,
    /// What could not be scored, for people.
    pub problems: Vec<String>,
}

/// Measures contenders on a repository's own commits; `say` is told how many samples are done, of how many, and who is
/// at the next one.
///
/// # Errors
/// A repository that cannot be read, without a commit that reads like a request, or whose replay knew what it must not;
/// [`EvalError::Stopped`] where `say` broke off.
pub fn measure(
    root: &Path,
    contenders: &[Box<dyn Contender>],
    options: &MeasureOptions,
    say: &mut Say<'_>,
) -> Result<Report, EvalError> {
    let repo = Repository::discover(root)?;
    let (mut samples, mut problems) = match &options.samples {
        Some(path) => {
            let given = read_samples(&repo, path)?;
            (given.samples, given.problems)
        }
        None => (mine(&repo, &options.mine)?, Vec::new()),
    };
    if samples.is_empty() {
        return Err(EvalError::Nothing(format!("{}: no commit reads like a request", root.display())));
    }
    samples.sort_by_key(|sample| (sample.time, sample.commit));
    let mut replay = Replay::open(&repo, options.mine.look_at)?;
    let mut runs: Vec<Run> = contenders.iter().map(|contender| Run::new(contender.name())).collect();
    let (mut files, mut audited, mut scored) = (0, 0, Vec::new());
    let audit_each = samples.len().div_ceil(AUDITED);
    let of = samples.len();
    for (done, sample) in samples.iter().enumerate() {
        // A partial clone lacks some trees: such samples are told of and passed over.
        match replay.go(sample) {
            Ok(moment) => {
                if done % audit_each == 0 {
                    moment.audit()?;
                    audited += 1;
                }
                files = moment.index.len();
                let request = if options.subject { subject(&sample.query) } else { &sample.query };
                for (run, contender) in runs.iter_mut().zip(contenders) {
                    tell(say, Step { done, of, judge: &run.judge })?;
                    run.add(scored.len(), request, sample, contender.as_ref(), &moment);
                }
                scored.push(sample.clone());
            }
            Err(EvalError::Git(error)) => problems.push(format!("{}: {}", sample.commit, error.message())),
            Err(error) => return Err(error),
        }
        tell(say, Step { done: done + 1, of, judge: "" })?;
    }
    Ok(Report { samples: scored, files, runs, audited, problems })
}

fn subject(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

impl Run {
    fn new(judge: String) -> Self {
        Self {
            judge,
            trials: Vec::new(),
            reliability: Reliability::default(),
            reliability_top: Reliability::default(),
        }
    }

    fn add(
        &mut self,
        number: usize,
        request: &str,
        sample: &Sample,
        contender: &dyn Contender,
        moment: &Moment<'_>,
    ) {
        let started = Instant::now();
        let ranking = contender.rank(request, moment);
        let elapsed = started.elapsed();
        let standing = Standing::new(&ranking.scores);
        let mut ranks: Vec<Option<usize>> = moment.gold.iter().map(|gold| standing.rank(*gold)).collect();
        ranks.resize(ranks.len() + moment.unseen, None);
        let mut trial = Trial {
            sample: number,
            ranks,
            spent: spent(&standing, moment),
            elapsed,
            usage: ranking.usage,
            missed_below: missed_below(moment.index),
            ..Trial::default()
        };
        if let Some(yes_at) = ranking.yes_at {
            trial.listed = Some(standing.listed(yes_at, &moment.gold));
            trial.at_threshold =
                (0..THRESHOLDS).map(|at| standing.listed(threshold(at), &moment.gold)).collect();
            for (place, (file, score)) in standing.sorted.iter().enumerate() {
                let gold = moment.gold.contains(file);
                self.reliability.add(*score, gold);
                if place < BEST {
                    self.reliability_top.add(*score, gold);
                }
            }
        }
        trial.missed = missed(&ranking, &standing, sample, moment);
        self.trials.push(trial);
    }
}

/// Files by score, best first.
struct Standing {
    sorted: Vec<(FileId, f32)>,
}

impl Standing {
    fn new(scores: &[(FileId, f32)]) -> Self {
        let mut sorted = scores.to_vec();
        sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Self { sorted }
    }

    /// A file's 0-based rank; files of equal score share the middle of their ranks, files without a score have none.
    fn rank(&self, file: FileId) -> Option<usize> {
        let own = self.sorted.iter().find(|(other, _)| *other == file).map(|(_, score)| *score)?;
        if own <= 0.0 {
            return None;
        }
        let above = self.sorted.partition_point(|(_, score)| *score > own);
        let equal = self.sorted.partition_point(|(_, score)| *score >= own) - above;
        Some(above + (equal - 1) / 2)
    }

    fn listed(&self, yes_at: f32, gold: &[FileId]) -> Listed {
        let files = self.sorted.partition_point(|(_, score)| *score >= yes_at);
        let found = self.sorted[..files].iter().filter(|(file, _)| gold.contains(file)).count();
        Listed { files: files as u32, gold: found as u32 }
    }
}

fn spent(standing: &Standing, moment: &Moment<'_>) -> Vec<(u32, u64)> {
    let tokens = |file: &FileId| moment.index.doc(*file).map_or(0, |doc| u64::from(doc.lines) * LINE_TOKENS);
    let (mut found, mut sum, mut at) = (0, 0, 0);
    SPENT_DEPTHS
        .iter()
        .map(|depth| {
            for (file, _) in standing.sorted.iter().take(*depth).skip(at) {
                found += u32::from(moment.gold.contains(file));
                sum += tokens(file);
            }
            at = *depth;
            (found, sum)
        })
        .collect()
}

fn missed(ranking: &Ranking, standing: &Standing, sample: &Sample, moment: &Moment<'_>) -> Vec<Miss> {
    let depth = missed_below(moment.index);
    let low = |file: &&FileId| standing.rank(**file).is_none_or(|rank| rank >= depth);
    let Some(session) = &ranking.session else { return Vec::new() };
    let ranked = moment.gold.iter().filter(low).map(|file| {
        let detail = session.explain(moment.index, *file);
        Miss {
            path: shown(moment.index, *file),
            rank: standing.rank(*file),
            had: detail
                .evidence
                .iter()
                .filter(|it| it.weight > 0.0)
                .take(3)
                .map(|it| it.text.clone())
                .collect(),
            lacked: KINDS
                .into_iter()
                .filter(|kind| detail.shares.get(*kind) <= 0.0)
                .map(crate::domain::Signal::name)
                .collect(),
        }
    });
    let unseen =
        sample.gold.iter().filter(|path| moment.unseen > 0 && !moment.holds(path)).map(|path| Miss {
            path: sanitize(&path.to_text()).into_owned(),
            rank: None,
            had: vec![
                "its text is not judged: binary, generated, vendored, too large, or not there".to_owned(),
            ],
            lacked: Vec::new(),
        });
    ranked.chain(unseen).take(MOST_MISSED).collect()
}

fn missed_below(index: &Index) -> usize {
    if index.len() < SMALL_TREE { MISSED_BELOW_IN_SMALL_TREES } else { MISSED_BELOW }
}

fn shown(index: &Index, file: FileId) -> String {
    index.doc(file).map_or_else(String::new, |doc| sanitize(&doc.path.to_text()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing() -> Standing {
        let scores: Vec<(FileId, f32)> = [0.9, 0.5, 0.5, 0.5, 0.0]
            .iter()
            .enumerate()
            .map(|(id, score)| (FileId(id as u32), *score))
            .collect();
        Standing::new(&scores)
    }

    #[test]
    fn equal_scores_share_the_middle_and_zero_is_unranked() {
        let standing = standing();
        assert_eq!(standing.rank(FileId(0)), Some(0));
        assert_eq!(standing.rank(FileId(1)), Some(2));
        assert_eq!(standing.rank(FileId(4)), None);
        assert_eq!(standing.rank(FileId(9)), None);
    }

    #[test]
    fn a_list_holds_what_reaches_the_threshold() {
        let gold = [FileId(0), FileId(4)];
        assert_eq!(standing().listed(0.5, &gold), Listed { files: 4, gold: 1 });
        assert_eq!(standing().listed(f32::INFINITY, &gold), Listed { files: 0, gold: 0 });
    }
}
