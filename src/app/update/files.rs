//! Files: what is done with the selected one, and with the query as a whole.

use std::sync::Arc;

use crate::domain::QueryCommand;
use crate::text::amount;

use super::super::action::Action;
use super::super::cmd::Cmd;
use super::super::ledger::{Cause, Item};
use super::super::query::Phase;
use super::super::state::App;
use super::{lists, typing};

/// Actions on the selected file or the query.
#[expect(clippy::too_many_lines, reason = "the last arm names each action that is for others")]
pub(super) fn on_file(app: &mut App, action: Action, cmds: &mut Vec<Cmd>) {
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
        Action::Rejudge if app.ledger_open && app.selected_file().is_none() => {
            // The heading of what failed stands for all of it.
            let files = app.ledger.files_of(Cause::Failed);
            let text = format!("{} judged again", amount::plural(files.len() as u64, "failed file"));
            app.notices.flash(text, app.now.elapsed);
            app.query.details.outdate_files(&files);
            cmds.push(query(QueryCommand::Rejudge(files)));
        }
        Action::Rejudge => {
            if let Some(file) = app.selected_file() {
                let name = app.selected_path().map_or_else(String::new, |path| path.to_string());
                app.notices.flash(format!("{name} is judged again"), app.now.elapsed);
                app.query.details.outdate_files(&[file]);
                cmds.push(query(QueryCommand::Rejudge(vec![file])));
            }
        }
        Action::AskWhy => {
            if let Some(file) = app.ranked_file() {
                app.notices.flash("asking the model why", app.now.elapsed);
                cmds.push(query(QueryCommand::Why(file)));
            }
        }
        Action::RejudgeAll => {
            app.query.phase = Phase::Asked;
            app.query.details.outdate_files(&[]);
            cmds.push(query(QueryCommand::Rejudge(Vec::new())));
        }
        Action::Cancel => typing::cancel(app, cmds),
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
        | Action::Compose(_)
        | Action::Review(_)
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
        | Action::Chat(_)
        | Action::Chart(_)
        | Action::ShowLedger
        | Action::Palette
        | Action::Themes
        | Action::CommandLine
        | Action::Task
        | Action::Help
        | Action::Notices
        | Action::Stats
        | Action::StatsDays
        | Action::Filter
        | Action::ReloadConfig
        | Action::Judge
        | Action::Models
        | Action::PickModel
        | Action::TestModel
        | Action::DefaultModel
        | Action::FindModels
        | Action::Confirm
        | Action::Decline
        | Action::Mouse => {}
    }
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
