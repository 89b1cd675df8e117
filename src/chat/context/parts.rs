//! Parts: of a file that is too large, what it defines and the lines that fit the question best.
//!
//! A file is cut where its symbols begin and end, so that functions stay whole; parts are taken by what they say of the
//! question for what they cost, until the room is used.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::piece::tidy;
use super::shelf::Sheet;
use crate::domain::Span;
use crate::index::tokens;

/// What a question asks for, as lines are looked at.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    terms: FxHashMap<Box<str>, u32>,
    /// Tells this question from others, for what is kept.
    pub id: u64,
}

impl Wanted {
    /// The terms of these texts, each once.
    pub fn new(texts: &[&str]) -> Self {
        let mut terms = FxHashMap::default();
        for term in texts.iter().flat_map(|text| tokens::query_terms(text)).take(MOST_TERMS) {
            let number = terms.len() as u32;
            terms.entry(term.term).or_insert(number);
        }
        let id = std::hash::BuildHasher::hash_one(&rustc_hash::FxBuildHasher, texts);
        Self { terms, id }
    }
}

/// Terms of a question that are looked for: pasted logs have thousands.
const MOST_TERMS: usize = 64;

/// Longer stretches without a symbol's border are cut into pieces of so many lines.
const STRETCH: u32 = 40;

/// One part in so many of the room is for what the file defines.
const OUTLINE_PART: u32 = 4;

/// Lines on each side of a line that a judge or a person points at.
const AROUND: u32 = 3;

/// Lines of an excerpt.
const EXCERPT: u32 = 12;

/// What a judge's best span adds to a stretch; each next one adds a little less.
const POINTED: f32 = 12.0;

/// A stretch of lines that is sent or left out as one.
#[derive(Debug, Clone, PartialEq)]
struct Stretch {
    span: Span,
    value: f32,
}

/// What was found out about a file for a question.
#[derive(Debug, Clone)]
pub struct Reading(Arc<[Stretch]>);

impl Reading {
    /// Looks at each line of a sheet.
    pub fn new(sheet: &Sheet, wanted: &Wanted) -> Self {
        let spans = stretches(sheet);
        let mut found: Vec<FxHashMap<u32, u32>> = vec![FxHashMap::default(); spans.len()];
        if !wanted.terms.is_empty() {
            for (span, found) in spans.iter().zip(&mut found) {
                for number in span.first..=span.last {
                    tokens::each(sheet.line(number), &mut |token| {
                        if let Some(term) = wanted.terms.get(token.term) {
                            *found.entry(*term).or_default() += 1;
                        }
                    });
                }
            }
        }
        // A word that stands everywhere in the file tells no place in it.
        let mut places: FxHashMap<u32, u32> = FxHashMap::default();
        for term in found.iter().flat_map(FxHashMap::keys) {
            *places.entry(*term).or_default() += 1;
        }
        let all = spans.len() as f32;
        let value = |found: &FxHashMap<u32, u32>| {
            found
                .iter()
                .map(|(term, times)| {
                    (1.0 + all / places[term] as f32).ln() * (1.0 + (*times as f32).ln_1p() / 4.0)
                })
                .sum()
        };
        let stretches =
            spans.iter().zip(&found).map(|(span, found)| Stretch { span: *span, value: value(found) });
        Self(stretches.collect())
    }

    /// The best few lines of a sheet, for a person to look at.
    pub fn best(&self, sheet: &Sheet, pointed: &[Span]) -> Span {
        let best = self.0.iter().max_by(|a, b| a.value.total_cmp(&b.value).then(b.span.cmp(&a.span)));
        let whole = Span { first: 1, last: sheet.lines() };
        let span = pointed.first().copied().or_else(|| best.map(|best| best.span)).unwrap_or(whole);
        let first = span.first.clamp(1, sheet.lines().max(1));
        let last = span.last.min(first + EXCERPT - 1).clamp(first, sheet.lines().max(1));
        Span { first, last }
    }

