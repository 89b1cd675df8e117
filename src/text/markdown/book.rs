//! The highlighting of the code blocks of one text: each line once, however often the block is laid out while it grows.

use std::ops::Range;

use crate::text::highlight::{GrowingSource, HighlightedLine, Highlighter, Limits, SyntaxRole};
use crate::text::width::expand_tabs;

/// Highlighted code blocks, by the byte at which each begins.
#[derive(Debug)]
pub struct Book {
    highlighter: Highlighter,
    pages: Vec<Page>,
    /// Lines that may still be highlighted before the next [`Book::turn`].
    budget: usize,
    short: bool,
}

#[derive(Debug)]
struct Page {
    at: usize,
    info: String,
    source: GrowingSource,
    /// Bytes of the block's text whose lines are highlighted.
    done: usize,
}

/// Lines highlighted at most between two turns: some 10 ms. What is left over stays plain until the next.
const BUDGET: usize = 250;

impl Book {
    /// An empty one.
    pub fn new(highlighter: Highlighter) -> Self {
        Self { highlighter, pages: Vec::new(), budget: BUDGET, short: false }
    }

    /// Allows for more lines. Whether some were left plain for want of time, so that laying out again tells more.
    pub fn turn(&mut self) -> bool {
        self.budget = BUDGET;
        std::mem::take(&mut self.short)
    }

    /// Whether lines were left plain since the last [`Book::turn`].
    pub const fn is_short(&self) -> bool {
        self.short
    }

    /// Highlights a block's text from its beginning, as far as there is time; the last line need not be finished.
    pub fn read(&mut self, at: usize, info: &str, text: &str) -> Pages<'_> {
        let found = self.pages.iter().rposition(|page| page.at == at && page.info == info);
        let index = found.unwrap_or_else(|| {
            self.pages.retain(|page| page.at != at);
            let source = self.highlighter.grow(word(info), Limits::default());
            self.pages.push(Page { at, info: info.to_owned(), source, done: 0 });
            self.pages.len() - 1
        });
        let page = &mut self.pages[index];
        if page.source.is_plain() {
            return Pages { lines: &[], last: None };
        }
        while let Some(end) = text.get(page.done..).and_then(|rest| rest.find('\n')) {
            if self.budget == 0 {
                self.short = true;
                break;
            }
            self.budget -= 1;
            page.source.push(&expand_tabs(&text[page.done..page.done + end]));
            page.done += end + 1;
        }
        let rest = text.get(page.done..).unwrap_or_default();
        let last = (!rest.is_empty() && !rest.contains('\n')).then(|| page.source.peek(&expand_tabs(rest)));
        Pages { lines: page.source.lines(), last }
    }
}

/// What is highlighted of a block.
#[derive(Debug)]
pub struct Pages<'a> {
    lines: &'a [HighlightedLine],
    last: Option<HighlightedLine>,
}

impl Pages<'_> {
    /// The runs of so many lines from a 0-based one on; empty where they stay plain.
    pub fn between(&self, from: usize, lines: usize) -> Vec<HighlightedLine> {
        (from..from + lines).map(|line| self.of(line).to_vec()).collect()
    }

    fn of(&self, line: usize) -> &[(SyntaxRole, Range<usize>)] {
        match self.lines.get(line) {
            Some(runs) => runs,
            None if line == self.lines.len() => self.last.as_deref().unwrap_or_default(),
            None => &[],
        }
    }
}

/// The word behind a fence that names the language: `rust,ignore`, `{.python}`, `ts title=a.ts`, `src/a.rs:10`.
fn word(info: &str) -> &str {
    let info = info.trim_start_matches(['{', '.', ' ']);
    info.split([' ', ',', '{', '}', ':', ';', '\t']).next().unwrap_or_default()
}
