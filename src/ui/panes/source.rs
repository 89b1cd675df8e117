//! The source of the previewed file: line numbers, syntax, the meant lines on a ground, the query's words marked.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::hit::gutter;
use crate::app::layout::MARGIN;
use crate::app::{App, Source, SourceLine};
use crate::domain::Span;
use crate::text::highlight::SyntaxRole;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::Canvas;

use super::empty;

/// Draws as many lines as fit, from the scroll position on.
pub fn source(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    match app.why.body() {
        None => {}
        Some(Err(why)) => empty::say(canvas, area, &[(why.as_str(), Role::Warning)]),
        Some(Ok(source)) if source.lines.is_empty() => {
            empty::say(canvas, area, &[("The file is empty.", Role::Subtle)]);
        }
        Some(Ok(source)) => lines(canvas, app, source, area),
    }
}

fn lines(canvas: &mut Canvas<'_>, app: &App, source: &Source, area: Rect) {
    let words = words(app.query.asked());
    let detail = app.detail().map(AsRef::as_ref);
    let marked = app.why.span(detail);
    let spans: &[Span] = detail.map_or(&[], |detail| &detail.spans);
    let digits = usize::from(gutter(source.lines.len()) - MARGIN - 2);
    let visible = source.lines.iter().enumerate().skip(app.why.top()).take(usize::from(area.height));
    for (row, (index, line)) in visible.enumerate() {
        let number = index as u32 + 1;
        let holds = |span: &Span| (span.first..=span.last).contains(&number);
        let meant = marked.as_ref().is_some_and(holds);
        let picked = app.why.selected().is_some_and(|span| holds(&span));
        let ground = match (picked, meant) {
            (true, _) => Role::TextSelection,
            (false, true) => Role::Evidence,
            (false, false) => Role::Base,
        };
        let gutter_role = if meant || spans.iter().any(holds) { Role::GutterActive } else { Role::Gutter };
        if ground != Role::Base {
            canvas.fill(Rect { y: area.y + row as u16, height: 1, ..area }, ground);
        }
        let theme = canvas.theme;
        let mut pen = canvas.pen(area, row as u16, ground);
        pen.skip(MARGIN).right(&number.to_string(), digits, gutter_role).skip(2);
        for (text, style) in runs(line, &words, theme, ground) {
            if pen.room() == 0 {
                break;
            }
            pen.styled(text, style);
        }
    }
}

/// The words of the query that are worth marking, in lower case.
fn words(query: &str) -> Vec<String> {
    let mut words: Vec<String> = query
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.chars().count() > 2)
        .map(str::to_lowercase)
        .collect();
    words.retain(|word| !COMMON.contains(&word.as_str()));
    words
}

/// Words of requests that say nothing of the code.
const COMMON: [&str; 24] = [
    "the", "and", "for", "with", "where", "when", "what", "how", "why", "who", "does", "should", "from",
    "into", "that", "this", "add", "make", "not", "are", "was", "has", "have", "all",
];

/// Runs of one line with their styles: syntax, and the query's words over it.
fn runs<'a>(line: &'a SourceLine, words: &[String], theme: &Theme, ground: Role) -> Vec<(&'a str, Style)> {
    let plain = [(SyntaxRole::Plain, 0..line.text.len())];
    let roles = if line.roles.is_empty() { plain.as_slice() } else { line.roles.as_slice() };
    let marks = marks(&line.text, words);
    let emphasis = theme.style(Role::Match);
    let mut runs = Vec::with_capacity(roles.len());
    for (role, range) in roles {
        let style = theme.syntax_on(*role, ground);
        let mut at = range.start;
        while at < range.end {
            let mark = marks.iter().find(|mark| mark.end > at && mark.start < range.end);
            let (end, style) = match mark {
                Some(mark) if mark.start <= at => (mark.end.min(range.end), style.patch(emphasis)),
                Some(mark) => (mark.start, style),
                None => (range.end, style),
            };
            // Ranges that do not fall on characters are somebody's mistake; the line goes on without them.
            if let Some(text) = line.text.get(at..end) {
                runs.push((text, style));
            }
            at = end;
        }
    }
    runs
}

/// Where the query's words stand in a line, without regard to ASCII case.
fn marks(text: &str, words: &[String]) -> Vec<std::ops::Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut marks: Vec<std::ops::Range<usize>> = words
        .iter()
        .flat_map(|word| lower.match_indices(word.as_str()).map(|(at, found)| at..at + found.len()))
        .collect();
    marks.sort_by_key(|mark| mark.start);
    marks.dedup_by(|next, kept| next.start < kept.end);
    marks
}
