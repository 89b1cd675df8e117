//! Laying out: blocks to lines of a width. Indents and bars give way before text does.

use super::block::{Block, Child, Item, Span};
use super::book::Book;
use super::flow::flow;
use super::intake::NOTE;
use super::line::{Line, Look, Tone, Weight};
use super::{sign, table};
use crate::text::highlight::{HighlightedLine, SyntaxRole};
use crate::text::sanitize::sanitize_line;
use crate::text::width::{expand_tabs, width};
use crate::text::wrap::{Wrap, lines as wrap_lines};

/// Text narrower than this takes no further indent.
const NARROW: usize = 16;

/// Lays blocks out.
#[derive(Debug)]
pub struct Layer<'a> {
    width: usize,
    leads: Vec<Lead>,
    book: &'a mut Book,
    lines: Vec<Line>,
}

/// What stands before every line of a container.
#[derive(Debug)]
struct Lead {
    first: String,
    rest: String,
    begun: bool,
    /// Bars are drawn beside blank rows too.
    bar: bool,
}

impl<'a> Layer<'a> {
    /// Starts on lines of a width of at least one cell.
    pub fn new(width: usize, book: &'a mut Book) -> Self {
        Self { width: width.max(1), leads: Vec::new(), book, lines: Vec::new() }
    }

    /// The lines.
    pub fn finish(self) -> Vec<Line> {
        self.lines
    }

    /// Lays one block out.
    pub fn block(&mut self, block: &Block, depth: usize) {
        match block {
            Block::Paragraph(spans) => self.prose(spans),
            Block::Heading(level, spans) => self.heading(*level, spans),
            Block::Code { info, text, at } => self.code(info, text, *at),
            Block::Quote(children) => {
                let bar = format!("{} ", sign::BAR);
                self.within(Lead { first: bar.clone(), rest: bar, begun: false, bar: true }, |layer| {
                    layer.children(children, depth);
                });
            }
            Block::List(items) => items.iter().for_each(|item| self.item(item, depth)),
            Block::Table(aligns, head, rows) => {
                let room = self.room();
                for line in table::lay(aligns, head, rows, room) {
                    self.emit(|out| out.append(&line), line.wrapped);
                }
            }
            Block::Rule => {
                let rule = sign::RULE.repeat(self.room());
                self.emit(|line| line.push(&rule, Look::of(Tone::Rule)), false);
            }
            Block::Html(text) => {
                for line in text.trim_end().lines() {
                    self.wrapped(&sanitize_line(&expand_tabs(line)), Look::of(Tone::Html));
                }
            }
            Block::Footnote(label, children) => {
                let first = format!("[^{label}] ");
                let lead = Lead { first, rest: "  ".into(), begun: false, bar: false };
                self.within(lead, |layer| layer.children(children, depth));
            }
        }
    }

    /// Lays out some lines of a code block that begins at a byte: its label, if these are the first, and its text.
    pub fn code_part(&mut self, label: &str, (at, text): (usize, &str), runs: &[HighlightedLine]) {
        let first = self.lines.len();
        self.label(label);
        self.within(code_lead(), |layer| {
            for (at, line) in text.lines().enumerate() {
                let plain = HighlightedLine::new();
                layer.code_line(&expand_tabs(line), runs.get(at).unwrap_or(&plain));
            }
        });
        self.lines[first..].iter_mut().for_each(|line| line.belong_to_code(at));
    }

    fn children(&mut self, children: &[Child], depth: usize) {
        for child in children {
            if child.gap {
                self.blank();
            }
            self.block(&child.block, depth + 1);
        }
        // A container that holds nothing still shows its mark.
        if children.is_empty() {
            self.emit(|_| (), false);
        }
    }

    fn item(&mut self, item: &Item, depth: usize) {
        if item.gap {
            self.blank();
        }
        let mark = match (item.number, item.ticked) {
            (_, Some(true)) => format!("[{}] ", sign::TICKED),
            (_, Some(false)) => "[ ] ".into(),
            (Some(number), None) => format!("{number}. "),
            (None, None) => format!("{} ", sign::BULLETS[(depth).min(sign::BULLETS.len() - 1)]),
        };
        let rest = " ".repeat(width(&mark));
        let lead = Lead { first: mark, rest, begun: false, bar: false };
        self.within(lead, |layer| layer.children(&item.children, depth));
    }

