//! What is typed at the foot: the filter and the command line.

use crate::domain::{ModelCommand, QueryCommand};

use super::super::action::Action;
use super::super::cmd::Cmd;
use super::super::command::{self, Command, Known};
use super::super::line::Line;
use super::super::state::{App, Pane, Prompt};
use super::{chat, lists, overlay, picker, review};

/// Begins an instruction on the command line.
const EDIT: &str = "edit ";

pub(super) fn open_command(app: &mut App, text: &str) {
    app.prompt = Some(Prompt::Command(Line::new(text), app.themes.current.clone()));
}

/// The filter filters as it is typed; a theme is tried as soon as its name is whole.
pub(super) fn typed(app: &mut App, cmds: &mut Vec<Cmd>) {
    match &app.prompt {
        Some(Prompt::Filter(line)) => {
            let text = line.text().to_owned();
            if app.focus == Pane::Chat {
                return chat::find(app, &text);
            }
            lists::set_filter(app, &text);
        }
        // What an edit is about and who is asked is seen while the instruction is typed.
        Some(Prompt::Command(line, _)) if line.text().starts_with(EDIT) => {
            let text = line.text()[EDIT.len()..].to_owned();
            review::ask(app, &text);
        }
        Some(Prompt::Command(line, before)) => {
            let name =
                match command::parse(line.text(), Known { themes: &app.themes.names, models: &app.models }) {
                    Ok(Command::Theme(name)) => name,
                    Ok(_) | Err(_) => before.clone(),
                };
            overlay::set_theme(app, &name, cmds);
        }
        Some(Prompt::Instruct(_) | Prompt::Comment(..)) | None => {}
    }
}

/// Keeps the filter, or runs the command; an action is returned, to be run.
pub(super) fn accept(app: &mut App, cmds: &mut Vec<Cmd>) -> Option<Action> {
    match app.prompt.take()? {
        Prompt::Filter(_) if app.focus == Pane::Chat => {}
        Prompt::Filter(_) => app.focus = Pane::List,
        prompt @ (Prompt::Instruct(_) | Prompt::Comment(..)) => review::prompt_accept(app, prompt, cmds),
        Prompt::Command(line, before) => {
            match command::parse(line.text(), Known { themes: &app.themes.names, models: &app.models }) {
                Ok(command) => return run(app, command, cmds),
                Err(_) if line.is_blank() => {}
                Err(notice) => {
                    overlay::set_theme(app, &before, cmds);
                    app.note(notice);
                }
            }
        }
    }
    None
}

/// Clears the filter, or drops the command; a theme that was only tried is taken back.
pub(super) fn cancel(app: &mut App, cmds: &mut Vec<Cmd>) {
    match app.prompt.take() {
        Some(Prompt::Filter(_)) if app.focus == Pane::Chat => chat::find(app, ""),
        Some(Prompt::Filter(_)) => lists::set_filter(app, ""),
        Some(Prompt::Command(_, before)) => overlay::set_theme(app, &before, cmds),
        Some(Prompt::Instruct(_) | Prompt::Comment(..)) | None => {}
    }
}

/// Completes the command: what all ways have in common, or the first of them.
pub(super) fn complete(app: &mut App, cmds: &mut Vec<Cmd>) {
    let known = Known { themes: &app.themes.names, models: &app.models };
    let Some(Prompt::Command(line, _)) = &mut app.prompt else { return };
    let ways = command::complete(line.text(), known);
    let Some(first) = ways.first() else { return };
    let common = ways.iter().fold(first.as_str(), |common, way| {
        let same = common.char_indices().zip(way.chars()).take_while(|((_, a), b)| a == b);
        &common[..same.map(|((at, c), _)| at + c.len_utf8()).last().unwrap_or(0)]
    });
    let longer = common.len() > line.text().trim_start().len();
    line.set(if longer { common } else { first });
    typed(app, cmds);
}

fn run(app: &mut App, command: Command, cmds: &mut Vec<Cmd>) -> Option<Action> {
    match command {
        Command::Run(action) => return Some(action),
        Command::Edit(text) => review::ask(app, &text),
        Command::Task(text) => cmds.push(Cmd::Query(QueryCommand::Task(text))),
        Command::Slash(slash) => chat::run_slash(app, slash, cmds),
        Command::Theme(name) => overlay::set_theme(app, &name, cmds),
        Command::Sort(sort) => lists::sort(app, sort),
        Command::Models(task) if app.models.is_known() => picker::open(app, task),
        // Says why not.
        Command::Models(_) => return Some(Action::Models),
        Command::Model(task, choice) => cmds.push(Cmd::Models(ModelCommand::Use(task, choice))),
        Command::WhyNot(path) => {
            let height = app.layout().lines();
            app.ledger.set_filter(&path, height);
            return Some(Action::ShowLedger);
        }
    }
    None
}
