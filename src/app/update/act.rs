//! Actions: what each does.

use super::super::able::enabled;
use super::super::action::{Action, Context, Edit, Move};
use super::super::cmd::Cmd;
use super::super::entries;
use super::super::line::{Line, Typed};
use super::super::palette::{Kind, Palette};
use super::super::state::{App, Overlay, Pane, Prompt};
use super::super::stats::StatsPage;
use super::{
    chat, composer, evaluating, files, judging, layers, lines, lists, overlay, picker, prompt, review, typing,
};

/// Runs an action, or says why it cannot run.
pub(super) fn act(app: &mut App, action: Action, cmds: &mut Vec<Cmd>) {
    if let Err(why) = enabled(app, action) {
        let title = action.spec().title;
        app.notices.flash(format!("{title}: {why}"), app.now.elapsed);
        review::hindered(app, action);
        return;
    }
    match action {
        Action::Move(step) => lists::step(app, step),
        Action::Edit(edit) => edited(app, edit, cmds),
        Action::Compose(edit) => composer::compose(app, edit, cmds),
        Action::HistoryOlder => older(app, cmds),
        Action::HistoryNewer => newer(app, cmds),
        Action::Accept => accept(app, cmds),
        Action::Complete => complete(app, cmds),
        Action::Back => layers::back(app, cmds),
        Action::Interrupt => layers::interrupt(app, cmds),
        Action::Quit if app.overlay.is_some() => app.overlay = None,
        Action::Quit => cmds.push(Cmd::Quit),
        Action::Suspend => cmds.push(Cmd::Suspend),
        Action::FocusQuery | Action::SearchLine => {
            app.focus = Pane::Query;
            app.ledger_open &= !app.is_narrow();
        }
        Action::FocusComposer | Action::Reply => app.focus = Pane::Composer,
        Action::ShowChat => app.focus = Pane::Chat,
        Action::ShowReview => review::enter(app),
        Action::Review(action) => review::act(app, action, cmds),
        Action::Chat(action) => chat::act(app, action, cmds),
        Action::Chart(action) => evaluating::act(app, action, cmds),
        Action::FocusNext if app.context() == Context::Composer && composer::tab(app, cmds) => {}
        Action::FocusNext | Action::FocusPrevious => {
            let forward = action == Action::FocusNext;
            if !chat::step_compared(app, forward) {
                app.focus = layers::turned(app, forward);
            }
        }
        Action::ShowList => layers::show(app, Pane::List, false),
        Action::ShowWhy => layers::show(app, Pane::Why, app.ledger_open),
        Action::ShowLedger => layers::show_ledger(app, cmds),
        Action::Palette if matches!(app.overlay, Some(Overlay::Palette(_))) => overlay::close(app, cmds),
        Action::Palette => {
            let palette = Palette::new(Kind::Commands, entries::commands(app), 0);
            app.overlay = Some(Overlay::Palette(Box::new(palette)));
        }
        Action::Themes => app.overlay = Some(Overlay::Palette(Box::new(theme_picker(app)))),
        Action::CommandLine => prompt::open_command(app, ""),
        Action::Task => prompt::open_command(app, "task "),
        Action::Help if matches!(app.overlay, Some(Overlay::Help(_))) => app.overlay = None,
        Action::Help => app.overlay = Some(Overlay::Help(0)),
        Action::Notices => {
            app.notices.read();
            app.overlay = Some(Overlay::Notices(0));
        }
        Action::Stats => {
            let page = StatsPage::new();
            cmds.push(Cmd::ReadStats(page.days));
            app.overlay = Some(Overlay::Stats(Box::new(page)));
        }
        Action::StatsDays => {
            if let Some(Overlay::Stats(page)) = &mut app.overlay {
                page.turn();
                cmds.push(Cmd::ReadStats(page.days));
            }
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
        Action::Judge => judging::on_request(app, cmds),
        Action::Confirm => judging::confirm(app, cmds),
        Action::Decline => judging::decline(app, cmds),
        Action::Models
        | Action::PickModel
        | Action::TestModel
        | Action::DefaultModel
        | Action::FindModels => picker::act(app, action, cmds),
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
        | Action::AskWhy
        | Action::Cancel
        | Action::CopyPath
        | Action::CopyReason
        | Action::Pager => files::on_file(app, action, cmds),
    }
}

fn edited(app: &mut App, edit: Edit, cmds: &mut Vec<Cmd>) {
    if app.context() == Context::Writing {
        return review::edit(app, edit);
    }
    if lines::take(app, Typed::Edit(edit), cmds) {
        return;
    }
    if app.focus == Pane::Composer {
        composer::edit(app, edit, cmds);
    } else {
        typing::take(app, Typed::Edit(edit), cmds);
    }
}

fn older(app: &mut App, cmds: &mut Vec<Cmd>) {
    match (&app.overlay, &app.prompt) {
        (Some(_), _) => overlay::step(app, -1, cmds),
        (None, Some(Prompt::Filter(_))) => lists::step(app, Move::Up),
        (None, Some(Prompt::Command(..) | Prompt::Instruct(_) | Prompt::Comment(..))) => {}
        (None, None) if app.focus == Pane::Composer => composer::older(app, cmds),
        (None, None) => typing::older(app, cmds),
    }
}

fn newer(app: &mut App, cmds: &mut Vec<Cmd>) {
    match (&app.overlay, &app.prompt) {
        (Some(_), _) => overlay::step(app, 1, cmds),
        (None, Some(Prompt::Filter(_))) => lists::step(app, Move::Down),
        (None, Some(Prompt::Command(..) | Prompt::Instruct(_) | Prompt::Comment(..))) => {}
        (None, None) if app.focus == Pane::Composer => composer::newer(app, cmds),
        (None, None) => typing::newer(app, cmds),
    }
}

fn accept(app: &mut App, cmds: &mut Vec<Cmd>) {
    let then = match (&app.overlay, &app.prompt) {
        (Some(_), _) => overlay::accept(app, cmds),
        (None, Some(_)) => prompt::accept(app, cmds),
        (None, None) if app.focus == Pane::Composer => {
            composer::accept(app, cmds);
            None
        }
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
