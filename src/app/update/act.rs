//! Actions: what each does.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::{Notice, QueryCommand, Severity};

use super::super::able::enabled;
use super::super::action::{Action, Edit, Move};
use super::super::cmd::Cmd;
use super::super::entries;
use super::super::ledger::{Cause, Item};
use super::super::line::Line;
use super::super::palette::{Kind, Palette};
use super::super::query::Phase;
use super::super::state::{App, Overlay, Pane, Prompt};
use super::{lists, overlay, prompt, typing};

/// A second `ctrl+c` within this time quits.
const TWICE: Duration = Duration::from_secs(2);

/// Runs an action, or says why it cannot run.
pub(super) fn act(app: &mut App, action: Action, cmds: &mut Vec<Cmd>) {
    if let Err(why) = enabled(app, action) {
        let title = action.spec().title;
        app.notices.flash(format!("{title}: {why}"), app.now.elapsed);
        return;
    }
    match action {
        Action::Move(step) => moved(app, step),
        Action::Edit(edit) => edited(app, edit, cmds),
        Action::HistoryOlder => older(app, cmds),
        Action::HistoryNewer => newer(app, cmds),
        Action::Accept => accept(app, cmds),
        Action::Complete => complete(app, cmds),
        Action::Back => back(app, cmds),
        Action::Interrupt => interrupt(app, cmds),
        Action::Quit if app.overlay.is_some() => app.overlay = None,
        Action::Quit => cmds.push(Cmd::Quit),
        Action::Suspend => cmds.push(Cmd::Suspend),
        Action::FocusQuery => {
            app.focus = Pane::Query;
            app.ledger_open &= !app.is_narrow();
        }
        Action::FocusNext => app.focus = turned(app, true),
        Action::FocusPrevious => app.focus = turned(app, false),
        Action::ShowList => show(app, Pane::List, false),
        Action::ShowWhy => show(app, Pane::Why, app.ledger_open),
        Action::ShowLedger => show_ledger(app, cmds),
        Action::Palette if matches!(app.overlay, Some(Overlay::Palette(_))) => overlay::close(app, cmds),
        Action::Palette => {
            let palette = Palette::new(Kind::Commands, entries::commands(app), 0);
            app.overlay = Some(Overlay::Palette(palette));
        }
        Action::Themes => app.overlay = Some(Overlay::Palette(theme_picker(app))),
        Action::CommandLine => prompt::open_command(app, ""),
        Action::Task => prompt::open_command(app, "task "),
        Action::Help if matches!(app.overlay, Some(Overlay::Help(_))) => app.overlay = None,
        Action::Help => app.overlay = Some(Overlay::Help(0)),
        Action::Notices => {
            app.notices.read();
            app.overlay = Some(Overlay::Notices(0));
        }
        Action::Filter => app.prompt = Some(Prompt::Filter(Line::new(app.filter()))),
        Action::ReloadConfig => cmds.push(Cmd::ReloadConfig),
        Action::Mouse => {
            app.mouse.captured = !app.mouse.captured;
            cmds.push(Cmd::MouseCapture(app.mouse.captured));
            let word = if app.mouse.captured {
                "the mouse is ours again"
            } else {
                "the mouse is the terminal's; m takes it back"
            };
            app.notices.flash(word, app.now.elapsed);
        }
        Action::Open
        | Action::Toggle
        | Action::NextSpan
        | Action::PreviousSpan
        | Action::Sort
        | Action::Pin
        | Action::Exclude
        | Action::UndoExclude
        | Action::Rejudge
        | Action::RejudgeAll
        | Action::Cancel
        | Action::CopyPath
        | Action::CopyReason
        | Action::Pager => on_file(app, action, cmds),
    }
}

/// Actions on the selected file or the query.
fn on_file(app: &mut App, action: Action, cmds: &mut Vec<Cmd>) {
    let query = |command| Cmd::Query(command);
    match action {
        Action::Open => lists::open(app, cmds),
        Action::Toggle => toggle(app, cmds),
        Action::NextSpan | Action::PreviousSpan => {
            let detail = app.detail().cloned();
            let height = usize::from(app.layout().why.source.height);
            app.why.step(action == Action::NextSpan, detail.as_deref(), height);
        }
        Action::Sort => lists::sort(app, app.list.sort().next()),
        Action::Pin => {
            if let Some(row) = app.ranked_row() {
                cmds.push(query(QueryCommand::Pin(row.file, !row.pinned)));
            }
        }
        Action::Exclude => exclude(app, cmds),
        Action::UndoExclude => {
            if let Some((file, path)) = app.excluded.pop() {
                cmds.push(query(QueryCommand::Exclude(file, false)));
                app.notices.flash(format!("{path} is judged again"), app.now.elapsed);
            }
        }
        Action::Rejudge => {
            cmds.extend(app.selected_file().map(|file| query(QueryCommand::Rejudge(vec![file]))))
        }
        Action::RejudgeAll => {
            app.query.phase = Phase::Asked;
            cmds.push(query(QueryCommand::Rejudge(Vec::new())));
        }
        Action::Cancel => cancel(app, cmds),
        Action::CopyPath => cmds.extend(app.selected_path().map(|path| Cmd::Copy(path.to_string()))),
        Action::CopyReason => cmds.extend(app.reason().map(Cmd::Copy)),
        Action::Pager => {
            if let Some(Ok(source)) = app.why.body() {
                let lines: Vec<&str> = source.lines.iter().map(|line| line.text.as_str()).collect();
                cmds.push(Cmd::Pager(lines.join("\n")));
            }
        }
        Action::Move(_)
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
        | Action::Palette
        | Action::Themes
        | Action::CommandLine
        | Action::Task
        | Action::Help
        | Action::Notices
        | Action::Filter
        | Action::ReloadConfig
        | Action::Mouse => {}
    }
}

