//! Fates: what became of edits, for statistics: hunks proposed and accepted, characters that they added, and how many of these
//! the next commit of the files still has.

use std::path::{Path, PathBuf};

use git2::{Oid, Repository, Sort, Tree};

use crate::edit::{Change, LineEnd, Roots, Text, hunks};

/// Characters of the lines that a change adds.
pub fn added(change: &Change) -> u64 {
    let (Some(before), Some(after)) = (text(change.before.as_deref()), text(change.after.as_deref())) else {
        return 0;
    };
    hunks(&before, &after).iter().flat_map(|hunk| &hunk.new).map(|line| characters(&line.text)).sum()
}

/// How many of these characters another version of the file still has.
pub fn standing(change: &Change, now: Option<&[u8]>) -> u64 {
    let sides = (text(change.before.as_deref()), text(change.after.as_deref()), text(now));
    let (Some(before), Some(after), Some(now)) = sides else { return 0 };
    if now.lines.is_empty() {
        return 0;
    }
    let mut mine = vec![false; after.lines.len()];
    let mut shift = 0_isize;
    for hunk in hunks(&before, &after) {
        let start = (hunk.old_start as isize + shift) as usize;
        mine[start..start + hunk.new.len()].fill(true);
        shift += hunk.growth();
    }
    for hunk in hunks(&after, &now) {
        mine[hunk.range()].fill(false);
    }
    let kept = after.lines.iter().zip(mine).filter(|(_, mine)| *mine);
    kept.map(|(line, _)| characters(&line.text)).sum()
}

fn characters(line: &str) -> u64 {
    line.trim().chars().count() as u64
}

/// The text with line ends that do not matter here: git may keep others than the disk.
fn text(bytes: Option<&[u8]>) -> Option<Text> {
    let mut text = Text::read(bytes.unwrap_or_default()).ok()?;
    for line in &mut text.lines {
        line.end = LineEnd::Lf;
    }
    Some(text)
}

/// The last commit of the repository that holds a file; `None` where there is none.
pub fn head(roots: &Roots, path: &str) -> Option<String> {
    let place = roots.place(path).ok()?;
    let folder = place.ancestors().skip(1).find(|folder| folder.is_dir())?;
    let repo = Repository::discover(folder).ok()?;
    Some(repo.head().ok()?.peel_to_commit().ok()?.id().to_string())
}

/// Commits looked through for the next one.
const MOST_COMMITS: usize = 5_000;

/// A commit that came after a write.
pub struct Next {
    repo: Repository,
    tree: Oid,
    work: PathBuf,
}

impl Next {
    /// The first commit after a write at this moment (milliseconds since the epoch) that changes any of the files; `since` is
    /// the last commit before it. One that was made before the write is none, however it came to be checked out.
    pub fn find(roots: &Roots, paths: &[String], since: Option<&str>, at_ms: i64) -> Option<Self> {
        let place = roots.place(paths.first()?).ok()?;
        let folder = place.ancestors().skip(1).find(|folder| folder.is_dir())?;
        let repo = Repository::discover(folder).ok()?;
        let work = repo.workdir()?.canonicalize().ok()?;
        let head = repo.head().ok()?.peel_to_commit().ok()?.id();
        if since.is_some_and(|since| since == head.to_string()) {
            return None;
        }
        let below: Vec<PathBuf> = paths.iter().filter_map(|path| below(roots, &work, path)).collect();
        let mut walk = repo.revwalk().ok()?;
        walk.set_sorting(Sort::TOPOLOGICAL).ok()?;
        walk.push(head).ok()?;
        if let Some(since) = since.and_then(|since| Oid::from_str(since).ok()) {
            // Gone by now is as good.
            let _ = walk.hide(since);
        }
        let after = walk.flatten().take(MOST_COMMITS).filter_map(|id| {
            let commit = repo.find_commit(id).ok()?;
            // What is merged was committed elsewhere. Git counts in seconds.
            if commit.parent_count() > 1 || commit.time().seconds() < at_ms.div_euclid(1_000) {
                return None;
            }
            let tree = commit.tree().ok()?;
            let before = commit.parent(0).ok().and_then(|parent| parent.tree().ok());
            let entry = |tree: &Tree<'_>, path: &PathBuf| tree.get_path(path).ok().map(|entry| entry.id());
            let changes =
                |path: &PathBuf| entry(&tree, path) != before.as_ref().and_then(|before| entry(before, path));
            below.iter().any(changes).then(|| tree.id())
        });
        // They come newest first.
        let tree = after.last()?;
        Some(Self { repo, tree, work })
    }

    /// What it has of a file; `None` where it has not the file.
    pub fn content(&self, roots: &Roots, path: &str) -> Option<Vec<u8>> {
        let below = below(roots, &self.work, path)?;
        let entry = self.repo.find_tree(self.tree).ok()?.get_path(&below).ok()?;
        Some(self.repo.find_blob(entry.id()).ok()?.content().to_vec())
    }
}

fn below(roots: &Roots, work: &Path, path: &str) -> Option<PathBuf> {
    Some(roots.place(path).ok()?.strip_prefix(work).ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(before: &str, after: &str) -> Change {
        let bytes = |text: &str| Some(text.as_bytes().to_vec());
        Change { path: "a".into(), moved_to: None, before: bytes(before), after: bytes(after), mode: None }
    }

    #[test]
    fn what_an_edit_added_is_counted_and_what_of_it_still_stands() {
        let change = change("one\ntwo\n", "one\n  drei\nvier\ntwo\n");
        assert_eq!(added(&change), 8);
        assert_eq!(standing(&change, Some(b"zero\r\none\r\n  drei\r\nfive\r\ntwo\r\n")), 4);
        assert_eq!(standing(&change, change.after.as_deref()), 8);
        assert_eq!(standing(&change, None), 0);
    }
}
