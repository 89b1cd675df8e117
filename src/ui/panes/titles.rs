//! Titles: the hairline below the header with the names of the panes, and the hairline between them.

use ratatui::layout::Rect;

use crate::app::layout::{Layout, Shape};
use crate::app::{App, Pane, words};
use crate::domain::{AnswerMeters, AnswerState};
use crate::text::width::width;
use crate::text::{amount, cut};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// Draws both titles.
pub fn titles(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    if !layout.left_title.is_empty() {
        // In the narrow shape the tab says the name already.
        let name = match (layout.shape, app.ledger_open) {
            (Shape::Narrow, _) => "",
            (Shape::Wide | Shape::Medium | Shape::TooSmall, true) => "Ledger",
            (Shape::Wide | Shape::Medium | Shape::TooSmall, false) => "M Query",
        };
        title(
            canvas,
            layout.left_title,
            name,
            &left_note(app),
            matches!(app.focus, Pane::Query | Pane::List),
        );
    }
    if !layout.why_title.is_empty() {
        let (name, note) = why_title(canvas, app, layout);
        title(canvas, layout.why_title, &name, &note, app.focus == Pane::Why);
    }
    if !layout.chat_title.is_empty() {
        let (name, note) = (chat_name(app), chat_note(app));
        title(
            canvas,
            layout.chat_title,
            &name,
            &note,
            matches!(app.focus, Pane::Chat | Pane::Composer | Pane::Tray),
        );
    }
    if !layout.divider.is_empty() {
        let above = Rect { y: layout.divider.y - 1, height: 1, ..layout.divider };
        let tee = canvas.glyphs.tee_down;
        canvas.pen(above, 0, Role::Base).put(tee, Role::Border);
    }
}

/// Draws the hairline between the panes.
pub fn divider(canvas: &mut Canvas<'_>, layout: &Layout) {
    let line = canvas.glyphs.vertical;
    for row in 0..layout.divider.height {
        canvas.pen(layout.divider, row, Role::Base).put(line, Role::Border);
    }
}

pub(super) fn title(canvas: &mut Canvas<'_>, area: Rect, name: &str, note: &str, focused: bool) {
    canvas.hairline(area);
    let (bar, line) = (canvas.glyphs.focus, canvas.glyphs.horizontal);
    let mut pen = canvas.pen(area, 0, Role::Base);
    if name.is_empty() {
        pen.skip(1);
    } else if focused {
        pen.put(bar, Role::Focus).put(name, Role::TitleFocus);
    } else {
        pen.put(line, Role::Border).put(" ", Role::Border).put(name, Role::Title);
    }
    if !name.is_empty() {
        pen.put(" ", Role::Border);
    }
    let cells = width(note) + 4;
    if !note.is_empty() && pen.room() > cells {
        pen.back_from_end(cells).put(" ", Role::Border).put(note, Role::Subtle).put(" ", Role::Border);
    }
}

fn left_note(app: &App) -> String {
    let filter = app.filter();
    let shown = if app.ledger_open { app.ledger.items().len() } else { app.list.len() };
    if !filter.trim().is_empty() {
        return format!("filter: {filter}  {}", amount::count(shown as u64));
    }
    match (app.ledger_open, app.list.is_empty()) {
        (true, _) => format!("{} without a verdict", amount::count(app.ledger.total() as u64)),
        (false, _) if app.query.asked().is_empty() => String::new(),
        (false, true) => String::new(),
        (false, false) => format!("sort: {}", app.list.sort().name()),
    }
}

fn why_title(canvas: &Canvas<'_>, app: &App, layout: &Layout) -> (String, String) {
    if layout.shape == Shape::TooSmall {
        return (String::new(), String::new());
    }
    let Some(path) = app.selected_path() else { return ("why".into(), String::new()) };
    let detail = app.detail().map(AsRef::as_ref);
    let mut note = facts(app, canvas.glyphs.dot);
    let span = match app.why.span(detail) {
        Some(span) if span.first == span.last => format!(":{}", span.first),
        Some(span) => format!(":{}-{}", span.first, span.last),
        None => String::new(),
    };
    let dot = canvas.glyphs.dot;
    let all = usize::from(layout.why_title.width).saturating_sub(width(&span) + 12);
    if width(&path) + width(&note) + 4 > all {
        note.clear();
    }
    let room = all.saturating_sub(width(&note));
    let path = cut::path(&path, room, canvas.glyphs.ellipsis);
    let name = if app.ledger_open { "why not" } else { "why" };
    (format!("{name} {dot} {path}{span}"), note)
}

/// Language and length of the previewed file.
fn facts(app: &App, dot: &str) -> String {
    let Some(Ok(source)) = app.why.body() else { return String::new() };
    if app.ledger_open {
        return String::new();
    }
    let lines = amount::plural(source.lines.len() as u64, "line");
    let more = if source.truncated { " and more" } else { "" };
    if source.language.is_empty() {
        format!("{lines}{more}")
    } else {
        format!("{} {dot} {lines}{more}", source.language)
    }
}

/// The conversation's name; none in the narrow shape before it has one, where the tab says `Chat`.
fn chat_name(app: &App) -> String {
    let title = app.chat.head.as_ref().map(|head| head.title.replace('\n', " ")).unwrap_or_default();
    match (title.is_empty(), app.is_narrow()) {
        (true, true) => String::new(),
        (true, false) => "Chat".to_owned(),
        (false, _) => cut::end(&title, 36, "…").into_owned(),
    }
}

/// How far the newest answer is, and what it took.
fn chat_note(app: &App) -> String {
    let turns = app.chat.turns.branch().len();
    let Some((_, answer)) = app.chat.turns.newest_answer() else { return String::new() };
    let meters = &answer.meters;
    let word = match &answer.state {
        AnswerState::Searching { judged, files, waits_for } => {
            let (judged, files) = (amount::count(u64::from(*judged)), amount::count(u64::from(*files)));
            format!("searching {judged}/{files}, waits for {waits_for}")
        }
        AnswerState::Waiting => "waiting for the first word".to_owned(),
        AnswerState::Thinking => "thinking".to_owned(),
        AnswerState::Streaming => match meters.tokens_per_second {
            Some(rate) => format!("streaming {rate:.0} tok/s"),
            None => "streaming".to_owned(),
        },
        AnswerState::Done => took(meters),
        AnswerState::CutShort(_) => "cut short".to_owned(),
        AnswerState::Refused(_) => "refused".to_owned(),
        AnswerState::Cancelled => "stopped".to_owned(),
        AnswerState::Failed(_) => "failed".to_owned(),
        AnswerState::TooLong(_) => "too long for the model".to_owned(),
        AnswerState::Interrupted => "interrupted".to_owned(),
    };
    if app.is_narrow() { word } else { format!("turn {turns} · {word}") }
}

/// Time, first token, speed, tokens and money of an answer.
fn took(meters: &AnswerMeters) -> String {
    let mut facts = Vec::new();
    if let Some(first) = meters.first_token {
        facts.push(format!("first token {}", words::span(first)));
    }
    if let Some(rate) = meters.tokens_per_second {
        facts.push(format!("{rate:.0} tok/s"));
    }
    if meters.tokens_out > 0 {
        let about = if meters.counted { "" } else { "~" };
        let (input, output) = (amount::short_count(meters.tokens_in), amount::short_count(meters.tokens_out));
        facts.push(format!("{about}{input} in {output} out"));
    }
    if let Some(usd) = meters.usd.filter(|usd| *usd > 0.0) {
        facts.push(words::usd(usd));
    }
    facts.join("  ")
}
