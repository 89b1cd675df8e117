//! Trial: one small real call, as a task makes it, to see whether a model answers, how soon, and for how much.

use std::time::Duration;

use super::Shared;
use crate::domain::{ModelRef, TaskKind};
use crate::llm::{Ask, Call, Counted, Fill, Format, LlmError, Message, Role, Thinking};

/// After so long a trial is given up: a model that is loaded from disk takes a while.
const PATIENCE: Duration = Duration::from_mins(2);

/// How a trial went.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// From sending to the first token.
    pub first_token: Duration,
    /// From sending to the end.
    pub total: Duration,
    /// Tokens as the server counted them.
    pub counted: Counted,
    /// What it cost, US dollars; `None` where price or tokens are unknown.
    pub usd: Option<f64>,
}

impl Shared {
    /// Sends one small real call for a task to a model.
    ///
    /// # Errors
    /// What went wrong.
    pub(super) async fn test(&self, task: TaskKind, model: &ModelRef) -> Result<Trial, LlmError> {
        let reply = self.call(model, small_call(task)).await?;
        let price = self.state().model(model).and_then(|info| info.price);
        let counted = reply.counted;
        let told = counted.micro_usd.map(|micro| micro as f64 / 1e6);
        let reckoned = || {
            let (prompt, output) = (counted.prompt?, counted.output?);
            Some(price?.usd(prompt, counted.cached.unwrap_or(0), output))
        };
        let timing = reply.timing;
        Ok(Trial {
            first_token: timing.first_token.unwrap_or(timing.total),
            total: timing.total,
            counted,
            usd: told.or_else(reckoned),
        })
    }
}

/// A call with the shape of a task's and a few tokens.
fn small_call(task: TaskKind) -> Call {
    let mut call = match task {
        TaskKind::Judge => {
            let text =
                "Does a file named `session.rs` help with \"where does a login expire?\" Answer yes or no.";
            let mut call = Call::chat(task, vec![Message::text(Role::User, text)], 4);
            call.format = Format::Choice(&["yes", "no"]);
            call
        }
        TaskKind::Complete => {
            let fill = Fill {
                prefix: "fn sum(a: u32, b: u32) -> u32 {\n    a +".into(),
                suffix: "\n}\n".into(),
                extra: Vec::new(),
            };
            Call { ask: Ask::Fill(fill), ..Call::chat(task, Vec::new(), 8) }
        }
        TaskKind::Chat
        | TaskKind::Command
        | TaskKind::Rewrite
        | TaskKind::Commit
        | TaskKind::Review
        | TaskKind::Doc
        | TaskKind::Scan
        | TaskKind::Title => {
            let text = "Answer with the one word: ready";
            Call::chat(task, vec![Message::text(Role::User, text)], 64)
        }
    };
    call.temperature = Some(0.0);
    call.thinking = Thinking::Off;
    call.deadline = Some(PATIENCE);
    call
}
