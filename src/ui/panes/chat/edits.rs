//! The line of an edit below the turn that it came out of: what it proposes, how far it is decided, and the key that leads
//! to it.

use ratatui::layout::Rect;

use crate::app::action::{Action, ChatAction, Context};
use crate::app::review::in_scope;
use crate::app::review::tally::Tally;
use crate::app::{App, Pane};
use crate::domain::{EditId, EditState, ProposedEdit};
use crate::text::amount;
use crate::text::cut;
use crate::text::width::width;
use crate::ui::theme::{Glyphs, Role};
use crate::ui::widgets::Canvas;

/// Draws it: `◆ edit #3   2 files · 4 hunks · +31 −12 · 1 accepted      enter to review`.
pub fn edit(canvas: &mut Canvas<'_>, app: &App, area: Rect, id: EditId) {
    let Some(edit) = app.review.edit(id) else { return };
    let tally = Tally::of(edit, &in_scope);
    let (sign, word, role) = standing(canvas.glyphs, app, (edit, &tally));
    let mut said: Vec<String> = Vec::new();
    if tally.total > 0 {
        said.push(amount::plural(tally.files as u64, "file"));
        said.push(amount::plural(tally.total as u64, "hunk"));
        let (plus, minus) = tally.lines;
        let signs = [("+", plus), (canvas.glyphs.minus, minus)];
        let lines =
            signs.iter().filter(|(_, count)| *count > 0).map(|(sign, count)| format!("{sign}{count}"));
        said.push(lines.collect::<Vec<_>>().join(" "));
    }
    let refused = edit.refused.len();
    said.extend((refused > 0).then(|| format!("{refused} refused")));
    let separator = format!(" {} ", canvas.glyphs.dot);
    let way = way(app, id);
    let ellipsis = canvas.glyphs.ellipsis;
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.put(sign, role).put(&format!(" edit #{}", edit.number), Role::Heading).skip(3);
    // How it stands matters more than how much it is; the key more than both.
    let room = pen.room().saturating_sub(width(&way) + 3);
    let word = cut::end(&word, room, ellipsis).into_owned();
    pen.put(&word, role);
    let text = said.join(&separator);
    if !text.is_empty() && width(&word) + width(&separator) + width(&text) <= room {
        let lead = if word.is_empty() { "" } else { separator.as_str() };
        pen.put(lead, Role::Subtle).put(&text, Role::Muted);
    }
    if let Some((key, rest)) = way.split_once(' ') {
        let mut pen = canvas.pen(area, 0, Role::Base);
        pen.back_from_end(width(&way) + 1).put(key, Role::Key).put(" ", Role::Hint).put(rest, Role::Hint);
    }
}

/// The key that leads to it, where one does: `enter to review`.
fn way(app: &App, id: EditId) -> String {
    let next = app.review.announced.or_else(|| app.review.shown().map(|edit| edit.id));
    let key = match app.edit_here().filter(|_| app.focus == Pane::Chat) {
        Some(here) => {
            let enter = app.keymap.chord(Context::Chat, Action::Chat(ChatAction::OpenCitation));
            enter.filter(|_| here == id).map(|chord| chord.to_string())
        }
        None => (next == Some(id)).then(|| app.key_of(Action::ShowReview)),
    };
    key.map_or_else(String::new, |key| format!("{key} to review"))
}

/// How it stands: sign, words, look.
fn standing(
    glyphs: &Glyphs,
    app: &App,
    (edit, tally): (&ProposedEdit, &Tally),
) -> (&'static str, String, Role) {
    match &edit.state {
        EditState::Streaming => (glyphs.spinner_at(app.spin()), "is being written".into(), Role::Running),
        EditState::Retrying(time) => {
            (glyphs.spinner_at(app.spin()), format!("asked again ({time} of 2)"), Role::Running)
        }
        EditState::Proposed if tally.conflicts > 0 => {
            (glyphs.failed, format!("{} in conflict", tally.conflicts), Role::Failed)
        }
        EditState::Proposed if tally.total == 0 => (glyphs.pin, "nothing to decide".into(), Role::Muted),
        EditState::Proposed if tally.decided() == 0 => (glyphs.pin, "to review".into(), Role::Accent),
        EditState::Proposed => {
            let decided = [(tally.accepted, "accepted"), (tally.rejected, "rejected")];
            let words = decided.iter().filter(|(count, _)| *count > 0);
            let words: Vec<String> = words.map(|(count, word)| format!("{count} {word}")).collect();
            let of = if tally.is_decided() { String::new() } else { format!(" of {}", tally.total) };
            (glyphs.pin, format!("{}{of}", words.join(", ")), Role::Accent)
        }
        EditState::Written if app.review.committed.contains_key(&edit.id) => {
            (glyphs.yes, format!("committed {}", app.review.committed[&edit.id]), Role::Yes)
        }
        EditState::Written => (glyphs.yes, "written".into(), Role::Yes),
        EditState::Undone => (glyphs.pin, "taken back".into(), Role::Warning),
        EditState::Dropped => (glyphs.no, "dropped".into(), Role::Subtle),
        EditState::Failed(notice) => (glyphs.failed, notice.title.clone(), Role::Failed),
    }
}
