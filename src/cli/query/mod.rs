//! `quarry query`: judges every file for one request and prints the answers.

mod answers;
pub mod asking;
mod json;
mod list;
mod progress;
mod waiting;

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::mpsc::{self, Receiver};

use crate::domain::{
    DetailLevel, Generation, JudgeName, ModelEvent, Notice, QueryCommand, QueryEvent, QueryRequest, Severity,
    TreeEvent, WatchState,
};
use crate::llm::LlmOptions;
use crate::runtime::{ServiceEvent, ServiceOptions, Services};

use super::arguments::Query;
use super::complaint::{Complaint, print_notice};
use super::exit::Exit;
use super::setup;
use answers::{Answers, Round};
use asking::Consent;
use json::Json;
use list::List;
use progress::Progress;
use waiting::Waiting;

/// Events that may wait; the services wait when more come.
const MAILBOX: usize = 1024;

/// How often a silent engine is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// After so many looks in silence the user is told what is waited for.
const SILENT_LOOKS: u32 = 5;

/// How answers are printed.
trait Report {
    /// What is to be asked for besides the ranking.
    fn details(&self) -> DetailLevel;

    /// The event may be printed as it comes.
    fn event(&mut self, event: &QueryEvent, answers: &mut Answers) -> io::Result<()>;

    /// What must be asked before a round can be printed.
    fn wants(&self, answers: &Answers) -> QueryCommand;

    /// Whether all is there that the round needs.
    fn is_ready(&self, answers: &Answers) -> bool;

    /// Every file has its answer.
    fn round(&mut self, round: &Round, answers: &Answers) -> io::Result<()>;
}

/// Runs the command.
///
/// # Errors
/// A [`Complaint`], or output that cannot be written.
pub fn run(arguments: &Query) -> anyhow::Result<Exit> {
    let text = request_text(&arguments.text)?;
    let judge = asking::judge(&arguments.judge)?;
    let setup = setup::load(&arguments.common, &arguments.roots, arguments.task.as_deref())?;
    setup.print_problems();
    let top = arguments.top.map_or(setup.config.query.top, |top| top as usize);
    let models = (judge != JudgeName::embedded()).then(|| {
        let mut models = LlmOptions::new(Arc::new(setup.config.clone()), &setup.sources.dirs);
        models.roots.clone_from(&setup.roots);
        models
    });
    let options = ServiceOptions { watch: arguments.watch, judge_once: true, models, ..setup.services() };
    let report: Box<dyn Report> = if arguments.json {
        Box::new(Json::new(text.clone(), &setup.roots, io::stdout()))
    } else {
        Box::new(List::new(io::stdout(), setup.paint(), top, arguments.explain))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let run = Run {
        request: QueryRequest {
            generation: Generation(1),
            text: text.into(),
            judge,
            details: report.details(),
        },
        report,
        answers: Answers::default(),
        progress: Progress::on_stderr(),
        waiting: Waiting::default(),
        watch: arguments.watch,
        consent: Consent::new(arguments.yes, &setup),
        asked: false,
    };
    runtime.block_on(Box::pin(interruptible(run, options)))
}

/// The request, from the arguments or from standard input.
fn request_text(words: &[String]) -> anyhow::Result<String> {
    let mut text = words.join(" ");
    if text == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).context("cannot read the request from standard input")?;
        text = String::from_utf8_lossy(&bytes).into_owned();
    }
    let text = text.trim();
    if text.is_empty() {
        let complaint = Complaint::usage("the request is empty");
        return Err(complaint
            .hint("say what you look for: quarry query \"where is the cache cleared?\"")
            .into());
    }
    Ok(text.to_owned())
}

async fn interruptible(run: Run, options: ServiceOptions) -> anyhow::Result<Exit> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => Ok(Exit::Interrupted),
        _ = terminate.recv() => Ok(Exit::Interrupted),
        exit = run.go(options) => exit,
    }
}

fn stopped() -> anyhow::Error {
    Complaint::failed("the query engine stopped").hint("run it again; please report this").into()
}

/// One request and how far it is.
struct Run {
    request: QueryRequest,
    report: Box<dyn Report>,
    answers: Answers,
    progress: Progress,
    waiting: Waiting,
    watch: bool,
    consent: Consent,
    asked: bool,
}

