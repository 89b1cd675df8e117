//! The fallback: outlines by indentation, keywords and landmarks, for languages without a grammar and for huge files.

mod comments;
mod keywords;
mod landmarks;

use std::ops::Range;

pub(super) use comments::comments;

use super::syntax::shown;
use super::{MAX_SYMBOLS, Outline};
use crate::domain::{Language, Span};
use crate::index::{Symbol, SymbolKind, imports};

/// Longer lines hold data.
const MAX_LINE: usize = 400;

/// Outlines a text line by line.
pub(super) fn outline(language: Language, text: &str) -> Outline {
    let mut builder = Builder::new(comments(language, text));
    let mut reader = landmarks::Reader::new(language);
    // Prose and data have the same words ("type of ...") and define nothing by them: in 2,549 plain text files of seven
    // public trees, 172 "definitions" were found so.
    let defines =
        language.is_code() || [Language::TERRAFORM, Language::CUE, Language::NIX].contains(&language);
    let mut comment = 0;
    let mut start = 0;
    for (row, line) in text.split_inclusive('\n').enumerate() {
        let end = start + line.len();
        let number = row as u32 + 1;
        let first = start + (line.len() - line.trim_start().len());
        let comments = &builder.outline.comments;
        while comments.get(comment).is_some_and(|range| range.end <= first) {
            comment += 1;
        }
        let commented = comments.get(comment).is_some_and(|range| range.start <= first);
        let line = line.trim_end();
        if !commented && !line.is_empty() && line.len() <= MAX_LINE {
            let named = if reader.owns() {
                reader.read(line)
            } else if !defines {
                None
            } else {
                builder.end_by_indent(line, number);
                keywords::read(language, line)
            };
            if let Some((name, kind, level)) = named {
                let at = name.as_ptr() as usize - text.as_ptr() as usize;
                // The title of an underlined heading stands in the line before.
                let number = if at < start { number - 1 } else { number };
                builder.add(at..at + name.len(), name, kind, (level, number));
            }
        }
        if !line.is_empty() && !commented {
            builder.last = number;
        }
        start = end;
    }
    let total = text.lines().count() as u32;
    builder.end_all(if reader.owns() { total } else { builder.last });
    imports::lines(language, text, &mut builder.outline.imports);
    builder.outline
}

/// Builds symbols from lines, and knows which are still open.
struct Builder {
    outline: Outline,
    /// Level and index of each open symbol. What is indented more, or headed lower, lies in it.
    open: Vec<(usize, usize)>,
    /// The last line with content.
    last: u32,
}

impl Builder {
    fn new(comments: Vec<Range<usize>>) -> Self {
        Self { outline: Outline { comments, ..Outline::default() }, open: Vec::new(), last: 0 }
    }

    fn add(&mut self, at: Range<usize>, name: &str, kind: SymbolKind, (level, number): (usize, u32)) {
        while self.open.last().is_some_and(|(open, _)| *open >= level) {
            self.end(number.saturating_sub(1));
        }
        let shown = shown(name);
        if shown.is_empty() || self.outline.symbols.len() >= MAX_SYMBOLS {
            return;
        }
        self.outline.names.push(at);
        let depth = self.open.len().min(usize::from(u8::MAX)) as u8;
        self.open.push((level, self.outline.symbols.len()));
        let span = Span { first: number, last: number };
        self.outline.symbols.push(Symbol { name: shown.into_boxed_str(), kind, span, depth });
    }

    /// Ends what a line of code that is indented no more leaves; a closing line still belongs to it.
    fn end_by_indent(&mut self, line: &str, number: u32) {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        while let Some((level, at)) = self.open.last().copied().filter(|(level, _)| *level >= indent) {
            let name = self.outline.symbols.get(at).map_or("", |symbol| &symbol.name);
            // An opening brace on its own line, and the equations below a signature, go on with it.
            if level == indent && (code.starts_with('{') || code.split([' ', '(']).next() == Some(name)) {
                return;
            }
            let closes = code.starts_with(['}', ')', ']']) || code.starts_with("end");
            self.end(if level == indent && closes { number } else { self.last });
        }
    }

    /// Ends the innermost open symbol with a line.
    fn end(&mut self, last: u32) {
        if let Some(symbol) = self.open.pop().and_then(|(_, at)| self.outline.symbols.get_mut(at)) {
            // A value is one line; what follows it is its surroundings.
            let last = if symbol.kind == SymbolKind::Value { symbol.span.first } else { last };
            symbol.span.last = last.max(symbol.span.first);
        }
    }

    fn end_all(&mut self, last: u32) {
        while !self.open.is_empty() {
            self.end(last);
        }
    }
}
