//! The `why` pane: verdict, reason, evidence with the share of each signal, and the source.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::Action;
use crate::app::layout::Layout;
use crate::app::query::Phase;
use crate::app::why::places;
use crate::app::words;
use crate::domain::{Detail, RankedRow, Signal, Span, StateKind};
use crate::text::width::width;
use crate::text::wrap::{self, Wrap};
use crate::text::{amount, cut};
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, parts, prose};

use super::{empty, source, verdict};

/// Cells of a signal's name and of its bar; a pane narrower than `ROOMY` leaves the per cent out.
const NAME: usize = 10;
const BAR: usize = 6;
const ROOMY: u16 = 60;

/// Draws the pane for the selected row.
pub fn why(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    let Some(row) = app.ranked_row() else {
        return empty::why(
            canvas,
            app,
            Rect { y: layout.why.area.y + 2, height: layout.why.area.height - 2, ..layout.why.area },
        );
    };
    verdict_line(canvas, app, row, layout.why.verdict);
    let detail = app.detail();
    let unjudged = unjudged(app, row);
    match detail {
        _ if !unjudged.is_empty() => reason(canvas, &unjudged, layout.why.reason),
        Some(detail) => reason(canvas, &detail.reason, layout.why.reason),
        None => {}
    }
    if let Some(detail) = detail {
        evidence(canvas, detail, layout.why.evidence);
    }
    caption(canvas, app, layout.why.caption);
    source::source(canvas, app, layout.why.source);
}

fn verdict_line(canvas: &mut Canvas<'_>, app: &App, row: &RankedRow, area: Rect) {
    if app.query.asked().is_empty() {
        let dot = canvas.glyphs.dot;
        canvas.pen(area, 0, Role::Base).put(dot, Role::Subtle).put(" active", Role::Muted);
        return;
    }
    let look = verdict::row(row, canvas.glyphs, app.spin());
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.put(look.glyph, look.role).skip(1).put(look.word, look.role).skip(2);
    if verdict::is_judged(row.state) {
        pen.put(&amount::score(row.score), Role::Score).skip(2);
        pen.put("judge ", Role::Subtle).put(&amount::score(row.probability), Role::Muted).skip(2);
    }
    if row.stale {
        pen.put("older than the file", Role::Stale).skip(2);
    }
    if row.flipped {
        pen.put("flipped by the last save", look.role).skip(2);
    }
    if row.pinned {
        pen.put("pinned", Role::Pin).skip(2);
    }
}

/// Why a row has no verdict of the model yet.
fn unjudged(app: &App, row: &RankedRow) -> String {
    if !app.query.is_by_model() {
        return String::new();
    }
    let who = words::judge(&app.query.judge);
    match row.state {
        StateKind::Queued if app.query.phase == Phase::Waiting => {
            format!(
                "{who} was not asked yet; {} is what the embedded judge makes of it",
                amount::score(row.score)
            )
        }
        StateKind::Queued => {
            format!("waits for {who}; {} is what the embedded judge makes of it", amount::score(row.score))
        }
        StateKind::Judging => format!("{who} is at it"),
        StateKind::OverBudget => {
            let key = app.key_of(Action::Judge);
            format!("the budget was spent before {who} was asked about it; {key} goes on")
        }
        StateKind::Yes | StateKind::No | StateKind::Failed | StateKind::Skipped => String::new(),
    }
}

fn reason(canvas: &mut Canvas<'_>, text: &str, area: Rect) {
    let roles = parts(text)
        .into_iter()
        .map(|(is_name, part)| (if is_name { Role::PathName } else { Role::Fg }, part))
        .collect::<Vec<_>>();
    let lines = wrap::styled(&roles, Wrap::to(usize::from(area.width.max(1))));
    let (rows, ellipsis) = (usize::from(area.height), canvas.glyphs.ellipsis);
    let cut = lines.len() > rows;
    for (row, line) in lines.into_iter().take(rows).enumerate() {
        let mut pen = canvas.pen(area, row as u16, Role::Base);
        let ends_early = cut && row + 1 == rows;
        pen.reserve(usize::from(ends_early));
        for (role, text) in line {
            pen.put(&text, role);
        }
        if ends_early {
            let end = pen.column() - area.x;
            canvas.pen(area, row as u16, Role::Base).skip(end).put(ellipsis, Role::Fg);
        }
    }
}

/// One line of evidence; the first of each signal carries the signal's share.
struct Line<'a> {
    signal: Option<(Signal, f32)>,
    text: &'a str,
    span: Option<Span>,
}

