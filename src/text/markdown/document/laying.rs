//! Laying the pieces of a text out, and finding the code blocks in them.

use std::ops::Range;

use super::super::block::{Block, Item};
use super::super::book::Book;
use super::super::fence::{Fence, stripped};
use super::super::lay::Layer;
use super::super::line::Line;
use super::super::parse::{Placed, parse};
use super::{CodeBlock, Document, PieceKind, number_of};

impl Document {
    /// Lays a finished piece out. Without the blank row before it.
    pub fn lay(&mut self, at: usize, width: usize) -> Vec<Line> {
        let Some(piece) = self.pieces.get(at) else { return Vec::new() };
        let range = piece.range.clone();
        match piece.kind {
            PieceKind::Code { block, before, lines } => self.lay_code(block, before, lines, &range, width),
            PieceKind::Block(number) => {
                let before = if self.finished { usize::MAX } else { range.end };
                let parsed = self.parse_range(range, before);
                lay_blocks(&parsed.blocks, number, width, &mut self.book)
            }
        }
    }

    /// Lays out what is not in pieces yet, the line that is not ended included. With the blank row before it.
    pub fn lay_tail(&mut self, width: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        if self.finished {
            return lines;
        }
        let partial = self.intake.partial();
        if let Some(fence) = self.fence.clone() {
            if fence.before == 0 && fence.gap && !self.pieces.is_empty() {
                lines.push(Line::default());
            }
            // What may become the end of the block is not shown as its text.
            let partial = if fence.may_end(&partial) { "" } else { partial.as_str() };
            lines.extend(self.lay_open_code(&fence, partial, width));
            return lines;
        }
        let mut source = self.text[self.tail..].to_owned();
        source.push_str(&partial);
        let given = self.given(self.tail, self.tail + source.len());
        let parsed = parse(&source, given);
        let mut list = self.list;
        for (at, placed) in parsed.blocks.iter().enumerate() {
            let gap = if at == 0 { self.gap_of(placed) } else { placed.gap };
            if gap && !(at == 0 && self.pieces.is_empty()) {
                lines.push(Line::default());
            }
            let shown = number_of(placed, at == 0 && self.goes_on, &mut list);
            lines.extend(lay_blocks(std::slice::from_ref(placed), shown, width, &mut self.book));
        }
        lines
    }

    /// Every code block of the finished pieces and the open one, those within lists and quotes included: what names
    /// it, what stands behind its fence, and its text.
    pub fn codes(&self) -> Vec<(usize, String, String)> {
        let top = self.blocks.iter().map(|code| (code.at, code.info.clone(), self.code_text(code)));
        let mut codes: Vec<_> = top.collect();
        for piece in &self.pieces {
            let text = &self.text[piece.range.clone()];
            if matches!(piece.kind, PieceKind::Block(_)) && (text.contains("```") || text.contains("~~~")) {
                let parsed = self.parse_range(piece.range.clone(), piece.range.end);
                for placed in &parsed.blocks {
                    nested(&placed.block, &mut codes);
                }
            }
        }
        codes.sort_by_key(|(at, ..)| *at);
        codes
    }

    /// A code block's text.
    pub fn code_text(&self, block: &CodeBlock) -> String {
        stripped(self.text.get(block.range.clone()).unwrap_or_default(), block.indent).into_owned()
    }

    fn lay_code(
        &mut self,
        block: usize,
        before: usize,
        lines: usize,
        range: &Range<usize>,
        width: usize,
    ) -> Vec<Line> {
        let Some(code) = self.blocks.get(block) else { return Vec::new() };
        let text = stripped(&self.text[range.clone()], code.indent);
        let whole = stripped(&self.text[code.range.start..range.end], code.indent);
        let pages = self.book.read(code.at, &code.info, &whole);
        let runs = pages.between(before, lines);
        let label = if before == 0 { code.info.as_str() } else { "" };
        let mut layer = Layer::new(width, &mut self.book);
        layer.code_part(label, (code.at, &text), &runs);
        layer.finish()
    }

    /// The lines of the open block that are in no piece, and the one that is not ended.
    fn lay_open_code(&mut self, fence: &Fence, partial: &str, width: usize) -> Vec<Line> {
        let Some(code) = self.blocks.get(fence.block) else { return Vec::new() };
        let range = code.range.start..self.text.len();
        let mut whole = stripped(&self.text[range], code.indent).into_owned();
        let start = stripped(&self.text[code.range.start..self.tail], code.indent).len();
        whole.push_str(&stripped(partial, code.indent));
        let pages = self.book.read(code.at, &code.info, &whole);
        let runs = pages.between(fence.before, fence.lines + 1);
        let label = if fence.before == 0 { code.info.as_str() } else { "" };
        let mut layer = Layer::new(width, &mut self.book);
        layer.code_part(label, (code.at, &whole[start..]), &runs);
        layer.finish()
    }
}

fn nested(block: &Block, codes: &mut Vec<(usize, String, String)>) {
    match block {
        Block::Code { info, text, at } => codes.push((*at, info.clone(), text.clone())),
        Block::Quote(children) | Block::Footnote(_, children) => {
            for child in children {
                nested(&child.block, codes);
            }
        }
        Block::List(items) => {
            for child in items.iter().flat_map(|item| &item.children) {
                nested(&child.block, codes);
            }
        }
        Block::Paragraph(_) | Block::Heading(..) | Block::Table(..) | Block::Rule | Block::Html(_) => {}
    }
}

fn lay_blocks(blocks: &[Placed], number: Option<u64>, width: usize, book: &mut Book) -> Vec<Line> {
    let mut layer = Layer::new(width, book);
    for placed in blocks {
        if let Block::List(items) = &placed.block {
            let renumbered = items.iter().cloned().map(|item| Item { number, ..item }).collect();
            layer.block(&Block::List(renumbered), 0);
        } else {
            layer.block(&placed.block, 0);
        }
    }
    layer.finish()
}
