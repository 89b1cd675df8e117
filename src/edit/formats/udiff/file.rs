//! One file of a diff, and the hunk that is being read.

use super::header::{Extended, HunkHeader};
use super::marked;
use crate::edit::directive::{Directive, LastEnds, Malformed, Mark, Novelty, PatchHunk};
use crate::edit::formats::Found;

/// One file of a diff.
#[derive(Debug)]
pub struct File {
    old: Option<String>,
    new: Option<String>,
    /// Whether its names stood in a header; else they came from talk.
    headed: bool,
    /// The answer's line that it begins at.
    pub from: usize,
    hunks: Vec<PatchHunk>,
    open: Option<Open>,
    /// Every header says that there are no old lines.
    from_nothing: bool,
}

#[derive(Debug)]
struct Open {
    hunk: PatchHunk,
    /// Old and new lines that are still to come by the header's counts.
    left: Option<(usize, usize)>,
    /// Lines without a mark that are context without its space, or talk.
    doubtful: Vec<String>,
}

impl File {
    /// A file named by talk.
    pub fn new((old, new): (Option<String>, Option<String>), from: usize) -> Self {
        Self { old, new, headed: false, from, hunks: Vec::new(), open: None, from_nothing: true }
    }

    /// A file named by a header.
    pub fn of_header(names: (Option<String>, Option<String>), from: usize) -> Self {
        Self { headed: true, ..Self::new(names, from) }
    }

    /// Its name, the new one where there are two.
    pub fn path(&self) -> Option<String> {
        self.new.clone().or_else(|| self.old.clone())
    }

    /// Whether a hunk is being read.
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Begins a hunk.
    pub fn begin(&mut self, HunkHeader { hunk, counts, from_nothing }: HunkHeader) {
        self.end();
        self.from_nothing &= from_nothing;
        self.open = Some(Open { hunk, left: counts, doubtful: Vec::new() });
    }

    fn end(&mut self) {
        if let Some(open) = self.open.take() {
            open.hunk.close_into(&mut self.hunks);
        }
    }

    /// Reads a line with its mark; false where it has none.
    pub fn line(&mut self, line: &str) -> bool {
        let Some(open) = &mut self.open else { return false };
        if line.starts_with('\\') {
            if let Some((mark, _)) = open.hunk.lines.last() {
                let ends = open.hunk.last_ends.get_or_insert(LastEnds { old: true, new: true });
                ends.old &= *mark == Mark::Add;
                ends.new &= *mark == Mark::Remove;
            }
            return true;
        }
        let Some((mark, text)) = marked(line) else { return false };
        // Context that follows talk is talk itself; a changed line shows that it was context.
        if mark == Mark::Keep && !open.doubtful.is_empty() {
            open.doubtful.push(line.to_owned());
            return true;
        }
        for line in std::mem::take(&mut open.doubtful) {
            open.push(Mark::Keep, line.strip_prefix(' ').unwrap_or(&line));
        }
        open.push(mark, text);
        true
    }

    /// Reads a line without a mark: in a fence it is context that lost its space; else it may be talk.
    pub fn unmarked(&mut self, line: &str, fenced: bool) {
        let Some(open) = &mut self.open else { return };
        match open.left {
            Some((0, 0)) => self.end(),
            Some(_) | None if fenced => open.push(Mark::Keep, line),
            Some(_) | None => open.doubtful.push(line.to_owned()),
        }
    }

    /// What it asks for.
    pub fn directive(mut self, git: &Extended) -> Found {
        self.end();
        let Self { old, new, headed, from, hunks, from_nothing, .. } = self;
        let adds = |hunk: &PatchHunk| hunk.lines.iter().all(|(mark, _)| *mark == Mark::Add);
        // A diff from nothing that takes lines away is about a file that is there.
        let is_new = hunks.iter().all(adds) && (old.is_none() || from_nothing && !hunks.is_empty());
        let moved_to = new.clone().filter(|new| old.as_ref().is_some_and(|old| old != new));
        match (old, new) {
            (_, Some(path)) if headed && is_new && !git.moves() => {
                let lines = hunks.iter().flat_map(PatchHunk::new_lines).collect();
                let ends = hunks.last().and_then(|hunk| hunk.last_ends).is_none_or(|ends| ends.new);
                Ok(Directive::Write { path: Some(path), lines, ends, new: Novelty::New })
            }
            (Some(path), None) => Ok(Directive::Delete { path }),
            (path, new) if hunks.is_empty() && moved_to.is_none() => {
                let why = "the diff changes nothing: no line of it begins with + or -".to_owned();
                Err(Malformed { path: new.or(path), line: from, why })
            }
            (path, new) => Ok(Directive::Patch { path: path.or(new), moved_to, hunks }),
        }
    }
}

impl Open {
    fn push(&mut self, mark: Mark, text: &str) {
        if let Some((old, new)) = &mut self.left {
            *old = old.saturating_sub(usize::from(mark != Mark::Add));
            *new = new.saturating_sub(usize::from(mark != Mark::Remove));
        }
        self.hunk.lines.push((mark, text.to_owned()));
    }
}
