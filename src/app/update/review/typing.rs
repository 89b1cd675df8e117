//! Typing in the review: lines changed in place, a commit's message, a comment, an instruction.

use crate::app::action::Edit;
use crate::app::cmd::Cmd;
use crate::app::review::writing::Purpose;
use crate::app::state::{App, Prompt};
use crate::config::Chord;
use crate::domain::EditCommand;

use super::ask::judged;
use super::deciding::amended;

/// A key that the keymap does not know: it is typed where something is written.
pub(in super::super) fn key(app: &mut App, chord: Chord) {
    if let Some(writing) = &mut app.review.writing {
        writing.key(chord);
    }
}

/// A named edit of what is written.
pub(in super::super) fn edit(app: &mut App, edit: Edit) {
    if let Some(writing) = &mut app.review.writing {
        writing.edit(edit);
    }
}

/// A paste into what is written.
pub(in super::super) fn paste(app: &mut App, text: &str) {
    if let Some(writing) = &mut app.review.writing {
        writing.insert(text);
    }
}

/// Keeps what is written.
pub(super) fn done(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(writing) = app.review.writing.take() else { return };
    match writing.purpose {
        Purpose::Amend(edit, hunk) => {
            if writing.is_changed() {
                amended(app, edit, hunk, writing.lines(), cmds);
            }
        }
        Purpose::Commit(edit) => {
            let text = writing.text();
            if text.trim().is_empty() {
                app.notices.flash("a commit needs a message", app.now.elapsed);
                app.review.writing = Some(writing);
                return;
            }
            app.review.commits = Some(edit);
            cmds.push(Cmd::Edit(EditCommand::Commit(edit, text.trim_end().into())));
        }
    }
}

/// Sends the comment or the instruction.
pub(in super::super) fn prompt_accept(app: &mut App, prompt: Prompt, cmds: &mut Vec<Cmd>) {
    match prompt {
        Prompt::Instruct(asking) => match asking.instruction(judged(app)) {
            Some(instruction) => super::ask::send(app, instruction, cmds),
            None => app.prompt = Some(Prompt::Instruct(asking)),
        },
        Prompt::Comment(edit, hunk, line) => {
            let text = line.text().trim();
            if text.is_empty() {
                app.prompt = Some(Prompt::Comment(edit, hunk, line));
                return;
            }
            cmds.push(Cmd::Edit(EditCommand::Comment(edit, hunk, text.into())));
            app.notices.flash("the hunk goes back to the model with your comment", app.now.elapsed);
        }
        other @ (Prompt::Filter(_) | Prompt::Command(..)) => app.prompt = Some(other),
    }
}
