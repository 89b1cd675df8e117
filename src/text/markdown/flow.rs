//! Spans wrapped to lines of a width.

use super::block::Span;
use super::line::Line;
use crate::text::wrap::{Wrap, lines as wrap_lines};

/// Spans wrapped to lines of a width.
pub fn flow(spans: &[Span], cells: usize) -> Vec<Line> {
    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
    let mut ends = Vec::with_capacity(spans.len());
    let mut end = 0;
    for span in spans {
        end += span.text.len();
        ends.push(end);
    }
    let mut first_of_paragraph = 0;
    wrap_lines(&text, Wrap::to(cells.max(1)))
        .into_iter()
        .map(|piece| {
            let range = piece.range;
            let breaks = text[first_of_paragraph..range.start].contains('\n');
            let wrapped = range.start > 0 && !breaks && first_of_paragraph > 0;
            first_of_paragraph = range.end.max(1);
            let mut line = Line::that_goes_on(wrapped);
            let mut at = range.start;
            for (span, end) in spans.iter().zip(&ends).skip(ends.partition_point(|end| *end <= range.start)) {
                if at >= range.end {
                    break;
                }
                let to = (*end).min(range.end);
                match &span.target {
                    Some(target) => line.push_to(&text[at..to], span.look, target),
                    None => line.push(&text[at..to], span.look),
                }
                at = to;
            }
            line
        })
        .collect()
}
