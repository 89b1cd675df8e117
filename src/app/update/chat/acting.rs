//! Acting: what each action on the conversation does.

use super::super::super::action::ChatAction;
use super::super::super::chat::transcript::{Motion, Walk};
use super::super::super::cmd::Cmd;
use super::super::super::line::Line;
use super::super::super::state::{App, Overlay, Pane, Prompt};
use super::super::review;
use super::context::{self, Wish};
use super::{applying, reading, sessions};
use crate::domain::{ChatCommand, ExportForm, Patience, Thumb};

/// Does one thing with the conversation; that it can be done is known.
pub(in super::super) fn act(app: &mut App, action: ChatAction, cmds: &mut Vec<Cmd>) {
    let chat = |command| Cmd::Chat(command);
    match action {
        ChatAction::Tray => context::toggle(app),
        ChatAction::Now => cmds.push(chat(ChatCommand::Wait(Patience::Now))),
        ChatAction::All => cmds.push(chat(ChatCommand::Wait(Patience::All))),
        ChatAction::TakeBack => take_back(app, cmds),
        ChatAction::NextTurn => reading::step_turn(app, true),
        ChatAction::PreviousTurn => reading::step_turn(app, false),
        ChatAction::NextCitation => reading::step_citation(app, true),
        ChatAction::PreviousCitation => reading::step_citation(app, false),
        ChatAction::OpenCitation => match app.edit_here() {
            Some(edit) => review::enter_at(app, edit),
            None => reading::open(app, reading::cited(app)),
        },
        ChatAction::CopyMessage => reading::copy(app, cmds),
        ChatAction::CopyCode => reading::copy_code(app, cmds),
        ChatAction::Apply => applying::apply(app, cmds),
        ChatAction::NextCode => app.chat.transcript.go(Motion::Stops(Walk::Code, 1)),
        ChatAction::Fold => {
            if !app.chat.transcript.toggle_here() {
                app.notices.flash("there is nothing to fold here", app.now.elapsed);
            }
        }
        ChatAction::Find => app.prompt = Some(Prompt::Filter(Line::new(app.chat.transcript.searched()))),
        ChatAction::NextMatch => app.chat.transcript.go(Motion::Matches(1)),
        ChatAction::PreviousMatch => app.chat.transcript.go(Motion::Matches(-1)),
        ChatAction::CopyCited => {
            cmds.extend(reading::cited(app).map(|item| Cmd::Copy(item.title.to_string())));
        }
        ChatAction::EditMessage => reading::edit(app),
        ChatAction::Retry => reading::with_answer(app, cmds, |turn| ChatCommand::Retry(turn, None)),
        ChatAction::RetryWith => reading::retry_with(app),
        ChatAction::RetryLess => reading::with_answer(app, cmds, ChatCommand::RetryWithLess),
        ChatAction::NextBranch => reading::step_branch(app, true, cmds),
        ChatAction::PreviousBranch => reading::step_branch(app, false, cmds),
        ChatAction::RateUp => reading::rate_thumb(app, Thumb::Up, cmds),
        ChatAction::RateDown => reading::rate_thumb(app, Thumb::Down, cmds),
        ChatAction::RateWord => {
            let thumb = match reading::thumb(app) {
                Thumb::Up => "up",
                Thumb::Down => "down",
            };
            type_command(app, &format!("rate {thumb} "));
        }
        ChatAction::Compare => super::compare(app),
        ChatAction::Pick => pick(app, cmds),
        ChatAction::Sessions => sessions::open(app, "", cmds),
        ChatAction::Delete => sessions::delete(app, cmds),
        ChatAction::BranchOff => sessions::branch_off(app, cmds),
        ChatAction::New => sessions::new(app, cmds),
        ChatAction::Rename => {
            let title = app.chat.head.as_ref().map(|head| head.title.to_string()).unwrap_or_default();
            type_command(app, &format!("rename {title}"));
        }
        ChatAction::Export => cmds.push(chat(ChatCommand::Export(ExportForm::Markdown, None))),
        ChatAction::Compact => cmds.push(chat(ChatCommand::Compact)),
        ChatAction::Attach => context::attach(app, cmds),
        ChatAction::PinItem => context::wish(app, Wish::Pin, cmds),
        ChatAction::DropItem => context::wish(app, Wish::Drop, cmds),
        ChatAction::Earlier => context::wish(app, Wish::Earlier, cmds),
        ChatAction::Later => context::wish(app, Wish::Later, cmds),
        ChatAction::More => context::step_budget(app, true, cmds),
        ChatAction::Fewer => context::step_budget(app, false, cmds),
        ChatAction::Auto => context::set_budget(app, None, cmds),
        ChatAction::OpenItem => reading::open(app, app.chat.tray.selected().cloned()),
    }
}

/// Opens the command line with the beginning of a command.
fn type_command(app: &mut App, text: &str) {
    app.prompt = Some(Prompt::Command(Line::new(text), app.themes.current.clone()));
}

/// The message that waits last goes back to where it was typed.
fn take_back(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(queued) = app.chat.queue.last().cloned() else { return };
    app.chat.composer.restore(&queued.question);
    app.focus = Pane::Composer;
    cmds.push(Cmd::Chat(ChatCommand::Unqueue(queued.number)));
}

/// The marked answer is the best of those beside it; the conversation goes on from it.
fn pick(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(Overlay::Compare(compare)) = &app.overlay else { return };
    let Some(turn) = compare.marked() else { return };
    app.overlay = None;
    app.focus = Pane::Composer;
    app.notices.flash("picked; the conversation goes on from it", app.now.elapsed);
    cmds.push(Cmd::Chat(ChatCommand::Pick(turn)));
}
