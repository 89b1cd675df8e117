//! The `apply_patch` envelope: `*** Begin Patch`, sections that add, update, move or delete a file, `*** End Patch`.
//!
//! Models leave out the envelope's ends, wrap it in a fence or a shell heredoc, and drop the space of an empty context
//! line; all of that is read. An envelope that begins and does not end is cut: its last section is refused.

use super::fence::Fence;
use super::path::of_header;
use super::{Found, LastLine, Parse};
use crate::edit::directive::{Directive, Malformed, Mark, Novelty, PatchHunk, range_hint};

/// Reads `apply_patch` envelopes; everything around them is talk.
#[derive(Debug, Default)]
pub struct ApplyPatch {
    /// The fence that is open around the envelope.
    fence: Option<Fence>,
    /// The white space before `*** Begin Patch` and its line, while the envelope is open.
    begun: Option<(String, usize)>,
    section: Option<Section>,
}

/// What is told of an envelope without its end.
const UNENDED: &str = "the patch has no *** End Patch line, so the answer may be cut";

#[derive(Debug)]
struct Section {
    path: String,
    from: usize,
    body: Body,
}

#[derive(Debug)]
enum Body {
    /// The lines, the blank ones without a plus since the last of them, and the first line that cannot be one.
    Add(Vec<String>, usize, Option<usize>),
    Update(Update),
    Delete,
}

#[derive(Debug, Default)]
struct Update {
    moved_to: Option<String>,
    hunks: Vec<PatchHunk>,
    open: PatchHunk,
}

/// Whether a line belongs to this format alone.
pub fn opens(line: &str) -> bool {
    let line = line.trim();
    line == "*** Begin Patch" || header(line).is_some()
}

#[derive(Debug, PartialEq, Eq)]
enum Header<'l> {
    Add(String),
    Update(String),
    Delete(String),
    Move(String),
    EndOfFile,
    Begin,
    End,
    Unknown(&'l str),
}

fn header(line: &str) -> Option<Header<'_>> {
    let text = line.trim().strip_prefix("*** ")?;
    let named = |lead: &str| {
        let path = of_header(text.strip_prefix(lead)?);
        (!path.is_empty()).then_some(path)
    };
    let unknown = || {
        let (words, _) = text.split_once(" File:")?;
        (!words.is_empty() && words.chars().all(char::is_alphabetic)).then_some(Header::Unknown(line.trim()))
    };
    match text {
        "Begin Patch" => Some(Header::Begin),
        "End Patch" => Some(Header::End),
        "End of File" => Some(Header::EndOfFile),
        _ => named("Add File:")
            .map(Header::Add)
            .or_else(|| named("Update File:").map(Header::Update))
            .or_else(|| named("Delete File:").map(Header::Delete))
            .or_else(|| named("Move to:").map(Header::Move))
            .or_else(unknown),
    }
}

impl ApplyPatch {
    fn close(&mut self, found: &mut Vec<Found>) {
        if let Some(section) = self.section.take() {
            found.push(section.directive());
        }
    }

    fn open(&mut self, path: String, from: usize, body: Body, found: &mut Vec<Found>) {
        self.close(found);
        self.section = Some(Section { path, from, body });
    }

    fn header(&mut self, at: usize, line: &str, header: Header<'_>, found: &mut Vec<Found>) {
        match header {
            Header::EndOfFile => {
                if let Some(update) = self.update() {
                    update.open.at_end = true;
                    std::mem::take(&mut update.open).close_into(&mut update.hunks);
                }
            }
            Header::Move(to) => {
                if let Some(update) = self.update() {
                    update.moved_to = Some(to);
                }
            }
            Header::Begin => {
                self.close(found);
                self.begun = Some((line[..line.len() - line.trim_start().len()].to_owned(), at));
            }
            Header::End => {
                self.close(found);
                self.begun = None;
            }
            Header::Add(path) => self.open(path, at, Body::Add(Vec::new(), 0, None), found),
            Header::Update(path) => self.open(path, at, Body::Update(Update::default()), found),
            Header::Delete(path) => self.open(path, at, Body::Delete, found),
            Header::Unknown(text) => {
                self.close(found);
                let why = format!(
                    "`{text}` is no header of a patch: there are Add File, Update File and Delete File"
                );
                found.push(Err(Malformed { path: None, line: at, why }));
            }
        }
    }

    fn update(&mut self) -> Option<&mut Update> {
        match &mut self.section {
            Some(Section { body: Body::Update(update), .. }) => Some(update),
            Some(_) | None => None,
        }
    }

    /// Whether a line that looks like a header is one: inside a section it must stand as far left as the envelope.
    fn heads(&self, line: &str) -> bool {
        let lead = &line[..line.len() - line.trim_start().len()];
        lead.is_empty()
            || self.section.is_none()
            || self.begun.as_ref().is_some_and(|(begun, _)| begun == lead)
    }
}

