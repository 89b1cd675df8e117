//! The desk: all that the chat service does, as plain state on one thread. It is given what happened and the time, and
//! tells events; calls run elsewhere and come back as [`Input::Piece`].
//!
//! Invariant: what is told was kept before. One round is answered at a time; what is asked meanwhile waits.

mod answering;
mod asking;
mod assembling;
mod compacting;
mod ending;
mod marks;
mod searching;
mod sessions;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Instant;

use super::context::{self, Assembler, Wishes};
use super::conversation::Conversation;
use super::found::Found;
use super::models::Models;
use super::round::{Phase, Round};
use super::stream::Piece;
use compacting::Compacting;
use rustc_hash::FxHashMap;

use crate::domain::{
    ChatCommand, ChatEvent, Generation, ModelRef, Notice, Question, Queued, SessionId, Tray, TurnBody, TurnId,
};
use crate::llm::tokens::TokenScale;
use crate::store::Conversations;

/// What a desk works with.
pub struct Parts {
    /// Who answers; `None` where models were left out.
    pub models: Option<Arc<dyn Models>>,
    /// Where conversations are kept.
    pub kept: Conversations,
    /// What contexts are put together with.
    pub context: context::Parts,
    /// Whom it works for.
    pub front: Front,
}

/// Whom the service works for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Front {
    /// A screen: it has a composer, and stays long enough for a model to name the conversation.
    #[default]
    Screen,
    /// A command that ends with its answer: its first words name a conversation.
    Script,
}

/// What reaches a desk.
#[derive(Debug)]
pub enum Input {
    /// From the rest of the program.
    Command(ChatCommand),
    /// The query engine told something; it lies in the shared [`Found`].
    Engine,
    /// More of an answer.
    Piece(TurnId, Piece),
    /// A model made the request that stands alone, or none.
    Rewritten(TurnId, Option<String>),
    /// A model made the summary that is to stand after this turn, or none.
    Summary(TurnId, Option<String>),
    /// A model made a title, or none.
    Title(SessionId, Option<String>),
    /// The first look for models is over.
    Settled,
    /// The program ends.
    Stop,
}

/// The time of an input.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// For waiting.
    pub at: Instant,
    /// For people: milliseconds since the epoch.
    pub unix_ms: i64,
}

/// What is typed and not sent.
#[derive(Debug)]
struct Draft {
    question: Question,
    /// When the tray is filled again.
    due: Option<Instant>,
}

/// The searches that were asked for.
#[derive(Debug, Default)]
struct Searches {
    /// How many.
    count: u64,
    /// The latest, and its text.
    asked: Option<(u64, Arc<str>)>,
    /// The latest that runs.
    running: Option<Running>,
}

/// A search that runs.
#[derive(Debug)]
struct Running {
    number: u64,
    /// As which query.
    generation: Generation,
    text: Arc<str>,
}

/// A message that waits.
#[derive(Debug)]
struct Waiting {
    queued: Queued,
    /// The models that are asked side by side; none for the task's own.
    models: Vec<ModelRef>,
}

/// The chat service's state.
pub struct Desk {
    parts: Parts,
    inbox: Sender<Input>,
    talk: Conversation,
    round: Option<Round>,
    found: Found,
    searches: Searches,
    queue: VecDeque<Waiting>,
    queued: u64,
    draft: Option<Draft>,
    compacting: Option<Compacting>,
    /// Of prompts that were too long: tokens of context and conversation that may fit, by answer.
    fits: FxHashMap<TurnId, u32>,
    wishes: Wishes,
    assembler: Assembler,
    /// What was sent last.
    sent: Option<Tray>,
    settled: bool,
    /// What was left unsent was told.
    has_begun: bool,
    /// The conversation has a name of its own.
    is_named: bool,
    /// How each model was seen to count tokens.
    scales: FxHashMap<ModelRef, TokenScale>,
    events: Vec<ChatEvent>,
    now: Now,
}

impl Desk {
    /// A desk with a new conversation. Its calls answer to `inbox`.
    pub fn new(parts: Parts, inbox: Sender<Input>, now: Now) -> Self {
        let talk = Conversation::new(sessions::fresh_head(&parts, now));
        let settled = parts.models.is_none();
        if let Some(models) = &parts.models {
            let (settles, tell) = (models.settled(), inbox.clone());
            models.runtime().spawn(async move {
                settles.await;
                let _ = tell.send(Input::Settled);
            });
        }
        let assembler = Assembler::new(parts.context.clone());
        Self {
            parts,
            inbox,
            talk,
            round: None,
            found: Found::default(),
            searches: Searches::default(),
            queue: VecDeque::new(),
            queued: 0,
            draft: None,
            compacting: None,
            fits: FxHashMap::default(),
            wishes: Wishes::default(),
            assembler,
            sent: None,
            settled,
            has_begun: false,
            is_named: false,
            scales: FxHashMap::default(),
            events: Vec::new(),
            now,
        }
    }

