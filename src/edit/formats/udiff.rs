//! Unified diffs as models write them: line numbers and counts may be wrong or missing, `diff --git` headers may lack,
//! the space of an empty context line may be gone.

use super::{Found, LastLine, Parse};
use crate::edit::directive::{Directive, Malformed, Mark, Novelty, PatchHunk};

/// Reads unified diffs; everything around them is talk.
#[derive(Debug, Default)]
pub struct Udiff {
    old: Option<String>,
    file: Option<File>,
    renamed_from: Option<String>,
}

#[derive(Debug)]
struct File {
    old: Option<String>,
    new: Option<String>,
    from: usize,
    hunks: Vec<PatchHunk>,
    open: Option<PatchHunk>,
    no_newline: bool,
}

/// Whether two lines in a row open a file's diff.
pub fn opens(line: &str, next: &str) -> bool {
    line.starts_with("--- ") && next.starts_with("+++ ")
}

/// The name in a header line; `None` for `/dev/null`.
fn name(text: &str) -> Option<String> {
    let text = text.split('\t').next().unwrap_or(text).trim().trim_matches('"');
    if text == "/dev/null" || text.is_empty() {
        return None;
    }
    let bare = text.strip_prefix("a/").or_else(|| text.strip_prefix("b/")).unwrap_or(text);
    Some(bare.to_owned())
}

impl Udiff {
    fn close(&mut self, found: &mut Vec<Found>) {
        let Some(mut file) = self.file.take() else { return };
        if let Some(hunk) = file.open.take() {
            hunk.close_into(&mut file.hunks);
        }
        let moved = match (&file.old, &file.new) {
            (Some(old), Some(new)) if old != new => Some(new.clone()),
            (Some(_) | None, Some(_) | None) => None,
        };
        let directive = match (file.old, file.new) {
            (None, Some(path)) => {
                let lines = file.hunks.iter().flat_map(PatchHunk::new_lines).collect();
                Ok(Directive::Write { path: Some(path), lines, ends: !file.no_newline, new: Novelty::New })
            }
            (Some(path), None) => Ok(Directive::Delete { path }),
            (Some(path), Some(_)) if !file.hunks.is_empty() || moved.is_some() => {
                Ok(Directive::Patch { path, moved_to: moved, hunks: file.hunks })
            }
            (old, new) => {
                let why = "the diff changes nothing".to_owned();
                Err(Malformed { path: new.or(old), line: file.from, why })
            }
        };
        found.push(directive);
    }

    fn hunk_line(&mut self, line: &str) -> bool {
        let Some(file) = &mut self.file else { return false };
        let Some(open) = &mut file.open else { return false };
        let marked = match line.chars().next() {
            Some('+') => (Mark::Add, &line[1..]),
            Some('-') => (Mark::Remove, &line[1..]),
            Some(' ') => (Mark::Keep, &line[1..]),
            None => (Mark::Keep, ""),
            Some('\\') => {
                file.no_newline = true;
                return true;
            }
            Some('`') if line.trim().bytes().all(|byte| byte == b'`') => return false,
            Some(_) => return false,
        };
        open.lines.push((marked.0, marked.1.to_owned()));
        true
    }
}

impl Parse for Udiff {
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        if let Some(hunk) = hunk_header(line) {
            match &mut self.file {
                Some(file) => {
                    if let Some(before) = file.open.replace(hunk) {
                        before.close_into(&mut file.hunks);
                    }
                }
                None => found.push(Err(Malformed {
                    path: None,
                    line: at,
                    why: "a hunk without a file: no ---/+++ lines before it".to_owned(),
                })),
            }
            return;
        }
        if let Some(old) = self.old.take() {
            if let Some(new) = line.strip_prefix("+++ ") {
                self.close(found);
                self.file = Some(File {
                    old: name(&old),
                    new: name(new),
                    from: at - 1,
                    hunks: Vec::new(),
                    open: None,
                    no_newline: false,
                });
                return;
            }
            // It was a removed line that begins with dashes, after all.
            self.hunk_line(&format!("--- {old}"));
        }
        if let Some(old) = line.strip_prefix("--- ") {
            self.old = Some(old.to_owned());
            return;
        }
        if line.starts_with("diff --git ") {
            self.close(found);
        } else if let Some(from) = line.strip_prefix("rename from ") {
            self.renamed_from = Some(from.trim().to_owned());
        } else if let (Some(to), Some(from)) = (line.strip_prefix("rename to "), self.renamed_from.take()) {
            self.file = Some(File {
                old: Some(from),
                new: Some(to.trim().to_owned()),
                from: at,
                hunks: Vec::new(),
                open: None,
                no_newline: false,
            });
        } else if !self.hunk_line(line)
            && let Some(file) = &mut self.file
            && let Some(hunk) = file.open.take()
        {
            hunk.close_into(&mut file.hunks);
        }
    }

    fn finish(&mut self, _at: usize, _ended: LastLine, found: &mut Vec<Found>) {
        if let Some(old) = self.old.take() {
            self.hunk_line(&format!("--- {old}"));
        }
        self.close(found);
    }
}

/// `@@ -12,3 +12,4 @@ fn x`, and the shorter forms models write.
fn hunk_header(line: &str) -> Option<PatchHunk> {
    let text = line.strip_prefix("@@")?;
    let ranges = text.split_once("@@").map_or(text, |(ranges, _)| ranges);
    let number = ranges.split_whitespace().find_map(|range| {
        let digits = range.strip_prefix('-')?;
        digits.split(',').next()?.parse::<u32>().ok()
    });
    Some(PatchHunk { hint: number.filter(|number| *number > 0), ..PatchHunk::default() })
}
