//! The conversation: the rows that the transcript has laid out, and what their turns say of themselves.

mod edits;
mod facts;
mod said;

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::{Action, ChatAction, Context};
use crate::app::chat::transcript::{LEAD, Row, Shown};
use crate::app::layout::Layout;
use crate::domain::{AnswerState, Turn, TurnBody};
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::empty;

/// Draws the conversation.
pub fn chat(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    let area = layout.chat;
    if area.is_empty() {
        return;
    }
    if app.chat.turns.is_empty() {
        return nothing(canvas, app, area);
    }
    for (y, shown) in app.chat.transcript.rows().enumerate().take(usize::from(area.height)) {
        let row = Rect { y: area.y + y as u16, height: 1, ..area };
        if let Some(turn) = app.chat.turns.branch().get(shown.entry) {
            draw(canvas, app, row, turn, shown);
        }
    }
    sticky(canvas, app, area);
    below(canvas, app, area);
}

/// What a conversation is for, and the keys that begin one.
fn nothing(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let context = app.context();
    let here = |action: Action| app.keymap.chord(context, action).map(|chord| chord.to_string());
    let message = if context == Context::Composer {
        here(Action::Accept).map(|key| format!("{key} sends the message"))
    } else {
        let key = here(Action::FocusComposer).or_else(|| here(Action::Reply));
        key.map(|key| format!("{key} types a message"))
    };
    let tray =
        here(Action::Chat(ChatAction::Tray)).map(|key| format!("{key} shows what would be sent with it"));
    let text = "Ask about this code. M Query finds the files that help, they are sent with your message, and each \
                claim of the answer names the lines it stands on.";
    let keys = message.into_iter().chain(tray).collect::<Vec<_>>().join(", ");
    empty::say(canvas, area, &[(text, Role::Muted), ("", Role::Muted), (&keys, Role::Muted)]);
    // What was asked for before anything was said stands at the foot.
    let newest = app.review.edits().last().map(|edit| edit.id);
    if let Some(edit) = newest.filter(|_| area.height > EMPTY) {
        let place = Rect { x: area.x + 2, y: area.bottom() - 2, width: area.width - 3, height: 1 };
        edits::edit(canvas, app, place, edit);
    }
}

/// Rows of an empty conversation from which there is room for the line of an edit.
const EMPTY: u16 = 10;