    fn heading(&mut self, level: u8, spans: &[Span]) {
        let bold: Vec<Span> = spans
            .iter()
            .map(|span| {
                let look = Look { weight: span.look.weight.and(Weight::BOLD), ..span.look };
                Span { look, ..span.clone() }
            })
            .collect();
        if bold.is_empty() {
            self.emit(|line| line.push(" ", Look::of(Tone::Heading(level))), false);
        }
        self.prose(&bold);
    }

    fn prose(&mut self, spans: &[Span]) {
        let room = self.room();
        for line in flow(spans, room) {
            self.emit(|out| out.append(&line), line.wrapped);
        }
    }

    fn code(&mut self, info: &str, text: &str, at: usize) {
        let runs = self.book.read(at, info, text).between(0, text.lines().count());
        self.code_part(info, (at, text), &runs);
    }

    fn label(&mut self, info: &str) {
        if !info.is_empty() {
            let room = self.room();
            let info = crate::text::cut::end(info, room, "…").into_owned();
            self.emit(|line| line.push(&info, Look::of(Tone::Label)), false);
        }
    }

    fn code_line(&mut self, text: &str, runs: &HighlightedLine) {
        if let Some((text, note)) = text.split_once(NOTE.0) {
            self.code_line(text, runs);
            return self.wrapped(note.trim_end_matches(NOTE.1).trim_start(), Look::of(Tone::Note));
        }
        let indent = text.len() - text.trim_start_matches(' ').len();
        let wrap = Wrap { width: self.room(), hanging: indent + 2 };
        for (at, piece) in wrap_lines(text, wrap).into_iter().enumerate() {
            let range = piece.range;
            let runs = runs.clone();
            self.emit(
                |line| {
                    line.push(&" ".repeat(piece.indent), Look::of(Tone::Text));
                    if piece.indent > 0 {
                        line.end_lead();
                    }
                    let mut from = range.start;
                    for (role, run) in runs {
                        let (start, end) = (run.start.max(from), run.end.min(range.end));
                        if start < end {
                            line.push(text.get(start..end).unwrap_or_default(), Look::of(Tone::Syntax(role)));
                            from = end;
                        }
                    }
                    let rest = text.get(from..range.end).unwrap_or_default();
                    line.push(rest, Look::of(Tone::Syntax(SyntaxRole::Plain)));
                },
                at > 0,
            );
        }
    }

    fn wrapped(&mut self, text: &str, look: Look) {
        for (at, piece) in wrap_lines(text, Wrap::to(self.room())).into_iter().enumerate() {
            self.emit(|line| line.push(&text[piece.range], look), at > 0);
        }
    }

    fn within(&mut self, lead: Lead, fill: impl FnOnce(&mut Self)) {
        let narrow = self.room().saturating_sub(width(&lead.first)) < NARROW;
        // The mark is seen once; where room is short, what follows stands below it.
        let lead = if narrow { Lead { rest: String::new(), ..lead } } else { lead };
        self.leads.push(lead);
        fill(self);
        self.leads.pop();
    }

    /// Cells for text.
    fn room(&self) -> usize {
        let taken: usize = self.leads.iter().map(|lead| width(&lead.first).max(width(&lead.rest))).sum();
        self.width.saturating_sub(taken).max(1)
    }

    fn blank(&mut self) {
        let mut line = Line::default();
        let bars = self.leads.iter().rposition(|lead| lead.bar).map_or(0, |last| last + 1);
        for lead in &self.leads[..bars] {
            line.push(&lead.rest, Look::of(Tone::Marker));
        }
        line.end_lead();
        self.lines.push(line);
    }

    fn emit(&mut self, fill: impl FnOnce(&mut Line), wrapped: bool) {
        let mut line = Line::that_goes_on(wrapped);
        for lead in &mut self.leads {
            line.push(if lead.begun { &lead.rest } else { &lead.first }, Look::of(Tone::Marker));
            lead.begun = true;
        }
        line.end_lead();
        fill(&mut line);
        self.lines.push(line);
    }
}

fn code_lead() -> Lead {
    Lead { first: "  ".into(), rest: "  ".into(), begun: false, bar: false }
}
