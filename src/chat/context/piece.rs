//! Pieces: lines of a sheet as a model reads them, numbered, with a mark where lines are left out.
//!
//! Invariant: a piece holds the lines of its spans and no other, each as `12|text`, or bare where the sheet says so.

use std::fmt::Write;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::shelf::{LONGEST, Numbering, Sheet};
use crate::domain::Span;
use crate::index::ContentHash;
use crate::llm::tokens;

/// Stands where lines are left out.
pub const GAP: &str = "⋮";

/// Lines ready to be sent.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The text.
    pub text: Arc<str>,
    /// What [`tokens::estimate`] says of it.
    pub tokens: u64,
    /// The lines, in order and apart; empty where they are all.
    pub spans: Arc<[Span]>,
}

/// The version of a text, how it is shown, and which lines.
type Key = (ContentHash, Numbering, Box<[Span]>);

/// Pieces made before.
#[derive(Debug, Default)]
pub struct Pieces {
    kept: FxHashMap<Key, (u64, Piece)>,
    round: u64,
}

/// Assemblies after which a piece that nobody asked for is forgotten.
const FORGET: u64 = 64;

impl Pieces {
    /// Begins an assembly.
    pub fn begin(&mut self) {
        self.round += 1;
        if self.round.is_multiple_of(FORGET) {
            let oldest = self.round - FORGET;
            self.kept.retain(|_, (round, _)| *round >= oldest);
        }
    }

    /// These lines of a sheet; all of them where `spans` is empty.
    pub fn piece(&mut self, sheet: &Sheet, spans: &[Span]) -> Piece {
        let spans = tidy(spans, sheet.lines());
        let entry = self.kept.entry((sheet.hash, sheet.numbering, spans.clone().into()));
        let (round, piece) = entry.or_insert_with(|| {
            let text = render(sheet, &spans);
            (0, Piece { tokens: tokens::estimate(&text), text: text.into(), spans: spans.into() })
        });
        *round = self.round;
        piece.clone()
    }
}

/// Spans in order, apart, inside the file; none where they are all lines.
pub fn tidy(spans: &[Span], lines: u32) -> Vec<Span> {
    let mut spans: Vec<Span> = spans
        .iter()
        .map(|span| Span { first: span.first.max(1), last: span.last.min(lines) })
        .filter(|span| span.first <= span.last)
        .collect();
    spans.sort_unstable();
    spans.dedup_by(|next, kept| {
        // One line between two parts costs less than the mark that it is missing.
        let meets = next.first <= kept.last.saturating_add(2);
        if meets {
            kept.last = kept.last.max(next.last);
        }
        meets
    });
    if spans.first().is_some_and(|span| span.first == 1 && span.last == lines) { Vec::new() } else { spans }
}

fn render(sheet: &Sheet, spans: &[Span]) -> String {
    let all = [Span { first: 1, last: sheet.lines() }];
    let spans = if spans.is_empty() { &all } else { spans };
    let mut out = String::new();
    let mut next = 1;
    for span in spans {
        if span.first > next {
            let _ = writeln!(out, "{GAP}");
        }
        for number in span.first..=span.last {
            let line = sheet.line(number);
            let shown = &line[..line.floor_char_boundary(LONGEST)];
            let cut = if shown.len() < line.len() { GAP } else { "" };
            // Writing to a string cannot fail.
            let _ = match sheet.numbering {
                Numbering::Lines => writeln!(out, "{number}|{shown}{cut}"),
                Numbering::None => writeln!(out, "{shown}{cut}"),
            };
        }
        next = span.last + 1;
    }
    if next <= sheet.lines() {
        let _ = writeln!(out, "{GAP}");
    }
    out
}