    /// The lines to send of a sheet, of at most so many tokens: what it defines, and what fits best.
    pub fn choose(&self, sheet: &Sheet, pointed: &[Span], most: u32) -> Vec<Span> {
        let mut chosen = outlined(sheet, most / OUTLINE_PART);
        let mut room = most.saturating_sub(cost(sheet, &tidy(&chosen, sheet.lines())));
        let mut order: Vec<(f32, Span)> = Vec::new();
        for stretch in self.0.iter() {
            let near = pointed.iter().enumerate().filter(|(_, span)| meets(stretch.span, **span));
            let points: f32 = near.map(|(at, _)| POINTED / (1.0 + at as f32 / 2.0)).sum();
            let value = stretch.value + points;
            let tokens = sheet.tokens(stretch.span.first, stretch.span.last).max(1);
            if value > 0.0 {
                order.push((value / (tokens as f32).sqrt(), stretch.span));
            }
        }
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        if order.is_empty() {
            order.extend(self.0.iter().map(|stretch| (0.0, stretch.span)));
        }
        for (_, span) in order {
            let tokens = sheet.tokens(span.first, span.last) + GAP_TOKENS;
            if tokens <= room {
                room -= tokens;
                chosen.push(span);
            } else if let Some(part) = pointed.iter().find_map(|at| around(*at, span, sheet.lines())) {
                // Too long as a whole: at least the lines that were pointed at.
                let tokens = sheet.tokens(part.first, part.last) + GAP_TOKENS;
                if tokens <= room {
                    room -= tokens;
                    chosen.push(part);
                }
            } else if let Some(part) = beginning(sheet, span, room) {
                room -= sheet.tokens(part.first, part.last) + GAP_TOKENS;
                chosen.push(part);
            }
        }
        tidy(&chosen, sheet.lines())
    }
}

/// Tokens of the mark for lines left out.
const GAP_TOKENS: u32 = 3;

/// Tokens of these lines, rather too many.
pub fn cost(sheet: &Sheet, spans: &[Span]) -> u32 {
    spans.iter().map(|span| sheet.tokens(span.first, span.last) + GAP_TOKENS).sum()
}

const fn meets(a: Span, b: Span) -> bool {
    a.first <= b.last && b.first <= a.last
}

/// The lines pointed at with a few around them, inside a stretch.
fn around(pointed: Span, within: Span, lines: u32) -> Option<Span> {
    meets(pointed, within).then(|| Span {
        first: pointed.first.saturating_sub(AROUND).max(within.first),
        last: pointed.last.saturating_add(AROUND).min(within.last).min(lines),
    })
}

/// As many of the first lines as there is room for, where that is some.
fn beginning(sheet: &Sheet, span: Span, room: u32) -> Option<Span> {
    let fits = |last: u32| sheet.tokens(span.first, last) + GAP_TOKENS <= room;
    let last = (span.first..=span.last).take_while(|last| fits(*last)).last()?;
    (last + 1 - span.first >= FEW).then_some(Span { first: span.first, last })
}

/// Fewer lines of a part than these tell nothing of it.
const FEW: u32 = 5;

/// First lines of what a file defines: what lies at the top first, deeper things as far as there is room.
pub fn outlined(sheet: &Sheet, most: u32) -> Vec<Span> {
    let mut lines: FxHashSet<u32> = FxHashSet::default();
    let mut room = most;
    let deepest = sheet.symbols().iter().map(|symbol| symbol.depth).max().unwrap_or(0);
    'all: for depth in 0..=deepest {
        for symbol in sheet.symbols().iter().filter(|symbol| symbol.depth == depth) {
            let line = symbol.span.first;
            let tokens = sheet.tokens(line, line) + GAP_TOKENS;
            if tokens > room {
                break 'all;
            }
            if lines.insert(line) {
                room -= tokens;
            }
        }
    }
    let mut lines: Vec<u32> = lines.into_iter().collect();
    lines.sort_unstable();
    lines.into_iter().map(|line| Span { first: line, last: line }).collect()
}

/// The file cut at the borders of its symbols, comments and attributes with what they belong to.
fn stretches(sheet: &Sheet) -> Vec<Span> {
    let lines = sheet.lines();
    let mut borders: Vec<u32> = vec![1];
    for symbol in sheet.symbols() {
        borders.push(with_comments(sheet, symbol.span.first));
        borders.push(symbol.span.last.saturating_add(1));
    }
    borders.retain(|line| (1..=lines).contains(line));
    borders.sort_unstable();
    borders.dedup();
    let mut spans = Vec::new();
    for (at, first) in borders.iter().enumerate() {
        let end = borders.get(at + 1).map_or(lines, |next| next - 1);
        let mut first = *first;
        while first <= end {
            let last =
                if end - first < STRETCH + STRETCH / 2 { end } else { blank_near(sheet, first + STRETCH) };
            spans.push(Span { first, last: last.clamp(first, end) });
            first = last.clamp(first, end) + 1;
        }
    }
    spans
}

/// The first line of the comments and attributes right above a line.
fn with_comments(sheet: &Sheet, line: u32) -> u32 {
    let mut first = line;
    while first > 1 {
        let above = sheet.line(first - 1).trim_start();
        let belongs =
            ["//", "#", "/*", "*", "@", "--", "\"\"\"", ";;", "%"].iter().any(|mark| above.starts_with(mark));
        if !belongs || line - first > STRETCH {
            break;
        }
        first -= 1;
    }
    first
}

/// The last blank line within a few lines before this one, or this one.
fn blank_near(sheet: &Sheet, line: u32) -> u32 {
    (line.saturating_sub(8)..=line).rev().find(|at| sheet.line(*at).trim().is_empty()).unwrap_or(line)
}