fn evidence(canvas: &mut Canvas<'_>, detail: &Detail, area: Rect) {
    let lines = lines(detail, usize::from(area.height));
    let ellipsis = canvas.glyphs.ellipsis;
    let roomy = area.width >= ROOMY;
    let bar = if roomy { BAR } else { BAR - 2 };
    for (row, line) in lines.iter().enumerate() {
        let span = match line.span {
            Some(span) if span.first == span.last => format!(":{}", span.first),
            Some(span) => format!(":{}-{}", span.first, span.last),
            None => String::new(),
        };
        let mut pen = canvas.pen(area, row as u16, Role::Base);
        match line.signal {
            Some((signal, share)) => {
                // A share that pulls the score down is drawn fainter, with its sign.
                let role = if share < 0.0 { Role::Subtle } else { Role::Accent };
                let per_cent =
                    format!("{}{}%", if share < 0.0 { "-" } else { "" }, (share.abs() * 100.0).round());
                pen.put(&cut::fit_end(signal.name(), NAME, ""), Role::Muted).skip(1);
                pen.bar(share.abs(), bar, role);
                if roomy {
                    pen.skip(1).right(&per_cent, 4, Role::Muted);
                }
                pen.skip(2);
            }
            None => {
                pen.skip((NAME + bar + if roomy { 8 } else { 3 }) as u16);
            }
        }
        pen.reserve(if span.is_empty() { 0 } else { width(&span) + 2 });
        match (line.text, line.signal) {
            ("", Some((signal, _))) => {
                pen.cut(general(signal), Role::Subtle);
            }
            (text, _) => prose(&mut pen, text, (Role::Fg, Role::PathName), ellipsis),
        }
        canvas.pen(area, row as u16, Role::Base).back_from_end(width(&span)).put(&span, Role::Link);
    }
}

/// What fits into so many lines: each signal once, strongest first, then further evidence below its signal.
fn lines(detail: &Detail, rows: usize) -> Vec<Line<'_>> {
    let shares: Vec<(Signal, f32)> =
        detail.shares.sorted().into_iter().filter(|(_, share)| share.abs() >= 0.005).collect();
    let mut spare = rows.saturating_sub(shares.len());
    let mut lines = Vec::new();
    for (signal, share) in shares {
        let mut mine = detail.evidence.iter().filter(|evidence| evidence.signal == signal);
        let first = mine.next();
        lines.push(Line {
            signal: Some((signal, share)),
            text: first.map_or("", |evidence| evidence.text.as_str()),
            span: first.and_then(|evidence| evidence.span),
        });
        let first = first.map(|evidence| &evidence.text);
        for further in mine.filter(|further| Some(&further.text) != first).take(spare.min(2)) {
            spare -= 1;
            lines.push(Line { signal: None, text: &further.text, span: further.span });
        }
    }
    lines.truncate(rows);
    lines
}

/// What a signal looks at, where no evidence of it was written down; claims nothing of this file.
const fn general(signal: Signal) -> &'static str {
    match signal {
        Signal::Content => "what its text says",
        Signal::Path => "what its path says",
        Signal::Symbols => "the names it defines",
        Signal::History => "what commits say of it",
        Signal::Structure => "imports, tests and neighbours",
        Signal::Kind => "the kind of file it is",
        Signal::Active => "whether you are at it",
        Signal::Neighbours => "how close your work is",
        Signal::Recent => "how often and lately it changed",
        Signal::Task => "how well it fits the task",
        Signal::Model => "what the model says of its text",
    }
}

fn caption(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let detail = app.detail().map(AsRef::as_ref);
    let count = detail.map_or(0, |detail| places(detail).len());
    let dot = canvas.glyphs.dot;
    if let Some(span) = app.why.selected() {
        let lines = amount::plural(u64::from(span.last - span.first) + 1, "line");
        let text = format!("{lines} selected {dot} {}-{}", span.first, span.last);
        canvas.hairline(area);
        canvas.pen(area, 0, Role::Base).put(&text, Role::Accent).put(" ", Role::Border);
        return;
    }
    let text = match app.why.span(detail) {
        Some(span) => {
            let lines = if span.first == span.last {
                format!("line {}", span.first)
            } else {
                format!("lines {}-{}", span.first, span.last)
            };
            let which = if count > 1 {
                format!(" {dot} place {} of {count}", app.why.place().min(count - 1) + 1)
            } else {
                String::new()
            };
            format!("{lines}{which}")
        }
        None => String::new(),
    };
    if text.is_empty() && app.why.body().is_none() {
        return;
    }
    canvas.hairline(area);
    if !text.is_empty() {
        canvas.pen(area, 0, Role::Base).put(&text, Role::Subtle).put(" ", Role::Border);
    }
}
