//! A text that grows: finished pieces that nothing can change any more, and a tail that is parsed anew.
//!
//! `CommonMark` decides the structure of blocks line by line. So a block is finished once another has begun behind it on
//! a line that is whole, and an entry of a list at the top once the next has. Two things reach further and are kept
//! out of the way: a link's definition may go on with the next line, so a piece ends behind one only at a blank line;
//! and a definition counts for what stands before it only when the text is finished. Fenced code is taken line by line,
//! without the parser, in parts. A tail that grows past [`TAIL`] is cut at a line's end, always at the same one.
//!
//! Invariant: pieces, and later their lines, depend on the text and not on how it came. A finished piece never changes,
//! except by [`Document::finish`], and then only where a link is defined behind its use.

mod laying;

use std::ops::Range;

use super::block::Block;
use super::book::Book;
use super::definitions::Definitions;
use super::fence::{Fence, is_fence_like};
use super::intake::Intake;
use super::parse::{Given, Parsed, Placed, blank_before, parse};
use crate::text::amount;
use crate::text::highlight::Highlighter;

/// Bytes of a tail: parsing and laying out this much takes a few milliseconds.
const TAIL: usize = 32 * 1024;

/// Lines of one part of a code block.
const PART: usize = 100;

/// Bytes of one part of a code block.
const PART_BYTES: usize = 16 * 1024;

/// A code block of a text: where it lies, and what stands behind its fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBlock {
    /// The byte of the clean text at which it begins, fence included; names it within its text.
    pub at: usize,
    /// The bytes of its lines in the clean text.
    pub range: Range<usize>,
    /// What stands behind the fence.
    pub info: String,
    /// Its lines so far.
    pub lines: usize,
    /// Whether it is ended.
    pub ended: bool,
    /// Cells of indent that are taken off each line.
    indent: usize,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PieceKind {
    /// A block, or an entry of a list with its number where it has one.
    Block(Option<u64>),
    /// Lines of a fenced code block: which block, the first of these lines, how many, and whether the block begins here.
    Code {
        /// The position among [`Document::code_blocks`].
        block: usize,
        /// Lines of the block before these.
        before: usize,
        /// Lines of this part.
        lines: usize,
    },
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes in the clean text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: PieceKind,
    /// A blank row stands before it.
    pub gap: bool,
}

/// How a list counts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Counting {
    /// There is no list, or it has no numbers.
    #[default]
    Nothing,
    /// The next entry has this number.
    From(u64),
}

/// A text that grows.
#[derive(Debug)]
pub struct Document {
    intake: Intake,
    text: String,
    pieces: Vec<Piece>,
    /// Where what is not in a piece begins.
    tail: usize,
    /// Up to where the tail was looked at.
    seen: usize,
    /// How the list that the last piece is an entry of counts on.
    list: Counting,
    /// The first block of the tail is an entry of that list.
    goes_on: bool,
    /// The last piece stands apart from what follows.
    apart: bool,
    fence: Option<Fence>,
    blocks: Vec<CodeBlock>,
    definitions: Definitions,
    cites: u16,
    finished: bool,
    book: Book,
}

impl Document {
    /// An empty text; numbers up to `cites` name items of the context.
    pub fn new(cites: u16, highlighter: Highlighter) -> Self {
        Self {
            intake: Intake::default(),
            text: String::new(),
            pieces: Vec::new(),
            tail: 0,
            seen: 0,
            list: Counting::default(),
            goes_on: false,
            apart: false,
            fence: None,
            blocks: Vec::new(),
            definitions: Definitions::default(),
            cites,
            finished: false,
            book: Book::new(highlighter),
        }
    }

    /// A finished text.
    pub fn of(text: &str, cites: u16, highlighter: Highlighter) -> Self {
        let mut document = Self::new(cites, highlighter);
        document.push(text);
        document.finish();
        document
    }

    /// Takes more of the text in.
    pub fn push(&mut self, piece: &str) {
        let mut intake = std::mem::take(&mut self.intake);
        intake.push(piece, |line| self.take_line(line));
        self.intake = intake;
        if self.is_worth_a_look() {
            self.advance();
        }
    }

