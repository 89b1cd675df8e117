//! Talk: plays the screen's part of one question: begins the query that the chat asks for, and reports what comes.

use std::time::Duration;

use tokio::sync::mpsc::Receiver;

use super::report::{Report, Told};
use crate::cli::complaint::{Complaint, print_notice};
use crate::cli::exit::Exit;
use crate::domain::{
    Answer, AnswerState, Answerer, ChatCommand, ChatEvent, DetailLevel, Generation, IndexStatus, JudgeName,
    ModelEvent, Notice, QueryCommand, QueryEvent, QueryRequest, Question, SessionHead, SessionId, Severity,
    TreeEvent, TurnBody, TurnId,
};
use crate::runtime::{ServiceEvent, Services};

/// Rows whose reasons are asked for: more seldom fit a prompt.
const REASONS: u32 = 48;

/// How often silent services are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// How long an interrupted answer may take to be kept.
const WIND_UP: Duration = Duration::from_secs(3);

/// Which conversation the question belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// A new one.
    New,
    /// This one; the newest of the roots where none is named.
    Resume(Option<SessionId>),
}

/// One question and how far it is.
pub struct Talk {
    report: Box<dyn Report>,
    question: Option<Question>,
    opening: Opening,
    head: Option<SessionHead>,
    index: IndexStatus,
    /// The query to begin once the tree is walked.
    request: Option<QueryRequest>,
    generation: Generation,
    answer: Option<TurnId>,
    context_told: bool,
}

impl Talk {
    /// A question that is not sent yet.
    pub fn new(report: Box<dyn Report>, question: Question, opening: Opening) -> Self {
        Self {
            report,
            question: Some(question),
            opening,
            head: None,
            index: IndexStatus::default(),
            request: None,
            generation: Generation(0),
            answer: None,
            context_told: false,
        }
    }

    /// Sends the question, or opens the conversation that it goes on with.
    pub fn begin(&mut self, services: &Services) {
        match self.opening {
            Opening::New => self.send(services),
            Opening::Resume(session) => {
                services.send_to_chat(ChatCommand::Resume(session));
            }
        }
    }

    fn send(&mut self, services: &Services) {
        if let Some(question) = self.question.take() {
            services.send_to_chat(ChatCommand::Send(question));
        }
    }

    /// Reports until the answer ended.
    ///
    /// # Errors
    /// A [`Complaint`], or output that cannot be written.
    pub async fn listen(
        &mut self,
        services: &Services,
        mailbox: &mut Receiver<ServiceEvent>,
    ) -> anyhow::Result<Exit> {
        loop {
            let Ok(event) = tokio::time::timeout(LOOK, mailbox.recv()).await else {
                if services.is_alive() {
                    continue;
                }
                break;
            };
            let Some(event) = event else { break };
            match event {
                ServiceEvent::Tree(TreeEvent::Notice(notice))
                | ServiceEvent::Models(ModelEvent::Notice(notice)) => Self::notice(&notice),
                ServiceEvent::Models(ModelEvent::FellBack { from, to, why, .. }) => {
                    self.report.fell_back(&from, &to, &why);
                }
                ServiceEvent::Query(event) => self.query_event(&event, services),
                ServiceEvent::Chat(event) => {
                    if let Some(exit) = self.chat_event(event, services)? {
                        return Ok(exit);
                    }
                }
                ServiceEvent::Tree(_)
                | ServiceEvent::Models(_)
                | ServiceEvent::Edit(_)
                | ServiceEvent::Eval(_) => {}
            }
        }
        Err(Complaint::failed("the chat service stopped").hint("run it again; please report this").into())
    }

