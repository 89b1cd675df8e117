//! What floats: palette, theme picker, help, notices.

use ratatui::layout::Position;

use super::super::action::Action;
use super::super::cmd::Cmd;
use super::super::entries;
use super::super::floating;
use super::super::palette::{Choice, Kind};
use super::super::picker::Part;
use super::super::state::{App, Overlay};
use super::{chat, evaluating, judging, picker};
use crate::domain::ChatCommand;

/// Searches again after the text changed.
pub(super) fn searched(app: &mut App, cmds: &mut Vec<Cmd>) {
    if let Some(Overlay::Palette(mut palette)) = app.overlay.take() {
        let all = match palette.kind {
            Kind::Commands => entries::commands(app),
            Kind::Themes(_) => entries::themes(app),
            Kind::Again(turn) => entries::answerers(app, turn),
        };
        palette.search(all);
        app.overlay = Some(Overlay::Palette(palette));
    }
    try_theme(app, cmds);
}

/// Moves the selection.
pub(super) fn step(app: &mut App, by: isize, cmds: &mut Vec<Cmd>) {
    match &mut app.overlay {
        Some(Overlay::Palette(palette)) => palette.step(by),
        Some(Overlay::Help(top) | Overlay::Notices(top)) => *top = top.saturating_add_signed(by),
        Some(Overlay::Stats(page)) => page.top = page.top.saturating_add_signed(by),
        Some(Overlay::Charts(page)) => page.go(by, &app.evaluating),
        Some(Overlay::Models(picker)) => picker::step(picker, by, &app.models),
        Some(Overlay::Sessions(sessions)) => sessions.step(by),
        Some(Overlay::Compare(_)) => chat::scroll_compared(app, by),
        Some(Overlay::Estimate(_) | Overlay::Tune(_)) | None => {}
    }
    try_theme(app, cmds);
}

/// Draws with the theme that is selected, so that it is seen before it is chosen.
fn try_theme(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(Overlay::Palette(palette)) = &app.overlay else { return };
    let Some(Choice::Theme(name)) = palette.selected().map(|entry| entry.choice.clone()) else { return };
    set_theme(app, &name, cmds);
}

/// Draws with a theme from now on.
pub(super) fn set_theme(app: &mut App, name: &str, cmds: &mut Vec<Cmd>) {
    if app.themes.current != name {
        name.clone_into(&mut app.themes.current);
        cmds.push(Cmd::SetTheme(name.to_owned()));
    }
}

/// Takes what is selected; an action is returned, to be run.
pub(super) fn accept(app: &mut App, cmds: &mut Vec<Cmd>) -> Option<Action> {
    if matches!(app.overlay, Some(Overlay::Models(_))) {
        picker::choose(app, cmds);
        return None;
    }
    if matches!(app.overlay, Some(Overlay::Sessions(_))) {
        chat::resume_selected(app, cmds);
        return None;
    }
    let Some(Overlay::Palette(palette)) = &app.overlay else { return None };
    let entry = palette.selected().cloned()?;
    match entry.choice {
        Choice::Theme(name) => {
            app.overlay = None;
            set_theme(app, &name, cmds);
            app.notices.flash(format!("theme {name}; set theme in config.toml to keep it"), app.now.elapsed);
            None
        }
        Choice::Again(turn, model) => {
            app.overlay = None;
            cmds.push(Cmd::Chat(ChatCommand::Retry(turn, Some(model))));
            None
        }
        Choice::Models(task) => {
            app.overlay = None;
            picker::open(app, task);
            None
        }
        // What cannot run stays shown with its reason; choosing it changes nothing.
        Choice::Action(action) => entry.note.is_ok().then(|| {
            app.overlay = None;
            action
        }),
    }
}

/// Closes; a theme that was only tried is taken back, and a question is answered with no.
pub(super) fn close(app: &mut App, cmds: &mut Vec<Cmd>) {
    if let Some(Overlay::Models(picker)) = &mut app.overlay
        && picker.part == Part::Candidates
    {
        picker.part = Part::Tasks;
        return picker.select_task(picker.task, &app.models);
    }
    if matches!(app.overlay, Some(Overlay::Estimate(_))) {
        return judging::decline(app, cmds);
    }
    if matches!(app.overlay, Some(Overlay::Charts(_) | Overlay::Tune(_))) {
        return evaluating::close(app, cmds);
    }
    if let Some(Overlay::Palette(palette)) = app.overlay.take()
        && let Kind::Themes(before) = palette.kind
    {
        set_theme(app, &before, cmds);
    }
}

pub(super) fn wheel(app: &mut App, notches: isize, cmds: &mut Vec<Cmd>) {
    let by = match app.overlay {
        Some(Overlay::Palette(_) | Overlay::Models(_) | Overlay::Sessions(_)) => notches,
        Some(
            Overlay::Help(_)
            | Overlay::Notices(_)
            | Overlay::Estimate(_)
            | Overlay::Compare(_)
            | Overlay::Stats(_)
            | Overlay::Charts(_)
            | Overlay::Tune(_),
        )
        | None => notches * 3,
    };
    step(app, by, cmds);
}

/// A press on an entry takes it; a press outside closes.
pub(super) fn press(app: &mut App, at: (u16, u16), cmds: &mut Vec<Cmd>) -> Option<Action> {
    let area = floating::overlay(app);
    let is_page = matches!(app.overlay, Some(Overlay::Charts(_) | Overlay::Tune(_)));
    if is_page && !area.contains(Position::from(at)) {
        // A press outside leaves what runs alone.
        app.overlay = None;
        return None;
    }
    if !area.contains(Position::from(at)) {
        // A press meant for what lay below must not answer a question.
        if app.beat().is_none() {
            close(app, cmds);
        }
        return None;
    }
    if matches!(app.overlay, Some(Overlay::Models(_))) {
        picker::press(app, area, at, cmds);
        return None;
    }
    if let Some(Overlay::Sessions(sessions)) = &mut app.overlay {
        let rows = floating::palette_rows(area);
        let top = floating::top(sessions.at(), rows);
        if rows.contains(Position::from(at)) {
            sessions.select(top + usize::from(at.1 - rows.y));
        }
        return None;
    }
    let rows = floating::palette_rows(area);
    if let Some(Overlay::Palette(palette)) = &mut app.overlay
        && rows.contains(Position::from(at))
    {
        let index = palette.top(usize::from(rows.height)) + usize::from(at.1 - rows.y);
        if index < palette.entries.len() {
            palette.at = index;
            return accept(app, cmds);
        }
    }
    None
}