fn draw(canvas: &mut Canvas<'_>, app: &App, area: Rect, turn: &Turn, shown: Shown<'_>) {
    let by_user = matches!(turn.body, TurnBody::Question(_));
    let bar = canvas.glyphs.focus;
    if by_user && !matches!(shown.row, Row::Blank) {
        canvas.pen(area, 0, Role::Base).skip(1).put(bar, Role::User);
    }
    let selected = shown.target.is_some() || shown.code;
    let text = Rect { x: area.x + LEAD, width: area.width.saturating_sub(LEAD), ..area };
    let ground =
        if shown.code || shown.target == Some(usize::MAX) { Role::SelectionBlur } else { Role::Base };
    if ground != Role::Base {
        canvas.fill(text, ground);
    }
    match (shown.row, &turn.body) {
        (Row::Head, TurnBody::Question(_)) => facts::asker(canvas, app, text, turn),
        (Row::Head, TurnBody::Answer(answer)) => facts::answerer(canvas, app, text, (turn, answer)),
        (Row::Attachment(at), TurnBody::Question(question)) => {
            if let Some(attachment) = question.attachments.get(*at) {
                facts::attachment(canvas, text, attachment);
            }
        }
        (Row::Context, TurnBody::Answer(answer)) => facts::context(canvas, text, answer),
        (Row::Thinking { folded }, TurnBody::Answer(answer)) => {
            facts::thinking(canvas, app, text, (turn, answer), if *folded { "folded" } else { "open" });
        }
        (Row::Summary { folded }, TurnBody::Summary { turns, .. }) => {
            let sign = if *folded { canvas.glyphs.folded } else { canvas.glyphs.unfolded };
            facts::summary(canvas, text, *turns, sign);
        }
        (Row::Folded(_, lines), _) => facts::folded(canvas, app, text, *lines),
        (Row::State, TurnBody::Answer(answer)) => facts::state(canvas, app, text, answer),
        (Row::Ways, TurnBody::Answer(answer)) => facts::ways(canvas, app, text, &answer.state),
        (Row::Meters, TurnBody::Answer(answer)) => facts::meters(canvas, text, answer),
        (Row::Said(line) | Row::Thought(line) | Row::Trouble(line) | Row::Reference(line), _) => {
            let base = if matches!(shown.row, Row::Thought(_)) {
                said::Base::Thought
            } else if matches!(shown.row, Row::Trouble(_)) {
                said::Base::Trouble
            } else {
                said::Base::Text
            };
            let end = said::line(canvas, text, line, &said::Dress { shown: &shown, base, ground, selected });
            if shown.is_last && is_streaming(turn) {
                let cursor = canvas.glyphs.typing;
                canvas
                    .pen(Rect { x: end, width: text.right().saturating_sub(end), ..text }, 0, ground)
                    .put(cursor, Role::Accent);
            }
        }
        (Row::Edit(edit), _) => edits::edit(canvas, app, text, *edit),
        // A row and a body that do not belong together are a turn that was replaced since the rows were made.
        (
            Row::Blank
            | Row::Head
            | Row::Attachment(_)
            | Row::Context
            | Row::Thinking { .. }
            | Row::Summary { .. }
            | Row::State
            | Row::Ways
            | Row::Meters,
            _,
        ) => {}
    }
}

fn is_streaming(turn: &Turn) -> bool {
    matches!(&turn.body, TurnBody::Answer(answer) if answer.state == AnswerState::Streaming)
}

/// The question whose answer scrolls, over the first row.
fn sticky(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let Some(turn) = app.chat.transcript.sticky().and_then(|at| app.chat.turns.branch().get(at)) else {
        return;
    };
    let TurnBody::Question(question) = &turn.body else { return };
    let row = Rect { height: 1, ..area };
    canvas.clear(row, Role::SelectionBlur);
    let bar = canvas.glyphs.focus;
    let first = question.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut pen = canvas.pen(row, 0, Role::SelectionBlur);
    pen.skip(1).put(bar, Role::User).skip(1).reserve(1);
    pen.cut(first, Role::Muted);
}

/// What came below while the end is not on the screen, and the key that goes there; or how the search stands.
fn below(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let transcript = &app.chat.transcript;
    let mut notes = Vec::new();
    if !transcript.searched().is_empty() {
        let (at, all) = transcript.match_count();
        notes.push(match all {
            0 => format!("\u{201c}{}\u{201d} is nowhere here", transcript.searched()),
            _ => format!("{at} of {all} for \u{201c}{}\u{201d}", transcript.searched()),
        });
    }
    if !transcript.is_following() {
        let key = app.keymap.chord(Context::Chat, Action::Move(crate::app::action::Move::Bottom));
        let key = key.map_or_else(String::new, |key| format!(" {} {key}", canvas.glyphs.dot));
        match transcript.new_rows() {
            0 => notes.push(format!("more below{key}")),
            rows => notes.push(format!("{}{key}", amount::plural(rows as u64, "new line"))),
        }
    }
    if notes.is_empty() {
        return;
    }
    let separator = format!(" {} ", canvas.glyphs.dot);
    let text = format!(" {} ", notes.join(&separator));
    let cells = width(&text).min(usize::from(area.width)) as u16;
    let row = Rect { x: area.right() - cells, y: area.bottom() - 1, width: cells, height: 1 };
    canvas.clear(row, Role::SelectionBlur);
    canvas.pen(row, 0, Role::SelectionBlur).put(&text, Role::Accent);
}