    /// Waits until a cancelled answer is kept, and reports what came meanwhile.
    pub async fn wind_up(&mut self, mailbox: &mut Receiver<ServiceEvent>) {
        let Some(waited_for) = self.answer else { return };
        let ended = async {
            while let Some(event) = mailbox.recv().await {
                let ServiceEvent::Chat(ChatEvent::Turn(turn)) = event else { continue };
                if let TurnBody::Answer(answer) = turn.body
                    && turn.id == waited_for
                    && !answer.state.is_going()
                {
                    let _ = self.report.stopped(self.head.as_ref(), turn.id, &answer);
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(WIND_UP, ended).await;
    }

    fn query_event(&mut self, event: &QueryEvent, services: &Services) {
        match event {
            QueryEvent::Index(status) => {
                self.index = *status;
                self.ask(services);
            }
            QueryEvent::Notice(notice) => Self::notice(notice),
            QueryEvent::Planned { .. }
            | QueryEvent::Judged { .. }
            | QueryEvent::Ranked { .. }
            | QueryEvent::Explained { .. }
            | QueryEvent::Estimate { .. }
            | QueryEvent::Spent { .. }
            | QueryEvent::Done { .. }
            | QueryEvent::Ledger { .. }
            | QueryEvent::Names { .. }
            | QueryEvent::Task { .. } => {}
        }
    }

    /// Begins the query once every file is known.
    fn ask(&mut self, services: &Services) {
        if self.index.walked
            && let Some(request) = self.request.take()
        {
            services.send(QueryCommand::Ask(request));
        }
    }

    fn chat_event(&mut self, event: ChatEvent, services: &Services) -> anyhow::Result<Option<Exit>> {
        match event {
            ChatEvent::Opened { head, .. } => {
                self.head = Some(head);
                self.send(services);
            }
            ChatEvent::Search { number, text, .. } => {
                self.generation = self.generation.next();
                let (generation, details) = (self.generation, DetailLevel::Top(REASONS));
                let judge = JudgeName::embedded();
                self.request = Some(QueryRequest { generation, text, judge, details });
                services.send_to_chat(ChatCommand::Searching(number, generation));
                self.ask(services);
            }
            ChatEvent::Turn(turn) => {
                if let TurnBody::Answer(answer) = turn.body {
                    return self.answered(turn.id, &answer, services);
                }
            }
            ChatEvent::Branch(turns) => {
                for turn in turns.into_iter().rev().take(1) {
                    if let TurnBody::Answer(answer) = turn.body {
                        return self.answered(turn.id, &answer, services);
                    }
                }
            }
            ChatEvent::Delta { turn, text, thinking } if Some(turn) == self.answer => {
                self.report.delta(&text, &thinking)?;
            }
            ChatEvent::Notice(notice) => {
                // A conversation that cannot be opened is not answered in.
                if self.question.is_some() {
                    return Err(Complaint { exit: Exit::Failed, notice }.into());
                }
                Self::notice(&notice);
            }
            ChatEvent::Delta { .. }
            | ChatEvent::Progress { .. }
            | ChatEvent::Tray(_)
            | ChatEvent::Queue(_)
            | ChatEvent::Unsent(_)
            | ChatEvent::Sessions(_)
            | ChatEvent::Hits(..)
            | ChatEvent::Renamed(..)
            | ChatEvent::Exported(_) => {}
        }
        Ok(None)
    }

    fn answered(
        &mut self,
        turn: TurnId,
        answer: &Answer,
        services: &Services,
    ) -> anyhow::Result<Option<Exit>> {
        // The turns of a conversation that was opened ended long ago.
        if self.question.is_some() || self.answer.is_some_and(|known| known != turn) {
            return Ok(None);
        }
        self.answer = Some(turn);
        let sent = !matches!(answer.state, AnswerState::Searching { .. });
        let by_model = matches!(answer.by, Answerer::Model(..));
        if sent && !std::mem::replace(&mut self.context_told, true) {
            let why = services.models().filter(|_| by_model).map(|models| models.route(answer.task).why);
            self.report.context(&Told { answer, why: why.as_deref() })?;
        }
        if answer.state.is_going() {
            return Ok(None);
        }
        self.report.ended(self.head.as_ref(), turn, answer).map(Some)
    }

    fn notice(notice: &Notice) {
        if notice.severity >= Severity::Warning {
            print_notice(notice);
        }
    }
}
