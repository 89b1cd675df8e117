//! Touched files of a commit, by merging the sorted entries of its tree with those of its first parent's.
//!
//! Subtrees with equal ids are not opened, which is what makes 20,000 commits a matter of a second or two; libgit2's
//! own tree diff expands whole trees and takes thirty times as long.

use std::cmp::Ordering;

use git2::{Commit, ObjectType, Oid, Repository, Tree, TreeEntry};

use crate::domain::RelPath;

/// Directories deeper than this are not looked into; no real tree has them, and a crafted one must not use up the stack.
const MAX_DEPTH: usize = 256;

/// More files than this in one commit say nothing, and a crafted tree may hold any number.
const MAX_FILES: usize = 100_000;

/// What a commit did to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// Its content, kind or mode changed.
    Modified,
    /// It is not there any more.
    Deleted,
}

/// The files that differ between a commit and its first parent, by path from the top of the repository, in the order of
/// git's trees. A move is one deleted and one added file ([`changes`] pairs them); the first commit added all its files.
///
/// [`changes`]: super::changes
///
/// # Errors
/// When a tree cannot be read, as in a partial clone.
pub fn touched(repo: &Repository, commit: &Commit<'_>) -> Result<Vec<(RelPath, ChangeKind)>, git2::Error> {
    let mut files = Vec::new();
    touched_below(repo, commit, &[], &mut |path, kind, _| files.push((RelPath::from_bytes(path), kind)))?;
    Ok(files)
}

/// Like [`touched`], for the files below a directory, with paths relative to it, and the id of the content that is new,
/// or of what was deleted.
pub(super) fn touched_below(
    repo: &Repository,
    commit: &Commit<'_>,
    prefix: &[u8],
    found: &mut dyn FnMut(&[u8], ChangeKind, Oid),
) -> Result<(), git2::Error> {
    let new = subtree(repo, commit.tree_id(), prefix)?;
    let old = match commit.parent_count() {
        0 => None,
        _ => subtree(repo, commit.parent(0)?.tree_id(), prefix)?,
    };
    let mut join = Join { repo, path: Vec::new(), files: 0, found };
    join.trees(old, new, 0)
}

/// The id of a directory's tree below a commit's.
fn subtree(repo: &Repository, top: Oid, prefix: &[u8]) -> Result<Option<Oid>, git2::Error> {
    let mut at = top;
    for name in prefix.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
        match repo.find_tree(at)?.get_name_bytes(name) {
            Some(entry) if entry.kind() == Some(ObjectType::Tree) => at = entry.id(),
            Some(_) | None => return Ok(None),
        }
    }
    Ok(Some(at))
}

struct Join<'a> {
    repo: &'a Repository,
    path: Vec<u8>,
    files: usize,
    found: &'a mut dyn FnMut(&[u8], ChangeKind, Oid),
}

impl Join<'_> {
    fn trees(&mut self, old: Option<Oid>, new: Option<Oid>, depth: usize) -> Result<(), git2::Error> {
        if old == new || depth > MAX_DEPTH || self.files >= MAX_FILES {
            return Ok(());
        }
        let old = old.map(|id| self.repo.find_tree(id)).transpose()?;
        let new = new.map(|id| self.repo.find_tree(id)).transpose()?;
        let (mut before, mut after) = (entries(old.as_ref()), entries(new.as_ref()));
        let (mut was, mut is) = (before.next(), after.next());
        loop {
            let order = match (&was, &is) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(was), Some(is)) => compare(was, is),
            };
            let left = if order == Ordering::Greater { None } else { was.take() };
            let right = if order == Ordering::Less { None } else { is.take() };
            self.entry(left.as_ref(), right.as_ref(), depth)?;
            if left.is_some() {
                was = before.next();
            }
            if right.is_some() {
                is = after.next();
            }
        }
    }

    /// One name in either or both trees; both are directories or neither is.
    fn entry(
        &mut self,
        was: Option<&TreeEntry<'_>>,
        is: Option<&TreeEntry<'_>>,
        depth: usize,
    ) -> Result<(), git2::Error> {
        let Some(any) = is.or(was) else { return Ok(()) };
        let kind = match (was, is) {
            (Some(was), Some(is)) if was.id() == is.id() && was.filemode() == is.filemode() => return Ok(()),
            (Some(_), Some(_)) => ChangeKind::Modified,
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Deleted,
        };
        let length = self.path.len();
        if length > 0 {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(any.name_bytes());
        let result = if is_tree(any) {
            self.trees(was.map(TreeEntry::id), is.map(TreeEntry::id), depth + 1)
        } else {
            self.files += 1;
            (self.found)(&self.path, kind, any.id());
            Ok(())
        };
        self.path.truncate(length);
        result
    }
}

fn entries<'a>(tree: Option<&'a Tree<'_>>) -> impl Iterator<Item = TreeEntry<'a>> {
    tree.into_iter().flat_map(Tree::iter)
}

fn is_tree(entry: &TreeEntry<'_>) -> bool {
    entry.kind() == Some(ObjectType::Tree)
}

/// Git's order of tree entries: by bytes, a directory as if its name ended with a slash.
fn compare(a: &TreeEntry<'_>, b: &TreeEntry<'_>) -> Ordering {
    let key = |entry: &TreeEntry<'_>| is_tree(entry).then_some(b'/');
    a.name_bytes().iter().copied().chain(key(a)).cmp(b.name_bytes().iter().copied().chain(key(b)))
}
