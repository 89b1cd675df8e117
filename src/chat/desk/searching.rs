//! Searching: the tree is searched for a question while it is typed and once it is sent, and the answer begins when
//! enough is known.

use std::sync::Arc;
use std::time::Duration;

use super::assembling::Asked;
use super::{Desk, Draft, Input, Running};
use crate::chat::context::{JudgedFile, points_back, read_rewrite, rewrite_call};
use crate::chat::found::Found;
use crate::chat::going::Whom;
use crate::chat::models::said;
use crate::chat::round::{Phase, Round, Run, Searching};
use crate::domain::{
    AnswerState, ChatEvent, Choice, Generation, Notice, Patience, Question, Retrieval, Severity, TaskKind,
    Tray, TurnId,
};

/// The tray of a draft is filled at most this often while rankings come.
const TRAY: Duration = Duration::from_millis(120);

/// Nobody waits longer for a better search.
const REWRITING: Duration = Duration::from_millis(2_500);

/// Bytes of a rewritten request that are read.
const MOST_REWRITTEN: usize = 4 << 10;

/// Files judged yes that are looked at for one prompt, at most: more never fit.
const MOST_JUDGED: usize = 400;

impl Desk {
    /// Something is typed by now.
    pub(super) fn drafted(&mut self, question: Question) {
        self.keep_draft(&question);
        if question.text.trim().is_empty() && question.attachments.is_empty() {
            self.draft = None;
            if let Some(tray) = self.sent.clone() {
                self.tell(ChatEvent::Tray(tray));
            }
            return;
        }
        // The query in force belongs to the answer that waits for it.
        let busy = self.round.as_ref().is_some_and(|round| matches!(round.phase, Phase::Searching(_)));
        if question.retrieval == Retrieval::Search && !busy {
            let text = self.standalone(&question, self.talk.leaf());
            self.ask_for_search(text, false);
        }
        self.draft = Some(Draft { question, due: Some(self.now.at) });
    }

    /// The search of this number runs as this query.
    pub(super) fn searching(&mut self, number: u64, generation: Generation) {
        let Some((_, text)) = self.searches.asked.clone().filter(|(asked, _)| *asked == number) else {
            return;
        };
        self.searches.running = Some(Running { number, generation, text });
        self.draft_due();
    }

    /// Begins the search of the round's question; without one the answer begins at once.
    pub(super) fn begin_search(&mut self) {
        let Some(round) = &self.round else { return };
        if round.question.retrieval == Retrieval::Off {
            return;
        }
        if self.rewrite() {
            return;
        }
        self.search_for();
    }

    /// Asks the model that is set for it to make the request stand alone, where what is asked points back; whether it
    /// does.
    fn rewrite(&mut self) -> bool {
        let (Some(round), Some(models)) = (&self.round, self.parts.models.clone()) else { return false };
        let route = models.route(TaskKind::Rewrite);
        if !route.by_user || !matches!(route.choice, Choice::Model(_)) {
            return false;
        }
        let (turn, question) = (round.turn, round.question.clone());
        let before = self.turns_to(self.talk.get(turn).and_then(|turn| turn.parent));
        if !points_back(&question, &before) {
            return false;
        }
        let (heard, inbox) = (models.ask(rewrite_call(&question, &before)), self.inbox.clone());
        models.runtime().spawn(async move {
            let answer = said(heard, MOST_REWRITTEN).await.ok();
            let request = answer.and_then(|answer| read_rewrite(&answer, &question, &before));
            let _ = inbox.send(Input::Rewritten(turn, request));
        });
        let until = self.now.at + REWRITING;
        if let Some(round) = &mut self.round {
            round.phase = Phase::Rewriting(until);
        }
        self.say_searching("the request to stand alone");
        true
    }

    /// A model made the request that stands alone, or none.
    pub(super) fn rewritten(&mut self, turn: TurnId, request: Option<String>) {
        let waits = |round: &&mut Round| round.turn == turn && matches!(round.phase, Phase::Rewriting(_));
        let Some(round) = self.round.as_mut().filter(waits) else { return };
        if let Some(request) = request {
            round.request = request.into();
        }
        self.search_for();
    }

    /// Searches for the round's request.
    fn search_for(&mut self) {
        let Some(text) = self.round.as_ref().map(|round| Arc::clone(&round.request)) else { return };
        let number = self.ask_for_search(text, true);
        let now = self.now.at;
        if let Some(round) = &mut self.round {
            round.phase = Phase::Searching(Searching::new(number, now));
        }
    }