    /// Ends the text: everything becomes a piece. Whether pieces that were finished before have to be laid out again,
    /// because links in them are defined behind them.
    pub fn finish(&mut self) -> bool {
        if self.finished {
            return false;
        }
        let mut intake = std::mem::take(&mut self.intake);
        intake.finish(|line| self.take_line(line));
        self.intake = intake;
        self.advance();
        if let Some(mut fence) = self.fence.take() {
            self.end_part(&mut fence, self.text.len());
            self.end_block(&fence);
        } else {
            self.cut();
        }
        self.tail = self.text.len();
        self.finished = true;
        !self.definitions.is_empty()
    }

    /// Whether the text is ended.
    pub const fn is_finished(&self) -> bool {
        self.finished
    }

    /// The finished pieces, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The code blocks of finished pieces, and the fenced one that is open; nested ones are not among them.
    pub fn code_blocks(&self) -> &[CodeBlock] {
        &self.blocks
    }

    /// The clean text that is in lines.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the program has to say of the text as a whole.
    pub fn remark(&self) -> Option<String> {
        let over = self.intake.over();
        (over > 0).then(|| {
            format!("{} more are not shown here; an export has all of it", amount::bytes(over as u64))
        })
    }

    /// Allows for the highlighting of more lines. Whether some were left plain, so that laying out again tells more.
    pub fn turn(&mut self) -> bool {
        self.book.turn()
    }

    /// Whether lines were left plain since the last [`Document::turn`].
    pub const fn is_short(&self) -> bool {
        self.book.is_short()
    }

    fn take_line(&mut self, line: &str) {
        if self.fence.is_none() && self.text.len() + line.len() - self.tail > TAIL {
            self.advance();
            if self.fence.is_none() && self.text.len() + line.len() - self.tail > TAIL {
                self.cut();
            }
        }
        self.text.push_str(line);
        if self.fence.is_some() || is_fence_like(line) && self.is_worth_a_look() {
            self.advance();
        }
    }

    /// Whether enough came since the tail was parsed last: a share of what is parsed again, so that a tail of any
    /// length costs no more than some times its bytes.
    fn is_worth_a_look(&self) -> bool {
        self.fence.is_some() || (self.text.len() - self.seen) * 8 >= self.seen.saturating_sub(self.tail)
    }

    /// Finishes what nothing can change any more.
    fn advance(&mut self) {
        while self.seen < self.text.len() {
            if self.fence.is_some() {
                self.take_code();
                continue;
            }
            self.seen = self.text.len();
            let parsed = self.parse_tail(self.text.len());
            let fence = parsed.blocks.iter().position(|placed| placed.fenced);
            let keep = match fence {
                Some(at) => at,
                None => parsed.blocks.len().saturating_sub(1),
            };
            let Some(next) = parsed.blocks.get(keep) else { return };
            let boundary = self.tail + next.range.start;
            let before =
                keep.checked_sub(1).map_or(self.tail, |last| self.tail + parsed.blocks[last].range.end);
            let open_definition = !self.text[before.min(boundary)..boundary].trim().is_empty()
                && !blank_before(&self.text, boundary);
            if open_definition {
                return;
            }
            self.define(&parsed, boundary);
            let info = if let (Block::Code { info, .. }, Some(_)) = (&next.block, fence) {
                Some(info.clone())
            } else {
                None
            };
            let gap = if keep == 0 { self.gap_of(next) } else { next.gap };
            let goes_on = if keep == 0 { self.goes_on } else { next.goes_on };
            for (at, placed) in parsed.blocks.into_iter().take(keep).enumerate() {
                self.add(&placed, at == 0);
            }
            self.goes_on = goes_on;
            self.tail = boundary;
            if let Some(info) = info {
                self.open_fence(info, gap);
            }
        }
    }

    /// Cuts a tail that is too long, before the line that would be too much.
    fn cut(&mut self) {
        let parsed = self.parse_tail(self.text.len());
        let end = self.text.len();
        self.define(&parsed, end);
        for (at, placed) in parsed.blocks.into_iter().enumerate() {
            self.add(&placed, at == 0);
        }
        self.goes_on = false;
        self.tail = end;
        self.seen = end;
    }

