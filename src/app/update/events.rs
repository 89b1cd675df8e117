//! What services and the runtime tell.

use std::collections::HashSet;
use std::sync::Arc;

use crate::domain::{
    FileId, JudgeName, Notice, Problem, QueryCommand, QueryEvent, RankCause, RankedRow, Severity, StateKind,
};
use crate::text::amount;

use super::super::cmd::Cmd;
use super::super::keymap::Keymap;
use super::super::msg::TreeNews;
use super::super::query::Phase;
use super::super::state::App;
use super::{asking, completing, judging};
use crate::config::Config;

/// Active files shown while nothing was asked.
const ACTIVE: usize = 100;

pub(super) fn tree(app: &mut App, news: TreeNews) {
    match news {
        TreeNews::Git(root, state) => {
            if root.0 == 0 {
                app.status.git = state;
            }
        }
        TreeNews::Watch(state) => app.status.watch = state,
        TreeNews::RootLost(root, path, lost) => {
            let name = path.display();
            let notice = if lost {
                Notice::new(Severity::Error, format!("{name} is gone"))
                    .cause("the directory was deleted, renamed or unmounted")
                    .hint("what was judged stays shown; it is watched again when it comes back")
            } else {
                Notice::new(Severity::Info, format!("{name} is back"))
            };
            app.note(notice);
            app.status.set_lost(root, path, lost);
        }
    }
}

pub(super) fn query(app: &mut App, event: QueryEvent, cmds: &mut Vec<Cmd>) {
    match event {
        QueryEvent::Planned { judge, .. } => {
            app.query.judge = judge;
            if !app.query.asked().is_empty() && app.query.phase != Phase::Waiting {
                app.query.phase = Phase::Running { since: app.now.elapsed };
            }
        }
        // Streamed for the command line only; the ranking says the same.
        QueryEvent::Judged { .. } => {}
        QueryEvent::Estimate { estimate, .. } => judging::estimated(app, estimate),
        QueryEvent::Spent { usage, .. } => app.query.spent = Some(usage),
        QueryEvent::Ranked { rows, counts, cause, .. } => {
            app.query.counts = counts;
            judging::progressed(app, &rows);
            ranked(app, rows, &cause, cmds);
        }
        QueryEvent::Explained { details, .. } => {
            if app.query.is_shown() {
                app.query.details.learn(details);
            } else {
                app.query.early.extend(details);
            }
            let height = usize::from(app.layout().why.source.height);
            let detail = app.detail().cloned();
            app.why.settle(detail.as_deref(), height);
        }
        QueryEvent::Done { counts, elapsed, .. } => {
            app.query.counts = counts;
            if !app.query.asked().is_empty() {
                app.query.phase = Phase::Done { elapsed };
            }
            app.query.judging.clear();
            ask_ledger(app, cmds);
        }
        QueryEvent::Ledger { rows, counts } => {
            app.query.counts = counts;
            let height = app.layout().lines();
            app.ledger.replace(rows, height);
        }
        QueryEvent::Names { typed, names } => completing::told(app, &typed, names),
        QueryEvent::Index(index) => {
            let was_reading = app.status.is_reading();
            app.status.set_index(index, app.now.elapsed);
            if was_reading && !app.status.is_reading() {
                ask_ledger(app, cmds);
            }
            if index.walked && !app.query.is_begun() {
                asking::ask_of(app, JudgeName::embedded(), cmds);
            }
        }
        QueryEvent::Task { text, from_user } => {
            app.status.task = Some((text, from_user)).filter(|(text, _)| !text.is_empty());
        }
        QueryEvent::Notice(notice) => app.note(notice),
    }
}

fn ranked(app: &mut App, rows: Arc<[RankedRow]>, cause: &RankCause, cmds: &mut Vec<Cmd>) {
    if app.query.showing() {
        app.list.release();
        app.query.details.clear();
        let early = std::mem::take(&mut app.query.early);
        app.query.details.learn(early);
    }
    app.query.details.outdate(cause);
    let height = app.layout().rows();
    app.list.replace(if app.query.asked().is_empty() { active(&rows) } else { rows }, height);
    if let RankCause::Saved(files) = cause {
        if app.why.file().is_some_and(|file| files.contains(&file))
            && let Some((file, generation)) = app.why.reload()
        {
            cmds.push(Cmd::LoadPreview { file, generation });
        }
        if let Some(text) = saved_words(app, files).filter(|_| !app.query.asked().is_empty()) {
            app.notices.flash(text, app.now.elapsed);
        }
        ask_ledger(app, cmds);
    }
}

