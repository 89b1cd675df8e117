//! Samples given from outside: one JSON object a line, `{"sha","query","gold":[paths]}`.

use std::path::Path;

use git2::Repository;
use serde::Deserialize;

use super::{EvalError, Sample};
use crate::domain::RelPath;

#[derive(Deserialize)]
struct Line {
    sha: String,
    query: String,
    gold: Vec<String>,
}

/// Samples that can be scored, and what is wrong with the others.
#[derive(Debug, Default)]
pub struct Given {
    /// In the file's order.
    pub samples: Vec<Sample>,
    /// Line by line, for people.
    pub problems: Vec<String>,
}

/// Reads samples; each is scored at the first parent of its commit.
///
/// # Errors
/// A file that cannot be read.
pub fn read_samples(repo: &Repository, path: &Path) -> Result<Given, EvalError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| EvalError::File { path: path.into(), source })?;
    let mut given = Given::default();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match sample(repo, line) {
            Ok(sample) => given.samples.push(sample),
            Err(why) => given.problems.push(format!("{}:{}: {why}", path.display(), at + 1)),
        }
    }
    Ok(given)
}

fn sample(repo: &Repository, line: &str) -> Result<Sample, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
    if line.gold.is_empty() {
        return Err("`gold` names no file".to_owned());
    }
    let commit = repo
        .revparse_single(&line.sha)
        .and_then(|object| object.peel_to_commit())
        .map_err(|_| format!("there is no commit {}", line.sha))?;
    let parent = commit.parent_id(0).map_err(|_| format!("{} has no parent", line.sha))?;
    Ok(Sample {
        commit: commit.id(),
        parent,
        time: commit.time().seconds(),
        author: String::from_utf8_lossy(commit.author().email_bytes()).to_lowercase(),
        query: line.query,
        gold: line.gold.iter().map(|path| RelPath::from(path.as_str())).collect(),
    })
}
