//! Assembling: what is sent with a question, and to whom.

use std::sync::Arc;

use super::Desk;
use crate::chat::context::{Addressee, Asking, Assembled};
use crate::chat::going::Whom;
use crate::chat::tasks;
use crate::domain::{ModelRef, Question, TaskKind, Turn, TurnId};

impl Desk {
    /// The request that stands alone for a question at the end of the branch that is shown.
    #[allow(clippy::unused_self, reason = "what the conversation adds comes next")]
    pub(super) fn standalone(&self, question: &Question) -> Arc<str> {
        Arc::clone(&question.text)
    }

    /// Whose window the context must fit: of several models the smallest.
    fn addressee(&self, task: TaskKind, whom: &[Whom]) -> Addressee {
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

    /// What is sent with a question that stands after this turn, to these.
    pub(super) fn assemble(
        &mut self,
        question: &Question,
        parent: Option<TurnId>,
        whom: &[Whom],
        at_most: Option<u32>,
    ) -> Assembled {
        let request = self.standalone(question);
        let judged = self.judged(&request);
        let to = self.addressee(question.task, whom);
        let turns: Vec<Turn> = self.talk.path_to(parent).into_iter().cloned().collect();
        let asking = Asking {
            question,
            request: &request,
            rules: tasks::rules(question.task),
            turns: &turns,
            judged: &judged,
            wishes: &self.wishes,
            to: &to,
            at_most,
        };
        self.assembler.see(&self.found.rows);
        self.assembler.assemble(&asking)
    }
}
