//! The strip above the composer: to whom the message goes, and what would be sent in one line.

use crate::app::layout::Layout;
use crate::app::{App, Pane, words};
use crate::domain::{Mention, TaskKind, mentions};
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// Draws the strip.
pub fn strip(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    let area = layout.strip;
    if area.is_empty() {
        return;
    }
    canvas.hairline(area);
    let focused = app.focus == Pane::Composer;
    let (bar, line) = (canvas.glyphs.focus, canvas.glyphs.horizontal);
    let to = app.models.route(TaskKind::Chat).map(|route| words::choice(&route.choice));
    let name = to.map_or_else(|| "message".to_owned(), |model| format!("message to {model}"));
    let tray = &app.chat.tray;
    let attached = app.chat.composer.attachments().len();
    let note = if let Some(search) = app.chat.composer.search() {
        let missed = if search.missed { ", found nowhere" } else { "" };
        format!("search: {}{missed}", search.words)
    } else if let Some(name) = unknown(app) {
        format!("nothing is called {name}")
    } else if attached > 0 {
        format!("{attached} attached")
    } else if tray.items.is_empty() {
        String::new()
    } else {
        let items = amount::plural(tray.items.len() as u64, "item");
        format!(
            "{items}  {} of {} tokens",
            amount::count(u64::from(tray.tokens)),
            amount::count(u64::from(tray.budget))
        )
    };
    let mut pen = canvas.pen(area, 0, Role::Base);
    if focused {
        pen.put(bar, Role::Focus).put(&name, Role::TitleFocus);
    } else {
        pen.put(line, Role::Border).put(" ", Role::Border).put(&name, Role::Title);
    }
    pen.put(" ", Role::Border);
    let cells = width(&note) + 4;
    if !note.is_empty() && pen.room() > cells {
        pen.back_from_end(cells).put(" ", Role::Border).put(&note, Role::Subtle).put(" ", Role::Border);
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
