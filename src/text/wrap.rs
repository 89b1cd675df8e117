//! Word wrapping by display width, of plain and of styled text. No line is wider than asked, and nothing but the
//! white space at a break is lost.
//!
//! Expand tabs first; a tab that is left counts as one cell. Words longer than a line are broken between graphemes,
//! and wide characters (Chinese, Japanese) may be parted anywhere.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::width::graphemes;

/// Widths of one wrapped paragraph, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrap {
    /// Cells of every line, the indent included.
    pub width: usize,
    /// Cells that all lines but the first of each paragraph start to the right; at most half of `width` is used.
    pub hanging: usize,
}

impl Wrap {
    /// Without a hanging indent.
    pub const fn to(width: usize) -> Self {
        Self { width, hanging: 0 }
    }

    /// The hanging indent that is used.
    pub fn indent(self) -> usize {
        self.hanging.min(self.width / 2)
    }
}

/// A line of a wrapped text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedLine {
    /// Its bytes in the text, without the white space at its end.
    pub range: Range<usize>,
    /// Cells of indent before it.
    pub indent: usize,
}

/// Where the lines of a text are: each paragraph (line feeds part them) gives at least one. A grapheme wider than a
/// whole line stands alone.
pub fn lines(text: &str, wrap: Wrap) -> Vec<WrappedLine> {
    let mut lines = Vec::new();
    let mut start = 0;
    for paragraph in text.split('\n') {
        wrap_paragraph(paragraph, start, wrap, &mut lines);
        start += paragraph.len() + 1;
    }
    lines
}

/// Wraps plain text to lines with their indent.
pub fn plain(text: &str, wrap: Wrap) -> Vec<String> {
    lines(text, wrap).into_iter().map(|line| " ".repeat(line.indent) + &text[line.range]).collect()
}

/// Wraps the concatenation of styled runs to lines of styled runs; an indent takes the style of what follows it.
pub fn styled<S: Clone>(runs: &[(S, &str)], wrap: Wrap) -> Vec<Vec<(S, String)>> {
    let text: String = runs.iter().map(|(_, run)| *run).collect();
    let mut starts = Vec::with_capacity(runs.len());
    let mut at = 0;
    for (_, run) in runs {
        starts.push(at);
        at += run.len();
    }
    lines(&text, wrap)
        .into_iter()
        .map(|line| {
            let mut pieces = Vec::new();
            let first = starts.partition_point(|start| *start <= line.range.start).saturating_sub(1);
            for ((style, run), start) in runs.iter().zip(&starts).skip(first) {
                let from = line.range.start.max(*start);
                let to = line.range.end.min(start + run.len());
                if *start >= line.range.end {
                    break;
                }
                if from < to {
                    let indent = if pieces.is_empty() { line.indent } else { 0 };
                    pieces.push((style.clone(), " ".repeat(indent) + &text[from..to]));
                }
            }
            pieces
        })
        .collect()
}

/// Where a line of code is broken, by cells alone: every piece but the last is full. An empty line is one empty piece.
pub fn folds(text: &str, cells: usize) -> Vec<Range<usize>> {
    let cells = cells.max(1);
    let mut folds = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, _, cost) in graphemes(text) {
        if used + cost > cells && at > start {
            folds.push(start..at);
            (start, used) = (at, 0);
        }
        used += cost;
    }
    folds.push(start..text.len());
    folds
}

fn wrap_paragraph(text: &str, base: usize, wrap: Wrap, lines: &mut Vec<WrappedLine>) {
    let mut start = 0;
    let mut indent = 0;
    loop {
        let fit = fit(&text[start..], (wrap.width - indent).max(1));
        // White space alone, as before a word that is wider than what it leaves, makes no line of its own.
        if fit.end > 0 || start + fit.next >= text.len() {
            lines.push(WrappedLine { range: base + start..base + start + fit.end, indent });
            indent = wrap.indent();
        }
        start += fit.next;
        if start >= text.len() {
            return;
        }
    }
}

/// What of a text goes on one line.
#[derive(Clone, Copy)]
struct Fit {
    /// Byte where the line ends, white space at its end left out.
    end: usize,
    /// Byte where the next line starts.
    next: usize,
}

/// At least one grapheme fits always, so that wrapping comes to an end.
fn fit(text: &str, limit: usize) -> Fit {
    let mut chance = Fit { end: 0, next: 0 };
    let mut column = 0;
    let mut before = Before::Space;
    for (at, grapheme, cells) in graphemes(text) {
        if grapheme.chars().all(char::is_whitespace) {
            let end = if before == Before::Space { chance.end } else { at };
            chance = Fit { end, next: at + grapheme.len() };
            column += cells.max(1);
            before = Before::Space;
            continue;
        }
        let parts = before == Before::Wide || before == Before::Word && cells >= 2;
        if parts && !CLOSING.contains(&grapheme) {
            chance = Fit { end: at, next: at };
        }
        if column + cells > limit && at > 0 {
            return if chance.next > 0 { chance } else { Fit { end: at, next: at } };
        }
        column += cells;
        before = if cells >= 2 { Before::Wide } else { Before::Word };
    }
    Fit { end: text.trim_end().len(), next: text.len() }
}

/// What stands before the grapheme that is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing, or white space.
    Space,
    /// A narrow character.
    Word,
    /// A wide one, after which a line may end.
    Wide,
}

/// Wide punctuation that must not start a line.
const CLOSING: [&str; 14] =
    ["、", "。", "，", "．", "」", "』", "）", "】", "》", "！", "？", "：", "；", "ー"];
