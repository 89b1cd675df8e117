//! Replay: the index as it was at a commit's parent, with history strictly before the commit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use git2::{ObjectType, Oid, Repository, Sort, TreeWalkMode, TreeWalkResult};
use rayon::prelude::*;

use super::EvalError;
use super::mine::Sample;
use crate::domain::{Commit, CommitId, FileId, RelPath, RootId};
use crate::index::{Extract, Index, extract};
use crate::query::branch_words;
use crate::tree::{EntryKind, classify, classify_content, touched};

/// Files larger than this are not judged, here as in a working tree.
const MOST_BYTES: usize = 1 << 20;

/// Seconds in a day.
const DAY: i64 = 86_400;

/// A repository that can be seen as it was before each of several commits.
pub struct Replay<'r> {
    repo: &'r Repository,
    commits: HashMap<Oid, (Commit, Vec<Oid>)>,
    documents: HashMap<Oid, Option<Arc<Extract>>>,
    ids: HashMap<RelPath, FileId>,
    tree: HashMap<RelPath, Oid>,
    loaded: HashSet<Oid>,
    branches: HashMap<Oid, Arc<str>>,
    history_limit: usize,
    index: Index,
}

/// The index as it was just before a commit.
pub struct Moment<'m> {
    /// What was known then.
    pub index: &'m Index,
    /// The gold files that the index held then.
    pub gold: Vec<FileId>,
    /// Gold files that it did not hold (binary, generated, too large).
    pub unseen: usize,
    /// The task: the words of the branch that the commit was later merged from, where a merge names it.
    pub task: Option<Arc<str>>,
}

impl<'r> Replay<'r> {
    /// Reads a repository's commits once.
    ///
    /// # Errors
    /// A repository that cannot be read.
    pub fn open(repo: &'r Repository, history_limit: usize) -> Result<Self, EvalError> {
        let mut walk = repo.revwalk()?;
        walk.push_head()?;
        walk.set_sorting(Sort::TIME)?;
        let mut commits = HashMap::new();
        for oid in walk.take(2 * history_limit) {
            let Ok(oid) = oid else { break };
            let Ok(commit) = repo.find_commit(oid) else { continue };
            let parents = commit.parent_ids().collect();
            commits.insert(oid, (describe(repo, &commit), parents));
        }
        let branches = branches(&commits, repo.head()?.peel_to_commit()?.id());
        Ok(Self {
            repo,
            commits,
            documents: HashMap::new(),
            ids: HashMap::new(),
            tree: HashMap::new(),
            loaded: HashSet::new(),
            branches,
            history_limit,
            index: Index::new(),
        })
    }

    /// Goes to the moment before a sample's commit. Cheapest when samples come oldest first.
    ///
    /// # Errors
    /// A tree or blob that cannot be read.
    pub fn go(&mut self, sample: &Sample) -> Result<Moment<'_>, EvalError> {
        self.check_out(sample.parent)?;
        self.load_history(sample.parent);
        self.index.set_now(sample.time);
        let gold: Vec<FileId> = sample.gold.iter().filter_map(|path| self.file(path)).collect();
        let unseen = sample.gold.len() - gold.len();
        let task = self.branches.get(&sample.commit).cloned();
        Ok(Moment { index: &self.index, gold, unseen, task })
    }

    /// A sample as it stood while its author was still at the commit before: the tree and history before that commit, and
    /// the files that it was to touch, which were then saved and not committed. `None` where the author made no commit
    /// within a day before.
    pub fn earlier(&self, sample: &Sample) -> Option<(Sample, Vec<RelPath>)> {
        let mut open = vec![sample.parent];
        let mut seen = HashSet::from([sample.parent]);
        while let Some(oid) = open.pop() {
            let (commit, parents) = self.commits.get(&oid)?;
            if *commit.author == *sample.author && parents.len() == 1 && !commit.files.is_empty() {
                let earlier = Sample { parent: parents[0], ..sample.clone() };
                return Some((earlier, commit.files.to_vec()));
            }
            let young =
                |next: &&Oid| self.commits.get(*next).is_some_and(|(it, _)| sample.time - it.time < DAY);
            open.extend(parents.iter().filter(young).filter(|next| seen.insert(**next)));
        }
        None
    }

    /// The file that has a path at this moment.
    pub fn file(&self, path: &RelPath) -> Option<FileId> {
        self.ids.get(path).copied().filter(|file| self.index.contains(*file))
    }

    fn check_out(&mut self, commit: Oid) -> Result<(), EvalError> {
        let mut tree: HashMap<RelPath, Oid> = HashMap::new();
        self.repo.find_commit(commit)?.tree()?.walk(TreeWalkMode::PreOrder, |parent, entry| {
            if entry.kind() == Some(ObjectType::Blob) && entry.filemode() != 0o120_000 {
                let path = RelPath::from_bytes(&[parent.as_bytes(), entry.name_bytes()].concat());
                tree.insert(path, entry.id());
            }
            TreeWalkResult::Ok
        })?;
        let mut changed: Vec<(RelPath, Oid)> = tree
            .iter()
            .filter(|(path, oid)| self.tree.get(*path) != Some(*oid))
            .map(|(path, oid)| (path.clone(), *oid))
            .collect();
        changed.sort();
        for path in self.tree.keys().filter(|path| !tree.contains_key(*path)) {
            self.index.remove(self.ids[path]);
        }
        self.read_documents(&changed);
        for (path, oid) in &changed {
            let next = FileId(self.ids.len() as u32);
            let file = *self.ids.entry(path.clone()).or_insert(next);
            match &self.documents[oid] {
                Some(document) => self.index.insert(file, RootId(0), path, document),
                None => self.index.remove(file),
            }
        }
        self.tree = tree;
        Ok(())
    }

    fn read_documents(&mut self, changed: &[(RelPath, Oid)]) {
        let mut wanted: Vec<(RelPath, Oid, Vec<u8>)> = Vec::new();
        let mut asked = HashSet::new();
        for (path, oid) in changed {
            if self.documents.contains_key(oid) || !asked.insert(*oid) {
                continue;
            }
            // A partial clone lacks its largest files; they would be skipped for their size.
            let bytes = match self.repo.find_blob(*oid) {
                Ok(blob) if blob.size() <= MOST_BYTES => blob.content().to_vec(),
                Ok(_) | Err(_) => Vec::new(),
            };
            wanted.push((path.clone(), *oid, bytes));
        }
        let read: Vec<(Oid, Option<Arc<Extract>>)> = wanted
            .into_par_iter()
            .map(|(path, oid, bytes)| {
                let skip = classify(&path, EntryKind::File, bytes.len() as u64)
                    .or_else(|| classify_content(&path, &bytes));
                let document =
                    skip.is_none().then(|| Arc::new(extract(&path, &String::from_utf8_lossy(&bytes))));
                (oid, document)
            })
            .collect();
        self.documents.extend(read);
    }

    /// Loads exactly the commits that the parent can reach, itself included: nothing of the sample's commit or later.
    fn load_history(&mut self, parent: Oid) {
        let mut reached = HashSet::from([parent]);
        let mut open = vec![parent];
        while let Some(oid) = open.pop() {
            for next in self.commits.get(&oid).map_or(&[][..], |(_, parents)| parents) {
                if reached.insert(*next) {
                    open.push(*next);
                }
            }
        }
        let mut wanted: Vec<(i64, Oid)> = reached
            .iter()
            .filter_map(|oid| {
                self.commits.get(oid).filter(|(_, parents)| parents.len() < 2).map(|(it, _)| (it.time, *oid))
            })
            .collect();
        wanted.sort_unstable_by(|a, b| b.cmp(a));
        wanted.truncate(self.history_limit);
        if self.loaded.iter().any(|oid| !reached.contains(oid)) {
            self.index.clear_history(RootId(0));
            self.loaded.clear();
        }
        let fresh: Vec<Oid> =
            wanted.into_iter().map(|(_, oid)| oid).filter(|oid| !self.loaded.contains(oid)).collect();
        let commits: Vec<Commit> = fresh.iter().map(|oid| self.commits[oid].0.clone()).collect();
        self.index.extend_history(RootId(0), &commits);
        self.loaded.extend(fresh);
    }
}

