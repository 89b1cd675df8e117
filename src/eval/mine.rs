//! Mining: commits of a repository as requests with known answers.

use std::collections::{BTreeSet, HashMap};

use git2::{Oid, Repository, Revwalk, Sort};

use crate::domain::RelPath;
use crate::tree::{ChangeKind, touched};

use super::EvalError;
use super::chores::is_chore;
use super::message::clean_message;

/// A request mined from a commit, and the files that answered it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The commit.
    pub commit: Oid,
    /// Its parent: the tree that is searched.
    pub parent: Oid,
    /// Committer time, seconds since the epoch.
    pub time: i64,
    /// The author's address, lower case.
    pub author: String,
    /// The cleaned message.
    pub query: String,
    /// Files of the parent's tree that the commit modified.
    pub gold: Vec<RelPath>,
}

/// What to mine.
#[derive(Debug, Clone, Default)]
pub struct MineOptions {
    /// At most so many samples, spread evenly over what qualifies.
    pub commits: usize,
    /// Look at no more than so many commits from HEAD.
    pub look_at: usize,
    /// Leave out what this revision reaches.
    pub since: Option<String>,
}

impl Sample {
    /// Whether the request names one of its answers: its path, its file name, or the name without extension as a word.
    pub fn names_gold(&self) -> bool {
        let query = self.query.to_lowercase();
        let words: BTreeSet<&str> =
            query.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').collect();
        self.gold.iter().any(|path| {
            let path = path.to_text().to_lowercase();
            let name = path.rsplit('/').next().unwrap_or(&path);
            let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or(name);
            query.contains(name) || words.contains(stem)
        })
    }
}

/// Files that a commit may modify to count as an answer to one request.
const MOST_GOLD: usize = 20;
/// Samples with the very same answer.
const MOST_SAME_GOLD: usize = 3;
/// Words that a message needs to be a request.
const LEAST_WORDS: usize = 4;

/// How the names of files end that are not text anyone writes.
const OTHER: [&str; 22] = [
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".ico",
    ".svg",
    ".pdf",
    ".zip",
    ".gz",
    ".jar",
    ".woff",
    ".woff2",
    ".ttf",
    ".lock",
    ".snap",
    ".min.js",
    ".mp4",
    ".webp",
    ".bin",
    ".sum",
    "-lock.json",
    "-lock.yaml",
];

/// The commits that HEAD reaches, newest first.
///
/// # Errors
/// A repository that cannot be read.
pub fn newest_first(repo: &Repository) -> Result<Revwalk<'_>, EvalError> {
    let mut walk = repo.revwalk()?;
    walk.push_head()?;
    walk.set_sorting(Sort::TIME)?;
    Ok(walk)
}

/// Mines non-merge commits that read like requests, newest first. Commits whose objects a partial clone lacks are passed over.
///
/// # Errors
/// A repository that cannot be read.
pub fn mine(repo: &Repository, options: &MineOptions) -> Result<Vec<Sample>, EvalError> {
    let mut walk = newest_first(repo)?;
    if let Some(since) = &options.since {
        walk.hide(repo.revparse_single(since)?.peel_to_commit()?.id())?;
    }
    let mut samples = Vec::new();
    let mut same: HashMap<Vec<RelPath>, usize> = HashMap::new();
    for oid in walk.take(options.look_at) {
        let Ok(oid) = oid else { break };
        let Ok(Some(sample)) = sample(repo, oid) else { continue };
        let seen = same.entry(sample.gold.clone()).or_default();
        *seen += 1;
        if *seen <= MOST_SAME_GOLD {
            samples.push(sample);
        }
    }
    if samples.len() <= options.commits {
        return Ok(samples);
    }
    let step = samples.len() as f64 / options.commits as f64;
    let picked: BTreeSet<usize> = (0..options.commits).map(|at| (at as f64 * step) as usize).collect();
    Ok(samples
        .into_iter()
        .enumerate()
        .filter(|(at, _)| picked.contains(at))
        .map(|(_, sample)| sample)
        .collect())
}

/// Whether a repository has so many commits that read like requests, as far as it is looked at; stops at the last that is
/// needed.
///
/// # Errors
/// A repository that cannot be read.
pub fn has_at_least(repo: &Repository, commits: usize, look_at: usize) -> Result<bool, EvalError> {
    let reads = |oid: Result<Oid, git2::Error>| matches!(sample(repo, oid.ok()?), Ok(Some(_))).then_some(());
    Ok(newest_first(repo)?.take(look_at).filter_map(reads).take(commits).count() == commits)
}

fn sample(repo: &Repository, oid: Oid) -> Result<Option<Sample>, EvalError> {
    let commit = repo.find_commit(oid)?;
    if commit.parent_count() != 1 {
        return Ok(None);
    }
    let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
    let author = String::from_utf8_lossy(commit.author().email_bytes()).to_lowercase();
    if is_chore(&message, &author) {
        return Ok(None);
    }
    let query = clean_message(&message);
    if query.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() < LEAST_WORDS {
        return Ok(None);
    }
    let changes = touched(repo, &commit)?;
    let gold: Vec<RelPath> = changes
        .iter()
        .filter(|(path, kind)| *kind == ChangeKind::Modified && is_text(path))
        .map(|(path, _)| path.clone())
        .collect();
    if gold.is_empty() || gold.len() > MOST_GOLD || changes.len() > 3 * MOST_GOLD {
        return Ok(None);
    }
    Ok(Some(Sample {
        commit: oid,
        parent: commit.parent_id(0)?,
        time: commit.time().seconds(),
        author,
        query,
        gold,
    }))
}

/// Files whose names tell that they are not text anyone writes.
fn is_text(path: &RelPath) -> bool {
    let text = path.to_text().to_lowercase();
    !OTHER.iter().any(|end| text.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_names_its_answer_is_told_from_one_that_does_not() {
        let sample = |query: &str| Sample {
            commit: Oid::ZERO_SHA1,
            parent: Oid::ZERO_SHA1,
            time: 0,
            author: String::new(),
            query: query.to_owned(),
            gold: vec![RelPath::from("src/net/budget.rs")],
        };
        assert!(sample("Let Budget refuse a second call").names_gold());
        assert!(sample("Fix net/budget.rs on Windows").names_gold());
        assert!(!sample("Refuse a second call once the money is spent").names_gold());
        assert!(!sample("Check budgets of all pools").names_gold());
    }
}
