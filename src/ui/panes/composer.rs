//! The composer: the message being typed, wrapped, with what it names and what is attached in colours of their own.

use std::ops::Range;

use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use crate::app::composer::{Composer, Row, marked, pieces, width_at};
use crate::app::layout::{COMPOSER_TEXT, Layout};
use crate::app::{App, Pane};
use crate::domain::mentions;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// Draws the message; returns where the cursor belongs.
pub fn composer(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) -> Option<Position> {
    let area = layout.composer;
    if area.is_empty() {
        return None;
    }
    let focused = app.focus == Pane::Composer && app.overlay.is_none() && app.prompt.is_none();
    let sign = if focused { Role::Prompt } else { Role::Subtle };
    let text = Rect { x: area.x + COMPOSER_TEXT, width: area.width.saturating_sub(COMPOSER_TEXT), ..area };
    let prompt = canvas.glyphs.prompt;
    canvas.pen(area, 0, Role::Base).skip(COMPOSER_TEXT - 2).put(prompt, sign);
    let composer = &app.chat.composer;
    let (cells, height) = app.composer_cells();
    if composer.text().is_empty() && composer.search().is_none() {
        let dot = canvas.glyphs.dot;
        let teach = format!("ask about this code {dot} @ file {dot} / command");
        canvas.pen(text, 0, Role::Base).cut(&teach, Role::Placeholder);
        return focused.then_some(Position::new(text.x, text.y));
    }
    let view = composer.view(cells, height);
    let runs = runs(app);
    for (line, row) in view.rows.rows.iter().skip(view.top).take(height).enumerate() {
        draw_row(canvas, composer, (text, line as u16), *row, &runs);
    }
    let (row, column) = view.cursor.filter(|_| focused)?;
    let x = text.x.saturating_add(column as u16).min(area.right().saturating_sub(1));
    Some(Position::new(x, text.y + row as u16))
}

/// What a stretch of the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Mention,
    /// Nothing is called so.
    Unknown,
    Command,
}

/// The stretches of the text that are more than text.
fn runs(app: &App) -> Vec<(Range<usize>, Look)> {
    let text = app.chat.composer.text();
    let mut runs: Vec<(Range<usize>, Look)> = Vec::new();
    if text.starts_with('/') && !text.starts_with("//") {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        runs.push((0..end, Look::Command));
    }
    runs.extend(mentions(text).into_iter().map(|mention| match app.is_known(&mention) {
        Some(true) | None => (mention.range, Look::Mention),
        Some(false) => (mention.range, Look::Unknown),
    }));
    runs
}

fn draw_row(
    canvas: &mut Canvas<'_>,
    composer: &Composer,
    (area, line): (Rect, u16),
    row: Row,
    runs: &[(Range<usize>, Look)],
) {
    let selected = composer.selection();
    let mut column = 0;
    let text = composer.text();
    for (at, piece) in pieces(text, row.start..row.end) {
        let cells = width_at(piece, column, &|mark| composer.mark_width(mark));
        let mark = piece.chars().next().and_then(marked);
        let ground = match &selected {
            Some(range) if range.contains(&at) => Role::TextSelection,
            Some(_) | None => Role::Base,
        };
        let style = style(canvas, runs.iter().find(|(range, _)| range.contains(&at)), mark, ground);
        let shown = match mark {
            Some(number) => composer.label(number),
            None if piece == "\t" => " ".repeat(cells),
            None => piece.to_owned(),
        };
        canvas.pen(area, line, ground).skip(column as u16).styled(&shown, style);
        column += cells;
    }
}

fn style(canvas: &Canvas<'_>, run: Option<&(Range<usize>, Look)>, mark: Option<u16>, ground: Role) -> Style {
    if mark.is_some() {
        return canvas.theme.on(Role::User, ground).add_modifier(Modifier::BOLD);
    }
    match run {
        Some((_, Look::Mention)) => canvas.theme.on(Role::Link, ground),
        Some((_, Look::Unknown)) => canvas.theme.on(Role::Subtle, ground).add_modifier(Modifier::UNDERLINED),
        Some((_, Look::Command)) => canvas.theme.on(Role::Accent, ground),
        None => canvas.theme.on(Role::Title, ground),
    }
}
