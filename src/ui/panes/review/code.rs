//! A line of code of a diff: syntax, the words that differ on a stronger ground, wrapped or scrolled to the side.

use std::ops::Range;

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::text::highlight::SyntaxRole;
use crate::text::width::{offset_at_cell, width};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::Canvas;

/// A line and its looks.
pub struct Code<'a> {
    /// As it is shown: cleaned, tabs expanded.
    pub text: &'a str,
    /// Runs of syntax; empty where it is plain.
    pub runs: &'a [(SyntaxRole, Range<usize>)],
    /// What differs.
    pub marks: &'a [Range<usize>],
    /// What it stands on, and what its marks stand on.
    pub grounds: (Role, Role),
    /// The look of all of it, where it has no syntax of its own because it is not to be written.
    pub faint: Option<Role>,
    /// Whether it goes on below where it is too long, instead of being cut.
    pub goes_on: bool,
}

/// Draws a line from a row of an area on: on one row scrolled to the right, or over as many as `folds` says.
pub fn code(canvas: &mut Canvas<'_>, code: &Code<'_>, area: Rect, left: usize, folds: &[Range<usize>]) {
    let theme = canvas.theme;
    let ellipsis = canvas.glyphs.ellipsis;
    let pieces = pieces(code, theme);
    if folds.len() > 1 {
        for (row, fold) in folds.iter().enumerate().take(usize::from(area.height)) {
            stretch(canvas, code, &pieces, fold.clone(), (area, row as u16));
        }
        return;
    }
    let start = if left == 0 { 0 } else { offset_at_cell(code.text, left) };
    stretch(canvas, code, &pieces, start..code.text.len(), (area, 0));
    if width(&code.text[start..]) > usize::from(area.width) {
        canvas.pen(area, 0, code.grounds.0).back_from_end(1).put(ellipsis, Role::Subtle);
    }
}

fn stretch(
    canvas: &mut Canvas<'_>,
    code: &Code<'_>,
    pieces: &[(Range<usize>, Style)],
    range: Range<usize>,
    (area, row): (Rect, u16),
) {
    let mut pen = canvas.pen(area, row, code.grounds.0);
    for (piece, style) in pieces {
        let (from, to) = (piece.start.max(range.start), piece.end.min(range.end));
        if from >= range.end || pen.room() == 0 {
            break;
        }
        // Ranges that do not fall on characters are somebody's mistake; the line goes on without them.
        if let Some(text) = code.text.get(from..to).filter(|text| !text.is_empty()) {
            pen.styled(text, *style);
        }
    }
}

/// The line cut at every change of look.
fn pieces(code: &Code<'_>, theme: &Theme) -> Vec<(Range<usize>, Style)> {
    let plain = [(SyntaxRole::Plain, 0..code.text.len())];
    let runs = if code.runs.is_empty() { plain.as_slice() } else { code.runs };
    let mut pieces = Vec::with_capacity(runs.len() + code.marks.len() * 2);
    let mut marks = code.marks.iter().peekable();
    for (role, range) in runs {
        let style = |ground: Role| match code.faint {
            Some(faint) => theme.on(faint, ground),
            // The ground of words is too strong for the hues of syntax.
            None if ground != code.grounds.0 => theme.on(Role::Fg, ground),
            None => theme.syntax_on(*role, ground),
        };
        let mut at = range.start;
        while at < range.end {
            while marks.peek().is_some_and(|mark| mark.end <= at) {
                marks.next();
            }
            let (end, ground) = match marks.peek() {
                Some(mark) if mark.start <= at => (mark.end.min(range.end), code.grounds.1),
                Some(mark) => (mark.start.min(range.end), code.grounds.0),
                None => (range.end, code.grounds.0),
            };
            pieces.push((at..end, style(ground)));
            at = end;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::ColorDepth;

    #[test]
    fn a_line_is_cut_at_every_change_of_look_and_nothing_is_lost() {
        let theme = Theme::default_dark(ColorDepth::TrueColor);
        let text = "let total = tally(a);";
        let runs = [(SyntaxRole::Keyword, 0..3), (SyntaxRole::Plain, 3..21)];
        let marks = [2..5, 12..17];
        let code = Code {
            text,
            runs: &runs,
            marks: &marks,
            grounds: (Role::AddedBg, Role::AddedWord),
            faint: None,
            goes_on: true,
        };
        let pieces = pieces(&code, &theme);
        let cuts: Vec<&str> = pieces.iter().map(|(range, _)| &text[range.clone()]).collect();
        assert_eq!(cuts, ["le", "t", " t", "otal = ", "tally", "(a);"]);
        assert_eq!(pieces[1].1.bg, theme.style(Role::AddedWord).bg);
        assert_eq!(pieces[3].1.bg, theme.style(Role::AddedBg).bg);
    }
}
