//! The model picker: which model answers what, changed and tested live.

use ratatui::layout::{Position, Rect};

use crate::domain::{ModelCommand, TaskKind};

use super::super::able::picked_model;
use super::super::action::Action;
use super::super::cmd::Cmd;
use super::super::floating;
use super::super::line::Typed;
use super::super::models::{Models, Test};
use super::super::picker::{Part, Picker};
use super::super::state::{App, Overlay};

/// Opens the picker at a task.
pub(super) fn open(app: &mut App, task: TaskKind) {
    app.overlay = Some(Overlay::Models(Box::new(Picker::new(task, &app.models))));
}

/// Actions on the picker, or that open it.
pub(super) fn act(app: &mut App, action: Action, cmds: &mut Vec<Cmd>) {
    match (action, &mut app.overlay) {
        (Action::PickModel, Some(Overlay::Models(picker))) => {
            if picker.total > 0 {
                picker.part = Part::Candidates;
            }
        }
        (Action::DefaultModel, Some(Overlay::Models(picker))) => {
            cmds.push(Cmd::Models(ModelCommand::Use(picker.task, None)));
        }
        (Action::TestModel, Some(Overlay::Models(picker))) => {
            let task = picker.task;
            if let Some(model) = picked_model(app) {
                app.models.tested(task, model.clone(), Test::Running { since: app.now.elapsed });
                cmds.push(Cmd::Models(ModelCommand::Test(task, model)));
            }
        }
        (Action::FindModels, _) => {
            cmds.push(Cmd::Models(ModelCommand::Refresh));
            app.notices.flash("looking for models", app.now.elapsed);
        }
        // The one that is in use today is the one most often changed.
        (Action::Models, _) => open(app, TaskKind::Judge),
        (_, _) => {}
    }
}

/// Searches for what is typed, where something is typed; a paste is always searched for.
pub(super) fn take(picker: &mut Picker, typed: Typed<'_>, models: &Models) {
    match typed {
        Typed::Key(_) if picker.part != Part::Candidates => return,
        Typed::Paste(_) => picker.part = Part::Candidates,
        Typed::Key(_) | Typed::Edit(_) => {}
    }
    if picker.line.take(typed) {
        picker.search(models);
    }
}

/// Moves among tasks or candidates.
pub(super) fn step(picker: &mut Picker, by: isize, models: &Models) {
    match picker.part {
        Part::Tasks => picker.select_task(picker.task_by(by), models),
        Part::Candidates => picker.step(by),
    }
}

/// Sends the task to the selected candidate from now on.
pub(super) fn choose(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(Overlay::Models(picker)) = &mut app.overlay else { return };
    let Some(choice) = picker.selected().cloned() else { return };
    cmds.push(Cmd::Models(ModelCommand::Use(picker.task, Some(choice))));
    picker.part = Part::Tasks;
    picker.select_task(picker.task, &app.models);
}

/// A press selects a task; on a candidate it selects, and on the selected one it takes it.
pub(super) fn press(app: &mut App, area: Rect, at: (u16, u16), cmds: &mut Vec<Cmd>) {
    let Some(Overlay::Models(picker)) = &mut app.overlay else { return };
    let parts = floating::picker_parts(area);
    let here = Position::from(at);
    if parts.tasks.contains(here) {
        let index = floating::top(picker.task_at(), parts.tasks) + usize::from(at.1 - parts.tasks.y);
        if let Some(task) = TaskKind::ALL.get(index) {
            picker.part = Part::Tasks;
            picker.select_task(*task, &app.models);
        }
    } else if parts.candidates.contains(here) {
        let index = floating::top(picker.at(), parts.candidates) + usize::from(at.1 - parts.candidates.y);
        if index >= picker.candidates.len() {
            return;
        }
        let again = picker.part == Part::Candidates && picker.at() == index;
        picker.part = Part::Candidates;
        picker.select(index);
        if again {
            choose(app, cmds);
        }
    }
}
