//! Patches: what differs from HEAD, what is staged, and what the last commit did, as texts for people and models.
//!
//! Invariant: bounded, whatever the repository; what was left out is said, and what is no text is only named.

use std::cell::RefCell;
use std::fmt::Write;
use std::path::Path;

use git2::{Delta, Diff, DiffDelta, DiffFindOptions, DiffHunk, DiffLine, DiffOptions, Repository, Tree};

use super::state::below;
use super::{open, prefix_of};
use crate::domain::{GitText, RelPath};

/// Bytes of one file's patch; what is longer is a generated file or a move of code, and is cut.
const MOST_OF_A_FILE: usize = 64 * 1024;

/// Bytes of all patches together.
const MOST_OF_ALL: usize = 512 * 1024;

/// Files with a patch; further ones are only counted.
const MOST_FILES: usize = 400;

/// Files larger than this are compared as if they were binary.
const LARGEST_FILE: i64 = 2 * 1024 * 1024;

/// What one file's patch says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePatch {
    /// Its path below the root: the new one where it moved.
    pub path: RelPath,
    /// The path before, where it moved.
    pub old_path: Option<RelPath>,
    /// The patch, with paths below the root; what is not UTF-8 in it became U+FFFD.
    pub text: String,
}

/// What git has to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GitPatch {
    /// The commit's name, author's name, age in seconds since the epoch, and message; `None` for a diff.
    pub commit: Option<CommitText>,
    /// File by file, in the order of their paths.
    pub files: Vec<FilePatch>,
    /// Files beyond what is read.
    pub left_out: usize,
}

/// What a commit says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitText {
    /// Its short name.
    pub name: String,
    /// Who wrote it.
    pub author: String,
    /// When, seconds since the epoch.
    pub time: i64,
    /// Its message.
    pub message: String,
}

/// Reads a text of git for the files below a root.
///
/// # Errors
/// Why there is none, in words: no repository, no commit yet, a repository that cannot be read.
pub fn patch(root: &Path, what: GitText) -> Result<GitPatch, String> {
    let root = std::fs::canonicalize(root).map_err(|error| format!("the folder cannot be read: {error}"))?;
    let broken = |error: git2::Error| format!("git: {}", error.message());
    let repo = open(&root).map_err(broken)?.ok_or("this is no git repository")?;
    if repo.is_bare() {
        return Err("this repository has no work tree".into());
    }
    let prefix = prefix_of(&repo, &root).ok_or("the folder lies outside of the work tree")?;
    let mut options = options(&prefix);
    let mut patch = GitPatch::default();
    let mut diff = match what {
        GitText::WorkingDiff => {
            repo.diff_tree_to_workdir_with_index(head(&repo).as_ref(), Some(&mut options))
        }
        GitText::Staged => repo.diff_tree_to_index(head(&repo).as_ref(), None, Some(&mut options)),
        GitText::LastCommit => {
            let commit =
                repo.head().and_then(|head| head.peel_to_commit()).map_err(|_| "there is no commit yet")?;
            patch.commit = Some(CommitText {
                name: commit.id().to_string()[..10].to_owned(),
                author: String::from_utf8_lossy(commit.author().name_bytes()).into_owned(),
                time: commit.time().seconds(),
                message: String::from_utf8_lossy(commit.message_bytes()).trim_end().to_owned(),
            });
            let tree = commit.tree().map_err(broken)?;
            let parent = commit.parent(0).and_then(|parent| parent.tree()).ok();
            repo.diff_tree_to_tree(parent.as_ref(), Some(&tree), Some(&mut options))
        }
    }
    .map_err(broken)?;
    // Renames read as such; a failure only leaves them as a deletion and an addition.
    let _ = diff.find_similar(Some(DiffFindOptions::new().renames(true).rename_limit(200)));
    read(&diff, &prefix, &mut patch).map_err(broken)?;
    Ok(patch)
}

fn head(repo: &Repository) -> Option<Tree<'_>> {
    repo.head().and_then(|head| head.peel_to_tree()).ok()
}

