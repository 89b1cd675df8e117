//! Whether an action can run now, and on what; an action that cannot says why.

use crate::text::amount;

use super::action::{Action, Move};
use super::state::App;

const NO_FILE: &str = "no file is selected";

/// Whether an action can run now.
///
/// # Errors
/// Why it cannot, in a few words.
pub fn enabled(app: &App, action: Action) -> Result<(), String> {
    let need = |is: bool, why: &str| if is { Ok(()) } else { Err(why.to_owned()) };
    match action {
        Action::Open | Action::CopyPath | Action::Exclude => need(app.selected_file().is_some(), NO_FILE),
        Action::Pin | Action::Pager => need(app.ranked_file().is_some(), "no ranked file is selected"),
        Action::UndoExclude => need(!app.excluded.is_empty(), "nothing was excluded"),
        Action::Rejudge => {
            need(!app.query.asked().is_empty(), "nothing was asked yet")?;
            need(app.selected_file().is_some(), NO_FILE)
        }
        Action::RejudgeAll => need(!app.query.asked().is_empty(), "nothing was asked yet"),
        Action::Cancel => need(app.query.is_running(), "no query is running"),
        Action::CopyReason => need(app.reason().is_some(), "no reason is known"),
        Action::NextSpan | Action::PreviousSpan => {
            let some = app.detail().is_some_and(|detail| !super::why::places(detail).is_empty());
            need(some, "no place is known in this file")
        }
        Action::Sort => need(!app.list.is_empty(), "the list is empty"),
        Action::Filter => {
            let rows = if app.ledger_open { app.ledger.total() } else { app.list.total() };
            need(rows > 0, "there are no rows to filter")
        }
        Action::Themes => need(app.themes.names.len() > 1, "there is only one theme"),
        Action::Notices => need(!app.notices.is_empty(), "nothing was said yet"),
        Action::Move(
            Move::Up
            | Move::Down
            | Move::HalfUp
            | Move::HalfDown
            | Move::PageUp
            | Move::PageDown
            | Move::Top
            | Move::Bottom,
        )
        | Action::Edit(_)
        | Action::HistoryOlder
        | Action::HistoryNewer
        | Action::Accept
        | Action::Complete
        | Action::Back
        | Action::Interrupt
        | Action::Quit
        | Action::Suspend
        | Action::FocusQuery
        | Action::FocusNext
        | Action::FocusPrevious
        | Action::ShowList
        | Action::ShowWhy
        | Action::ShowLedger
        | Action::Toggle
        | Action::Task
        | Action::ReloadConfig
        | Action::Mouse
        | Action::Palette
        | Action::CommandLine
        | Action::Help => Ok(()),
    }
}

/// What an action would work on, for the palette; empty where its title says all.
pub fn subject(app: &App, action: Action) -> String {
    let path = || app.selected_path().map(|path| path.to_string()).unwrap_or_default();
    match action {
        Action::Open | Action::Exclude | Action::Rejudge | Action::CopyPath | Action::Pager => path(),
        Action::Pin => {
            let pinned = app.ranked_row().is_some_and(|row| row.pinned);
            if pinned { format!("{} is pinned", path()) } else { path() }
        }
        Action::UndoExclude => app.excluded.last().map(|(_, path)| path.to_string()).unwrap_or_default(),
        Action::RejudgeAll => format!("{} files", amount::count(u64::from(app.query.counts.total()))),
        Action::Sort => format!("{} now", app.list.sort().name()),
        Action::Filter => app.filter().to_owned(),
        Action::Task => app.status.task.as_ref().map(|(text, _)| text.to_string()).unwrap_or_default(),
        Action::Themes => app.themes.current.clone(),
        Action::Mouse => if app.mouse.captured { "taken" } else { "left to the terminal" }.to_owned(),
        Action::Notices => match app.notices.len() {
            0 => String::new(),
            n => format!("{n}"),
        },
        Action::ShowLedger => {
            let counts = &app.query.counts;
            let without = counts.total() - counts.judged();
            if without == 0 { String::new() } else { format!("{} files", amount::count(u64::from(without))) }
        }
        Action::NextSpan
        | Action::PreviousSpan
        | Action::CopyReason
        | Action::Cancel
        | Action::Move(_)
        | Action::Edit(_)
        | Action::HistoryOlder
        | Action::HistoryNewer
        | Action::Accept
        | Action::Complete
        | Action::Back
        | Action::Interrupt
        | Action::Quit
        | Action::Suspend
        | Action::FocusQuery
        | Action::FocusNext
        | Action::FocusPrevious
        | Action::ShowList
        | Action::ShowWhy
        | Action::Toggle
        | Action::ReloadConfig
        | Action::Palette
        | Action::CommandLine
        | Action::Help => String::new(),
    }
}
