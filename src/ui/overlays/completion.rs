//! Completion: the ways to go on with a name or a command, above the message.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::Action;
use crate::app::composer::{Completion, Offer, OfferKind};
use crate::app::floating::{completion_area, top};
use crate::text::width::width;
use crate::text::{amount, cut};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::frame::frame;

/// Draws the ways to go on, if there are any.
pub fn completion(canvas: &mut Canvas<'_>, app: &App) {
    let Some(completion) = app.chat.composer.completion() else { return };
    let area = completion_area(app);
    if area.is_empty() {
        return;
    }
    let dot = canvas.glyphs.dot;
    let of = amount::count(completion.offers.len() as u64);
    let key = app.key_of(Action::Accept);
    let note = format!("{} of {of} {dot} {key} takes it", completion.at + 1);
    let inner = frame(canvas, area, title(completion), &note);
    let first = top(completion.at, inner);
    let shown = completion.offers.iter().enumerate().skip(first).take(usize::from(inner.height));
    for (line, (at, offer)) in shown.enumerate() {
        row(canvas, Rect { y: inner.y + line as u16, height: 1, ..inner }, offer, at == completion.at);
    }
}

fn title(completion: &Completion) -> &'static str {
    match completion.selected().map(|offer| offer.kind) {
        Some(OfferKind::Command) => "commands",
        Some(OfferKind::Git) => "git",
        Some(OfferKind::Symbol) => "symbols",
        Some(OfferKind::File | OfferKind::Folder) | None => "files",
    }
}

fn row(canvas: &mut Canvas<'_>, area: Rect, offer: &Offer, selected: bool) {
    let ground = if selected { Role::Selection } else { Role::Overlay };
    if selected {
        canvas.fill(area, ground);
    }
    let (bar, ellipsis) = (canvas.glyphs.focus, canvas.glyphs.ellipsis);
    let room = usize::from(area.width).saturating_sub(2);
    // The name says more than the note; of a note that does not fit the start is shown.
    let label = width(&offer.label).min(room);
    let mut pen = canvas.pen(area, 0, ground);
    pen.put(if selected { bar } else { " " }, Role::Focus);
    match offer.kind {
        OfferKind::File | OfferKind::Folder => {
            let path = cut::path(&offer.label, room, ellipsis).into_owned();
            let name = path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
            pen.put(&path[..name], Role::PathDir).put(&path[name..], Role::PathName);
        }
        OfferKind::Git | OfferKind::Symbol | OfferKind::Command => {
            pen.within(&offer.label, room, Role::Fg);
        }
    }
    let left = room.saturating_sub(label + 2);
    if left > 8 && !offer.note.is_empty() {
        let note = cut::end(&offer.note, left, ellipsis).into_owned();
        pen.back_from_end(width(&note) + 1).put(&note, Role::Muted);
    }
}
