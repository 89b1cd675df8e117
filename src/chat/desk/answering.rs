//! Answering: the context is put together, the call is made, and what comes is kept and then told.

use std::sync::Arc;

use super::assembling::Asked;
use super::{Desk, Input};
use crate::chat::context::Assembled;
use crate::chat::going::{Sent, Whom};
use crate::chat::round::Phase;
use crate::chat::stream::{self, Piece};
use crate::domain::{AnswerState, ChatEvent, Choice, ModelRef, Notice, Severity, TaskKind, TurnId};
use crate::llm::tokens::estimate;
use crate::llm::{Call, Message, Part};

impl Desk {
    /// Sends the round's question to all who are asked.
    pub(super) fn send_round(&mut self) {
        let Some(round) = &mut self.round else { return };
        round.phase = Phase::Answering;
        let (question, turn, at_most) = (round.question.clone(), round.turn, round.at_most);
        let request = Arc::clone(&round.request);
        let whom: Vec<Whom> = round.answers.iter().map(|going| going.whom.clone()).collect();
        let parent = self.talk.get(turn).and_then(|turn| turn.parent);
        self.assembler.refresh();
        let asked = Asked { question: &question, request: &request, parent, whom: &whom, at_most };
        let assembled = self.assemble(&asked);
        for remark in &assembled.remarks {
            self.notice(Notice::new(Severity::Warning, remark.to_string()));
        }
        self.sent = Some(assembled.tray.clone());
        self.tell(ChatEvent::Tray(assembled.tray.clone()));
        let turns: Vec<TurnId> =
            self.round.iter().flat_map(|round| &round.answers).map(|going| going.turn).collect();
        for turn in turns {
            self.send_one(turn, question.task, &assembled);
        }
    }

    fn send_one(&mut self, turn: TurnId, task: TaskKind, assembled: &Assembled) {
        let Some(whom) =
            self.round.as_mut().and_then(|round| round.answer(turn)).map(|going| going.whom.clone())
        else {
            return;
        };
        let by = self.expected(task, &whom);
        let facts = by.as_ref().and_then(|model| self.parts.models.as_ref()?.model(model));
        let sent = Sent {
            tokens: if by.is_some() { u64::from(assembled.tray.tokens) } else { 0 },
            estimated: estimated(&assembled.messages),
            max_output: assembled.max_output,
        };
        let reading = by.as_ref().and_then(|_| self.call(turn, task, &whom, assembled));
        let (now, context) = (self.now.at, Arc::clone(&assembled.tray.items));
        if let Some(going) = self.round.as_mut().and_then(|round| round.answer(turn)) {
            going.price = facts.as_ref().and_then(|facts| facts.price);
            going.window = facts.as_ref().and_then(|facts| facts.window);
            going.by.clone_from(&by);
            going.send(sent, reading, now);
        }
        let answerer = self.answerer(by.as_ref());
        self.talk.change(turn, |answer| (answer.by, answer.context) = (answerer, context));
        if by.is_none() {
            self.answer_without_model(turn, task, assembled);
            return;
        }
        self.sync(turn);
        self.keep(turn);
        self.tell_turn(turn);
    }

    /// Makes the call.
    fn call(
        &self,
        turn: TurnId,
        task: TaskKind,
        whom: &Whom,
        assembled: &Assembled,
    ) -> Option<stream::Reading> {
        let models = self.parts.models.as_ref()?;
        let mut call = Call::chat(task, assembled.messages.clone(), assembled.max_output);
        call.files.clone_from(&assembled.files);
        // Turns of one conversation begin alike: the same replica has the start in its cache.
        call.affinity = Some(self.talk.head.id.0.unsigned_abs());
        let heard = match whom {
            Whom::Task => models.ask(call),
            Whom::One(model) => models.ask_one(model, call),
        };
        let inbox = self.inbox.clone();
        Some(stream::read(&**models, turn, heard, move |turn, piece| {
            // A service that is gone has dropped this stream as well.
            let _ = inbox.send(Input::Piece(turn, piece));
        }))
    }

    /// Takes more of an answer: it is kept first and then told.
    pub(super) fn piece(&mut self, turn: TurnId, mut piece: Piece) {
        let (now, by) = (self.now.at, piece.by.take());
        let Some(going) = self.round.as_mut().and_then(|round| round.answer(turn)) else { return };
        if !going.state.is_going() {
            return;
        }
        let grown = going.take(piece);
        let (state, meters) = (going.state.clone(), going.meters(now));
        let tells = grown.changed || going.figures_due(now);
        if let Some(by) = by {
            self.answers_now(turn, &by);
        }
        if !grown.text.is_empty() || !grown.thinking.is_empty() {
            self.parts.kept.append_delta(turn, &grown.text, &grown.thinking);
            let (text, thinking) = (grown.text.into(), grown.thinking.into());
            self.tell(ChatEvent::Delta { turn, text, thinking });
        }
        if !state.is_going() {
            self.ended(turn);
        } else if tells {
            self.tell(ChatEvent::Progress { turn, state, meters });
        }
    }

    /// It turns out that this model answers.
    fn answers_now(&mut self, turn: TurnId, by: &ModelRef) {
        let Some(going) = self.round.as_mut().and_then(|round| round.answer(turn)) else { return };
        if going.by.as_ref() == Some(by) {
            return;
        }
        let facts = self.parts.models.as_ref().and_then(|models| models.model(by));
        going.price = facts.as_ref().and_then(|facts| facts.price);
        going.window = facts.as_ref().and_then(|facts| facts.window);
        going.by = Some(by.clone());
        let answerer = self.answerer(Some(by));
        self.talk.change(turn, |answer| answer.by = answerer);
        self.sync(turn);
        self.keep(turn);
        self.tell_turn(turn);
    }

    /// Nobody is set to answer: what was found stands for an answer.
    fn answer_without_model(&mut self, turn: TurnId, task: TaskKind, assembled: &Assembled) {
        let why = self.parts.models.as_ref().map(|models| models.route(task));
        let why =
            why.filter(|route| route.choice != Choice::Embedded).map_or_else(String::new, |route| route.why);
        let request = self.round.as_ref().map_or_else(Arc::default, |round| Arc::clone(&round.request));
        let judged = self.judged(&request);
        let text = self.assembler.unaided(assembled, &request, &judged, &why);
        if let Some(going) = self.round.as_mut().and_then(|round| round.answer(turn)) {
            going.text.push_str(&text);
            going.end(AnswerState::Done);
        }
        self.parts.kept.append_delta(turn, &text, "");
        self.ended(turn);
    }

    /// Copies what came of an answer into its turn.
    pub(super) fn sync(&mut self, turn: TurnId) {
        let now = self.now.at;
        let Some(going) = self.round.as_mut().and_then(|round| round.answer(turn)) else { return };
        let meters = going.meters(now);
        self.talk.change(turn, |answer| {
            answer.text = going.text.as_str().into();
            answer.thinking = going.thinking.as_str().into();
            answer.state = going.state.clone();
            answer.meters = meters;
        });
    }

    /// Writes a turn as it is now.
    pub(super) fn keep(&mut self, turn: TurnId) {
        if let Some(known) = self.talk.get(turn) {
            self.parts.kept.replace(self.talk.head.id, known, self.now.unix_ms);
        }
    }
}

/// Tokens of all texts, as estimated for no model in particular.
fn estimated(messages: &[Message]) -> u64 {
    let parts = messages.iter().flat_map(|message| &message.parts);
    parts.filter_map(Part::words).map(estimate).sum()
}
