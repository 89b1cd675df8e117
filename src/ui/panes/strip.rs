//! The strip above the composer: to whom the message goes, what would be sent in one line, and above it what waits.

use crate::app::action::{Action, ChatAction, Context};
use crate::app::layout::{Layout, MARGIN};
use crate::app::{App, Pane, words};
use crate::domain::{AnswerState, Mention, TaskKind, mentions};
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// Cells of the bar that shows how much of the budget is taken.
const BAR: usize = 8;

/// Draws the messages that wait, and the strip.
pub fn strip(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    queue(canvas, app, layout);
    let area = layout.strip;
    if area.is_empty() {
        return;
    }
    canvas.hairline(area);
    let focused = app.focus == Pane::Composer;
    let (bar, line) = (canvas.glyphs.focus, canvas.glyphs.horizontal);
    let name = addressee(app);
    let note = note(app);
    let mut pen = canvas.pen(area, 0, Role::Base);
    if focused {
        pen.put(bar, Role::Focus);
    } else {
        pen.put(line, Role::Border).put(" ", Role::Border);
    }
    let role = if focused { Role::TitleFocus } else { Role::Title };
    // Where both do not fit, the bar goes first and the note next: whom one writes to is read most.
    let spare = pen.room().saturating_sub(width(&name) + 2);
    let bare = width(&note) + 2;
    let cells = [bare + BAR + 3, bare].into_iter().find(|cells| !note.is_empty() && *cells <= spare);
    let room = pen.room().saturating_sub(2);
    pen.within(&name, room, role).put(" ", Role::Border);
    if waits(app) {
        return keys(canvas, app, layout);
    }
    let Some(cells) = cells else { return };
    pen.back_from_end(cells).put(" ", Role::Border).put(&note, Role::Subtle).put(" ", Role::Border);
    if cells == bare {
        return;
    }
    let tray = &app.chat.tray.tray;
    let share = tray.claimed() as f32 / tray.budget.max(1) as f32;
    pen.progress(share.min(1.0), BAR).put(" ", Role::Border);
}

/// To whom the message goes, or which message it takes the place of.
fn addressee(app: &App) -> String {
    if app.chat.editing.is_some() {
        return "edit of an earlier message".to_owned();
    }
    match app.models.route(TaskKind::Chat).map(|route| words::choice(&route.choice)) {
        Some(model) if app.models.chosen(TaskKind::Chat).is_some() => format!("message to {model}"),
        Some(_) => "message · no model is set: files and reasons answer".to_owned(),
        None => "message".to_owned(),
    }
}

/// Whether a message waits for the search.
fn waits(app: &App) -> bool {
    app.chat.turns.going().any(|(_, answer)| matches!(answer.state, AnswerState::Searching { .. }))
}

/// What would be sent: items, tokens of the budget.
fn note(app: &App) -> String {
    let pane = &app.chat.tray;
    if let Some(search) = app.chat.composer.search() {
        let missed = if search.missed { ", found nowhere" } else { "" };
        return format!("search: {}{missed}", search.words);
    }
    if let Some(name) = unknown(app) {
        return format!("nothing is called {name}");
    }
    if pane.items().is_empty() {
        return String::new();
    }
    let tokens = |tokens: u32| amount::short_count(u64::from(tokens));
    let items = amount::plural(pane.sent() as u64, "item");
    format!("{items}  {} of {} tokens", tokens(pane.tray.claimed()), tokens(pane.tray.budget))
}

/// While the search is waited for: the keys that end the waiting.
fn keys(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    let context = if app.focus == Pane::Chat { Context::Chat } else { Context::Composer };
    let chord = |action| app.keymap.chord(context, Action::Chat(action)).map(|chord| chord.to_string());
    let hints: Vec<(String, &str)> = [(ChatAction::Now, "answer now"), (ChatAction::All, "wait for all")]
        .into_iter()
        .filter_map(|(action, label)| Some((chord(action)?, label)))
        .collect();
    let cells: usize = hints.iter().map(|(key, label)| width(key) + width(label) + 3).sum();
    let mut pen = canvas.pen(layout.strip, 0, Role::Base);
    pen.back_from_end(cells + 1);
    for (key, label) in hints {
        pen.put(" ", Role::Border)
            .put(&key, Role::Key)
            .put(" ", Role::Hint)
            .put(label, Role::Hint)
            .put(" ", Role::Border);
    }
}

/// The messages that wait, oldest first.
fn queue(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    let area = layout.queue;
    let rows = usize::from(area.height);
    let more = app.chat.queue.len().saturating_sub(rows);
    let key = app.keymap.chord(Context::Composer, Action::Chat(ChatAction::TakeBack));
    let key = key.map(|chord| format!("{chord} takes the last back")).unwrap_or_default();
    for (row, queued) in app.chat.queue.iter().take(rows).enumerate() {
        let is_last = row + 1 == rows;
        let note = match (is_last, more) {
            (true, 0) => key.clone(),
            (true, more) => format!("and {more} more   {key}"),
            (false, _) => String::new(),
        };
        let mut pen = canvas.pen(area, row as u16, Role::Base);
        pen.skip(MARGIN).put("waits", Role::Queued).put(" ", Role::Fg);
        let room = pen.room().saturating_sub(width(&note) + 3);
        let text = queued.question.text.replace('\n', " ");
        pen.within(&text, room, Role::Muted).back_from_end(width(&note) + 1).put(&note, Role::Hint);
    }
}

/// The first name in the message that means nothing, unless it is still being typed.
fn unknown(app: &App) -> Option<String> {
    let composer = &app.chat.composer;
    let done =
        |mention: &Mention| mention.range.end < composer.cursor() || mention.range.start > composer.cursor();
    mentions(composer.text())
        .into_iter()
        .find(|mention| done(mention) && app.is_known(mention) == Some(false))
        .map(|mention| mention.name)
}
