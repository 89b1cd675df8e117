//! Unified diffs as models write them: line numbers and counts may be wrong or missing, headers may lack, the space of a
//! context line may be gone, and a fence may hold nothing but marked lines.

mod file;
mod header;

use super::fence::Fence;
use super::names::Names;
use super::path::{Naming, naming};
use super::{Found, LastLine, Parse};
use crate::edit::directive::{Malformed, Mark};
use file::File;
use header::{Extended, are_versions, extended, hunk_header, pair};

/// Reads unified diffs; everything around them is talk.
#[derive(Debug, Default)]
pub struct Udiff {
    names: Names,
    fence: Option<Fence>,
    /// A `--- ` line, until the next one says whether it is a header.
    old: Option<String>,
    /// What `diff --git` and the lines after it say.
    git: Extended,
    file: Option<File>,
    /// The file of the hunks before.
    last: Option<String>,
}

/// Whether two lines in a row open a file's diff.
pub fn opens(line: &str, next: &str) -> bool {
    line.starts_with("--- ") && next.starts_with("+++ ")
}

/// Whether a fence holds a diff.
pub fn is_diff(fence: &Fence) -> bool {
    matches!(fence.language().as_str(), "diff" | "patch" | "udiff")
}

/// Whether a line of a diff's fence is one of a hunk.
pub fn is_marked(line: &str) -> bool {
    line.starts_with(['+', '-', ' ']) || line.starts_with("@@")
}

impl Udiff {
    fn close(&mut self, found: &mut Vec<Found>) {
        let git = std::mem::take(&mut self.git);
        match self.file.take() {
            Some(file) => found.push(file.directive(&git)),
            None => found.extend(git.directive()),
        }
    }

    fn in_diff(&self) -> bool {
        self.fence.as_ref().is_some_and(is_diff)
    }

    /// The file of hunks that have no header of their own.
    fn nameless(&mut self, at: usize) -> &mut File {
        if let Some((old, new)) = self.git.names() {
            self.last = Some(new.clone());
            return self.file.insert(File::of_header((Some(old), Some(new)), at));
        }
        let path = self.names.take().map(Naming::name).or_else(|| self.last.clone());
        self.last.clone_from(&path);
        self.file.insert(File::new((path.clone(), path), at))
    }

    fn begin(&mut self, at: usize, old: &str, new: &str, found: &mut Vec<Found>) {
        // The lines that `diff --git` began are about this file.
        if self.file.is_some() || !self.git.is_about(old, new) {
            self.close(found);
        }
        if are_versions(old, new) {
            self.nameless(at);
            return;
        }
        let pair = pair(old, new);
        self.last = pair.1.clone().or_else(|| pair.0.clone());
        self.file = Some(File::of_header(pair, at));
        self.names = Names::default();
    }

    fn hunk_open(&self) -> bool {
        self.file.as_ref().is_some_and(File::is_open)
    }

    fn hunk_line(&mut self, line: &str) {
        let fenced = self.fence.is_some();
        if let Some(file) = &mut self.file
            && !file.line(line)
        {
            file.unmarked(line, fenced);
        }
    }

    fn talk(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        if let Some(fence) = &self.fence
            && fence.closes(line)
        {
            self.close(found);
            self.fence = None;
        } else if let Some(fence) = Fence::open(line).filter(|_| self.fence.is_none()) {
            self.close(found);
            self.names.info(&fence.info);
            self.fence = Some(fence);
        } else if self.in_diff() && self.file.is_none() && !line.is_empty() && self.git.is_none() {
            if is_marked(line) || naming(line).is_none() {
                let file = self.nameless(at);
                file.begin(hunk_header("@@").unwrap_or_default());
                file.line(line);
            } else {
                self.names.talk(line);
            }
        } else if !self.git.read(at, line) {
            self.names.talk(line);
        }
    }
}

impl Parse for Udiff {
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        if let Some(old) = self.old.take() {
            if let Some(new) = line.strip_prefix("+++ ") {
                return self.begin(at - 1, &old, new, found);
            }
            if self.hunk_open() {
                // It was a removed line that begins with dashes, after all.
                self.hunk_line(&format!("--- {old}"));
            } else if line.starts_with("@@") {
                // The line with the new name is missing.
                self.begin(at - 1, &old, &old, found);
            }
        }
        let closes = self.fence.as_ref().is_some_and(|fence| fence.closes(line));
        if let Some(old) = line.strip_prefix("--- ") {
            self.old = Some(old.to_owned());
        } else if let Some(hunk) = hunk_header(line) {
            match &mut self.file {
                Some(file) => file.begin(hunk),
                None => self.nameless(at).begin(hunk),
            }
        } else if let Some(git) = extended(at, line) {
            self.close(found);
            self.git = git;
        } else if self.hunk_open() && !closes {
            self.hunk_line(line);
        } else if let Some(new) = line.strip_prefix("+++ ").filter(|_| !self.in_diff() || self.file.is_none())
        {
            self.begin(at, new, new, found);
        } else {
            self.talk(at, line, found);
        }
    }

    fn finish(&mut self, _at: usize, _ended: LastLine, found: &mut Vec<Found>) {
        if let Some(old) = self.old.take() {
            self.hunk_line(&format!("--- {old}"));
        }
        if self.in_diff()
            && self.hunk_open()
            && let Some(file) = self.file.take()
        {
            let why = "the fence around this diff is never closed, so the answer may be cut".to_owned();
            found.push(Err(Malformed { path: file.path(), line: file.from, why }));
            return;
        }
        self.close(found);
    }
}

/// The mark of a line and what follows it.
fn marked(line: &str) -> Option<(Mark, &str)> {
    match line.chars().next() {
        Some('+') => Some((Mark::Add, &line[1..])),
        Some('-') => Some((Mark::Remove, &line[1..])),
        Some(' ') => Some((Mark::Keep, &line[1..])),
        Some(_) => None,
        None => Some((Mark::Keep, "")),
    }
}