fn moved(app: &mut App, step: Move) {
    lists::step(app, step);
}

fn edited(app: &mut App, edit: Edit, cmds: &mut Vec<Cmd>) {
    match (&mut app.overlay, &mut app.prompt) {
        (Some(Overlay::Palette(palette)), _) => {
            palette.line.edit(edit);
            overlay::searched(app, cmds);
        }
        (Some(Overlay::Help(_) | Overlay::Notices(_)), _) => {}
        (None, Some(Prompt::Filter(line) | Prompt::Command(line, _))) => {
            line.edit(edit);
            prompt::typed(app, cmds);
        }
        (None, None) => typing::edit(app, edit, cmds),
    }
}

fn older(app: &mut App, cmds: &mut Vec<Cmd>) {
    match (&app.overlay, &app.prompt) {
        (Some(_), _) => overlay::step(app, -1, cmds),
        (None, Some(Prompt::Filter(_))) => lists::step(app, Move::Up),
        (None, Some(Prompt::Command(..))) => {}
        (None, None) => typing::older(app, cmds),
    }
}

fn newer(app: &mut App, cmds: &mut Vec<Cmd>) {
    match (&app.overlay, &app.prompt) {
        (Some(_), _) => overlay::step(app, 1, cmds),
        (None, Some(Prompt::Filter(_))) => lists::step(app, Move::Down),
        (None, Some(Prompt::Command(..))) => {}
        (None, None) => typing::newer(app, cmds),
    }
}

fn accept(app: &mut App, cmds: &mut Vec<Cmd>) {
    let then = match (&app.overlay, &app.prompt) {
        (Some(_), _) => overlay::accept(app, cmds),
        (None, Some(_)) => prompt::accept(app, cmds),
        (None, None) => {
            typing::accept(app, cmds);
            None
        }
    };
    if let Some(action) = then {
        act(app, action, cmds);
    }
}

fn theme_picker(app: &App) -> Palette {
    let current = &app.themes.current;
    let at = app.themes.names.iter().position(|name| name == current).unwrap_or(0);
    Palette::new(Kind::Themes(current.clone()), entries::themes(app), at)
}

fn complete(app: &mut App, cmds: &mut Vec<Cmd>) {
    match &app.overlay {
        Some(_) => overlay::step(app, 1, cmds),
        None => prompt::complete(app, cmds),
    }
}

/// One layer at a time: what floats, what is typed at the foot, the toast, the filter, the ledger, the running
/// query, typing.
fn back(app: &mut App, cmds: &mut Vec<Cmd>) {
    if app.overlay.is_some() {
        overlay::close(app, cmds);
    } else if app.prompt.is_some() {
        prompt::cancel(app, cmds);
    } else if app.notices.dismiss() {
    } else if app.focus != Pane::Query && !app.filter().is_empty() {
        lists::set_filter(app, "");
    } else if app.focus != Pane::Query && app.ledger_open {
        show(app, Pane::List, false);
    } else if app.query.is_running() {
        cancel(app, cmds);
    } else if app.focus == Pane::Why {
        app.focus = Pane::List;
    } else if app.focus == Pane::Query && !app.list.is_empty() {
        app.focus = Pane::List;
    }
}

fn interrupt(app: &mut App, cmds: &mut Vec<Cmd>) {
    let now = app.now.elapsed;
    if app.interrupted.is_some_and(|then| now.saturating_sub(then) <= TWICE) {
        cmds.push(Cmd::Quit);
        return;
    }
    app.interrupted = Some(now);
    app.notices.flash("ctrl+c again quits", now);
}

fn turned(app: &App, forward: bool) -> Pane {
    match (app.focus, forward) {
        (Pane::Query, true) | (Pane::Why, false) => Pane::List,
        (Pane::List, true) | (Pane::Query, false) => Pane::Why,
        (Pane::Why, true) | (Pane::List, false) => Pane::Query,
    }
}

fn show(app: &mut App, pane: Pane, ledger: bool) {
    app.focus = pane;
    app.ledger_open = ledger;
    app.overlay = None;
}

fn show_ledger(app: &mut App, cmds: &mut Vec<Cmd>) {
    show(app, Pane::List, true);
    cmds.push(Cmd::Query(QueryCommand::Ledger));
}

fn toggle(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(item) = app.ledger.items().get(app.ledger.anchor().at()).copied() else { return };
    match item {
        Item::Group(cause, ..) => {
            let height = app.layout().lines();
            app.ledger.fold(cause, height);
        }
        Item::File(..) => lists::open(app, cmds),
    }
}

/// Excludes the selected file; in the ledger, takes an excluded one back.
fn exclude(app: &mut App, cmds: &mut Vec<Cmd>) {
    let (Some(file), Some(path)) = (app.selected_file(), app.selected_path()) else { return };
    if app.ledger_open && app.ledger.cause() == Some(Cause::Excluded) {
        app.excluded.retain(|(other, _)| *other != file);
        cmds.push(Cmd::Query(QueryCommand::Exclude(file, false)));
        cmds.push(Cmd::Query(QueryCommand::Ledger));
        app.notices.flash(format!("{path} is judged again"), app.now.elapsed);
        return;
    }
    app.excluded.push((file, Arc::clone(&path)));
    cmds.push(Cmd::Query(QueryCommand::Exclude(file, true)));
    app.notices.flash(format!("{path} excluded; u takes it back"), app.now.elapsed);
}

fn cancel(app: &mut App, cmds: &mut Vec<Cmd>) {
    app.query.phase = Phase::Stopped;
    cmds.push(Cmd::Query(QueryCommand::Cancel));
    let notice = Notice::new(Severity::Info, "query stopped").hint("R judges the rest");
    app.note(notice);
}
