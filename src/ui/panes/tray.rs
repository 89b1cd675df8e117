//! The opened context tray: exactly what is sent, item by item, and below what is not, each with its reason.

use ratatui::layout::Rect;

use crate::app::layout::Layout;
use crate::app::{App, Pane};
use crate::domain::{ContextForm, ContextItem, ContextSource, ContextState};
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, path, prose};

use super::empty;

/// Draws the tray.
pub fn tray(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    let area = layout.tray;
    if area.is_empty() {
        return;
    }
    title(canvas, app, area);
    let below = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let pane = &app.chat.tray;
    if pane.items().is_empty() {
        let text = "Here stands exactly what is sent with a message: files, lines, tokens, and why. Type one, or \
                    press space on a row of the list.";
        return empty::say(canvas, below, &[(text, Role::Muted)]);
    }
    let titles = pane.items().iter().map(|item| width(&place(item))).max().unwrap_or(0);
    let cells = titles.clamp(12, (usize::from(below.width) / 2).max(12));
    for (row, (at, item)) in
        pane.items().iter().enumerate().skip(pane.top()).take(usize::from(below.height)).enumerate()
    {
        let line = Rect { y: below.y + row as u16, height: 1, ..below };
        draw(canvas, app, line, (item, at == pane.at()), cells);
    }
}

fn title(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let focused = app.focus == Pane::Tray;
    let tray = &app.chat.tray.tray;
    let tokens = |tokens: u32| amount::count(u64::from(tokens));
    let by = if tray.budget_by_user { " set by you" } else { "" };
    let note = format!("{} of {} tokens{by}", tokens(tray.claimed()), tokens(tray.budget));
    canvas.hairline(area);
    let (bar, line) = (canvas.glyphs.focus, canvas.glyphs.horizontal);
    let mut pen = canvas.pen(area, 0, Role::Base);
    if focused {
        pen.put(bar, Role::Focus).put("Context", Role::TitleFocus);
    } else {
        pen.put(line, Role::Border).put(" ", Role::Border).put("Context", Role::Title);
    }
    pen.put(" ", Role::Border);
    let sent = app.chat.tray.sent();
    let items = format!("{sent} sent, {} not ", app.chat.tray.items().len() - sent);
    pen.put(&items, Role::Subtle);
    if pen.room() > width(&note) + 4 {
        pen.back_from_end(width(&note) + 3)
            .put(" ", Role::Border)
            .put(&note, Role::Subtle)
            .put(" ", Role::Border);
    }
}

/// Number, path, tokens, form, whether it was cited, why.
fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    area: Rect,
    (item, selected): (&ContextItem, bool),
    cells: usize,
) {
    let focused = app.focus == Pane::Tray;
    let ground = match (selected, focused) {
        (false, _) => Role::Base,
        (true, true) => Role::Selection,
        (true, false) => Role::SelectionBlur,
    };
    canvas.fill(area, ground);
    let ellipsis = canvas.glyphs.ellipsis;
    let (bar, pin) = (canvas.glyphs.focus, canvas.glyphs.pin);
    let (word, role) = standing(item);
    let is_sent = item.state == ContextState::Sent;
    let mut pen = canvas.pen(area, 0, ground);
    pen.put(if selected && focused { bar } else { " " }, Role::Focus).skip(1).reserve(1);
    let number = if item.number > 0 { format!("[{}]", item.number) } else { String::new() };
    pen.right(&number, 5, Role::Link).skip(1);
    let pinned = item.source == ContextSource::Pinned;
    pen.put(if pinned { pin } else { " " }, Role::Pin).skip(1);
    let place = place(item);
    if is_sent {
        let used = path(&mut pen, &place, cells, ellipsis);
        pen.skip((cells - used) as u16);
    } else {
        let start = pen.column();
        pen.within(&place, cells, Role::Disabled);
        pen.skip((cells as u16).saturating_sub(pen.column() - start));
    }
    let tokens = if item.tokens > 0 { amount::count(u64::from(item.tokens)) } else { String::new() };
    pen.right(&tokens, 8, if is_sent { Role::Muted } else { Role::Disabled }).skip(2);
    let start = pen.column();
    pen.within(&word, WORD, role);
    pen.skip((WORD as u16 + 1).saturating_sub(pen.column() - start));
    prose(&mut pen, &why(item), (if is_sent { Role::Muted } else { Role::Disabled }, Role::Fg), ellipsis);
}

/// Cells of an item's standing.
const WORD: usize = 10;

/// What is sent of it, and whether it was cited; or that it is not sent.
fn standing(item: &ContextItem) -> (String, Role) {
    match (&item.state, item.cited) {
        (ContextState::Sent, Some(0)) if item.number > 0 => ("not cited".into(), Role::Subtle),
        (ContextState::Sent, Some(times)) if item.number > 0 => (format!("cited {times}x"), Role::Yes),
        (ContextState::Sent, _) => (form(item.form).into(), Role::Muted),
        (ContextState::Excluded, _) => ("left out".into(), Role::Disabled),
        (ContextState::NoRoom, _) => ("no room".into(), Role::Warning),
        (ContextState::Weak, _) => ("too weak".into(), Role::Disabled),
        (ContextState::Unfit(_), _) => ("not sent".into(), Role::Warning),
    }
}

const fn form(form: ContextForm) -> &'static str {
    match form {
        ContextForm::Whole => "whole",
        ContextForm::Lines => "lines",
        ContextForm::Outline => "outline",
    }
}

/// The path, and which lines of it.
fn place(item: &ContextItem) -> String {
    match &*item.lines {
        [] => item.title.to_string(),
        [span] => format!("{}:{}-{}", item.title, span.first, span.last),
        [first, .., last] => format!("{}:{}-{}", item.title, first.first, last.last),
    }
}

/// Why it is here, or why it is not sent.
fn why(item: &ContextItem) -> String {
    match &item.state {
        ContextState::Unfit(why) => why.to_string(),
        ContextState::NoRoom => format!("{} (the budget is taken)", item.why),
        ContextState::Weak => format!("{} (p sends it all the same)", item.why),
        ContextState::Sent | ContextState::Excluded => item.why.to_string(),
    }
}
