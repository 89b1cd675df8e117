//! Extraction: everything the index keeps of one file's text, in one go.
//!
//! Invariant: the same path and text give the same [`Extract`]; no text makes it panic, and time and result are bounded.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::outline::outline;
use super::tokens::{self, Token};
use super::{Extract, MAX_CHUNKS, TermHits, TextField, chunk_lines};
use crate::domain::{Language, RelPath};

/// Distinct terms kept of one file, so that one huge file cannot blow up the index; ordinary files have a few hundred.
const MAX_TERMS: usize = 6_000;

/// Extracts one file. The path tells the language only: its words are not among the terms.
pub fn extract(path: &RelPath, text: &str) -> Extract {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first_line = text.lines().next().unwrap_or("");
    let first_line = &first_line[..first_line.floor_char_boundary(200)];
    let language = Language::detect(path.file_name(), first_line);
    let lines = count_lines(text);
    let outline = outline(language, text);
    let mut counter = Counter::new(text, lines, &outline.names, &outline.comments);
    tokens::each(text, &mut |token: Token<'_>| counter.add(&token));
    let (terms, lengths) = counter.finish();
    Extract { language, lines, terms, lengths, symbols: outline.symbols, imports: outline.imports }
}

/// Lines of a text; a last line without a line end counts.
fn count_lines(text: &str) -> u32 {
    let ends = text.bytes().filter(|byte| *byte == b'\n').count();
    (ends + usize::from(!text.is_empty() && !text.ends_with('\n'))) as u32
}

/// Counts terms by field and chunk.
struct Counter<'a> {
    terms: FxHashMap<Box<str>, TermHits>,
    lengths: [u32; 3],
    names: Ranges<'a>,
    comments: Ranges<'a>,
    chunks: Vec<Range<usize>>,
    chunk: usize,
}

impl<'a> Counter<'a> {
    fn new(text: &str, lines: u32, names: &'a [Range<usize>], comments: &'a [Range<usize>]) -> Self {
        Self {
            terms: FxHashMap::default(),
            lengths: [0; 3],
            names: Ranges { all: names, at: 0 },
            comments: Ranges { all: comments, at: 0 },
            chunks: chunks(text, lines),
            chunk: 0,
        }
    }

    fn add(&mut self, token: &Token<'_>) {
        let field = if self.names.holds(token.start) {
            TextField::Symbols
        } else if self.comments.holds(token.start) {
            TextField::Comments
        } else {
            TextField::Content
        };
        while self.chunk + 1 < self.chunks.len() && self.chunks[self.chunk].end <= token.start {
            self.chunk += 1;
        }
        self.lengths[field as usize] += 1;
        let hits = match self.terms.get_mut(token.term) {
            Some(hits) => hits,
            None => self.terms.entry(Box::from(token.term)).or_default(),
        };
        let count = &mut hits.counts[field as usize];
        *count = count.saturating_add(1);
        hits.chunks |= 1 << self.chunk.min(MAX_CHUNKS as usize - 1);
    }

    fn finish(self) -> (Vec<(Box<str>, TermHits)>, [u32; 3]) {
        let mut terms: Vec<_> = self.terms.into_iter().collect();
        if terms.len() > MAX_TERMS {
            let weight = |hits: &TermHits| {
                let [symbols, content, comments] = hits.counts.map(u32::from);
                4 * symbols + content + comments
            };
            terms.sort_unstable_by(|a, b| weight(&b.1).cmp(&weight(&a.1)).then_with(|| a.0.cmp(&b.0)));
            terms.truncate(MAX_TERMS);
        }
        (terms, self.lengths)
    }
}

/// The byte range of each chunk, as [`chunk_lines`] cuts the lines.
fn chunks(text: &str, lines: u32) -> Vec<Range<usize>> {
    let size = chunk_lines(lines) as usize;
    let mut chunks = Vec::with_capacity(MAX_CHUNKS as usize);
    let mut start = 0;
    let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
    for end in ends.skip(size - 1).step_by(size).take(MAX_CHUNKS as usize - 1) {
        chunks.push(start..end);
        start = end;
    }
    chunks.push(start..text.len());
    chunks
}

/// Ascending ranges, asked for positions that hardly ever go back.
struct Ranges<'a> {
    all: &'a [Range<usize>],
    at: usize,
}

impl Ranges<'_> {
    fn holds(&mut self, position: usize) -> bool {
        // A whole identifier comes after its parts, so it may start in the range before.
        while self.at > 0 && self.all[self.at - 1].end > position {
            self.at -= 1;
        }
        while self.all.get(self.at).is_some_and(|range| range.end <= position) {
            self.at += 1;
        }
        self.all.get(self.at).is_some_and(|range| range.start <= position)
    }
}

#[cfg(test)]
mod tests;
