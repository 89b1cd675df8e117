//! The conversation.

use crate::app::App;
use crate::app::action::{Action, ChatAction, Context};
use crate::app::layout::Layout;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::empty;

/// Draws the conversation.
pub fn chat(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    if layout.chat.is_empty() || !app.chat.is_empty() {
        return;
    }
    let message = app.keymap.chord(Context::Chat, Action::Reply).map(|c| c.to_string()).unwrap_or_default();
    let tray = app
        .keymap
        .chord(Context::Chat, Action::Chat(ChatAction::Tray))
        .map(|c| c.to_string())
        .unwrap_or_default();
    let text = "Ask about this code. M Query finds the files that help, they are sent with your message, and each \
                claim of the answer names the lines it stands on.";
    let keys = format!("{message} types a message, {tray} shows what would be sent with it");
    empty::say(canvas, layout.chat, &[(text, Role::Muted), ("", Role::Muted), (&keys, Role::Muted)]);
}
