//! Word wrapping by display width, of plain and of styled text. No line is wider than asked, and nothing but the
//! white space at a break is lost.
//!
//! Expand tabs first; a tab that is left counts as one cell. Words longer than a line are broken between graphemes,
//! and wide characters (Chinese, Japanese) may be parted anywhere.

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

fn wrap_paragraph(text: &str, base: usize, wrap: Wrap, lines: &mut Vec<WrappedLine>) {
    let first_line = lines.len();
    let mut line = Line { start: 0, column: 0, limit: wrap.width.max(1), end: 0, next: 0 };
    let mut emit = |line: &mut Line, end: usize, next: usize| {
        let indent = if lines.len() == first_line { 0 } else { wrap.indent() };
        lines.push(WrappedLine { range: base + line.start..base + end, indent });
        *line = Line { start: next, column: 0, limit: (wrap.width - wrap.indent()).max(1), end: next, next };
    };
    let mut after_space = true;
    for (at, grapheme, cells) in graphemes(text) {
        if grapheme.chars().all(char::is_whitespace) {
            if !after_space {
                line.end = at;
            }
            line.next = at + grapheme.len();
            line.column += cells.max(1);
            after_space = true;
            continue;
        }
        if cells == 2 && !after_space {
            (line.end, line.next) = (at, at);
        }
        if line.column + cells > line.limit && at > line.start {
            if line.end > line.start {
                let (end, next) = (line.end, line.next);
                emit(&mut line, end, next);
            } else if line.next > line.start {
                // Nothing but white space so far: it is dropped rather than shown as an empty line.
                line = Line { start: line.next, column: 0, end: line.next, ..line };
            }
            line.column = graphemes(&text[line.start..at]).map(|(_, _, cells)| cells).sum();
            if line.column + cells > line.limit && at > line.start {
                emit(&mut line, at, at);
            }
        }
        line.column += cells;
        after_space = false;
    }
    let end = line.start + text[line.start..].trim_end().len();
    if end > line.start || lines.len() == first_line {
        emit_last(lines, first_line, base, &line, end, wrap);
    }
}

fn emit_last(lines: &mut Vec<WrappedLine>, first: usize, base: usize, line: &Line, end: usize, wrap: Wrap) {
    let indent = if lines.len() == first { 0 } else { wrap.indent() };
    lines.push(WrappedLine { range: base + line.start..base + end, indent });
}

/// The line being filled.
#[derive(Clone, Copy)]
struct Line {
    /// Byte where it starts.
    start: usize,
    /// Cells used so far.
    column: usize,
    /// Cells it may have.
    limit: usize,
    /// Where it would end if it were broken at the last chance.
    end: usize,
    /// Where the next line would start then.
    next: usize,
}