/// Commits followed from a merge into its branch.
const MOST_BRANCHED: usize = 40;

/// The words of the branch that each commit was merged from, as the merge's message tells.
fn branches(commits: &HashMap<Oid, (Commit, Vec<Oid>)>, head: Oid) -> HashMap<Oid, Arc<str>> {
    let first = |oid: &Oid| commits.get(oid).and_then(|(_, parents)| parents.first().copied());
    let trunk: HashSet<Oid> = std::iter::successors(Some(head), first).collect();
    let mut found = HashMap::new();
    for (commit, parents) in commits.values() {
        let [_, side] = parents[..] else { continue };
        let Some(words) = merged_branch(&commit.message).and_then(|branch| branch_words(&branch)) else {
            continue;
        };
        let words: Arc<str> = Arc::from(words);
        for oid in std::iter::successors(Some(side), first).take(MOST_BRANCHED) {
            if trunk.contains(&oid) || found.insert(oid, Arc::clone(&words)).is_some() {
                break;
            }
        }
    }
    found
}

/// The branch that a merge's message names, without its owner.
fn merged_branch(message: &str) -> Option<String> {
    let subject = message.lines().next()?;
    if let Some(rest) = subject.strip_prefix("Merge pull request ") {
        let from = rest.split_once(" from ")?.1.trim();
        return Some(from.split_once('/').map_or(from, |(_, branch)| branch).to_owned());
    }
    let rest = subject.strip_prefix("Merge branch ")?.trim_start_matches(['\'', '"']);
    Some(rest.split(['\'', '"']).next()?.to_owned())
}

fn describe(repo: &Repository, commit: &git2::Commit<'_>) -> Commit {
    // A partial or shallow clone lacks trees; its messages still count.
    let changes =
        if commit.parent_count() > 1 { Vec::new() } else { touched(repo, commit).unwrap_or_default() };
    let mut id = [0; 20];
    id.copy_from_slice(commit.id().as_bytes());
    Commit {
        id: CommitId(id),
        time: commit.time().seconds(),
        author: Arc::from(String::from_utf8_lossy(commit.author().email_bytes()).to_lowercase()),
        message: Arc::from(String::from_utf8_lossy(commit.message_bytes())),
        files: changes.into_iter().map(|(path, _)| path).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::merged_branch;

    #[test]
    fn merges_tell_the_branch_they_came_from() {
        let told = |message: &str| merged_branch(message);
        assert_eq!(
            told("Merge pull request #12 from someone/fix-dialog-focus\n\nText"),
            Some("fix-dialog-focus".into())
        );
        assert_eq!(told("Merge branch 'retry/budget' into main"), Some("retry/budget".into()));
        assert_eq!(told("Fix the dialog"), None);
    }
}