    /// Takes what happened; what is to be told comes back.
    pub fn take(&mut self, input: Input, now: Now) -> Vec<ChatEvent> {
        self.now = now;
        if !std::mem::replace(&mut self.has_begun, true) {
            self.tell_unsent();
        }
        match input {
            Input::Command(command) => self.command(command),
            Input::Engine => {}
            Input::Piece(turn, piece) => self.piece(turn, piece),
            Input::Title(session, title) => self.titled(session, title),
            Input::Rewritten(turn, request) => self.rewritten(turn, request),
            Input::Summary(after, summary) => self.summed_up(after, summary.as_deref()),
            Input::Settled => self.settled = true,
            Input::Stop => self.stop(),
        }
        self.advance();
        self.tell_store();
        std::mem::take(&mut self.events)
    }

    /// Takes the engine's latest news.
    pub fn engine(&mut self, found: Found, now: Now) -> Vec<ChatEvent> {
        self.found = found;
        self.draft_due();
        self.take(Input::Engine, now)
    }

    /// Does what is due by now.
    pub fn wake(&mut self, now: Now) -> Vec<ChatEvent> {
        self.take(Input::Engine, now)
    }

    /// When something is due though nothing comes.
    pub fn wake_at(&self) -> Option<Instant> {
        let round = self.round.as_ref().and_then(|round| match &round.phase {
            Phase::Rewriting(until) => Some(*until),
            Phase::Searching(searching) => searching.look_at(self.is_running(searching.number)),
            Phase::Settling | Phase::Answering => None,
        });
        let draft = self.draft.as_ref().and_then(|draft| draft.due);
        [round, draft].into_iter().flatten().min()
    }

    fn command(&mut self, command: ChatCommand) {
        match command {
            ChatCommand::Draft(question) => self.drafted(question),
            ChatCommand::Send(question) => self.send(question, Vec::new()),
            ChatCommand::Compare(question, models) => self.send(question, models),
            ChatCommand::Searching(number, generation) => self.searching(number, generation),
            ChatCommand::Wait(patience) => self.wait(patience),
            ChatCommand::Cancel => self.cancel(),
            ChatCommand::Unqueue(number) => self.unqueue(number),
            ChatCommand::Edit(turn, question) => self.edit(turn, question),
            ChatCommand::Retry(turn, model) => self.retry(turn, model),
            ChatCommand::RetryWithLess(turn) => self.retry_with_less(turn),
            ChatCommand::Show(turn) => self.show(turn),
            ChatCommand::Pick(turn) => self.pick(turn),
            ChatCommand::Rate(turn, rating) => self.rate(turn, rating),
            ChatCommand::Pin(key, pinned) => self.wish(|wishes| wishes.pin(key, pinned)),
            ChatCommand::Exclude(key, excluded) => self.wish(|wishes| wishes.exclude(key, excluded)),
            ChatCommand::Move(key, places) => self.wish(|wishes| wishes.shift(key, places)),
            ChatCommand::Budget(budget) => self.wish(|wishes| wishes.budget = budget),
            ChatCommand::Compact => self.compact(),
            ChatCommand::New => self.begin_new(),
            ChatCommand::Resume(session) => self.resume(session),
            ChatCommand::Sessions => self.list(),
            ChatCommand::Search(words) => self.search_sessions(words),
            ChatCommand::Rename(session, title) => self.rename(session, &title),
            ChatCommand::BranchOff(turn) => self.branch_off(turn),
            ChatCommand::Delete(session) => self.delete(session),
            ChatCommand::Export(form, path) => self.export(form, path),
        }
    }

    fn tell(&mut self, event: ChatEvent) {
        self.events.push(event);
    }

    fn notice(&mut self, notice: Notice) {
        self.tell(ChatEvent::Notice(notice));
    }

    /// Tells a turn as it is now.
    fn tell_turn(&mut self, turn: TurnId) {
        self.events.extend(self.talk.told(turn).map(ChatEvent::Turn));
    }

    fn tell_branch(&mut self) {
        let branch = self.talk.branch();
        self.tell(ChatEvent::Branch(branch));
    }

    /// What the store has to say, once.
    fn tell_store(&mut self) {
        if let Some(notice) = self.parts.kept.take_notice() {
            self.notice(notice);
        }
    }

    /// The latest question of the branch that is shown.
    fn last_question(&self) -> Option<Question> {
        let path = self.talk.path_to(self.talk.leaf());
        path.into_iter().rev().find_map(|turn| match &turn.body {
            TurnBody::Question(question) => Some(question.clone()),
            TurnBody::Answer(_) | TurnBody::Summary { .. } => None,
        })
    }
}
