//! Asking: a message becomes a question and one to three answers; what is asked meanwhile waits.

use std::sync::Arc;

use super::{Desk, Front, Waiting};
use crate::chat::going::{Going, Whom};
use crate::chat::round::{Phase, Round};
use crate::chat::tasks;
use crate::domain::{
    Answer, AnswerMeters, AnswerState, Answerer, ChatEvent, Locality, ModelRef, Notice, Patience, Question,
    Queued, Severity, TaskKind, Turn, TurnBody, TurnId,
};
use crate::store::Conversations;

/// The state of an answer that nothing is known of yet.
const BEGUN: AnswerState = AnswerState::Searching { judged: 0, files: 0, waits_for: "the context" };

/// Answers that are made side by side.
const MOST_BESIDE: usize = 3;

impl Desk {
    /// Answers a message, by these models side by side or by the task's own; it waits while another is answered.
    pub(super) fn send(&mut self, question: Question, models: Vec<ModelRef>) {
        let question = tasks::prepared(question);
        if question.text.trim().is_empty() && question.attachments.is_empty() {
            return;
        }
        self.draft = None;
        self.keep_draft(&Question::new(""));
        if self.round.is_some() {
            self.queued += 1;
            self.queue.push_back(Waiting { queued: Queued { number: self.queued, question }, models });
            self.tell_queue();
        } else {
            let whom = self.whom(models);
            self.begin(question, self.talk.leaf(), whom, None);
        }
    }

    /// Takes a waiting message back.
    pub(super) fn unqueue(&mut self, number: u64) {
        self.queue.retain(|waiting| waiting.queued.number != number);
        self.tell_queue();
    }

    /// Answers the message that waited longest.
    pub(super) fn begin_next(&mut self) -> bool {
        let Some(Waiting { queued, models }) = self.queue.pop_front() else { return false };
        self.tell_queue();
        let whom = self.whom(models);
        self.begin(queued.question, self.talk.leaf(), whom, None);
        true
    }

    /// Puts a message in the place of an earlier one, as a branch.
    pub(super) fn edit(&mut self, turn: TurnId, question: Question) {
        let Some(old) = self.talk.get(turn).filter(|old| matches!(old.body, TurnBody::Question(_))) else {
            return;
        };
        let parent = old.parent;
        self.cancel();
        self.round = None;
        self.draft = None;
        self.begin(tasks::prepared(question), parent, vec![Whom::Task], None);
    }

    /// Answers the question of an answer again.
    pub(super) fn retry(&mut self, turn: TurnId, model: Option<ModelRef>) {
        self.again(turn, vec![model.map_or(Whom::Task, Whom::One)], None);
    }

    /// The same with half of what was sent.
    pub(super) fn retry_with_less(&mut self, turn: TurnId) {
        let Some(answer) = self.talk.answer(turn) else { return };
        let half = answer.context.iter().map(|item| item.tokens).sum::<u32>() / 2;
        let at_most = self.fits.get(&turn).copied().unwrap_or(half);
        let whom = match &answer.by {
            Answerer::Model(model, _) => Whom::One(model.clone()),
            Answerer::Nobody => Whom::Task,
        };
        self.again(turn, vec![whom], Some(at_most));
    }

    fn again(&mut self, turn: TurnId, whom: Vec<Whom>, at_most: Option<u32>) {
        let question = match self.talk.get(turn).map(|turn| (&turn.body, turn.parent)) {
            Some((TurnBody::Answer(_), Some(parent))) => parent,
            Some((TurnBody::Question(_), _)) => turn,
            Some((TurnBody::Answer(_) | TurnBody::Summary { .. }, _)) | None => return,
        };
        self.cancel();
        self.round = None;
        self.answer(question, whom, at_most);
    }

    fn whom(&mut self, models: Vec<ModelRef>) -> Vec<Whom> {
        let mut chosen: Vec<ModelRef> = Vec::new();
        for model in models {
            if !chosen.contains(&model) {
                chosen.push(model);
            }
        }
        if chosen.len() > MOST_BESIDE {
            let left: Vec<String> = chosen.drain(MOST_BESIDE..).map(|model| model.to_string()).collect();
            let title = format!("Only {MOST_BESIDE} models are compared; {} is left out", left.join(", "));
            self.notice(Notice::new(Severity::Warning, title).hint("Ask again with the others"));
        }
        if chosen.is_empty() { vec![Whom::Task] } else { chosen.into_iter().map(Whom::One).collect() }
    }

    /// Adds a question after a turn and begins to answer it.
    fn begin(&mut self, question: Question, parent: Option<TurnId>, whom: Vec<Whom>, at_most: Option<u32>) {
        self.keep_conversation();
        let id = Conversations::fresh_turn();
        let turn = self.turn(id, parent, TurnBody::Question(question));
        self.parts.kept.append(self.talk.head.id, &turn);
        if self.talk.add(turn) {
            self.tell_branch();
        } else {
            self.tell_turn(id);
        }
        self.answer(id, whom, at_most);
    }

