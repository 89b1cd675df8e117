//! Sending: a message, or a command in its place.

use super::super::super::chat::slash::{Known, Read, read};
use super::super::super::cmd::Cmd;
use super::super::super::state::App;
use super::{message, slash};
use crate::domain::Question;

/// Sends what was typed, or runs it where it is a command. A command that is wrong goes back to be mended.
pub(in super::super) fn send(app: &mut App, question: Question, cmds: &mut Vec<Cmd>) {
    match read(&question.text, Known { models: &app.models, paths: &[] }) {
        Ok(Read::Message(text)) => message::send(app, Question { text, ..question }, cmds),
        Ok(Read::Command(command)) => slash::run(app, command, cmds),
        Err(notice) => {
            app.chat.composer.restore(&question);
            app.note(notice);
        }
    }
}
