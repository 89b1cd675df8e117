//! Whether something can be done with the conversation now, and on what.

use super::super::action::ChatAction;
use super::super::chat::sessions::Row;
use super::super::state::{App, Overlay};
use super::super::words;
use crate::domain::{AnswerState, TaskKind, TurnId};
use crate::text::amount;

const NO_ANSWER: &str = "there is no answer yet";

/// Whether it can be done now.
///
/// # Errors
/// Why not, in a few words.
pub fn enabled(app: &App, action: ChatAction) -> Result<(), String> {
    let need = |is: bool, why: &str| if is { Ok(()) } else { Err(why.to_owned()) };
    let (turns, marks) = (&app.chat.turns, &app.chat.marks);
    let answer = || marks.answer(turns).and_then(|id| turns.answer(id));
    let item = || app.chat.tray.selected().is_some();
    match action {
        ChatAction::Now | ChatAction::All => {
            let searching =
                turns.going().any(|(_, answer)| matches!(answer.state, AnswerState::Searching { .. }));
            need(searching, "no message waits for the search")
        }
        ChatAction::TakeBack => need(!app.chat.queue.is_empty(), "no message waits"),
        ChatAction::OpenCitation if app.edit_here().is_some() => Ok(()),
        ChatAction::OpenCitation | ChatAction::CopyCited => {
            need(marks.citation(turns).is_some(), "no citation is marked; ] marks the next")
        }
        ChatAction::EditMessage => need(marks.question(turns).is_some(), "there is no message yet"),
        ChatAction::NextCitation
        | ChatAction::PreviousCitation
        | ChatAction::Retry
        | ChatAction::RetryLess
        | ChatAction::RateUp
        | ChatAction::RateDown
        | ChatAction::RateWord => need(answer().is_some(), NO_ANSWER),
        ChatAction::RetryWith => {
            need(answer().is_some(), NO_ANSWER)?;
            need(!app.models.able(TaskKind::Chat).is_empty(), "no model was found")
        }
        ChatAction::NextBranch | ChatAction::PreviousBranch => {
            need(branching(app).is_some(), "this message has no branches; e or r makes one")
        }
        ChatAction::Compare => {
            let beside = answer().is_some_and(|answer| answer.beside.len() > 1);
            need(beside, "no answers stand side by side; /compare asks for some")
        }
        ChatAction::Pick => match &app.overlay {
            Some(Overlay::Compare(compare)) => {
                let done = compare.marked().and_then(|id| turns.answer(id));
                need(done.is_some_and(|answer| !answer.state.is_going()), "it is still being answered")
            }
            Some(_) | None => Err("no answers are compared".into()),
        },
        ChatAction::BranchOff => match &app.overlay {
            Some(Overlay::Sessions(sessions)) => {
                need(matches!(sessions.selected(), Some(Row::Hit(_))), "select a place in a conversation")
            }
            Some(_) | None => need(!turns.is_empty(), "nothing was said yet"),
        },
        ChatAction::Delete => match &app.overlay {
            Some(Overlay::Sessions(sessions)) => {
                need(sessions.selected_session().is_some(), "no conversation is selected")
            }
            Some(_) | None => Err("alt+s lists conversations".into()),
        },
        ChatAction::NextTurn
        | ChatAction::PreviousTurn
        | ChatAction::CopyMessage
        | ChatAction::CopyCode
        | ChatAction::Apply
        | ChatAction::NextCode
        | ChatAction::Fold
        | ChatAction::Find
        | ChatAction::New
        | ChatAction::Export
        | ChatAction::Compact
        | ChatAction::Rename => need(!turns.is_empty(), "nothing was said yet"),
        ChatAction::NextMatch | ChatAction::PreviousMatch => {
            need(!app.chat.transcript.searched().is_empty(), "nothing is searched for")
        }
        ChatAction::Tray | ChatAction::Sessions => Ok(()),
        ChatAction::Attach => need(app.ranked_file().is_some(), "no file is selected"),
        ChatAction::PinItem | ChatAction::DropItem | ChatAction::Earlier | ChatAction::Later => {
            need(item(), "no item is selected")
        }
        ChatAction::OpenItem => {
            let file = app.chat.tray.selected().and_then(|item| item.file);
            need(file.is_some(), "this item is no file of the tree")
        }
        ChatAction::More | ChatAction::Fewer => need(app.chat.tray.tray.budget > 0, "nothing is sent yet"),
        ChatAction::Auto => need(app.chat.tray.tray.budget_by_user, "it is what the window allows"),
    }
}

/// The turn that has branches: the marked one, else the newest that has some; with its branches.
pub fn branching(app: &App) -> Option<(TurnId, &[TurnId])> {
    let turns = &app.chat.turns;
    let branches = |id: TurnId| {
        let turn = turns.get(id)?;
        (turn.siblings.len() > 1).then(|| (id, &*turn.siblings))
    };
    match app.chat.marks.turn() {
        Some(id) => branches(id),
        None => turns.branch().iter().rev().find_map(|turn| branches(turn.id)),
    }
}

/// What it would work on, for the palette; empty where its title says all.
pub fn subject(app: &App, action: ChatAction) -> String {
    let tray = &app.chat.tray;
    match action {
        ChatAction::Tray => match tray.sent() {
            0 => String::new(),
            items => amount::plural(items as u64, "item"),
        },
        ChatAction::TakeBack => {
            app.chat.queue.last().map(|queued| queued.question.text.to_string()).unwrap_or_default()
        }
        ChatAction::NextBranch | ChatAction::PreviousBranch => {
            branching(app).map_or_else(String::new, |(id, all)| {
                let at = all.iter().position(|other| *other == id).unwrap_or(0);
                format!("{} of {}", at + 1, all.len())
            })
        }
        ChatAction::Rename | ChatAction::Export => {
            app.chat.head.as_ref().map(|head| head.title.to_string()).unwrap_or_default()
        }
        ChatAction::RetryWith => {
            app.models.route(TaskKind::Chat).map(|route| words::choice(&route.choice)).unwrap_or_default()
        }
        ChatAction::Attach => app.selected_path().map(|path| path.to_string()).unwrap_or_default(),
        ChatAction::PinItem
        | ChatAction::DropItem
        | ChatAction::Earlier
        | ChatAction::Later
        | ChatAction::OpenItem => tray.selected().map(|item| item.title.to_string()).unwrap_or_default(),
        ChatAction::More | ChatAction::Fewer | ChatAction::Auto => {
            format!("{} tokens", amount::count(u64::from(tray.tray.budget)))
        }
        ChatAction::Now
        | ChatAction::All
        | ChatAction::NextTurn
        | ChatAction::PreviousTurn
        | ChatAction::NextCitation
        | ChatAction::PreviousCitation
        | ChatAction::OpenCitation
        | ChatAction::CopyMessage
        | ChatAction::CopyCode
        | ChatAction::Apply
        | ChatAction::NextCode
        | ChatAction::Fold
        | ChatAction::Find
        | ChatAction::NextMatch
        | ChatAction::PreviousMatch
        | ChatAction::CopyCited
        | ChatAction::EditMessage
        | ChatAction::Retry
        | ChatAction::RetryLess
        | ChatAction::RateUp
        | ChatAction::RateDown
        | ChatAction::RateWord
        | ChatAction::Compare
        | ChatAction::Pick
        | ChatAction::Sessions
        | ChatAction::Delete
        | ChatAction::BranchOff
        | ChatAction::New
        | ChatAction::Compact => String::new(),
    }
}
