//! Compacting: a summary stands for older turns in what is sent, as a turn of its own that is seen.
//!
//! Made when a person asks for it, and by itself after an answer once the conversation takes more than its share. A
//! message that comes meanwhile does not wait: the summary is then made after its answer.

use std::sync::Arc;

use super::{Desk, Input};
use crate::chat::context::{Compaction, compaction, due, read_summary};
use crate::chat::going::Whom;
use crate::chat::models::said;
use crate::domain::{Choice, Notice, Severity, TaskKind, TurnBody, TurnId};
use crate::store::Conversations;

/// Bytes of a summary that are read.
const MOST_SUMMARY: usize = 64 << 10;

/// A summary that is being made.
#[derive(Debug)]
pub(super) struct Compacting {
    compaction: Compaction,
    /// The turn that it will stand after.
    after: TurnId,
    /// A person asked for it.
    asked: bool,
}

impl Desk {
    /// Stands a summary in the place of older turns in what is sent.
    pub(super) fn compact(&mut self) {
        if self.round.is_some() {
            let notice = Notice::new(Severity::Warning, "An answer is going on");
            self.notice(notice.hint("Compact once it has ended, or stop it first"));
            return;
        }
        let turns = self.turns_to(self.talk.leaf());
        let Some(compaction) = compaction(&turns) else {
            let notice = Notice::new(Severity::Info, "There is nothing to sum up yet");
            self.notice(notice.cause("the last exchanges are always sent as they are"));
            return;
        };
        let title = format!("Summing up {} turns", compaction.turns);
        self.notice(Notice::new(Severity::Info, title).hint("They stay where they are"));
        self.sum_up(compaction, true);
    }

    /// Sums up by itself once the conversation takes more than its share.
    pub(super) fn compact_if_due(&mut self) {
        if self.round.is_some() || self.compacting.is_some() || !self.queue.is_empty() {
            return;
        }
        let to = self.addressee(TaskKind::Chat, &[Whom::Task]);
        if to.model.is_none() {
            return;
        }
        let turns = self.turns_to(self.talk.leaf());
        if let Some(compaction) = due(&turns, &to) {
            self.sum_up(compaction, false);
        }
    }

    fn sum_up(&mut self, compaction: Compaction, asked: bool) {
        let Some(after) = self.talk.leaf() else { return };
        let models = self.parts.models.clone();
        let models = models.filter(|models| matches!(models.route(TaskKind::Chat).choice, Choice::Model(_)));
        let call = compaction.call();
        self.compacting = Some(Compacting { compaction, after, asked });
        let Some(models) = models else {
            self.summed_up(after, None);
            return;
        };
        let (heard, inbox) = (models.ask(call), self.inbox.clone());
        models.runtime().spawn(async move {
            let summary = said(heard, MOST_SUMMARY).await.ok();
            let _ = inbox.send(Input::Summary(after, summary));
        });
    }

    /// A model made the summary, or none; the rules make one then.
    pub(super) fn summed_up(&mut self, after: TurnId, summary: Option<&str>) {
        let Some(compacting) = self.compacting.take_if(|compacting| compacting.after == after) else {
            return;
        };
        // What was said meanwhile stands behind another turn.
        if self.talk.leaf() != Some(after) || self.round.is_some() {
            return;
        }
        let Compacting { compaction, asked, .. } = compacting;
        let by_model = summary.and_then(read_summary);
        if by_model.is_none() && asked {
            let notice = Notice::new(Severity::Info, "The summary was made by rules");
            self.notice(notice.cause("no model made one"));
        }
        let text: Arc<str> = by_model.unwrap_or_else(|| compaction.by_rules()).into();
        let (covers, turns) = (compaction.covers, compaction.turns);
        let id = Conversations::fresh_turn();
        let turn = self.turn(id, Some(after), TurnBody::Summary { text, covers, turns });
        self.parts.kept.append(self.talk.head.id, &turn);
        if self.talk.add(turn) {
            self.tell_branch();
        } else {
            self.tell_turn(id);
        }
    }
}