    /// Begins to answer a question that is there.
    fn answer(&mut self, turn: TurnId, whom: Vec<Whom>, at_most: Option<u32>) {
        let Some(TurnBody::Question(question)) = self.talk.get(turn).map(|turn| turn.body.clone()) else {
            return;
        };
        let ids: Vec<TurnId> = whom.iter().map(|_| Conversations::fresh_turn()).collect();
        let beside: Arc<[TurnId]> = if ids.len() > 1 { ids.clone().into() } else { Arc::default() };
        let mut answers = Vec::new();
        let mut forks = false;
        for (id, whom) in ids.iter().zip(whom) {
            let mut going = Going::new(*id, whom, BEGUN);
            going.by = self.expected(question.task, &going.whom);
            let body = TurnBody::Answer(Box::new(self.unanswered(&going, question.task, &beside)));
            let answer = self.turn(*id, Some(turn), body);
            self.parts.kept.append(self.talk.head.id, &answer);
            if ids.first() == Some(id) {
                forks = self.talk.add(answer);
            } else {
                self.talk.add_beside(answer);
            }
            answers.push(going);
        }
        if forks {
            self.tell_branch();
        }
        for id in ids.iter().skip(usize::from(forks)) {
            self.tell_turn(*id);
        }
        let patience = question.patience;
        let request = self.standalone(&question, self.talk.get(turn).and_then(|turn| turn.parent));
        let phase = Phase::Settling;
        self.round = Some(Round { turn, question, request, answers, phase, patience, at_most });
        self.begin_search();
    }

    /// Who will answer if nothing fails.
    pub(super) fn expected(&self, task: TaskKind, whom: &Whom) -> Option<ModelRef> {
        match whom {
            Whom::One(model) => Some(model.clone()),
            Whom::Task => self.parts.models.as_ref()?.route(task).choice.into_model(),
        }
    }

    /// Who answers, as turns hold it.
    pub(super) fn answerer(&self, by: Option<&ModelRef>) -> Answerer {
        let Some(model) = by else { return Answerer::Nobody };
        let known = self.parts.models.as_ref().and_then(|models| models.model(model));
        Answerer::Model(model.clone(), known.map_or(Locality::Remote, |known| known.locality))
    }

    fn unanswered(&self, going: &Going, task: TaskKind, beside: &Arc<[TurnId]>) -> Answer {
        Answer {
            by: self.answerer(going.by.as_ref()),
            task,
            text: Arc::from(""),
            thinking: Arc::from(""),
            context: Arc::default(),
            meters: AnswerMeters::default(),
            state: going.state.clone(),
            rating: None,
            beside: Arc::clone(beside),
            picked: false,
        }
    }

    pub(super) fn turn(&self, id: TurnId, parent: Option<TurnId>, body: TurnBody) -> Turn {
        Turn { id, parent, at_ms: self.now.unix_ms, siblings: Arc::default(), body }
    }

    pub(super) fn tell_queue(&mut self) {
        let queue: Vec<Queued> = self.queue.iter().map(|waiting| waiting.queued.clone()).collect();
        if self.talk.is_kept {
            let questions: Vec<Question> = queue.iter().map(|queued| queued.question.clone()).collect();
            self.parts.kept.put_queue(self.talk.head.id, &questions, self.now.unix_ms);
        }
        self.tell(ChatEvent::Queue(queue));
    }

    /// Tells what a program that ended left unsent: the text of the composer, then the messages that waited.
    pub(super) fn tell_unsent(&mut self) {
        if self.parts.front == Front::Script {
            // Nobody could take it up: it waits for a screen.
            return;
        }
        let session = self.talk.is_kept.then_some(self.talk.head.id);
        let mut left: Vec<Question> = self.parts.kept.take_draft(session).into_iter().collect();
        if let Some(session) = session {
            left.extend(self.parts.kept.take_queue(session));
        }
        let Some(first) = left.first().cloned() else { return };
        let texts: Vec<&str> = left.iter().map(|question| &*question.text).collect();
        let attachments = left.iter().flat_map(|question| question.attachments.clone()).collect();
        self.tell(ChatEvent::Unsent(Question { text: texts.join("\n\n").into(), attachments, ..first }));
    }

    /// Keeps what is typed, so that a program that dies loses none of it.
    pub(super) fn keep_draft(&mut self, question: &Question) {
        let session = self.talk.is_kept.then_some(self.talk.head.id);
        self.parts.kept.put_draft(session, question, self.now.unix_ms);
    }

    /// Answer now, or wait for all files.
    pub(super) fn wait(&mut self, patience: Patience) {
        if let Some(round) = &mut self.round {
            round.patience = patience;
        }
    }
}
