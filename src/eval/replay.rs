//! Replay: the index as it was at a commit's parent, with history strictly before the commit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use git2::{ObjectType, Oid, Repository, Sort, TreeWalkMode, TreeWalkResult};
use rayon::prelude::*;

use super::EvalError;
use super::mine::{Sample, newest_first};
use crate::domain::{Commit, CommitId, FileId, RelPath, RootId};
use crate::index::{Extract, Index, extract};
use crate::query::branch_words;
use crate::tree::{Changes, EntryKind, changes, classify, classify_content};

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
    /// The commit before: nothing that it cannot reach may be known.
    pub(super) parent: Oid,
    replay: &'m Replay<'m>,
    /// The task: the words of the branch that the commit was later merged from, where a merge names it.
    pub task: Option<Arc<str>>,
}

impl<'r> Replay<'r> {
    /// Reads a repository's commits once.
    ///
    /// # Errors
    /// A repository that cannot be read.
    pub fn open(repo: &'r Repository, history_limit: usize) -> Result<Self, EvalError> {
        let mut commits = HashMap::new();
        for oid in newest_first(repo)?.take(2 * history_limit) {
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
        self.read_commits(sample.parent)?;
        self.load_history(sample.parent);
        self.index.set_now(sample.time);
        self.index.set_asker(RootId(0), Some(Arc::from(&*sample.author)));
        let gold: Vec<FileId> = sample.gold.iter().filter_map(|path| self.file(path)).collect();
        let unseen = sample.gold.len() - gold.len();
        let task = self.branches.get(&sample.commit).cloned();
        Ok(Moment { index: &self.index, gold, unseen, task, parent: sample.parent, replay: self })
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
        let mut batch = Vec::with_capacity(changed.len());
        for (path, oid) in changed {
            let next = FileId(self.ids.len() as u32);
            let file = *self.ids.entry(path.clone()).or_insert(next);
            match &self.documents[&oid] {
                Some(document) => batch.push((file, RootId(0), path, Arc::clone(document))),
                None => self.index.remove(file),
            }
        }
        self.index.insert_all(batch);
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

    /// Reads the commits that a moment off the walked history needs.
    fn read_commits(&mut self, parent: Oid) -> Result<(), EvalError> {
        if self.commits.contains_key(&parent) {
            return Ok(());
        }
        let mut walk = self.repo.revwalk()?;
        walk.push(parent)?;
        walk.set_sorting(Sort::TIME)?;
        for oid in walk.take(self.history_limit) {
            let Ok(oid) = oid else { break };
            if self.commits.contains_key(&oid) {
                continue;
            }
            let Ok(commit) = self.repo.find_commit(oid) else { continue };
            let parents = commit.parent_ids().collect();
            self.commits.insert(oid, (describe(self.repo, &commit), parents));
        }
        Ok(())
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

impl Moment<'_> {
    /// Whether the index holds a file of this path.
    pub fn holds(&self, path: &RelPath) -> bool {
        self.replay.file(path).is_some()
    }

    /// A file's text as it was; `None` where it is not there.
    pub fn text(&self, file: FileId) -> Option<String> {
        let doc = self.index.doc(file)?;
        let blob = self.replay.repo.find_blob(*self.replay.tree.get(&doc.path)?).ok()?;
        Some(String::from_utf8_lossy(blob.content()).into_owned())
    }

    /// Checks against git that the index knows nothing of the commit or of anything later: every commit of its history
    /// is one that the parent reaches, and the gold files and others hold the parent's text.
    ///
    /// # Errors
    /// [`EvalError::Leak`] with what it knows.
    pub fn audit(&self) -> Result<(), EvalError> {
        self.audit_history()?;
        let files: Vec<FileId> = self.index.docs().map(|(file, _)| file).collect();
        let step = files.len().div_ceil(AUDITED_FILES).max(1);
        let some = files.iter().step_by(step).chain(&self.gold);
        some.copied().try_for_each(|file| self.audit_file(file))
    }

    fn audit_history(&self) -> Result<(), EvalError> {
        let repo = self.replay.repo;
        let mut walk = repo.revwalk()?;
        walk.push(self.parent)?;
        let mut reachable: HashMap<i64, usize> = HashMap::new();
        for oid in walk {
            // A partial or shallow clone ends somewhere; what lies beyond was not read either.
            let Ok(oid) = oid else { break };
            let Ok(commit) = repo.find_commit(oid) else { break };
            *reachable.entry(commit.time().seconds()).or_default() += 1;
        }
        for entry in self.index.history().commits() {
            match reachable.get_mut(&entry.time) {
                Some(left) if *left > 0 => *left -= 1,
                Some(_) | None => {
                    return Err(EvalError::Leak(format!(
                        "history at {} holds a commit of time {} that it cannot reach",
                        self.parent, entry.time
                    )));
                }
            }
        }
        Ok(())
    }

    fn audit_file(&self, file: FileId) -> Result<(), EvalError> {
        let Some(doc) = self.index.doc(file) else { return Ok(()) };
        let path = &doc.path;
        let repo = self.replay.repo;
        let entry = repo.find_commit(self.parent)?.tree()?.get_path(path.as_path());
        let Ok(entry) = entry else {
            return Err(EvalError::Leak(format!("{}: not in the tree of {}", path.to_text(), self.parent)));
        };
        let Ok(blob) = repo.find_blob(entry.id()) else { return Ok(()) };
        let then = extract(path, &String::from_utf8_lossy(blob.content()));
        let now = self.index.export(file).unwrap_or_default();
        let terms = |document: &Extract| {
            let mut terms: Vec<_> =
                document.terms.iter().map(|(term, hits)| (term.clone(), hits.counts)).collect();
            terms.sort_unstable();
            terms
        };
        if terms(&then) != terms(&now) {
            return Err(EvalError::Leak(format!(
                "{}: the index holds another text than the tree of {}",
                path.to_text(),
                self.parent
            )));
        }
        Ok(())
    }
}

/// Files whose text is compared at an audited moment, besides the gold.
const AUDITED_FILES: usize = 20;

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
    let top = RelPath::from("");
    let changes = if commit.parent_count() > 1 {
        Changes::default()
    } else {
        changes(repo, commit, &top).unwrap_or_default()
    };
    let mut id = [0; 20];
    id.copy_from_slice(commit.id().as_bytes());
    Commit {
        id: CommitId(id),
        time: commit.time().seconds(),
        author: Arc::from(String::from_utf8_lossy(commit.author().email_bytes()).to_lowercase()),
        message: Arc::from(String::from_utf8_lossy(commit.message_bytes())),
        files: changes.files.into(),
        moves: changes.moves.into(),
    }
}

#[cfg(test)]
mod tests;
