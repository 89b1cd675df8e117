//! Assembling: what is sent with a question, and to whom.

use std::sync::Arc;

use super::Desk;
use crate::chat::context::{Addressee, Asking, Assembled, standalone};
use crate::chat::going::Whom;
use crate::chat::tasks;
use crate::domain::{ModelRef, Question, TaskKind, Turn, TurnId};

impl Desk {
    /// The request that stands alone for a question after this turn, by rules.
    pub(super) fn standalone(&self, question: &Question, parent: Option<TurnId>) -> Arc<str> {
        standalone(question, &self.turns_to(parent)).into()
    }

    /// The turns from the first to this one.
    pub(super) fn turns_to(&self, turn: Option<TurnId>) -> Vec<Turn> {
        self.talk.path_to(turn).into_iter().cloned().collect()
    }

    /// Whose window the context must fit: of several models the smallest.
    pub(super) fn addressee(&self, task: TaskKind, whom: &[Whom]) -> Addressee {
        let to =
            whom.iter().filter_map(|whom| self.expected(task, whom)).filter_map(|model| self.facts(&model));
        to.reduce(|a, b| {
            let images = if a.images == Some(false) { a.images } else { b.images };
            let smaller = match (a.window, b.window) {
                (Some(window), Some(other)) if window <= other => a,
                (Some(_), None) => a,
                (Some(_), Some(_)) | (None, _) => b,
            };
            Addressee { images, ..smaller }
        })
        .unwrap_or_else(Addressee::nobody)
    }

    fn facts(&self, model: &ModelRef) -> Option<Addressee> {
        let info = self.parts.models.as_ref()?.model(model)?;
        Some(Addressee::new(&info, self.scales.get(model).copied().unwrap_or_default()))
    }

    /// What is sent with a question, to these.
    pub(super) fn assemble(&mut self, asked: &Asked<'_>) -> Assembled {
        let Asked { question, request, parent, whom, at_most } = *asked;
        let judged = self.judged(request);
        let to = self.addressee(question.task, whom);
        let turns = self.turns_to(parent);
        let rules = tasks::rules(question.task);
        let wishes = &self.wishes;
        let asking =
            Asking { question, request, rules, turns: &turns, judged: &judged, wishes, to: &to, at_most };
        self.assembler.see(&self.found.rows);
        self.assembler.assemble(&asking)
    }
}

/// A question that is to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) question: &'a Question,
    /// The request that stands alone.
    pub(super) request: &'a str,
    /// The turn before it.
    pub(super) parent: Option<TurnId>,
    /// To whom.
    pub(super) whom: &'a [Whom],
    /// Tokens of context and conversation at most.
    pub(super) at_most: Option<u32>,
}
