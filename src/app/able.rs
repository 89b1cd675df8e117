//! Whether an action can run now, and on what; an action that cannot says why.

mod charts;
mod chat;

pub use chat::branching;

use crate::domain::{ModelRef, RouteStatus, StateKind, TaskKind};
use crate::text::amount;

use super::action::{Action, Move};
use super::ledger::Cause;
use super::models::Test;
use super::picker::Part;
use super::query::Phase;
use super::state::{App, Overlay};
use super::words;

mod review;

const NO_FILE: &str = "no file is selected";

/// Whether an action can run now.
///
/// # Errors
/// Why it cannot, in a few words.
pub fn enabled(app: &App, action: Action) -> Result<(), String> {
    let need = |is: bool, why: &str| if is { Ok(()) } else { Err(why.to_owned()) };
    match action {
        Action::Review(action) => review::enabled(app, action),
        Action::Chat(action) => chat::enabled(app, action),
        Action::Chart(action) => charts::enabled(app, action),
        Action::Open | Action::CopyPath | Action::Exclude => need(app.selected_file().is_some(), NO_FILE),
        Action::Pin | Action::Pager => need(app.ranked_file().is_some(), "no ranked file is selected"),
        Action::UndoExclude => need(!app.excluded.is_empty(), "nothing was excluded"),
        Action::Rejudge => {
            need(!app.query.asked().is_empty(), "nothing was asked yet")?;
            let group = app.ledger_open && app.ledger.cause() == Some(Cause::Failed);
            need(app.selected_file().is_some() || group, NO_FILE)
        }
        Action::RejudgeAll => need(!app.query.asked().is_empty(), "nothing was asked yet"),
        Action::Judge => judge(app),
        Action::AskWhy => {
            need(app.query.is_by_model(), "no model was asked")?;
            let judged =
                app.ranked_row().is_some_and(|row| matches!(row.state, StateKind::Yes | StateKind::No));
            need(judged, "no judged row is selected")
        }
        Action::Models => need(app.models.is_known(), "models are still looked for"),
        Action::PickModel => need(app.models.has_any(), "no model was found"),
        Action::FindModels => need(app.models.is_known(), "they are being looked for"),
        Action::TestModel => test(app),
        Action::DefaultModel => {
            let set = picked_route(app).is_some_and(|route| route.by_user);
            need(set, "it is as the configuration says")
        }
        Action::Confirm => need(app.beat().is_none(), "read it first"),
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
        | Action::Compose(_)
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
        | Action::ShowChat
        | Action::ShowReview
        | Action::FocusComposer
        | Action::Reply
        | Action::SearchLine
        | Action::ShowLedger
        | Action::Toggle
        | Action::Task
        | Action::Decline
        | Action::ReloadConfig
        | Action::Mouse
        | Action::Palette
        | Action::CommandLine
        | Action::Stats
        | Action::StatsDays
        | Action::Help => Ok(()),
    }
}

/// Whether the model can be asked, or asked on.
fn judge(app: &App) -> Result<(), String> {
    if app.query.line.is_blank() && app.query.asked().is_empty() {
        return Err("nothing was asked yet".into());
    }
    if app.query.phase == Phase::Waiting || app.stopped_by_budget() {
        return Ok(());
    }
    let Some(judge) = app.model_judge() else {
        return Err(format!("no model judges; {} chooses one", app.key_of(Action::Models)));
    };
    let again = app.query.is_running() && app.query.judge == judge && !app.query.is_pending();
    if again { Err("it is being asked".into()) } else { Ok(()) }
}

/// Whether the model that the picker stands on can be tested.
fn test(app: &App) -> Result<(), String> {
    let Some(Overlay::Models(picker)) = &app.overlay else {
        return Err(format!("{} opens the models", app.key_of(Action::Models)));
    };
    let Some(model) = picked_model(app) else {
        return Err("no model is selected; the embedded judge makes no calls".into());
    };
    match app.models.test(picker.task, &model) {
        Some(Test::Running { .. }) => Err("it is being tested".into()),
        Some(Test::Passed { .. } | Test::Failed(_)) | None => Ok(()),
    }
}

/// The route of the task that the picker stands on.
fn picked_route(app: &App) -> Option<&RouteStatus> {
    match &app.overlay {
        Some(Overlay::Models(picker)) => app.models.route(picker.task),
        Some(
            Overlay::Palette(_)
            | Overlay::Help(_)
            | Overlay::Notices(_)
            | Overlay::Estimate(_)
            | Overlay::Sessions(_)
            | Overlay::Compare(_)
            | Overlay::Stats(_)
            | Overlay::Charts(_)
            | Overlay::Tune(_),
        )
        | None => None,
    }
}

/// The model that the picker stands on: the task's own above, the candidate below.
pub fn picked_model(app: &App) -> Option<ModelRef> {
    let Some(Overlay::Models(picker)) = &app.overlay else { return None };
    let choice = match picker.part {
        Part::Tasks => &app.models.route(picker.task)?.choice,
        Part::Candidates => picker.selected()?,
    };
    choice.model().cloned()
}

/// What an action would work on, for the palette; empty where its title says all.
pub fn subject(app: &App, action: Action) -> String {
    let path = || app.selected_path().map(|path| path.to_string()).unwrap_or_default();
    match action {
        Action::Review(action) => review::subject(app, action),
        Action::Chat(action) => chat::subject(app, action),
        Action::Chart(action) => charts::subject(app, action),
        Action::Open
        | Action::Exclude
        | Action::Rejudge
        | Action::AskWhy
        | Action::CopyPath
        | Action::Pager => path(),
        Action::Pin => {
            let pinned = app.ranked_row().is_some_and(|row| row.pinned);
            if pinned { format!("{} is pinned", path()) } else { path() }
        }
        Action::UndoExclude => app.excluded.last().map(|(_, path)| path.to_string()).unwrap_or_default(),
        Action::Judge => match (&app.query.estimate, app.model_judge()) {
            _ if app.stopped_by_budget() => {
                let left = u64::from(app.query.counts.get(StateKind::OverBudget));
                format!("{} past the budget", amount::plural(left, "file"))
            }
            (Some(estimate), _) => estimate.judge.to_string(),
            (None, Some(judge)) => judge.to_string(),
            (None, None) => String::new(),
        },
        Action::Models => app
            .models
            .route(TaskKind::Judge)
            .map_or_else(String::new, |route| format!("judge {}", words::choice(&route.choice))),
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
        | Action::Compose(_)
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
        | Action::ShowChat
        | Action::ShowReview
        | Action::FocusComposer
        | Action::Reply
        | Action::SearchLine
        | Action::Toggle
        | Action::PickModel
        | Action::TestModel
        | Action::DefaultModel
        | Action::FindModels
        | Action::Confirm
        | Action::Decline
        | Action::ReloadConfig
        | Action::Palette
        | Action::CommandLine
        | Action::Stats
        | Action::StatsDays
        | Action::Help => String::new(),
    }
}
