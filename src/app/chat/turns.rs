//! Turns: the branch that is shown, and the answers beside it.

use std::collections::HashMap;

use super::Growing;
use crate::domain::{Answer, AnswerMeters, AnswerState, Question, Turn, TurnBody, TurnId};

/// The turns of a conversation.
#[derive(Debug, Default)]
pub struct Turns {
    /// The branch that is shown, oldest first.
    branch: Vec<Turn>,
    /// Answers that were asked for beside one of the branch.
    beside: HashMap<TurnId, Turn>,
    growing: Growing,
    revision: u64,
}

/// Answers go on at the end of a conversation only: at most three side by side, and their question.
const RECENT: usize = 8;

impl Turns {
    /// The branch that is shown, oldest first.
    pub fn branch(&self) -> &[Turn] {
        &self.branch
    }

    /// Text that still grows.
    pub fn growing(&self) -> &Growing {
        &self.growing
    }

    /// Counts what changes the branch besides an answer that grows.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.branch.is_empty()
    }

    /// A turn of the branch, or an answer beside it.
    pub fn get(&self, id: TurnId) -> Option<&Turn> {
        self.branch.iter().rev().find(|turn| turn.id == id).or_else(|| self.beside.get(&id))
    }

    /// Where a turn stands in the branch.
    pub fn at(&self, id: TurnId) -> Option<usize> {
        self.branch.iter().rposition(|turn| turn.id == id)
    }

    /// An answer.
    pub fn answer(&self, id: TurnId) -> Option<&Answer> {
        answer_of(self.get(id)?)
    }

    /// A question.
    pub fn question(&self, id: TurnId) -> Option<&Question> {
        match &self.get(id)?.body {
            TurnBody::Question(question) => Some(question),
            TurnBody::Answer(_) | TurnBody::Summary { .. } => None,
        }
    }

    /// The newest answer of the branch.
    pub fn newest_answer(&self) -> Option<(&Turn, &Answer)> {
        self.branch.iter().rev().find_map(|turn| Some((turn, answer_of(turn)?)))
    }

    /// The newest question of the branch.
    pub fn newest_question(&self) -> Option<(&Turn, &Question)> {
        self.branch.iter().rev().find_map(|turn| match &turn.body {
            TurnBody::Question(question) => Some((turn, question)),
            TurnBody::Answer(_) | TurnBody::Summary { .. } => None,
        })
    }

    /// The text of a turn by now; as it came, not cleaned.
    pub fn text<'a>(&'a self, turn: &'a Turn) -> &'a str {
        match &turn.body {
            TurnBody::Question(question) => &question.text,
            TurnBody::Answer(answer) => self.growing.text(turn.id).unwrap_or(&answer.text),
            TurnBody::Summary { text, .. } => text,
        }
    }

    /// The reasoning of an answer by now; empty for other turns.
    pub fn thinking<'a>(&'a self, turn: &'a Turn) -> &'a str {
        match &turn.body {
            TurnBody::Answer(answer) => self.growing.thinking(turn.id).unwrap_or(&answer.thinking),
            TurnBody::Question(_) | TurnBody::Summary { .. } => "",
        }
    }

    /// The answers that are going on: of the branch, and beside it.
    pub fn going(&self) -> impl Iterator<Item = (&Turn, &Answer)> {
        let of_branch = self.branch.iter().rev().take(RECENT);
        of_branch
            .chain(self.beside.values())
            .filter_map(|turn| Some((turn, answer_of(turn)?)))
            .filter(|(_, answer)| answer.state.is_going())
    }

    /// Whether an answer is going on.
    pub fn is_going(&self) -> bool {
        self.going().next().is_some()
    }

    /// Takes the turns of a branch in the place of those shown.
    pub fn show(&mut self, branch: Vec<Turn>) {
        self.growing.clear();
        // An answer that leaves the branch may stand beside one that comes.
        for turn in std::mem::replace(&mut self.branch, branch) {
            if answer_of(&turn).is_some_and(|answer| !answer.beside.is_empty()) {
                self.beside.insert(turn.id, turn);
            }
        }
        for turn in &self.branch {
            self.beside.remove(&turn.id);
        }
        self.revision += 1;
    }

    /// Another conversation is shown.
    pub fn open(&mut self, branch: Vec<Turn>) {
        self.branch.clear();
        self.beside.clear();
        self.show(branch);
    }

    /// Takes a turn that is new, or in the place of what was known of it.
    pub fn take(&mut self, turn: Turn) {
        self.growing.settle(turn.id);
        self.revision += 1;
        if let Some(at) = self.at(turn.id) {
            self.branch[at] = turn;
            return;
        }
        let is_next = turn.parent == self.branch.last().map(|last| last.id);
        if is_next && !self.beside.contains_key(&turn.id) {
            self.branch.push(turn);
        } else {
            self.beside.insert(turn.id, turn);
        }
    }

    /// Takes more of an answer.
    pub fn grow(&mut self, id: TurnId, text: &str, thinking: &str) {
        let Some(answer) = self.get(id).and_then(answer_of) else { return };
        let begun = (answer.text.clone(), answer.thinking.clone());
        self.growing.append(id, (text, thinking), (&begun.0, &begun.1));
    }

    /// Takes how far an answer is.
    pub fn progress(&mut self, id: TurnId, state: AnswerState, meters: AnswerMeters) {
        let at = self.at(id);
        let turn = match at {
            Some(at) => self.branch.get_mut(at),
            None => self.beside.get_mut(&id),
        };
        if let Some(TurnBody::Answer(answer)) = turn.map(|turn| &mut turn.body) {
            answer.state = state;
            answer.meters = meters;
        }
    }
}

/// The answer that a turn is.
pub fn answer_of(turn: &Turn) -> Option<&Answer> {
    match &turn.body {
        TurnBody::Answer(answer) => Some(answer),
        TurnBody::Question(_) | TurnBody::Summary { .. } => None,
    }
}