/// Rows of files that are active: without a query, a score of one half says nothing.
fn active(rows: &[RankedRow]) -> Arc<[RankedRow]> {
    rows.iter().take_while(|row| row.pinned || row.score > 0.5 + f32::EPSILON).take(ACTIVE).cloned().collect()
}

/// What happened to saved files, in a few words; `None` where nothing of it is shown.
fn saved_words(app: &App, files: &[FileId]) -> Option<String> {
    let [file] = files else {
        let files: HashSet<FileId> = files.iter().copied().collect();
        let flips = app.list.rows().iter().filter(|row| row.flipped && files.contains(&row.file)).count();
        let tail =
            if flips > 0 { format!(", {} flipped", amount::count(flips as u64)) } else { String::new() };
        return Some(format!("{} changed and re-judged{tail}", amount::plural(files.len() as u64, "file")));
    };
    let row = app.list.row_of(*file)?;
    let name = row.path.rsplit('/').next().unwrap_or(&row.path);
    Some(match (row.flipped, row.state) {
        (true, StateKind::Yes) => format!("{name} saved: now yes"),
        (true, StateKind::No) => format!("{name} saved: now no"),
        (_, StateKind::Judging | StateKind::Queued) => format!("{name} saved, re-judging"),
        (_, StateKind::Failed) => format!("{name} saved, judging failed"),
        (_, StateKind::Yes | StateKind::No | StateKind::Skipped | StateKind::OverBudget) => {
            format!("{name} saved and re-judged")
        }
    })
}

/// Asks for the ledger again while it is open.
fn ask_ledger(app: &App, cmds: &mut Vec<Cmd>) {
    if app.ledger_open {
        cmds.push(Cmd::Query(QueryCommand::Ledger));
    }
}

pub(super) fn config(app: &mut App, config: Arc<Config>, problems: Vec<Problem>, cmds: &mut Vec<Cmd>) {
    let (keymap, unknown) = Keymap::new(&config);
    app.keymap = keymap;
    if config.theme != app.config.theme {
        cmds.push(Cmd::SetTheme(config.theme.clone()));
    }
    if config.mouse != app.config.mouse {
        app.mouse.captured = config.mouse;
        cmds.push(Cmd::MouseCapture(config.mouse));
    }
    app.config = config;
    if problems.is_empty() && unknown.is_empty() {
        app.notices.flash("configuration read again", app.now.elapsed);
    }
    app.note_problems(problems);
    app.note_problems(unknown);
}

pub(super) fn program_closed(app: &mut App, result: Result<(), String>, cmds: &mut Vec<Cmd>) {
    if let Err(why) = result {
        app.note(
            Notice::new(Severity::Error, why).hint("set $VISUAL or $EDITOR, or `editor` in config.toml"),
        );
    }
    if let Some((file, generation)) = app.why.reload() {
        cmds.push(Cmd::LoadPreview { file, generation });
    }
}

pub(super) fn copied(app: &mut App, result: Result<String, String>) {
    match result {
        Ok(way) => app.notices.flash(format!("copied ({way})"), app.now.elapsed),
        Err(why) => {
            app.note(
                Notice::new(Severity::Warning, format!("could not copy: {why}"))
                    .hint("m leaves the mouse to the terminal"),
            );
        }
    }
}

impl App {
    /// Keeps a notice and shows it.
    pub(in super::super) fn note(&mut self, notice: Notice) {
        self.notices.add(notice, self.now.elapsed, self.now.unix);
    }

    /// Keeps what is wrong with the configuration.
    pub(in super::super) fn note_problems(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            self.note(of_problem(&problem));
        }
    }
}

/// A problem in the words of a notice: file, line, key, what is wrong, the nearest right thing.
fn of_problem(problem: &Problem) -> Notice {
    let file = problem.file.as_ref().and_then(|file| file.file_name()).map(|name| name.to_string_lossy());
    let place = match (file, problem.line) {
        (Some(file), Some(line)) => format!("{file}:{line}: "),
        (Some(file), None) => format!("{file}: "),
        (None, _) => String::new(),
    };
    let key = if problem.key.is_empty() { String::new() } else { format!("{}: ", problem.key) };
    let notice = Notice::new(Severity::Warning, format!("{place}{key}{}", problem.message));
    match &problem.suggestion {
        Some(near) => notice.hint(format!("did you mean {near}?")),
        None => notice,
    }
}