    fn open_fence(&mut self, info: String, gap: bool) {
        let start = self.tail;
        let first_end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at + 1);
        let Some(mut fence) = Fence::open(&self.text[start..first_end]) else {
            // The parser saw a fence where there is none to us; its block stays in the tail until the end.
            self.seen = self.text.len();
            return;
        };
        fence.block = self.blocks.len();
        fence.gap = gap;
        let indent = fence.indent;
        let range = first_end..first_end;
        self.blocks.push(CodeBlock { at: start, range, info, lines: 0, ended: false, indent });
        self.tail = first_end;
        self.seen = first_end;
        self.list = Counting::Nothing;
        self.fence = Some(fence);
    }

    /// Takes lines of the open code block, up to its end or to that of the text.
    fn take_code(&mut self) {
        let Some(mut fence) = self.fence.take() else { return };
        while let Some(end) = self.text[self.seen..].find('\n').map(|at| self.seen + at + 1) {
            let line = &self.text[self.seen..end];
            if fence.is_end(line) {
                self.end_part(&mut fence, self.seen);
                self.end_block(&fence);
                self.tail = end;
                self.seen = end;
                self.apart = true;
                return;
            }
            fence.lines += 1;
            self.seen = end;
            if let Some(block) = self.blocks.get_mut(fence.block) {
                block.range.end = end;
                block.lines += 1;
            }
            if fence.lines == PART || end - self.tail > PART_BYTES {
                self.end_part(&mut fence, end);
            }
        }
        self.fence = Some(fence);
    }

    /// Makes a piece of the lines of the open code block so far.
    fn end_part(&mut self, fence: &mut Fence, end: usize) {
        // A block without lines still has its label.
        if fence.lines == 0 && fence.before > 0 {
            return;
        }
        let kind = PieceKind::Code { block: fence.block, before: fence.before, lines: fence.lines };
        let gap = fence.before == 0 && fence.gap;
        self.pieces.push(Piece { range: self.tail..end, kind, gap });
        fence.before += fence.lines;
        fence.lines = 0;
        self.tail = end;
        self.apart = true;
    }

    fn end_block(&mut self, fence: &Fence) {
        if let Some(block) = self.blocks.get_mut(fence.block) {
            block.ended = true;
        }
    }

    /// Makes a piece of a block of the tail; the tail's first is seen with what stands before it.
    fn add(&mut self, placed: &Placed, is_first: bool) {
        let gap = if is_first { self.gap_of(placed) } else { placed.gap };
        let number = number_of(placed, is_first && self.goes_on, &mut self.list);
        self.apart = placed.block.stands_apart();
        let range = self.tail + placed.range.start..self.tail + placed.range.end;
        self.pieces.push(Piece { range, kind: PieceKind::Block(number), gap });
    }

    /// The blank row before a block that opens the tail: the block before it is known here only.
    fn gap_of(&self, placed: &Placed) -> bool {
        placed.gap || self.apart || blank_before(&self.text, self.tail + placed.range.start)
    }

    fn define(&mut self, parsed: &Parsed, end: usize) {
        for (label, address, range) in &parsed.definitions {
            if self.tail + range.end <= end {
                self.definitions.add(label, address, self.tail + range.start);
            }
        }
    }

    fn parse_tail(&self, end: usize) -> Parsed {
        parse(&self.text[self.tail..end], self.given(self.tail, end))
    }

    fn parse_range(&self, range: Range<usize>, before: usize) -> Parsed {
        let given = Given { before, ..self.given(range.start, range.end) };
        parse(&self.text[range], given)
    }

    const fn given(&self, base: usize, before: usize) -> Given<'_> {
        Given { cites: self.cites, definitions: &self.definitions, before, base }
    }
}

/// The number of an entry of a list: counted on from the entry before it where both belong to one list.
fn number_of(placed: &Placed, goes_on: bool, list: &mut Counting) -> Option<u64> {
    let before = std::mem::take(list);
    let Block::List(items) = &placed.block else { return None };
    let own = items.first().and_then(|item| item.number)?;
    let number = match before {
        Counting::From(next) if goes_on || placed.goes_on => next,
        Counting::From(_) | Counting::Nothing => own,
    };
    *list = Counting::From(number.saturating_add(1));
    Some(number)
}