impl Run {
    async fn go(mut self, options: ServiceOptions) -> anyhow::Result<Exit> {
        let (sender, mailbox) = mpsc::channel(MAILBOX);
        let sink = move |event| {
            let _ = sender.blocking_send(event);
        };
        let services =
            Services::start(options, sink).map_err(|notice| Complaint { exit: Exit::Failed, notice })?;
        // Declared after the services, so that it is closed before they are waited for.
        let mut mailbox = mailbox;
        let exit = match asking::find(services.models(), &self.request.judge).await {
            Ok(()) => self.listen(&services, &mut mailbox).await,
            Err(complaint) => Err(complaint),
        };
        self.progress.clear();
        drop(mailbox);
        exit
    }

    async fn listen(
        &mut self,
        services: &Services,
        mailbox: &mut Receiver<ServiceEvent>,
    ) -> anyhow::Result<Exit> {
        loop {
            let Ok(event) = tokio::time::timeout(LOOK, mailbox.recv()).await else {
                self.silence(services)?;
                continue;
            };
            let Some(event) = event else { break };
            self.waiting.silent = 0;
            match event {
                ServiceEvent::Tree(TreeEvent::Notice(notice))
                | ServiceEvent::Models(ModelEvent::Notice(notice)) => self.notice(&notice),
                ServiceEvent::Tree(TreeEvent::Watch(WatchState::Polling { why, every })) => {
                    let title = format!("Changes are looked for every {} s", every.as_secs());
                    self.notice(&Notice::new(Severity::Warning, title).cause(why));
                }
                ServiceEvent::Tree(_)
                | ServiceEvent::Models(_)
                | ServiceEvent::Chat(_)
                | ServiceEvent::Edit(_)
                | ServiceEvent::Eval(_) => {}
                ServiceEvent::Query(event) => {
                    if let Some(exit) = self.query_event(&event, services)? {
                        return Ok(exit);
                    }
                }
            }
        }
        Err(stopped())
    }

    /// Nothing was told for a while: says what is waited for, unless nothing is.
    fn silence(&mut self, services: &Services) -> anyhow::Result<()> {
        if !services.is_alive() {
            return Err(stopped());
        }
        self.waiting.silent += 1;
        let answered = self.answers.is_answered() && !self.answers.in_round();
        if !answered && self.waiting.silent.is_multiple_of(SILENT_LOOKS) {
            self.progress.clear();
            let seconds = LOOK.as_secs() * u64::from(self.waiting.silent);
            eprintln!("still waiting for {} (no news for {seconds} s; Ctrl+C ends)", self.waiting.what());
        }
        Ok(())
    }

    fn query_event(&mut self, event: &QueryEvent, services: &Services) -> anyhow::Result<Option<Exit>> {
        match event {
            QueryEvent::Index(status) => {
                self.waiting.status = Some(*status);
                self.progress.index(status);
                // Asked only now, so that the plan counts every file.
                if status.walked && !self.asked {
                    self.asked = true;
                    services.send(QueryCommand::Ask(self.request.clone()));
                }
            }
            QueryEvent::Notice(notice) => self.notice(notice),
            QueryEvent::Estimate { generation, estimate } => {
                self.progress.clear();
                self.consent.check(estimate)?;
                eprintln!("asking {}", asking::words(estimate));
                services.send(QueryCommand::GoOn(*generation));
            }
            QueryEvent::Planned { .. }
            | QueryEvent::Spent { .. }
            | QueryEvent::Judged { .. }
            | QueryEvent::Ranked { .. }
            | QueryEvent::Explained { .. }
            | QueryEvent::Done { .. }
            | QueryEvent::Ledger { .. }
            | QueryEvent::Names { .. }
            | QueryEvent::Task { .. } => {}
        }
        self.answers.take(event);
        self.progress.clear();
        self.report.event(event, &mut self.answers)?;
        // A ranking that comes while a round waits may have other rows at its top than those that were asked for.
        let begins = self.answers.begins_round(event);
        let moved = self.answers.in_round() && matches!(event, QueryEvent::Ranked { .. });
        if begins || moved && !self.report.is_ready(&self.answers) {
            services.send(self.report.wants(&self.answers));
        }
        if self.answers.in_round() && self.report.is_ready(&self.answers) {
            let round = self.answers.end_round();
            self.report.round(&round, &self.answers)?;
            if !self.watch {
                return Ok(Some(if round.found { Exit::Done } else { Exit::NothingFound }));
            }
        }
        Ok(None)
    }

    fn notice(&mut self, notice: &Notice) {
        self.progress.clear();
        if notice.severity >= Severity::Warning {
            print_notice(notice);
        }
    }
}
