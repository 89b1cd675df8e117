//! Message: what is sent to be answered.

use super::super::super::chat::marks::Marks;
use super::super::super::cmd::Cmd;
use super::super::super::state::App;
use crate::domain::{ChatCommand, Question};

/// Sends a message, in the place of an earlier one where that is edited; the end is followed from now on.
pub(super) fn send(app: &mut App, question: Question, cmds: &mut Vec<Cmd>) {
    app.chat.marks = Marks::default();
    let command = match app.chat.editing.take() {
        Some(turn) => ChatCommand::Edit(turn, question),
        None => ChatCommand::Send(question),
    };
    cmds.push(Cmd::Chat(command));
}
