//! `quarry ask`: one question, answered from the files that help, streamed to a pipe or the terminal as it comes.

mod question;
mod report;
mod talk;

use std::io::{self, IsTerminal};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::arguments::Ask;
use super::complaint::Complaint;
use super::exit::{Exit, is_closed_pipe};
use super::query::asking;
use super::sessions;
use super::setup::{self, Setup};
use crate::chat::Front;
use crate::domain::{ChatCommand, Choice, JudgeName, ModelCommand, ModelRef, Retrieval, SessionId, TaskKind};
use crate::llm::LlmOptions;
use crate::runtime::{ServiceOptions, Services};
use crate::store::{Conversations, Store};
use report::{Json, Plain, Report};
use talk::{Opening, Talk};

/// Events that may wait; the services wait when more come.
const MAILBOX: usize = 1024;

/// Runs the command.
///
/// # Errors
/// A [`Complaint`], or output that cannot be written.
pub fn run(arguments: &Ask) -> anyhow::Result<Exit> {
    let setup = setup::load(&arguments.common, &arguments.roots, arguments.task.as_deref())?;
    let mut question = question::read(arguments, &setup.roots)?;
    if arguments.no_query {
        question.retrieval = Retrieval::Off;
    }
    if !arguments.quiet {
        setup.print_problems();
    }
    let report: Box<dyn Report> = if arguments.json {
        Box::new(Json::new(io::stdout()))
    } else if io::stdout().is_terminal() {
        Box::new(Plain::for_terminal(io::stdout(), arguments.quiet))
    } else {
        Box::new(Plain::for_pipe(io::stdout(), arguments.quiet))
    };
    let opening = match (&arguments.session, arguments.go_on) {
        (Some(id), _) => Opening::Resume(Some(named(id, &setup)?)),
        (None, true) => Opening::Resume(None),
        (None, false) => Opening::New,
    };
    let talk = Talk::new(report, question, opening);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let model = arguments.model.clone();
    runtime.block_on(Box::pin(converse(talk, model, options(&setup))))
}

/// The conversation whose name begins like this.
fn named(id: &str, setup: &Setup) -> anyhow::Result<SessionId> {
    let mut kept = Conversations::new(&Store::in_dirs(&setup.sources.dirs), &setup.roots);
    Ok(sessions::find(&mut kept, id)?.id)
}

fn options(setup: &Setup) -> ServiceOptions {
    let mut models = LlmOptions::new(Arc::new(setup.config.clone()), &setup.sources.dirs);
    models.roots.clone_from(&setup.roots);
    ServiceOptions { judge_once: true, models: Some(models), chat: Some(Front::Script), ..setup.services() }
}

async fn converse(mut talk: Talk, model: Option<ModelRef>, options: ServiceOptions) -> anyhow::Result<Exit> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let (sender, mailbox) = mpsc::channel(MAILBOX);
    let sink = move |event| {
        let _ = sender.blocking_send(event);
    };
    let services =
        Services::start(options, sink).map_err(|notice| Complaint { exit: Exit::Failed, notice })?;
    // Declared after the services, so that it is closed before they are waited for.
    let mut mailbox = mailbox;
    if let Some(model) = model {
        asking::find(services.models(), &JudgeName(model.to_string().into())).await?;
        let tasks = [TaskKind::Chat, TaskKind::Rewrite];
        for task in tasks {
            services.send_to_models(ModelCommand::Use(task, Some(Choice::Model(model.clone()))));
        }
    }
    talk.begin(&services);
    let ended = tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => None,
        _ = terminate.recv() => None,
        ended = talk.listen(&services, &mut mailbox) => Some(ended),
    };
    let ended = ended.unwrap_or(Ok(Exit::Interrupted));
    let stops = ended.as_ref().map_or_else(is_closed_pipe, |exit| *exit == Exit::Interrupted);
    if stops {
        // What came is kept; that is waited for, because a program that has ended could not say so.
        services.send_to_chat(ChatCommand::Cancel);
        talk.wind_up(&mut mailbox).await;
    }
    drop(mailbox);
    ended
}
