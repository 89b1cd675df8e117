//! Parsing: a stretch of Markdown to its top-level blocks, each with its bytes.
//!
//! Lists at the top come as one block an item, so that a long list can be finished item by item. Whether a blank row
//! stands before a block is read off the source before it, never off what follows: nothing that comes later changes it.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parser's events are many; what is not named here is no text"
)]

use std::ops::Range;

use pulldown_cmark::{
    Alignment, BrokenLink, CodeBlockKind, CowStr, Event, HeadingLevel, OffsetIter, Options, Parser, Tag,
    TagEnd,
};

use super::block::{Align, Block, Child, Item, Row, Span};
use super::definitions::Definitions;
use super::inline::Inlines;
use super::line::Tone;
use super::marks;
use crate::text::sanitize::{sanitize, sanitize_line};

/// Containers within containers that are told apart; deeper ones lose their indent and keep their text.
const DEPTH: usize = 16;

/// A block at the top, or an item of a list there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// What it is.
    pub block: Block,
    /// Its bytes in the text that was parsed, from the start of its first line.
    pub range: Range<usize>,
    /// A blank row stands before it, unless it is the first of all.
    pub gap: bool,
    /// It begins a fenced code block.
    pub fenced: bool,
    /// It is an entry of the list that the block before it belongs to.
    pub goes_on: bool,
}

/// What is known besides the text.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// Numbers from 1 to this name items of the context.
    pub cites: u16,
    /// Definitions of links that stand elsewhere.
    pub definitions: &'a Definitions,
    /// Only definitions that begin before this byte count.
    pub before: usize,
    /// Where the text begins in the whole source.
    pub base: usize,
}

/// What a stretch of text came to.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Its blocks, in order.
    pub blocks: Vec<Placed>,
    /// The links that it defines: label, address and bytes.
    pub definitions: Vec<(String, String, Range<usize>)>,
}

/// Parses a stretch of clean text.
pub fn parse<'a>(text: &'a str, given: Given<'a>) -> Parsed {
    let lookup = |link: BrokenLink<'a>| -> Option<(CowStr<'a>, CowStr<'a>)> {
        if marks::is_citation(&link.reference, given.cites) {
            return None;
        }
        let address = given.definitions.get(&link.reference, given.before)?;
        Some((CowStr::from(address.to_owned()), CowStr::from("")))
    };
    let parser = Parser::new_with_broken_link_callback(text, options(), Some(lookup));
    let definitions = parser
        .reference_definitions()
        .iter()
        .map(|(label, link)| (label.to_owned(), link.dest.to_string(), link.span.clone()))
        .collect();
    let mut reader = Reader { events: parser.into_offset_iter(), text, given, ticked: None };
    Parsed { blocks: reader.top(), definitions }
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
}

struct Reader<'a, F: pulldown_cmark::BrokenLinkCallback<'a>> {
    events: OffsetIter<'a, F>,
    text: &'a str,
    given: Given<'a>,
    ticked: Option<bool>,
}

