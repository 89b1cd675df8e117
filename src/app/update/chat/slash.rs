//! Slash commands: what each does.

use super::super::super::chat::marks::Marks;
use super::super::super::chat::slash::{Known, Read, Slash, read};
use super::super::super::cmd::Cmd;
use super::super::super::state::{App, Overlay};
use super::super::{picker, review};
use super::{context, message, reading, sessions};
use crate::domain::{
    ChatCommand, ModelCommand, ModelRef, Notice, Patience, QueryCommand, Question, Rating, Retrieval,
    Severity, TaskKind,
};

/// Whether a text is a command, be it a wrong one.
pub(super) fn is_command(text: &str) -> bool {
    let nothing = super::super::super::models::Models::default();
    !matches!(read(text, Known { models: &nothing, paths: &[] }), Ok(Read::Message(_)))
}

/// Runs a command.
pub(in super::super) fn run(app: &mut App, command: Slash, cmds: &mut Vec<Cmd>) {
    let chat = |command| Cmd::Chat(command);
    match command {
        Slash::Help => app.overlay = Some(Overlay::Help(0)),
        Slash::Models(task) if app.models.is_known() => picker::open(app, task),
        Slash::Models(_) => {
            app.notices.flash("models are still looked for; try again in a moment", app.now.elapsed);
        }
        Slash::Model(task, choice) => cmds.push(Cmd::Models(ModelCommand::Use(task, choice))),
        Slash::Compare(models, text) => compare(app, models, text.map(Question::new), cmds),
        Slash::Task(text) => cmds.push(Cmd::Query(QueryCommand::Task(text))),
        Slash::Pin(key) => {
            app.notices.flash(format!("{} goes with every message", context::name(&key)), app.now.elapsed);
            cmds.push(chat(ChatCommand::Pin(key, true)));
        }
        Slash::Drop(key) => {
            app.notices.flash(format!("{} is left out", context::name(&key)), app.now.elapsed);
            cmds.push(chat(ChatCommand::Exclude(key, true)));
        }
        Slash::Budget(tokens) => context::set_budget(app, tokens, cmds),
        Slash::Clear => sessions::new(app, cmds),
        Slash::Resume(words) => sessions::open(app, &words, cmds),
        Slash::Export(form, path) => cmds.push(chat(ChatCommand::Export(form, path))),
        Slash::Copy => {
            let text = app.chat.turns.newest_answer().map(|(turn, _)| app.chat.turns.text(turn).to_owned());
            match text {
                Some(text) => cmds.push(Cmd::Copy(text)),
                None => app.notices.flash("there is no answer yet", app.now.elapsed),
            }
        }
        Slash::Ask(task, words) => message::send(app, prompt(task, &words), cmds),
        Slash::Edit(text) => review::ask_in_chat(app, &text),
        Slash::Now => wait(app, Patience::Now, cmds),
        Slash::All => wait(app, Patience::All, cmds),
        Slash::Compact => cmds.push(chat(ChatCommand::Compact)),
        Slash::Rename(title) => sessions::rename(app, title, cmds),
        Slash::Rate(thumb, word) => {
            reading::rate(app, thumb.map(|thumb| Rating { thumb, word }), cmds);
        }
    }
}

/// The message of a task that is a prompt over the same context.
fn prompt(task: TaskKind, words: &str) -> Question {
    let (text, retrieval) = match task {
        TaskKind::Commit => ("Write a commit message for what is staged.".to_owned(), Retrieval::Off),
        TaskKind::Review => ("Review the working diff.".to_owned(), Retrieval::Search),
        TaskKind::Doc => (format!("Write documentation for {words}."), Retrieval::Search),
        TaskKind::Judge
        | TaskKind::Rewrite
        | TaskKind::Chat
        | TaskKind::Command
        | TaskKind::Complete
        | TaskKind::Scan
        | TaskKind::Title => (words.to_owned(), Retrieval::Search),
    };
    let text = if words.is_empty() || task == TaskKind::Doc { text } else { format!("{text} {words}") };
    Question { task, retrieval, ..Question::new(text) }
}

/// Answers now, or when all files are judged; the message that waits for the search, else the next one.
fn wait(app: &mut App, patience: Patience, cmds: &mut Vec<Cmd>) {
    if app.chat.turns.is_going() {
        cmds.push(Cmd::Chat(ChatCommand::Wait(patience)));
        return;
    }
    app.chat.composer.patience = patience;
    let word = match patience {
        Patience::Now => "the next message is answered with what is judged by then",
        Patience::All => "the next message waits for all files",
        Patience::Stable => "the next message is answered once the first files are stable",
    };
    app.notices.flash(word, app.now.elapsed);
}

/// Asks models side by side: this, or what was asked last.
fn compare(app: &mut App, models: Vec<ModelRef>, question: Option<Question>, cmds: &mut Vec<Cmd>) {
    let last = || app.chat.turns.newest_question().map(|(_, question)| question.clone());
    let Some(question) = question.or_else(last) else {
        let notice = Notice::new(Severity::Warning, "nothing was asked yet to compare on");
        return app.note(notice.hint("type /compare MODEL MODEL MESSAGE"));
    };
    app.chat.marks = Marks::default();
    app.chat.compares = true;
    cmds.push(Cmd::Chat(ChatCommand::Compare(question, models)));
}
