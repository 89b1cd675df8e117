//! Chat: what the chat service tells, and what keys do with it.

mod events;

use super::super::cmd::Cmd;
use super::super::state::{App, Pane};
use crate::domain::{ChatCommand, Question};

pub(super) use events::event;

/// Sends a message.
pub(super) fn send(_app: &mut App, question: Question, cmds: &mut Vec<Cmd>) {
    cmds.push(Cmd::Chat(ChatCommand::Send(question)));
}

/// Opens or closes the context tray.
pub(super) fn toggle_tray(app: &mut App) {
    app.chat.tray_open = !app.chat.tray_open;
    app.focus = if app.chat.tray_open { Pane::Tray } else { Pane::Composer };
}

/// One layer back in the panes of the conversation; says whether there was one.
pub(super) fn back(app: &mut App) -> bool {
    match app.focus {
        Pane::Tray => {
            toggle_tray(app);
            true
        }
        Pane::Composer | Pane::Review => {
            app.focus = Pane::Chat;
            true
        }
        Pane::Chat | Pane::Query | Pane::List | Pane::Why => false,
    }
}