impl<'a, F: pulldown_cmark::BrokenLinkCallback<'a>> Reader<'a, F> {
    fn top(&mut self) -> Vec<Placed> {
        let mut all = Vec::new();
        let mut before_apart = false;
        while let Some((event, range)) = self.events.next() {
            if let Event::Start(Tag::List(first)) = event {
                let mut goes_on = false;
                self.items(first, 0, |item, range| {
                    let gap = std::mem::take(&mut before_apart) || item.gap;
                    let block = Block::List(vec![Item { gap: false, ..item }]);
                    all.push(Placed { block, range, gap, fenced: false, goes_on });
                    goes_on = true;
                });
                continue;
            }
            let fenced = matches!(event, Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))));
            let start = line_start(self.text, range.start);
            let Some(block) = self.block(event, &range, 0) else { continue };
            let apart = block.stands_apart();
            let gap = before_apart || apart || blank_before(self.text, start);
            before_apart = apart;
            all.push(Placed { block, range: start..range.end, gap, fenced, goes_on: false });
        }
        all
    }

    /// The block that an event begins, read to its end.
    fn block(&mut self, event: Event<'a>, range: &Range<usize>, depth: usize) -> Option<Block> {
        let Event::Start(tag) = event else {
            return match event {
                Event::Rule => Some(Block::Rule),
                Event::Html(html) => Some(Block::Html(sanitize(&html).into_owned())),
                _ => None,
            };
        };
        Some(match tag {
            Tag::Paragraph => Block::Paragraph(self.spans(TagEnd::Paragraph, Tone::Text)),
            Tag::Heading { level, .. } => {
                let spans = self.spans(TagEnd::Heading(level), Tone::Heading(number_of(level)));
                Block::Heading(number_of(level), spans)
            }
            Tag::CodeBlock(kind) => {
                let info = match &kind {
                    CodeBlockKind::Fenced(info) => sanitize_line(info).trim().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                let at = self.given.base + line_start(self.text, range.start);
                Block::Code { info, text: self.raw(TagEnd::CodeBlock), at }
            }
            Tag::HtmlBlock => Block::Html(self.raw(TagEnd::HtmlBlock)),
            Tag::Table(aligns) => self.table(&aligns),
            Tag::List(first) if depth < DEPTH => {
                let mut items = Vec::new();
                self.items(first, depth, |item, _| items.push(item));
                if let Some(first) = items.first_mut() {
                    first.gap = false;
                }
                Block::List(items)
            }
            Tag::BlockQuote(_) if depth < DEPTH => {
                Block::Quote(self.children(|end| matches!(end, TagEnd::BlockQuote(_)), depth, Tone::Quote))
            }
            Tag::FootnoteDefinition(label) => {
                let end = |end: TagEnd| end == TagEnd::FootnoteDefinition;
                Block::Footnote(sanitize_line(&label).into_owned(), self.children(end, depth, Tone::Text))
            }
            _ => Block::Paragraph(self.flat()),
        })
    }

    /// What stands in a container, up to its end.
    fn children(&mut self, is_end: impl Fn(TagEnd) -> bool, depth: usize, tone: Tone) -> Vec<Child> {
        let mut children: Vec<Child> = Vec::new();
        let mut loose: Option<(Inlines, usize)> = None;
        while let Some((event, range)) = self.events.next() {
            if Inlines::takes(&event) {
                let new = || (Inlines::new(tone, self.given.cites), range.start);
                loose.get_or_insert_with(new).0.event(event);
                continue;
            }
            if let Event::TaskListMarker(ticked) = event {
                self.ticked = Some(ticked);
                continue;
            }
            if let Some((inlines, at)) = loose.take() {
                self.add(&mut children, Block::Paragraph(inlines.finish()), at);
            }
            match event {
                Event::End(end) if is_end(end) => break,
                Event::Start(Tag::Paragraph) => {
                    let spans = self.spans(TagEnd::Paragraph, tone);
                    self.add(&mut children, Block::Paragraph(spans), range.start);
                }
                event => {
                    if let Some(block) = self.block(event, &range, depth + 1) {
                        self.add(&mut children, block, range.start);
                    }
                }
            }
        }
        if let Some((inlines, at)) = loose.take() {
            self.add(&mut children, Block::Paragraph(inlines.finish()), at);
        }
        children
    }

    fn add(&self, children: &mut Vec<Child>, block: Block, at: usize) {
        let gap = !children.is_empty() && blank_before(self.text, line_start(self.text, at));
        children.push(Child { block, gap });
    }

    /// The items of a list, up to its end, each with its bytes.
    fn items(&mut self, first: Option<u64>, depth: usize, mut take: impl FnMut(Item, Range<usize>)) {
        let mut number = first;
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => {
                    self.ticked = None;
                    let children = self.children(|end| end == TagEnd::Item, depth, Tone::Text);
                    let start = line_start(self.text, range.start);
                    let gap = blank_before(self.text, start);
                    take(Item { number, ticked: self.ticked.take(), children, gap }, start..range.end);
                    number = number.map(|number| number.saturating_add(1));
                }
                Event::End(TagEnd::List(_)) => return,
                _ => {}
            }
        }
    }

    fn table(&mut self, aligns: &[Alignment]) -> Block {
        let mut head = Row::new();
        let mut rows = Vec::new();
        while let Some((event, _)) = self.events.next() {
            match event {
                Event::Start(Tag::TableHead) => head = self.cells(TagEnd::TableHead),
                Event::Start(Tag::TableRow) => rows.push(self.cells(TagEnd::TableRow)),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        let align = |align: &Alignment| match align {
            Alignment::None | Alignment::Left => Align::Left,
            Alignment::Center => Align::Center,
            Alignment::Right => Align::Right,
        };
        Block::Table(aligns.iter().map(align).collect(), head, rows)
    }

    fn cells(&mut self, until: TagEnd) -> Row {
        let mut row = Row::new();
        while let Some((event, _)) = self.events.next() {
            match event {
                Event::Start(Tag::TableCell) => row.push(self.spans(TagEnd::TableCell, Tone::Text)),
                Event::End(end) if end == until => break,
                _ => {}
            }
        }
        row
    }

    fn spans(&mut self, until: TagEnd, tone: Tone) -> Vec<Span> {
        let mut inlines = Inlines::new(tone, self.given.cites);
        for (event, _) in self.events.by_ref() {
            match event {
                Event::End(end) if std::mem::discriminant(&end) == std::mem::discriminant(&until) => break,
                Event::TaskListMarker(ticked) => self.ticked = Some(ticked),
                event if Inlines::takes(&event) => inlines.event(event),
                _ => {}
            }
        }
        inlines.finish()
    }

    /// The text of a code or HTML block.
    fn raw(&mut self, until: TagEnd) -> String {
        let mut text = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::End(end) if end == until => break,
                Event::Text(piece) | Event::Html(piece) => text.push_str(&piece),
                _ => {}
            }
        }
        // Code comes as it was written, which is clean already; entities mean nothing in it.
        text
    }

    /// All text up to the end of the block that has just begun, whatever stands in it.
    fn flat(&mut self) -> Vec<Span> {
        let mut inlines = Inlines::new(Tone::Text, self.given.cites);
        let mut open = 1_usize;
        for (event, _) in self.events.by_ref() {
            if Inlines::takes(&event) {
                inlines.event(event);
                continue;
            }
            match event {
                Event::Start(_) => {
                    open += 1;
                    if !inlines.is_empty() {
                        inlines.event(Event::HardBreak);
                    }
                }
                Event::End(_) => open -= 1,
                Event::Html(html) => inlines.event(Event::InlineHtml(html)),
                _ => {}
            }
            if open == 0 {
                break;
            }
        }
        inlines.finish()
    }
}

const fn number_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// The start of the line that a byte lies on.
pub fn line_start(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

/// Whether the line before this line start is blank, but for the bars of quotes.
pub fn blank_before(text: &str, start: usize) -> bool {
    let Some(before) = start.checked_sub(1) else { return false };
    let line = &text[line_start(text, before)..before];
    line.chars().all(|c| c.is_whitespace() || c == '>')
}