fn options(prefix: &RelPath) -> DiffOptions {
    let mut options = DiffOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).show_untracked_content(true);
    options.ignore_submodules(true).update_index(false).max_size(LARGEST_FILE).context_lines(3);
    options.indent_heuristic(true);
    if !prefix.as_bytes().is_empty() {
        options.pathspec(prefix.as_bytes()).disable_pathspec_match(true);
    }
    options
}

fn read(diff: &Diff<'_>, prefix: &RelPath, into: &mut GitPatch) -> Result<(), git2::Error> {
    let state = RefCell::new(Reading { prefix, patch: into, size: 0, left_lines: 0, taken: false });
    let mut on_file = |delta: DiffDelta<'_>, _: f32| {
        state.borrow_mut().file(&delta);
        true
    };
    let mut on_binary = |_: DiffDelta<'_>, _: git2::DiffBinary<'_>| {
        state.borrow_mut().add("Binary files differ\n");
        true
    };
    let mut on_hunk = |_: DiffDelta<'_>, hunk: DiffHunk<'_>| {
        state.borrow_mut().add(&String::from_utf8_lossy(hunk.header()));
        true
    };
    let mut on_line = |_: DiffDelta<'_>, _: Option<DiffHunk<'_>>, line: DiffLine<'_>| {
        state.borrow_mut().line(&line);
        true
    };
    diff.foreach(&mut on_file, Some(&mut on_binary), Some(&mut on_hunk), Some(&mut on_line))?;
    state.into_inner().close();
    Ok(())
}

struct Reading<'a> {
    prefix: &'a RelPath,
    patch: &'a mut GitPatch,
    size: usize,
    /// Lines of the file at hand that were left out.
    left_lines: usize,
    /// Whether the file at hand is the last one of the patch.
    taken: bool,
}

impl Reading<'_> {
    fn file(&mut self, delta: &DiffDelta<'_>) {
        self.close();
        self.taken = false;
        let path = |file: git2::DiffFile<'_>| {
            file.path_bytes().and_then(|path| below(path, self.prefix.as_bytes())).map(RelPath::from_bytes)
        };
        let (old, new) = (path(delta.old_file()), path(delta.new_file()));
        let Some(named) = new.clone().or_else(|| old.clone()) else { return };
        if self.patch.files.len() >= MOST_FILES || self.size >= MOST_OF_ALL {
            self.patch.left_out += 1;
            return;
        }
        let before = old.unwrap_or_else(|| named.clone());
        let mut text = format!("diff --git a/{before} b/{named}\n");
        match delta.status() {
            Delta::Added | Delta::Untracked => text.push_str("new file\n"),
            Delta::Deleted => text.push_str("deleted file\n"),
            Delta::Renamed => text.extend(["renamed from ", &before.to_text(), "\n"]),
            Delta::Conflicted => text.push_str("in conflict\n"),
            Delta::Unmodified
            | Delta::Modified
            | Delta::Copied
            | Delta::Ignored
            | Delta::Typechange
            | Delta::Unreadable => {}
        }
        let old_path = (before != named).then_some(before);
        self.size += text.len();
        self.taken = true;
        self.patch.files.push(FilePatch { path: named, old_path, text });
    }

    fn add(&mut self, text: &str) {
        let Some(file) = self.patch.files.last_mut().filter(|_| self.taken) else { return };
        if file.text.len() + text.len() > MOST_OF_A_FILE
            || self.size + text.len() > MOST_OF_ALL
            || self.left_lines > 0
        {
            self.left_lines += 1;
            return;
        }
        self.size += text.len();
        file.text.push_str(text);
    }

    fn line(&mut self, line: &DiffLine<'_>) {
        let text = String::from_utf8_lossy(line.content());
        match line.origin() {
            origin @ ('+' | '-' | ' ') => {
                let end = if text.ends_with('\n') { "" } else { "\n" };
                self.add(&format!("{origin}{text}{end}"));
            }
            '<' | '>' | '=' => self.add("\\ No newline at end of file\n"),
            _ => {}
        }
    }

    /// Says what of the file at hand was left out.
    fn close(&mut self) {
        let left = std::mem::take(&mut self.left_lines);
        if let Some(file) = self.patch.files.last_mut().filter(|_| left > 0) {
            let _ = writeln!(file.text, "[{left} more lines of this file's diff are left out]");
        }
    }
}