impl Parse for ApplyPatch {
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        if let Some(header) = header(line).filter(|_| self.heads(line)) {
            self.header(at, line, header, found);
            return;
        }
        if is_end(line) && self.section.is_some() {
            self.close(found);
            self.begun = None;
            self.fence = None;
            return;
        }
        match &mut self.section {
            None => self.fence = Fence::open(line).or(self.fence.take()),
            Some(Section { body: Body::Add(lines, blank, bad), .. }) => match line.strip_prefix('+') {
                Some(text) => {
                    lines.extend(std::iter::repeat_n(String::new(), std::mem::take(blank)));
                    lines.push(text.to_owned());
                }
                None if line.trim().is_empty() => *blank += 1,
                None => *bad = bad.or(Some(at)),
            },
            Some(Section { body: Body::Update(update), .. }) => update.line(line),
            Some(Section { body: Body::Delete, .. }) => {}
        }
    }

    fn finish(&mut self, _at: usize, ended: LastLine, found: &mut Vec<Found>) {
        let cut = self.begun.is_some() || ended == LastLine::Open && self.is_bare();
        if let Some(mut section) = self.section.take() {
            if cut && !section.ends_envelope() {
                let why = UNENDED.to_owned();
                found.push(Err(Malformed { path: Some(section.path), line: section.from, why }));
            } else {
                found.push(section.directive());
            }
        } else if let Some((_, line)) = self.begun.take() {
            let why = UNENDED.to_owned();
            found.push(Err(Malformed { path: None, line, why }));
        }
    }
}

impl ApplyPatch {
    /// Whether the section has nothing but its header, which may be cut itself.
    fn is_bare(&self) -> bool {
        self.section.as_ref().is_some_and(|section| match &section.body {
            Body::Add(lines, _, _) => lines.is_empty(),
            Body::Delete => true,
            Body::Update(_) => false,
        })
    }
}

impl Section {
    fn directive(self) -> Found {
        let Self { path, from, body } = self;
        match body {
            Body::Add(_, _, Some(line)) => {
                let why = "a line of an added file does not begin with +".to_owned();
                Err(Malformed { path: Some(path), line, why })
            }
            Body::Add(lines, _, None) => {
                Ok(Directive::Write { path: Some(path), lines, ends: true, new: Novelty::Anew })
            }
            Body::Delete => Ok(Directive::Delete { path }),
            Body::Update(Update { moved_to, mut hunks, open }) => {
                open.close_into(&mut hunks);
                if hunks.is_empty() && moved_to.is_none() {
                    let why = "the update changes nothing: no line of it begins with + or -".to_owned();
                    return Err(Malformed { path: Some(path), line: from, why });
                }
                Ok(Directive::Patch { path: Some(path), moved_to, hunks })
            }
        }
    }

    /// Whether its last line is the end of the envelope with space before it; takes that line away.
    fn ends_envelope(&mut self) -> bool {
        let Body::Update(update) = &mut self.body else { return false };
        let lines = &mut update.open.lines;
        while lines.last().is_some_and(|(mark, line)| *mark == Mark::Keep && line.trim().is_empty()) {
            lines.pop();
        }
        let ends =
            lines.last().is_some_and(|(mark, line)| *mark == Mark::Keep && line.trim() == "*** End Patch");
        if ends {
            lines.pop();
        }
        ends
    }
}

impl Update {
    fn line(&mut self, line: &str) {
        if let Some(anchor) = line.strip_prefix("@@") {
            if !self.open.lines.is_empty() {
                std::mem::take(&mut self.open).close_into(&mut self.hunks);
            }
            self.open.hint = self.open.hint.or_else(|| range_hint(anchor));
            let anchor = anchor.trim();
            let anchor = anchor.strip_suffix("@@").map_or(anchor, str::trim_end);
            // `@@ -1,2 +3,4 @@ fn x`: numbers of a unified diff where none belong.
            let anchor = anchor.rsplit_once("@@").map_or(anchor, |(_, after)| after.trim());
            let is_range = anchor.starts_with('-') && anchor.contains('+');
            if !matches!(anchor, "" | "..." | "\u{2026}") && !is_range {
                self.open.anchors.push(anchor.to_owned());
            }
            return;
        }
        let marked = match line.chars().next() {
            Some(' ') => (Mark::Keep, &line[1..]),
            Some('+') => (Mark::Add, &line[1..]),
            Some('-') => (Mark::Remove, &line[1..]),
            // Models drop the space of an empty context line, and of others.
            Some(_) | None => (Mark::Keep, line),
        };
        self.open.lines.push((marked.0, marked.1.to_owned()));
    }
}

/// A fence or heredoc's end after the patch.
fn is_end(line: &str) -> bool {
    let text = line.trim_end();
    text.len() >= 3 && text.bytes().all(|byte| byte == b'`') || text == "EOF" || text == "PATCH"
}
