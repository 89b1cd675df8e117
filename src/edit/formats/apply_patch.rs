//! The `apply_patch` envelope: `*** Begin Patch`, sections that add, update, move or delete a file, `*** End Patch`.
//!
//! Models leave out the envelope's ends, wrap it in a fence or a shell heredoc, and drop the space of an empty context
//! line; all of that is read.

use super::{Found, LastLine, Parse};
use crate::edit::directive::{Directive, Malformed, Mark, Novelty, PatchHunk};

/// Reads `apply_patch` envelopes; everything around them is talk.
#[derive(Debug, Default)]
pub struct ApplyPatch {
    section: Option<Section>,
}

#[derive(Debug)]
enum Section {
    Add { path: String, from: usize, lines: Vec<String>, bad: Option<usize> },
    Update { path: String, from: usize, moved_to: Option<String>, hunks: Vec<PatchHunk>, open: PatchHunk },
}

/// Whether a line belongs to this format alone.
pub fn opens(line: &str) -> bool {
    let line = line.trim();
    line == "*** Begin Patch" || header(line).is_some()
}

#[derive(Debug, PartialEq, Eq)]
enum Header<'l> {
    Add(&'l str),
    Update(&'l str),
    Delete(&'l str),
    Move(&'l str),
    EndOfFile,
    Edge,
}

fn header(line: &str) -> Option<Header<'_>> {
    let text = line.trim_end().strip_prefix("*** ")?;
    let named = |lead: &str| {
        let path = text.strip_prefix(lead)?.trim().trim_matches('`');
        (!path.is_empty()).then_some(path)
    };
    match text {
        "Begin Patch" | "End Patch" => return Some(Header::Edge),
        "End of File" => return Some(Header::EndOfFile),
        _ => {}
    }
    named("Add File:")
        .map(Header::Add)
        .or_else(|| named("Update File:").map(Header::Update))
        .or_else(|| named("Delete File:").map(Header::Delete))
        .or_else(|| named("Move to:").map(Header::Move))
}

impl ApplyPatch {
    fn close(&mut self, found: &mut Vec<Found>) {
        match self.section.take() {
            None => {}
            Some(Section::Add { path, bad: Some(line), .. }) => found.push(Err(Malformed {
                path: Some(path),
                line,
                why: "a line of an added file does not begin with +".to_owned(),
            })),
            Some(Section::Add { path, lines, .. }) => {
                found.push(Ok(Directive::Write { path: Some(path), lines, ends: true, new: Novelty::New }));
            }
            Some(Section::Update { path, from, moved_to, mut hunks, open }) => {
                open.close_into(&mut hunks);
                if hunks.is_empty() && moved_to.is_none() {
                    let why = "the update changes nothing".to_owned();
                    found.push(Err(Malformed { path: Some(path), line: from, why }));
                } else {
                    found.push(Ok(Directive::Patch { path, moved_to, hunks }));
                }
            }
        }
    }

    fn header(&mut self, at: usize, header: &Header<'_>, found: &mut Vec<Found>) {
        match header {
            Header::EndOfFile => {
                if let Some(Section::Update { hunks, open, .. }) = &mut self.section {
                    open.at_end = true;
                    std::mem::take(open).close_into(hunks);
                }
            }
            Header::Move(to) => {
                if let Some(Section::Update { moved_to, .. }) = &mut self.section {
                    *moved_to = Some((*to).to_owned());
                }
            }
            Header::Edge => self.close(found),
            Header::Add(path) => {
                self.close(found);
                self.section =
                    Some(Section::Add { path: (*path).to_owned(), from: at, lines: Vec::new(), bad: None });
            }
            Header::Update(path) => {
                self.close(found);
                self.section = Some(Section::Update {
                    path: (*path).to_owned(),
                    from: at,
                    moved_to: None,
                    hunks: Vec::new(),
                    open: PatchHunk::default(),
                });
            }
            Header::Delete(path) => {
                self.close(found);
                found.push(Ok(Directive::Delete { path: (*path).to_owned() }));
            }
        }
    }
}

impl Parse for ApplyPatch {
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        if let Some(header) = header(line.trim_start()).filter(|_| !line.starts_with([' ', '+', '-'])) {
            self.header(at, &header, found);
            return;
        }
        match &mut self.section {
            None => {}
            Some(Section::Add { lines, bad, .. }) => match line.strip_prefix('+') {
                Some(text) => lines.push(text.to_owned()),
                None if line.trim().is_empty() || is_end(line) => {}
                None => *bad = bad.or(Some(at)),
            },
            Some(Section::Update { hunks, open, .. }) => update_line(line, hunks, open),
        }
    }

    fn finish(&mut self, at: usize, _ended: LastLine, found: &mut Vec<Found>) {
        let unfinished = match &self.section {
            Some(Section::Add { path, from, lines, .. }) if lines.is_empty() => Some((path.clone(), *from)),
            Some(_) | None => None,
        };
        if let Some((path, line)) = unfinished {
            self.section = None;
            let why = format!("the added file has no line; the answer ends at line {at}");
            found.push(Err(Malformed { path: Some(path), line, why }));
        }
        self.close(found);
    }
}

fn update_line(line: &str, hunks: &mut Vec<PatchHunk>, open: &mut PatchHunk) {
    if let Some(anchor) = line.strip_prefix("@@") {
        if !open.lines.is_empty() {
            std::mem::take(open).close_into(hunks);
        }
        let anchor = anchor.trim();
        let anchor = anchor.strip_suffix("@@").map_or(anchor, str::trim_end);
        // `@@ -1,2 +3,4 @@ fn x`: numbers of a unified diff where none belong.
        let anchor = anchor.rsplit_once("@@").map_or(anchor, |(_, after)| after.trim());
        let is_range = anchor.starts_with('-') && anchor.contains('+');
        if !anchor.is_empty() && !is_range {
            open.anchors.push(anchor.to_owned());
        }
        return;
    }
    if is_end(line) {
        return;
    }
    let marked = match line.chars().next() {
        Some(' ') => (Mark::Keep, &line[1..]),
        Some('+') => (Mark::Add, &line[1..]),
        Some('-') => (Mark::Remove, &line[1..]),
        // Models drop the space of an empty context line, and of others.
        Some(_) | None => (Mark::Keep, line),
    };
    open.lines.push((marked.0, marked.1.to_owned()));
}

/// A fence or heredoc's end after the patch.
fn is_end(line: &str) -> bool {
    let text = line.trim();
    text.len() >= 3 && text.bytes().all(|byte| byte == b'`') || text == "EOF" || text == "PATCH"
}