    fn ask_for_search(&mut self, text: Arc<str>, sent: bool) -> u64 {
        self.searches.count += 1;
        let number = self.searches.count;
        self.searches.asked = Some((number, Arc::clone(&text)));
        self.tell(ChatEvent::Search { number, text, sent });
        number
    }

    /// Goes on with the round as far as that is possible now.
    pub(super) fn advance(&mut self) {
        while self.step() {}
        if self.draft.as_ref().and_then(|draft| draft.due).is_some_and(|due| due <= self.now.at) {
            self.fill_tray();
        }
    }

    /// One step of the round; whether another may follow.
    fn step(&mut self) -> bool {
        let now = self.now.at;
        let Some(round) = &mut self.round else { return self.begin_next() };
        match &mut round.phase {
            Phase::Rewriting(until) => {
                if *until > now {
                    return false;
                }
                self.search_for();
                true
            }
            Phase::Searching(searching) => {
                let (number, since) = (searching.number, searching.since);
                let running = self.searches.running.as_ref().filter(|running| running.number == number);
                let runs = running.is_some();
                let run = match running {
                    None => Run::Unheard,
                    Some(running) if self.found.generation == Some(running.generation) => {
                        Run::Tells(&self.found)
                    }
                    Some(_) => Run::Begins,
                };
                let waits_for = searching.waits_for(round.patience, run, now);
                if let Some(waits_for) = waits_for {
                    self.say_searching(waits_for);
                    return false;
                }
                round.phase = Phase::Settling;
                if !runs && round.patience != Patience::Now {
                    let waited = now.saturating_duration_since(since).as_secs();
                    let title = format!("The search did not begin in {waited} s: answering without files");
                    self.notice(
                        Notice::new(Severity::Warning, title).hint("Name files with @path, or ask again"),
                    );
                }
                true
            }
            Phase::Settling => {
                if !self.settled {
                    self.say_searching("models to be found");
                    return false;
                }
                self.send_round();
                true
            }
            Phase::Answering => {
                if !round.is_over() {
                    return false;
                }
                self.round = None;
                if self.queue.is_empty() {
                    self.compact_if_due();
                }
                true
            }
        }
    }

    /// Tells how far the search is, where that changed.
    fn say_searching(&mut self, waits_for: &'static str) {
        let found = self.current();
        let (judged, files) = found.map_or((0, 0), |found| (found.counts.judged(), found.files));
        let state = AnswerState::Searching { judged, files, waits_for };
        let now = self.now.at;
        let Some(round) = &mut self.round else { return };
        let mut told = Vec::new();
        for going in round.answers.iter_mut().filter(|going| going.state != state) {
            going.state = state.clone();
            told.push(ChatEvent::Progress {
                turn: going.turn,
                state: state.clone(),
                meters: going.meters(now),
            });
        }
        self.events.extend(told);
    }

    /// What the engine told of the query that runs for the latest search.
    pub(super) fn current(&self) -> Option<&Found> {
        is_current(self.searches.running.as_ref(), &self.found).then_some(&self.found)
    }

    pub(super) fn is_running(&self, number: u64) -> bool {
        self.searches.running.as_ref().is_some_and(|running| running.number == number)
    }

    /// The files judged yes for this request, best first.
    pub(super) fn judged(&self, request: &str) -> Vec<JudgedFile> {
        let matching = self.searches.running.as_ref().is_some_and(|running| &*running.text == request);
        let Some(found) = self.current().filter(|_| matching) else { return Vec::new() };
        found.judged(MOST_JUDGED)
    }

    /// The tray of the draft is filled again soon.
    pub(super) fn draft_due(&mut self) {
        let soon = self.now.at + TRAY;
        if let Some(draft) = self.draft.as_mut().filter(|draft| draft.due.is_none()) {
            draft.due = Some(soon);
        }
    }

    /// Tells what would be sent with the draft.
    fn fill_tray(&mut self) {
        let Some(draft) = &mut self.draft else { return };
        draft.due = None;
        let question = draft.question.clone();
        let tray = self.tray_of(&question);
        self.tell(ChatEvent::Tray(tray));
    }

    /// What would be sent with this message, were it sent now.
    pub(super) fn tray_of(&mut self, question: &Question) -> Tray {
        let parent = self.talk.leaf();
        let request = self.standalone(question, parent);
        let asked = Asked { question, request: &request, parent, whom: &[Whom::Task], at_most: None };
        self.assemble(&asked).tray
    }
}

fn is_current(running: Option<&Running>, found: &Found) -> bool {
    running.is_some_and(|running| found.generation == Some(running.generation))
}
